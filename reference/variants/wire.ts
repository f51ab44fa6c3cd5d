import { gzipSync } from 'node:zlib'
import { errorReply, htmlReply, withHeaders } from '../replies'
import type { Call, Hooks, Reply, Writer } from '../stages'
import { broken, type Definition } from '../variant'
import {
  after,
  answer,
  anyReply,
  changeAt,
  drop,
  hang,
  intercept,
  internal,
  isMalformed,
  oneIn,
  parseBody,
  refusal,
  success,
  valueAt,
  withBody,
  withType,
} from './tools'

const socketOf = (call: Call) => call.request.socket
const lines = ({ status, headers }: Reply, more: readonly string[]): string =>
  [`HTTP/1.1 ${status} OK`, ...Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`), ...more, '', ''].join('\r\n')

/** Part of the body, and then the end of the connection. */
const truncated: Writer = ({ status, headers, body }, response, call) => {
  response.writeHead(status, { ...(headers as Record<string, string>), 'Content-Length': String(body.length) })
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => socketOf(call).destroy())
}

const withLength =
  (change: (length: number) => number): Writer =>
  ({ status, headers, body }, response) => {
    response.writeHead(status, { ...(headers as Record<string, string>), 'Content-Length': String(change(body.length)) })
    response.end(body)
  }

/** Writes bytes of its own and ends the connection. */
const raw =
  (make: (reply: Reply) => string | Buffer): Writer =>
  (reply, _, call) =>
    void socketOf(call).end(make(reply))

/** The beginning of the body, and then silence. */
const stalled: Writer = ({ status, headers, body }, response) => {
  response.writeHead(status, { ...(headers as Record<string, string>), 'Content-Length': String(body.length) })
  response.write(body.subarray(0, 20))
}

const framings: readonly (readonly [name: string, promise: string, write: Writer])[] = [
  ['body-truncated', 'the body of an answer is whole', truncated],
  ['content-length-too-large', 'Content-Length is the length of the body', withLength((length) => length + 7)],
  ['content-length-too-small', 'Content-Length is the length of the body', withLength((length) => length - 5)],
  [
    'content-length-doubled',
    'an answer has one Content-Length',
    raw((reply) =>
      Buffer.concat([
        Buffer.from(lines(reply, [`Content-Length: ${reply.body.length}`, `Content-Length: ${reply.body.length + 3}`])),
        reply.body,
      ]),
    ),
  ],
  [
    'content-length-no-number',
    'Content-Length is a number',
    raw((reply) => Buffer.concat([Buffer.from(lines(reply, ['Content-Length: many'])), reply.body])),
  ],
  [
    'chunks-without-end',
    'a chunked answer has an end',
    raw((reply) =>
      Buffer.concat([
        Buffer.from(`${lines(reply, ['Transfer-Encoding: chunked'])}${reply.body.length.toString(16)}\r\n`),
        reply.body,
        Buffer.from('\r\n'),
      ]),
    ),
  ],
  [
    'chunk-size-no-number',
    'chunks have their sizes',
    raw((reply) =>
      Buffer.concat([Buffer.from(`${lines(reply, ['Transfer-Encoding: chunked'])}size\r\n`), reply.body, Buffer.from('\r\n0\r\n\r\n')]),
    ),
  ],
  ['no-status-line', 'an answer begins with a status line', raw((reply) => reply.body)],
  [
    'malformed-status-line',
    'an answer begins with a status line',
    raw((reply) => lines(reply, []).replace(/^HTTP\/1\.1 \d+/, 'HTTP/1.1 OK')),
  ],
  [
    'malformed-header',
    'a header has a name and a value',
    raw((reply) => Buffer.concat([Buffer.from(lines(reply, ['this is no header', `Content-Length: ${reply.body.length}`])), reply.body])),
  ],
  ['stalled-body', 'an answer comes to its end', stalled],
  ['closed-after-head', 'the body of an answer is whole', raw((reply) => lines(reply, [`Content-Length: ${reply.body.length}`]))],
]

const framed = framings.map(([name, promise, write]) => ({
  name,
  promise,
  finds: { place: 'answer*' },
  hooks: success((reply) => ({ ...reply, write })),
}))

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le')
const bom = Buffer.from([0xef, 0xbb, 0xbf])
const json = (reply: Reply): string => reply.body.toString('utf8')

const encodings: readonly (readonly [name: string, promise: string, change: (reply: Reply) => Reply])[] = [
  ['gzip-claimed', 'Content-Encoding is true', (reply) => withHeaders(reply, { 'Content-Encoding': 'gzip' })],
  ['deflate-claimed', 'Content-Encoding is true', (reply) => withHeaders(reply, { 'Content-Encoding': 'deflate' })],
  ['brotli-claimed', 'Content-Encoding is true', (reply) => withHeaders(reply, { 'Content-Encoding': 'br' })],
  ['gzip-not-told', 'a body that is encoded says so', (reply) => withBody(reply, gzipSync(reply.body))],
  ['utf-16-claimed', 'the charset of an answer is true', (reply) => withType(reply, 'application/json; charset=utf-16')],
  ['utf-16-not-told', 'a JSON answer is UTF-8', (reply) => withBody(reply, utf16(json(reply)))],
  ['utf-16-told', 'a JSON answer is UTF-8', (reply) => withBody(withType(reply, 'application/json; charset=utf-16le'), utf16(json(reply)))],
  ['latin-1-claimed', 'the charset of an answer is true', (reply) => withType(reply, 'application/json; charset=iso-8859-1')],
  ['latin-1-not-told', 'a JSON answer is UTF-8', (reply) => withBody(reply, Buffer.from(json(reply), 'latin1'))],
  ['byte-order-mark', 'a JSON answer begins without a byte order mark', (reply) => withBody(reply, Buffer.concat([bom, reply.body]))],
  [
    'nul-behind',
    'the body of an answer is JSON, with nothing behind it',
    (reply) => withBody(reply, Buffer.concat([reply.body, Buffer.alloc(1)])),
  ],
  ['base64-body', 'the body of an answer is JSON', (reply) => withBody(reply, reply.body.toString('base64'))],
]

const encoded: readonly Definition[] = [
  ...encodings.map(([name, promise, change]) => ({ name: `answer-${name}`, promise, finds: { place: 'answer*' }, hooks: success(change) })),
  ...encodings
    .filter(([name]) => ['gzip-claimed', 'byte-order-mark', 'utf-16-claimed'].includes(name))
    .map(([name, promise, change]) => ({
      name: `error-${name}`,
      promise: `${promise}, also of an error`,
      finds: { place: 'answer*' },
      hooks: refusal(change),
    })),
]

const always: readonly Definition[] = [
  { name: 'success-gives-drop', promise: 'a valid request is answered', finds: { place: '*' }, hooks: success(() => drop) },
  { name: 'success-gives-hang', promise: 'a valid request is answered', finds: { place: '*' }, hooks: success(() => hang) },
  {
    name: 'refusal-gives-drop',
    promise: 'wrong parameters are answered with 400, not with a dropped connection',
    finds: { place: '*' },
    hooks: refusal(() => drop),
  },
  {
    name: 'first-of-connection-gives-drop',
    promise: 'each request is answered, also the first on its connection',
    finds: { place: '*' },
    hooks: () => ofFirst(2),
  },
]

/** Every n-th connection is dropped at its first request. */
function ofFirst(n: number): Hooks {
  let connections = 0
  return intercept((call) => (call.ordinalOnConnection === 1 && ++connections % n === 0 ? drop : undefined))
}

/** Once in 100: drawn, or at each hundredth. */
const sporadic: readonly (readonly [name: string, promise: string, fault: (reply: Reply, last: Reply) => Reply])[] = [
  ['500', 'a valid request is never answered with a status of 500, not even once in 100', () => internal],
  [
    '500-page',
    "a valid request is never answered with a web server's page of a 500, not even once in 100",
    () => htmlReply(500, 'Internal Server Error'),
  ],
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
  ...sporadic.map(([name, promise, fault]) => ({
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

const bodies: readonly Definition[] = [
  {
    name: 'answer-with-utf-8-of-surrogates',
    promise: 'a JSON answer is UTF-8: a character beyond the basic plane has four bytes there, not six',
    finds: { place: '*' },
    hooks: { serialise: (next) => (value, call) => surrogates(String(next(value, call))) },
  },
  {
    name: 'answer-cut-at-1200-bytes',
    promise: 'the body of an answer is whole, however long',
    finds: { place: '*' },
    hooks: success((reply) => withBody(reply, reply.body.subarray(0, 1200))),
  },
  {
    name: 'answer-length-in-characters',
    promise: 'Content-Length is the length of the body in bytes, not in characters',
    finds: { place: '*' },
    hooks: success((reply) => ({ ...reply, write: withLength(() => json(reply).length) })),
  },
  {
    name: 'malformed-error-truncated',
    promise: 'the body of an answer is whole, also for malformed JSON',
    finds: { place: '*' },
    hooks: refusal((reply) => ({ ...reply, write: truncated }), isMalformed),
  },
  {
    name: 'member-twice-in-metadata',
    promise: 'each member of the answer is there once',
    finds: { place: 'answer*' },
    hooks: success((reply) => withBody(reply, json(reply).replace('"metadata":{', '"metadata":{"uid":"","uid":"0",'))),
  },
]

/** CESU-8: each half of a surrogate pair by itself in three bytes. */
function surrogates(text: string): Buffer {
  const parts = text.split(/([\ud800-\udfff])/).filter((part) => part !== '')
  return Buffer.concat(
    parts.map((part) => {
      const unit = part.charCodeAt(0)
      if (part.length > 1 || unit < 0xd800 || unit > 0xdfff) return Buffer.from(part)
      return Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)])
    }),
  )
}

/** What a client sees of a server that breaks HTTP itself. */
export const wire = broken('wire', [...framed, ...encoded, ...always, ...rare, ...following, ...bodies])
