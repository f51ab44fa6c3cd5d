import { headerValue } from '../pipeline'
import { emptyReply, gatewayReply, htmlReply, jsonReply } from '../replies'
import type { Call, Hooks, Reply } from '../stages'
import { broken, type Definition } from '../variant'
import { drop, hang, intercept, internal, internalPage } from './tools'

export const token = (call: Call): string | undefined => headerValue(call, 'x-auth-token')
const isSent = (call: Call): boolean => call.request.headers['x-auth-token'] !== undefined

const authenticate = (change: (call: Call, usual: Reply | undefined) => Reply | undefined): Hooks => ({
  authenticate: (next) => (call) => change(call, next(call)),
})
export const unauthorized = (make: () => Reply): Hooks => authenticate((_, usual) => usual && make())

const place = 'header.*oken*'

const accepted: readonly Definition[] = [
  {
    name: 'missing-token-accepted',
    promise: 'X-Auth-Token is mandatory: a request without it is refused with a client error',
    finds: { place },
    hooks: authenticate((call, usual) => (isSent(call) ? usual : undefined)),
  },
  {
    name: 'empty-token-accepted',
    promise: 'X-Auth-Token holds a token: an empty one is refused with a client error',
    finds: { place },
    hooks: authenticate((call, usual) => (isSent(call) && !token(call) ? undefined : usual)),
  },
  {
    name: 'no-authentication',
    promise: 'X-Auth-Token is mandatory: a request without a valid token is refused with a client error',
    finds: { place },
    hooks: authenticate(() => undefined),
  },
  {
    name: 'token-remembered-by-connection',
    promise: 'X-Auth-Token is mandatory in each request, also on a connection that had one before',
    finds: { place },
    hooks: () => {
      const known = new WeakSet<object>()
      return authenticate((call, usual) => {
        if (!usual) known.add(call.request.socket)
        return known.has(call.request.socket) ? undefined : usual
      })
    },
  },
  {
    name: 'missing-token-accepted-in-one-of-two',
    promise: 'X-Auth-Token is mandatory: each request without it is refused with a client error',
    finds: { place },
    hooks: () => {
      let odd = false
      return authenticate((_, usual) => {
        if (!usual) return undefined
        odd = !odd
        return odd ? usual : undefined
      })
    },
  },
]

/** These need a server that knows the real token. */
const garbage = (
  [
    ['any-token-accepted', 'every token is taken', () => true],
    [
      'token-prefix-accepted',
      'a token is taken that only begins as the real one does',
      (sent: string, real: string) => sent.startsWith(real.slice(0, 4)),
    ],
    ['token-with-a-quote-accepted', 'whatever holds a quote is taken', (sent: string) => sent.includes("'")],
    ['token-of-1000-characters-accepted', 'whatever has a thousand characters is taken', (sent: string) => sent.length >= 1000],
    [
      'token-in-any-case-accepted',
      'a token is taken in another case',
      (sent: string, real: string) => sent.toLowerCase() === real.toLowerCase(),
    ],
  ] as const
).map(([name, what, takes]) => ({
  name,
  promise: `X-Auth-Token holds a valid token, but ${what}`,
  finds: { place },
  needsToken: true,
  hooks: () => {
    let real: string | undefined
    return authenticate((call, usual) => {
      const sent = token(call)
      if (!usual) real = sent
      return sent && real && takes(sent, real) ? undefined : usual
    })
  },
}))

const answered: readonly (readonly [name: string, what: string, make: () => Reply])[] = [
  ['500', 'a status of 500', () => internal],
  ['500-page', "the web server's page of a 500", () => internalPage],
  ['200-and-error', 'a status of 200 with an error inside', () => ({ ...gatewayReply(401), status: 200 })],
  ['200-page', 'a page to log in, with a status of 200', () => htmlReply(200, 'Login')],
  ['302', 'a redirection to a page to log in', () => emptyReply(302, { Location: '/login' })],
  ['drop', 'a dropped connection', () => drop],
  ['hang', 'silence', () => hang],
]

const refusals: readonly Definition[] = [
  ...answered.map(([name, what, make]) => ({
    name: `missing-token-gives-${name}`,
    promise: `a request without a token is refused with a client error, not with ${what}`,
    finds: { place },
    hooks: unauthorized(make),
  })),
  {
    name: 'empty-token-gives-500',
    promise: 'a request with an empty token is refused with a client error, not with a status of 500',
    finds: { place },
    hooks: authenticate((call, usual) => (usual && isSent(call) ? internal : usual)),
  },
  {
    name: 'missing-token-creates-silently',
    promise: 'a request without a token is refused with a client error, not answered with an empty success',
    finds: { place },
    hooks: unauthorized(() => emptyReply(204)),
  },
]

/** Another method that does what POST does. */
const creates = (methods: readonly string[]): Hooks => ({
  route: (next) => (call) => next(methods.includes(call.method) ? Object.assign(call, { method: 'POST' }) : call),
})

const methods: readonly Definition[] = [
  ...['PUT', 'PATCH', 'DELETE', 'GET'].map((method) => ({
    name: `${method.toLowerCase()}-creates`,
    promise: `only POST creates a task: ${method} on the path does not`,
    finds: { place: 'method*' },
    hooks: creates([method]),
  })),
  {
    name: 'every-method-creates',
    promise: 'only POST creates a task: no other method does',
    finds: { place: 'method*' },
    hooks: creates(['PUT', 'PATCH', 'DELETE', 'GET', 'OPTIONS', 'TRACE']),
  },
  ...(
    [
      ['put', 204, emptyReply(204)],
      ['delete', 200, jsonReply(200, {})],
      ['patch', 202, emptyReply(202)],
    ] as const
  ).map(([method, status, answer]) => ({
    name: `${method}-answered-with-${status}`,
    promise: `${method.toUpperCase()} on the path is no documented call: it is refused with a client error, not answered with ${status}`,
    finds: { place: 'method*' },
    hooks: intercept((call) => (call.method === method.toUpperCase() ? answer : undefined)),
  })),
]

/** Authentication, and methods that nobody documented. */
export const auth = broken('auth', [...accepted, ...garbage, ...refusals, ...methods])
