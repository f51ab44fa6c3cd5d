import { isUtf8 } from 'node:buffer'
import type { Node } from 'jsonc-parser'
import type { WireRequest } from '../core/case'
import { header } from '../core/exchange'
import { type Json, parseJson } from '../core/json'
import { writtenFrom, writtenText } from '../specs/wire'
import { parseContentType } from './contentType'

/** A request body as its receiver may read it. */
export interface Sent {
  /** The bytes as UTF-8, without a byte order mark; what is no UTF-8 is replaced. */
  readonly text: string
  /** The JSON value, or undefined where the bytes are no JSON. */
  readonly json: Json | undefined
  /**
   * Every reading that is true: one; several where a key is there twice, or where the request names a charset that a receiver may follow;
   * none where the bytes are no UTF-8 or no JSON, so that nothing can be compared.
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

/** Reads the body that a request sends; a raw one once for each request. */
export function readSent(request: WireRequest): Sent {
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
    const json = parseJson(new TextDecoder(charset).decode(body))
    return json === undefined ? [] : [json]
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
