import type { IncomingHttpHeaders } from 'node:http'
import type { buildConnector, Dispatcher } from 'undici'
import { type Answer, type Fault, header } from '../core/exchange'
import { bodyOfHeadFault, chunksOfOldFault, faultOf, type Progress, surplusFault, timeoutFault, unreachableFault } from './fault'
import { type Awaited, hasLineEndBehind, type Line, watch } from './line'
import { largeBody, packets, pieces } from './pieces'
import { NotSendable } from './sendable'
import { Client as HttpClient } from './undici'

/** A request with its whole header section but for `Host`, `Connection` and `Content-Length`. */
export interface Written {
  readonly method: string
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body?: Buffer
  /** The body goes in two packets. */
  readonly inPackets?: boolean
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

interface ConnectionOptions {
  readonly origin: string
  readonly connect: buildConnector.connector
  /** Bytes of a body that are read. */
  readonly maxAnswerBytes: number
  now(): number
  /** Bytes came after the last whole answer had been given to the caller. */
  onSurplus(): void
}

/** Milliseconds after the deadline in which an answer that waits in the socket may still be read, as this process may have been busy. */
const grace = 100
/** An answer that goes on coming may take so many times the timeout. */
const longestTimes = 3
/** What tells no length and is so many times longer than what is kept of it has no end. */
const endlessTimes = 4
/** Fields of interim answers that are kept. */
const mostInterim = 100
/** A socket that dies while idle costs a dispatch; so many in a row are odd. */
const maxDispatches = 5

export const createConnection = (options: ConnectionOptions): Connection => new HttpConnection(options)

class HttpConnection implements Connection {
  line?: Line
  connectError?: Error
  client: HttpClient

  constructor(readonly options: ConnectionOptions) {
    this.client = this.createClient()
  }

  send(request: Written, { fresh, timeout }: { readonly fresh: boolean; readonly timeout: number }): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (fresh && this.line && this.line.requests > 0) this.line.socket.destroy()
      new Pending(this, request, timeout, resolve, reject).start()
    })
  }

  close(): Promise<void> {
    return this.client.destroy()
  }

  /** Gives up what hangs. */
  renew(): void {
    void this.client.destroy()
    this.client = this.createClient()
  }

  private createClient(): HttpClient {
    const { origin, connect, onSurplus } = this.options
    return new HttpClient(origin, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 256 * 1024,
      keepAliveTimeoutThreshold: 500,
      connect: (options, callback) =>
        connect(options, (...[error, socket]) => {
          if (error) {
            this.connectError = error
            return callback(error, null)
          }
          this.line = watch(socket, onSurplus)
          callback(null, socket)
        }),
    })
  }
}

/** A request that has no whole answer yet. A class, as one is made for every request. */
class Pending implements Awaited, Dispatcher.DispatchHandler {
  /** Set when it is written. */
  line?: Line
  begun = false
  stray = false
  isOld = false
  misspelt: Fault | undefined = undefined
  hasBody?: boolean
  private readonly interim: (readonly [string, string])[] = []
  readonly bodiless: boolean
  head?: Omit<Answer, 'body' | 'cut'>
  bodyBytes = 0
  done = false
  private fresh = true
  private sentAt: number
  private started = performance.now()
  /** When the latest piece of the answer came; the clock of `started`. */
  private progressAt = Number.NEGATIVE_INFINITY
  private readonly chunks: Buffer[] = []
  private controller?: Dispatcher.DispatchController
  private dispatches = 0
  private timer?: NodeJS.Timeout

  constructor(
    private readonly connection: HttpConnection,
    private readonly request: Written,
    private readonly timeout: number,
    private readonly resolve: (reply: Reply) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.bodiless = request.method === 'HEAD'
    this.sentAt = connection.options.now()
  }

  private clock(): NodeJS.Timeout {
    return setTimeout(() => {
      this.timer = setTimeout(() => this.expire(), grace)
    }, this.timeout * 1000)
  }

  start(): void {
    this.dispatch()
    // Most are written at once, over a connection that is there.
    if (!this.controller && !this.done) this.timer = this.clock()
  }

  private dispatch(): void {
    this.dispatches++
    const { method, path, headers, body, inPackets } = this.request
    if (body && (inPackets || body.length > largeBody)) {
      const length = ['content-length', String(body.length)]
      const parts = inPackets ? packets(body, this) : pieces(body, this)
      // undici takes iterables, its types do not name them.
      this.connection.client.dispatch({ method, path, headers: [...headers, ...length], body: parts as never }, this)
    } else this.connection.client.dispatch({ method, path, headers, body: body ?? null }, this)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    this.line = this.connection.line!
    this.fresh = this.line.requests++ === 0
    this.sentAt = this.connection.options.now()
    this.started = performance.now()
    // What it waited for before, another request or the connection, is not the answer's time.
    clearTimeout(this.timer)
    this.timer = this.clock()
    this.line.running = this
  }

