import { deriveSeed } from '../core/seed'
import { random } from '../generators/random'
import type { Rule } from '../generators/rule'
import type { RuleSet } from '../generators/rules'

/** One case to send, before it is built. */
export interface Planned {
  readonly set: RuleSet
  readonly rule: Rule
  readonly index: number
  /** Goes over a connection of its own: drawn from the seed, so that no stride of the target's own can hide from it. */
  readonly fresh: boolean
}

/** Cases that are sent at the same time; mostly one. */
export type Item = readonly Planned[]

export interface Plan {
  readonly items: readonly Item[]
  /** Cases in all. */
  readonly cases: number
}

/** Share of the request budget that the plan takes; the rest is for resends, shrinking and confirming. */
const mainShare = 0.9
/** Valid requests go over fresh connections more often: a dropped connection can be blamed on the target only there. */
const freshShare = { accept: 0.5, reject: 0.2, either: 0.2 } as const

/** Cases that must pass to rule out a failure rate at 95 % (the rule of three, Hanley and Lippman-Hand 1983). @param rate 0–1 */
export const casesFor = (rate: number): number => Math.ceil(3 / rate)

/** Requests that it takes to send each rule so many cases at least. */
export const budgetFor = (sets: readonly RuleSet[], each: number): number =>
  Math.ceil(sets.flatMap(({ rules }) => rules).reduce((sum, { fixed }) => sum + Math.max(fixed.length, each), 0) / mainShare) + 1

/**
 * Allots the budget to rules and orders their cases. Depends on the rules, the seed and the budget alone.
 * @param options `each`: cases that every rule gets at least; its fixed ones again where it draws none
 * The first case of every rule comes first, so that a short run still reaches them all; then the rules advance side by side.
 */
export function makePlan(
  sets: readonly RuleSet[],
  options: { readonly seed: number; readonly maxRequests: number; readonly each?: number },
): Plan {
  const room = Math.max(1, Math.floor(options.maxRequests * mainShare))
  const rules = sets.flatMap((set) => set.rules.map((rule) => ({ set, rule })))
  const least = ({ fixed }: Rule) => Math.max(fixed.length, options.each ?? 0)
  const fixed = rules.reduce((sum, { rule }) => sum + least(rule), 0)
  const weights = rules.reduce((sum, { rule }) => sum + rule.weight, 0)
  const spare = Math.max(0, room - fixed)
  const placed: { at: number; item: Planned[] }[] = []
  for (const { set, rule } of rules) {
    const count = least(rule) + (weights > 0 ? Math.floor((spare * rule.weight) / weights) : 0)
    const rng = random(options.seed, 'plan', rule.id)
    const together = new Map<string, Planned[]>()
    for (let index = 0; index < count; index++) {
      const at = index === 0 ? rng.nextDouble() / 1000 : (index + rng.nextDouble()) / count
      const planned = { set, rule, index, fresh: rng.nextDouble() < freshShare[rule.zone] }
      const mark = rule.fixed[index]?.together
      const company = mark === undefined ? undefined : together.get(mark)
      if (company) company.push(planned)
      else {
        const item = [planned]
        if (mark !== undefined) together.set(mark, item)
        placed.push({ at, item })
      }
    }
  }
  placed.sort((a, b) => a.at - b.at || deriveSeed(a.item[0]?.rule.id ?? '') - deriveSeed(b.item[0]?.rule.id ?? ''))
  const items: Item[] = []
  let cases = 0
  for (const { item } of placed) {
    if (cases + item.length > room) continue
    cases += item.length
    items.push(item)
  }
  return { items, cases }
}
