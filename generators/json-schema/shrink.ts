import { isObject, type Json } from '../../core/json'
import { formatOf } from '../../specs/formats'
import { language } from './language'

/** What a schema tells about its simplest values. */
export interface Hints {
  readonly numbers: readonly number[]
  readonly steps: readonly number[]
  readonly texts: readonly string[]
  readonly values: readonly Json[]
}

const most = 64

/** Reads off a schema's keywords where simple values may lie. */
export function hintsOf(schema: unknown): Hints {
  const numbers = new Set<number>()
  const steps = new Set<number>()
  const texts = new Set<string>()
  const values: Json[] = []
  const simplest = (pattern: string) => {
    const found =
      texts.size < most ? language({ patterns: [pattern], notPatterns: [], minLength: 0, maxLength: Number.POSITIVE_INFINITY }) : undefined
    if (found) texts.add(found.simplest(found.lengths[0] as number))
  }
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk)
    if (!isObject(value)) return
    for (const [keyword, of] of Object.entries(value)) {
      if (typeof of === 'number' && keyword === 'multipleOf') steps.add(of)
      else if (typeof of === 'number') numbers.add(of)
      else if (typeof of === 'string' && keyword === 'pattern') simplest(of)
      else if (typeof of === 'string' && keyword === 'format') {
        const format = formatOf(of)
        if (format) simplest(format.some)
      } else if (keyword === 'const' && values.length < most) values.push(of)
      else if (keyword === 'enum' && Array.isArray(of) && values.length < most) values.push(...of)
      else walk(of)
    }
  }
  walk(schema)
  return { numbers: [...numbers].slice(0, most), steps: [...steps].slice(0, most), texts: [...texts], values: values.slice(0, most) }
}

/** Simpler values, the simplest first; each costs strictly less than the one before, so that shrinking ends. */
export function* smaller(value: Json, hints: Hints): Generator<Json> {
  const limit = cost(value)
  for (const candidate of candidates(value, hints)) if (cost(candidate) < limit) yield candidate
}

function* candidates(value: Json, hints: Hints): Generator<Json> {
  yield* [null, false, true, 0, '', [], {}]
  yield* hints.values
  if (typeof value === 'number') yield* numbers(value, hints)
  else if (typeof value === 'string') yield* strings(value, hints)
  else if (Array.isArray(value)) yield* arrays(value, hints)
  else if (isObject(value)) yield* objects(value, hints)
}

function* numbers(value: number, { numbers: near, steps }: Hints): Generator<number> {
  yield* [...near, ...near.map((limit) => limit + 1), ...near.map((limit) => limit - 1), ...steps]
  yield Math.trunc(value)
  yield -value
  yield -Math.trunc(value)
  for (const digits of [1, 2, 3]) yield Number(value.toFixed(digits))
  for (const step of [1, ...steps]) {
    const count = value / step
    for (let gap = Math.trunc(count); gap !== 0; gap = Math.trunc(gap / 2)) yield Number((Math.trunc(count - gap) * step).toPrecision(15))
  }
}

function* strings(value: string, { texts }: Hints): Generator<string> {
  yield* texts
  const units = [...value]
  for (let size = units.length; size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at + size <= units.length && at / size < 24; at += size)
      yield [...units.slice(0, at), ...units.slice(at + size)].join('')
  yield units.map(() => 'a').join('')
  for (let at = 0; at < Math.min(units.length, 80); at++)
    for (const plain of ['a', '0']) if (units[at] !== plain) yield [...units.slice(0, at), plain, ...units.slice(at + 1)].join('')
}

function* arrays(value: readonly Json[], hints: Hints): Generator<Json> {
  yield* value
  for (let size = value.length; size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at + size <= value.length && at / size < 24; at += size) yield [...value.slice(0, at), ...value.slice(at + size)]
  for (let at = 0; at < Math.min(value.length, 40); at++)
    for (const item of smaller(value[at] as Json, hints)) yield [...value.slice(0, at), item, ...value.slice(at + 1)]
}

function* objects(value: Readonly<Record<string, Json>>, hints: Hints): Generator<Json> {
  const entries = Object.entries(value)
  yield* Object.values(value)
  for (let size = entries.length; size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at + size <= entries.length; at += size)
      yield Object.fromEntries([...entries.slice(0, at), ...entries.slice(at + size)])
  for (const [at, [name, member]] of entries.entries()) {
    for (const item of smaller(member, hints)) yield Object.fromEntries(entries.with(at, [name, item]))
    for (const other of strings(name, { ...hints, texts: hints.texts }))
      if (!Object.hasOwn(value, other)) yield Object.fromEntries(entries.with(at, [other, member]))
  }
}

/** How far from simple a value is. */
function cost(value: Json): number {
  if (value === null) return 1
  if (typeof value === 'boolean') return value ? 3 : 2
  if (typeof value === 'number')
    return (
      4 +
      Math.log2(1 + Math.abs(value)) +
      (value < 0 || Object.is(value, -0) ? 0.5 : 0) +
      (Number.isInteger(value) ? 0 : String(value).length)
    )
  if (typeof value === 'string') return 4 + textCost(value)
  if (Array.isArray(value)) return 5 + value.reduce((sum: number, item) => sum + cost(item), 0)
  return 5 + Object.entries(value).reduce((sum, [name, member]) => sum + 1 + textCost(name) + cost(member), 0)
}

function textCost(text: string): number {
  let sum = 0
  for (const unit of text)
    sum += unit === 'a' ? 1 : unit === '0' ? 1.1 : /[a-zA-Z1-9]/.test(unit) ? 1.5 : unit < '\u007f' && unit >= ' ' ? 2 : 3
  return sum
}
