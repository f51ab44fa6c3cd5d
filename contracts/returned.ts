import { isNothing, isObject, type Json } from '../core/json'
import type { Schema } from '../core/operation'
import type { Schemas } from '../generators/schema'
import { sameOfFormat } from './spellings'
import { textOf } from './words'

/** A member that is not found as it was sent. */
export interface Difference {
  readonly kind: 'lost' | 'changed'
  /** The way to it, dotted. */
  readonly place: string
  readonly sent: string
  readonly received?: string
}

/** What the target itself goes on changing, and what it must not show. */
const volatile = /^(status|state|phase|version|revision|etag|updated.*|modified.*|last.*|position|rank|order)$/i
const hidden = /passw|secret|token|credential/i
const deepest = 8

/**
 * Members that were sent and are found otherwise. The create's own answer goes before what was sent: where it told another value, that is
 * what must be found (what it told is judged elsewhere).
 * @param sent every reading of it
 * @param schema documented of what is found: members that it does not name need not be there
 */
export function differences(
  schemas: Schemas,
  schema: Schema | undefined,
  { sent, answered, found }: { readonly sent: readonly Json[]; readonly answered: Json | undefined; readonly found: Json | undefined },
  way: readonly string[] = [],
): readonly Difference[] {
  if (!isObject(found) || way.length > deepest) return []
  const objects = sent.filter(isObject)
  const { properties = {} } = schemas.flatten(schema)
  return [...new Set(objects.flatMap(Object.keys))].flatMap((name): readonly Difference[] => {
    const values = objects.flatMap((object) => (Object.hasOwn(object, name) ? [object[name] as Json] : []))
    const member = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (member === undefined || volatile.test(name) || hidden.test(name)) return []
    const { readOnly, writeOnly } = schemas.flatten(member)
    if (readOnly === true || writeOnly === true) return []
    // An answer may hold less than a request: what would break the answer's own schema is owed by nobody.
    if (!values.some((value) => isObject(value) || schemas.valid(member, value))) return []
    const told = isObject(answered) && Object.hasOwn(answered, name) ? (answered[name] as Json) : undefined
    const place = [...way, name].join('.')
    const owedAs = (type: string) => told ?? values.findLast((value) => typeof value === type) ?? (values.at(-1) as Json)
    if (!Object.hasOwn(found, name))
      return values.some(isNothing) || (isObject(answered) && told === undefined)
        ? []
        : [{ kind: 'lost', place, sent: short(owedAs('string')) }]
    const received = found[name] as Json
    if (values.some(isObject) && isObject(received))
      return differences(schemas, member, { sent: values, answered: told, found: received }, [...way, name])
    const { format } = schemas.flatten(member)
    const owed = owedAs(typeof received)
    // Items that the create's own answer has shown are there; what each holds is not compared, as lists may be sorted.
    if (Array.isArray(told) && Array.isArray(received) && told.some(isObject) && received.length < told.length)
      return [{ kind: 'changed', place, sent: short(told), received: short(received) }]
    const isSame = [...values, owed].some((one) => equal(one, received) || sameOfFormat(format, one, received))
    return isSame || isObject(received) || values.some((value) => Array.isArray(value) && value.some(isObject))
      ? []
      : [{ kind: 'changed', place, sent: short(owed), received: short(received) }]
  })
}

const short = (value: Json): string => textOf(value).slice(0, 200)

/** Sets may come in any order, a time in another form. */
function equal(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return JSON.stringify([...a].map(short).sort()) === JSON.stringify([...b].map(short).sort())
  if (textOf(a) === textOf(b) || (typeof a === 'number' && typeof b === 'number' && a === b)) return true
  return typeof a === 'string' && typeof b === 'string' && isTime(a) && isTime(b) && Date.parse(a) === Date.parse(b)
}

const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\d/.test(text)
