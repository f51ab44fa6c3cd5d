import type { Failure } from '../../core/finding'
import { type Check, none } from '../check'
import type { Context } from '../context'
import { requestInWords } from '../words'

/** Every request gets a whole HTTP answer, in time. */
export const noFault: Check = {
  id: 'no-fault',
  title: 'Every request gets a whole HTTP answer, in time',
  decisive: true,
  look(context) {
    const { fault } = context.exchange
    if (!fault || fault.kind === 'unreachable') return none
    // Some servers refuse a head that they cannot hold before they know the version, as HTTP/0.9 did: without a status line.
    if (fault.kind === 'malformed' && context.owes.httpMayRefuse && headBytes(context) >= largeHead) return none
    return [failureOf(context, fault.kind, fault.partial)]
  },
}

/** Bytes of a request's line and headers that servers must be ready for (RFC 9110, section 4.1, names 8000 for the URI). */
const largeHead = 8000

const headBytes = ({ case: { request } }: Context): number =>
  request.headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, request.target.length)

function failureOf(context: Context, fault: 'timeout' | 'closed' | 'malformed', partial: boolean): Failure {
  const { exchange } = context
  const request = requestInWords(context.case)
  const detail = exchange.fault!.message.slice(0, 200)
  const [kind, message] = {
    timeout: ['hang', `${request} got no ${partial ? 'whole ' : ''}answer within ${exchange.seconds.toFixed(1)} s`],
    closed: partial
      ? ['truncated', `the answer to ${request} ended before it was whole: ${detail}`]
      : ['dropped', `the connection was closed instead of an answer to ${request}: ${detail}`],
    malformed: ['not-http', `what came back for ${request} is no well-formed HTTP answer: ${detail}`],
  }[fault] as [string, string]
  return {
    check: 'no-fault',
    kind,
    place: 'answer',
    message,
    expected: 'an HTTP answer',
    received: detail,
    severity: 'critical',
    promise: 'every request gets a whole HTTP answer, in time',
  }
}
