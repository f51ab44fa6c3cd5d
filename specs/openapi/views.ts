import { isObject, valueAt } from '../../core/json'
import type { Operation, Schema, SchemaObject } from '../../core/operation'
import { pointerSegments } from '../pointer'
import { subschemaShape } from './keywords'

type Members = Record<string, unknown>
type Flag = 'readOnly' | 'writeOnly'

/**
 * Sees schemas of a document from one side. `readOnly` members are not asked for in requests, nor `writeOnly` ones in answers: each stays allowed
 * there, but is neither required nor named (OpenAPI 3.0, Fixed Fields of the Schema Object; JSON Schema Validation, section 9.4).
 * What `$ref`s lead to is kept beside the document, in a member that is not listed, so that references into it are those of the document.
 */
export function withoutFlagged(document: Members, operations: readonly Operation[]): Operation[] {
  const request = viewOf(document, 'readOnly')
  const answer = viewOf(document, 'writeOnly')
  const seen = <T extends { readonly schema: Schema }>(view: (schema: Schema) => Schema, content: readonly T[]): T[] =>
    content.map((media) => ({ ...media, schema: view(media.schema) }))
  return operations.map((operation) => ({
    ...operation,
    ...(operation.body ? { body: { ...operation.body, content: seen(request, operation.body.content) } } : {}),
    responses: operation.responses.map((response) => ({ ...response, content: seen(answer, response.content) })),
  }))
}

