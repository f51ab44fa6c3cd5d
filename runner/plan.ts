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
  /** In their order. They are made on the way, as there may be millions, and made the same each time they are gone through. */
  readonly items: Iterable<Item>
  /** Cases in all. */
  readonly cases: number
}

/** A plan of these items. */
export function planOf(items: Iterable<Item>): Plan {
  let count = 0
  for (const { cases } of items) count += cases.length
  return { items, cases: count }
}

/** Share of the request budget that the plan takes; the rest is for resends, shrinking and confirming. */
const mainShare = 0.93

/** Beyond this share of the requests the plan ends if anything has failed: the rest is for looking into it. */
const mostShare = 0.96

/** Counts the requests of a run. `take` says whether there may be one more, `isLow` whether the rest is needed to look into what has failed. */
export function createBudget(maxRequests: number): { take(): boolean; isLow(): boolean } {
  let sent = 0
  return { take: () => sent++ < maxRequests, isLow: () => sent > maxRequests * mostShare }
}

/** Cases that a budget of requests has room for. */
export const roomOf = (maxRequests: number): number => Math.max(1, Math.floor(maxRequests * mainShare))

/** The budget of requests that has room for so many cases. */
export function requestsFor(cases: number): number {
  const requests = Math.ceil(cases / mainShare)
  return roomOf(requests) < cases ? requests + 1 : requests
}

/** Valid requests go over fresh connections more often: a dropped connection can be blamed on the target only there. */
const freshShare = { accept: 0.5, reject: 0.2, either: 0.2 } as const

/** So many fresh connections find a fault once in a hundred; more would only cost time. */
const enoughFresh = 700
/** A server may count the requests of a connection: so many valid ones go over one. */
const row = 130

/** Cases that must pass to rule out a failure rate at 95 % (the rule of three, Hanley and Lippman-Hand 1983). @param rate 0–1 */
export const casesFor = (rate: number): number => Math.ceil(3 / rate)

/** Requests that it takes to send each rule so many cases at least. */
export const budgetFor = (sets: readonly RuleSet[], each: number): number =>
  requestsFor(sets.flatMap(({ rules }) => rules).reduce((sum, rule) => sum + Math.max(rule.fixed.length, each) * requestsOf(rule), 0))

/**
 * Allots the budget to operations and their rules, and orders their cases. Depends on the rules, the seed and the budget alone.
 * The first case of every rule comes first, so that a short run still reaches them all. Then the rules advance side by side, those of many
 * cases somewhat faster, so that what is likely comes early in each; then comes what is drawn by the seed. Large bodies come last: what they
 * leave behind at the target would slow all that follows.
 * @param options `each`: cases that every rule gets at least; its fixed ones again where it draws none
 */
export function makePlan(
  sets: readonly RuleSet[],
  options: { readonly seed: number; readonly maxRequests: number; readonly each?: number },
): Plan {
  const room = roomOf(options.maxRequests)
  const rooms = shares(sets, room, options)
  const allFresh = sets.reduce((sum, set) => {
    const countOf = counter(set.rules, rooms.get(set) ?? 0, options.each)
    return sum + set.rules.reduce((all, rule) => all + countOf(rule) * freshShare[rule.zone], 0)
  }, 0)
  const freshFactor = Math.min(1, enoughFresh / allFresh)
  const placed: Ordered[] = []
  const drawn: Drawn[] = []
  for (const set of sets) {
    const isOnly = sets.length === 1
    const own = place(set, rooms.get(set) ?? 0, { seed: options.seed, each: options.each ?? 0, freshFactor, isOnly })
    const kept = isOnly ? own.placed : within(inOrder(own.placed), rooms.get(set) ?? 0)
    placed.push(...kept)
    const left = isOnly ? room : (rooms.get(set) ?? 0) - costOf(kept)
    if (left > 0) drawn.push({ most: left, sources: own.drawn })
  }
  const first = within(inOrder(placed), room).map(
    ({ cases, inARow }): Item => ({ cases: inARow ? cases.map((planned) => ({ ...planned, fresh: false })) : cases, inARow }),
  )
  const isLarge = ({ cases }: Item) => cases.some(({ rule }) => rule.keyword === 'size')
  const left = room - costOf(first)
  const takesOne = drawn.every(({ sources }) => sources.every(({ rule }) => requestsOf(rule) === 1))
  const more = takesOne ? Math.min(left, mostDrawn(drawn)) : countOf(drawnItems(drawn, left))
  return {
    items: {
      *[Symbol.iterator]() {
        yield* first.filter((item) => !isLarge(item))
        yield* drawnItems(drawn, left)
        yield* first.filter(isLarge)
      },
    },
    cases: casesOf(first) + more,
  }
}

