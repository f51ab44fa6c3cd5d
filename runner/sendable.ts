import type { WireRequest } from '../core/case'

/** A request that the HTTP client refuses to write as it is; nothing of it was sent. */
export class NotSendable extends Error {
  override readonly name = 'NotSendable'
  constructor(readonly reason: string) {
    super(`cannot be sent as it is: ${reason}`)
  }
}

/** RFC 9110, 5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const visible = /^[\x21-\xff]*$/
/** RFC 9110, 5.5: visible characters, spaces, tabs and bytes over 127. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/
/** They say how this message is framed, which is the client's to say. */
const framing = new Set(['transfer-encoding', 'keep-alive', 'upgrade', 'expect'])

/**
 * Why a request cannot be sent byte for byte, or undefined if it can. Header values and targets are characters up to U+00FF, one byte each.
 * @param request the request as its rule made it
 */
export function notSendable({ method, target, headers, body }: WireRequest): string | undefined {
  if (!token.test(method)) return `the method ${quoted(method)} is not a token`
  if (method === 'CONNECT') return 'CONNECT asks for a tunnel'
  if (!target.startsWith('/')) return `the target ${quoted(target)} does not begin with a slash`
  if (!visible.test(target)) return 'the target holds a space, a control character or one over U+00FF'
  let hosts = 0
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (!token.test(name)) return `the header name ${quoted(name)} is not a token`
    if (!fieldValue.test(value)) return `the header ${name} holds a control character or one over U+00FF`
    if (framing.has(lower)) return `the header ${name} is the client's`
    if (lower === 'connection' && !/^(close|keep-alive)$/i.test(value)) return `the header ${name} is the client's`
    if (lower === 'content-length' && value !== String(body?.length ?? 0)) return 'its Content-Length contradicts its body'
    if (lower === 'host' && ++hosts > 1) return 'it has two Host headers'
  }
  return undefined
}

const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
