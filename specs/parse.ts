import { CORE_SCHEMA, load } from 'js-yaml'
import { UsageError } from '../core/errors'
import { isObject } from '../core/json'
import { once } from '../core/once'
import { isMarkup } from './files'
import { jsonOffsets } from './jsonOffsets'
import type { Yaml } from './yaml'
import { yamlOffsets } from './yamlOffsets'

export type Path = readonly (string | number)[]

/** Where the value at a path begins in the text, and where its key does. */
export interface Offsets {
  value(path: Path): number
  key(path: Path): number
}

/** Data read from a JSON or YAML file, with the way back to its lines. */
export interface ParsedFile {
  readonly file: string
  readonly data: Record<string, unknown>
  /** `file:line:column` of the value at a path, or of the nearest value around it. */
  at(path: Path): string
  /** Line, from 1, of the key (or the item of a list) at a path, or of the nearest around it. */
  lineOf(path: Path): number
}

/**
 * Reads a JSON or YAML text whose whole is an object.
 * @param file name for messages
 * @throws UsageError with the line and column of the first mistake
 */
export function parseText(text: string, file: string): ParsedFile {
  if (isMarkup(text)) throw new UsageError('is HTML: give the document itself, in JSON or YAML', file)
  const json = parseJson(text)
  const careful = once(() => nestedReasonably(file, () => withCare(text, file)))
  const quick = json ?? parseYaml(text)
  const data = quick ?? nestedReasonably(file, () => careful().toData())
  if (!isObject(data)) throw new UsageError('holds no object, as an OpenAPI document, an overlay or a config file is', file)
  const offsets = once(() => (quick === undefined ? careful().offsets : json === undefined ? yamlOffsets(text) : jsonOffsets(text)))
  const starts = once(() => lineStarts(text))
  return {
    file,
    data,
    at: (path) => `${file}:${position(text, offsets().value(path))}`,
    lineOf: (path) => lineAt(starts(), offsets().key(path)),
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

/** What the two readers take for different things: directives, merges, numbers of YAML 1.1 and beyond what a double holds. */
const needsCare = /^%|<<|(?:^|[\s[{,:])[-+]?(?:0b[01_]+|\.\d[\d_.eE+-]*|\d[\d.]*_[\d_.]*|[\d.]+[eE][-+]?\d{3,})(?=[\s,:\]}]|$)/m

/** What aliases repeat may grow without end; only the careful reader counts. */
function hasAliases(text: string): boolean {
  const aliases = new Set(Array.from(text.matchAll(/\*([^\s,[\]{}]+)/g), ([, name]) => name))
  return aliases.size > 0 && Array.from(text.matchAll(/&([^\s,[\]{}]+)/g)).some(([, name]) => aliases.has(name))
}

/** The quick way for YAML: ten times as fast as the careful one, in a fifth of its memory. What it cannot read, the careful one may. */
function parseYaml(text: string): unknown {
  if (needsCare.test(text) || hasAliases(text)) return undefined
  try {
    return load(text, { schema: CORE_SCHEMA })
  } catch {
    return undefined
  }
}

function withCare(text: string, file: string): Yaml {
  // Loaded when it is needed: most documents are without mistakes.
  const { readYaml } = require('./yaml') as typeof import('./yaml')
  const yaml = readYaml(text, file)
  if (yaml.mistake)
    throw new UsageError(`is neither JSON nor YAML: ${yaml.mistake.message}`, `${file}:${position(text, yaml.mistake.offset)}`)
  return yaml
}

/** `line:column`, both from 1. */
function position(text: string, offset: number): string {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return `${line}:${offset - before.lastIndexOf('\n')}`
}

/** Offsets at which the lines begin. */
function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1)
  return starts
}

/** The line, from 1, in which an offset lies. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= offset) low = middle
    else high = middle
  }
  return low + 1
}

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
