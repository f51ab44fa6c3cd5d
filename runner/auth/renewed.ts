import { AuthError } from '../../core/errors'
import type { Auth, Credential } from './auth'

/** A token as it was issued. */
export interface Issued {
  readonly header: readonly [string, string]
  /** Seconds that it is good for; none: until it is refused. */
  readonly lives?: number
}

/** Part of its life, at its end, in which a token is renewed rather than used; and the most of it, in seconds. */
const lastPart = 0.2
const longestLast = 300
/** Seconds between two attempts after one that failed. */
const retryAfter = 5
/** Refusals in a row, at most, before another credential is asked for. */
const mostPatience = 8

/**
 * A credential that is asked for, and asked for again before it expires and once on a 401. All requests share it.
 * @param issue asks for one; called by one request at a time
 * @param onSecret told each token before it is used
 * @throws AuthError if the first one is not to be had
 */
export async function createRenewed(
  issue: () => Promise<Issued>,
  onSecret: (secret: string) => void,
  now: () => number = () => performance.now(),
): Promise<Auth> {
  let problem: string | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<boolean> | undefined
  let count = 0
  /** Refusals of the current credential without an answer of another kind between. */
  let inARow = 0
  /** Renewals that did not help: a request that is refused for itself must not ask for a credential each time. */
  let fruitless = 0
  let current = await take()

  async function take(): Promise<{ credential: Credential; staleAt: number }> {
    const asked = now()
    const { header, lives } = await issue()
    onSecret(header[1])
    const staleAt = lives === undefined ? Number.POSITIVE_INFINITY : asked + (lives - Math.min(longestLast, lives * lastPart)) * 1000
    return { credential: { headers: [header], id: String(++count) }, staleAt }
  }

  /** One renewal at a time, whoever asks. */
  function renew(): Promise<boolean> {
    asking ??= (async () => {
      if (now() - triedAt < retryAfter * 1000) return false
      try {
        current = await take()
        problem = undefined
        return true
      } catch (error) {
        if (!(error instanceof AuthError)) throw error
        problem = error.message
        triedAt = now()
        return false
      }
    })().finally(() => {
      asking = undefined
    })
    return asking
  }

  return {
    token: current.credential.headers[0]![1],
    async credential() {
      if (now() >= current.staleAt) await renew()
      return current.credential
    },
    async refused({ id }, renewed) {
      if (renewed) fruitless = Math.min(mostPatience, fruitless + 1)
      if (id !== current.credential.id) return true
      inARow++
      if (inARow <= fruitless) return false
      inARow = 0
      return renew()
    },
    taken({ id }, renewed) {
      if (renewed) fruitless = 0
      if (id === current.credential.id) inARow = 0
    },
    problem: () => problem,
  }
}
