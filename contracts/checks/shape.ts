import type { Failure } from '../../core/finding'
import type { Schema } from '../../core/operation'
import { typesOf } from '../../generators/schema'
import { covers, isJson } from '../../specs/mediaType'
import { type Check, none } from '../check'
import type { Context } from '../context'
import type { OperationPlan } from '../plan'
import { shapeFailures } from '../shape'
import type { Unknown } from '../unknownMembers'

/** The documented success has its documented members. */
export const shape: Check = {
  id: 'shape',
  title: 'A success has its documented members, of their documented types',
  look(context) {
    const { kind, body, response, plan, sent, settings, memory } = context
    if (kind !== 'success' || !plan) return none
    const text = response && textSchema(context)
    if (text !== undefined) return textFailures(context, text)
    if (body.json === undefined || response?.schema === undefined) return none
    const failures = shapeFailures({
      check: 'shape',
      schemas: plan.schemas,
      schema: response.schema,
      value: body.json,
      sent: sent.readings,
      settings,
      wasSent: memory.wasSent,
    })
    if (failures.length > 0) return failures
    const more = context.unknown
    return [
      ...more.filter(({ writeOnly }) => writeOnly).map(shownSecret),
      ...(settings.unknownMembers === 'lawful' ? [] : more.filter(({ writeOnly }) => !writeOnly).map(unknown)),
    ]
  },
}

/** The documented schema of a text that is the whole body. */
function textSchema({ body, response, plan, answer }: Context): Schema | undefined {
  const essence = body.contentType?.essence
  if (!essence?.startsWith('text/') || isJson(essence) || answer?.cut) return undefined
  const media = response?.definition.content.find(({ mediaType }) => covers(mediaType, essence))
  const types = media && plan ? typesOf(plan.schemas.flatten(media.schema)) : []
  return types.length === 1 && types[0] === 'string' ? media?.schema : undefined
}

/** A line end behind a text belongs to how it is written. */
function textFailures({ body, plan, sent, settings }: Context, schema: Schema): readonly Failure[] {
  const { schemas } = plan as OperationPlan
  const isValid = [body.text, body.text.replace(/\r?\n$/, '')].some((text) => schemas.answerErrors(schema, text).length === 0)
  return isValid ? none : shapeFailures({ check: 'shape', schemas, schema, value: body.text, sent: sent.readings, settings })
}

const unknown = ({ place }: Unknown): Failure => ({
  check: 'shape',
  kind: 'unknown',
  place,
  message: `\`${place.replace('answer.body.', '')}\` is in the answer, but not in the docs`,
  severity: 'minor',
  anywhere: true,
})

/** What only requests hold is mostly a secret. */
const shownSecret = ({ place }: Unknown): Failure => ({
  check: 'shape',
  kind: 'write-only',
  place,
  message: `\`${place.replace('answer.body.', '')}\` is in the answer, but is writeOnly: of requests alone (JSON Schema Validation, 9.4; OpenAPI 3.0.3, 4.7.24.2)`,
  severity: 'serious',
  promise: 'what is writeOnly is in no answer',
  anywhere: true,
})
