import addFormats from 'ajv-formats'

/**
 * A format, seen from both sides: what is of it under every reading, and what may be.
 * - `some`: a pattern of strings that are of the format for sure: varied, with its rare forms, though not all of it.
 * - `surely`, `maybe`: whether a string is of the format, for the strictest and the most lenient reader of its standard.
 * - `usual`: whether it is written as the standard's common readers all take it: no year 41, no one-letter domain, no scheme nobody knows.
 */
interface Format {
  readonly some: string
  readonly surely: (text: string) => boolean
  readonly maybe: (text: string) => boolean
  readonly usual: (text: string) => boolean
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ipv4 = `${octet}(?:\\.${octet}){3}`
const group = '(?:0|[1-9a-f][0-9a-f]{0,3})'
const ipv6 = `(?:${group}(?::${group}){7}|(?:${group}:){1,5}:${group}|::(?:${group}:){0,4}${group}|(?:${group}:){1,6}:|::)`
// No label has two hyphens in its third and fourth place (RFC 5891).
const label = '[a-z0-9]{1,12}(?:-[a-z0-9]{1,8})?'
const lastLabel = '[a-z]{2,8}'
const hostname = `(?:${label}\\.){0,3}${lastLabel}`
const domain = `(?:${label}\\.){1,3}${lastLabel}`
const day = '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))'
const date = `(?:(?:19|20)\\d\\d-${day}|(?:1904|1996|2000|2024)-02-29)`
const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?'
const offset = '(?:Z|[+-](?:0\\d|1[0-3]):[0-5]\\d)'
const word = '[A-Za-z0-9_~-]'
const path = `(?:/${word}{1,12}){0,3}/?`
const queryOf = `(?:\\?${word}{1,8}=${word}{0,8})?`
const fragment = `(?:#${word}{1,8})?`
const uri = `(?:https?://${domain}(?::[1-9]\\d{0,3})?${path}${queryOf}${fragment}|urn:[a-z]{2,8}:${word}{1,12}|mailto:[a-z0-9]{1,12}@${domain})`
const token = '(?:[^~/\\u0000-\\u001f]|~[01])'
const count = '(?:0|[1-9]\\d{0,3})'
const weeks = 'P[1-9]\\d?W'
const times = `T(?:${count}H(?:${count}M(?:${count}S)?)?|${count}M(?:${count}S)?|${count}S)`
const dates = `(?:${count}Y(?:${count}M(?:${count}D)?)?|${count}M(?:${count}D)?|${count}D)`
const email = `[A-Za-z0-9]{1,12}(?:[._+-][A-Za-z0-9]{1,8})?@${domain}`
const template = `(?:https?://${domain})?(?:/(?:${word}{1,8}|\\{[A-Za-z][A-Za-z0-9_]{0,8}\\})){1,3}(?:\\{\\?[a-z]{1,6}(?:,[a-z]{1,6})?\\})?`
const base64 = '(?:[A-Za-z0-9+/]{4}){0,12}(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?'

/** Patterns, without their anchors, of strings that every reader takes for the format's. */
const some: Readonly<Record<string, string>> = {
  'date-time': `${date}T${clock}${offset}`,
  date,
  time: `${clock}${offset}`,
  duration: `(?:P${dates}(?:${times})?|P${times}|${weeks})`,
  email,
  'idn-email': email,
  hostname,
  'idn-hostname': hostname,
  ipv4,
  ipv6,
  uri,
  iri: uri,
  url: `https?://${domain}(?::[1-9]\\d{0,3})?${path}${queryOf}`,
  'uri-reference': `(?:${uri}|${path}${queryOf}${fragment})`,
  'iri-reference': `(?:${uri}|${path}${queryOf}${fragment})`,
  'uri-template': template,
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}',
  'json-pointer': `(?:/${token}{0,8}){0,4}`,
  'json-pointer-uri-fragment': '#(?:/[A-Za-z0-9_-]{0,8}){0,4}',
  'relative-json-pointer': `(?:0|[1-9]\\d?)(?:#|(?:/${token}{0,8}){0,3})`,
  regex: '(?:\\^)?(?:[a-z0-9]|\\\\[dsw.]|\\[(?:a-z|0-9|\\^/)\\])(?:(?:[a-z0-9]|\\\\[dsw.]|\\[(?:a-z|0-9|\\^/)\\])[*+?]?){0,8}(?:\\$)?',
  'iso-time': `${clock}${offset}`,
  'iso-date-time': `${date}T${clock}${offset}`,
  byte: base64,
}

