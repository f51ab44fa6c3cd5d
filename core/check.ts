import type { Case } from './case'
import type { Follower, Resource } from './dependence'
import type { Exchange } from './exchange'
import type { Failure, Note } from './finding'
import type { Json } from './json'

/** What the judge says of one exchange. */
export interface Judgement {
  readonly failures: readonly Failure[]
  readonly notes: readonly Note[]
  /** The documented answer that this one was held to as a whole: its operation, and its status as the document has it. */
  readonly held?: { readonly operation: string; readonly status: string }
  /** Why this exchange says nothing of its rule: refused for lack of rights, state conflict, throttled. */
  readonly notReached?: string
  /** Beside `notReached`: what is wrong after all if other valid requests pass on the same URL and token, and this one is refused again and again. */
  readonly ifPersistent?: Failure
}

/** A failure that only the whole run shows (a uid seen twice), with the exchange that showed it. */
export interface RunFailure {
  readonly failure: Failure
  readonly exchange: Exchange
  /** Failing exchanges, and exchanges that could have shown it. */
  readonly count: number
  readonly outOf: number
}

/** Judges exchanges against the document; passed to the runner as a value. */
export interface Judge {
  /** Pure: the same exchange gets the same judgement, also while shrinking. */
  judge(exchange: Exchange): Judgement
  /** Takes a request into the memory of what was sent, before it is sent. */
  sending(made: Case): void
  /** Takes one exchange into the memory of the run (unique ids, constant times, what was sent). Called once for each exchange on the wire. */
  remember(exchange: Exchange): void
  /** Follows a sequence of requests about one kind of resource. */
  follow(resource: Resource): Follower
  /** What only the whole run shows. Called after the last exchange; may be called again after further `remember`s. */
  finish(): readonly RunFailure[]
  /** Whether a JSON object has the shape of a documented error of the case's operation. */
  isOwnError(made: Case, body: Readonly<Record<string, Json>>): boolean
  /** Seconds that the run should go on at least, so that a constant time can be told from a quick run; 0 if nothing waits. */
  readonly wants: number
}
