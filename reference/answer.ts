import { isObject, type Json } from '../core/json'
import type { Schema, SchemaObject, SchemaPromise } from '../core/operation'
import { type Schemas, typesOf } from '../generators/schema'

/** What the server makes itself. */
export interface Makes {
  uid(): string
  time(kind: 'created' | 'updated'): string
}

/** Makes the answer's part for what was sent at the same place; undefined: the member is left out. */
type Part = (sent: unknown, makes: Makes) => Json | undefined

const generated: readonly SchemaPromise[] = ['unique', 'generated', 'custom-ignored']
/** A schema that holds itself is followed this deep. */
const maxDepth = 8

/**
 * The documented success as a function of what was sent: members that were sent come back, ids and times are made,
 * what is left is the simplest value of its type where it is mandatory and absent where not.
 */
export function createAnswer(schemas: Schemas, schema: Schema): (sent: unknown, makes: Makes) => Json {
  const part = compile(schemas, schema, maxDepth)
  return (sent, makes) => {
    const answer = part(sent, makes)
    return answer === undefined ? simplest(schemas, schema, maxDepth) : answer
  }
}

function compile(schemas: Schemas, schema: Schema, depth: number): Part {
  const own = typeof schema === 'object' ? (schema['x-promises'] ?? []) : []
  const flat = schemas.flatten(schema)
  const promises = [...own, ...(flat['x-promises'] ?? [])]
  if (promises.includes('created-at')) return (_, makes) => makes.time('created')
  if (promises.includes('updated-at')) return (_, makes) => makes.time('updated')
  if (promises.some((promise) => generated.includes(promise))) return (_, makes) => makes.uid()
  if (!flat.properties || depth === 0) return (sent) => sent as Json | undefined
  return compileObject(schemas, flat, depth)
}

function compileObject(schemas: Schemas, schema: SchemaObject, depth: number): Part {
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const required = schema.required?.includes(name) ?? false
    return {
      name,
      part: compile(schemas, member, depth - 1),
      fallback: required ? () => simplest(schemas, member, depth - 1) : () => undefined,
    }
  })
  return (sent, makes) => {
    const from = isObject(sent) ? sent : {}
    const answer: Record<string, Json> = {}
    for (const { name, part, fallback } of members) {
      const made = part(Object.hasOwn(from, name) ? from[name] : undefined, makes)
      const value = made === undefined ? fallback() : made
      if (value !== undefined) answer[name] = value
    }
    return answer
  }
}

/** The simplest value of a schema's type, for members that nobody sent and no promise explains. */
function simplest(schemas: Schemas, schema: Schema, depth: number): Json {
  const flat = schemas.flatten(schema)
  const named = [flat.const, flat.default, list(flat.enum)[0], list(flat.examples)[0], flat.example].find((value) => value !== undefined)
  if (named !== undefined) return named as Json
  const [type] = typesOf(flat)
  if (type === 'object' || type === undefined) {
    const required = depth > 0 ? (flat.required ?? []) : []
    return Object.fromEntries(required.map((name) => [name, simplest(schemas, flat.properties?.[name] ?? true, depth - 1)]))
  }
  if (type === 'array') return []
  if (type === 'boolean') return false
  if (type === 'integer' || type === 'number') return Number(flat.minimum ?? 0)
  return type === 'null' ? null : '-'.repeat(Number(flat.minLength ?? 0))
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
