import { type Item, type Plan, type Planned, planOf } from './plan'

/** Part of the creates that the plan takes; the rest is for confirming, shrinking, and for what is taken although it had to be refused. */
const mainShare = 0.8
/** Part of these that cases in a row may take. */
const rowShare = 0.3

/** Whether the target may create something by a case, as far as the docs tell. */
export const mayCreate = ({ rule }: Planned): boolean => rule.owes.success === 'required' || rule.owes.success === 'allowed'

/**
 * A plan that creates no more than it may: of the cases that may create something those first that must be taken, one of each rule, then
 * what comes first; and all the others.
 */
export function withinCreates(plan: Plan, maxCreates = Number.POSITIVE_INFINITY): Plan {
  const room = Math.max(1, Math.floor(maxCreates * mainShare))
  const inRows = Math.max(1, Math.floor(room * rowShare))
  if (room === Number.POSITIVE_INFINITY) return plan
  const isOwed = ({ cases: [first, ...others] }: Item) => others.length === 0 && first?.index === 0 && first.rule.zone === 'accept'
  return planOf({
    *[Symbol.iterator]() {
      const owed = new Set<string>()
      for (const item of plan.items) if (owed.size < room && isOwed(item)) owed.add(item.cases[0]?.rule.id ?? '')
      let creates = owed.size
      for (const item of plan.items) {
        const cases = item.inARow ? item.cases.slice(0, inRows) : item.cases
        const isReserved = isOwed(item) && owed.has(cases[0]?.rule.id ?? '')
        const more = isReserved ? 0 : cases.filter(mayCreate).length
        if (more > 0 && creates + more > room) continue
        creates += more
        yield { ...item, cases }
      }
    },
  })
}
