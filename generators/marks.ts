import type { Change } from '../core/case'
import { valueAt } from '../core/json'
import { flat, type Member } from './members'
import { namedPlaces } from './naming'
import { label } from './random'
import type { Subject } from './rule'
import { typesOf } from './schema'

/** Members that often must be new in each request. */
const unique = /name|slug|login|user|mail|code|key|sku|handle|title|ref/i

/**
 * Where a body can bear a text of its own, so that what it makes is told from all else.
 * @returns the changes that put a text there, or undefined where the body has no member for it
 */
export function marksOf(subject: Subject): ((text: string) => readonly Change[]) | undefined {
  const { body, plain, identity, schemas } = subject
  if (!body || plain === undefined) return undefined
  const named = identity?.join('.')
  const taken = namedPlaces(subject)
  const free = flat(body).filter(
    (member) =>
      typesOf(member.assumed)[0] === 'string' &&
      !taken.has(member.place) &&
      member.assumed.enum === undefined &&
      member.assumed.const === undefined &&
      !member.at.includes('0') &&
      member.at.slice(1).join('.') !== named &&
      valueAt(plain, member.at.slice(1, -1)) !== undefined &&
      textFor(member, label(0)) !== undefined,
  )
  const required = free.filter((member) => valueAt(plain, member.at.slice(1)) !== undefined)
  const known = (members: readonly Member[]) => members.filter(({ name }) => unique.test(name))
  const [first] = [...required, ...known(free), ...free]
  const chosen = known(required).length > 0 ? known(required) : first ? [first] : []
  if (chosen.length === 0) return undefined
  return (text) => chosen.map((member) => ({ at: member.at, set: textFor(member, text) as string }))

  function textFor({ assumed }: Member, text: string): string | undefined {
    return [text, `${text}@example.com`].find((value) => schemas.assumed.valid(assumed, value))
  }
}
