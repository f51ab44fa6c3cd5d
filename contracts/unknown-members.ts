import { isObject, type Json } from '../core/json'
import type { Schema } from '../core/operation'
import type { Schemas } from '../generators/schema'
import type { Context } from './context'

const most = 10

/** Places of an answer that the docs do not name, and that the request did not send; at most ten. */
export function unknownMembers({ plan, response, body, sent }: Context): readonly string[] {
  const found: string[] = []
  if (plan && response?.schema !== undefined) collect(plan.schemas, response.schema, body.json, sent.readings, 'answer.body', found)
  return found
}

function collect(schemas: Schemas, schema: Schema, value: Json | undefined, sent: readonly Json[], place: string, found: string[]): void {
  if (!isObject(value)) return
  const { properties } = schemas.flatten(schema)
  if (!properties) return
  for (const key of Object.keys(value)) {
    if (found.length >= most) return
    const isKnown = Object.hasOwn(properties, key)
    const inner = value[key]
    if (isKnown && (typeof inner !== 'object' || inner === null)) continue
    const twins = sent.flatMap((one) => (isObject(one) && Object.hasOwn(one, key) ? [one[key] as Json] : []))
    if (isKnown) collect(schemas, properties[key]!, inner, twins, `${place}.${key}`, found)
    else if (twins.length === 0) found.push(`${place}.${key.slice(0, 40)}`)
  }
}
