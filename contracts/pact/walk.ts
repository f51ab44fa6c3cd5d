import type { Schema, SchemaObject } from '../../core/operation'
import type { Schemas } from '../../generators/schema'

/**
 * The schemas that the docs state at a way into a value; several, where they leave a choice (`oneOf`, `anyOf`).
 * @param path members and items (an index or `*`)
 * @returns empty: the docs name no such member; `undefined`: they leave open what stands there
 */
export function schemasAt(schemas: Schemas, schema: Schema, path: readonly string[]): readonly SchemaObject[] | undefined {
  let here: readonly SchemaObject[] = branches(schemas, schema)
  for (const segment of path) {
    const next = here.map((one) => inside(schemas, one, segment))
    if (next.includes(undefined)) return undefined
    here = next.flatMap((one) => one ?? [])
    if (here.length === 0) return []
  }
  return here
}

const maxDepth = 16

/** A schema and its alternatives, each flat. */
function branches(schemas: Schemas, schema: Schema, depth = 0): readonly SchemaObject[] {
  const flat = schemas.flatten(schema)
  const choices = [...listOf(flat.oneOf), ...listOf(flat.anyOf)]
  if (choices.length === 0 || depth > maxDepth) return [flat]
  const own = flat.properties || flat.items ? [flat] : []
  return [...own, ...choices.flatMap((choice) => branches(schemas, choice, depth + 1))]
}

const listOf = (value: unknown): readonly Schema[] => (Array.isArray(value) ? value : [])

function inside(schemas: Schemas, schema: SchemaObject, segment: string): readonly SchemaObject[] | undefined {
  const { properties, items, additionalProperties, patternProperties, type } = schema
  if (segment === '*') {
    if (items !== undefined) return branches(schemas, items)
    const all = Object.values(properties ?? {})
    return all.length > 0 ? all.flatMap((one) => branches(schemas, one)) : undefined
  }
  if (properties && Object.hasOwn(properties, segment)) return branches(schemas, properties[segment] as Schema)
  if (items !== undefined && /^\d+$/.test(segment)) return branches(schemas, items)
  if (patternProperties !== undefined || additionalProperties === true) return undefined
  if (typeof additionalProperties === 'object' && additionalProperties !== null) return branches(schemas, additionalProperties as Schema)
  if (!properties && items === undefined && (type === undefined || [type].flat().some((one) => one === 'object' || one === 'array')))
    return undefined
  return []
}
