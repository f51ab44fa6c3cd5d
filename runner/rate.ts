/** Waits for so many milliseconds, or until the signal is aborted. */
type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>

/** Lets requests go one after another; shared by all that sends to a target. */
export type Pace = (signal: AbortSignal) => Promise<void>

/** Part by which requests are further apart than asked, as they are not written in the very moment when they may go. */
const margin = 0.03

/**
 * Spaces requests out evenly, so that no second holds more than it may, not even the first.
 * @param perSecond requests a second, at most
 */
export function createPace(perSecond: number, now: () => number = () => performance.now(), sleep: Sleep): Pace {
  const apart = (1000 / perSecond) * (1 + margin)
  let last = Number.NEGATIVE_INFINITY
  let queue = Promise.resolve()
  // Each counts from the moment when the one before really went: what a busy machine held up must not go in a bunch.
  async function turn(signal: AbortSignal): Promise<void> {
    for (let left = last + apart - now(); left > 0 && !signal.aborted; left = last + apart - now()) await sleep(Math.ceil(left), signal)
    if (!signal.aborted) last = now()
  }
  return (signal) => {
    queue = queue.then(() => turn(signal))
    return queue
  }
}

interface QuotaOptions {
  /** In all, at most. */
  readonly max?: number
  /** In any 60 seconds, at most. */
  readonly perMinute?: number
  readonly now?: () => number
  readonly sleep: Sleep
}

/** Bounds what is created: a request that may create something goes only if it may create one more, whatever becomes of those under way. */
export interface Quota {
  /** @returns whether the request may go; false: no more may be created */
  enter(signal: AbortSignal): Promise<boolean>
  /** @param created something was created, or may have been */
  leave(created: boolean): void
  /** No more may be created. */
  readonly spent: boolean
}

const minute = 60_000

export function createQuota({
  max = Number.POSITIVE_INFINITY,
  perMinute = Number.POSITIVE_INFINITY,
  now = () => performance.now(),
  sleep,
}: QuotaOptions): Quota {
  const recent: number[] = []
  const waiting: (() => void)[] = []
  let created = 0
  let underWay = 0

  const wake = () => {
    for (const go of waiting.splice(0)) go()
  }

  /** Milliseconds until another may go; infinite: when one that is under way has ended. */
  function wait(): number {
    while (recent.length > 0 && recent[0]! <= now() - minute) recent.shift()
    if (created + underWay >= max) return Number.POSITIVE_INFINITY
    if (recent.length + underWay < perMinute) return 0
    return recent.length >= perMinute ? recent[0]! + minute - now() : Number.POSITIVE_INFINITY
  }

  return {
    async enter(signal) {
      for (;;) {
        if (signal.aborted || created >= max) return false
        const milliseconds = wait()
        if (milliseconds <= 0) {
          underWay++
          return true
        }
        const woken = new Promise<void>((resolve) => waiting.push(resolve))
        signal.addEventListener('abort', wake, { once: true })
        await (Number.isFinite(milliseconds) ? Promise.race([woken, sleep(milliseconds + 1, signal)]) : woken)
        signal.removeEventListener('abort', wake)
      }
    },
    leave(isCreated) {
      underWay--
      if (isCreated) {
        created++
        recent.push(now())
      }
      wake()
    },
    get spent() {
      return created >= max
    },
  }
}
