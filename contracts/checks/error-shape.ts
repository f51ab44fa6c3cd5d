import type { Failure } from '../../core/finding'
import { isObject } from '../../core/json'
import { type Check, none } from '../check'
import { type Context, errorInside, hasNoBody } from '../context'
import { shapeFailures } from '../shape'
import { shown } from '../words'

/** A client error that the docs state has its documented shape. */
export const errorShape: Check = {
  id: 'error-shape',
  title: 'A documented client error has its documented shape',
  look(context) {
    const { kind, owes, body, response, plan, answer } = context
    if (kind !== 'error' || !answer || answer.cut || hasNoBody(context) || response?.schema === undefined || !plan) return none
    const anyShape = owes.clientError === 'any'
    // A gateway in front of the API has errors of its own; it does not read bodies, so that a refused body is the API's own answer.
    if (anyShape && (context.settings.bareErrors === 'lawful' || errorInside(context) === 'error_code' || isOtherMethod(context)))
      return none
    // That the body is no JSON is told elsewhere, where a documented body is owed.
    if (body.json === undefined) return anyShape ? [notShaped(context)] : none
    const { schemas } = plan
    const failures = shapeFailures({
      check: 'error-shape',
      schemas,
      schema: response.schema,
      value: body.json,
      sent: [],
      settings: context.settings,
    })
    if (failures.length > 0) return failures.map((one) => ({ ...one, promise: 'an error has its documented members' }))
    return [...emptyMembers(context), ...otherStatus(context)]
  },
}

/** Whatever stands in front of the API may refuse a method that the docs do not give. */
const isOtherMethod = ({ case: { request }, plan }: Context): boolean => request.method !== plan?.operation.method.toUpperCase()

/** An error without a text in it tells nothing. */
function emptyMembers(context: Context): readonly Failure[] {
  const { json } = context.body
  const { properties = {} } = context.plan!.schemas.flatten(context.response!.schema)
  if (!isObject(json)) return none
  const name = Object.keys(properties).find(
    (key) => Object.hasOwn(json, key) && typeof json[key] === 'string' && (json[key] as string).trim() === '',
  )
  if (name === undefined) return none
  return [failure(context, 'empty', `answer.body.${name}`, `\`${name}\` of the ${context.status} answer is empty`)]
}

/** The status that a problem tells is that of its answer (RFC 9457, 3.1.2). */
function otherStatus(context: Context): readonly Failure[] {
  const { body, status } = context
  const told = isObject(body.json) ? body.json.status : undefined
  if (body.contentType?.essence !== 'application/problem+json' || typeof told !== 'number' || told === status) return none
  return [
    {
      ...failure(context, 'other-status', 'answer.body.status', `the problem tells the status ${told}, and is answered with ${status}`),
      expected: String(status),
      received: String(told),
      promise: 'a problem tells the status of its answer',
    },
  ]
}

const notShaped = (context: Context): Failure =>
  failure(
    context,
    'missing',
    'answer.body',
    `the ${context.status} answer has none of its documented members: ${shown(context.body.text, 60)}`,
  )

const failure = (context: Context, kind: string, place: string, message: string): Failure => ({
  check: 'error-shape',
  kind,
  place,
  message,
  expected: 'the documented error',
  received: shown(context.body.text),
  severity: 'moderate',
  promise: 'an error has its documented members',
  ...(context.response?.definition.docs ? { docs: context.response.definition.docs } : {}),
  anywhere: true,
})
