import type { Judgement } from '../core/check'
import type { Exchange } from '../core/exchange'
import type { Zone } from '../core/zone'
import type { Seen } from './record'

/** Finds out why a run is to end before its plan does. */
export interface Ending {
  /** The first reason there was. */
  readonly reason: ReturnType<Seen['ended']>
  /** The target has answered something. */
  readonly answered: boolean
  /**
   * Whether the user or the clock ends it.
   * @param seconds of the run, that it may take until now
   */
  over(seconds: number): boolean
  /** Whether what is left of the request budget is kept for looking into what has failed. */
  saving(): boolean
  /** The client has sent nothing, as no more is allowed. */
  denied(): void
  /** Told of every exchange. */
  saw(exchange: Exchange): void
  /** Told of each case of the plan. */
  judged(exchange: Exchange, zone: Zone, judgement: Judgement): void
  /** A case of the plan failed. */
  failed(): void
}

export interface EndingParts {
  readonly concurrency: number
  /** Seconds for the whole run. */
  readonly maxTime: number
  /** Failing cases that end it. */
  readonly maxFailures?: number
  /** Whether little of the request budget is left. */
  readonly isLow?: () => boolean
  /** Tells whether no more may be created. */
  readonly quota?: { readonly spent: boolean }
  readonly signal?: AbortSignal
  /** Seconds since the start. */
  elapsed(): number
}

/** So many valid requests without one success, all refused for lack of rights or a missing precondition, end the run. */
const hopeless = 24
const unreachableTries = 5
/** So many times as many hangs as are under way, with no answer between, and the target has died. */
const silentTimes = 3

export function createEnding({ concurrency, maxTime, maxFailures, isLow, quota, signal, elapsed }: EndingParts): Ending {
  let reason: Ending['reason']
  let answered = false
  let passed = 0
  let refused = 0
  let failed = 0
  let unreachable = 0
  let silent = 0

  function over(seconds: number): boolean {
    if (signal?.aborted) reason ??= 'interrupted'
    else if (elapsed() > seconds) reason ??= 'time'
    return signal?.aborted === true || elapsed() > seconds
  }

  return {
    get reason() {
      return reason
    },
    get answered() {
      return answered
    },
    over,
    saving() {
      if (failed > 0 && isLow?.()) reason ??= 'budget'
      return reason === 'budget'
    },
    denied() {
      if (!over(maxTime)) reason ??= quota?.spent ? 'creates' : 'budget'
    },
    saw({ answer }) {
      answered ||= answer !== undefined
    },
    judged({ answer, fault }, zone, { notReached }) {
      if (answer) unreachable = 0
      silent = fault?.kind === 'timeout' ? silent + 1 : answer ? 0 : silent
      if (silent >= silentTimes * concurrency) reason ??= 'silent'
      if (fault?.kind === 'unreachable') unreachable++
      else if (zone === 'accept' && notReached) refused++
      else if (zone === 'accept') passed++
      if (unreachable >= unreachableTries) reason ??= answered ? 'gone' : 'unreachable'
      if (refused >= hopeless && passed === 0) reason ??= 'no rights'
    },
    failed() {
      failed++
      if (maxFailures !== undefined && failed >= maxFailures) reason ??= 'failures'
    },
  }
}
