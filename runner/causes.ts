import { isDeepStrictEqual } from 'node:util'
import type { Change } from '../core/case'
import type { Exchange } from '../core/exchange'
import { type Failure, operationIn } from '../core/finding'
import { parseJson } from '../core/json'
import type { RuleInfo } from '../core/rule'
import type { RuleSet } from '../generators/rules'
import type { Records, RuleFailures, Rules } from './record'

/** Sorts failures by cause; a value passed in, as the runner does not know the checks. */
export type SortByCause = <B extends { rule: RuleInfo; failure: Failure; count: number }>(
  buckets: readonly B[],
  tried: readonly { rule: RuleInfo; judged: number }[],
) => readonly { buckets: readonly B[]; place: string; common?: string }[]

/** Whether one finding explains another; a value passed in likewise. */
export type Explains = (
  cause: { readonly failure: Failure; readonly flaky: boolean },
  other: { readonly failure: Failure; readonly flaky: boolean },
) => boolean

/** One cause, looked into: its smallest case, and whether it repeats. */
export interface Investigated<S extends Rules = RuleSet> {
  readonly buckets: readonly RuleFailures<S>[]
  readonly place: string
  readonly common?: string
  /** The failing rule whose case stands for all. */
  readonly lead: RuleFailures<S>
  readonly failure: Failure
  /** The smallest failing exchange. */
  readonly exchange: Exchange
  readonly changes: readonly Change[]
  readonly path: readonly (readonly Change[])[]
  readonly flaky: boolean
  /** It fails with other values of the plain request alone, but cannot be shrunk to them. */
  readonly variedOnly?: true
  /** The run ended before it could be sent again. */
  readonly unrepeated?: true
  readonly count: number
  readonly outOf: number
}

/** Sorts what failed by cause; what fails only beside other changes by itself. */
export function causesIn<S extends Rules>({ rules, failures }: Records<S>, sortByCause: SortByCause): readonly Cause<S>[] {
  const tried = [...rules.values()].map(({ rule, judged }) => ({ rule, judged }))
  const isBeside = ({ besideOnly, failure }: RuleFailures<S>) => besideOnly && !failure.anywhere
  return [false, true].flatMap((beside) =>
    sortByCause(
      failures.filter((bucket) => isBeside(bucket) === beside),
      tried,
    ),
  )
}

/** Cases that were judged, of all rules. */
export const judgedIn = <S extends Rules>({ rules }: Records<S>): number => [...rules.values()].reduce((sum, { judged }) => sum + judged, 0)

/** How a cause is looked into: by sending it again, or by what parts of the run have found out of it. */
interface Looker<S extends Rules> {
  /** undefined: it needs no finding. */
  confirm(cause: Cause<S>): Promise<Investigated<S> | undefined>
  smallest(found: Investigated<S>): Promise<Investigated<S>>
  /** Its case needs another request before it. */
  hasBefore(found: Investigated<S>): boolean
  /** Cases that were judged, of all rules. */
  readonly judged: number
}

export interface Cause<S extends Rules> {
  readonly buckets: readonly RuleFailures<S>[]
  readonly place: string
  readonly common?: string
}

/** Looks into causes one by one, and joins those that turn out to be the same. */
export async function lookInto<S extends Rules>(
  causes: readonly Cause<S>[],
  { confirm, smallest, hasBefore, judged }: Looker<S>,
  explains: Explains,
): Promise<readonly Investigated<S>[]> {
  const confirmed: Investigated<S>[] = []
  for (const cause of causes) {
    const found = await confirm(cause)
    if (found) confirmed.push(found)
  }
  blame(confirmed)
  const steady: Investigated<S>[] = []
  for (const found of confirmed.filter(({ flaky }) => !flaky).sort((a, b) => simplicity(a.lead) - simplicity(b.lead))) {
    if (explained(found, steady)) continue
    const least = await smallest(found)
    const within = steady.findIndex(
      (other) => share(other, least) && (isWithin(other, least) || (least.variedOnly && kindOf(other) === kindOf(least))),
    )
    const same = steady.findIndex((other) => share(other, least) && alike(other, least))
    if (within >= 0) steady[within] = withCounts(steady[within] as Investigated<S>, [least])
    else if (same >= 0) steady[same] = joined([steady[same] as Investigated<S>, least])
    else steady.push(least)
  }
  const flaky = groups(confirmed.filter((found) => found.flaky))
    .map(joined)
    .map((found) => placed(found, judged))
  // A flaky failure of a kind that is also seen steadily behind another request is the same defect.
  const absorbed = (found: Investigated<S>) =>
    steady.some(
      (other) =>
        share(other, found) &&
        kindOf(other) === kindOf(found) &&
        (hasBefore(other) || other.changes.length === 0) &&
        (!found.failure.anywhere || other.place === found.place),
    )
  return unexplained([...steady, ...flaky.filter((found) => !absorbed(found) && !tornOff(found))], explains)
}

