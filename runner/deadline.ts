/** Seconds; a shortened deadline is never shorter. */
const shortest = 2
const timesSlowest = 20
const secondLooks = 4

/** How long an answer is waited for. After the first hang the wait is shortened, so that a run need not wait the whole time again and again. */
export interface Deadline {
  /** Seconds that the next request may take. */
  seconds(): number
  /** A whole answer came after so many seconds. */
  answered(seconds: number): void
  /**
   * Whether a request without an answer after `waited` seconds hangs. False: the deadline was a shortened one, and the request should be sent
   * once more with the whole time; that is said a few times in a run, and once a rule is known to hang no more for that rule.
   */
  believe(rule: string, waited: number): boolean
}

/** @param timeout seconds that any answer may take */
export function createDeadline(timeout: number): Deadline {
  const hanging = new Set<string>()
  let slowest = 0
  let looks = secondLooks
  return {
    seconds: () => (hanging.size === 0 ? timeout : Math.min(timeout, Math.max(shortest, timesSlowest * slowest))),
    answered(seconds) {
      slowest = Math.max(slowest, seconds)
    },
    believe(rule, waited) {
      if (waited >= timeout) hanging.add(rule)
      if (hanging.has(rule) || looks === 0) return true
      looks--
      return false
    },
  }
}
