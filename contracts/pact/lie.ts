import type { DocsPlace } from '../../core/place'
import type { Interaction, Pact, PactPath } from './pact'

/** What a pact expects and the documented API could never honour; a note, where it could but need not. */
export interface Lie {
  readonly level: 'finding' | 'note'
  /** Stable code of what is wrong: `unknown-member`, `type`, `status`, … */
  readonly kind: string
  /** Where the API is concerned, e.g. `body.spec.ingress.port`, `answer.body.metadata.uid`. */
  readonly place: string
  readonly message: string
  /** Where the pact says so. */
  readonly at: PactPath
  readonly promise?: string
  readonly docs?: DocsPlace
  /** Line of the OpenAPI document, from 1. */
  readonly line?: number
}

/** A lie with the interaction that tells it. */
export interface Told extends Lie {
  readonly pact: Pact
  readonly interaction: Interaction
  /** Id of the operation that it calls; none: the docs know no such operation. */
  readonly operation?: string
}
