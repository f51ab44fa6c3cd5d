import { valueAt } from '../../core/json'
import { emptyReply, errorReply, htmlReply } from '../replies'
import type { Call, Hooks, Reply } from '../stages'
import { broken, type Definition } from '../variant'
import { after, answer, anyReply, changeAt, drop, hang, intercept, internal, oneIn, parseBody, refusal, success, withBody } from './tools'
import { socketOf, truncated } from './wire'

/** Once in 100: drawn, or at each hundredth. */
const faults: readonly (readonly [name: string, promise: string, fault: (reply: Reply, last: Reply) => Reply])[] = [
  ['500', 'a valid request is never answered with a status of 500, not even once in 100', () => internal],
  [
    '500-page',
    "a valid request is never answered with a web server's page of a 500, not even once in 100",
    () => htmlReply(500, 'Internal Server Error'),
  ],
  [
    '502-of-its-own',
    'a valid request is never answered with an error of the API with a status of 502, not even once in 100',
    () => errorReply(502, 'ASM.01010502', 'The cluster does not answer'),
  ],
  [
    '503-of-its-own',
    'a valid request is never answered with an error of the API with a status of 503, not even once in 100',
    () => errorReply(503, 'ASM.01010503', 'The pool is empty'),
  ],
  ['503-without-a-word', 'a valid request is never answered with a bare 503, not even once in 100', () => emptyReply(503)],
  ['drop', 'each request is answered, not only 99 of 100', () => drop],
  ['400', 'a valid request is accepted, not only in 99 cases of 100', () => errorReply(400, 'ASM.01010007', 'Try again')],
  ['truncation', 'the body of an answer is whole, not only in 99 cases of 100', (reply) => ({ ...reply, write: truncated })],
  ['empty-body', 'the answer to a created task has a body, not only in 99 cases of 100', (reply) => withBody(reply, '')],
  ['other-answer', 'each request is answered with its own task, not only in 99 cases of 100', (_, last) => last],
  ['201', 'a created task is answered with 200, not only in 99 cases of 100', (reply) => ({ ...reply, status: 201 })],
  [
    'missing-uid',
    'answer.body.metadata.uid is in the answer, not only in 99 cases of 100',
    (reply) => withBody(reply, JSON.stringify(changeAt(parseBody(reply), ['metadata', 'uid'], () => undefined))),
  ],
  ['html', 'the answer to a created task is JSON, not only in 99 cases of 100', () => htmlReply(200, 'Welcome')],
  [
    'wrong-port',
    'body.spec.ingress.port comes back as it was sent, not only in 99 cases of 100',
    (reply) => withBody(reply, JSON.stringify(changeAt(parseBody(reply), ['spec', 'ingress', 'port'], () => 1))),
  ],
]

function rarely(now: () => boolean, fault: (reply: Reply, last: Reply) => Reply): Hooks {
  let last: Reply | undefined
  return success((reply) => {
    const before = last ?? reply
    last = reply
    return now() ? fault(reply, before) : reply
  })
}

const rare: readonly Definition[] = [
  ...faults.map(([name, promise, fault]) => ({
    name: `one-in-100-gives-${name}`,
    promise,
    finds: { place: '*' },
    hooks: () => rarely(oneIn(100), fault),
  })),
  {
    name: 'each-100th-gives-500',
    promise: 'no request is answered with a status of 500, not even each hundredth',
    finds: { place: '*' },
    hooks: intercept((call) => (call.ordinal % 100 === 0 ? internal : undefined)),
  },
  {
    name: 'each-100th-gives-drop',
    promise: 'each request is answered, also each hundredth',
    finds: { place: '*' },
    hooks: intercept((call) => (call.ordinal % 100 === 0 ? drop : undefined)),
  },
  {
    name: 'one-in-500-gives-hang',
    promise: 'each request is answered, not only 499 of 500',
    finds: { place: '*' },
    hooks: () => {
      const now = oneIn(500)
      return intercept(() => (now() ? hang : undefined))
    },
  },
  {
    name: 'one-refusal-in-20-gives-500',
    promise: 'wrong parameters are answered with 400, not only in 19 cases of 20',
    finds: { place: '*' },
    hooks: () => {
      const now = oneIn(20)
      return refusal((reply) => (now() ? internal : reply))
    },
  },
]

/** Makes a fault of the next request that passes, once something has happened. */
function afterwards(happened: (reply: Reply, call: Call) => boolean, fault: Reply): Hooks {
  let pending = false
  return anyReply((reply, call) => {
    if (pending && reply.status === 200) {
      pending = false
      return fault
    }
    pending ||= happened(reply, call)
    return reply
  })
}

