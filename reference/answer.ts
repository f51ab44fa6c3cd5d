import { isObject, type Json, ownMember } from '../core/json'
import { once } from '../core/once'
import type { Schema, SchemaObject, SchemaPromise } from '../core/operation'
import { arbitrary } from '../generators/arbitrary'
import { CannotGenerate } from '../generators/json-schema'
import { probe } from '../generators/random'
import { type Schemas, typesOf } from '../generators/schema'
import { isLeftOut } from '../specs/openapi/views'

/** What the server makes itself. */
export interface Makes {
  uid(): string
  time(kind: 'created' | 'updated'): string
}

/** Makes the answer's part for what was sent at the same place, `depth` levels deep where nothing was; undefined: the member is left out. */
type Part = (sent: unknown, makes: Makes, depth: number) => Json | undefined

const generated: readonly SchemaPromise[] = ['unique', 'generated', 'custom-ignored']
/** A schema that holds itself is followed this deep. */
const maxDepth = 8

/**
 * The documented success as a function of what was sent: members that were sent come back, ids and times are made,
 * what is left is the simplest value of its type where it is mandatory and absent where not.
 */
export function createAnswer(schemas: Schemas, schema: Schema): (sent: unknown, makes: Makes) => Json {
  return answerBy(schemas, schema, compiler(schemas, true)(schema))
}

/** The same of something that was created before: what was made then is shown, and nothing is made. */
export function createView(schemas: Schemas, schema: Schema): (value: Json) => Json {
  const answer = answerBy(schemas, schema, compiler(schemas, false)(schema))
  const makesNothing = { uid: () => '', time: () => '' }
  return (value) => answer(value, makesNothing)
}

function answerBy(schemas: Schemas, schema: Schema, part: Part): (sent: unknown, makes: Makes) => Json {
  return (sent, makes) => {
    const answer = part(sent, makes, maxDepth)
    return answer === undefined ? simplest(schemas, schema, maxDepth) : shown(schemas, schema, answer, maxDepth)
  }
}

/** What only requests hold is in no answer, of whatever alternative it is. */
function shown(schemas: Schemas, schema: Schema, answer: Json, depth: number): Json {
  if (depth === 0 || typeof answer !== 'object' || answer === null) return answer
  const parts = schemas.parts(schema, answer)
  const within = (of: unknown, value: Json): Json => (isObject(of) ? shown(schemas, of as Schema, value, depth - 1) : value)
  const isTuple = parts.some(({ prefixItems }) => prefixItems !== undefined)
  if (Array.isArray(answer)) return isTuple ? answer : answer.map((item) => within(parts.find(({ items }) => isObject(items))?.items, item))
  const known = Object.entries(answer).filter(([name]) => !isLeftOut(parts, name, 'writeOnly'))
  const ofMember = (name: string) =>
    parts.map(({ properties, additionalProperties }) => ownMember(properties, name) ?? additionalProperties).find(isObject)
  return Object.fromEntries(known.map(([name, value]) => [name, within(ofMember(name), value as Json)]))
}

/** Makes the part of each schema once, as schemas may hold themselves. @param makesItself ids and times are made */
function compiler(schemas: Schemas, makesItself: boolean): (schema: Schema) => Part {
  const parts = new Map<Schema, Part>()

  function promisesOf(schema: Schema): readonly SchemaPromise[] {
    const own = typeof schema === 'object' ? (schema['x-promises'] ?? []) : []
    return makesItself ? [...own, ...(schemas.flatten(schema)['x-promises'] ?? [])] : []
  }

  /** Something below is made, whatever was sent. */
  function isMade(schema: Schema, above: ReadonlySet<Schema>): boolean {
    if (promisesOf(schema).length > 0) return true
    if (above.has(schema)) return false
    const within = new Set([...above, schema])
    return Object.values(schemas.flatten(schema).properties ?? {}).some((member) => isMade(member, within))
  }

  function partOf(schema: Schema): Part {
    const part = parts.get(schema) ?? compile(schema)
    parts.set(schema, part)
    return part
  }

  function compile(schema: Schema): Part {
    const promises = promisesOf(schema)
    if (promises.includes('created-at')) return (_, makes) => makes.time('created')
    if (promises.includes('updated-at')) return (_, makes) => makes.time('updated')
    if (promises.some((promise) => generated.includes(promise))) return (_, makes) => makes.uid()
    const flat = schemas.flatten(schema)
    if (flat.properties) return compileObject(flat)
    const { items } = flat
    if (isObject(items))
      return (sent, makes, depth) => (Array.isArray(sent) ? sent.map((item) => ofItem(items, item, makes, depth)) : sent) as Json
    return (sent) => sent as Json | undefined
  }

  const ofItem = (items: Schema, item: unknown, makes: Makes, depth: number): Json =>
    held(schemas, items, partOf(items)(item, makes, depth) ?? (item as Json))

  function compileObject({ properties = {}, required = [], anyOf, oneOf }: SchemaObject): Part {
    const members = once(() =>
      Object.entries(properties).map(([name, schema]) => {
        const isRequired = required.includes(name)
        return { name, schema, isRequired, isThere: isRequired || isMade(schema, new Set()) }
      }),
    )
    return (sent, makes, depth) => {
      const from = isObject(sent) ? sent : {}
      // Alternatives have members of their own.
      const answer: Record<string, Json> = (anyOf ?? oneOf) ? { ...(from as Record<string, Json>) } : {}
      for (const { name, schema, isRequired, isThere } of members()) {
        const isSent = Object.hasOwn(from, name)
        if (!isSent && !isThere) continue
        const made = isSent || depth > 0 ? partOf(schema)(isSent ? from[name] : undefined, makes, isSent ? depth : depth - 1) : undefined
        const value = made === undefined && isRequired ? simplest(schemas, schema, maxDepth) : made
        if (value !== undefined) answer[name] = value
      }
      return answer
    }
  }

  return partOf
}