/**
 * What comes now and then hits some rules by chance: what these have in common is no place, or the finding's id would be chance too. It is one
 * where so many hits at so few of the cases are no chance.
 */
function placed<S extends Rules>(found: Investigated<S>, judged: number): Investigated<S> {
  if (found.failure.anywhere) return found
  const chance = (found.outOf / Math.max(judged, found.outOf)) ** (found.count - 1)
  return found.common === undefined && chance < unlikely ? found : { ...found, place: 'request' }
}

const unlikely = 0.01

/** Leaves out what another finding explains, as long as that one is told itself: two that explain each other must not both go. */
export function unexplained<F extends Parameters<Explains>[0]>(findings: readonly F[], explains: Explains): readonly F[] {
  return findings.reduce<readonly F[]>(
    (told, one) => (told.some((cause) => cause !== one && explains(cause, one)) ? told.filter((other) => other !== one) : told),
    findings,
  )
}

/**
 * What HTTP itself may refuse (an oversize header), it may refuse by closing, and what is unread then can tear the answer off
 * (RFC 9112, 9.6): only a target that never answers it has dropped it.
 */
const tornOff = ({ failure, buckets }: Investigated<Rules>): boolean =>
  failure.check === 'no-fault' && buckets.every(({ rule }) => rule.owes.httpMayRefuse)

/** Milliseconds: what was dropped longer ago than a target is waited for was dropped by one that went on. */
const longestRestart = 15_000

/** Where the target is gone, the oddest of the requests then under way stands for that, as it is the likeliest; the others are named beside it. */
function blame<S extends Rules>(confirmed: Investigated<S>[]): void {
  const at = confirmed.findIndex(({ failure }) => failure.kind === 'gone')
  const gone = confirmed[at]
  if (!gone) return
  const underWay = confirmed.filter(
    ({ failure, exchange }) => failure.kind === 'dropped' && gone.exchange.sentAt - exchange.sentAt < longestRestart,
  )
  const [taken] = [...underWay].sort((a, b) => oddity(b) - oddity(a))
  if (!taken) return
  const buckets = underWay.flatMap((found) => found.buckets)
  const count = buckets.reduce((sum, bucket) => sum + bucket.count, 0)
  const which =
    count > 1 ? `of the ${count} requests under way, the one shown is the likeliest to have done it` : 'it was the only one under way'
  const failure = { ...gone.failure, message: `${gone.failure.message}; ${which}` }
  const outOf = Math.max(gone.outOf, ...underWay.map((found) => found.outOf))
  confirmed[at] = {
    ...gone,
    buckets,
    count,
    outOf,
    failure,
    exchange: taken.exchange,
    changes: taken.changes,
    lead: { ...taken.lead, failure },
  }
}

/** How likely a request fells a target: what cannot be decoded throws where nobody expects it; then what the docs leave open, and the long. */
export const oddity = ({ exchange: { case: of } }: Pick<Investigated<Rules>, 'exchange'>): number =>
  (isDecodable(of.request.target) ? 0 : 1e12) + zonesByOddity.indexOf(of.zone) * 1e9 + (of.request.body?.length ?? 0)

function isDecodable(target: string): boolean {
  try {
    decodeURIComponent(target)
    return true
  } catch {
    return false
  }
}

const zonesByOddity: readonly string[] = ['accept', 'reject', 'either']

