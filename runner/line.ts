import type { Socket } from 'node:net'

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
  /** The latest whole answer; `given`: the caller has it, `surplus`: more bytes came behind it. */
  last?: { surplus: boolean; given: boolean }
}

export interface Awaited {
  /** Bytes came. */
  begun: boolean
  /** They are no beginning of an answer, and the socket had served a request before: they belong to that one's answer. */
  stray: boolean
  /** The header section is whole. */
  readonly head?: object
}

/**
 * Follows a socket from its connecting on.
 * @param onSurplus bytes came behind the latest answer, after the caller had got it
 */
export function watch(socket: Socket, onSurplus: () => void): Line {
  const line: Line = { socket, requests: 0, ended: false }
  const read = socket.read.bind(socket)
  socket.read = (size?: number) => {
    const chunk: Buffer | null = read(size)
    const { running } = line
    if (chunk && running) {
      if (!running.begun) running.stray = line.requests > 1 && !'HTTP/'.startsWith(chunk.toString('latin1', 0, 5))
      running.begun = true
      if (!running.head) hideContinue(chunk)
    } else if (chunk) line.unasked ??= chunk.toString('latin1', 0, 12)
    return chunk
  }
  socket.on('end', () => {
    line.ended = true
  })
  socket.on('error', (error) => {
    const { last, running, unasked = '' } = line
    // A 408 on an idle connection announces its close (RFC 9110, 15.5.9).
    if (running || !last || last.surplus || !isParseError(error) || /^HTTP\/1.. 408/.test(unasked)) return
    last.surplus = true
    if (last.given) onSurplus()
  })
  return line
}

const isParseError = ({ code = '', message }: NodeJS.ErrnoException): boolean =>
  code.startsWith('HPE_') || (code === 'UND_ERR_SOCKET' && message === 'bad response')

/** undici drops a connection on `100 Continue`, which a client must be able to skip (RFC 9110, 15.2): told to it as 102, it is skipped. */
function hideContinue(chunk: Buffer): void {
  if (chunk.length >= 12 && /^HTTP\/1\.[01] 100$/.test(chunk.toString('latin1', 0, 12))) chunk[11] = 0x32
}
