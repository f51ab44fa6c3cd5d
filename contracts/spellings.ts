import type { Json } from '../core/json'

type Same = (sent: string, received: string) => boolean

const alike =
  (spell: (text: string) => string | undefined): Same =>
  (sent, received) => {
    const own = spell(sent)
    return own !== undefined && own === spell(received)
  }

const url = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)
const sameUrl = alike((text) => url(text)?.href)
const sameCase = alike((text) => text.toLowerCase())

/** What spells one value of a format, by format. */
const same: Readonly<Record<string, Same>> = {
  'date-time': (sent, received) => isSameTime(sent, received),
  time: (sent, received) => isSameTime(`2000-01-01T${sent}`, `2000-01-01T${received}`),
  // RFC 9562, section 4: upper case in, lower case out.
  uuid: sameCase,
  hostname: sameCase,
  // RFC 5952 names one form of an address that has many.
  ipv6: alike((text) => url(`http://[${text}]/`)?.hostname),
  // RFC 3986, section 6: case of scheme and host, an empty path, a default port.
  uri: sameUrl,
  url: sameUrl,
  iri: sameUrl,
  // RFC 5321, 2.4: the case of a domain says nothing, that of a mailbox may.
  email: alike((text) => text.replace(/@[^@]*$/, (domain) => domain.toLowerCase())),
}

/** @returns whether two texts, or numbers, are the same value of a format: a server may read the value, and write it anew */
export const sameOfFormat = (format: unknown, sent: Json, received: Json): boolean =>
  // OpenAPI's `float` has single precision.
  (format === 'float' &&
    typeof sent === 'number' &&
    typeof received === 'number' &&
    Number.isFinite(Math.fround(sent)) &&
    Math.fround(sent) === Math.fround(received)) ||
  isRespelled(format, sent, received)

const isRespelled = (format: unknown, sent: Json, received: Json): boolean =>
  typeof format === 'string' &&
  typeof sent === 'string' &&
  typeof received === 'string' &&
  Object.hasOwn(same, format) &&
  same[format]?.(sent, received) === true

/** Many clocks and stores tell no more than milliseconds (RFC 3339, 5.6, leaves the digits of a fraction open). */
const resolution = 0.001

function isSameTime(a: string, b: string): boolean {
  const [first, second] = [secondsOf(a), secondsOf(b)]
  return first !== undefined && second !== undefined && Math.abs(first.whole - second.whole + (first.part - second.part)) < resolution
}

/** Seconds since 1970, and the fraction of one. */
function secondsOf(text: string): { readonly whole: number; readonly part: number } | undefined {
  const [, date, clock, fraction = '0', offset = ''] =
    /^(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d:\d\d)(?:\.(\d+))?(z|[+-]\d\d:\d\d)$/i.exec(text) ?? []
  const milliseconds = Date.parse(`${date}T${clock}${offset.toUpperCase()}`)
  return Number.isNaN(milliseconds) ? undefined : { whole: milliseconds / 1000, part: Number(`0.${fraction}`) }
}
