import { headerValue } from '../pipeline'
import { emptyReply, errorReply, gatewayReply, htmlReply, jsonReply, reply, withHeaders } from '../replies'
import type { Call, Hooks, Reply } from '../stages'
import { type Definition, lawful as define } from '../variant'
import { intercept, settled } from './tools'

const tooStrictUtf8Charset = (call: Call): boolean => !/^application\/json(;charset=utf-8)?$/.test(headerValue(call, 'content-type') ?? '')

/** What the gateway in front of the API, or the API itself, answers where HTTP leaves the choice. */
const unauthorized = (make: () => Reply): Hooks => ({ authenticate: (next) => (call) => next(call) && make() })
const otherMedia = (make: () => Reply): Hooks => ({ media: (next) => (call) => next(call) && make() })
const otherMethod = (make: (call: Call) => Reply | undefined): Hooks => ({
  route: (next) => (call) => (call.method === 'POST' ? next(call) : (make(call) ?? next(call))),
})
const challenge = { 'WWW-Authenticate': 'Bearer realm="asm"' }

const refusals: readonly Definition[] = [
  { name: 'missing-token-403', promise: 'a missing token may be refused with 403', hooks: unauthorized(() => gatewayReply(403)) },
  {
    name: 'missing-token-404',
    promise: 'a missing token may be refused with 404, so that nobody learns what is there',
    hooks: unauthorized(() => gatewayReply(404)),
  },
  {
    name: 'missing-token-400',
    promise: 'a missing token may be refused with the documented 400',
    hooks: unauthorized(() => errorReply(400, 'ASM.01010401', 'X-Auth-Token is missing')),
  },
  {
    name: 'missing-token-page',
    promise: 'a missing token may be refused with a page',
    hooks: unauthorized(() => withHeaders(htmlReply(401, 'Authorization Required'), challenge)),
  },
  {
    name: 'missing-token-empty-401',
    promise: 'a missing token may be refused without a body',
    hooks: unauthorized(() => emptyReply(401, { ...challenge, 'Content-Length': '0' })),
  },
  {
    name: 'token-checked-last',
    promise: 'a server may look at the body before the token',
    hooks: {
      authenticate: () => () => undefined,
      perform: (next, stages) => (call) =>
        settled(next(call), (made) => (made.status === 200 && !headerValue(call, 'x-auth-token') ? stages.gateway(401, call) : made)),
    },
  },
  {
    name: 'other-type-400',
    promise: 'another media type may be refused with the documented 400',
    hooks: otherMedia(() => errorReply(400, 'ASM.01010415', 'Content-Type is not supported')),
  },
  { name: 'other-type-406', promise: 'another media type may be refused with 406', hooks: otherMedia(() => gatewayReply(406)) },
  {
    name: 'other-type-page',
    promise: 'another media type may be refused with a page',
    hooks: otherMedia(() => htmlReply(415, 'Unsupported Media Type')),
  },
  { name: 'other-type-empty-415', promise: 'another media type may be refused without a body', hooks: otherMedia(() => emptyReply(415)) },
  {
    name: 'only-the-two-types',
    promise: 'a server may refuse spellings of Content-Type other than the two assumed ones',
    hooks: { media: (next, stages) => (call) => (tooStrictUtf8Charset(call) ? stages.gateway(415, call) : next(call)) },
  },
  {
    name: 'any-parameter-of-type',
    promise: 'a server may overlook parameters of application/json',
    hooks: {
      media: (next) => (call) => (/^application\/json\s*(;|$)/i.test(headerValue(call, 'content-type') ?? '') ? undefined : next(call)),
    },
  },
  { name: 'other-methods-404', promise: 'another method may be refused with 404', hooks: otherMethod(() => gatewayReply(404)) },
  {
    name: 'other-methods-bare-400',
    promise: 'another method may be refused by what stands before the API, with a 400 of its own',
    hooks: otherMethod(() => emptyReply(400)),
  },
  { name: 'other-methods-403', promise: 'another method may be refused with 403', hooks: otherMethod(() => gatewayReply(403)) },
  {
    name: 'other-methods-page',
    promise: 'another method may be refused with a page and without Allow',
    hooks: otherMethod(() => htmlReply(405, 'Not Allowed')),
  },
  {
    name: 'other-methods-close',
    promise: 'another method may be refused and the connection closed',
    hooks: otherMethod(() => withHeaders(gatewayReply(405), { Connection: 'close' })),
  },
  {
    name: 'reads-answered',
    promise: 'GET, HEAD and OPTIONS may be answered with 2xx',
    hooks: otherMethod(({ method }) => {
      if (method === 'GET' || method === 'HEAD') return jsonReply(200, [])
      return method === 'OPTIONS'
        ? withHeaders(reply(200, 'POST, OPTIONS', 'text/plain'), { Allow: 'POST, OPTIONS', 'Access-Control-Allow-Origin': '*' })
        : undefined
    }),
  },
  {
    name: 'odd-paths-404',
    promise: 'a mesh_id that is no UUID may be refused with 404',
    hooks: {
      media: (next, stages) => (call) => (/^[0-9a-f-]{36}$/.test(call.params.mesh_id ?? '') ? next(call) : stages.gateway(404, call)),
    },
  },
  {
    name: 'odd-paths-page',
    promise: 'a path with percent escapes may be refused by a web server',
    hooks: intercept((call) => (call.path.includes('%') ? htmlReply(400, 'Bad Request') : undefined)),
  },
  {
    name: 'long-paths-414',
    promise: 'a long path may be refused with 414',
    hooks: intercept((call) => (call.path.length > 500 ? gatewayReply(414) : undefined)),
  },
  {
    name: 'ranges-cut',
    promise: 'a proxy may cut the answer to a Range, of whatever method',
    hooks: {
      receive: (next) => async (call) => {
        const whole = await next(call)
        if (headerValue(call, 'range') === undefined || whole.status !== 200) return whole
        const cut = { ...whole, status: 206, body: whole.body.subarray(0, 2) }
        return withHeaders(cut, { 'Content-Range': `bytes 0-1/${whole.body.length}` })
      },
    },
  },
  {
    name: 'large-headers-431',
    promise: 'a large header may be refused with 431',
    hooks: intercept((call) => (call.request.rawHeaders.some((text) => text.length > 2000) ? gatewayReply(431) : undefined)),
  },
]

/** Refusals other than the plain server's, where HTTP leaves the choice. */
export const gateway = define(refusals)
