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

/** Cases that belong together; mostly one. */
export interface Item {
  readonly cases: readonly Planned[]
  /** One after another over one connection; the others at the same time. */
  readonly inARow: boolean
}

export interface Plan {
  readonly items: readonly Item[]
  /** Cases in all. */
  readonly cases: number
}

/** Share of the request budget that the plan takes; the rest is for resends, shrinking and confirming. */
const mainShare = 0.93
/** Valid requests go over fresh connections more often: a dropped connection can be blamed on the target only there. */
const freshShare = { accept: 0.5, reject: 0.2, either: 0.2 } as const

/** So many fresh connections find a fault once in a hundred; more would only cost time. */
const enoughFresh = 1000
/** Behind every fixed case. */
const drawnFrom = 1e6
/** A server may count the requests of a connection: so many valid ones go over one. */
const row = 130

/** Cases that must pass to rule out a failure rate at 95 % (the rule of three, Hanley and Lippman-Hand 1983). @param rate 0–1 */
export const casesFor = (rate: number): number => Math.ceil(3 / rate)

/** Requests that it takes to send each rule so many cases at least. */
export const budgetFor = (sets: readonly RuleSet[], each: number): number =>
  Math.ceil(sets.flatMap(({ rules }) => rules).reduce((sum, { fixed }) => sum + Math.max(fixed.length, each), 0) / mainShare) + 1

/**
 * Allots the budget to rules and orders their cases. Depends on the rules, the seed and the budget alone.
 * @param options `each`: cases that every rule gets at least; its fixed ones again where it draws none
 * The first case of every rule comes first, so that a short run still reaches them all. Then the rules advance side by side, those of many
 * cases somewhat faster, so that what is likely comes early in each; what is drawn by the seed comes last.
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
  const countOf = (rule: Rule) => least(rule) + (weights > 0 ? Math.floor((spare * rule.weight) / weights) : 0)
  const allFresh = rules.reduce((sum, { rule }) => sum + countOf(rule) * freshShare[rule.zone], 0)
  const thinned = Math.min(1, enoughFresh / allFresh)
  const longest = rules.filter(({ rule }) => rule.zone === 'accept').sort((a, b) => b.rule.fixed.length - a.rule.fixed.length)[0]?.rule
  const placed: { at: number; cases: Planned[]; inARow: boolean }[] = []
  for (const { set, rule } of rules) {
    const count = countOf(rule)
    const rng = random(options.seed, 'plan', rule.id)
    const groups = new Map<string, Planned[]>()
    // A small budget must not be spent on one row.
    const inARow = rule === longest && rule.fixed.length >= row && row <= room / 4
    const pace = Math.sqrt(rule.fixed.length)
    for (let index = 0; index < count; index++) {
      const isFixed = index < rule.fixed.length
      const at =
        index === 0 ? rng.nextDouble() / 1000 : isFixed ? (index + rng.nextDouble()) / pace : drawnFrom + (index + rng.nextDouble()) / count
      const planned = { set, rule, index, fresh: rng.nextDouble() < freshShare[rule.zone] * thinned }
      const mark = inARow && index < row ? 'row' : rule.fixed[index]?.together
      const group = mark === undefined ? undefined : groups.get(mark)
      if (group) group.push(planned)
      else {
        const cases = [planned]
        if (mark !== undefined) groups.set(mark, cases)
        placed.push({ at, cases, inARow: mark === 'row' })
      }
    }
  }
  placed.sort((a, b) => a.at - b.at || deriveSeed(a.cases[0]?.rule.id ?? '') - deriveSeed(b.cases[0]?.rule.id ?? ''))
  const items: Item[] = []
  let cases = 0
  for (const { cases: group, inARow } of placed) {
    if (cases + group.length > room) continue
    cases += group.length
    items.push({ cases: inARow ? group.map((planned) => ({ ...planned, fresh: false })) : group, inARow })
  }
  return { items, cases }
}