/**
 * An answer that the documented schema holds: what was sent for a member of another kind does not come back.
 * @param schema documented; the answer of a server that keeps it
 */
export function held(schemas: Schemas, schema: Schema, answer: Json): Json {
  const errors = schemas.errors(schema, answer)
  if (errors.length === 0) return answer
  const flat = schemas.flatten(schema)
  const names = new Set(errors.map(({ instancePath: [name = ''] }) => name))
  const mended = Array.isArray(answer)
    ? answer.map((item, at) => (names.has(String(at)) ? held(schemas, (flat.items as Schema | undefined) ?? true, item) : item))
    : isObject(answer) && Object.fromEntries(Object.entries({ ...answer, ...missing(answer) }).flatMap(mendedMember))
  return mended && schemas.valid(schema, mended) ? mended : simplest(schemas, schema, maxDepth)

  /** Members that are mandatory, and not there. */
  function missing(answer: Readonly<Record<string, Json>>): Record<string, Json> {
    const absent = (flat.required ?? []).filter((name) => !Object.hasOwn(answer, name))
    return Object.fromEntries(absent.map((name) => [name, simplest(schemas, flat.properties?.[name] ?? true, maxDepth)]))
  }

  /** What holds other members is mended within; else a value of another kind goes where it is not mandatory. */
  function mendedMember([name, value]: [string, Json]): [string, Json][] {
    if (!names.has(name)) return [[name, value]]
    const member = flat.properties?.[name]
    const isWithin = !errors.some(({ instancePath }) => instancePath.length === 1 && instancePath[0] === name)
    return member !== undefined && (isWithin || flat.required?.includes(name)) ? [[name, held(schemas, member, value)]] : []
  }
}

/** What a caller may set: members that answers alone hold are left out, wherever a schema says so. */
export function settable(schemas: Schemas, schema: Schema | undefined, sent: Json | undefined, depth = maxDepth): Json | undefined {
  if (!isObject(sent) || depth === 0) return sent
  const { properties = {} } = schemas.flatten(schema)
  const own = Object.entries(sent).filter(
    ([name]) => !Object.hasOwn(properties, name) || schemas.flatten(properties[name]).readOnly !== true,
  )
  return Object.fromEntries(
    own.map(([name, value]) => [
      name,
      Object.hasOwn(properties, name) ? (settable(schemas, properties[name], value, depth - 1) as Json) : value,
    ]),
  )
}

const known = new WeakMap<object, Json>()

/** The simplest value that a schema holds, for members that nobody sent and no promise explains. */
function simplest(schemas: Schemas, schema: Schema, depth = maxDepth): Json {
  if (typeof schema !== 'object') return guessed(schemas, schema, depth)
  if (!known.has(schema)) {
    const guess = guessed(schemas, schema, depth)
    known.set(schema, schemas.valid(schema, guess) ? guess : generatedFor(schemas, schema, guess))
  }
  return known.get(schema) as Json
}

/** Where no value holds, or none is found, the guess stands. */
function generatedFor(schemas: Schemas, schema: Schema, guess: Json): Json {
  try {
    return arbitrary(schemas, schema).generate(probe(0), undefined).value
  } catch (error) {
    if (error instanceof CannotGenerate) return guess
    throw error
  }
}

function guessed(schemas: Schemas, schema: Schema, depth: number): Json {
  const flat = schemas.flatten(schema)
  const named = [flat.const, flat.default, list(flat.enum)[0], list(flat.examples)[0], flat.example].find((value) => value !== undefined)
  if (named !== undefined) return named as Json
  const [type] = typesOf(flat)
  if (type === 'object' || type === undefined) {
    const required = depth > 0 ? (flat.required ?? []) : []
    return Object.fromEntries(required.map((name) => [name, simplest(schemas, flat.properties?.[name] ?? true, depth - 1)]))
  }
  if (type === 'array') {
    const least = Math.min(Number(flat.minItems ?? 0), 100)
    return Array.from({ length: least }, () => simplest(schemas, (flat.items as Schema | undefined) ?? true, depth - 1))
  }
  if (type === 'boolean') return false
  if (type === 'integer' || type === 'number') return Number(flat.minimum ?? 0)
  // An empty text says nothing, so that it is none where it need not be.
  return type === 'null' ? null : '-'.repeat(Math.max(Number(flat.minLength ?? 0), flat.maxLength === 0 ? 0 : 1))
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
