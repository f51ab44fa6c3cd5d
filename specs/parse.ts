import { isNode, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import { UsageError } from '../core/errors'
import { isObject } from '../core/json'
import { jsonOffsets } from './jsonOffsets'

type Path = readonly (string | number)[]

/** Data read from a JSON or YAML file, with the way back to its lines. */
export interface ParsedFile {
  readonly file: string
  readonly data: Record<string, unknown>
  /** `file:line:column` of the value at a path, or of the nearest value around it. */
  at(path: Path): string
  /** Line, from 1, of the key (or the item of a list) at a path, or of the nearest around it. */
  lineOf(path: Path): number
}

const yamlOptions = { merge: true, prettyErrors: false } as const

/**
 * Reads a JSON or YAML text whose whole is an object.
 * @param file name for messages
 * @throws UsageError with the line and column of the first mistake
 */
export function parseText(text: string, file: string): ParsedFile {
  const json = parseJson(text)
  const { data, root } = json === undefined ? nestedReasonably(file, () => parseYaml(text, file)) : { data: json, root: undefined }
  if (!isObject(data)) throw new UsageError('holds no object, as an OpenAPI document, an overlay or a config file is', file)
  const offsets = once(() => (root === undefined ? jsonOffsets(text) : yamlOffsets(root)))
  const lines = once(() => lineCounter(text))
  return {
    file,
    data,
    at: (path) => `${file}:${position(text, offsets().value(path))}`,
    lineOf: (path) => lines().linePos(offsets().key(path)).line,
  }
}

/** JSON is the quick way for large documents; what is not JSON may still be YAML, which then tells the mistake. */
function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function parseYaml(text: string, file: string): { readonly data: unknown; readonly root: unknown } {
  const document = parseDocument(text, yamlOptions)
  const [error] = document.errors
  if (error?.message.startsWith('Maximum call stack')) throw new UsageError('is nested too deeply', file)
  if (error)
    throw new UsageError(`is neither JSON nor YAML: ${error.message.replace(/:?\s*$/, '')}`, `${file}:${position(text, error.pos[0])}`)
  try {
    return { data: document.toJS({ maxAliasCount: 1000 }), root: document.contents }
  } catch (cause) {
    if (cause instanceof RangeError) throw cause
    throw new UsageError(`cannot be read as YAML: ${(cause as Error).message}`, file)
  }
}

/** `line:column`, both from 1. */
function position(text: string, offset: number): string {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return `${line}:${offset - before.lastIndexOf('\n')}`
}

function lineCounter(text: string): LineCounter {
  const counter = new LineCounter()
  counter.addNewLine(0)
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) counter.addNewLine(end + 1)
  return counter
}

/** Where the value at a path begins in the text, and where its key does. */
interface Offsets {
  value(path: Path): number
  key(path: Path): number
}

function yamlOffsets(root: unknown): Offsets {
  const value = (path: Path) => yamlNode(root, path)
  const key = (path: Path) => {
    const item = path.length === 0 ? undefined : yamlItem(value(path.slice(0, -1)), path.at(-1)!)
    return isPair(item) && isNode(item.key) ? item.key : value(path)
  }
  return { value: (path) => nearest(path, value)?.range?.[0] ?? 0, key: (path) => nearest(path, key)?.range?.[0] ?? 0 }
}

function nearest<T>(path: Path, find: (path: Path) => T | undefined): T | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = find(path.slice(0, length))
    if (node !== undefined) return node
  }
  return undefined
}

function yamlNode(node: unknown, path: Path): Node | undefined {
  const [segment, ...rest] = path
  if (segment === undefined) return isNode(node) ? node : undefined
  const child = yamlItem(node, segment)
  return yamlNode(isPair(child) ? child.value : child, rest)
}

/** The pair or the item of a mapping or list. Keys of a YAML mapping may be numbers (`200:`), which are text in the data. */
function yamlItem(node: unknown, segment: string | number): unknown {
  const items: unknown = (node as { items?: unknown } | null | undefined)?.items
  if (!Array.isArray(items)) return undefined
  return items.find((item, index) => (isPair(item) ? keyText(item.key) : String(index)) === String(segment))
}

const keyText = (key: unknown): string => String(isScalar(key) ? key.value : key)

/**
 * Runs what goes into a document level by level.
 * @throws UsageError in place of an exhausted stack
 */
export function nestedReasonably<T>(file: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError('is nested too deeply', file)
    throw error
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
