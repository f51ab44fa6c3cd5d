import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Change } from '../core/case'
import type { Judge, Judgement, RunFailure } from '../core/check'
import type { Exchange } from '../core/exchange'
import type { Failure } from '../core/finding'
import { placeName } from '../core/place'
import type { RuleInfo } from '../core/rule'
import { valueAt } from '../generators/plain'
import type { Rule } from '../generators/rule'
import type { RuleSet } from '../generators/rules'
import { failureKey, type Records, type RuleFailures, type RuleRecord, type Rules } from './record'
import type { Again, Session } from './run'
import { shrink } from './shrink'
import { oneOfEach } from './whole-run'

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

/** Times that a failing case is sent again to see whether it is steady. */
const resends = 4
/** Attempts of one case are far apart, as the client adds to them when it must rename. */
const stride = 10
const confirmFrom = 100
const shrinkFrom = 1000
const persistentTries = 2

/**
 * Valid requests that were refused as if a precondition were missing (401, 403, 404, …): with other valid requests passing on the
 * same URL and token, one that is refused three times is refused for what it says.
 */
export async function persistentRefusals(session: Session): Promise<void> {
  const records = [...session.records.rules.values()]
  if (!records.some(({ refused }) => refused.length > 0)) return
  const passes = records.some(
    ({ rule, judged, failures }) => rule.zone === 'accept' && judged > [...failures.values()].reduce((sum, { count }) => sum + count, 0),
  )
  if (!passes && !(await plainPasses(session))) return
  for (const record of records) {
    for (const { exchange, failure } of record.refused) {
      const { index, fresh } = exchange.case
      let again = 0
      for (let i = 0; i < persistentTries; i++) {
        const sent = await session.again(record.set, record.rule, index, {
          attempt: confirmFrom + i * stride,
          fresh,
          ...(isFixed(record.rule, index) ? {} : { changes: wholeChanges(exchange) }),
        })
        if (sent?.judgement.ifPersistent?.kind !== failure.kind) break
        again++
      }
      if (again < persistentTries) continue
      const at = session.elapsed()
      const shown = session.show(exchange, record.rule)
      session.emit({ type: 'refusal-persisted', rule: record.rule.id, index, request: exchange.ordinal, at, failure, shown })
      session.records.persist(record, exchange, failure, at)
    }
  }
}

/** A part of a run may have no valid request of its own. */
async function plainPasses(session: Session): Promise<boolean> {
  if ([...session.records.rules.values()].some(({ rule }) => rule.zone === 'accept')) return false
  for (const { set, rule } of session.known) {
    if (rule.zone !== 'accept' || rule.place !== 'request') continue
    const sent = await session.again(set, rule, 0, { attempt: confirmFrom / 2 })
    if (sent && sent.judgement.notReached === undefined && sent.judgement.failures.length === 0) return true
  }
  return false
}

/** How a case differs from the plain request itself. */
const wholeChanges = ({ case: { varied = [], changes } }: Exchange): readonly Change[] => [...varied, ...changes]

const isFixed = (rule: Rule, index: number): boolean => index < rule.fixed.length

/** Looks into every cause: confirms, joins what is flaky, shrinks what is steady, and joins what shrank to the same place. */
export async function investigate(
  session: Session,
  judge: Judge,
  sortByCause: SortByCause,
  explains: Explains,
): Promise<{ findings: readonly Investigated[]; wholeRun: readonly RunFailure[] }> {
  const findings = await lookInto(
    causesIn(session.records, sortByCause),
    {
      confirm: async (cause) => located(session, await confirm(session, cause)),
      smallest: (found) => smallestOf(session, found),
      hasBefore: ({ lead, exchange }) => lead.rule.fixed[exchange.case.index]?.before !== undefined,
    },
    explains,
  )
  const wholeRun = oneOfEach(judge.finish()).filter(
    (other) => !findings.some((cause) => explains(cause, { ...other, flaky: other.count < other.outOf })),
  )
  return { findings, wholeRun }
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

/** How a cause is looked into: by sending it again, or by what parts of the run have found out of it. */
export interface Looker<S extends Rules> {
  /** undefined: it needs no finding. */
  confirm(cause: Cause<S>): Promise<Investigated<S> | undefined>
  smallest(found: Investigated<S>): Promise<Investigated<S>>
  /** Its case needs another request before it. */
  hasBefore(found: Investigated<S>): boolean
}

export interface Cause<S extends Rules> {
  readonly buckets: readonly RuleFailures<S>[]
  readonly place: string
  readonly common?: string
}

/** Looks into causes one by one, and joins those that turn out to be the same. */
export async function lookInto<S extends Rules>(
  causes: readonly Cause<S>[],
  { confirm, smallest, hasBefore }: Looker<S>,
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
    const within = steady.findIndex((other) => isWithin(other, least) || (least.variedOnly && kindOf(other) === kindOf(least)))
    const same = steady.findIndex((other) => alike(other, least))
    if (within >= 0) steady[within] = withCounts(steady[within] as Investigated<S>, [least])
    else if (same >= 0) steady[same] = joined([steady[same] as Investigated<S>, least])
    else steady.push(least)
  }
  const flaky = groups(confirmed.filter((found) => found.flaky)).map(joined)
  // A flaky failure of a kind that is also seen steadily behind another request is the same defect.
  const absorbed = (found: Investigated<S>) =>
    steady.some((other) => kindOf(other) === kindOf(found) && (hasBefore(other) || other.changes.length === 0))
  return unexplained([...steady, ...flaky.filter((found) => !absorbed(found) && !tornOff(found))], explains)
}

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

