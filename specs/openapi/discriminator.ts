import { isObject, valueAt } from '../../core/json'
import type { Operation } from '../../core/operation'
import { pointerSegments } from '../pointer'

type Members = Record<string, unknown>

const prefix = '#/components/schemas/'
/** Where the schemas with a discriminator stand that others are built on, as the document has them. */
const bases = 'x-bases'
/** Marks an alternative that the document does not rule out, and that nobody need take. */
const leftOpen = 'x-left-open'

/** A schema with a discriminator that others are built on, or that it maps to. */
interface Base {
  readonly schema: Members
  readonly name: string
  readonly discriminator: Discriminator
  /** Each with its values of the member, and whether a server may lawfully know none of them. */
  readonly below: readonly { readonly name: string; readonly schema: Members; readonly values: readonly string[]; readonly open: boolean }[]
}

/**
 * Says in plain JSON Schema what discriminators say, in place: which value the named member has in each of the alternatives, or in a schema that
 * is built on the one that bears the discriminator (OpenAPI 3.1, Discriminator Object; Swagger 2.0 has its name alone). Where the document lists
 * the member's values itself, those stand. A schema that others are built on means these wherever else it is used (OpenAPI 3.0.3, 4.7.25).
 */
export function stateDiscriminators(document: Members, schemas: Iterable<Members>): void {
  const components = valueAt(document, ['components', 'schemas'])
  const named = isObject(components)
    ? Object.entries(components as Members).filter((one): one is [string, Members] => isObject(one[1]))
    : []
  const all = [...schemas]
  const found = all.flatMap(baseOf)
  for (const schema of all) {
    const discriminator = readDiscriminator(schema.discriminator)
    if (!discriminator) continue
    const { member, valuesOf } = discriminator
    for (const keyword of ['oneOf', 'anyOf']) {
      const list = schema[keyword]
      if (!Array.isArray(list)) continue
      schema[keyword] = list.map((branch) => {
        if (!isObject(branch) || typeof branch.$ref !== 'string' || Object.keys(branch).length > 1 || states(branch, member)) return branch
        return { allOf: [branch, holding(member, valuesOf(branch.$ref))] }
      })
    }
  }
  for (const { schema, discriminator, below } of found) {
    const { member, valuesOf } = discriminator
    if (states(schema, member)) continue
    for (const { name, schema: one } of below) {
      if (!isBuiltOn(one, schema) || states(one, member)) continue
      const further = named.filter(([, other]) => other !== one && isBuiltOn(other, one)).map(([other]) => other)
      one.allOf = [
        ...(one.allOf as unknown[]),
        holding(
          member,
          [name, ...further].flatMap((other) => valuesOf(prefix + other)),
        ),
      ]
    }
  }
  for (const base of found) meanAlternatives(base)

  function baseOf(schema: Members): Base[] {
    const discriminator = readDiscriminator(schema.discriminator)
    const name = named.find(([, one]) => one === schema)?.[0]
    if (!discriminator || name === undefined || schema.oneOf !== undefined || schema.anyOf !== undefined) return []
    const { member, mapped, valuesOf } = discriminator
    const below = named
      .filter(([other, one]) => one !== schema && (mapped(prefix + other).length > 0 || isBuiltOn(one, schema)))
      .map(([other, one]) => {
        const ref = prefix + other
        const told = stated(one, member, schema)
        const isAbstract = named.some(([, further]) => further !== one && isBuiltOn(further, one))
        const isUnknown = discriminator.hasMapping || isAbstract
        return {
          name: other,
          schema: one,
          values: told ?? valuesOf(ref),
          open: mapped(ref).length === 0 && told === undefined && isUnknown,
        }
      })
    return below.length === 0 ? [] : [{ schema, name, discriminator, below }]
  }

  /**
   * Where the schema is used, a value is of one that is built on it, by the member. Other values of the member are left open: the document
   * forbids none, and a server need not know any.
   */
  function meanAlternatives({ schema, name, discriminator, below }: Base): void {
    const { member } = discriminator
    const own = discriminator.mapped(prefix + name)
    const listed = stated(schema, member)
    const isListed = (value: string) => listed === undefined || listed.includes(value)
    const alternatives = below.map((one) => ({ ...one, values: one.values.filter(isListed) })).filter(({ values }) => values.length > 0)
    const known = [...own, ...alternatives.flatMap(({ values }) => values)]
    if (alternatives.every(({ open }) => open)) return
    const $ref = `#/${bases}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    document[bases] = { ...((document[bases] as Members | undefined) ?? {}), [name]: { ...schema } }
    for (const one of below) lead(one.schema, schema, $ref, new Set())
    schema.anyOf = [
      ...(own.length > 0 ? [holding(member, own)] : []),
      ...alternatives.map(({ name: other, values, open }) => ({
        allOf: [{ $ref: prefix + other.replaceAll('~', '~0').replaceAll('/', '~1') }, holding(member, values)],
        ...(open ? { [leftOpen]: true } : {}),
      })),
      { properties: { [member]: { not: { enum: known } } }, [leftOpen]: true },
    ]
  }

  /** What is built on a schema keeps to that schema itself: by its alternatives it would lead back to what is built on it. */
  function lead(value: unknown, base: Members, $ref: string, seen: Set<unknown>): void {
    if (!isObject(value) || seen.has(value)) return
    seen.add(value)
    const parts = inPlace.flatMap((keyword) => {
      const inner = (value as Members)[keyword]
      return keyword === 'dependentSchemas' || Array.isArray(inner) ? Object.values(inner ?? {}) : [inner]
    })
    for (const part of [...parts, target(value)]) {
      if (!isObject(part)) continue
      if (typeof part.$ref === 'string' && target(part) === base) (part as Members).$ref = $ref
      else lead(part, base, $ref, seen)
    }
  }

  /** The document lists the values of the member. */
  function states(value: unknown, member: string): boolean {
    return stated(value, member) !== undefined
  }

  /** The values of the member that the document lists. @param but a schema whose list does not count */
  function stated(value: unknown, member: string, but?: Members, depth = 0): readonly string[] | undefined {
    const schema = target(value)
    if (!isObject(schema) || schema === but || depth > 16) return undefined
    const own = target(valueAt(schema, ['properties', member]))
    if (isObject(own) && own.const !== undefined) return [String(own.const)]
    if (isObject(own) && Array.isArray(own.enum)) return own.enum.map(String)
    const parts: readonly unknown[] = Array.isArray(schema.allOf) ? schema.allOf : []
    return parts.map((part) => stated(part, member, but, depth + 1)).find((values) => values !== undefined)
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

const inPlace = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas']

/**
 * A document in which the bodies of requests come without the alternatives that it leaves open: what is sent as valid is of a kind that every
 * server has to know. Undefined where none is left open.
 */
export function withKnownAlone(document: Members): { readonly document: Members; seen(operation: Operation): Operation } | undefined {
  if (document[bases] === undefined) return undefined
  const schemas: Members = inKnown({ ...(valueAt(document, ['components', 'schemas']) as Members) })
  for (const schema of Object.values(schemas)) {
    const list: readonly unknown[] = isObject(schema) && Array.isArray(schema.anyOf) ? schema.anyOf : []
    if (list.some(isLeftOpen)) (schema as Members).anyOf = list.filter((one) => !isLeftOpen(one))
  }
  return {
    document: { ...document, [known]: { schemas, bases: inKnown(document[bases]) } },
    seen: ({ body, ...operation }) => ({
      ...operation,
      ...(body ? { body: { ...body, content: body.content.map((media) => ({ ...media, schema: inKnown(media.schema) })) } } : {}),
    }),
  }
}

const known = 'x-known'
/** A copy whose references lead to the schemas without what is left open. */
const inKnown = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (key, of) =>
    key === '$ref' && typeof of === 'string' ? of.replace(prefix, `#/${known}/schemas/`).replace(`#/${bases}/`, `#/${known}/bases/`) : of,
  )

const isLeftOpen = (value: unknown): boolean => isObject(value) && value[leftOpen] === true

interface Discriminator {
  /** The member's name. */
  readonly member: string
  readonly hasMapping: boolean
  /** The values that are mapped to what a reference leads to. */
  mapped(ref: string): readonly string[]
  /** The values of the member there: those that are mapped to it, else its name. */
  valuesOf(ref: string): readonly string[]
}

function readDiscriminator(value: unknown): Discriminator | undefined {
  const member = typeof value === 'string' ? value : isObject(value) ? value.propertyName : undefined
  if (typeof member !== 'string') return undefined
  const mapping = isObject(value) && isObject(value.mapping) ? Object.entries(value.mapping) : []
  const nameOf = (ref: string) => pointerSegments(ref).at(-1) ?? ref
  const mapped = (ref: string) =>
    mapping
      .filter(([, to]) => to === ref || to === nameOf(ref) || (typeof to === 'string' && to === `#/definitions/${nameOf(ref)}`))
      .map(([key]) => key)
  return {
    member,
    hasMapping: mapping.length > 0,
    mapped,
    valuesOf: (ref) => (mapped(ref).length > 0 ? mapped(ref) : [nameOf(ref)]),
  }
}

const holding = (member: string, values: readonly string[]): Members => ({ required: [member], properties: { [member]: { enum: values } } })
