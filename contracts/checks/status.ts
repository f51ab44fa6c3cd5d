import type { Failure } from '../../core/finding'
import { type Check, none } from '../check'
import { type Context, isTrulyAbsent } from '../context'
import { requestInWords } from '../words'

/** The status is one that the request is owed. */
export const status: Check = {
  id: 'status',
  title: 'The status is the one that the docs state for such a request',
  decisive: true,
  look(context) {
    const failure = statusFailure(context)
    return failure ? [failure] : none
  },
}

/** What is wrong with the status of an answer below 500, by what its request is owed. */
export function statusFailure(context: Context): Failure | undefined {
  const { owes, status: code, settings } = context
  if (!context.answer || owes.also?.includes(code) || isOfHttp(context) || isTrulyAbsent(context)) return undefined
  if (code >= 200 && code < 300) {
    if (owes.success === 'harmless') return undefined
    if (owes.success !== 'forbidden') return context.plan?.successes && !context.response ? wrongSuccess(context) : undefined
    return settings.coercion === 'lawful' && isCoercion(context) ? undefined : accepted(context)
  }
  if (code >= 400 && code < 500) {
    if (owes.clientError === 'any' || (code === 409 && isConflict(context))) return undefined
    if (owes.clientError === 'forbidden') return promisesNone(context) && context.response ? undefined : refused(context)
    return context.plan?.clientErrors && !context.response ? wrongError(context) : undefined
  }
  // A redirect that the docs state is what they promise.
  if (code >= 300 && code < 400 && owes.success !== 'forbidden' && (owes.success === 'harmless' || context.response)) return undefined
  return strange(context)
}

/** The docs state refusals of an operation alone. */
export const promisesNone = ({ plan }: Context): boolean =>
  plan !== undefined && plan.operation.responses.length > 0 && plan.operation.responses.every(({ status }) => /^[45]/.test(status))

/** What HTTP itself lets a server answer to a request with a condition or a range (RFC 9110, sections 13 and 14). */
function isOfHttp({ status, case: { request } }: Context): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  const has = (...names: string[]) => request.headers.some(([name]) => names.includes(name.toLowerCase()))
  return (status === 304 && has('if-none-match', 'if-modified-since')) || (status === 206 && has('range'))
}

/** A name that exists already is a conflict, whatever else the request tries; one that must be refused as it stands comes not so far. */
const isConflict = ({ owes }: Context): boolean => owes.conflict === true || owes.success === 'allowed'

/** The rule is about the JSON type of a value: its id ends in `:type` or `:type:VARIANT`. */
const isCoercion = ({ case: of }: Context): boolean => /:type(:[^:]*)?$/.test(of.rule)

function failure(context: Context, kind: string, message: string, expected: string, rest: Partial<Failure> = {}): Failure {
  const { answer, status: code } = context
  const received = `${code} ${answer?.statusText.slice(0, 60) ?? ''}`.trim()
  return { check: 'status', kind, place: 'answer.status', message, expected, received, severity: 'serious', ...rest }
}

function accepted(context: Context): Failure {
  const owed = context.owes.clientError === 'any' ? 'a client error (4xx)' : context.plan?.clientErrors || 'a client error (4xx)'
  // A door that opens without a key is worse than a lax parser.
  const severity = context.case.changes.some(({ at }) => at[0] === 'header' && /token|authorization/i.test(at[1] ?? ''))
    ? 'critical'
    : 'serious'
  const message = `${requestInWords(context.case)} was accepted with ${context.status}; owed is ${owed}`
  return failure(context, 'accepted', message, owed, { severity })
}

function refused(context: Context): Failure {
  const owed = context.plan?.successes || 'a success (2xx)'
  return failure(
    context,
    `refused:${context.status}`,
    `${requestInWords(context.case)} is valid, but was refused with ${context.status}`,
    owed,
  )
}

const docsOf = (context: Context, digit: string): Partial<Failure> => {
  const docs = context.plan?.operation.responses.find(({ status: stated }) => stated.startsWith(digit))?.docs
  return docs ? { docs } : {}
}

function wrongSuccess(context: Context): Failure {
  const owed = context.plan?.successes ?? ''
  return failure(context, `status:${context.status}`, `the success has status ${context.status}; the docs state ${owed}`, owed, {
    promise: `a success has status ${owed}`,
    anywhere: true,
    ...docsOf(context, '2'),
  })
}

function wrongError(context: Context): Failure {
  const owed = context.plan?.clientErrors ?? ''
  const message = `${requestInWords(context.case)} was answered with ${context.status}; the docs state ${owed} for wrong parameters`
  return failure(context, `status:${context.status}`, message, context.owes.success === 'allowed' ? `a success or ${owed}` : owed, {
    promise: `wrong parameters are refused with ${owed}`,
    anywhere: true,
    ...docsOf(context, '4'),
  })
}

function strange(context: Context): Failure {
  const { owes, plan } = context
  const success = owes.success === 'forbidden' ? '' : plan?.successes || '2xx'
  const error = owes.clientError === 'forbidden' ? '' : owes.clientError === 'any' ? '4xx' : plan?.clientErrors || '4xx'
  const owed = [success, error].filter(Boolean).join(' or ')
  return failure(
    context,
    `status:${context.status}`,
    `${requestInWords(context.case)} was answered with ${context.status}; owed is ${owed}`,
    owed,
    {
      anywhere: true,
    },
  )
}
