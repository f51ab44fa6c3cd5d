import type { Exchange } from '../core/exchange'
import type { Failure } from '../core/finding'
import { unavailability } from '../core/gateway'
import { serverError } from './checks/server-error'
import { promisesNone, statusFailure } from './checks/status'
import { type Context, isTrulyAbsent, owesBody } from './context'
import { isDocumentedError } from './plan'

/** Why an answer says nothing of its rule, and what it would be if the reason held for this request alone. */
export interface Precondition {
  readonly reason: string
  readonly ifPersistent?: Failure
}

const reasons: Readonly<Record<number, string>> = {
  401: 'refused for lack of authentication (401)',
  403: 'refused for lack of rights (403)',
  404: 'the URL, or what it names, was not found (404)',
  405: 'the URL does not take the method (405)',
  407: 'a proxy on the way wants authentication (407)',
  408: 'the target gave up waiting for the request (408)',
  410: 'what the URL names is gone (410)',
  429: 'throttled (429)',
}

/** Looks for what stands between a request and the promise that it tests: rights, state, throttling, a gateway. undefined: nothing does. */
export function precondition(context: Context): Precondition | undefined {
  const { exchange, owes, status } = context
  if (exchange.notReached !== undefined) return { reason: exchange.notReached }
  if (exchange.fault?.kind === 'unreachable') return { reason: exchange.fault.message }
  if (isStream(exchange)) return { reason: 'the answer goes on without an end, as a stream does' }
  if (owes.also?.includes(status) || isTrulyAbsent(context)) return undefined
  if (context.kind === 'success' && owesBody(context) && context.body.unread)
    return { reason: 'the answer is longer than this client reads' }
  if (status >= 500) return unavailable(context)
  const isConflict = status === 409 || exchange.conflict === true
  const reason = isConflict ? `a conflict with the state of the target (${status})` : isUnmet(context) ? unmet(status) : reasons[status]
  if (reason === undefined) return undefined
  if (status === 429) return { reason }
  if (promisesNone(context) && context.response) return undefined
  // Where every client error will do, these are answers like any other.
  if (owes.clientError === 'any') return undefined
  if (isConflict && (owes.success !== 'required' || owes.conflict)) return undefined
  if (status === 407) return { reason }
  const ifPersistent = statusFailure(context)
  return { reason, ...(ifPersistent ? { ifPersistent } : {}) }
}

/**
 * 412 is the answer to a condition that a request states and that does not hold; 428, where the docs have conditions, to a request that states
 * none (RFC 9110, 15.5.13; RFC 6585, 3).
 */
function isUnmet({ status, plan, case: { request } }: Context): boolean {
  const states = request.headers.some(([name]) => conditional.test(name))
  if (status === 412) return states
  if (status !== 428 || states || !plan) return false
  const { parameters, responses } = plan.operation
  return responses.some((response) => response.status === '428') || parameters.some(({ name }) => conditional.test(name))
}

const unmet = (status: number): string => `a precondition is not met (${status})`

const conditional = /^if-(none-)?match$|^if-(un)?modified-since$/i

/** What is read may have no end: logs that are followed, events (HTML, 9.2). Its status and headers came. */
const isStream = ({ fault, case: { request } }: Exchange): boolean =>
  request.method === 'GET' && fault?.kind === 'timeout' && fault.open !== undefined && fault.open >= 200 && fault.open < 300

/**
 * 503 with Retry-After, and a gateway that does not reach the API, ask for patience. A 503 or 501 that the docs state for the operation tells of
 * the target's state or build, not of a failure: it serves no cluster, say.
 */
function unavailable(context: Context): Precondition | undefined {
  const { answer, status, plan } = context
  if ((status === 503 || status === 501) && plan?.operation.responses.some((response) => response.status === String(status)))
    return notServed(context)
  const reason = answer && unavailability(answer, context.case.request.method, (body) => isDocumentedError(plan, body))
  return reason === undefined ? undefined : { reason: `the API was not there for the moment: ${reason}` }
}

/** It holds for an operation as a whole: to one request of it, where others pass, it is a failure as any other. */
function notServed(context: Context): Precondition {
  const [ifPersistent] = serverError.look?.(context) ?? []
  return { reason: `not served by this target (${context.status}, as the docs state)`, ...(ifPersistent ? { ifPersistent } : {}) }
}
