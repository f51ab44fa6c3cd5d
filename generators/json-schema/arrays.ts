import type { Json } from '../../core/json'
import { type Drawn, edgy, none, pick, type Run, type Source, shuffled, type Variant } from './draw'
import type { Context, Plan } from './plan'
import type { Shape, Term } from './shape'
import { equal } from './values'

/** Items that some number of positions must hold; of the others none may, where `max` is finite. */
interface Need {
  readonly term: Term
  readonly min: number
  readonly max: number
  readonly from: number
  readonly groups: readonly number[]
}

/** Beyond what must be there, and for edges. */
const spare = 3
const longest = 40
/** Schemas that ask for more items than this are left alone. */
const mostItems = 20_000

export function arrays(context: Context, terms: readonly Term[], shape: Shape): Variant | undefined {
  const needs: readonly Need[] = [
    ...shape.contains.map((need) => ({ ...need, from: 0 })),
    ...shape.someItem.map(({ from, term }) => ({ term, from, min: 1, max: Number.POSITIVE_INFINITY, groups: [] })),
  ].sort((a, b) => a.max - b.max)
  const plain = new Map<number, Plan>()
  /** From here on all positions are alike. */
  const alike = Math.max(
    0,
    ...shape.items.flatMap(({ from, to }) => [from, to]).filter(Number.isFinite),
    ...shape.covers.map(({ items }) => items).filter(Number.isFinite),
    ...needs.map(({ from }) => from),
  )
  const needed = needs.reduce((sum, { min }) => sum + min, 0)
  const caps: number[] = []
  const placeableAt: boolean[] = []

  return {
    ...(shape.maxItems === 0 && shape.minItems === 0 ? { domain: [[]] } : {}),
    draw(run, height) {
      if (shape.minItems > mostItems) return none
      const most = Math.min(shape.maxItems, needs.length > 0 ? shape.minItems + needed + alike + longest : cap(height))
      if (most < shape.minItems || (height > 0 && !placeable(height - 1))) return none
      const least = Math.max(shape.minItems, Math.min(needed, most) === needed ? shape.minItems : 0)
      const first = length(run, least, most)
      const value = attempt(run, height, first)
      if (value !== none) return value
      const others = new Set([
        least,
        ...Array.from({ length: Math.min(most - least, needed + alike + 4) }, (_, i) => least + i + 1),
        first - 1,
        first + 1,
      ])
      for (const n of others) {
        if (n < least || n > most || n === first) continue
        const other = attempt(run, height, n)
        if (other !== none) return other
      }
      return none
    },
    why(height) {
      const path = terms[0]?.node.path ?? '#'
      if (shape.minItems > mostItems) return { keyword: 'minItems', path }
      if (needs.length > 0) return { keyword: 'contains', path }
      for (let i = 0; i < Math.min(shape.minItems, alike + 1); i++) if (!basic(i).fits(height - 1)) return basic(i).why(height - 1)
      return shape.unique ? { keyword: 'uniqueItems', path } : undefined
    },
  }

  function length(run: Run, least: number, most: number): number {
    if (run.room <= 0 || most === least) return least
    if (edgy(run)) return pick(run.random, [least, Math.min(least + 1, most), ...(most <= Math.max(longest, least) ? [most] : [])])
    // An empty array says little: at least one item comes more often.
    const top = Math.min(most, Math.max(least, needed + (needs.length > 0 ? alike : Math.min(alike, 6))) + Math.min(spare, run.room))
    return Math.min(top, Math.max(least, run.random.nextInt(Math.min(least, top), top)))
  }

  /** How long arrays without needs may be: up to where nothing fits. */
  function cap(height: number): number {
    const known = caps[height]
    if (known !== undefined) return known
    let i = 0
    while (i <= alike && basic(i).fits(height - 1)) i++
    const found = i > alike ? Number.POSITIVE_INFINITY : i
    caps[height] = found
    return found
  }

  /** Whether each need has a position that would do, left to itself: most of what is never found is told by this. */
  function placeable(height: number): boolean {
    const known = placeableAt[height]
    if (known !== undefined) return known
    const positions = Array.from({ length: Math.min(alike + 1, shape.maxItems) }, (_, i) => i)
    const found = needs.every(
      (need) =>
        need.min === 0 || positions.some((i) => i >= need.from && context.plan([...termsAt(i, needs, false), need.term]).fits(height)),
    )
    placeableAt[height] = found
    return found
  }

  function termsAt(i: number, chosen: readonly Need[], asked = true): Term[] {
    const found = shape.items.filter(({ from, to }) => from <= i && i < to).map(({ term }) => term)
    for (const { group, term } of shape.unevaluatedItems)
      if (
        !shape.covers.some(({ groups, items }) => i < items && groups.includes(group)) &&
        !chosen.some(({ groups }) => groups.includes(group))
      )
        found.push(term)
    if (asked) for (const { term } of chosen) found.push(term)
    return found
  }

  function basic(i: number): Plan {
    const at = Math.min(i, alike)
    const known = plain.get(at)
    if (known) return known
    const made = context.plan(termsAt(at, []))
    plain.set(at, made)
    return made
  }

  function attempt(run: Run, height: number, n: number): Drawn {
    if (n === 0 && !shape.repeated && needs.every(({ min }) => min === 0)) return []
    if (height <= 0) {
      context.truncated = true
      return none
    }
    const placed = needs.length > 0 ? assign(run.random, height - 1, n) : undefined
    if (needs.length > 0 && !placed) return none
    const plans = placed?.map((of) => context.plan(of)) ?? Array.from({ length: n }, (_, i) => basic(i))
    run.room -= n
    if (shape.repeated) return repeating(run, height - 1, plans)
    if (shape.unique) return distinct(run, height - 1, plans)
    const items: Json[] = []
    for (const plan of plans) {
      const item = plan.draw(run, height - 1)
      if (item === none) return none
      items.push(item)
    }
    return items
  }

  /** What each position must keep, with the needs spread over positions that can take them. */
  function assign(random: Source, height: number, n: number): readonly (readonly Term[])[] | undefined {
    const chosen: Need[][] = Array.from({ length: n }, () => [])
    const refused: Term[][] = Array.from({ length: n }, () => [])
    const at = (i: number, more: readonly Need[] = [], not: readonly Term[] = []) => [
      ...termsAt(i, [...(chosen[i] as Need[]), ...more]),
      ...(refused[i] as Term[]),
      ...not,
    ]
    const fits = (of: readonly Term[]) => context.plan(of).fits(height)
    for (let i = 0; i < n; i++) {
      if (fits(at(i))) continue
      // Left to itself it would not do: some need has to cover it.
      const cover = shuffled(random, needs).find((need) => need.from <= i && fits(at(i, [need])))
      if (!cover) return undefined
      ;(chosen[i] as Need[]).push(cover)
    }
    for (const need of needs) {
      const finite = need.max !== Number.POSITIVE_INFINITY
      const not: Term = { node: need.term.node, holds: !need.term.holds }
      const free: number[] = []
      let taken = 0
      for (let i = 0; i < n; i++) {
        const mine = chosen[i] as Need[]
        if (mine.includes(need)) taken++
        else if (finite && !fits(at(i, [], [not]))) {
          if (i < need.from || !fits(at(i, [need]))) return undefined
          mine.push(need)
          taken++
        } else if (i >= need.from && taken + free.length < Math.max(need.min * 4, 64) && fits(at(i, [need]))) free.push(i)
      }
      const most = Math.min(need.max, taken + free.length)
      const least = Math.max(need.min, taken)
      if (least > most) return undefined
      const count = Math.min(most, least + (random.nextInt(0, 2) === 0 ? random.nextInt(0, most - least) : 0))
      for (const i of shuffled(random, free).slice(0, count - taken)) (chosen[i] as Need[]).push(need)
      if (finite) for (const [i, mine] of chosen.entries()) if (!mine.includes(need)) (refused[i] as Term[]).push(not)
    }
    return chosen.map((_, i) => at(i))
  }

  function repeating(run: Run, height: number, plans: readonly Plan[]): Drawn {
    const pairs = shuffled(
      run.random,
      plans.slice(0, 12).flatMap((_, i) => plans.slice(0, i).map((_, j) => [i, j] as const)),
    )
    for (const [i, j] of pairs.slice(0, 30)) {
      const both = context.plan([...(plans[i] as Plan).terms, ...(plans[j] as Plan).terms])
      const same = both.fits(height) ? both.draw(run, height) : none
      if (same === none) continue
      const items = plans.map((plan, at) => (at === i || at === j ? same : plan.draw(run, height)))
      if (!items.includes(none)) return items as Json[]
    }
    return none
  }

  /** Positions with few values come first, so that others do not take theirs. */
  function distinct(run: Run, height: number, plans: readonly Plan[]): Drawn {
    const domains = new Map<Plan, readonly Json[] | undefined>()
    for (const plan of plans) if (!domains.has(plan)) domains.set(plan, plan.domain(height))
    const order = plans
      .map((plan, i) => ({ plan, i, domain: domains.get(plan) }))
      .sort((a, b) => (a.domain?.length ?? Number.POSITIVE_INFINITY) - (b.domain?.length ?? Number.POSITIVE_INFINITY))
    again: for (let attempts = 0; attempts < 12; attempts++) {
      const items: Json[] = new Array(plans.length)
      const used: Json[] = []
      const isNew = (value: Json) => !used.some((other) => equal(value, other))
      for (const { plan, i, domain } of order) {
        let value: Drawn = none
        if (domain) {
          const left = domain.filter(isNew)
          if (left.length === 0) continue again
          value = pick(run.random, left)
        } else
          for (let draws = 0; draws < 30; draws++) {
            // Of limits alone there may be too few.
            const drawn = plan.draw(draws < 10 ? run : { ...run, bias: undefined }, height)
            if (drawn === none || isNew(drawn)) {
              value = drawn
              break
            }
          }
        if (value === none) continue again
        items[i] = value
        used.push(value)
      }
      return items
    }
    return none
  }
}
