import type { Fault } from '../core/exchange'

/** What is known of a request at the moment its answer failed. */
export interface Progress {
  /** Bytes of the answer came. */
  readonly begun: boolean
  /** The header section was whole; `length`: its Content-Length. */
  readonly head?: { readonly status: number; readonly length?: string }
  /** Bytes of the body that came. */
  readonly bodyBytes: number
}

const resets = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT'])

/**
 * What an error of the HTTP client means.
 * @param closed the target had ended the connection
 */
export function faultOf(error: NodeJS.ErrnoException, closed: boolean, progress: Progress): Fault {
  const code = error.code ?? ''
  const byTarget = closed || resets.has(code) || (code === 'UND_ERR_SOCKET' && !error.message.startsWith('bad '))
  if (byTarget) return { kind: 'closed', message: `the connection was closed ${reached(progress)}`, partial: progress.begun }
  return { kind: 'malformed', message: `the answer is not HTTP/1.1: ${malformation(error)}`, partial: progress.begun }
}

/** @param seconds that were waited */
export const timeoutFault = (seconds: number, progress: Progress): Fault => ({
  kind: 'timeout',
  message: `no whole answer within ${Number(seconds.toFixed(1))} s; the wait ended ${reached(progress)}`,
  partial: progress.begun,
  ...(progress.head && progress.head.length === undefined ? { open: progress.head.status } : {}),
})

export const unreachableFault = (error: NodeJS.ErrnoException): Fault => ({
  kind: 'unreachable',
  message: `no connection could be made: ${whyNot(error)}`,
  partial: false,
})

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return 'what answers there does not speak TLS; its URL may begin with http:'
  return message.replace(/\s*\n\s*/g, ' ').trim() || code || 'no reason given'
}

export const surplusFault: Fault = {
  kind: 'malformed',
  message:
    'bytes came after the end of the answer, on a connection where nothing had been asked: its Content-Length is too small, or it was sent twice',
  partial: true,
}

export const bodyOfHeadFault: Fault = {
  kind: 'malformed',
  message: 'a body follows the header section, which is where the answer to a HEAD ends',
  partial: true,
}

/** RFC 9112, section 6.1: a client has to take its framing for faulty. */
export const chunksOfOldFault: Fault = {
  kind: 'malformed',
  message: 'it is an answer of HTTP/1.0 with a Transfer-Encoding, which HTTP/1.0 does not have',
  partial: true,
}

/** RFC 9112, section 4: the space is sent also where no reason follows. */
export const noSpaceFault: Fault = {
  kind: 'malformed',
  message: 'no space follows the status code in its status line',
  partial: true,
}

/** RFC 9110, section 6.2: the version is that of the message. */
export const versionFault: Fault = {
  kind: 'malformed',
  message: 'its status line names another major version of HTTP than 1, by which it is framed',
  partial: true,
}

function reached({ begun, head, bodyBytes }: Progress): string {
  if (!begun) return 'before any byte of the answer'
  if (!head) return 'within the header section of the answer'
  return head.length === undefined ? `after ${bodyBytes} bytes of its body` : `after ${bodyBytes} of the ${head.length} bytes of its body`
}

function malformation({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return 'its header section is larger than 256 KiB'
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return 'its framing contradicts its Content-Length'
  if (message === 'bad upgrade') return 'it switches protocols unasked'
  return message.replace(/^Response does not match the HTTP\/1\.1 protocol \((.*)\)$/s, '$1')
}
