import { createHash, randomBytes } from 'node:crypto'
import { isObject, type Json } from '../../core/json'
import { requestMember, requestMembers } from '../members'
import { headerValue } from '../pipeline'
import { emptyReply, errorReply, gatewayReply, htmlReply, jsonReply, reply, withHeaders } from '../replies'
import type { Call, Hooks, Problem, Reply } from '../stages'
import { type Definition, lawful as define } from '../variant'
import {
  answer,
  anyReply,
  changeAt,
  depthOf,
  hasTwice,
  intercept,
  isAssumed,
  isAt,
  isMalformed,
  overlook,
  parseBody,
  refusal,
  refuseWhen,
  settled,
  success,
  valueAt,
  withBody,
  withType,
} from './tools'

const description = requestMember('description')
const image = requestMember('spec.ingress.imageAddress')

const known = new Set(requestMembers.map(({ path }) => path.join('.')))
const objects = [[], ...requestMembers.filter(({ type }) => type === 'object').map(({ path }) => path)]

const hasUnknownMembers = (value: unknown): boolean =>
  objects.some((path) => {
    const at = valueAt(value, path)
    return isObject(at) && Object.keys(at).some((key) => !known.has([...path, key].join('.')))
  })

const hasOddNumber = (_: unknown, { body }: Call): boolean => /"port"\s*:\s*-?\d+[.eE]/.test(body.toString('latin1'))

const bounds: readonly Definition[] = [
  { name: 'lenient', promise: 'a server may take every value of the documented types', hooks: overlook(isAssumed) },
  {
    name: 'lenient-description',
    promise: 'a server may take any text as a description',
    hooks: overlook((problem) => isAssumed(problem) && isAt(problem, description.place)),
  },
  {
    name: 'any-mesh-accepted',
    promise: 'a server may take a mesh_id of any form',
    hooks: overlook((problem) => problem.place.startsWith('path.')),
  },
  {
    name: 'unknown-members-refused',
    promise: 'a server may refuse members that the documentation does not name',
    hooks: refuseWhen('body', hasUnknownMembers),
  },
  {
    name: 'odd-numbers-refused',
    promise: 'a server may refuse an integer that is written with a point or an exponent',
    hooks: refuseWhen('body.spec.ingress.port', hasOddNumber),
  },
  {
    name: 'strict',
    promise: 'a server may refuse whatever lies outside the assumptions: unknown members, members twice, odd numbers, deep nesting',
    hooks: refuseWhen(
      'body',
      (value, call) =>
        hasUnknownMembers(value) || hasOddNumber(value, call) || hasTwice(call.body.toString()) || depthOf(call.body.toString()) > 5,
    ),
  },
  {
    name: 'members-twice-refused',
    promise: 'a server may refuse an object that holds a name twice',
    hooks: refuseWhen('body', (_, call) => hasTwice(call.body.toString())),
  },
  {
    name: 'byte-order-mark-accepted',
    promise: 'a server may take a body that begins with a byte order mark (RFC 8259, section 8.1)',
    hooks: { decode: (next) => (body, call) => next(body, call).replace(/^\ufeff/, '') },
  },
  {
    name: 'invalid-utf-8-repaired',
    promise: 'a server may read bytes that are no UTF-8 as replacement characters',
    hooks: { decode: () => (body) => body.toString('utf8'), ...overlook(isAssumed) },
  },
  {
    name: 'lone-surrogates-replaced',
    promise: 'a lone surrogate may come back as U+FFFD',
    hooks: {
      ...overlook(isAssumed),
      serialise: (next) => (value, call) => String(next(value, call)).replace(/\\ud[89a-f][0-9a-f]{2}/g, '\ufffd'),
    },
  },
  {
    name: 'bodies-above-8-kib-refused',
    promise: 'a server may refuse a large body with 413',
    hooks: { perform: (next, stages) => (call) => (call.body.length > 8192 ? stages.gateway(413, call) : next(call)) },
  },
  {
    name: 'bodies-above-16-kib-refused-with-400',
    promise: 'a server may refuse a large body with 400',
    hooks: {
      perform: (next, stages) => (call) =>
        call.body.length > 16_384 ? stages.refuse([{ place: 'body', keyword: 'size', message: 'is too large' }], call) : next(call),
    },
  },
]

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
    name: 'large-headers-431',
    promise: 'a large header may be refused with 431',
    hooks: intercept((call) => (call.request.rawHeaders.some((text) => text.length > 2000) ? gatewayReply(431) : undefined)),
  },
]

