import type { RunFailure } from '../core/check'
import type { Failure } from '../core/finding'
import type { Context } from './context'

/** The ids of one member over a run, as data: the operation and place, and hashes of the ids in base64. */
export interface IdMemory {
  readonly key: string
  readonly answers: number
  readonly hashes: string
}

/** The part of a check that only the whole run shows. */
export interface RunCheck {
  remember(context: Context): void
  finish(): readonly RunFailure[]
  /** Seconds that the run should still go on. @param now milliseconds since the epoch */
  wants?(now: number): number
  /** The ids seen, compactly. */
  dump?(): readonly IdMemory[]
}

/** One kind of thing that can be wrong with an answer. */
export interface Check {
  readonly id: string
  readonly title: string
  /** A failure here explains whatever else is wrong with the answer: the checks after it are left out. */
  readonly decisive?: boolean
  /** Ids of checks whose failures of the same answer are told by a failure of this one. */
  readonly tells?: readonly string[]
  /** Looks at every answer, also at those that are not the API's own, or that say nothing of their rule. */
  readonly everyAnswer?: boolean
  look?(context: Context): readonly Failure[]
  /** Started once for each run. */
  start?(): RunCheck
}

export const none: readonly Failure[] = Object.freeze([])
