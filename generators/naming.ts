import type { Change } from '../core/case'
import { isObject, type Json, ownMember, valueAt } from '../core/json'
import type { ApiDocument, Operation, Schema, SchemaObject } from '../core/operation'
import { placeName } from '../core/place'
import { dependencesOf } from './dependences/dependence'
import { referencesIn } from './dependences/references'
import { sentSchema } from './members'
import { replaceAt } from './plain'
import type { Subject } from './rule'
import { type Schemas, typesOf } from './schema'

/**
 * Members of a body that name the thing which the path names too, where an operation changes things: another name there may be refused, ignored
 * or taken, so that nothing is owed to it.
 * @returns the ways to them, by path parameter
 */
export function namingOf(document: ApiDocument, operation: Operation, schemas: Schemas): Readonly<Record<string, readonly string[]>> {
  if (operation.method !== 'PUT' && operation.method !== 'PATCH') return {}
  const body = sentSchema(operation)
  const found = (dependencesOf(document).get(operation.id) ?? []).flatMap(({ values }) =>
    Object.entries(values).flatMap(([name, sources]) =>
      sources.flatMap((source) =>
        (source.part === 'answer' || source.part === 'body') && isIn(body, source.way) ? [[name, source.way] as const] : [],
      ),
    ),
  )
  return Object.fromEntries(found)

  function isIn(schema: Schema | undefined, way: readonly string[]): boolean {
    return (
      way.length > 0 && way.reduce<Schema | undefined>((inner, name) => schemas.flatten(inner).properties?.[name], schema) !== undefined
    )
  }
}

/** Members whose values are ids of things that are there, as far as some operation makes such things. @returns them by their places */
export const referringOf = (document: ApiDocument, operation: Operation): NonNullable<Subject['references']> =>
  Object.fromEntries(
    referencesIn(document).flatMap(({ operation: of, place, way, schema, dependence }) =>
      of === operation && dependence ? [[place, { way, schema }] as const] : [],
    ),
  )

/** The places of members that name the thing of the path, or others. */
export const namedPlaces = ({ naming = {}, references = {} }: Subject): ReadonlySet<string> =>
  new Set([...Object.values(naming).map((way) => placeName(['body', ...way])), ...Object.keys(references)])

/**
 * A body with the names that the path has, and with ids of things that are there.
 * @param isFull with those ids that need not be there, too
 */
export function withNames(
  body: Json | undefined,
  { naming = {}, references = {} }: Subject,
  params: Readonly<Record<string, string>>,
  isFull: boolean,
): Json | undefined {
  if (body === undefined) return undefined
  const named = Object.entries(naming).reduce((all, [name, way]) => {
    const before = valueAt(all, way)
    const value = ownMember(params, name)
    return before === undefined || value === undefined ? all : replaceAt(all, way, typeof before === 'number' ? Number(value) : value)
  }, body)
  return Object.entries(references).reduce((all, [place, { way, schema }]) => {
    const value = ownMember(params, place)
    return value === undefined ? all : withId(all, way, idFor(schema, value), isFull)
  }, named)
}

/** A change with names that the path has, and ids of things that are there, in what it sets, but for a change of such a value itself. */
export function withIds(change: Change, { naming = {}, references = {} }: Subject, params: Readonly<Record<string, string>>): Change {
  if (!('set' in change) || change.at[0] !== 'body') return change
  const depth = change.at.length - 1
  const isWithin = (way: readonly string[]) => way.length > depth && change.at.every((part, i) => i === 0 || way[i - 1] === part)
  const named = Object.entries(naming).reduce((all, [name, way]) => {
    const value = ownMember(params, name)
    const before = isWithin(way) ? valueAt(all, way.slice(depth)) : undefined
    if (before === undefined || value === undefined) return all
    return replaceAt(all, way.slice(depth), typeof before === 'number' ? Number(value) : value)
  }, change.set)
  const set = Object.entries(references).reduce((all, [place, { way, schema }]) => {
    const value = ownMember(params, place)
    return value !== undefined && isWithin(way) ? withId(all, way.slice(depth), idFor(schema, value), false) : all
  }, named)
  return set === change.set ? change : { ...change, set }
}

/** The id as the member takes it. */
export const idFor = (schema: Schema, id: string): Json =>
  typesOf(schema as SchemaObject).some((type) => type === 'integer' || type === 'number') ? Number(id) : id

/** Whether the path of an operation takes ids that were learnt: what breaks the schema of its parameter is refused lawfully. */
export const takesIds = ({ parameters }: Operation, schemas: Schemas, ids: Readonly<Record<string, string>>): boolean =>
  parameters.every(({ name, in: part, schema }) => {
    const id = part === 'path' ? ownMember(ids, name) : undefined
    return id === undefined || schemas.valid(schema, idFor(schemas.flatten(schema), id))
  })

function withId(body: Json, [key, ...rest]: readonly string[], id: Json, isFull: boolean): Json {
  if (key === undefined) return id
  if (Array.isArray(body)) return body.map((item) => withId(item, rest, id, isFull))
  if (!isObject(body)) return body
  const isThere = Object.hasOwn(body, key)
  return isThere || (isFull && rest.length === 0) ? { ...body, [key]: withId(body[key] ?? null, rest, id, isFull) } : body
}