/** Cases that may be drawn, each of them one request. */
const mostDrawn = (drawn: readonly Drawn[]): number =>
  drawn.reduce(
    (sum, { most, sources }) =>
      sum +
      Math.min(
        most,
        sources.reduce((all, { from, to }) => all + to - from, 0),
      ),
    0,
  )

function countOf(items: Iterable<unknown>): number {
  let count = 0
  for (const _ of items) count++
  return count
}

const casesOf = (items: readonly { readonly cases: readonly Planned[] }[]): number =>
  items.reduce((sum, { cases }) => sum + cases.length, 0)

/** Requests that items take. */
const costOf = (items: readonly { readonly cases: readonly Planned[] }[]): number =>
  items.reduce((sum, { cases }) => sum + cases.reduce((all, { rule }) => all + requestsOf(rule), 0), 0)

/** Cases of one operation that belong together, and when they come, among all. */
interface Ordered {
  readonly at: number
  readonly cases: Planned[]
  readonly inARow: boolean
}

/** The cases of one operation that its rules draw, so many at most. */
interface Drawn {
  readonly most: number
  readonly sources: readonly Source[]
}

/** The drawn cases of one rule: those of the indexes `from` up to `to`, in which order and over which connection `rng` says. */
interface Source {
  readonly set: RuleSet
  readonly rule: Rule
  readonly from: number
  readonly to: number
  readonly rng: ReturnType<typeof random>
  readonly freshShare: number
}

/** What comes next of one source. */
interface Cursor {
  readonly source: Source
  readonly of: { left: number }
  readonly rng: ReturnType<typeof random>
  index: number
  at: number
  fresh: boolean
}

/** Merges the drawn cases of all rules: those of each are in order already, so that only the next of each is held. */
function* drawnItems(drawn: readonly Drawn[], room: number): Generator<Item> {
  const heap: Cursor[] = []
  for (const { most, sources } of drawn) {
    const of = { left: most }
    for (const source of sources) {
      const cursor = { source, of, rng: source.rng.clone(), index: source.from - 1, at: 0, fresh: false }
      if (advance(cursor)) heap.push(cursor)
    }
  }
  heap.sort((a, b) => a.at - b.at)
  for (let left = room; left > 0 && heap.length > 0; ) {
    const next = heap[0] as Cursor
    const { source, of, index, fresh } = next
    if (of.left > 0) {
      of.left -= requestsOf(source.rule)
      left -= requestsOf(source.rule)
      yield { cases: [{ set: source.set, rule: source.rule, index, fresh }], inARow: false }
    }
    if (of.left <= 0 || !advance(next)) {
      const last = heap.pop() as Cursor
      if (last === next) continue
      heap[0] = last
    }
    sink(heap)
  }
}

/** @returns whether there is one more */
function advance(cursor: Cursor): boolean {
  const { source, rng } = cursor
  cursor.index++
  if (cursor.index >= source.to) return false
  cursor.at = (cursor.index + rng.nextDouble()) / source.to
  cursor.fresh = rng.nextDouble() < source.freshShare
  return true
}

/** Puts the first of a heap, which has become greater, where it belongs. */
function sink(heap: Cursor[]): void {
  const moved = heap[0] as Cursor
  let at = 0
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]]
    const isRight = right !== undefined && left !== undefined && right.at < left.at
    const least = isRight ? right : left
    if (!least || least.at >= moved.at) break
    heap[at] = least
    at = 2 * at + (isRight ? 2 : 1)
  }
  heap[at] = moved
}

const requestsOf = ({ requests = 1 }: Rule): number => requests

