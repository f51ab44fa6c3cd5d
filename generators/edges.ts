import type { Json } from '../core/json'
import type { SchemaObject } from '../core/operation'
import { bounds } from './arbitrary'
import { characters } from './characters'
import { outermost } from './json-schema'
import { type Schemas, typesOf } from './schema'

/** Several rules ask for the same. */
const known = new WeakMap<SchemaObject, { readonly plain: Json; readonly values: readonly Json[] }>()

/**
 * The values of S that every run sends for one member, simplest first: its well-known values (`examples`, `enum`, `default`), both edges,
 * powers of two and ten with their neighbours, the shortest and longest strings, and each kind of character first, last and within.
 * @param plain a valid value to build longer ones from
 */
export function edges(schemas: Schemas, schema: SchemaObject, plain: Json): readonly Json[] {
  const before = known.get(schema)
  if (before && before.plain === plain) return before.values
  const named = [schema.const, schema.default, ...list(schema.enum), ...list(schema.examples), schema.example].filter(
    (value) => value !== undefined,
  )
  const types = typesOf(schema)
  const made = types.flatMap((type): readonly Json[] => {
    if (type === 'integer' || type === 'number') return numberEdges(schema, type === 'integer')
    if (type === 'boolean') return [true, false]
    if (type === 'string' && typeof plain === 'string') return stringEdges((text) => schemas.valid(schema, text), plain, schema)
    if (type === 'null') return [null]
    return []
  })
  const seen = new Set<string>()
  const values = ([...limits(schema, types), ...named, ...made] as Json[]).filter((value) => {
    const text = JSON.stringify(value)
    if (seen.has(text) || !schemas.valid(schema, value)) return false
    seen.add(text)
    return true
  })
  const ordered = values.includes(null) ? withNullEarly(values.filter((value) => value !== null)) : values
  known.set(schema, { plain, values: ordered })
  return ordered
}

/** What may be null is null in many a request, and is seldom tried. */
const withNullEarly = ([first, ...others]: readonly Json[]): readonly Json[] => (first === undefined ? [null] : [first, null, ...others])

/** Both edges of a range come before all else; of numbers that need not be whole, most others are. */
function limits(schema: SchemaObject, types: readonly string[]): readonly Json[] {
  if (!types.includes('integer') && !types.includes('number')) return []
  const isWhole = types.includes('integer')
  const { min, max } = bounds(schema, isWhole)
  const least = min <= 0 && max > 0 ? 0 : Math.floor(min)
  // Nought is taken for nothing.
  const nought = min < 0 && max > 0 ? [0] : []
  return [min, max, ...nought, ...(isWhole ? [] : [0.5, 1.75, 0.25].map((part) => least + part).filter((n) => n > min && n < max))]
}

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : [])

function numberEdges(schema: SchemaObject, integer: boolean): readonly number[] {
  const { min, max } = bounds(schema, integer)
  const powers = [...Array.from({ length: 53 }, (_, k) => 2 ** k), ...Array.from({ length: 16 }, (_, k) => 10 ** k)]
  const near = powers.flatMap((power) => [power - 1, power, power + 1])
  const all = [min, min + 1, max - 1, max, 0, ...near, ...near.map((n) => -n), ...(integer ? [] : [0.5, -0.5, 0.1, 1e-7, 1.5e10])]
  return all.filter((n) => n >= min && n <= max && !Object.is(n, -0))
}

/** Characters that slip through careless code most often, for the longest strings: one byte, two, three and four in UTF-8. */
const fillers = ['a', '0', '-', 'é', '漢', '😀', 'a ', 'e\u0301', '&']

/** Texts that a reader without types, or one of YAML, CSV or a query, takes for something else: numbers, dates, booleans, comments. */
const words =
  'null true false yes no on off y ~ NaN inf 0 -0 7 42 007 0123 0x1f 0o17 1e3 1e309 .5 1.0 +1 1_000 1,000 12:30 2024-01-01 2024-01-01T00:00:00Z 2024-06-30T23:30:00+02:00 0.10 ٣٤ ４２ x #y - x x: y &x *x !x %x @x =1+1'
    .split(' ')
    .concat('x #y', '- x', 'x: y', '[x]', '{x}')

