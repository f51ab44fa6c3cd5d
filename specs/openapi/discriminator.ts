import { isObject } from '../../core/json'
import { pointerSegments, valueAt } from '../pointer'

type Members = Record<string, unknown>

const prefix = '#/components/schemas/'

/**
 * Says in plain JSON Schema what discriminators say, in place: which value the named member has in each of the alternatives, or in a schema that
 * is built on the one that bears the discriminator (OpenAPI 3.1, Discriminator Object; Swagger 2.0 has its name alone). Where the document lists
 * the member's values itself, those stand.
 */
export function stateDiscriminators(document: Members, schemas: Iterable<Members>): void {
  const components = valueAt(document, ['components', 'schemas'])
  const named = isObject(components)
    ? Object.entries(components as Members).filter((one): one is [string, Members] => isObject(one[1]))
    : []
  for (const schema of [...schemas]) {
    const read = readDiscriminator(schema.discriminator)
    if (!read) continue
    const { member, valuesOf } = read
    for (const keyword of ['oneOf', 'anyOf']) {
      const list = schema[keyword]
      if (!Array.isArray(list)) continue
      schema[keyword] = list.map((branch) => {
        if (!isObject(branch) || typeof branch.$ref !== 'string' || Object.keys(branch).length > 1 || states(branch, member)) return branch
        return { allOf: [branch, holding(member, valuesOf(branch.$ref))] }
      })
    }
    const own = named.find(([, one]) => one === schema)?.[0]
    if (own === undefined || schema.oneOf !== undefined || schema.anyOf !== undefined || states(schema, member)) continue
    for (const [name, one] of named) {
      if (name === own || !isBuiltOn(one, schema) || states(one, member)) continue
      const below = named.filter(([, other]) => other !== one && isBuiltOn(other, one)).map(([other]) => other)
      one.allOf = [
        ...(one.allOf as unknown[]),
        holding(
          member,
          [name, ...below].flatMap((other) => valuesOf(prefix + other)),
        ),
      ]
    }
  }

  /** The document lists the values of the member. */
  function states(value: unknown, member: string, depth = 0): boolean {
    const schema = target(value)
    if (!isObject(schema) || depth > 16) return false
    const own = target(valueAt(schema, ['properties', member]))
    if (isObject(own) && (own.enum !== undefined || own.const !== undefined)) return true
    return Array.isArray(schema.allOf) && schema.allOf.some((part) => states(part, member, depth + 1))
  }

  function isBuiltOn(value: unknown, base: Members, depth = 0): boolean {
    const schema = target(value)
    return (
      isObject(schema) &&
      depth <= 16 &&
      Array.isArray(schema.allOf) &&
      schema.allOf.some((part) => isObject(part) && part.$ref !== undefined && (target(part) === base || isBuiltOn(part, base, depth + 1)))
    )
  }

  function target(value: unknown): unknown {
    let found = value
    for (let steps = 0; steps < 64 && isObject(found) && typeof found.$ref === 'string' && found.$ref.startsWith('#/'); steps++)
      found = valueAt(document, pointerSegments(found.$ref))
    return found
  }
}

/** The member's name, and its values in the schema that a reference leads to: those that map to it, else its name. */
function readDiscriminator(value: unknown): { readonly member: string; valuesOf(ref: string): readonly string[] } | undefined {
  const member = typeof value === 'string' ? value : isObject(value) ? value.propertyName : undefined
  if (typeof member !== 'string') return undefined
  const mapping = isObject(value) && isObject(value.mapping) ? Object.entries(value.mapping) : []
  return {
    member,
    valuesOf(ref) {
      const name = pointerSegments(ref).at(-1) ?? ref
      const mapped = mapping.filter(([, to]) => to === ref || to === name || (typeof to === 'string' && to === `#/definitions/${name}`))
      return mapped.length > 0 ? mapped.map(([key]) => key) : [name]
    },
  }
}

const holding = (member: string, values: readonly string[]): Members => ({ required: [member], properties: { [member]: { enum: values } } })
