/** Seconds; a shortened deadline is never shorter. */
const shortest = 1
const timesUsual = 20
/** What so many of the answers take is usual. */
const usualShare = 0.95
const secondLooks = 3

/**
 * How long an answer is waited for. After the first hang of an operation its wait is shortened, so that a run need not wait the whole time again
 * and again; of other operations too while nothing is answered, as the target may be down.
 */
export interface Deadline {
  /** Seconds that the next request of an operation may take. */
  seconds(operation: string): number
  /** A whole answer came after so many seconds. */
  answered(seconds: number): void
  /**
   * Whether a request without an answer after `waited` seconds hangs. False: the deadline was a shortened one, and the request should be sent
   * once more with the whole time; that is said a few times in a run, as long as others are answered, and once a rule is known to hang no more
   * for that rule.
   */
  believe(made: { readonly rule: string; readonly operation: string }, waited: number): boolean
}

/** @param timeout seconds that any answer may take */
export function createDeadline(timeout: number): Deadline {
  const hanging = new Set<string>()
  const slow = new Set<string>()
  /** Answers by the power of two of their milliseconds. */
  const counts: number[] = []
  let answers = 0
  let answeredSince = true
  let looks = secondLooks

  /** Seconds within which the usual share of the answers came. */
  function usual(): number {
    let seen = 0
    const power = counts.findIndex((count) => {
      seen += count
      return seen >= usualShare * answers
    })
    return power < 0 ? 0 : 2 ** power / 1000
  }

  return {
    seconds: (operation) => (slow.has(operation) || !answeredSince ? Math.min(timeout, Math.max(shortest, timesUsual * usual())) : timeout),
    answered(seconds) {
      const power = Math.max(0, Math.ceil(Math.log2(seconds * 1000)))
      while (counts.length <= power) counts.push(0)
      counts[power]!++
      answers++
      answeredSince = true
    },
    believe({ rule, operation }, waited) {
      const isWhole = waited >= timeout
      if (isWhole) {
        hanging.add(rule)
        slow.add(operation)
      }
      const believed = hanging.has(rule) || looks === 0 || !answeredSince
      if (isWhole) answeredSince = false
      if (!believed) looks--
      return believed
    },
  }
}
