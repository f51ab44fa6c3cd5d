import { digest } from '../core/seed'
import type { RuleSet } from '../generators/rules'
import { type Plan, planOf } from './plan'

/** One part of a run: `index` of `of`, from 1. */
export interface Shard {
  readonly index: number
  readonly of: number
}

/**
 * The part of a plan that one shard sends: whole rules, so many that all shards send about as much. The split depends on the plan alone, and
 * all shards together send what one run would.
 */
export function shardOf(
  sets: readonly RuleSet[],
  plan: Plan,
  { index, of }: Shard,
): { readonly sets: readonly RuleSet[]; readonly plan: Plan } {
  const costs = new Map<string, number>()
  for (const { rules } of sets) for (const { id } of rules) costs.set(id, 0)
  for (const { cases } of plan.items) for (const { rule } of cases) costs.set(rule.id, (costs.get(rule.id) ?? 0) + 1)
  const order = [...costs].sort(([a, costA], [b, costB]) => costB - costA || (digest(16, a) < digest(16, b) ? -1 : 1))
  const loads = Array.from({ length: of }, () => 0)
  const own = new Set<string>()
  for (const [id, cost] of order) {
    const least = loads.indexOf(Math.min(...loads))
    // A rule without a case in the plan weighs something too, or they would all go to one shard.
    loads[least]! += Math.max(cost, 0.5)
    if (least === index - 1) own.add(id)
  }
  return {
    sets: sets.map((set) => ({ ...set, rules: set.rules.filter(({ id }) => own.has(id)) })).filter(({ rules }) => rules.length > 0),
    plan: planOf({
      *[Symbol.iterator]() {
        for (const item of plan.items) if (own.has(item.cases[0]?.rule.id ?? '')) yield item
      },
    }),
  }
}
