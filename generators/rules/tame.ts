import { isDeepStrictEqual } from 'node:util'
import { isObject, type Json } from '../../core/json'
import type { Schema, SchemaObject } from '../../core/operation'
import { deriveSeed } from '../../core/seed'
import { arbitrary, bounds } from '../arbitrary'
import { CannotGenerate } from '../json-schema'
import { plainValue } from '../plain'
import { label } from '../random'
import { meant, type Schemas, typesOf } from '../schema'
import { sample } from './solved'

const most = 16

/**
 * The values that the docs themselves name for a schema, which every honest reader takes: `enum`, `const`, `default`, `examples`, stated limits,
 * `true` and `false`; lists of them; objects with each such value of a member, beside those that must be there.
 * @param seed of the other members' values
 */
export function tame(schemas: Schemas, schema: Schema, seed: number): readonly Json[] {
  const flat = schemas.flatten(schema)
  const items = flat.items === undefined ? [] : told(schemas.flatten(flat.items))
  const lists = items.length > 0 ? [items.slice(0, 3), ...items.map((item) => [item]), ...several(schemas, flat, seed)] : []
  const all = [...told(flat), ...lists, ...sizes(schemas, flat), ...ofPattern(schemas, flat), ...objects(schemas, flat, seed)].filter(
    (value) => schemas.valid(schema, value),
  )
  return all.filter((value, i) => all.findIndex((other) => isDeepStrictEqual(other, value)) === i).slice(0, most)
}

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : [])

function told(schema: SchemaObject): readonly Json[] {
  const types = typesOf(schema)
  const { min, max } = bounds(schema, types.includes('integer'))
  const named = [schema.const, schema.default, ...list(schema.enum), ...list(schema.examples)] as (Json | undefined)[]
  return [
    ...named.filter((value) => value !== undefined),
    ...(types.includes('boolean') ? [true, false] : []),
    ...(schema.minimum !== undefined || schema.exclusiveMinimum !== undefined ? [min] : []),
    ...(schema.maximum !== undefined || schema.exclusiveMaximum !== undefined ? [max] : []),
    ...(types.includes('string') ? [schema.minLength, schema.maxLength] : []).flatMap((length) =>
      isLength(length) ? ['a'.repeat(length)] : [],
    ),
  ]
}

/** Lists of the stated sizes, empty unless the least is stated, and with an item twice where that is said to be allowed. */
export function sizes(schemas: Schemas, schema: SchemaObject): readonly Json[] {
  if (!typesOf(schema).includes('array')) return []
  const stated = [schema.maxItems, schema.minItems ?? 0].filter(
    (size): size is number => Number.isInteger(size) && (size as number) <= mostItems,
  )
  const lists = [...new Set(stated)].flatMap((size) => made(schemas, { ...schema, minItems: size, maxItems: size }))
  const [one] = schema.uniqueItems === false ? made(schemas, { ...schema, minItems: 1 }) : []
  const twice = Array.isArray(one) && one[0] !== undefined ? [[one[0], ...(one.length > 1 ? one.slice(0, -1) : one)]] : []
  return [...lists, ...twice].filter((list) => schemas.valid(schema, list))
}

/**
 * A list of two items and one of three, where sizes are free. No two items are alike in any value that is not one of a few: what names an
 * item may have to be its own.
 */
export function several(schemas: Schemas, schema: SchemaObject, seed: number): readonly Json[] {
  if (!typesOf(schema).includes('array') || schema.items === undefined) return []
  const {
    items,
    minItems = 0,
    maxItems = Number.POSITIVE_INFINITY,
  } = schema as {
    readonly items: Schema
    readonly minItems?: number
    readonly maxItems?: number
  }
  return [2, 3].flatMap((size) => {
    if (size < minItems || size > maxItems) return []
    const whole = { ...schema, items: meant(schemas.flatten(items)), minItems: size, maxItems: size, uniqueItems: true }
    const values = arbitrary(schemas, whole)
    const isGood = (list: Json): boolean =>
      Array.isArray(list) && new Set(list.map((item) => JSON.stringify(item))).size === size && isApart(schemas, items, list)
    for (let i = 0; i < mostProbes; i++) {
      const [list] = sample(values, i, false)
      if (list !== undefined && isGood(list)) return [list]
    }
    const list = plainItems(schemas, items, size, seed)
    return isGood(list) && schemas.valid(schema, list) ? [list] : []
  })
}

