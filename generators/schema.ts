import { type Json, ownMember } from '../core/json'
import type { Schema, SchemaObject } from '../core/operation'
import { resolve } from '../specs/load'
import { createValidator, type Validator } from '../specs/validator'
import { type Generator, generatorOf } from './json-schema'

/** A document's schemas as generators use them: lazily resolved, and with the validator as last guard. */
export interface Schemas {
  /** Follows `$ref`s and joins `allOf`, one level: what a walk over members needs. */
  flatten(schema: Schema | undefined): SchemaObject
  /** A schema, flattened, and those of its alternatives that a value is. */
  parts(schema: Schema, value: Json, depth?: number): readonly SchemaObject[]
  valid(schema: Schema, value: Json): boolean
  errors: Validator['errors']
  answerErrors: Validator['answerErrors']
  /** Makes values of its schemas. */
  readonly generator: Generator
}

/** Alternatives within alternatives are followed so deep. */
const mostNested = 8

const known = new WeakMap<object, Schemas>()

/**
 * The schemas of a document; the same for each call, so that each is compiled once.
 * @param document a whole OpenAPI document, into which `$ref`s point
 */
export function schemasOf(document: Readonly<Record<string, unknown>>): Schemas {
  const schemas = known.get(document) ?? readSchemas(document)
  known.set(document, schemas)
  return schemas
}

function readSchemas(document: Readonly<Record<string, unknown>>): Schemas {
  const validator = createValidator(document as Record<string, unknown>)
  const flat = new WeakMap<object, SchemaObject>()
  const schemas: Schemas = {
    flatten(schema) {
      if (schema === undefined || typeof schema === 'boolean') return schema === false ? { not: {} } : {}
      const known = flat.get(schema)
      if (known) return known
      const resolved = resolve(document as Record<string, unknown>, schema)
      const joined = typeof resolved === 'boolean' ? {} : resolved.allOf ? join(resolved, schemas) : resolved
      flat.set(schema, joined)
      return joined
    },
    parts(schema, value, depth = mostNested) {
      const flat = schemas.flatten(schema)
      if (depth === 0 || (flat.oneOf === undefined && flat.anyOf === undefined)) return [flat]
      const alternatives = [flat.oneOf, flat.anyOf].flatMap((some) => (Array.isArray(some) ? (some as readonly Schema[]) : []))
      return [flat, ...alternatives.filter((one) => validator.valid(one, value)).flatMap((one) => schemas.parts(one, value, depth - 1))]
    },
    valid: validator.valid,
    errors: validator.errors,
    answerErrors: validator.answerErrors,
    // Members that no schema names are for the zone `either`.
    generator: generatorOf(document, { formats: true, additional: false }),
  }
  return schemas
}

function join({ allOf, ...own }: SchemaObject, schemas: Schemas): SchemaObject {
  const parts = [own, ...(allOf as readonly Schema[]).map((part) => schemas.flatten(part))]
  const names = [...new Set(parts.flatMap((part) => Object.keys(part.properties ?? {})))]
  const properties = Object.fromEntries(names.map((name) => [name, both(parts.map((part) => ownMember(part.properties, name)))]))
  const items = both(parts.map((part) => part.items as Schema | undefined))
  const patterns = Object.assign({}, ...parts.map(({ patternProperties }) => patternProperties))
  const required = [...new Set(parts.flatMap((part) => part.required ?? []))]
  return Object.assign(
    {},
    ...parts,
    names.length > 0 ? { properties } : {},
    items !== undefined ? { items } : {},
    Object.keys(patterns).length > 0 ? { patternProperties: patterns } : {},
    required.length > 0 ? { required } : {},
  )
}

/** What several parts say of one thing holds together. */
function both(schemas: readonly (Schema | undefined)[]): Schema | undefined {
  const stated = [...new Set(schemas.filter((schema) => schema !== undefined))]
  const distinct = stated.length > 1 ? [...new Map(stated.map((schema) => [JSON.stringify(schema), schema])).values()] : stated
  return distinct.length > 1 ? { allOf: distinct } : distinct[0]
}

/** Types that a schema admits, told or implied by its keywords; empty: any. */
export function typesOf(schema: SchemaObject): readonly string[] {
  if (typeof schema.type === 'string') return [schema.type]
  if (Array.isArray(schema.type)) return schema.type
  if (schema.properties || schema.additionalProperties) return ['object']
  if (schema.items) return ['array']
  return []
}

/** Who names members or items means an object or a list, though the type is left out. */
export const meant = (schema: SchemaObject): SchemaObject =>
  schema.type === undefined && typesOf(schema).length > 0 ? { ...schema, type: typesOf(schema) } : schema