function stringEdges(valid: (text: string) => boolean, plain: string, schema: SchemaObject): readonly string[] {
  const { pattern, minLength, maxLength } = schema
  const ends = typeof pattern === 'string' && maxLength === undefined ? outermost(pattern, Number(minLength ?? 0)) : []
  return [...lengths(valid, plain, schema), ...ends, ...words, ...positions(valid, plain)]
}

/** Strings at and next to the length limits, of each filler that is allowed. */
function lengths(valid: (text: string) => boolean, plain: string, schema: SchemaObject): readonly string[] {
  const min = Number(schema.minLength ?? 0)
  const max = Number(schema.maxLength ?? Number.NaN)
  const short = [...new Set([min, min + 1, min + 2])]
  const long = Number.isFinite(max)
    ? [...new Set([max, max - 1, ...[16, 32, 64, 100, 128, 200, 250].filter((n) => n < max && n > min)])]
    : []
  const found: string[] = []
  // Of many rules few cases are sent: both limits come first.
  for (const length of [min, ...long.slice(0, 1)]) push(fill(valid, 'a', length, plain))
  for (const length of short) for (const filler of fillers.slice(0, 2)) push(fill(valid, filler, length, plain))
  for (const length of long)
    for (const filler of length >= max - 1 ? fillers : fillers.slice(0, 1)) push(fill(valid, filler, length, plain))
  return found

  function push(text: string | undefined): void {
    if (text !== undefined) found.push(text)
  }
}

/** A valid string of so many code points, mostly of the filler; undefined if none is found. */
function fill(valid: (text: string) => boolean, filler: string, length: number, plain: string): string | undefined {
  const inner = (room: number) => [...filler.repeat(Math.ceil(Math.max(room, 0) / [...filler].length))].slice(0, Math.max(room, 0)).join('')
  const ends = [...plain]
  return [
    inner(length),
    `a${inner(length - 2)}a`,
    `${ends[0] ?? ''}${inner(length - 2)}${ends.at(-1) ?? ''}`,
    `${plain}${inner(length - ends.length)}`,
  ].find((text) => [...text].length === length && valid(text))
}

const manyKinds = 80

/** Every character that is allowed at all, first, last and within; several to a string, as shrinking tells them apart. */
function positions(valid: (text: string) => boolean, plain: string): readonly string[] {
  const core = [...plain]
  const middle = Math.floor(core.length / 2)
  // Where nearly every character is allowed, the letters between A and Z are of one kind.
  const allowed = characters.filter((c) => valid([...core.slice(0, middle), c, ...core.slice(middle + 1)].join('')))
  const pool = allowed.length > manyKinds ? characters.filter((c) => !/[b-yB-Y1-8]/.test(c)) : characters
  // Of each kind beyond ASCII there are several: one half begins a text, the other ends one.
  const half = (odd: number) => (c: string, i: number) => c <= '~' || i % 2 === odd
  const first = pool.filter(half(0)).filter((c) => valid([c, ...core.slice(1)].join('')))
  const last = pool.filter(half(1)).filter((c) => valid([...core.slice(0, -1), c].join('')))
  const within = pool.filter((c) => valid([...core.slice(0, middle), c, ...core.slice(middle + 1)].join('')))
  const found: string[] = []
  for (let i = 0; i < Math.max(first.length, last.length, Math.ceil(within.length / 3)); i++) {
    // Three neighbours within: enough to send every character, few enough that one string breaks one thing.
    const parts = [
      pick(first, i),
      pick(within, i * 3),
      pick(within, i * 3 + 1),
      pick(within, i * 3 + 2),
      pick(last, i + Math.floor(last.length / 2)),
    ]
    const candidates = [
      [parts[0], ...core.slice(1, middle), ...parts.slice(1, 4), ...core.slice(middle + 3, -1), parts[4]].join(''),
      [parts[0], ...core.slice(1, -1), parts[4]].join(''),
      [parts[0], ...core.slice(1)].join(''),
    ]
    const text = candidates.find(valid)
    if (text !== undefined) found.push(text)
  }
  return found
}

const pick = (from: readonly string[], i: number): string => from[i % Math.max(from.length, 1)] ?? ''
