import { setTimeout as delay } from 'node:timers/promises'
import type { Case } from '../core/case'
import type { Judgement } from '../core/check'
import type { Follower } from '../core/dependence'
import type { Exchange } from '../core/exchange'
import type { Rule, Sequence } from '../generators/rule'

interface WalkParts {
  readonly follower: Follower
  /** Sends a step; undefined: the run has ended. */
  send(made: Case): Promise<Exchange | undefined>
  /** Values of the parameters of the path under which things are created and listed. */
  readonly params: Readonly<Record<string, string>>
  readonly attempt: number
  readonly fresh: boolean
}

/**
 * Sends the requests of one sequence, one after another, until its end or until something is wrong.
 * @returns the last exchange, as one of the rule, with those before it; undefined: the run has ended
 */
export async function walk(
  rule: Rule & { readonly sequence: Sequence },
  index: number,
  { follower, send, params, attempt, fresh }: WalkParts,
): Promise<{ readonly exchange: Exchange; readonly judgement: Judgement } | undefined> {
  const { cases, make } = rule.sequence
  const before: Exchange[] = []
  let latest: Exchange | undefined
  let held: Judgement['held']
  const over = (judgement: Judgement) => {
    if (!latest) return undefined
    const made = { ...latest.case, rule: rule.id, operation: latest.case.operation, index, attempt, zone: rule.zone, fresh }
    return { exchange: { ...latest, case: made, before }, judgement }
  }
  for (const step of cases[index % cases.length] ?? []) {
    const own = follower.params(step)
    if (!own) return over({ failures: [], notes: [], notReached: 'the answer to the create does not tell what the thing is called' })
    for (let isAgain = false; ; isAgain = true) {
      const { made, mark } = make(step, index, { attempt, params: { ...params, ...own }, fresh: fresh && !latest })
      const exchange = await send(made)
      if (!exchange) return undefined
      if (latest && !isAgain) before.push(latest)
      latest = exchange
      const follows = follower.take(step, exchange, mark)
      if (follows.what === 'end') return over(follows.judgement)
      if (follows.what === 'next') {
        held = follows.held
        break
      }
      await delay(follows.pause)
    }
  }
  return over({ failures: [], notes: [], ...(held ? { held } : {}) })
}
