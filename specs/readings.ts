import type { WireRequest } from '../core/case'
import { header } from '../core/exchange'
import { isObject, type Json } from '../core/json'
import type { MediaType, Parameter } from '../core/operation'
import { boundary } from './bodies'
import { type Style, separators, styleIn } from './parameters'
import { decoded } from './pointer'
import { templatePattern } from './template'

/** More ways to read a request than this are not told apart. */
const mostReadings = 1024

/** What a reader may take one text of the wire for, lenient ones too: the text, and the number, boolean, null or JSON value that it spells. */
export function readingsOf(text: string): readonly Json[] {
  const trimmed = text.trim()
  const word = trimmed.toLowerCase()
  const found: Json[] = [text]
  if (trimmed !== '' && Number.isFinite(Number(trimmed))) found.push(Number(trimmed))
  if (['true', '1', 'yes', 'y', 'on', 't'].includes(word)) found.push(true)
  if (['false', '0', 'no', 'n', 'off', 'f', ''].includes(word)) found.push(false)
  if (['', 'null', 'nil', 'none', 'undefined'].includes(word)) found.push(null)
  if (/^[[{"]/.test(trimmed))
    try {
      found.push(JSON.parse(trimmed) as Json)
    } catch {
      // It is no JSON then.
    }
  return found
}

/**
 * What a reader may take a parameter for, by its style.
 * @param path the path template
 * @param types types that its schema admits; empty: any
 * @returns undefined: it is not there; 'many': too many to tell
 */
export function parameterReadings(
  parameter: Pick<Parameter, 'name' | 'in' | 'style' | 'explode' | 'mediaType'>,
  path: string,
  types: readonly string[],
  request: Pick<WireRequest, 'target' | 'headers'>,
  combine: Combine = everyWay,
): readonly Json[] | 'many' | undefined {
  const { target } = request
  const { name, in: location } = parameter
  const style = (parameter.style ?? styleIn[location]) as Style
  const explode = parameter.explode ?? style === 'form'
  const admits = (...names: readonly string[]) => types.length === 0 || names.some((type) => types.includes(type))
  const unwritten = location === 'query' ? spaced : decoded
  const scalars = admits('string', 'number', 'integer', 'boolean', 'null')
  const tables: Record<string, string>[] = []
  const lists: string[][] = []
  const texts: string[] = []

  if (location === 'query' || location === 'cookie') {
    const raw = location === 'query' ? (target.split('?')[1] ?? '').split('&') : (header(request, 'Cookie') ?? '').split(/; */)
    const pairs = raw.filter(Boolean).map((part) => {
      const at = part.indexOf('=')
      return at < 0 ? ([unwritten(part), ''] as const) : ([unwritten(part.slice(0, at)), part.slice(at + 1)] as const)
    })
    const own = pairs.filter(([key]) => key === name).map(([, text]) => text)
    const deep = pairs.filter(([key]) => key.startsWith(`${name}[`) && key.endsWith(']'))
    if (deep.length > 0) tables.push(Object.fromEntries(deep.map(([key, text]) => [key.slice(name.length + 1, -1), unwritten(text)])))
    if (
      style === 'form' &&
      explode &&
      parameter.mediaType === undefined &&
      types.includes('object') &&
      own.length === 0 &&
      pairs.length > 0
    )
      tables.push(Object.fromEntries(pairs.map(([key, text]) => [key, unwritten(text)])))
    if (own.length === 0 && tables.length === 0) return undefined
    if (own.length > 0) {
      texts.push(unwritten(own[0] as string), unwritten(own.at(-1) as string))
      if (explode) lists.push(own.map(unwritten))
      else for (const text of own) add(text, separators[style] ?? ',')
    }
  } else {
    const found = location === 'header' ? header(request, name) : segmentOf(path, name, target)
    if (found === undefined) return undefined
    if (style === 'matrix') {
      const parts = found
        .split(';')
        .filter(Boolean)
        .map((part) => part.split('=') as [string, string?])
      const own = parts.filter(([key]) => decoded(key) === name).map(([, text = '']) => text)
      texts.push(...own.slice(0, 1).map(decoded))
      if (explode) lists.push(own.map(decoded))
      else for (const text of own) add(text, ',')
      if (explode) tables.push(Object.fromEntries(parts.map(([key, text = '']) => [decoded(key), decoded(text)])))
    } else {
      const text = style === 'label' ? found.replace(/^\./, '') : found
      texts.push(location === 'header' ? text : decoded(text))
      add(text, style === 'label' && explode ? '.' : ',')
    }
  }

  /** Split before and after it is decoded, as readers do the one or the other. */
  function add(text: string, by: string): void {
    const plain = location === 'header' ? (of: string) => of : unwritten
    for (const parts of [text.split(by).map(plain), plain(text).split(by)]) {
      lists.push(text === '' ? [] : parts)
      const pairs = explode
        ? parts.map((part) => part.split('='))
        : parts.flatMap((part, i) => (i % 2 === 0 ? [[part, parts[i + 1] ?? '']] : []))
      tables.push(Object.fromEntries(pairs.map(([key, value = '']) => [key, value])))
    }
  }

  const found: Json[] = []
  const ways: (readonly Json[] | 'many')[] = [
    ...(scalars || parameter.mediaType !== undefined ? texts.map(readingsOf) : []),
    ...(admits('array') ? lists.map((list) => listReadings(list, combine)) : []),
    ...(admits('object') ? tables.map((table) => tableReadings(table, combine)) : []),
  ]
  for (const way of ways) {
    if (way === 'many') return 'many'
    found.push(...way)
  }
  return found
}

/** Where its items are many, all of a list are read by one rule. */
function listReadings(list: readonly string[], combine: Combine): readonly Json[] | 'many' {
  const parts = list.map((text, i) => [String(i), readingsOf(text)] as const)
  const join = (pairs: readonly (readonly [string, Json])[]) => pairs.map(([, of]) => of)
  const found = combine(parts, join)
  return found === 'many' ? eachOnce(parts, join) : found
}

const tableReadings = (table: Readonly<Record<string, string>>, combine: Combine): readonly Json[] | 'many' =>
  combine(
    Object.entries(table).map(([key, text]) => [key, readingsOf(text)]),
    Object.fromEntries,
  )

/** Makes readings of a whole from those of its parts. */
type Combine = (
  parts: readonly (readonly [string, readonly Json[]])[],
  join: (pairs: readonly (readonly [string, Json])[]) => Json,
) => readonly Json[] | 'many'

/** The first reading of each part, the second of each, and so on: enough where each part is looked at by itself. */
export const eachOnce: Combine = (parts, join) =>
  Array.from({ length: Math.max(1, ...parts.map(([, readings]) => readings.length)) }, (_, turn) =>
    join(
      parts.flatMap(([key, readings]) =>
        readings
          .slice(0, turn + 1)
          .slice(-1)
          .map((reading) => [key, reading] as const),
      ),
    ),
  )

/** Each way to take one reading of each part. */
const everyWay: Combine = (parts, join) => {
  if (parts.reduce((product, [, readings]) => product * readings.length, 1) > mostReadings) return 'many'
  return parts
    .reduce<(readonly (readonly [string, Json])[])[]>(
      (all, [key, readings]) => all.flatMap((so) => readings.map((reading) => [...so, [key, reading] as const])),
      [[]],
    )
    .map(join)
}

const distinct = (values: readonly Json[]): readonly Json[] => [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]

/** What a reader may take a body for that is a form or a text; undefined for one of another media type. */
export function bodyReadings(
  { mediaType, encoding = {} }: Pick<MediaType, 'mediaType' | 'encoding'>,
  body: Buffer,
  combine: Combine = everyWay,
): readonly Json[] | 'many' | undefined {
  const kind = mediaType.split(';')[0]?.trim().toLowerCase() ?? ''
  const text = body.toString('utf8')
  if (kind.startsWith('text/')) return readingsOf(text)
  const pairs =
    kind === 'application/x-www-form-urlencoded' ? [...new URLSearchParams(text)] : kind === 'multipart/form-data' ? parts(text) : undefined
  if (!pairs) return undefined
  const target = `?${new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value]))}`
  const encoded = Object.entries(encoding).flatMap(([name, own]): (readonly [string, readonly Json[] | 'many'])[] => {
    const read = parameterReadings({ name, in: 'query', ...own }, '', [], { target, headers: [] }, combine)
    return read === undefined ? [] : [[name, read === 'many' ? read : distinct(read)]]
  })
  const isEncoded = (key: string) => Object.keys(encoding).some((name) => key === name || key.startsWith(`${name}[`))
  const names = [...new Set(pairs.map(([name]) => name))].filter((name) => !isEncoded(name))
  const usual = names.map((name): readonly [string, readonly Json[] | 'many'] => {
    const texts = pairs.filter(([key]) => key === name).map(([, value]) => value)
    const list = listReadings(texts, combine)
    // One text may be a list of one; of several, servers that look for one take the first or the last.
    const ends = [...new Set([texts[0] as string, texts.at(-1) as string])]
    return [name, list === 'many' ? list : [...ends.flatMap(readingsOf), ...list]]
  })
  const members = [...usual, ...encoded]
  if (members.some(([, readings]) => readings === 'many')) return 'many'
  return combine(members as (readonly [string, readonly Json[]])[], Object.fromEntries)
}

function parts(text: string): (readonly [string, string])[] {
  return text.split(`--${boundary}`).flatMap((part) => {
    const [head, ...rest] = part.split('\r\n\r\n')
    const name = /name="([^"]*)"/.exec(head ?? '')?.[1]
    if (name === undefined || rest.length === 0) return []
    const plain = name.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%22', '"')
    return [[plain, rest.join('\r\n\r\n').replace(/\r\n$/, '')] as const]
  })
}

/** What stands in a request's path where the template has a parameter. */
function segmentOf(path: string, name: string, target: string): string | undefined {
  const { source, names } = templatePattern(path, '[^/]*')
  const found = new RegExp(`^${source}$`).exec(target.split('?')[0] ?? '')
  return found?.[names.indexOf(name) + 1]
}

/** Forms write a space as `+`. */
const spaced = (text: string): string => decoded(text.replaceAll('+', ' '))

/** Whether a value stands on the wire as it is meant: no text of it holds what parts the others. */
export function isUnmistakable(value: Json): boolean {
  if (typeof value === 'string') return !/[,|;.=&\s[\]{}"]/.test(value)
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => typeof item !== 'object' && isUnmistakable(item))
  if (isObject(value))
    return (
      Object.entries(value).length > 0 &&
      Object.entries(value).every(([key, of]) => typeof of !== 'object' && isUnmistakable(key) && isUnmistakable(of))
    )
  return true
}
