import { isObject, type Json } from '../core/json'
import type { Schema } from '../core/operation'
import type { Schemas } from '../generators/schema'
import { patternOf } from '../specs/openapi/views'
import type { Context } from './context'

const most = 10

/** A place of an answer. */
interface Unknown {
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
  if (!isObject(value)) return
  const { properties, patternProperties = {} } = schemas.flatten(schema)
  if (!properties) return
  for (const key of Object.keys(value)) {
    if (found.length >= most) return
    const isKnown = Object.hasOwn(properties, key)
    const inner = value[key]
    if (isKnown && (typeof inner !== 'object' || inner === null)) continue
    const twins = sent.flatMap((one) => (isObject(one) && Object.hasOwn(one, key) ? [one[key] as Json] : []))
    if (isKnown) collect(schemas, properties[key]!, inner, twins, `${place}.${key}`, found)
    else {
      const flagged = (patternProperties as Record<string, Schema>)[patternOf(key)]
      const writeOnly = isObject(flagged) && flagged.writeOnly === true
      if (writeOnly || twins.length === 0) found.push({ place: `${place}.${key.slice(0, 40)}`, writeOnly })
    }
  }
}