/** Where the target is gone, one of the requests then under way stands for that: the oddest, as it is the likeliest. */
function blame<S extends Rules>(confirmed: Investigated<S>[]): void {
  const at = confirmed.findIndex(({ failure }) => failure.kind === 'gone')
  const gone = confirmed[at]
  const [taken] = confirmed
    .filter(({ failure }) => failure.check === 'no-fault' && failure.kind !== 'gone')
    .sort((a, b) => oddity(b) - oddity(a))
  if (!gone || !taken) return
  const failure = {
    ...gone.failure,
    message: `${gone.failure.message}; of those under way, the request shown is the likeliest to have done it`,
  }
  confirmed[at] = { ...gone, failure, exchange: taken.exchange, changes: taken.changes, lead: { ...taken.lead, failure } }
}

const oddity = ({ exchange }: Pick<Investigated<Rules>, 'exchange'>): number =>
  zonesByOddity.indexOf(exchange.case.zone) * 1e9 + (exchange.case.request.body?.length ?? 0)

/** A request that fells or blocks the target takes those along that are under way: of the first to fail, the oddest is likeliest to have done it. */
const byOddity = (buckets: readonly RuleFailures[]): readonly RuleFailures[] =>
  [...buckets]
    .sort((a, b) => a.firstSeen.request - b.firstSeen.request)
    .slice(0, underWay)
    .sort((a, b) => oddity(b) - oddity(a))

/** What any request meets now and then is told of the plain one, or of the member at which it shows, where these have met it. */
function byAptness(buckets: readonly RuleFailures[]): RuleFailures {
  const aptness = ({ rule, failure }: RuleFailures) => (rule.place === 'request' ? 0 : `answer.${rule.place}` === failure.place ? 1 : 2)
  return [...buckets].sort((a, b) => aptness(a) - aptness(b) || simplicity(a) - simplicity(b))[0] as RuleFailures
}

/** As many as are looked into of those that were under way. */
const underWay = 12

const zonesByOddity: readonly string[] = ['accept', 'reject', 'either']

/** Rules by how simple their failing case is: the plain request first, then few changes, then few bytes. */
export const simplicity = ({ exchange }: Pick<RuleFailures<Rules>, 'exchange'>): number =>
  exchange.case.changes.reduce((sum, change) => sum + ('bytes' in change ? wholeBody : 1), 0) * 1e7 +
  (exchange.case.request.body?.length ?? 0) +
  exchange.case.request.target.length

/** A whole body that is written otherwise says less of what is wrong than so many changes. */
const wholeBody = 8

async function confirm(session: Session, cause: Cause<RuleSet>): Promise<Investigated> {
  const isFault = cause.buckets[0]?.failure.check === 'no-fault'
  const suspects = isFault ? byOddity(cause.buckets) : [...cause.buckets].sort((a, b) => simplicity(a) - simplicity(b)).slice(0, 3)
  const outOf = [...new Set(cause.buckets.map(({ rule }) => rule.id))].reduce(
    (sum, id) => sum + (session.records.rules.get(id)?.judged ?? 0),
    0,
  )
  const count = cause.buckets.reduce((sum, bucket) => sum + bucket.count, 0)
  let lead = suspects[0] as RuleFailures
  const isGone = session.ended() === 'gone'
  let flaky = isGone ? lead.failure.check === 'no-fault' && lead.failure.kind !== 'gone' : true
  let passed = 0
  for (const bucket of isGone ? [] : suspects) {
    if (!(await repeats(session, bucket))) {
      passed++
      continue
    }
    lead = bucket
    flaky = false
    break
  }
  if (flaky && lead.failure.anywhere) lead = byAptness(cause.buckets)
  return {
    buckets: cause.buckets,
    // The others were only taken along.
    ...(isFault && !flaky && passed > 0
      ? { place: lead.rule.place }
      : { place: cause.place, ...(cause.common ? { common: cause.common } : {}) }),
    lead,
    failure: lead.failure,
    exchange: lead.exchange,
    changes: lead.exchange.case.changes,
    path: [],
    flaky,
    count,
    outOf,
  }
}

