import { setTimeout as delay } from 'node:timers/promises'
import type { Change } from '../core/case'
import type { Judge, Judgement, RunFailure } from '../core/check'
import type { Exchange } from '../core/exchange'
import type { Failure } from '../core/finding'
import { valueAt } from '../core/json'
import { placeName } from '../core/place'
import type { Rule } from '../generators/rule'
import type { RuleSet } from '../generators/rules'
import type { Again } from './cases'
import { type Cause, causesIn, type Explains, type Investigated, judgedIn, lookInto, oddity, type SortByCause, simplicity } from './causes'
import { failureKey, type RuleFailures, type RuleRecord } from './record'
import type { Session } from './run'
import { shrink } from './shrink'
import { oneOfEach } from './wholeRun'

/** Times that a failing case is sent again to see whether it is steady. */
const resends = 4
/** Attempts of one case are far apart, as the client adds to them when it must rename. */
export const stride = 10
export const confirmFrom = 100
const shrinkFrom = 1000

/** How a case differs from the plain request itself. */
export const wholeChanges = ({ case: { varied = [], changes } }: Exchange): readonly Change[] => [...varied, ...changes]

export const isFixed = (rule: Rule, index: number): boolean => index < rule.fixed.length

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
      confirm: async (cause) => located(session, await ofPlain(session, await confirm(session, cause))),
      smallest: (found) => smallestOf(session, found),
      hasBefore: ({ lead, exchange }) => lead.rule.fixed[exchange.case.index]?.before !== undefined,
      judged: judgedIn(session.records),
    },
    explains,
  )
  const wholeRun = oneOfEach(judge.finish()).filter(
    (other) => !findings.some((cause) => explains(cause, { ...other, flaky: other.count < other.outOf })),
  )
  return { findings, wholeRun }
}

/** A request that fells or blocks the target takes those along that are under way: of the first to fail, the oddest is likeliest to have done it. */
const byOddity = (buckets: readonly RuleFailures[]): readonly RuleFailures[] =>
  [...buckets]
    .sort((a, b) => a.firstSeen.request - b.firstSeen.request)
    .slice(0, underWay)
    .sort((a, b) => oddity(b) - oddity(a))

/** Whether every valid request of the operation has met the failure: none of them was taken along by another. */
const isOfAll = ({ records }: Session, { rule: { operation }, failure }: RuleFailures): boolean =>
  [...records.rules.values()]
    .filter(({ rule, judged }) => rule.operation === operation && rule.zone === 'accept' && judged > 0)
    .every(({ judged, failures }) => failures.get(failureKey(failure))?.count === judged)

/** What any request meets now and then is told of the plain one, or of the member at which it shows, where these have met it. */
function byAptness(buckets: readonly RuleFailures[]): RuleFailures {
  const aptness = ({ rule, failure }: RuleFailures) => (rule.place === 'request' ? 0 : `answer.${rule.place}` === failure.place ? 1 : 2)
  return [...buckets].sort((a, b) => aptness(a) - aptness(b) || simplicity(a) - simplicity(b))[0] as RuleFailures
}

/** As many as are looked into of those that were under way. */
const underWay = 12

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
  let unrepeated = !isGone
  for (const bucket of isGone ? [] : suspects) {
    const again = await repeats(session, bucket)
    if (again !== undefined) unrepeated = false
    if (!again) {
      passed++
      continue
    }
    lead = bucket
    flaky = false
    break
  }
  if (flaky && !isGone && (isFault || lead.failure.anywhere)) lead = byAptness(cause.buckets)
  // Where a simpler request fails by itself, it was not taken along.
  const [simplest] = [...cause.buckets].sort((a, b) => simplicity(a) - simplicity(b))
  const mayLead = isFault && !isGone && (!flaky || unrepeated) && simplest !== undefined && simplest !== lead
  if (mayLead && ((await repeats(session, simplest)) ?? isOfAll(session, simplest))) lead = simplest
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
    ...(unrepeated ? { unrepeated } : {}),
    count,
    outOf,
  }
}

/** Where the plain request has come to fail likewise, it is not for what the case changes. */
async function ofPlain(session: Session, found: Investigated): Promise<Investigated> {
  const { rule, exchange } = found.lead
  if (found.flaky || found.unrepeated || found.failure.check === 'no-fault' || exchange.case.changes.length === 0 || rule.sequence)
    return found
  const plain = session.known.find(
    (other) =>
      other.rule.operation === rule.operation && other.rule.place === 'request' && other.rule.keyword === 'valid' && !other.rule.variant,
  )
  const sent = plain && (await session.again(plain.set, plain.rule, 0, { attempt: confirmFrom * 5 }))
  return (plain && sent && toldOf(found, plain, sent)) ?? found
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
  if (itself && !has(itself.judgement, found.failure)) return found
  return (await demanded(session, found)) ?? (await ofValue(session, found)) ?? found
}

async function demanded(session: Session, found: Investigated): Promise<Investigated | undefined> {
  for (const { set, rule } of session.known) {
    if (rule.keyword !== 'optional' || set.subject.id !== found.lead.rule.operation) continue
    const sent = await session.again(set, rule, 0, { attempt: confirmFrom * 4, plain: true })
    if (!sent || has(sent.judgement, found.failure)) continue
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
  const failure = sameIn(judgement, found.failure)
  if (!failure) return undefined
  const { common: _, ...rest } = found
  const { changes } = exchange.case
  const lead = { ...found.lead, ...of, failure, exchange }
  return { ...rest, lead, failure, exchange, changes, place: of.rule.place, ...(common ? { common } : {}) }
}

/** Whether the same case, under new names, fails every time; undefined: it could not be sent again. */
async function repeats(session: Session, { set, rule, exchange, failure }: RuleFailures): Promise<boolean | undefined> {
  const { index, fresh } = exchange.case
  let seen = 0
  for (let i = 0; i < resends; i++) {
    const sent = await session.again(set, rule, index, {
      attempt: confirmFrom * 2 + i * stride,
      fresh,
      ...(isFixed(rule, index) ? {} : { changes: wholeChanges(exchange) }),
    })
    if (!sent) break
    if (!has(sent.judgement, failure) && !sent.judgement.notReached) return false
    seen++
  }
  return seen > 0 || undefined
}

/** The same failure in another judgement: of a refusal that has turned out to be one, too. */
const sameIn = ({ failures, ifPersistent }: Judgement, wanted: Failure): Failure | undefined =>
  [...failures, ...(ifPersistent ? [ifPersistent] : [])].find((failure) => failureKey(failure) === failureKey(wanted))

const has = (judgement: Judgement, wanted: Failure): boolean => sameIn(judgement, wanted) !== undefined

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
    const failure = sameIn(sent.judgement, found.failure)
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
