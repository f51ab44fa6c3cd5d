import { isAscii, isUtf8 } from 'node:buffer'
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib'
import { type Answer, header } from '../core/exchange'
import { type Json, parseJson } from '../core/json'
import { isJson } from '../specs/mediaType'
import { textsIn } from './charset'
import { type ContentType, parseContentType } from './contentType'
import { hasDuplicateKeys, withoutMark } from './sent'

/** What a body is not, although its headers say so. */
interface Untruth {
  readonly kind: 'too-long' | 'encoding' | 'not-utf8' | 'charset' | 'bom' | 'not-json' | 'duplicate-keys'
  readonly place: string
  readonly message: string
}

/** An answer's body, decoded as its headers say. */
export interface Body {
  /** Without content coding. */
  readonly bytes: Buffer
  readonly text: string
  /** undefined where the body is no JSON (or was not read). */
  readonly json: Json | undefined
  /** The text is exactly what was sent: what is in it can be compared with the request. */
  readonly exact: boolean
  readonly contentType: ContentType | undefined
  /** It is longer than this client reads, as it came or as it is decoded. */
  readonly unread: boolean
  /** The header claims JSON. */
  readonly claimsJson: boolean
  /** The worst thing that is untrue of the body, given whether JSON is expected of it. */
  untruth(expectsJson: boolean): Untruth | undefined
}

const tooLong = (bytes: number): Untruth => ({
  kind: 'too-long',
  place: 'answer.body',
  message: `the answer has no end within ${Math.floor(bytes / 1024)} KiB, and was read no further`,
})

/** Bytes of a body that are read at most, as it comes and as it is decoded. */
export const mostRead = 16 * 1024 * 1024
const inType = 'answer.header.content-type'

/** Decodes the body of an answer; nothing of it is trusted. */
export function readBody(answer: Answer): Body {
  const value = header(answer, 'content-type')
  const contentType = value === undefined ? undefined : parseContentType(value)
  const claimsJson = contentType !== undefined && isJson(contentType.essence)
  const decoded = decode(answer)
  if ('kind' in decoded) {
    const text = answer.body.toString('latin1')
    return { bytes: answer.body, text, json: undefined, exact: false, unread: false, contentType, claimsJson, untruth: () => decoded }
  }
  const { bytes } = decoded
  const ascii = isAscii(bytes)
  const utf8 = ascii || isUtf8(bytes)
  const raw = bytes.toString(ascii ? 'latin1' : 'utf8')
  const text = withoutMark(raw)
  const own = answer.cut ? undefined : parseJson(text)
  const json = own !== undefined || answer.cut ? own : inCharset(bytes, contentType?.charset)
  const known = { bytes, text, json, unread: (answer.cut && !answer.endless) || decoded.tooLarge === true, contentType, claimsJson }
  return {
    ...known,
    exact: utf8 && json !== undefined,
    untruth(expectsJson) {
      if (answer.endless && expectsJson) return tooLong(answer.body.length)
      if (answer.cut || isPart(answer) || bytes.length === 0 || decoded.opaque) return undefined
      const isJson = claimsJson || (expectsJson && json !== undefined)
      const foreign = own === undefined && json !== undefined
      if ((!utf8 && (isJson || /^utf-?8$/.test(contentType?.charset ?? ''))) || (isJson && foreign))
        return notUtf8(isJson, contentType?.charset)
      return (
        (contentType?.charset === undefined ? undefined : untrueCharset(bytes, utf8, contentType.charset, isJson)) ??
        (isJson ? untrueJson(raw, text, json) : undefined)
      )
    },
  }
}

/** A part of a body is no JSON by itself (RFC 9110, 15.3.7). */
const isPart = (answer: Answer): boolean => answer.status === 206 && header(answer, 'content-range') !== undefined

const notUtf8 = (isJson: boolean, charset: string | undefined): Untruth => ({
  kind: 'not-utf8',
  place: 'answer.body',
  message: isJson
    ? `the body is no valid UTF-8${charset ? `, although its type says charset=${charset}` : ''}; JSON is always UTF-8 (RFC 8259, 8.1)`
    : `the body is no valid UTF-8, although its type says charset=${charset}`,
})

