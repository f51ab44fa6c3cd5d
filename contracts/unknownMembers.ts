import { isObject, type Json, ownMember } from '../core/json'
import type { Schema } from '../core/operation'
import type { Schemas } from '../generators/schema'
import { isLeftOut } from '../specs/openapi/views'
import type { Context } from './context'

const most = 10
/** Items of one list are mostly alike. */
const mostItems = 20

/** A place of an answer. */
export interface Unknown {
  readonly place: string
  /** The docs name it for requests alone. */
  readonly writeOnly: boolean
}

/** Places of an answer that the docs do not name there: ones that the request did not send, and `writeOnly` ones; at most ten. */
export function unknownMembers({ plan, response, body, sent }: Context): readonly Unknown[] {
  const found: Unknown[] = []
  if (plan && response?.schema !== undefined) collect(plan.schemas, response.schema, body.json, sent.readings, 'answer.body', found)
  return found
}

function collect(schemas: Schemas, schema: Schema, value: Json | undefined, sent: readonly Json[], place: string, found: Unknown[]): void {
  if (Array.isArray(value)) {
    const { items } = schemas.flatten(schema)
    const twins = sent.flatMap((one) => (Array.isArray(one) ? one : []))
    if (items !== undefined) for (const item of value.slice(0, mostItems)) collect(schemas, items, item, twins, `${place}.[]`, found)
    return
  }
  if (!isObject(value)) return
  const parts = schemas.parts(schema, value)
  if (!parts.some(({ properties }) => properties)) return
  for (const key of Object.keys(value)) {
    if (found.length >= most) return
    const known = parts.find(({ properties }) => ownMember(properties, key) !== undefined)?.properties?.[key]
    const inner = value[key]
    if (known !== undefined && (typeof inner !== 'object' || inner === null)) continue
    const twins = sent.flatMap((one) => (isObject(one) && Object.hasOwn(one, key) ? [one[key] as Json] : []))
    const own = `${place}.${key.slice(0, 40)}`
    if (known !== undefined) collect(schemas, known, inner, twins, own, found)
    else {
      const writeOnly = isLeftOut(parts, key, 'writeOnly')
      if ((writeOnly || twins.length === 0) && !found.some((one) => one.place === own)) found.push({ place: own, writeOnly })
    }
  }
}
