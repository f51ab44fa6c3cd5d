import { isObject, type Json, ownMember } from '../core/json'
import type { Schema, SchemaObject } from '../core/operation'
import type { Schemas } from '../generators/schema'
import { isLeftOut } from '../specs/openapi/views'
import type { Context } from './context'

/** Places of each kind that are told. */
const most = 10
/** Items of one list are mostly alike. */
const mostItems = 20

/** A place of an answer. */
export interface Unknown {
  readonly place: string
  /** The docs name it for requests alone. */
  readonly writeOnly: boolean
}

/**
 * Places of an answer that the docs do not name there: ones that the request did not send, and `writeOnly` ones that hold something; at most ten
 * of each kind.
 */
export function unknownMembers({ plan, response, body, sent }: Context): readonly Unknown[] {
  const found: Unknown[] = []
  if (plan && response?.schema !== undefined) collect(plan.schemas, response.schema, body.json, sent.readings, 'answer.body', found)
  return found
}

function collect(schemas: Schemas, schema: Schema, value: Json | undefined, sent: readonly Json[], place: string, found: Unknown[]): void {
  if (typeof value !== 'object' || value === null) return
  const parts = schemas.parts(schema, value)
  if (Array.isArray(value)) {
    const items = itemsOf(parts)
    const twins = sent.flatMap((one) => (Array.isArray(one) ? one : []))
    if (items !== undefined) for (const item of value.slice(0, mostItems)) collect(schemas, items, item, twins, `${place}.[]`, found)
    return
  }
  if (!isObject(value)) return
  const isNamed = parts.some(({ properties }) => properties)
  const others = parts.map(({ additionalProperties }) => additionalProperties).find(isObject) as Schema | undefined
  if (!isNamed && others === undefined) return
  for (const key of Object.keys(value)) {
    const known = parts.find(({ properties }) => ownMember(properties, key) !== undefined)?.properties?.[key]
    const within = known ?? others
    const inner = value[key] as Json
    if (known !== undefined && (typeof inner !== 'object' || inner === null)) continue
    const twins = sent.flatMap((one) => (isObject(one) && Object.hasOwn(one, key) ? [one[key] as Json] : []))
    const own = `${place}.${key.slice(0, 40)}`
    const writeOnly = known === undefined && isLeftOut(parts, key, 'writeOnly')
    if (within !== undefined && !writeOnly) collect(schemas, within, inner, twins, own, found)
    // Many write what is not there as null or as nothing.
    else if (writeOnly ? inner !== null && inner !== '' : twins.length === 0) add({ place: own, writeOnly })
  }

  function add(unknown: Unknown): void {
    const alike = found.filter(({ writeOnly }) => writeOnly === unknown.writeOnly)
    if (alike.length < most && !alike.some((one) => one.place === unknown.place)) found.push(unknown)
  }
}

/** What all items of a list are; undefined where the first ones are something else. */
const itemsOf = (parts: readonly SchemaObject[]): Schema | undefined =>
  parts.some(({ prefixItems }) => prefixItems !== undefined)
    ? undefined
    : (parts.map(({ items }) => items).find(isObject) as Schema | undefined)