function viewOf(document: Members, flag: Flag): (schema: Schema) => Schema {
  const root = `x-without-${flag}`
  const targets: Record<string, Schema> = {}
  Object.defineProperty(document, root, { value: targets, enumerable: false, configurable: true })
  const explored = new Set<object>()
  const concerned = new Set<object>()
  const sources = new Map<object, object[]>()
  const seen = new Map<object, SchemaObject>()
  return (schema) => (isConcerned(schema) ? view(schema, new Set()) : schema)

  function target(schema: unknown): unknown {
    let found = schema
    for (let i = 0; i < 64 && isObject(found) && isLocal(found.$ref); i++) found = valueAt(document, pointerSegments(found.$ref))
    return found
  }

  function isFlagged(schema: unknown): boolean {
    const found = target(schema)
    return (isObject(schema) && schema[flag] === true) || (isObject(found) && found[flag] === true)
  }

  /** Whether there is such a member in it or behind its references. Each schema is looked at once, as all may lead to all. */
  function isConcerned(schema: Schema): boolean {
    if (!isObject(schema)) return false
    const todo: Members[] = explored.has(schema) ? [] : [schema]
    explored.add(schema)
    for (let next = todo.pop(); next; next = todo.pop()) {
      if (typeof next.$id === 'string') continue
      if (flaggedNames(next as SchemaObject).length > 0) concern(next)
      const behind = isLocal(next.$ref) ? [valueAt(document, pointerSegments(next.$ref))] : []
      for (const part of [...below(next as SchemaObject).map(([one]) => one), ...behind]) {
        if (!isObject(part)) continue
        const known = sources.get(part)
        if (known) known.push(next)
        else sources.set(part, [next])
        if (concerned.has(part)) concern(next)
        if (!explored.has(part)) todo.push(part)
        explored.add(part)
      }
    }
    return concerned.has(schema)
  }

  /** What leads to it is concerned too. */
  function concern(schema: object): void {
    const todo = [schema]
    for (let next = todo.pop(); next; next = todo.pop()) {
      if (concerned.has(next)) continue
      concerned.add(next)
      todo.push(...(sources.get(next) ?? []))
    }
  }

  function flaggedNames(schema: SchemaObject): string[] {
    return Object.entries(isObject(schema.properties) ? schema.properties : {}).flatMap(([name, part]) => (isFlagged(part) ? [name] : []))
  }

  /** Names that the object itself is told not to have, here and in what is joined with it. */
  function joined(schema: unknown, depth = 0): string[] {
    const found = target(schema)
    if (!isObject(found) || depth > 16) return []
    const parts = Array.isArray(found.allOf) ? found.allOf : []
    return [...flaggedNames(found as SchemaObject), ...parts.flatMap((part) => joined(part, depth + 1))]
  }

  function view(schema: Schema, outer: ReadonlySet<string>): Schema {
    if (!isObject(schema) || typeof schema.$id === 'string') return schema
    if (isLocal(schema.$ref)) return { ...without(schema as SchemaObject, outer), $ref: referred(schema.$ref) }
    // What is joined with other parts is another schema beside each of them.
    if (outer.size > 0) return without(schema as SchemaObject, outer)
    const known = seen.get(schema)
    if (known) return known
    const made: Members = {}
    seen.set(schema, made as SchemaObject)
    return Object.assign(made, without(schema as SchemaObject, outer))
  }

  function without(schema: SchemaObject, outer: ReadonlySet<string>): SchemaObject {
    const names = new Set([...outer, ...joined(schema)])
    const made: Members = { ...schema }
    for (const [part, keyword, key] of below(schema)) {
      const inner = view(part as Schema, inPlace.has(keyword) ? names : new Set())
      if (key === undefined) made[keyword] = inner
      else if (Array.isArray(made[keyword])) made[keyword] = (made[keyword] as unknown[]).with(Number(key), inner)
      else made[keyword] = { ...(made[keyword] as Members), [key]: inner }
    }
    if (names.size === 0) return made as SchemaObject
    if (isObject(made.properties)) {
      const named = Object.entries(made.properties)
      const kept = named.filter(([name]) => !names.has(name))
      made.properties = Object.fromEntries(kept)
      const left = named.filter(([name]) => names.has(name)).map(([name]) => [patternOf(name), { [flag]: true }] as const)
      if (left.length > 0) made.patternProperties = { ...((made.patternProperties as Members) ?? {}), ...Object.fromEntries(left) }
    }
    if (Array.isArray(made.required)) made.required = made.required.filter((name) => !names.has(name as string))
    return made as SchemaObject
  }

  /** The reference to what is kept beside the document in place of its own target. */
  function referred($ref: string): string {
    const segment = $ref.slice('#/'.length).replaceAll('~', '~0').replaceAll('/', '~1')
    const [key] = pointerSegments(`#/${segment}`) as [string]
    if (!Object.hasOwn(targets, key)) {
      targets[key] = true
      targets[key] = view(valueAt(document, pointerSegments($ref)) as Schema, new Set())
    }
    return `#/${root}/${segment}`
  }
}

const inPlace = new Set(['allOf', 'anyOf', 'oneOf', 'then', 'else', 'dependentSchemas'])
const isLocal = (ref: unknown): ref is string => typeof ref === 'string' && ref.startsWith('#/')
/** Whether parts of a schema leave out a member as flagged. */
export const isLeftOut = (parts: readonly SchemaObject[], name: string, flag: Flag): boolean =>
  parts.some(({ patternProperties = {} }) => {
    const flagged = (patternProperties as Members)[patternOf(name)]
    return isObject(flagged) && flagged[flag] === true
  })

/** The pattern of one name, under which a flagged member stays allowed. */
const patternOf = (name: string): string => `^${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`

/** Subschemas, each with its keyword, and its key in a list or a table. */
function below(schema: SchemaObject): (readonly [unknown, string, string?])[] {
  const found: (readonly [unknown, string, string?])[] = []
  for (const keyword of Object.keys(schema)) {
    const shape = subschemaShape.get(keyword)
    const value = schema[keyword]
    if (shape === 'one' && isObject(value)) found.push([value, keyword])
    else if (shape !== undefined && shape !== 'one' && typeof value === 'object' && value !== null)
      for (const [key, part] of Object.entries(value)) if (isObject(part)) found.push([part, keyword, key])
  }
  return found
}
