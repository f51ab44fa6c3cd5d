import type { Case } from './case'

/** An HTTP answer as received; nothing is decoded. */
export interface Answer {
  readonly status: number
  readonly statusText: string
  /** Header pairs in the order received, names in the target's own case. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
  /** Fields behind a chunked body (RFC 9110, 6.5), names in lower case; none: there were none. */
  readonly trailers?: readonly (readonly [string, string])[]
  /** Fields of the interim answers before it, such as 103; none: there were none. */
  readonly interim?: readonly (readonly [string, string])[]
  /** The body was longer than the client reads; `body` is its beginning. */
  readonly cut: boolean
  /** It told no length, and went on far beyond that. */
  readonly endless?: true
}

/** Why there is no whole answer. */
export interface Fault {
  /**
   * `timeout`: no whole answer in time. `closed`: the connection was closed before the answer was whole.
   * `malformed`: what came is not HTTP, or its framing contradicts itself. `unreachable`: no connection could be made.
   */
  readonly kind: 'timeout' | 'closed' | 'malformed' | 'unreachable'
  readonly message: string
  /** Something of the answer had come before (status line, part of the body). */
  readonly partial: boolean
  /** The status of an answer whose header section was whole, and told no length: it may go on without end. */
  readonly open?: number
}

/** One request and what became of it: exactly one of `answer` and `fault` is there. */
export interface Exchange {
  readonly case: Case
  /** Time of sending, milliseconds since the epoch. */
  readonly sentAt: number
  /** Seconds from sending to the last byte of the answer. */
  readonly seconds: number
  /** The request was the first on its connection. */
  readonly freshConnection: boolean
  /** Ordinal of the last request on the wire that belongs to this exchange, from 1, resends included. */
  readonly ordinal: number
  readonly answer?: Answer
  readonly fault?: Fault
  /** The requests of a sequence that went before, in order. */
  readonly before?: readonly Exchange[]
  /** Refused with the status by which this target tells of what is there already, as others do by 409. */
  readonly conflict?: true
  /** The target could not be judged by this exchange, after all patience: throttled (429), unavailable (503), a gateway's error. */
  readonly notReached?: string
}

/** The first value of a header, in whatever case it is named; undefined: there is none. */
export function header({ headers }: { readonly headers: readonly (readonly [string, string])[] }, name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (const [key, value] of headers) if (key.length === name.length && key.toLowerCase() === wanted) return value
  return undefined
}