const errors: readonly Definition[] = [
  {
    name: 'errors-quote-the-body',
    promise: 'an error message may quote what was sent',
    hooks: refusal((_, [problem], call) =>
      errorReply(400, 'ASM.01010001', `${problem!.place} ${problem!.message}: ${call.body.toString('utf8').slice(0, 2000)}`),
    ),
  },
  {
    name: 'errors-quote-the-value',
    promise: 'an error message may quote the value that was refused',
    hooks: refusal((_, [problem], call) =>
      errorReply(400, 'ASM.01010001', `${problem!.place} ${problem!.message}, not ${quoted(call, problem!)}`),
    ),
  },
  {
    name: 'errors-with-more-members',
    promise: 'an error may hold members that the documentation does not name',
    hooks: refusal((error, problems) =>
      jsonReply(400, {
        ...(parseBody(error) as object),
        requestId: randomBytes(8).toString('hex'),
        details: problems.map(({ place, message }) => ({ place, message })),
      }),
    ),
  },
  {
    name: 'errors-without-message',
    promise: 'an error need not hold more than errorCode',
    hooks: refusal(() => jsonReply(400, { errorCode: 'ASM.01010001' })),
  },
  {
    name: 'errors-by-rule',
    promise: 'the error code may differ from rule to rule',
    hooks: refusal((_, [problem]) =>
      errorReply(400, `ASM.0101${String(problem!.place.length % 10)}${problem!.keyword.toUpperCase()}`, problem!.message),
    ),
  },
  {
    name: 'errors-in-chinese',
    promise: 'an error message may be in any language',
    hooks: refusal(() => errorReply(400, 'ASM.01010001', '请求参数错误')),
  },
  {
    name: 'errors-in-both-shapes',
    promise: "an error may hold the gateway's members besides",
    hooks: refusal((error) =>
      jsonReply(400, { ...(parseBody(error) as object), error_code: 'ASM.01010001', error_msg: 'Invalid request' }),
    ),
  },
  {
    name: 'errors-with-status-inside',
    promise: 'an error may hold its status',
    hooks: refusal((error) => jsonReply(400, { code: 400, status: 'error', ...(parseBody(error) as object), data: null })),
  },
  {
    name: 'malformed-quoted',
    promise: 'the answer to malformed JSON may quote what was sent',
    hooks: refusal(
      (_, __, call) => errorReply(400, 'ASM.01010002', `Unexpected token in JSON: ${call.body.toString('utf8').slice(0, 500)}`),
      isMalformed,
    ),
  },
]

function quoted(call: Call, { place }: Problem): string {
  try {
    return JSON.stringify(valueAt(JSON.parse(call.body.toString('utf8')), place.split('.').slice(1)))?.slice(0, 2000) ?? 'nothing'
  } catch {
    return 'that'
  }
}

const shapes: readonly Definition[] = [
  {
    name: 'more-members',
    promise: 'an answer may hold members that the documentation does not name',
    hooks: answer((task) => {
      const more = changeAt({ apiVersion: 'v2', kind: 'Workshop', ...(task as object) }, ['metadata'], (value) => ({
        ...(value as object),
        labels: {},
        annotations: null,
        generation: 1,
      }))
      return changeAt(more, ['status'], (value) => ({ phase: 'Creating', conditions: [], ...(value as object), errorCode: '' }))
    }),
  },
  {
    name: 'defaults-filled-in',
    promise: 'a member that was not sent may be filled in',
    hooks: answer((task) =>
      changeAt(
        changeAt(task, description.path, (text) => text ?? ''),
        image.path,
        (text) => text ?? 'swr.example.com/asm/workshop:1.0',
      ),
    ),
  },
  {
    name: 'charset-told',
    promise: 'an answer may tell its charset',
    hooks: anyReply((made) =>
      made.headers['Content-Type'] === 'application/json' ? withType(made, 'application/json;charset=utf-8') : made,
    ),
  },
  {
    name: 'charset-in-capitals',
    promise: 'a charset has no case',
    hooks: anyReply((made) =>
      made.headers['Content-Type'] === 'application/json' ? withType(made, 'application/json; charset="UTF-8"') : made,
    ),
  },
  {
    name: 'pretty-printed',
    promise: 'JSON may hold white space',
    hooks: { serialise: () => (value) => `${JSON.stringify(value, null, '\t')}\r\n` },
  },
  {
    name: 'ascii-only',
    promise: 'JSON may escape any character',
    hooks: success((made) =>
      withBody(
        made,
        made.body
          .toString('utf8')
          .replace(/[\u007f-\uffff]/g, escaped)
          .replaceAll('/', '\\/'),
      ),
    ),
  },
  { name: 'members-reversed', promise: 'the members of an object have no order', hooks: answer(reversed) },
  {
    name: 'port-with-point',
    promise: '8080.0 is the same number as 8080',
    hooks: success((made) => withBody(made, made.body.toString('utf8').replace(/("port":\d+)(?=[,}])/, '$1.0'))),
  },
]

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

function reversed(value: unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member) as Json]),
  )
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()
const hour = 3_600_000

