import type { buildConnector, Dispatcher } from 'undici'
import type { Answer, Fault } from '../core/exchange'
import { bodyOfHeadFault, faultOf, type Progress, surplusFault, timeoutFault, unreachableFault } from './fault'
import { type Awaited, type Line, watch } from './line'
import { largeBody, pieces } from './pieces'
import { NotSendable } from './sendable'
import { Client as HttpClient } from './undici'

/** A request with its whole header section but for `Host`, `Connection` and `Content-Length`. */
export interface Written {
  readonly method: string
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body?: Buffer
}

/** What became of one request on the wire: exactly one of `answer` and `fault` is there. */
export interface Reply {
  /** Milliseconds since the epoch. */
  readonly sentAt: number
  readonly seconds: number
  readonly freshConnection: boolean
  readonly answer?: Answer
  readonly fault?: Fault
  /** The first bytes on this reused connection are no answer's beginning: they belong to the answer before. */
  readonly stray?: boolean
}

/** One slot: requests one after another, over one socket as long as the target keeps it open. */
export interface Connection {
  /**
   * @param how `fresh`: over a new socket; `timeout`: seconds to the answer, and between any two pieces of it
   * @throws NotSendable before anything is sent
   */
  send(request: Written, how: { readonly fresh: boolean; readonly timeout: number }): Promise<Reply>
  close(): Promise<void>
}

export interface ConnectionOptions {
  readonly origin: string
  readonly connect: buildConnector.connector
  /** Bytes of a body that are read. */
  readonly maxAnswerBytes: number
  now(): number
  /** Bytes came after the last whole answer had been given to the caller. */
  onSurplus(): void
}

/** A request that has no whole answer yet. */
interface Pending extends Awaited {
  /** Set when it is written. */
  line?: Line
  fresh: boolean
  sentAt: number
  started: number
  head?: Omit<Answer, 'body' | 'cut'>
  readonly chunks: Buffer[]
  bodyBytes: number
  /** When the latest piece of the answer came; the clock of `started`. */
  progressAt: number
  done: boolean
}

/** Milliseconds after the deadline in which an answer that waits in the socket may still be read, as this process may have been busy. */
const grace = 100
/** An answer that goes on coming may take so many times the timeout. */
const longestTimes = 3
/** A socket that dies while idle costs a dispatch; so many in a row are odd. */
const maxDispatches = 5

