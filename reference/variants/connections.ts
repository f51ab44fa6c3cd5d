import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { headerValue, writeWhole } from '../pipeline'
import { gatewayReply, withHeaders } from '../replies'
import type { Call, Hooks, Reply, Writer } from '../stages'
import { type Definition, lawful } from '../variant'
import { anyReply, oneIn, pause, success, withBody } from './tools'
import { trailed } from './wire'

const socketOf = (call: Call): Socket => call.request.socket
const writing = (writer: Writer): Hooks => ({ write: () => writer })
/** Does something besides, before an answer is written. */
const beside = (act: (response: ServerResponse, call: Call) => void): Hooks => ({
  write: (next) => (reply, response, call) => {
    act(response, call)
    next(reply, response, call)
  },
})
const settings = (values: object): Hooks => ({
  server: (next) => (server) => {
    next(server)
    Object.assign(server, values)
  },
})
/** Said by the variant itself, so that no hint of a time-out is added. */
const unhinted = anyReply((reply) => withHeaders(reply, { Connection: 'keep-alive' }))
const delayed = (milliseconds: (call: Call) => number): Hooks => ({
  receive: (next) => async (call) => {
    await pause(milliseconds(call))
    return next(call)
  },
})

/** Ends the connection once the answer is out, without a word of it. */
const endAfter = (response: ServerResponse, call: Call): void => void response.once('finish', () => socketOf(call).end())

const head = ({ status, headers }: Reply, version: string, more: readonly string[]): string =>
  [`HTTP/${version} ${status} Answer`, ...Object.entries(headers).map(([key, value]) => `${key}: ${String(value)}`), ...more, '', ''].join(
    '\r\n',
  )
const hasBody = (reply: Reply, call: Call): boolean => call.method !== 'HEAD' && reply.status !== 204

/** The end of the connection is the end of the body (RFC 9112, section 6.3). */
const closeDelimited =
  (version: string): Writer =>
  (reply, _, call) => {
    socketOf(call).end(
      Buffer.concat([Buffer.from(head(reply, version, ['Connection: close'])), hasBody(reply, call) ? reply.body : Buffer.alloc(0)]),
    )
  }

const chunked =
  (size: number): Writer =>
  ({ status, headers, body }, response, call) => {
    if (status === 204) return writeWhole({ status, headers, body }, response)
    const { 'Content-Length': _, ...others } = headers as Record<string, string>
    response.writeHead(status, others)
    if (call.method !== 'HEAD') for (let at = 0; at < body.length; at += size) response.write(body.subarray(at, at + size))
    response.end()
  }

/** The answer in two parts, with a pause between. */
const dribbled: Writer = ({ status, headers, body }, response) => {
  if (status === 204) return writeWhole({ status, headers, body }, response)
  response.writeHead(status, { ...(headers as Record<string, string>), 'Content-Length': String(body.length) })
  response.write(body.subarray(0, 10))
  setTimeout(() => response.end(body.subarray(10)), 3)
}

