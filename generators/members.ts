import type { Operation, Schema, SchemaObject } from '../core/operation'
import { placeName } from '../core/place'
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
