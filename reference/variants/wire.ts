import { gzipSync } from 'node:zlib'
import { withHeaders } from '../replies'
import type { Call, Hooks, Reply, Writer } from '../stages'
import { broken, type Definition } from '../variant'
import { anyReply, drop, hang, intercept, isMalformed, refusal, success, withBody, withType } from './tools'

export const socketOf = (call: Call) => call.request.socket
const lines = ({ status, headers }: Reply, more: readonly string[]): string =>
  [`HTTP/1.1 ${status} OK`, ...Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`), ...more, '', ''].join('\r\n')

/** Part of the body, and then the end of the connection. */
export const truncated: Writer = ({ status, headers, body }, response, call) => {
  response.writeHead(status, { ...(headers as Record<string, string>), 'Content-Length': String(body.length) })
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => socketOf(call).destroy())
}

/** The body in chunks, with fields behind it. */
export const trailed =
  (fields: Readonly<Record<string, string>>): Writer =>
  ({ status, headers, body }, response) => {
    response.writeHead(status, { ...(headers as Record<string, string>), Trailer: Object.keys(fields).join(', ') })
    response.write(body)
    response.addTrailers(fields)
    response.end()
  }

/** Fields in an interim answer before it. */
export const hinted =
  (fields: Readonly<Record<string, string>>): Writer =>
  ({ status, headers, body }, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style', ...fields })
    response.writeHead(status, headers as Record<string, string>)
    response.end(body)
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
  [
    'chunks-in-http-1-0',
    'an answer of HTTP/1.0 is not chunked (RFC 9112, section 6.1)',
    raw((reply) => {
      const head = lines(reply, ['Transfer-Encoding: chunked', 'Connection: close']).replace('HTTP/1.1', 'HTTP/1.0')
      return Buffer.concat([Buffer.from(`${head}${reply.body.length.toString(16)}\r\n`), reply.body, Buffer.from('\r\n0\r\n\r\n')])
    }),
  ],
  [
    'line-end-behind',
    'nothing comes behind the body of an answer, not even a line end',
    ({ status, headers, body }, response, call) => {
      response.writeHead(status, { ...(headers as Record<string, string>), 'Content-Length': String(body.length) })
      response.end(body, () => socketOf(call).write('\r\n'))
    },
  ],
  ['no-status-line', 'an answer begins with a status line', raw((reply) => reply.body)],
  [
    'malformed-status-line',
    'an answer begins with a status line',
    raw((reply) => lines(reply, []).replace(/^HTTP\/1\.1 \d+/, 'HTTP/1.1 OK')),
  ],
  [
    'no-space-behind-the-status-code',
    'a space follows the status code, also where no reason does (RFC 9112, section 4)',
    raw((reply) =>
      Buffer.concat([
        Buffer.from(lines(reply, [`Content-Length: ${reply.body.length}`]).replace(/^(HTTP\/1\.1 \d+) .*/, '$1')),
        reply.body,
      ]),
    ),
  ],
  [
    'http-2-in-the-framing-of-http-1',
    'the version of an answer is that of its framing (RFC 9110, section 6.2)',
    raw((reply) =>
      Buffer.concat([Buffer.from(lines(reply, [`Content-Length: ${reply.body.length}`]).replace(/^HTTP\/1\.1/, 'HTTP/2.0')), reply.body]),
    ),
  ],
  [
    'malformed-header',
    'a header has a name and a value',
    raw((reply) => Buffer.concat([Buffer.from(lines(reply, ['this is no header', `Content-Length: ${reply.body.length}`])), reply.body])),
  ],
  ['stalled-body', 'an answer comes to its end', stalled],
  ['closed-after-head', 'the body of an answer is whole', raw((reply) => lines(reply, [`Content-Length: ${reply.body.length}`]))],
]

/** Codes answers for those who ask, as middleware does. */
const coding = (isCoded: (reply: Reply) => boolean, spoil: (coded: Buffer, reply: Reply) => Reply): Hooks =>
  anyReply((reply, call) =>
    !isCoded(reply) ||
    reply.body.length === 0 ||
    call.method === 'HEAD' ||
    !/\bgzip\b/.test(String(call.request.headers['accept-encoding']))
      ? reply
      : withHeaders(spoil(gzipSync(reply.body), reply), { 'Content-Encoding': 'gzip' }),
  )

const coded: readonly Definition[] = [
  {
    name: 'gzip-of-long-answers-with-a-wrong-checksum',
    promise: 'a compressed answer is whole and true, also where only long ones are compressed',
    finds: { place: 'answer*' },
    hooks: coding(
      ({ body }) => body.length >= 900,
      (bytes, reply) => {
        bytes[bytes.length - 6]! ^= 0x55
        return withBody(reply, bytes)
      },
    ),
  },
  {
    name: 'gzip-of-refusals-twice',
    promise: 'the coding of an answer is told as often as it was done',
    finds: { place: 'answer*' },
    hooks: coding(
      ({ status }) => status === 400,
      (bytes, reply) => withBody(reply, gzipSync(bytes)),
    ),
  },
  {
    name: 'gzip-with-the-length-of-the-plain-body',
    promise: 'Content-Length is the length of the body as it is sent, compressed or not',
    finds: { place: 'answer*' },
    hooks: coding(
      () => true,
      (bytes, reply) => ({ ...withBody(reply, bytes), write: withLength(() => reply.body.length) }),
    ),
  },
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

const bodies: readonly Definition[] = [
  {
    name: 'head-with-body',
    promise: 'the answer to a HEAD ends with its header section',
    finds: { place: 'method' },
    hooks: anyReply((reply, call) =>
      call.method === 'HEAD'
        ? { ...reply, write: raw(() => Buffer.concat([Buffer.from(lines(reply, [`Content-Length: ${reply.body.length}`])), reply.body])) }
        : reply,
    ),
  },
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
export const wire = broken('wire', [...framed, ...coded, ...encoded, ...always, ...bodies])
