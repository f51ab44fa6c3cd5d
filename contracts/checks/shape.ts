import type { Failure } from '../../core/finding'
import { isObject } from '../../core/json'
import { type Check, none } from '../check'
import type { Context } from '../context'
import { shapeFailures } from '../shape'
import { unknownMembers } from '../unknown-members'

/** The documented success has its documented members. */
export const shape: Check = {
  id: 'shape',
  title: 'A success has its documented members, of their documented types',
  look(context) {
    const { kind, body, response, plan, sent, settings } = context
    if (kind !== 'success' || body.json === undefined || response?.schema === undefined || !plan) return none
    const failures = shapeFailures({
      check: 'shape',
      schemas: plan.schemas,
      schema: response.schema,
      value: body.json,
      sent: sent.readings,
      settings,
    })
    return failures.length > 0 || settings.unknownMembers === 'lawful' ? failures : unknown(context)
  },
}

function unknown(context: Context): readonly Failure[] {
  if (!isObject(context.body.json)) return none
  return unknownMembers(context).map((place) => ({
    check: 'shape',
    kind: 'unknown',
    place,
    message: `\`${place.replace('answer.body.', '')}\` is in the answer, but not in the docs`,
    severity: 'minor',
    anywhere: true,
  }))
}