/**
 * Where the plain request is refused, but passes with one of the optional members that it leaves out, that member is demanded; where it passes
 * with another value of one member, that member's value is refused: the cause lies there, and not in the whole request.
 */
async function located(session: Session, found: Investigated): Promise<Investigated> {
  if (found.flaky || found.lead.rule.zone !== 'accept' || found.failure.anywhere || found.changes.length > 0) return found
  const { set, rule, exchange } = found.lead
  const itself =
    exchange.case.varied && (await session.again(set, rule, exchange.case.index, { attempt: confirmFrom * 4 + stride, plain: true }))
  if (itself && !has(itself.judgement.failures, found.failure)) return found
  return (await demanded(session, found)) ?? (await ofValue(session, found)) ?? found
}

async function demanded(session: Session, found: Investigated): Promise<Investigated | undefined> {
  for (const { set, rule } of session.known) {
    if (rule.keyword !== 'optional' || set.subject.id !== found.lead.rule.operation) continue
    const sent = await session.again(set, rule, 0, { attempt: confirmFrom * 4, plain: true })
    if (!sent || has(sent.judgement.failures, found.failure)) continue
    const absent = await session.again(set, rule, 1, { attempt: confirmFrom * 4, plain: true })
    const told = absent && toldOf(found, { set, rule }, absent, `${rule.place} is left out`)
    if (told) return told
  }
  return undefined
}

async function ofValue(session: Session, found: Investigated): Promise<Investigated | undefined> {
  const passes = ({ judged, failures }: RuleRecord) => judged > (failures.get(failureKey(found.failure))?.count ?? 0)
  const [one, ...others] = [...session.records.rules.values()].filter(
    (record) =>
      record.rule.operation === found.lead.rule.operation &&
      record.rule.zone === 'accept' &&
      record.rule.keyword === 'valid' &&
      record.rule.place.startsWith('body.') &&
      passes(record),
  )
  const { set, rule } = one ?? {}
  const at = rule?.fixed[0]?.changes(set?.subject.plain ?? null)[0]?.at
  if (!set || !rule || !at || others.length > 0) return undefined
  const value = valueAt(set.subject.plain, at.slice(1))
  if (value === undefined) return undefined
  const sent = await session.again(set, rule, 0, { attempt: confirmFrom * 4 + 2 * stride, changes: [{ at, set: value }] })
  return sent && toldOf(found, { set, rule }, sent)
}

/** The same failure, told of another case that shows it; undefined if that one does not. */
function toldOf(
  found: Investigated,
  of: Pick<RuleFailures, 'set' | 'rule'>,
  { exchange, judgement }: { readonly exchange: Exchange; readonly judgement: Judgement },
  common?: string,
): Investigated | undefined {
  const failure = judgement.failures.find((other) => failureKey(other) === failureKey(found.failure))
  if (!failure) return undefined
  const { common: _, ...rest } = found
  const { changes } = exchange.case
  const lead = { ...found.lead, ...of, failure, exchange }
  return { ...rest, lead, failure, exchange, changes, place: of.rule.place, ...(common ? { common } : {}) }
}

/** The same case, under new names, fails every time. */
async function repeats(session: Session, { set, rule, exchange, failure }: RuleFailures): Promise<boolean> {
  const { index, fresh } = exchange.case
  let seen = 0
  for (let i = 0; i < resends; i++) {
    const sent = await session.again(set, rule, index, {
      attempt: confirmFrom * 2 + i * stride,
      fresh,
      ...(isFixed(rule, index) ? {} : { changes: wholeChanges(exchange) }),
    })
    if (!sent) break
    if (!has(sent.judgement.failures, failure) && !sent.judgement.notReached) return false
    seen++
  }
  return seen > 0
}

const has = (failures: readonly Failure[], wanted: Failure): boolean =>
  failures.some((failure) => failureKey(failure) === failureKey(wanted))

