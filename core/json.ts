/** A JSON value as `JSON.parse` gives it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

interface JsonObject {
  readonly [key: string]: Json
}

export const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Null, and a list or object with nothing in it, as far as one looks: what holds nothing may as well be absent, as encoders leave it out (proto3
 * JSON, `omitempty`).
 */
export const isNothing = (value: Json): boolean => holdsNothing(value, 8)

const holdsNothing = (value: Json, depth: number): boolean =>
  value === null ||
  (typeof value === 'object' &&
    (Array.isArray(value) ? value.length === 0 : depth > 0 && Object.values(value).every((inner) => holdsNothing(inner, depth - 1))))

/** The member, or undefined; never one of `Object.prototype`, as names come from documents: `constructor` may be one. */
export const ownMember = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined

/** The value at a path of own members and items, or undefined. */
export function valueAt(root: Json | undefined, path: readonly (string | number)[]): Json | undefined
export function valueAt(root: unknown, path: readonly (string | number)[]): unknown
export function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    // A list's length is its own as well, but no JSON.
    if (key === 'length' && Array.isArray(value)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** The value of a JSON text, or of its bytes in UTF-8; undefined: it is none. */
export function parseJson(text: string | Buffer | undefined): Json | undefined {
  try {
    return JSON.parse(typeof text === 'string' ? text : (text?.toString('utf8') ?? ''))
  } catch {
    return undefined
  }
}

/** The name of a value's JSON type, for messages: `null`, `array`, `object`, `string`, `number` or `boolean`. */
export function jsonType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}
