import { setTimeout as delay } from 'node:timers/promises'

export interface PatienceOptions {
  /** Requests at the same time, at most. */
  readonly concurrency: number
  /** Begin with one request at a time, and double that as long as the target answers as quickly as before. */
  readonly ramp?: boolean
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
  onPatience?(event: { readonly reason: string; readonly seconds: number; readonly concurrency: number }): void
}

/** Decides when the next request may go: one gate for all slots. */
interface Patience {
  /** Waits for a place; undefined: it is there already. `first`: before all who wait, for a request that is sent again. */
  enter(first: boolean): Promise<void> | undefined
  leave(): void
  /** Rounds of slowing down so far. Remembered when a request goes, so that many refusals of one moment slow down once. */
  readonly round: number
  /** The target asked for patience. `wait` in milliseconds as it asked; `fewer`: too many requests at the same time. */
  slowDown(event: { readonly reason: string; readonly round: number; readonly wait?: number; readonly fewer: boolean }): void
  /** The target answered a request without asking for patience, after so many seconds. */
  passed(seconds?: number): void
  /** So many rounds of slowing down were for nothing. */
  hurryUp(rounds: number): void
  readonly limit: number
  /** Lets all who wait go on at once. */
  close(): void
}

/** Milliseconds between two requests after the first refusal; doubled by each further one, shortened by each answer. */
const firstPace = 50
const longestPace = 30_000
const easing = 0.85
const growAfter = 100
const barredFor = 30_000
/** While the concurrency grows: answers at one level, at least; and what is slow, in seconds and in multiples of the quickest level. */
const fewest = 2
const queueSeconds = 0.25
const queueTimes = 4

/**
 * Back-off for a target that throttles: refusals halve the concurrency and space the requests out, answers undo both slowly, and a level of
 * concurrency that was refused is not tried again for 30 s.
 */
export function createPatience({ concurrency, ramp = false, now, sleep, onPatience }: PatienceOptions): Patience {
  const ending = new AbortController()
  const waiting: (() => void)[] = []
  const refusedAt = new Map<number, number>()
  let limit = ramp ? 1 : concurrency
  let ramping = ramp
  let quickest = Number.POSITIVE_INFINITY
  let slowness = 0
  let inFlight = 0
  let round = 0
  let inARow = 0
  let pace = 0
  let pausedUntil = 0
  let nextStart = 0
  let resting: AbortController | undefined
  const offset = Math.random()

  const wait = () => (ending.signal.aborted ? 0 : Math.max(pausedUntil, nextStart) - now())

  function start(): void {
    inFlight++
    nextStart = pace > 0 ? now() + pace : 0
  }

  function pump(): void {
    while (waiting.length > 0 && (inFlight < limit || ending.signal.aborted)) {
      const milliseconds = wait()
      if (milliseconds > 0) {
        rest(milliseconds)
        return
      }
      start()
      waiting.shift()?.()
    }
  }

  function rest(milliseconds: number): void {
    if (resting) return
    resting = new AbortController()
    const until = pausedUntil
    void sleep(milliseconds, AbortSignal.any([ending.signal, resting.signal])).then(() => {
      resting = undefined
      nextStart = 0
      if (pausedUntil === until) pausedUntil = 0
      pump()
    })
  }

  return {
    enter(first) {
      if (waiting.length === 0 && inFlight < limit && wait() <= 0) {
        start()
        return undefined
      }
      return new Promise((resolve) => {
        if (first) waiting.unshift(resolve)
        else waiting.push(resolve)
        pump()
      })
    },
    leave() {
      inFlight--
      pump()
    },
    get round() {
      return round
    },
    slowDown({ reason, round: seen, wait: asked, fewer }) {
      inARow = 0
      ramping = false
      const known = seen < round
      if (!known) {
        round++
        if (fewer) {
          refusedAt.set(limit, now())
          limit = Math.max(1, Math.floor(limit / 2))
        }
        if (!asked) pace = Math.min(longestPace, Math.max(firstPace, pace * 2))
      }
      // The golden ratio spreads the jitter evenly over the rounds, and the offset over runs side by side.
      const pause = asked || pace * (0.9 + 0.2 * ((offset + round * 0.618034) % 1))
      const longer = now() + pause > pausedUntil + 1
      if (asked || !known) pausedUntil = Math.max(pausedUntil, now() + pause)
      if (!known || (asked && longer)) onPatience?.({ reason, seconds: pause / 1000, concurrency: limit })
    },
    passed(seconds = 0) {
      pace = pace < firstPace / 5 ? 0 : pace * easing
      slowness += seconds
      if (ramping) {
        if (++inARow < Math.max(limit, fewest)) return
        const mean = slowness / inARow
        quickest = Math.min(quickest, mean)
        // Answers that take much longer are a queue in the target: it bears no more than this.
        if (mean > Math.max(queueSeconds, queueTimes * quickest)) {
          refusedAt.set(limit, now())
          limit = Math.max(1, Math.floor(limit / 2))
          ramping = false
        } else limit = Math.min(concurrency, limit * 2)
        if (limit === concurrency) ramping = false
        inARow = 0
        slowness = 0
        pump()
        return
      }
      if (++inARow < growAfter || limit >= concurrency || now() - (refusedAt.get(limit + 1) ?? -barredFor) < barredFor) return
      inARow = 0
      limit++
      pump()
    },
    hurryUp(rounds) {
      pace = pace < firstPace * 2 ** rounds ? 0 : pace / 2 ** rounds
      limit = Math.min(concurrency, limit * 2 ** rounds)
      pausedUntil = 0
      resting?.abort()
    },
    get limit() {
      return limit
    },
    close() {
      ending.abort()
      pump()
    },
  }
}

/** Sleeps by the machine's clock. */
export const sleepByClock = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  delay(milliseconds, undefined, { signal }).catch(() => undefined)
