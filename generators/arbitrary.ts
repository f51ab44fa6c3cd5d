import fc from 'fast-check'
import type { Json } from '../core/json'
import type { Schema, SchemaObject } from '../core/operation'
import { characters } from './characters'
import { type Schemas, typesOf } from './schema'

/** A schema that cannot be satisfied, or not by this generator: says which, never hangs. */
export class CannotGenerate extends Error {
  override readonly name = 'CannotGenerate'
}

/** Recursive schemas end here. */
const maxDepth = 5
const maxTries = 100

/**
 * Values that are valid under a schema.
 * @param schemas resolves `$ref`s and confirms every value
 * @param schema a JSON Schema (2020-12)
 * @throws CannotGenerate from `generate`, when no valid value turned up within a bounded number of tries
 */
export function arbitrary(schemas: Schemas, schema: Schema): fc.Arbitrary<Json> {
  if (typeof schema === 'boolean') return guarded(schemas, schema)
  const known = built.get(schemas) ?? new WeakMap<object, fc.Arbitrary<Json>>()
  built.set(schemas, known)
  const arb = known.get(schema) ?? guarded(schemas, schema)
  known.set(schema, arb)
  return arb
}

/** Arbitraries are built once for each schema: patterns are slow to take apart. */
const built = new WeakMap<Schemas, WeakMap<object, fc.Arbitrary<Json>>>()

const guarded = (schemas: Schemas, schema: Schema): fc.Arbitrary<Json> =>
  new Guarded(
    lazily(() => build(schemas, schema, 0)),
    (value) => schemas.valid(schema, value),
    JSON.stringify(schema).slice(0, 200),
  )

/** Like `filter`, but bounded: a filter that nothing passes would hang for ever. */
class Guarded extends fc.Arbitrary<Json> {
  constructor(
    private readonly inner: fc.Arbitrary<Json>,
    private readonly valid: (value: Json) => boolean,
    private readonly told: string,
  ) {
    super()
  }

  generate(random: fc.Random, bias: number | undefined): fc.Value<Json> {
    for (let i = 0; i < maxTries; i++) {
      const value = this.inner.generate(random, bias)
      if (this.valid(value.value)) return value
    }
    throw new CannotGenerate(`cannot generate a valid value in ${maxTries} tries: ${this.told}`)
  }

  override canShrinkWithoutContext(value: unknown): value is Json {
    return this.inner.canShrinkWithoutContext(value)
  }

  override shrink(value: Json, context: unknown): fc.Stream<fc.Value<Json>> {
    return this.inner.shrink(value, context).filter((smaller) => this.valid(smaller.value))
  }
}

function build(schemas: Schemas, of: Schema, depth: number): fc.Arbitrary<Json> {
  const schema = schemas.flatten(of)
  if ('const' in schema) return fc.constant(schema.const as Json)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as Json[]))
  for (const keyword of ['oneOf', 'anyOf'] as const) {
    const branches = schema[keyword] as readonly Schema[] | undefined
    if (!branches) continue
    const { [keyword]: _, ...own } = schema
    return fc.oneof(...branches.map((branch) => build(schemas, { allOf: [own, branch] } as SchemaObject, depth)))
  }
  const types = typesOf(schema)
  const kinds = (types.length > 0 ? types : ['string', 'integer', 'boolean', 'null']).map((type) => ofType(schemas, schema, type, depth))
  return kinds.length === 1 ? (kinds[0] as fc.Arbitrary<Json>) : fc.oneof(...kinds)
}

function ofType(schemas: Schemas, schema: SchemaObject, type: string, depth: number): fc.Arbitrary<Json> {
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer' || type === 'number') return numbers(schema, type === 'integer')
  if (type === 'string') return strings(schema)
  if (type === 'array') return arrays(schemas, schema, depth)
  if (type === 'object') return objects(schemas, schema, depth)
  throw new CannotGenerate(`cannot generate a value of the unknown type ${JSON.stringify(type)}`)
}

/** Bounds of a number schema, inclusive; integers beyond 2^53 are left to the rules of the zone `either`. */
export function bounds(schema: SchemaObject, integer: boolean): { min: number; max: number } {
  const step = integer ? 1 : Number.EPSILON
  const low = Math.max(
    Number(schema.minimum ?? Number.NEGATIVE_INFINITY),
    Number(schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY) + step,
  )
  const high = Math.min(
    Number(schema.maximum ?? Number.POSITIVE_INFINITY),
    Number(schema.exclusiveMaximum ?? Number.POSITIVE_INFINITY) - step,
  )
  const limit = schema.format === 'int32' ? 2 ** 31 : Number.MAX_SAFE_INTEGER
  return {
    min: Math.max(integer ? Math.ceil(low) : low, -limit),
    max: Math.min(integer ? Math.floor(high) : high, limit === 2 ** 31 ? limit - 1 : limit),
  }
}

