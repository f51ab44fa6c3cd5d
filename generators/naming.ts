import { type Json, ownMember, valueAt } from '../core/json'
import type { ApiDocument, Operation, Schema } from '../core/operation'
import { placeName } from '../core/place'
import { dependencesOf } from './dependences/dependence'
import { sentSchema } from './members'
import { replaceAt } from './plain'
import type { Subject } from './rule'
import type { Schemas } from './schema'

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

/** The places of such members. */
export const namedPlaces = ({ naming = {} }: Subject): ReadonlySet<string> =>
  new Set(Object.values(naming).map((way) => placeName(['body', ...way])))

/** A body with the names that the path has. */
export const withNames = (body: Json | undefined, { naming = {} }: Subject, params: Readonly<Record<string, string>>): Json | undefined =>
  Object.entries(naming).reduce((all, [name, way]) => {
    const before = valueAt(all, way)
    const value = ownMember(params, name)
    if (all === undefined || before === undefined || value === undefined) return all
    return replaceAt(all, way, typeof before === 'number' ? Number(value) : value)
  }, body)