  onResponseStart({ rawHeaders }: Dispatcher.DispatchController, status: number, _headers: unknown, statusText = ''): void {
    this.progressAt = performance.now()
    const headers = pairsOf(rawHeaders as Buffer[])
    if (status >= 200) this.head = { status, statusText, headers, ...(this.interim.length > 0 ? { interim: this.interim } : {}) }
    // Interim answers (RFC 9110, 15.2) say nothing of the outcome.
    else if (this.interim.length < mostInterim) this.interim.push(...headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.done) return
    this.progressAt = performance.now()
    const most = this.connection.options.maxAnswerBytes
    if (this.bodyBytes <= most) this.chunks.push(chunk)
    this.bodyBytes += chunk.length
    // One that tells no length is followed for a while, to see whether it has an end.
    const isEndless = this.bodyBytes > most * endlessTimes
    if (this.bodyBytes <= most || !(isEndless || this.tellsLength())) return
    this.complete(isEndless && !this.tellsLength() ? { endless: true } : {})
    controller.abort(new Error('enough read'))
  }

  onResponseEnd(_controller: unknown, trailers: IncomingHttpHeaders): void {
    if (!this.done) this.complete(trailersOf(trailers))
  }

  onResponseError(_controller: unknown, error: NodeJS.ErrnoException): void {
    if (this.done) return
    if (this.line) this.fail(faultOf(error, this.line.ended, progressOf(this)))
    else if (error === this.connection.connectError) this.fail(unreachableFault(error))
    else if (/^UND_ERR_(INVALID_ARG|NOT_SUPPORTED|REQ_CONTENT_LENGTH_MISMATCH)$/.test(error.code ?? '')) {
      this.end()
      this.reject(new NotSendable(error.message))
    } else if (this.dispatches < maxDispatches && !this.connection.client.destroyed) {
      // The idle socket died under the request before it was written. undici may be walking its queue: ask it again afterwards.
      setImmediate(() => this.done || this.dispatch())
    } else this.fail(unreachableFault(error))
  }

  private expire(): void {
    // An answer that goes on coming is slow, and hangs not.
    const quiet = performance.now() - this.progressAt
    if (quiet < this.timeout * 1000 && performance.now() - this.started < longestTimes * this.timeout * 1000) {
      this.timer = setTimeout(() => this.expire(), this.timeout * 1000 - quiet)
      return
    }
    if (this.controller) {
      this.fail(timeoutFault(Math.max(this.timeout, (performance.now() - this.started - grace) / 1000), progressOf(this)))
      this.controller.abort(new Error('timeout'))
      return
    }
    this.fail(unreachableFault(new Error(`none within ${this.timeout} s`)))
    this.connection.renew()
  }

  private tellsLength(): boolean {
    return header(this.head!, 'content-length') !== undefined
  }

  private complete(more: Pick<Answer, 'endless' | 'trailers'>): void {
    this.end()
    const cut = this.bodyBytes > this.connection.options.maxAnswerBytes
    const whole = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks)
    const reply = this.reply()
    const body = cut ? whole.subarray(0, this.connection.options.maxAnswerBytes) : whole
    const answer = { ...this.head!, body, cut, ...more }
    const isChunked = () => header(this.head!, 'transfer-encoding') !== undefined
    const last = { surplus: this.hasBody === true || (!cut && hasLineEndBehind(this.line!, whole, isChunked)), given: false }
    const inHead = this.misspelt ?? (this.isOld && isChunked() ? chunksOfOldFault : undefined)
    this.line!.last = last
    // Bytes behind the answer that came with it are seen by the next turn of the event loop.
    setImmediate(() => {
      last.given = true
      const fault = this.hasBody ? bodyOfHeadFault : last.surplus ? surplusFault : inHead
      this.resolve(fault ? { ...reply, fault } : { ...reply, answer })
    })
  }

  private fail(fault: Fault): void {
    this.end()
    this.resolve({ ...this.reply(), fault, stray: this.stray })
  }

  private end(): void {
    this.done = true
    clearTimeout(this.timer)
    if (this.line) this.line.running = undefined
  }

  private reply(): Reply {
    return { sentAt: this.sentAt, seconds: (performance.now() - this.started) / 1000, freshConnection: this.fresh }
  }
}

const progressOf = ({ begun, head, bodyBytes }: Omit<Progress, 'head'> & { readonly head?: Omit<Answer, 'body' | 'cut'> }): Progress => ({
  begun,
  bodyBytes,
  ...(head ? { head: { status: head.status, length: header(head, 'content-length') } } : {}),
})

function trailersOf(fields: IncomingHttpHeaders): Pick<Answer, 'trailers'> {
  const pairs = Object.entries(fields).flatMap(([name, value = []]) => [value].flat().map((one): [string, string] => [name, one]))
  return pairs.length > 0 ? { trailers: pairs } : {}
}

function pairsOf(raw: readonly Buffer[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i]!.toString('latin1'), raw[i + 1]!.toString('latin1')])
  return pairs
}