/** What no reader takes for the format's: the complement of these. */
const lenient: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/i,
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^\d\d:\d\d/,
  // ISO 8601 has fractions, and readers take signs.
  duration: /^[+-]?P(?=[+\-\dT])(?:[+-]?\d+(?:[.,]\d+)?[YMWD])*(?:T(?:[+-]?\d+(?:[.,]\d+)?[HMS])+)?$/i,
  email: /^.+@.+$/su,
  'idn-email': /^.+@.+$/su,
  hostname: /^(?=.{1,255}$)[\p{L}\p{M}\p{N}_-]{1,63}(?:\.[\p{L}\p{M}\p{N}_-]{1,63})*\.?$/u,
  'idn-hostname': /^[^\u0000- /@:?#[\]]{1,255}$/u,
  uri: /^[a-z][a-z0-9+.-]*:[^\u0000- <>"\\^`{|}]*$/iu,
  url: /^[a-z][a-z0-9+.-]*:[^\u0000- <>"\\^`{|}]*$/iu,
  iri: /^[a-z][a-z0-9+.-]*:[^\u0000- <>"\\^`{|}]*$/iu,
  'uri-reference': /^[^\u0000- <>"\\^`{|}]*$/u,
  'iri-reference': /^[^\u0000- <>"\\^`{|}]*$/u,
  'uri-template': /^(?:[^{}]|\{[^{}]*\})*$/u,
  // Either alphabet, padded or not, in lines or in one (RFC 4648, 3.1, 3.2 and 5).
  byte: /^(?:(?:[\w+/-]\s*){4})*(?:(?:[\w+/-]\s*){2,3}(?:=\s*){0,2})?$/,
}

/** Formats that are read in several ways: an answer may have a value that any of them takes. Times are not: RFC 3339 leaves nothing open. */
export const readVariously = ['byte', 'duration', 'email', 'hostname', 'uri', 'uri-reference', 'url'] as const

/** Formats of numbers: they state nothing about strings. */
const ofNumbers = new Set(['int32', 'int64', 'float', 'double'])
/** Formats that only Ajv's authors know under this name, or that hold for any text. */
const silent = new Set([...ofNumbers, 'password', 'binary', 'iso-time', 'iso-date-time'])

/** What Ajv takes for a format beyond its standard: an offset without its minutes or its colon (RFC 3339, 5.6, wants both), a URN. */
const strict: Readonly<Record<string, RegExp>> = {
  'date-time': /(?:z|[+-]\d\d:\d\d)$/i,
  time: /(?:z|[+-]\d\d:\d\d)$/i,
  uuid: /^[0-9a-f]{8}-/i,
}

const usualClock = '\\d\\d:\\d\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:\\d\\d)'
const usualHost = '(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\\.)*[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]'
const usualUri = new RegExp(
  `^(?:https?://${usualHost}(?::\\d{1,5})?(?:[/?#].*)?|(?!https?:)[a-z][a-z0-9+.-]+:(?://${usualHost}.*|[A-Za-z0-9].*))$`,
)

/** How a value of a format that allows more is commonly written. */
const usual: Readonly<Record<string, RegExp>> = {
  'date-time': new RegExp(`^[1-9]\\d{3}-\\d\\d-\\d\\dT${usualClock}$`),
  date: /^[1-9]\d{3}-/,
  time: new RegExp(`^${usualClock}$`),
  email: new RegExp(`^[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?=[^.]+\\.)${usualHost}$`),
  hostname: new RegExp(`^${usualHost}$`),
  uri: usualUri,
  url: usualUri,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
}

const formats = new Map<string, Format | undefined>()

/** A format by its name in JSON Schema or in the OpenAPI registry, e.g. `date-time`; undefined where it is not known, or says nothing of strings. */
export function formatOf(name: string): Format | undefined {
  if (!formats.has(name)) formats.set(name, look(name))
  return formats.get(name)
}

type Check = RegExp | ((text: string) => boolean)

function look(name: string): Format | undefined {
  const pattern = Object.hasOwn(some, name) ? `^(?:${some[name]})$` : undefined
  if (pattern === undefined || silent.has(name)) return undefined
  const narrow = new RegExp(pattern, 'u')
  const ajv = full(name.replace('idn-', '').replace('iri', 'uri'))
  const wide = lenient[name]
  const often = usual[name.replace('idn-', '').replace('iri', 'uri')]
  return {
    some: pattern,
    surely: (text) => narrow.test(text) || (ajv(text) && (strict[name]?.test(text) ?? true)),
    usual: (text) => narrow.test(text) || (ajv(text) && (often?.test(text) ?? true)),
    maybe: (text) => ajv(text) || narrow.test(text) || (wide?.test(text) ?? false),
  }
}

/** The check that Ajv makes of a format, at its strictest. */
export function full(name: string): (text: string) => boolean {
  let check: unknown
  try {
    check = addFormats.get(name as 'uri', 'full')
  } catch {
    return () => false
  }
  const validate = (typeof check === 'object' && check !== null && 'validate' in check ? check.validate : check) as Check
  if (validate instanceof RegExp) return (text) => validate.test(text)
  return typeof validate === 'function' ? validate : () => false
}
