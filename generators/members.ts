import type { Operation, Schema, SchemaObject } from '../core/operation'
import { placeName } from '../core/place'
import type { Schemas } from './schema'

/** One member of a request body, seen under what the docs state (D) and under the assumptions (S). */
export interface Member {
  /** The way into the plain request, e.g. `['body', 'spec', 'ingress', 'port']`; an item of an array is `'0'`. */
  readonly at: readonly string[]
  /** Its name in rule ids, e.g. `body.spec.ingress.port`; an item is `[]`. */
  readonly place: string
  readonly name: string
  readonly documented: SchemaObject
  readonly assumed: SchemaObject
  readonly required: boolean
  readonly children: readonly Member[]
}

/** A schema that holds itself is walked this deep. */
export const maxDepth = 6

/**
 * The body of an operation as a tree of members, or undefined if it has no JSON body.
 * @param documented the schemas of D, for `$ref`s; @param assumed those of S
 */
export function bodyMember(pair: { documented: Operation; assumed: Operation }, documented: Schemas, assumed: Schemas): Member | undefined {
  const d = jsonSchema(pair.documented)
  return d === undefined ? undefined : walk(['body'], 'body', d, jsonSchema(pair.assumed) ?? d, pair.documented.body?.required ?? false)

  function walk(at: readonly string[], name: string, dSchema: Schema, sSchema: Schema, required: boolean): Member {
    const d = documented.flatten(dSchema)
    const s = assumed.flatten(sSchema)
    const properties = at.length > maxDepth ? [] : Object.entries(d.properties ?? {})
    const children = properties.map(([key, schema]) =>
      walk([...at, key], key, schema, s.properties?.[key] ?? schema, d.required?.includes(key) ?? false),
    )
    if (d.items !== undefined && at.length <= maxDepth) children.push(walk([...at, '0'], '[]', d.items, s.items ?? d.items, true))
    const place = placeName(at.map((segment, i) => (i > 0 && segment === '0' ? '[]' : segment)))
    return { at, place, name, documented: d, assumed: s, required, children }
  }
}

/** A member and all below it, outer ones first. */
export function flat(member: Member): readonly Member[] {
  return [member, ...member.children.flatMap(flat)]
}

/** The schema of an operation's JSON body. */
export function jsonSchema(operation: Operation): Schema | undefined {
  return operation.body?.content.find(({ mediaType }) => isJson(mediaType))?.schema
}

export const isJson = (mediaType: string): boolean => /^application\/([^;]+\+)?json\b/i.test(mediaType)
