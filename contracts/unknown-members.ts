import { isObject, type Json } from '../core/json'
import type { Schema } from '../core/operation'
import type { Context } from './context'

const most = 10

/** Places of an answer that the docs do not name, and that the request did not send; at most ten. */
export function unknownMembers(context: Context): readonly string[] {
  const { plan, response, body, sent } = context
  if (!plan || response?.schema === undefined) return []
  const found: string[] = []
  walk(response.schema, body.json, sent.readings, 'answer.body')
  return found

  function walk(schema: Schema, value: Json | undefined, sentValues: readonly Json[], place: string): void {
    if (!isObject(value)) return
    const { properties } = plan!.schemas.flatten(schema)
    if (!properties) return
    for (const key of Object.keys(value)) {
      if (found.length >= most) return
      const isKnown = Object.hasOwn(properties, key)
      const inner = value[key]
      if (isKnown && (typeof inner !== 'object' || inner === null)) continue
      const twins = sentValues.flatMap((one) => (isObject(one) && Object.hasOwn(one, key) ? [one[key] as Json] : []))
      if (isKnown) walk(properties[key]!, inner, twins, `${place}.${key}`)
      else if (twins.length === 0) found.push(`${place}.${key.slice(0, 40)}`)
    }
  }
}
