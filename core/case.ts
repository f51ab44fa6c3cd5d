import type { Json } from './json'
import type { Place } from './place'
import type { Owes } from './rule'
import type { Zone } from './zone'

/** A request as bytes: nothing between here and the socket changes it. */
export interface WireRequest {
  readonly method: string
  /** Raw request target, e.g. `/v2/meshes/…/workshops`. */
  readonly target: string
  /** Header pairs as sent, in order; `Host`, `Content-Length` and `Connection` are the client's. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: Buffer
}

/**
 * One change of the plain valid request. Data, so that it can be shrunk, shown and replayed.
 * - `set`: the member or header or path parameter gets this value (`raw`: this JSON text)
 * - `remove`: it is left out
 * - `rename`: it is sent under another name
 * - `insert`: the object at this place gets this member as well, even where it has one of that name
 * - `body`: the whole body is these bytes, base64
 */
export type Change =
  | { readonly at: Place; readonly set: Json }
  | { readonly at: Place; readonly raw: string }
  | { readonly at: Place; readonly remove: true }
  | { readonly at: Place; readonly rename: string }
  | { readonly at: Place; readonly insert: string; readonly raw: string; readonly first?: boolean }
  | { readonly at: readonly ['body']; readonly bytes: string }

/** A request that is about to be sent, with all that is needed to judge and to repeat it. */
export interface Case {
  readonly operation: string
  readonly rule: string
  /** Place of the case in its rule's sequence, from 0. */
  readonly index: number
  /** 0 at first; every resend under a new name adds 1. */
  readonly attempt: number
  readonly zone: Zone
  readonly owes: Owes
  readonly request: WireRequest
  /** What was changed against the plain valid request. Empty: the plain request itself. */
  readonly changes: readonly Change[]
  /** What the plain request of this case has in place of the values of the plain request: other values, as plain. None: nothing. */
  readonly varied?: readonly Change[]
  /** Its changes stand beside those that make the full request of the plain one. */
  readonly beside?: true
  /** Values of path and query parameters that earlier answers gave. */
  readonly learnt?: Readonly<Record<string, string>>
  /** Sent on a connection of its own. */
  readonly fresh: boolean
  /** Its body comes in two packets. */
  readonly inPackets?: true
}

/**
 * A case that no rule makes: nothing is owed to it.
 * @param what stands in place of the rule
 */
export const caseOfNoRule = (operation: string, what: string, request: WireRequest): Case => ({
  operation,
  rule: what,
  index: 0,
  attempt: 0,
  zone: 'either',
  owes: { success: 'allowed', clientError: 'any' },
  request,
  changes: [],
  fresh: false,
})
