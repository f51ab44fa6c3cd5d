import { valueAt } from '../../core/json'
import type { Member } from '../members'
import type { Reply } from '../stages'
import type { Definition } from '../variant'
import { drop, hang, interceptValue, internal, internalPage } from './tools'

export type Fault = readonly [name: string, what: string, reply: Reply]

export const fault: Fault = ['500', 'a status of 500', internal]
export const page: Fault = ['500-page', "the web server's page of a 500", internalPage]
export const dropped: Fault = ['drop', 'a dropped connection', drop]
export const hung: Fault = ['hang', 'silence', hang]
export const cycle = [fault, page, dropped]

/** A request whose member passes a test gets a fault in place of its answer. */
export function atMember(
  { place, path, slug }: Member,
  name: string,
  what: string,
  test: (value: unknown) => boolean,
  [fault, answered, reply]: Fault,
): Definition {
  return {
    name: `${name}-${slug}-gives-${fault}`,
    promise: `${what} at ${place} is never answered with ${answered}`,
    finds: { place: `${place}*` },
    hooks: interceptValue((value) => test(valueAt(value, path)), reply),
  }
}