const answers: readonly Definition[] = [
  {
    name: 'connection-closed-each-time',
    promise: 'a server may close each connection after one answer, and say so',
    hooks: anyReply((reply) => withHeaders(reply, { Connection: 'close' })),
  },
  {
    name: 'connection-closed-at-once',
    promise: 'a server may close a connection that is idle at once, without a hint',
    hooks: {
      ...unhinted,
      ...beside(endAfter),
    },
  },
  {
    name: 'connection-closed-after-5-ms',
    promise: 'a server may close a connection that was idle for a moment, without a hint',
    hooks: { ...settings({ keepAliveTimeout: 5, keepAliveTimeoutBuffer: 0 }), ...unhinted },
  },
  {
    name: 'keep-alive-of-one-second',
    promise: 'a server may close a connection that is idle for a second',
    hooks: settings({ keepAliveTimeout: 1000 }),
  },
  {
    name: 'ten-requests-for-a-connection',
    promise: 'a server may close a connection after some requests, and say so',
    hooks: anyReply((reply, call) => (call.ordinalOnConnection >= 10 ? withHeaders(reply, { Connection: 'close' }) : reply)),
  },
  {
    name: 'ten-requests-for-a-connection-untold',
    promise: 'a server may close a connection after some requests, without a hint',
    hooks: beside((response, call) => {
      if (call.ordinalOnConnection >= 10) endAfter(response, call)
    }),
  },
  {
    name: 'http-1-0',
    promise: 'a server may speak HTTP/1.0 and end each answer with its connection',
    hooks: writing(closeDelimited('1.0')),
  },
  { name: 'close-delimited', promise: 'an answer may end with its connection', hooks: writing(closeDelimited('1.1')) },
  { name: 'chunked', promise: 'an answer may be chunked', hooks: writing(chunked(1024)) },
  { name: 'chunked-in-pieces-of-7', promise: 'an answer may be chunked, in small chunks', hooks: writing(chunked(7)) },
  {
    name: 'trailers',
    promise: 'an answer may have fields behind its body',
    hooks: success((reply) => ({ ...reply, write: trailed({ 'Server-Timing': 'total;dur=3', 'X-Checksum': 'q2hlY2s=' }) })),
  },
  { name: 'dribbled', promise: 'an answer may come in parts', hooks: writing(dribbled) },
  { name: 'slow', promise: 'an answer may take 30 ms', hooks: delayed(() => 30) },
  { name: 'slow-first-answer', promise: 'the first answer may take a second', hooks: delayed((call) => (call.ordinal === 1 ? 1000 : 0)) },
  { name: 'slow-now-and-then', promise: 'an answer may take a quarter of a second now and then', hooks: () => slowOneIn(100) },
  {
    name: 'early-hints',
    promise: 'informational answers may come before the final one (RFC 9110, section 15.2)',
    hooks: beside((response) => response.writeProcessing()),
  },
  {
    name: 'gzip',
    promise: 'an answer may be compressed where the request does not forbid it (RFC 9110, section 12.5.3)',
    hooks: anyReply((reply, call) =>
      mayCompress(call, reply)
        ? withBody(withHeaders(reply, { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' }), gzipSync(reply.body))
        : reply,
    ),
  },
  {
    name: 'headers-in-lower-case',
    promise: 'header names have no case',
    hooks: anyReply((reply) => ({ ...reply, headers: mapNames(reply, (key) => key.toLowerCase()) })),
  },
  {
    name: 'headers-in-capitals',
    promise: 'header names have no case',
    hooks: anyReply((reply) => ({ ...reply, headers: mapNames(reply, (key) => key.toUpperCase()) })),
  },
  {
    name: 'many-headers',
    promise: 'an answer may hold further headers',
    hooks: anyReply((reply) =>
      withHeaders(reply, {
        Server: 'api-gateway',
        'X-Request-Id': randomUUID(),
        'Set-Cookie': ['a=1; Path=/', 'b=2; HttpOnly'],
        'Cache-Control': 'no-store',
        'Strict-Transport-Security': 'max-age=1',
      }),
    ),
  },
  {
    name: 'no-date',
    promise: 'a server without a clock sends no Date (RFC 9110, section 6.6.1)',
    hooks: beside((response) => {
      response.sendDate = false
    }),
  },
]

function slowOneIn(n: number): Hooks {
  const now = oneIn(n)
  return delayed(() => (now() ? 250 : 0))
}

const mapNames = ({ headers }: Reply, change: (key: string) => string): Reply['headers'] =>
  Object.fromEntries(Object.entries(headers).map(([key, value]) => [change(key), value]))

function mayCompress(call: Call, { status }: Reply): boolean {
  const accepted = call.request.headers['accept-encoding']
  return call.method !== 'HEAD' && status !== 204 && (accepted === undefined || /\bgzip\b|\*/.test(String(accepted)))
}

/** Answers a large body before it has come, and stops reading. */
const early = (limit: number, write: Writer): Hooks => ({
  head: (next) => (call) =>
    Number(headerValue(call, 'content-length') ?? 0) > limit
      ? { ...withHeaders(gatewayReply(413), { Connection: 'close' }), write }
      : next(call),
})

/** Reads on for a while, so that the answer is not lost in a reset (RFC 9112, section 9.6). */
const lingering: Writer = (reply, response, call) => {
  const socket = socketOf(call)
  call.request.resume()
  response.writeHead(reply.status, { ...(reply.headers as Record<string, string>), 'Content-Length': String(reply.body.length) })
  response.end(reply.body)
  setTimeout(() => socket.destroy(), 500).unref()
}

/** Closes at once in one of three cases. */
function abrupt(): Writer {
  let count = 0
  return (reply, response, call) => {
    if (++count % 3 !== 0) return lingering(reply, response, call)
    socketOf(call).end(Buffer.concat([Buffer.from(head(reply, '1.1', [`Content-Length: ${reply.body.length}`])), reply.body]), () =>
      socketOf(call).destroy(),
    )
  }
}

const large: readonly Definition[] = [
  {
    name: 'large-bodies-refused-early',
    promise: 'a server may refuse a large body before it has come',
    hooks: early(64 * 1024, lingering),
  },
  {
    name: 'bodies-above-1-kib-refused',
    promise: 'a server may refuse every body above 1 KiB',
    hooks: early(1024, lingering),
  },
  {
    name: 'large-bodies-refused-by-closing',
    promise: 'a server may refuse a large body and close, so that the answer is sometimes lost',
    hooks: () => early(64 * 1024, abrupt()),
  },
  {
    name: 'unknown-methods-501',
    promise: 'a method that HTTP does not define may be refused with 501',
    hooks: {
      server: (next) => (server) => {
        next(server)
        const [usual] = server.listeners('clientError')
        server.removeAllListeners('clientError')
        server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
          if (error.code === 'HPE_INVALID_METHOD' && socket.writable)
            socket.end('HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
          else usual?.(error, socket)
        })
      },
    },
  },
]

/** Freedoms of HTTP itself. */
export const connections = lawful([...answers, ...large])