function untrueJson(raw: string, text: string, json: Json | undefined): Untruth | undefined {
  const place = 'answer.body'
  if (raw !== text)
    return { kind: 'bom', place, message: 'the body begins with a byte order mark, which JSON must not have (RFC 8259, 8.1)' }
  if (json === undefined) return { kind: 'not-json', place, message: `the body is no JSON, although its type says so: ${whyNoJson(text)}` }
  if (hasDuplicateKeys(text, json)) return { kind: 'duplicate-keys', place, message: 'an object of the body has a key twice (RFC 8259, 4)' }
  return undefined
}

function whyNoJson(text: string): string {
  try {
    JSON.parse(text)
    return 'it is cut'
  } catch (error) {
    return (error as Error).message.slice(0, 160)
  }
}

function untrueCharset(bytes: Buffer, utf8: boolean, charset: string, isJson: boolean): Untruth | undefined {
  if (charset === 'utf-8' || charset === 'utf8') return undefined
  const untrue = (message: string): Untruth => ({ kind: 'charset', place: inType, message })
  let decoder: InstanceType<typeof TextDecoder>
  try {
    decoder = new TextDecoder(charset, { fatal: true })
  } catch {
    return isJson ? untrue(`the type says charset=${charset}, which is no charset`) : undefined
  }
  const ascii = bytes.every((byte) => byte < 0x80)
  if (/^(us-)?ascii$/.test(charset))
    return ascii ? undefined : untrue(`the type says charset=${charset}, but the body holds bytes above 127`)
  if (decoder.encoding.startsWith('utf-16')) {
    if (!isJson || parseJson(bytes.toString('utf8')) === undefined) return undefined
    return untrue(`the type says charset=${charset}, but the body is UTF-8`)
  }
  if (ascii || !utf8) return undefined
  // Valid UTF-8 beyond ASCII does not come about by chance in another charset.
  return untrue(`the type says charset=${charset}, but the body is UTF-8: who believes the type reads other characters`)
}

/** JSON in the charset that its type names, where it is no UTF-8. */
function inCharset(bytes: Buffer, charset: string | undefined): Json | undefined {
  if (charset === undefined || bytes.length === 0) return undefined
  try {
    return parseJson(withoutMark(textsIn(bytes, charset)[0] as string))
  } catch {
    return undefined
  }
}

const limits: ZlibOptions = { maxOutputLength: mostRead }
const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gunzipSync(bytes, limits),
  'x-gzip': (bytes) => gunzipSync(bytes, limits),
  // "deflate" is the zlib format (RFC 9110, 8.4.1.2); some send the bare one.
  deflate: (bytes) => ((bytes[0]! & 0x0f) === 8 ? inflateSync(bytes, limits) : inflateRawSync(bytes, limits)),
  br: (bytes) => brotliDecompressSync(bytes, { maxOutputLength: mostRead }),
}
const zstdMark = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** Undoes the content codings, last first. `opaque`: truly coded, but this client cannot undo it. */
function decode(answer: Answer): { bytes: Buffer; opaque: boolean; tooLarge?: true } | Untruth {
  const value = header(answer, 'content-encoding')
  let bytes = answer.body
  if (value === undefined || bytes.length === 0 || answer.cut) return { bytes, opaque: false }
  for (const coding of value
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .reverse()) {
    if (coding === '' || coding === 'identity') continue
    if (coding === 'zstd' && bytes.subarray(0, 4).equals(zstdMark)) return { bytes, opaque: true }
    const undo = decoders[coding]
    try {
      if (!undo) throw new Error('no such coding')
      bytes = undo(bytes)
    } catch (error) {
      // Larger than the limit, yet truly coded.
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return { bytes, opaque: true, tooLarge: true }
      const message = `Content-Encoding says ${JSON.stringify(value.slice(0, 60))}, but the body is not coded so`
      return { kind: 'encoding', place: 'answer.header.content-encoding', message }
    }
  }
  return { bytes, opaque: false }
}
