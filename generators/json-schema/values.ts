import { isObject, type Json } from '../../core/json'
import { type Matcher, matcherOf } from '../../specs/patterns/matcher'

/** JSON Schema's equality: by value, 1 and 1.0 alike, members in any order. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]))
  if (!isObject(a) || !isObject(b) || Array.isArray(b)) return false
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && equal(a[name], b[name]))
}

/** Length in code points, as JSON Schema counts. */
export function codePoints(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length - 1; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count--
      i++
    }
  }
  return count
}

/** The member, or undefined; never one of `Object.prototype`. */
export const own = (value: object, name: string): unknown =>
  Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined

/** The value of `pattern`; of its shape it is sure by now. */
export const regExp = (pattern: string): Matcher => matcherOf(pattern) as Matcher

/** Kinds of values as bits, numbers parted into whole ones and others, so that a set of kinds is a number. */
export const kinds = { null: 1, boolean: 2, integer: 4, fraction: 8, string: 16, array: 32, object: 64 } as const
export const allKinds = 127
export const numberKinds = kinds.integer | kinds.fraction

export function kindOf(value: Json): number {
  if (value === null) return kinds.null
  if (typeof value === 'boolean') return kinds.boolean
  if (typeof value === 'number') return Number.isInteger(value) ? kinds.integer : kinds.fraction
  if (typeof value === 'string') return kinds.string
  return Array.isArray(value) ? kinds.array : kinds.object
}

/** The kinds that the keyword `type` admits. */
export function kindsOfType(type: unknown): number {
  const names = Array.isArray(type) ? type : [type]
  return names.reduce((set, name) => set | (name === 'number' ? numberKinds : ((kinds as Record<string, number>)[name] ?? 0)), 0)
}
