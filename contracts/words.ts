import type { Case, Change } from '../core/case'
import { isObject, type Json } from '../core/json'
import { placeName } from '../core/place'
import { decoded } from '../specs/pointer'

const longest = 100

/** A value as JSON text for a message, at most `longest` characters of it. */
export function shown(value: unknown, max = longest): string {
  if (typeof value === 'string') return shorten(JSON.stringify(value.length > max * 4 ? value.slice(0, max * 4) : value), max)
  try {
    return shorten(JSON.stringify(value) ?? 'nothing', max)
  } catch {
    // Nested deeper than the stack allows.
    return 'a deeply nested value'
  }
}

/** A value as JSON, to be compared or searched; nested deeper than the stack allows: ''. */
export function textOf(value: Json): string {
  try {
    return JSON.stringify(value)
  } catch {
    return ''
  }
}

function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${head(text, Math.ceil(max * 0.7))}…${tail(text, Math.floor(max * 0.2))}`
}

/** Half of a pair of surrogates would be no character. */
const head = (text: string, length: number): string => text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
const tail = (text: string, length: number): string => text.slice(-length).replace(/^[\udc00-\udfff]/, '')

/** Both of two unequal texts, cut so that the first difference stays in view. */
export function difference(sent: Json, received: Json): readonly [string, string] {
  if (typeof sent !== 'string' || typeof received !== 'string' || Math.max(sent.length, received.length) <= longest)
    return [shown(sent), shown(received)]
  let same = 0
  while (same < sent.length && sent[same] === received[same]) same++
  const from = Math.max(0, same - 20)
  const part = (text: string) => `${from > 0 ? '…' : ''}${shown(text.slice(from, from + 60))} (${text.length} characters)`
  return [part(sent), part(received)]
}

/** What a request is, by what it changes against the plain valid one: `a request with body.spec.ingress.port = "8080"`. */
export function requestInWords(of: Case): string {
  const how = of.inPackets ? ', its body in two packets,' : ''
  if (of.changes.length === 0) return `the plain valid request${how}`
  // What is left out to be set again stands behind the others.
  const [first, second] = of.changes
  if (first && second && of.changes.length === 2 && 'remove' in first && 'set' in second && placeName(first.at) === placeName(second.at))
    return `a request ${changeInWords(second)} behind the others${how}`
  const parts = of.changes.slice(0, 3).map(changeInWords)
  return `a request ${parts.join(', ')}${of.changes.length > 3 ? ` and ${of.changes.length - 3} more changes` : ''}${how}`
}

function changeInWords(change: Change): string {
  const place = placeName(change.at)
  if ('bytes' in change) return `whose body is ${shown(Buffer.from(change.bytes, 'base64').toString('utf8'), 60)}`
  if ('remove' in change) return `without ${place}`
  if ('rename' in change) return `with ${place} under the name ${shown(change.rename, 40)}`
  if ('insert' in change) return `with ${shown(change.insert, 40)}: ${shortRaw(change.raw)} besides in ${place}`
  if ('set' in change) return `with ${place} = ${shown(change.set, 60)}`
  if (change.at[0] !== 'query') return `with ${place} = ${shortRaw(change.raw)}`
  // The part of the query bears the name once more.
  const text = decoded(change.raw.replaceAll('+', ' '))
  return `with ${place} = ${shortRaw(text.startsWith(`${change.at[1]}=`) ? text.slice(String(change.at[1]).length + 1) : text)}`
}

const shortRaw = (raw: string): string => (raw.length <= 60 ? raw : `${raw.slice(0, 40)}… (${raw.length} characters)`)

/** `a, b and c`, at most `max` of them. */
export function list(names: readonly string[], max = 5): string {
  const few = names.slice(0, max)
  if (names.length > max) return `${few.join(', ')} and ${names.length - max} more`
  return few.length < 2 ? few.join('') : `${few.slice(0, -1).join(', ')} and ${few.at(-1)}`
}

/** Equality of JSON values: strings by code unit, numbers as IEEE doubles with -0 equal to 0 (RFC 7493, 2.2). Too deep to tell: equal. */
export function sameJson(a: Json | undefined, b: Json | undefined, depth = 0): boolean {
  if (a === b || depth > 500 || isBeyond(a)) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i], depth + 1))
  if (!isObject(a) || !isObject(b)) return sameText(a, b)
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key] as Json, b[key] as Json, depth + 1))
  )
}

/** A number beyond the range of a double (RFC 8259, section 6): what comes back for it is nobody's promise. */
export const isBeyond = (sent: Json | undefined): boolean => typeof sent === 'number' && !Number.isFinite(sent)

/** A surrogate alone is no character: it may come back as U+FFFD, once or for each byte of it. */
function sameText(a: Json | undefined, b: Json | undefined): boolean {
  if (typeof a !== 'string' || typeof b !== 'string' || a.isWellFormed()) return false
  const plain = (text: string) => text.toWellFormed().replace(/\uFFFD+/g, '\uFFFD')
  return plain(a) === plain(b)
}

/** The value at a way of members alone, or undefined: what is sent within lists is not told apart by its place. */
export function memberAt(root: Json | undefined, path: readonly string[]): Json | undefined {
  let value = root
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

const plainName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** Another member, not one of `documented`, whose name is the same but for case and separators. */
export const namesake = (object: Record<string, Json>, name: string, documented: readonly string[] = []): string | undefined =>
  Object.keys(object).find((key) => key !== name && !documented.includes(key) && plainName(key) === plainName(name))
