import { header } from '../../core/exchange'
import type { Failure } from '../../core/finding'
import { covers } from '../../specs/mediaType'
import { type Check, none } from '../check'
import { isAkin } from '../contentType'
import { type Context, hasNoBody, owesBody } from '../context'
import { shown } from '../words'

/** An answer with a documented body says its media type. */
export const contentType: Check = {
  id: 'content-type',
  title: 'An answer with a documented body names its media type',
  look(context) {
    const { answer, body, response } = context
    if (!answer || body.bytes.length === 0) return none
    if (!owesBody(context)) return isOther(context) ? [failure(context, 'other', otherThan(context))] : none
    const told = answer.headers.filter(([name]) => name.toLowerCase() === 'content-type')
    const values = new Set(told.length > 1 ? told.map(([, value]) => value.trim().toLowerCase()) : [])
    if (values.size > 1) return [failure(context, 'twice', `the answer has two Content-Types: ${[...values].join(' and ').slice(0, 120)}`)]
    const value = header(answer, 'content-type')
    if (value === undefined || value.trim() === '') return [failure(context, 'missing', 'the answer has a body but no Content-Type')]
    const essence = body.contentType?.essence
    // A type built on JSON says JSON (RFC 6839); which of them, the docs leave open.
    if (essence !== undefined && (response!.mediaTypes.some((type) => covers(type, essence)) || essence.endsWith('+json'))) return none
    if (body.json === undefined && !answer.cut) {
      return [failure(context, 'not-json', `the answer is no JSON but ${shown(value, 60)}: ${shown(body.text, 60)}`)]
    }
    return [failure(context, 'wrong', otherThan(context))]
  },
}

/** The answer is of none of the types that the docs state for a success which is no JSON. */
function isOther(context: Context): boolean {
  const { kind, body, response } = context
  if (kind !== 'success' || !response || hasNoBody(context) || response.schema !== undefined || response.mediaTypes.length === 0)
    return false
  const essence = body.contentType?.essence
  return essence === undefined || !response.mediaTypes.some((type) => isAkin(type, essence))
}

function otherThan({ answer, response }: Context): string {
  const value = header(answer!, 'content-type')
  const told = value === undefined ? 'the answer has a body but no Content-Type' : `the Content-Type is ${shown(value, 60)}`
  return `${told}; the docs state ${response!.mediaTypes.join(' or ')}`
}

const failure = (context: Context, kind: string, message: string): Failure => ({
  check: 'content-type',
  kind,
  place: 'answer.header.content-type',
  message,
  expected: context.response!.mediaTypes.join(' or '),
  received: shown(header(context.answer!, 'content-type') ?? ''),
  severity: 'moderate',
  promise: 'an answer names its media type',
  ...(context.response!.definition.docs ? { docs: context.response!.definition.docs } : {}),
  anywhere: true,
})