export function createConnection({ origin, connect, maxAnswerBytes, now, onSurplus }: ConnectionOptions): Connection {
  let line: Line | undefined
  let connectError: Error | undefined
  let client = createClient()

  function createClient(): HttpClient {
    return new HttpClient(origin, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 256 * 1024,
      keepAliveTimeoutThreshold: 500,
      connect: (options, callback) =>
        connect(options, (...[error, socket]) => {
          if (error) {
            connectError = error
            return callback(error, null)
          }
          line = watch(socket, onSurplus)
          callback(null, socket)
        }),
    })
  }

  function send(request: Written, { fresh, timeout }: { readonly fresh: boolean; readonly timeout: number }): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        fresh: true,
        sentAt: now(),
        started: performance.now(),
        begun: false,
        stray: false,
        bodiless: request.method === 'HEAD',
        chunks: [],
        bodyBytes: 0,
        progressAt: Number.NEGATIVE_INFINITY,
        done: false,
      }
      let controller: Dispatcher.DispatchController | undefined
      let dispatches = 0
      let timer = setTimeout(() => {
        timer = setTimeout(expire, grace)
      }, timeout * 1000)

      function end(): void {
        pending.done = true
        clearTimeout(timer)
        if (pending.line) pending.line.running = undefined
      }

      const reply = (what: { answer: Answer } | { fault: Fault }): Reply => ({
        sentAt: pending.sentAt,
        seconds: (performance.now() - pending.started) / 1000,
        freshConnection: pending.fresh,
        ...what,
      })

      function fail(fault: Fault): void {
        end()
        resolve({ ...reply({ fault }), stray: pending.stray })
      }

      function expire(): void {
        // An answer that goes on coming is slow, and hangs not.
        const quiet = performance.now() - pending.progressAt
        if (quiet < timeout * 1000 && performance.now() - pending.started < longestTimes * timeout * 1000) {
          timer = setTimeout(expire, timeout * 1000 - quiet)
          return
        }
        if (controller) {
          fail(timeoutFault(Math.max(timeout, (performance.now() - pending.started - grace) / 1000), progressOf(pending)))
          controller.abort(new Error('timeout'))
          return
        }
        fail(unreachableFault(new Error(`none within ${timeout} s`)))
        void client.destroy()
        client = createClient()
      }

      function complete(cut: boolean): void {
        end()
        const whole = pending.chunks.length === 1 ? pending.chunks[0]! : Buffer.concat(pending.chunks)
        const answer = { ...pending.head!, body: cut ? whole.subarray(0, maxAnswerBytes) : whole, cut }
        const answered = reply({ answer })
        const last = { surplus: pending.hasBody === true, given: false }
        pending.line!.last = last
        // Bytes behind the answer that came with it are seen by the next turn of the event loop.
        setImmediate(() => {
          last.given = true
          resolve(last.surplus ? { ...answered, answer: undefined, fault: pending.hasBody ? bodyOfHeadFault : surplusFault } : answered)
        })
      }

      function dispatch(): void {
        dispatches++
        client.dispatch(
          {
            method: request.method,
            path: request.path,
            ...(request.body && request.body.length > largeBody
              ? // undici takes iterables, its types do not name them.
                {
                  headers: [...request.headers, 'content-length', String(request.body.length)],
                  body: pieces(request.body, pending) as never,
                }
              : { headers: request.headers, body: request.body ?? null }),
          },
          {
            onRequestStart(started) {
              controller = started
              pending.line = line!
              pending.fresh = pending.line.requests++ === 0
              pending.sentAt = now()
              pending.started = performance.now()
              pending.line.running = pending
            },
            onResponseStart({ rawHeaders }, status, _headers, statusText = '') {
              // Interim answers (RFC 9110, 15.2) say nothing of the outcome.
              pending.progressAt = performance.now()
              if (status >= 200) pending.head = { status, statusText, headers: pairsOf(rawHeaders as Buffer[]) }
            },
            onResponseData(aborting, chunk) {
              if (pending.done) return
              pending.progressAt = performance.now()
              pending.chunks.push(chunk)
              pending.bodyBytes += chunk.length
              if (pending.bodyBytes <= maxAnswerBytes) return
              complete(true)
              aborting.abort(new Error('enough read'))
            },
            onResponseEnd() {
              if (!pending.done) complete(false)
            },
            onResponseError(_controller, error: NodeJS.ErrnoException) {
              if (pending.done) return
              if (pending.line) return fail(faultOf(error, pending.line.ended, progressOf(pending)))
              if (error === connectError) return fail(unreachableFault(error))
              if (/^UND_ERR_(INVALID_ARG|NOT_SUPPORTED|REQ_CONTENT_LENGTH_MISMATCH)$/.test(error.code ?? '')) {
                end()
                return reject(new NotSendable(error.message))
              }
              // The idle socket died under the request before it was written. undici may be walking its queue: ask it again afterwards.
              if (dispatches < maxDispatches && !client.destroyed) return void setImmediate(() => pending.done || dispatch())
              fail(unreachableFault(error))
            },
          },
        )
      }

      if (fresh && line && line.requests > 0) line.socket.destroy()
      dispatch()
    })
  }

  return { send, close: () => client.destroy() }
}

const progressOf = ({ begun, head, bodyBytes }: Pending): Progress => ({
  begun,
  bodyBytes,
  ...(head ? { head: { status: head.status, length: head.headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] } } : {}),
})

function pairsOf(raw: readonly Buffer[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i]!.toString('latin1'), raw[i + 1]!.toString('latin1')])
  return pairs
}