const isParseError = (reply: Reply): boolean => reply.status === 400 && reply.body.includes('not JSON')

const following: readonly Definition[] = [
  ...(['500', 'drop', 'hang'] as const).map((name) => ({
    name: `first-request-gives-${name}`,
    promise: 'each request is answered as the docs say, also the very first',
    finds: { place: '*' },
    hooks: intercept((call) => (call.ordinal === 1 ? { 500: internal, drop, hang }[name] : undefined)),
  })),
  {
    name: 'valid-after-malformed-gives-500',
    promise: 'a valid request is accepted, also the one after malformed JSON',
    finds: { place: '*' },
    hooks: () => afterwards(isParseError, internal),
  },
  {
    name: 'valid-after-malformed-gives-400',
    promise: 'a valid request is accepted, also the one after malformed JSON',
    finds: { place: '*' },
    hooks: () => afterwards(isParseError, errorReply(400, 'ASM.01010002', 'Unexpected end of input')),
  },
  {
    name: 'valid-after-malformed-gives-drop',
    promise: 'a valid request is answered, also the one after malformed JSON',
    finds: { place: '*' },
    hooks: () => afterwards(isParseError, drop),
  },
  {
    name: 'valid-after-refusal-gives-500',
    promise: 'a valid request is accepted, also the one after a refused one',
    finds: { place: '*' },
    hooks: () => afterwards((reply) => reply.status === 400, internal),
  },
  {
    name: 'valid-after-missing-token-gives-500',
    promise: 'a valid request is accepted, also the one after one without a token',
    finds: { place: '*' },
    hooks: () => afterwards((reply) => reply.status === 401, internal),
  },
  {
    name: 'valid-after-large-body-gives-500',
    promise: 'a valid request is accepted, also the one after a large body',
    finds: { place: '*' },
    hooks: () => afterwards((_, call) => call.body.length > 16_384, internal),
  },
  {
    name: 'connection-poisoned-by-a-large-body',
    promise: 'a valid request is accepted, also the one after a large body on the same connection',
    finds: { place: '*' },
    hooks: () => {
      const poisoned = new WeakSet<object>()
      return anyReply((reply, call) => {
        if (poisoned.delete(socketOf(call))) return errorReply(400, 'ASM.01010002', 'Unexpected token')
        if (call.body.length > 60_000) poisoned.add(socketOf(call))
        return reply
      })
    },
  },
  {
    name: 'connection-poisoned-by-malformed',
    promise: 'a request is read from its own first byte, also after malformed JSON on the same connection',
    finds: { place: '*' },
    hooks: () => {
      const poisoned = new WeakSet<object>()
      return anyReply((reply, call) => {
        if (poisoned.has(socketOf(call))) return errorReply(400, 'ASM.01010002', 'Unexpected token')
        if (isParseError(reply)) poisoned.add(socketOf(call))
        return reply
      })
    },
  },
  ...(
    [
      ['300-creations-give-500', 300, internal],
      ['300-creations-give-400', 300, errorReply(400, 'ASM.01010008', 'Quota exceeded')],
      ['500-creations-give-drop', 500, drop],
      ['200-creations-give-html', 200, htmlReply(200, 'Busy')],
    ] as const
  ).map(([name, n, fault]) => ({
    name: `more-than-${name}`,
    promise: 'a valid request is accepted, also after hundreds of creations',
    finds: { place: '*' },
    hooks: () => {
      const late = after(n)
      return success((reply) => (late() ? fault : reply))
    },
  })),
  {
    name: 'more-than-300-creations-repeat-uid',
    promise: 'answer.body.metadata.uid is unique, also after hundreds of creations',
    finds: { place: 'answer.body.metadata.uid*' },
    hooks: () => {
      const late = after(300)
      let first: unknown
      return answer((task) => {
        first ??= valueAt(task, ['metadata', 'uid'])
        return late() ? changeAt(task, ['metadata', 'uid'], () => first) : task
      })
    },
  },
  {
    name: 'more-than-300-creations-lose-description',
    promise: 'body.description comes back as it was sent, also after hundreds of creations',
    finds: { place: '*description*' },
    hooks: () => {
      const late = after(300)
      return answer((task) => (late() ? changeAt(task, ['description'], () => undefined) : task))
    },
  },
  {
    name: 'more-than-1000-requests-give-503-page',
    promise: 'a request is never answered with 5xx, also after a thousand requests',
    finds: { place: '*' },
    hooks: intercept((call) => (call.ordinal > 1000 ? htmlReply(500, 'Out of memory') : undefined)),
  },
]

/** Faults that come now and then, or only after something else. */
export const sporadic = broken('wire', [...rare, ...following])
