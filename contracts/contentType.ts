import { covers } from '../specs/mediaType'

/** A `Content-Type`: essence in lower case, parameters by lower-case name. */
export interface ContentType {
  readonly essence: string
  readonly charset?: string
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const quoted = '"(?:[^"\\\\]|\\\\.)*"'
const syntax = new RegExp(`^\\s*(${token}/${token})((?:\\s*;(?:\\s*${token}=(?:${token}|${quoted}))?)*)\\s*$`)
const parameter = new RegExp(`;\\s*(${token})=(${token}|${quoted})`, 'g')
const known = new Map<string, ContentType | undefined>()

/** Reads a media type with its parameters (RFC 9110, 8.3.1); undefined if it is none. Empty parameters (`;` at the end) are let pass. */
export function parseContentType(value: string): ContentType | undefined {
  if (known.has(value)) return known.get(value)
  const read = parse(value)
  // A target may send another value each time.
  if (known.size < 500 && value.length < 200) known.set(value, read)
  return read
}

function parse(value: string): ContentType | undefined {
  if (value.length > 1000) return undefined
  const match = syntax.exec(value)
  if (!match) return undefined
  for (const [, name, raw] of (match[2] ?? '').matchAll(parameter)) {
    if (name?.toLowerCase() === 'charset') return { essence: match[1]!.toLowerCase(), charset: raw!.replace(/^"|"$/g, '').toLowerCase() }
  }
  return { essence: match[1]!.toLowerCase() }
}

/** The same format under another name: `text/xml` is `application/xml` (RFC 7303), and both hold what is built on them. */
export function isAkin(documented: string, essence: string): boolean {
  const formatOf = (type: string) =>
    (type.split(';')[0] ?? '')
      .trim()
      .toLowerCase()
      .replace(/^[^/]*\/(x-)?(.*\+)?/, '')
  return covers(documented, essence) || documented.startsWith('application/octet-stream') || formatOf(documented) === formatOf(essence)
}
