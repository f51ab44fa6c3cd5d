import type { Socket } from 'node:net'
import type { Fault } from '../core/exchange'
import { noSpaceFault, versionFault } from './fault'

/** One socket, and what happened on it: undici does not tell when the first byte of an answer comes, nor what comes unasked. */
export interface Line {
  readonly socket: Socket
  /** Requests written on it. */
  requests: number
  /** The target closed its end. */
  ended: boolean
  /** The request whose answer is awaited. */
  running?: Awaited
  /** The first bytes that came while nothing was asked. */
  unasked?: string
  /** What came last. */
  latest?: Buffer
  /** The latest whole answer; `given`: the caller has it, `surplus`: more bytes came behind it. */
  last?: { surplus: boolean; given: boolean }
}

export interface Awaited {
  /** Bytes came. */
  begun: boolean
  /** They are no beginning of an answer, and the socket had served a request before: they belong to that one's answer. */
  stray: boolean
  /** It is an answer of HTTP/1.0. */
  isOld?: boolean
  /** What is wrong with its status line, though a parser takes it. */
  misspelt: Fault | undefined
  /** The header section is whole. */
  readonly head?: object
  /** It ends with its header section, as the answer to a HEAD does. */
  readonly bodiless: boolean
  /** More came, though it is bodiless. */
  hasBody?: boolean
}

/** Milliseconds in which a body may follow the head of a bodiless answer; undici closes the connection on the head. */
const bodyDelay = 100

/**
 * Follows a socket from its connecting on.
 * @param onSurplus bytes came behind the latest answer, after the caller had got it
 */
export function watch(socket: Socket, onSurplus: () => void): Line {
  const line: Line = { socket, requests: 0, ended: false }
  const read = socket.read.bind(socket)
  const held: Buffer[] = []
  let timer: NodeJS.Timeout | undefined
  const release = () => {
    clearTimeout(timer)
    timer = undefined
    if (held.length > 0) socket.emit('readable')
  }
  const surplus = () => {
    const { last } = line
    if (!last || last.surplus) return
    last.surplus = true
    if (last.given) onSurplus()
  }
  socket.read = (size?: number) => {
    const chunk: Buffer | null = held.length > 0 && !timer ? withoutBody(held, line.running) : read(size)
    const { running } = line
    if (chunk) line.latest = chunk
    if (chunk && running?.bodiless && running.hasBody === undefined) {
      held.push(chunk)
      // What has come by then is read before it is released, however busy this process was.
      timer ??= setTimeout(() => setImmediate(release), bodyDelay)
      return null
    }
    // A parser takes line ends before an answer for nothing; they are bytes behind the one before.
    if (chunk && !running?.begun && isLineEnd(chunk[0])) surplus()
    if (chunk && running) {
      if (!running.begun) {
        const start = chunk.toString('latin1', 0, 13)
        running.stray = line.requests > 1 && !'HTTP/'.startsWith(start.slice(0, 5))
        running.isOld = start.startsWith('HTTP/1.0')
        running.misspelt = misspelt(start, chunk[12])
      }
      running.begun = true
      if (!running.head) hideContinue(chunk)
    } else if (chunk) line.unasked ??= chunk.toString('latin1', 0, 12)
    return chunk
  }
  socket.on('end', () => {
    line.ended = true
    release()
  })
  socket.on('error', (error) => {
    release()
    if (!line.running && isParseError(error) && !isIdleTimeout(line)) surplus()
  })
  return line
}

function misspelt(start: string, behind: number | undefined): Fault | undefined {
  if (start.startsWith('HTTP/1.')) return isLineEnd(behind) ? noSpaceFault : undefined
  return start.startsWith('HTTP/') ? versionFault : undefined
}

const isLineEnd = (byte: number | undefined): boolean => byte === 13 || byte === 10

/**
 * Whether an answer is followed by line ends, which came with its last bytes and which the parser took for nothing.
 * @param body the answer's, whole
 * @param isChunked how its end is told
 */
export function hasLineEndBehind({ latest }: Line, body: Buffer, isChunked: () => boolean): boolean {
  if (!latest || !isLineEnd(latest.at(-1)) || isLineEnd(body.at(-1))) return false
  const came = latest.toString('latin1', Math.max(0, latest.length - 32))
  if (body.length === 0 || isChunked()) return /\r\n\r\n[\r\n]+$/.test(came)
  return came.replace(/[\r\n]+$/, '').endsWith(body.toString('latin1', Math.max(0, body.length - 16)))
}

/** What was held back, as far as it is the header section of an answer, or interim ones before it; what is behind is noted. */
function withoutBody(held: Buffer[], running: Awaited | undefined): Buffer {
  const whole = Buffer.concat(held.splice(0))
  let end = 0
  for (let interim = true; interim; ) {
    interim = /^HTTP\/1\.[01] 1\d\d/.test(whole.toString('latin1', end, end + 12))
    const found = whole.indexOf('\r\n\r\n', end)
    end = found < 0 ? whole.length : found + 4
  }
  if (running) running.hasBody = end < whole.length
  return whole.subarray(0, end)
}

/** A 408 on an idle connection announces its close (RFC 9110, 15.5.9); where this process was busy, it is read with the answer before it. */
const isIdleTimeout = ({ unasked, latest }: Line): boolean =>
  /^HTTP\/1.. 408/.test(unasked ?? '') || (unasked === undefined && (latest?.toString('latin1').search(/HTTP\/1\.[01] 408 /) ?? 0) > 0)

const isParseError = ({ code = '', message }: NodeJS.ErrnoException): boolean =>
  code.startsWith('HPE_') || (code === 'UND_ERR_SOCKET' && message === 'bad response')

/** undici drops a connection on `100 Continue`, which a client must be able to skip (RFC 9110, 15.2): told to it as 102, it is skipped. */
function hideContinue(chunk: Buffer): void {
  if (chunk.length >= 12 && /^HTTP\/1\.[01] 100$/.test(chunk.toString('latin1', 0, 12))) chunk[11] = 0x32
}