/** How many cases each rule of an operation gets: the fixed ones, and of what is left by its weight. */
function counter(rules: readonly Rule[], room: number, each = 0): (rule: Rule) => number {
  const least = ({ fixed }: Rule) => Math.max(fixed.length, each)
  const spare = Math.max(0, room - rules.reduce((sum, rule) => sum + least(rule) * requestsOf(rule), 0))
  const weights = rules.reduce((sum, { weight }) => sum + weight, 0)
  return (rule) => least(rule) + (weights > 0 ? Math.floor((spare * rule.weight) / weights) : 0)
}

/** The same room for each operation: first for its fixed cases, where what one has no use for goes to the others; then for drawn ones. */
function shares(sets: readonly RuleSet[], room: number, { seed, each = 0 }: { readonly seed: number; readonly each?: number }) {
  const rooms = new Map<RuleSet, number>()
  let left = room
  const share = (order: readonly { readonly set: RuleSet; readonly need: number }[]) => {
    for (const [index, { set, need }] of order.entries()) {
      const own = Math.min(need, Math.floor(left / (order.length - index)))
      rooms.set(set, (rooms.get(set) ?? 0) + own)
      left -= own
    }
  }
  const fixed = ({ rules }: RuleSet) => rules.reduce((sum, rule) => sum + Math.max(rule.fixed.length, each) * requestsOf(rule), 0)
  const order = sets
    .map((set) => ({ set, need: fixed(set), chance: deriveSeed(seed, 'share', set.subject.id) }))
    .sort((a, b) => a.need - b.need || a.chance - b.chance)
  share(order)
  share(order.filter(({ set }) => set.rules.some(({ weight }) => weight > 0)).map(({ set }) => ({ set, need: room })))
  return rooms
}

function place(
  set: RuleSet,
  room: number,
  {
    seed,
    each,
    freshFactor,
    isOnly,
  }: { readonly seed: number; readonly each: number; readonly freshFactor: number; readonly isOnly: boolean },
): { readonly placed: Ordered[]; readonly drawn: Source[] } {
  const countOf = counter(set.rules, room, each)
  const longest = set.rules.filter(({ zone }) => zone === 'accept').sort((a, b) => b.fixed.length - a.fixed.length)[0]
  const placed: Ordered[] = []
  const drawn: Source[] = []
  for (const [position, rule] of set.rules.entries()) {
    const count = countOf(rule)
    const rng = random(seed, 'plan', rule.id)
    const groups = new Map<string, Planned[]>()
    // A small budget must not be spent on one row.
    const inARow = rule === longest && rule.fixed.length >= row && row <= room / 4
    const pace = Math.sqrt(rule.fixed.length)
    // The first case of a rule comes early, drawn or not.
    const listed = Math.min(count, Math.max(1, rule.fixed.length))
    for (let index = 0; index < listed; index++) {
      const drawnAt = index === 0 ? rng.nextDouble() / 1000 : (index + rng.nextDouble()) / pace
      // Of several operations each is reached at all, however small the budget is.
      const at = !isOnly && position === 0 && index === 0 ? drawnAt - 1 : drawnAt
      const planned = { set, rule, index, fresh: rng.nextDouble() < freshShare[rule.zone] * freshFactor }
      const mark = inARow && index < row ? 'row' : rule.fixed[index]?.together
      const group = mark === undefined ? undefined : groups.get(mark)
      if (group) group.push(planned)
      else {
        const cases = [planned]
        if (mark !== undefined) groups.set(mark, cases)
        placed.push({ at, cases, inARow: mark === 'row' })
      }
    }
    if (count > listed) drawn.push({ set, rule, from: listed, to: count, rng, freshShare: freshShare[rule.zone] * freshFactor })
  }
  return { placed, drawn }
}

const inOrder = (placed: readonly Ordered[]): Ordered[] =>
  placed
    .map((one) => ({ one, tie: one.cases[0]?.rule.id ?? '' }))
    .sort((a, b) => a.one.at - b.one.at || deriveSeed(a.tie) - deriveSeed(b.tie))
    .map(({ one }) => one)

/** As many as there is room for, in their order. */
function within(placed: readonly Ordered[], room: number): Ordered[] {
  let cases = 0
  return placed.filter(({ cases: group }) => {
    const requests = group.reduce((sum, { rule }) => sum + requestsOf(rule), 0)
    if (cases + requests > room) return false
    cases += requests
    return true
  })
}
