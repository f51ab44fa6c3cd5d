import type { MediaType, Operation, Schema, SchemaObject } from '../core/operation'
import { placeName } from '../core/place'
import { isForm, isWritable } from '../specs/bodies'
import { isJson } from '../specs/mediaType'
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

/** Members of a body that are looked at one by one, where schemas lead to each other: their number grows with every step inwards. */
const mostMembers = 300

/**
 * The body of an operation as a tree of members, or undefined if it has no JSON body.
 * @param documented the schemas of D, for `$ref`s; @param assumed those of S
 */
export function bodyMember(pair: { documented: Operation; assumed: Operation }, documented: Schemas, assumed: Schemas): Member | undefined {
  const d = jsonSchema(pair.documented)
  return d === undefined
    ? undefined
    : opened(member(['body'], 'body', d, jsonSchema(pair.assumed) ?? d, pair.documented.body?.required ?? false))

  function member(at: readonly string[], name: string, dSchema: Schema, sSchema: Schema, required: boolean): Open {
    const place = placeName(at.map((segment, i) => (i > 0 && segment === '0' ? '[]' : segment)))
    return { at, place, name, documented: documented.flatten(dSchema), assumed: assumed.flatten(sSchema), required, children: [] }
  }

  /** Outer members go first. A member has all its children or none, as a value wants those that are mandatory. */
  function opened(root: Open): Member {
    const todo = [root]
    const parents = new Map<Open, Open>()
    let count = 1
    for (let next = todo.shift(); next; next = todo.shift()) {
      const inner = isWithinItself(next) ? [] : childrenOf(next)
      for (const one of inner) parents.set(one, next)
      if (next !== root && count + inner.length > mostMembers) continue
      count += inner.length
      next.children.push(...inner)
      todo.push(...inner)
    }
    return root

    /** A schema that holds itself tells nothing new the third time. */
    function isWithinItself(member: Open): boolean {
      let times = 0
      for (let above = parents.get(member); above; above = parents.get(above)) if (above.documented === member.documented) times++
      return times > 1
    }
  }

  function childrenOf({ at, documented: d, assumed: s }: Open): Open[] {
    const children = Object.entries(at.length > maxDepth ? {} : (d.properties ?? {})).map(([key, schema]) =>
      member([...at, key], key, schema, s.properties?.[key] ?? schema, d.required?.includes(key) ?? false),
    )
    return d.items !== undefined && at.length <= maxDepth
      ? [...children, member([...at, '0'], '[]', d.items, s.items ?? d.items, true)]
      : children
  }
}

type Open = Member & { readonly children: Open[] }

/** A member and all below it, outer ones first. */
export function flat(member: Member): readonly Member[] {
  return [member, ...member.children.flatMap(flat)]
}

/** The schema of an operation's JSON body. */
export function jsonSchema(operation: Operation): Schema | undefined {
  return operation.body?.content.find(({ mediaType }) => isJson(mediaType))?.schema
}

/** The body that is written where it is no JSON: a form or a text. */
export const writtenMedia = ({ body }: Operation): MediaType | undefined => body?.content.find(({ mediaType }) => isWritable(mediaType))

/** The form that is sent where no JSON is. */
export function formMedia(operation: Operation): MediaType | undefined {
  const media = jsonSchema(operation) === undefined ? writtenMedia(operation) : undefined
  return media && isForm(media.mediaType) ? media : undefined
}

/** The schema of what is sent as members: of a JSON body, or of a form. */
export const sentSchema = (operation: Operation): Schema | undefined => jsonSchema(operation) ?? formMedia(operation)?.schema

/** Members of a form that are files, or lists of them, and their media types (OpenAPI 3.1, Considerations for File Uploads). */
export function filesIn(schema: Schema, schemas: Schemas): Readonly<Record<string, string>> {
  const fileType = (of: SchemaObject) =>
    of.format === 'binary' || of.contentMediaType !== undefined ? String(of.contentMediaType ?? 'application/octet-stream') : undefined
  const found = Object.entries(schemas.flatten(schema).properties ?? {}).flatMap(([name, member]) => {
    const own = schemas.flatten(member)
    const type = fileType(own) ?? (own.items === undefined ? undefined : fileType(schemas.flatten(own.items)))
    return type === undefined || isJson(type) ? [] : [[name, type] as const]
  })
  return Object.fromEntries(found)
}