/** Shrinks the lead's case, pinned to its own failure. */
async function smallestOf(session: Session, found: Investigated): Promise<Investigated> {
  const { set, rule, exchange } = found.lead
  const { index, fresh } = exchange.case
  let attempt = shrinkFrom
  let best = { exchange, failure: found.failure }
  async function fails(how: Pick<Again, 'changes' | 'bare' | 'plain'>): Promise<boolean | undefined> {
    attempt += stride
    const sent = await session.again(set, rule, index, { attempt, fresh, ...how })
    if (!sent) return undefined
    const failure = sent.judgement.failures.find((other) => failureKey(other) === failureKey(found.failure))
    if (failure) best = { exchange: sent.exchange, failure }
    return failure !== undefined
  }
  const isBare = rule.fixed[index]?.bare !== undefined && (await fails({ bare: true }))
  const isPlain =
    isBare || !exchange.case.varied || (await fails(isFixed(rule, index) ? { plain: true } : { changes: exchange.case.changes }))
  const own = best.exchange.case.changes
  const isWhole = rule.asIs || own.some((change) => 'bytes' in change)
  const from = isPlain || isWhole ? own : wholeChanges(exchange)
  if (isWhole) return narrowed({ ...found, ...best, changes: from, ...(from === found.changes ? {} : { path: [found.changes, from] }) })
  session.emit({ type: 'shrink-started', rule: rule.id })
  const { changes, path } = await shrink(from, (candidate) => fails({ changes: candidate }), isOf(rule))
  return narrowed({ ...found, ...best, changes, path })
}

/** What a case is sent beside is there or not: a smaller value of it would be another case. */
const isOf =
  ({ place }: Rule) =>
  ({ at }: Change): boolean => {
    const own = placeName(at.map((segment) => (/^\d+$/.test(segment) ? '[]' : segment)))
    return own === place || own.startsWith(`${place}.`) || place.startsWith(`${own}.`)
  }

/** Where the rule speaks of the whole body, or the case was sent beside other changes, the one member that is left is the cause. */
function narrowed(found: Investigated): Investigated {
  const { common: _, ...rest } = found
  const { failure, buckets, changes } = found
  const [touched, ...others] = [...new Set(changes.map(({ at }) => at.join('.')))]
  const isWide = buckets.every(({ besideOnly, rule }) => besideOnly || rule.place === 'body' || rule.place === 'request')
  if (failure.anywhere || touched === undefined || others.length > 0 || !isWide) return found
  return { ...rest, place: touched }
}

const kindOf = ({ failure }: Investigated<Rules>): string => `${failure.check} ${failure.kind}`

/** A combination that holds a change at a place that is already blamed for the same failure needs no finding of its own. */
function explained(found: Investigated<Rules>, others: readonly Investigated<Rules>[]): boolean {
  if (found.failure.anywhere || found.lead.rule.variant !== 'combination') return false
  const blamed = others.filter((other) => kindOf(other) === kindOf(found))
  return blamed.some(({ place, changes }) => changes.length === 0 || found.changes.some(({ at }) => at.join('.') === place))
}

/** Two steady findings with the same failure at the same place are one. */
const alike = (a: Investigated<Rules>, b: Investigated<Rules>): boolean =>
  kindOf(a) === kindOf(b) && (a.place === b.place || a.failure.anywhere === true || a.changes.length === 0)

/** A valid request that is refused, and another whose changes are at the same places and more, refused likewise: they have one cause. */
const isWithin = (less: Investigated<Rules>, more: Investigated<Rules>): boolean =>
  less.failure.check === 'status' &&
  more.failure.check === 'status' &&
  less.failure.kind.startsWith('refused') &&
  less.failure.received === more.failure.received &&
  less.changes.length <= more.changes.length &&
  less.changes.every(({ at }) => more.changes.some((other) => isDeepStrictEqual(at, other.at)))

function groups<S extends Rules>(found: readonly Investigated<S>[]): Investigated<S>[][] {
  const byKind = new Map<string, Investigated<S>[]>()
  for (const one of found) byKind.set(kindOf(one), [...(byKind.get(kindOf(one)) ?? []), one])
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

/** Sends plain requests on until the whole-run checks have seen enough time, or the run's own time ends. */
export async function linger(session: Session, judge: Judge, sets: readonly RuleSet[], signal?: AbortSignal): Promise<void> {
  for (let i = 0; i < 3 && judge.wants > 0; i++) {
    const seconds = judge.wants
    await delay(seconds * 1000 + 50, undefined, signal ? { signal } : {}).catch(() => undefined)
    let isSent = false
    for (const set of sets) {
      const rule = set.rules.find(({ zone, place }) => zone === 'accept' && place === 'request')
      if (rule && (await session.again(set, rule, 0, { attempt: confirmFrom * 3 + i * stride }))) isSent = true
    }
    // No more may be sent: waiting on would show nothing.
    if (!isSent) return
  }
}
