import { isUtf8 } from 'node:buffer'
import type { Node } from 'jsonc-parser'
import type { WireRequest } from '../core/case'
import { header } from '../core/exchange'
import { isObject, type Json, parseJson } from '../core/json'
import type { MediaType } from '../core/operation'
import { boundary } from '../specs/bodies'
import { bodyReadings, eachOnce } from '../specs/readings'
import { writtenFrom, writtenText } from '../specs/wire'
import { textsIn } from './charset'
import { parseContentType } from './contentType'

/** A request body as its receiver may read it. */
export interface Sent {
  /** The bytes as UTF-8, without a byte order mark; what is no UTF-8 is replaced. */
  readonly text: string
  /** The JSON value, or undefined where the bytes are no JSON. */
  readonly json: Json | undefined
  /**
   * Every reading that is true: one; several where a key is there twice, where the request names a charset that a receiver may follow, or where
   * the text of a field may stand for a number; none where the bytes are no UTF-8, no JSON and no form, so that nothing can be compared.
   */
  readonly readings: readonly Json[]
}

// Few texts need it.
const jsonc = () => require('jsonc-parser') as typeof import('jsonc-parser')

/** What was read of raw bytes stands on them: a `WeakMap` would keep it until the whole heap is collected. */
const wasRead = Symbol('read')

interface ReadBytes extends Buffer {
  [wasRead]?: { readonly request: WireRequest; readonly sent: Sent }
}

/** A form as an operation documents it. */
export interface SentForm extends Pick<MediaType, 'mediaType' | 'encoding'> {
  /** Fields that are files: an answer tells of them what it will. */
  readonly files: ReadonlySet<string>
}

/**
 * Reads the body that a request sends; a raw one once for each request.
 * @param form what the operation is sent in place of JSON
 */
export function readSent(request: WireRequest, form?: SentForm): Sent {
  const sent = readJson(request)
  const readings = form && request.body && fieldsIn(form, request as WireRequest & { body: Buffer })
  return readings ? { ...sent, readings } : sent
}

/** The fields of a form, as they may be read; undefined: its type is another. */
function fieldsIn(form: SentForm, { headers, body }: WireRequest & { readonly body: Buffer }): readonly Json[] | undefined {
  const type = header({ headers }, 'content-type') ?? ''
  const { essence, charset = 'utf-8' } = parseContentType(type) ?? {}
  if (essence !== parseContentType(form.mediaType)?.essence) return undefined
  const isReadable = charset === 'utf-8' && isUtf8(body) && (essence !== 'multipart/form-data' || type.includes(boundary))
  const found = isReadable ? bodyReadings(form, body, eachOnce) : undefined
  return Array.isArray(found) ? found.filter(isObject).map((fields) => withoutFiles(fields, form)) : []
}

const withoutFiles = (fields: Readonly<Record<string, Json>>, { files }: SentForm): Json =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !files.has(name)))

function readJson(request: WireRequest): Sent {
  const value = writtenFrom(request)
  if (value !== undefined) return { text: writtenText(request) as string, json: value, readings: [value, ...inDeclaredCharset(request)] }
  const bytes: ReadBytes | undefined = request.body
  if (!bytes || bytes.length === 0) return nothing
  if (bytes[wasRead]?.request !== request) bytes[wasRead] = { request, sent: read(request, bytes) }
  return bytes[wasRead].sent
}

const nothing: Sent = { text: '', json: undefined, readings: [] }

function read(request: WireRequest, bytes: Buffer): Sent {
  const text = withoutMark(bytes.toString('utf8'))
  const json = parseJson(text)
  if (json === undefined || !isUtf8(bytes)) return { text, json, readings: [] }
  const readings = hasDuplicateKeys(text, json) ? everyReading(text) : [json]
  return { text, json, readings: [...readings, ...inDeclaredCharset(request)] }
}

export const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)

/**
 * Whether an object in a JSON text has a key twice. Nested deeper than the stack allows: not known, hence no.
 * @param json the value that the text stands for
 */
export function hasDuplicateKeys(text: string, json: Json): boolean {
  const open: Set<string>[] = []
  let found = false
  try {
    if (membersIn(text) === keysOf(json)) return false
    jsonc().visit(text, {
      onObjectBegin() {
        open.push(new Set())
      },
      onObjectEnd() {
        open.pop()
      },
      onObjectProperty(key) {
        const keys = open.at(-1)
        if (keys?.has(key)) found = true
        keys?.add(key)
      },
    })
  } catch {
    return false
  }
  return found
}

/** Colons of a JSON text that stand behind a quote: one for each member, and those within texts. */
function membersIn(text: string): number {
  let count = 0
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    let before = at - 1
    while (before > 0 && text.charCodeAt(before) <= 0x20) before--
    if (text.charCodeAt(before) === 0x22) count++
  }
  return count
}

function keysOf(json: Json): number {
  if (typeof json !== 'object' || json === null) return 0
  let count = 0
  if (Array.isArray(json)) for (const item of json) count += keysOf(item)
  else for (const key of Object.keys(json)) count += 1 + keysOf((json as Record<string, Json>)[key]!)
  return count
}

/** The values that a JSON text with keys sent twice stands for: the first of each, the second of each, and so on. */
function everyReading(text: string): readonly Json[] {
  try {
    const tree = jsonc().parseTree(text)
    if (!tree) return []
    const readings: Json[] = []
    let most = 1
    for (let turn = 0; turn < most && turn < 8; turn++) readings.push(reading(tree, turn))
    return readings

    function reading(node: Node, turn: number): Json {
      if (node.type === 'array') return (node.children ?? []).map((item) => reading(item, turn))
      if (node.type !== 'object') return node.value as Json
      const members = new Map<string, Node[]>()
      for (const { children } of node.children ?? []) {
        const [key, value] = children ?? []
        if (key && value) members.set(key.value as string, [...(members.get(key.value as string) ?? []), value])
      }
      return Object.fromEntries(
        [...members].map(([key, values]) => {
          most = Math.max(most, values.length)
          return [key, reading(values[Math.min(turn, values.length - 1)]!, turn)]
        }),
      )
    }
  } catch {
    return []
  }
}

/** A receiver may believe the charset that a request declares, although JSON is always UTF-8. */
function inDeclaredCharset({ headers, body }: WireRequest): readonly Json[] {
  const charset = charsetOf(headers)
  if (charset === undefined || charset === 'utf-8' || charset === 'utf8') return []
  try {
    return textsIn(body ?? Buffer.alloc(0), charset)
      .map(parseJson)
      .filter((json) => json !== undefined)
  } catch {
    return []
  }
}

/** Most requests have the headers of the one before. */
let latest: { readonly headers: WireRequest['headers']; readonly charset: string | undefined } | undefined

function charsetOf(headers: WireRequest['headers']): string | undefined {
  if (latest?.headers !== headers) {
    const value = header({ headers }, 'content-type')
    latest = { headers, charset: value === undefined ? undefined : parseContentType(value)?.charset }
  }
  return latest.charset
}