const forms: readonly (readonly [name: string, what: string, write: (at: number) => string])[] = [
  ['with-offset', 'RFC 3339 with an offset', (at) => iso(at + 8 * hour).replace('Z', '+08:00')],
  ['with-negative-offset', 'RFC 3339 with a negative offset', (at) => iso(at - 3.5 * hour).replace('Z', '-03:30')],
  ['in-nanoseconds-of-rfc-3339', 'RFC 3339 with nine digits of the second', (at) => iso(at).replace('Z', '123456Z')],
  ['in-seconds-of-rfc-3339', 'RFC 3339 without a fraction', (at) => iso(at).replace(/\.\d+/, '')],
  ['in-lower-case', 'RFC 3339 in lower case', (at) => iso(at).toLowerCase()],
  ['in-basic-form', 'the basic form of ISO 8601', (at) => iso(at).replace(/[-:]|\.\d+/g, '')],
  ['without-colon-in-offset', 'ISO 8601 with an offset without colon', (at) => iso(at + 2 * hour).replace('Z', '+0200')],
  ['as-http-date', 'an HTTP-date', (at) => new Date(at).toUTCString()],
  ['with-space', 'YYYY-MM-DD HH:mm:ss', (at) => iso(at).slice(0, 19).replace('T', ' ')],
  ['with-space-and-fraction', 'YYYY-MM-DD HH:mm:ss.SSS', (at) => iso(at).slice(0, 23).replace('T', ' ')],
  [
    'with-space-and-offset',
    'YYYY-MM-DD HH:mm:ss with an offset',
    (at) =>
      `${iso(at + 8 * hour)
        .slice(0, 19)
        .replace('T', ' ')} +0800`,
  ],
  ['of-go', "Go's default form", (at) => `${iso(at).slice(0, 23).replace('T', ' ')}456789 +0000 UTC`],
  ['in-epoch-seconds', 'seconds since the epoch as text', (at) => String(Math.floor(at / 1000))],
  ['in-epoch-milliseconds', 'milliseconds since the epoch as text', (at) => String(at)],
  ['in-local-time-without-zone', 'a local time without its zone', (at) => iso(at + 8 * hour).slice(0, 23)],
  [
    'in-american-time-without-zone',
    'a local time without its zone',
    (at) =>
      iso(at - 11 * hour)
        .slice(0, 19)
        .replace('T', ' '),
  ],
]

const clock = (milliseconds: number): Hooks => ({
  time: () => (_, call) => iso(call.at + milliseconds),
  ...anyReply((made, call) => withHeaders(made, { Date: new Date(call.at + milliseconds).toUTCString() })),
})

const times: readonly Definition[] = [
  ...forms.map(([name, what, write]) => ({
    name: `times-${name}`,
    promise: `a time may be written as ${what}`,
    hooks: { time: () => (_, call) => write(call.at) } satisfies Hooks,
  })),
  { name: 'clock-8-minutes-fast', promise: 'a clock may be some minutes fast', hooks: clock(8 * 60_000) },
  { name: 'clock-8-minutes-slow', promise: 'a clock may be some minutes slow', hooks: clock(-8 * 60_000) },
  {
    name: 'times-9-minutes-from-date',
    promise: 'a time may lie some minutes from the Date header',
    hooks: { time: () => (_, call) => iso(call.at - 9 * 60_000) },
  },
  {
    name: 'update-in-whole-seconds',
    promise: 'the two times may have different resolutions',
    hooks: { time: () => (kind, call) => (kind === 'created' ? iso(call.at) : iso(call.at).replace(/\.\d+/, '')) },
  },
  {
    name: 'update-later',
    promise: 'the update may be later than the creation',
    hooks: { time: () => (kind, call) => iso(call.at + (kind === 'updated' ? 1500 : 0)) },
  },
  {
    name: 'times-in-seconds-of-their-own',
    promise: 'many tasks may be created in one second',
    hooks: { time: () => (_, call) => iso(call.at - (call.at % 2000)).replace(/\.\d+/, '') },
  },
]

const uids: readonly (readonly [name: string, what: string, make: () => () => string])[] = [
  [
    'counted',
    'a number that counts up',
    () => {
      let n = 1_000_000
      return () => String(++n)
    },
  ],
  ['in-capitals', 'a UUID in capitals', () => () => randomBytes(16).toString('hex').toUpperCase()],
  ['short', 'a short text', () => () => `ws-${randomBytes(9).toString('base64url')}`],
  ['long', 'a long text', () => () => `urn:asm:workshop:${randomBytes(48).toString('hex')}`],
  [
    'hashed-from-counter',
    'a hash of what only the server knows',
    () => {
      let n = 0
      return () => createHash('sha256').update(`secret${++n}`).digest('hex')
    },
  ],
]

const ids: readonly Definition[] = uids.map(([name, what, make]) => ({
  name: `uid-${name}`,
  promise: `the uid may be ${what}`,
  hooks: (): Hooks => {
    const uid = make()
    return { uid: () => () => uid() }
  },
}))

/** Freedoms in what the API itself answers. */
export const lawful = define([...bounds, ...refusals, ...errors, ...shapes, ...times, ...ids])