function numbers(schema: SchemaObject, integer: boolean): fc.Arbitrary<Json> {
  const { min, max } = bounds(schema, integer)
  if (min > max) throw new CannotGenerate(`cannot generate: no number lies between ${min} and ${max}`)
  const step = Number(schema.multipleOf ?? 0)
  if (step > 0 && (!integer || Number.isInteger(step)))
    return fc.integer({ min: Math.ceil(min / step), max: Math.floor(max / step) }).map((n) => n * step)
  if (integer) return fc.integer({ min, max })
  return fc.double({ min, max, noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n))
}

const formats: Record<string, () => fc.Arbitrary<string>> = {
  uuid: () => fc.uuid(),
  ipv4: () => fc.ipV4(),
  ipv6: () => fc.ipV6(),
  date: () => dates().map((date) => date.slice(0, 10)),
  'date-time': () => dates(),
  time: () => dates().map((date) => date.slice(11)),
  email: () => fc.emailAddress(),
  hostname: () => fc.domain(),
  uri: () => fc.webUrl(),
  'uri-reference': () => fc.webUrl(),
  byte: () => fc.base64String(),
}

const dates = () =>
  fc
    .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true })
    .map((date) => date.toISOString())

function strings(schema: SchemaObject): fc.Arbitrary<string> {
  if (typeof schema.pattern === 'string')
    return (/\\[pP]\{/.test(schema.pattern) && byCharacter(schema)) || fc.stringMatching(new RegExp(schema.pattern, 'u'), { size: 'small' })
  const format = formats[String(schema.format)]
  if (format) return format()
  const minLength = Number(schema.minLength ?? 1)
  const maxLength = Math.min(Number(schema.maxLength ?? minLength + 64), minLength + 255)
  return fc.string({
    unit: fc.oneof(
      { weight: 5, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }) },
      fc.constantFrom('é', 'ß', 'ж', '漢', '😀'),
    ),
    minLength,
    maxLength,
  })
}

/** Unicode has this many code points. */
const codePoints = 0x110000

/**
 * Strings of characters that are each valid by themselves: for patterns of Unicode classes, which are slow to enumerate.
 * Undefined if hardly any character is.
 */
function byCharacter(schema: SchemaObject): fc.Arbitrary<string> | undefined {
  const pattern = new RegExp(schema.pattern as string, 'u')
  const plain = characters.filter((character) => pattern.test(character))
  if (plain.length < characters.length / 4) return undefined
  const any = fc
    .integer({ min: 0x20, max: codePoints - 1 })
    .map((code) => (code >= 0xd800 && code < 0xe000 ? 'a' : String.fromCodePoint(code)))
  const rare = any.map((character) => (pattern.test(character) ? character : (plain[character.codePointAt(0)! % plain.length] as string)))
  const unit = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...plain) },
    { weight: 1, arbitrary: rare },
    { weight: 1, arbitrary: fc.constant(' ') },
  )
  const minLength = Number(schema.minLength ?? 1)
  return fc
    .array(unit, { minLength, maxLength: Math.min(Number(schema.maxLength ?? minLength + 64), minLength + 100) })
    .map((units) => units.join(''))
}

function arrays(schemas: Schemas, schema: SchemaObject, depth: number): fc.Arbitrary<Json> {
  const minLength = Number(schema.minItems ?? 0)
  const options = { minLength, maxLength: Math.min(Number(schema.maxItems ?? minLength + 3), minLength + 10) }
  const items = depth < maxDepth ? build(schemas, (schema.items as Schema | undefined) ?? { type: 'string' }, depth + 1) : fc.constant(null)
  return schema.uniqueItems ? fc.uniqueArray(items, { ...options, selector: (item) => JSON.stringify(item) }) : fc.array(items, options)
}

function objects(schemas: Schemas, schema: SchemaObject, depth: number): fc.Arbitrary<Json> {
  const properties = Object.entries(schema.properties ?? {})
  const required = new Set(schema.required ?? [])
  const kept = depth < maxDepth ? properties : properties.filter(([name]) => required.has(name))
  const members = Object.fromEntries(kept.map(([name, member]) => [name, lazily(() => build(schemas, member, depth + 1))]))
  return fc.record(members, {
    requiredKeys: kept.map(([name]) => name).filter((name) => required.has(name)),
    noNullPrototype: true,
  }) as fc.Arbitrary<Json>
}

/** Builds an arbitrary at first use: recursive schemas would never end otherwise. */
function lazily(make: () => fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  let made: fc.Arbitrary<Json> | undefined
  const get = () => (made ??= make())
  return fc.constant(null).chain(() => get())
}