/** Plain values of one schema, each another; objects with all of their members: what need not be there is seldom drawn in each of several. */
export const plainItems = (schemas: Schemas, of: Schema, size: number, seed: number): readonly Json[] =>
  Array.from({ length: size }, (_, i) => {
    const own = deriveSeed(seed, 'item', i)
    const flat = schemas.flatten(of)
    if (!flat.properties) return plain(schemas, flat, 'item', own)
    const members = Object.entries(flat.properties).flatMap(([name, member]) =>
      plain(schemas, schemas.flatten(member), name, own).map((value) => [name, value] as const),
    )
    return [Object.fromEntries(members)]
  }).flat()

const mostProbes = 12

function isApart(schemas: Schemas, of: Schema, list: readonly Json[]): boolean {
  const { properties = {} } = schemas.flatten(of)
  return Object.entries(properties).every(([name, schema]) => {
    if (isOfFew(schemas.flatten(schema))) return true
    const values = list.flatMap((item) => (isObject(item) && Object.hasOwn(item, name) ? [JSON.stringify(item[name])] : []))
    return new Set(values).size === values.length
  })
}

/** Maps of no entry to three, under plain keys, one of them with a capital, with plain values. */
export function maps(schemas: Schemas, schema: SchemaObject, seed: number): readonly Json[] {
  const {
    properties,
    additionalProperties: of,
    propertyNames,
  } = schema as {
    readonly properties?: object
    readonly additionalProperties?: Schema
    readonly propertyNames?: Schema
  }
  if (!typesOf(schema).includes('object') || properties !== undefined || of === undefined || of === false) return []
  const flat = of === true ? { type: 'string' } : schemas.flatten(of)
  // Other things that are named there would have to be there.
  if (Object.keys((flat as SchemaObject).properties ?? {}).some((name) => /(?<=[a-z])_?ids?$/i.test(name))) return []
  const isName = (key: string) => propertyNames === undefined || schemas.valid(propertyNames, key)
  const names = [0, 1, 2].flatMap((i) => {
    const key = label(seed, 'key', i)
    const capital = i === 1 ? [key.charAt(0).toUpperCase() + key.slice(1)] : []
    const own = [...capital, key, key.replace(/\d/g, 'x')].find(isName)
    return own === undefined ? [] : [own]
  })
  const pairs = names.flatMap((key) => plain(schemas, flat, key, seed).map((value) => [key, value] as const))
  const sets = pairs.map((_, i) => pairs.slice(0, i + 1))
  return [...sets.slice(0, 2), [], ...sets.slice(2)].map((some) => Object.fromEntries(some)).filter((map) => schemas.valid(schema, map))
}

const isOfFew = (schema: SchemaObject): boolean =>
  schema.enum !== undefined || schema.const !== undefined || typesOf(schema).every((type) => type === 'boolean' || type === 'null')

/** A pattern says all of a text. */
const ofPattern = (schemas: Schemas, schema: SchemaObject): readonly Json[] =>
  typesOf(schema)[0] === 'string' && schema.pattern !== undefined ? made(schemas, schema) : []

const made = (schemas: Schemas, schema: SchemaObject): readonly Json[] => sample(arbitrary(schemas, schema), 0, false)

const mostItems = 50

const isLength = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0 && (value as number) <= 4096

function objects(schemas: Schemas, schema: SchemaObject, seed: number): readonly Json[] {
  if (!typesOf(schema).includes('object') || !isObject(schema.properties)) return []
  const members = Object.entries(schema.properties as Record<string, Schema>).map(([name, of]) => ({
    name,
    isRequired: schema.required?.includes(name) ?? false,
    values: [...plain(schemas, schemas.flatten(of), name, seed), ...told(schemas.flatten(of))].filter((value) => schemas.valid(of, value)),
  }))
  const plainOf = (of: typeof members) =>
    Object.fromEntries(of.flatMap(({ name, values }) => values.slice(0, 1).map((value) => [name, value])))
  const required = plainOf(members.filter(({ isRequired }) => isRequired))
  return [
    required,
    plainOf(members),
    ...[0, 1, 2, 3, 4, 5].flatMap((i) =>
      members.flatMap(({ name, values }) => values.slice(i, i + 1).map((value) => ({ ...required, [name]: value }))),
    ),
  ]
}

/** The plain value, or none. */
function plain(schemas: Schemas, schema: SchemaObject, name: string, seed: number): readonly Json[] {
  try {
    return [plainValue(schemas, { at: [name], place: name, name, documented: schema, assumed: schema, required: true, children: [] }, seed)]
  } catch (error) {
    if (error instanceof CannotGenerate) return []
    throw error
  }
}
