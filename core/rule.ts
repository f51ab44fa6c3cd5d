import type { DocsPlace } from './place'
import type { Zone } from './zone'

/** What a target owes to a request. One table for every rule: `contracts/checks/status.ts` reads it. */
export interface Owes {
  /** `required`: only the documented success will do. `allowed`: it may succeed. `forbidden`: it must not.
   *  `harmless`: any 2xx or 3xx will do, as long as nothing is created (GET, HEAD, OPTIONS). */
  readonly success: 'required' | 'allowed' | 'forbidden' | 'harmless'
  /** `documented`: only a client error that the docs state, in its documented shape. `any`: every 4xx, of any shape. `forbidden`: none. */
  readonly clientError: 'documented' | 'any' | 'forbidden'
  /** Statuses that are lawful besides, of any shape: 413 for a large body, 501 for a method that HTTP does not define. */
  readonly also?: readonly number[]
  /** HTTP itself may refuse before the API is reached (oversize header or URL, odd method): a 400 needs no documented shape, and the connection may close. */
  readonly httpMayRefuse?: boolean
  /** What it asks for is not there: 404 and 410 say so, in the shape that the docs state for just this status. */
  readonly absent?: true
  /** Equal payloads are sent on purpose: 409 is lawful. */
  readonly conflict?: boolean
}

/** One promise of the docs, as far as it can be told without its generator. */
export interface RuleInfo {
  /** `[OPERATION ]PLACE:KEYWORD[:VARIANT]`; the operation is left out where the document has one. */
  readonly id: string
  readonly operation: string
  readonly zone: Zone
  /** Where the request is touched, e.g. `body.spec.ingress.port`. */
  readonly place: string
  readonly keyword: string
  readonly variant?: string
  /** The promise in words, e.g. "port must be an integer". */
  readonly promise: string
  readonly docs?: DocsPlace
  readonly owes: Owes
}

/** A rule without what generates it. */
export function ruleInfo({ id, operation, zone, place, keyword, variant, promise, docs, owes }: RuleInfo): RuleInfo {
  return { id, operation, zone, place, keyword, ...(variant ? { variant } : {}), promise, ...(docs ? { docs } : {}), owes }
}