/** Rules by how simple their failing case is: the plain request first, then few changes, then few bytes. */
export const simplicity = ({ exchange }: Pick<RuleFailures<Rules>, 'exchange'>): number =>
  exchange.case.changes.reduce((sum, change) => sum + ('bytes' in change ? wholeBody : 1), 0) * 1e7 +
  (exchange.case.request.body?.length ?? 0) +
  exchange.case.request.target.length

/** A whole body that is written otherwise says less of what is wrong than so many changes. */
const wholeBody = 8

const kindOf = ({ failure }: Investigated<Rules>): string => `${failure.check} ${failure.kind}`

/** A combination that holds a change at a place that is already blamed for the same failure needs no finding of its own. */
function explained(found: Investigated<Rules>, others: readonly Investigated<Rules>[]): boolean {
  if (found.failure.anywhere || found.lead.rule.variant !== 'combination') return false
  const blamed = others.filter((other) => share(other, found) && kindOf(other) === kindOf(found))
  return blamed.some(({ place, changes }) => changes.length === 0 || found.changes.some(({ at }) => at.join('.') === place))
}

/** The operations that a cause shows at, in order. */
export const operationsOf = ({ buckets }: Pick<Investigated<Rules>, 'buckets'>): readonly string[] =>
  [...new Set(buckets.map(operationIn))].sort()

/** What shows at different operations is different, but for crashes that were put down to one cause before. */
function share(a: Investigated<Rules>, b: Investigated<Rules>): boolean {
  const own = operationsOf(a)
  return operationsOf(b).some((operation) => own.includes(operation))
}

/** Two steady findings with the same failure at the same place are one; what the plain request fails by is told of it. */
const alike = (a: Investigated<Rules>, b: Investigated<Rules>): boolean =>
  kindOf(a) === kindOf(b) && (a.place === b.place || (!a.failure.anywhere && a.changes.length === 0))

/** A valid request that is refused, and another whose changes are at the same places and more, refused likewise: they have one cause. */
const isWithin = (less: Investigated<Rules>, more: Investigated<Rules>): boolean =>
  less.failure.check === 'status' &&
  more.failure.check === 'status' &&
  less.failure.kind.startsWith('refused') &&
  less.failure.received === more.failure.received &&
  (isSameBody(less.exchange, more.exchange) ||
    (less.changes.length <= more.changes.length &&
      less.changes.every(({ at }) => more.changes.some((other) => isDeepStrictEqual(at, other.at)))))

/** The same JSON in another spelling. */
function isSameBody({ case: a }: Exchange, { case: b }: Exchange): boolean {
  const [first, second] = [parseJson(a.request.body), parseJson(b.request.body)]
  return first !== undefined && isDeepStrictEqual(first, second)
}

/** What comes now and then in how requests are taken hits any of them by chance; an answer is wrong at its own place. */
function groups<S extends Rules>(found: readonly Investigated<S>[]): Investigated<S>[][] {
  const byKind = new Map<string, Investigated<S>[]>()
  for (const one of found) {
    const key = [kindOf(one), ...(one.failure.anywhere ? [one.place, ...operationsOf(one)] : [])].join('\n')
    byKind.set(key, [...(byKind.get(key) ?? []), one])
  }
  return [...byKind.values()]
}

function joined<S extends Rules>(found: readonly Investigated<S>[]): Investigated<S> {
  const [first] = [...found].sort((a, b) => simplicity(a.lead) - simplicity(b.lead)) as [Investigated<S>]
  if (found.length === 1) return first
  const isOnePlace = found.every(({ place }) => place === first.place)
  return {
    ...withCounts(
      first,
      found.filter((one) => one !== first),
    ),
    place: isOnePlace || first.failure.anywhere ? first.place : 'request',
  }
}

/** One finding, with what others of the same cause have met. */
const withCounts = <S extends Rules>(first: Investigated<S>, others: readonly Investigated<S>[]): Investigated<S> => ({
  ...first,
  buckets: [first, ...others].flatMap(({ buckets }) => buckets),
  count: others.reduce((sum, { count }) => sum + count, first.count),
  outOf: others.reduce((sum, { outOf }) => sum + outOf, first.outOf),
})
