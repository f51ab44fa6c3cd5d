import { type Failure, operationIn } from '../core/finding'
import type { RuleInfo } from '../core/rule'

/** Failures of one rule that share check, kind and place. */
interface Bucket {
  readonly rule: RuleInfo
  readonly failure: Failure
  /** Failing cases. */
  readonly count: number
}

/** What a rule's cases came to. */
interface Tried {
  readonly rule: RuleInfo
  readonly judged: number
}

/** Buckets with one cause. */
interface Cause<B extends Bucket> {
  readonly buckets: readonly B[]
  /** Where the cause lies: a place of the request or of the answer. */
  readonly place: string
  /** What the failing rules have in common, in words, where it is more than a place. */
  readonly common?: string
}

/**
 * Sorts failures by cause, so that each defect is told once.
 * Each operation has causes of its own, so that what is known of one hides nothing of another; only crashes may have one behind several.
 * A fault of the answer is one cause whatever was sent. A fault in how requests are taken is put down to the smallest
 * description that covers it: every rule of its zone, one kind of value at every member, one part of the request, one member.
 */
export function causesOf<B extends Bucket>(buckets: readonly B[], tried: readonly Tried[]): readonly Cause<B>[] {
  const ofAnswers = buckets.filter(({ failure }) => failure.anywhere)
  const crashing = crashingTogether(buckets)
  const ofRequests = groupBy(
    buckets.filter(({ failure }) => !failure.anywhere),
    ({ failure, rule }) =>
      `${failure.check} ${failure.kind} ${isCrash(failure) ? crashing.get(operationIn({ failure, rule })) : operationIn({ failure, rule })}`,
  )
  return [...answers(ofAnswers), ...ofRequests.flatMap((same) => crashes(withSeveral(same, (alone) => cover(alone, tried))))]
}

/** What takes one fault takes several: where they fail alike, several at once have no cause of their own. */
function withSeveral<B extends Bucket>(
  buckets: readonly B[],
  causesFor: (alone: readonly B[]) => readonly Cause<B>[],
): readonly Cause<B>[] {
  const several = buckets.filter(({ rule }) => rule.keyword === 'several')
  if (several.length === 0 || several.length === buckets.length) return causesFor(buckets)
  const [first, ...others] = causesFor(buckets.filter((bucket) => !several.includes(bucket)))
  return first ? [{ ...first, buckets: [...first.buckets, ...several] }, ...others] : []
}

/** So many operations that always crash alike have one cause. */
const many = 3

/**
 * Operations that crash, by a mark that those share which have one cause: an operation that always crashes does so by itself, unless many show
 * the same; what crashes others alike by the same value at the same place is behind them all: the router, say, or what reads a body.
 */
function crashingTogether(buckets: readonly Bucket[]): ReadonlyMap<string, string> {
  const found = buckets.filter(({ failure }) => isCrash(failure) && !failure.anywhere)
  const operationsOf = (same: readonly Bucket[]) => [...new Set(same.map(operationIn))]
  const how = ({ failure: { check, kind, received }, rule: { place, keyword, variant } }: Bucket) =>
    [check, kind, place, keyword, variant, check === 'server-error' ? received : ''].join('\n')
  const plain = groupBy(
    found.filter(({ rule }) => rule.zone === 'accept' && rule.place === 'request'),
    how,
  ).map(operationsOf)
  const always = new Set(plain.flat())
  const others = groupBy(
    found.filter((bucket) => !always.has(operationIn(bucket))),
    how,
  ).map(operationsOf)
  const marks = new Map(operationsOf(found).map((operation) => [operation, operation]))
  for (const [first = '', ...rest] of [...plain.filter(({ length }) => length >= many), ...others]) {
    const joined = new Set(rest.map((operation) => marks.get(operation)))
    for (const [operation, mark] of marks) if (joined.has(mark)) marks.set(operation, marks.get(first) as string)
  }
  return marks
}

const isCrash = ({ check }: Failure): boolean => check === 'server-error' || check === 'no-fault'

/** Crashes at several unrelated places of an operation are mostly one handler that is missing: from three on they are told together. */
function crashes<B extends Bucket>(causes: readonly Cause<B>[]): readonly Cause<B>[] {
  const failure = causes[0]?.buckets[0]?.failure
  if (failure === undefined || !isCrash(failure)) return causes
  const operations = ({ buckets }: Cause<B>) => [...new Set(buckets.map(operationIn))].sort().join(' ')
  return groupBy(causes, operations).flatMap((own) =>
    own.length < 3
      ? own
      : [
          {
            buckets: own.flatMap(({ buckets }) => buckets),
            place: 'request',
            common: `at ${[...new Set(own.map(({ place }) => place))].join(', ')}`,
          },
        ],
  )
}

/** What two findings are compared by. */
interface Told {
  readonly failure: Failure
  readonly flaky: boolean
}

/** Whether one finding explains another, which then need not be told: a crash takes concurrent requests along, a mixed-up answer repeats ids. */
export function explains(cause: Told, other: Told): boolean {
  const { check, kind } = cause.failure
  if (check === 'no-fault' || check === 'server-error') return other.flaky && !cause.flaky && other.failure.check === 'no-fault'
  if (check === 'echo' && (kind === 'foreign' || kind === 'mixed-up'))
    return (
      other.failure.check === 'unique' ||
      other.failure.check === 'echo' ||
      (other.flaky && ['leak', 'shape', 'made', 'times'].includes(other.failure.check))
    )
  return check === 'made' && other.failure.check === 'unique'
}

/** Failures of answers: one cause where the place is the same, where one place holds the other, or where many places fail alike. */
function answers<B extends Bucket>(buckets: readonly B[]): readonly Cause<B>[] {
  const placesIn = (some: readonly B[]) => [...new Set(some.map(({ failure }) => failure.place))].sort()
  const wide = new Set(
    groupBy(buckets, sortOf)
      .filter((same) => placesIn(same).length >= several)
      .map(([first]) => sortOf(first as B)),
  )
  const causes: B[][] = []
  for (const bucket of buckets) {
    const related = causes.filter((cause) => cause.some((other) => sameCause(other, bucket, wide)))
    for (const cause of related) causes.splice(causes.indexOf(cause), 1)
    causes.push([...related.flat(), bucket])
  }
  return causes.map((cause) => {
    const places = placesIn(cause)
    const place = sharedPlace(places) || 'answer'
    return {
      buckets: cause,
      place,
      ...(places.length >= several ? { common: `at ${places.filter((one) => one !== place).join(', ')}` } : {}),
    }
  })
}

/** What is wrong with the answer as a whole shows at places that many failures share. */
const wholeAnswer = /^answer(\.(status|body|header.*))?$/

/** A thing that is still there shows in the status of its own answer, and in the body of the list. */
const outcome = /^answer\.(status|body)$/

/** Whose failures may have one cause: those of one operation, but a target that goes down goes down for all. */
const scopeOf = (bucket: Bucket): string => (isCrash(bucket.failure) ? '' : operationIn(bucket))

const sortOf = (bucket: Bucket): string => [scopeOf(bucket), bucket.failure.check, bucket.failure.kind].join('\n')

function sameCause(one: Bucket, other: Bucket, wide: ReadonlySet<string>): boolean {
  const [a, b] = [one.failure, other.failure]
  if (a.place === b.place) return scopeOf(one) === scopeOf(other) && (a.check === b.check || !wholeAnswer.test(a.place))
  if (sortOf(one) !== sortOf(other)) return false
  const isWithin = a.place.startsWith(`${b.place}.`) || b.place.startsWith(`${a.place}.`)
  return isWithin || wide.has(sortOf(one)) || (outcome.test(a.place) && outcome.test(b.place))
}

/** A description is taken for the cause if so much of what it covers fails. */
const enough = 0.6

interface Candidate {
  readonly place: string
  readonly common?: string
  readonly covers: (rule: RuleInfo) => boolean
  /** Needs no share of its rules to fail: a single member is a cause by itself. */
  readonly single?: boolean
  /** The same kind of value at so many places is a cause by itself. */
  readonly places?: number
}

/** Greedy set cover: the description that covers most of what is left; among equals the narrowest. */
function cover<B extends Bucket>(buckets: readonly B[], all: readonly Tried[]): readonly Cause<B>[] {
  const operations = new Set(buckets.map(({ rule }) => rule.operation))
  const tried = all.filter(({ rule }) => operations.has(rule.operation))
  const failing = new Set(buckets.map(({ rule }) => rule.id))
  const candidates = candidatesOf(buckets).filter(({ covers, single, places: few }) => {
    if (single) return true
    if (few !== undefined && new Set(buckets.filter(({ rule }) => covers(rule)).map(({ rule }) => rule.place)).size >= few) return true
    const inside = tried.filter(({ rule, judged }) => judged > 0 && covers(rule))
    const places = new Set(inside.map(({ rule }) => rule.place))
    return places.size > 1 && inside.filter(({ rule }) => failing.has(rule.id)).length >= enough * inside.length
  })
  const causes: Cause<B>[] = []
  let left = buckets
  while (left.length > 0) {
    let best: { candidate: Candidate; covered: readonly B[] } | undefined
    for (const candidate of candidates) {
      const covered = left.filter(({ rule }) => candidate.covers(rule))
      if (covered.length > (best?.covered.length ?? 0)) best = { candidate, covered }
    }
    if (!best) break
    const { covered, candidate } = best
    causes.push({ buckets: covered, place: candidate.place, ...(candidate.common ? { common: candidate.common } : {}) })
    left = left.filter((bucket) => !covered.includes(bucket))
  }
  return causes
}

/** What fails alike at so many places has one cause, however many others it passes at. */
const several = 3

const placesOf = (rules: readonly RuleInfo[]): string => [...new Set(rules.map(({ place }) => place))].join(', ')

/** What all places are in; empty: nothing. */
function sharedPlace(places: readonly string[]): string {
  const [first = [], ...others] = places.map((place) => place.split('.'))
  const end = first.findIndex((part, i) => others.some((other) => other[i] !== part))
  return (end < 0 ? first : first.slice(0, end)).join('.')
}

/** Possible descriptions, narrowest first. */
function candidatesOf(buckets: readonly Bucket[]): readonly Candidate[] {
  const rules = buckets.map(({ rule }) => rule)
  const places = [...new Set(rules.map(({ place }) => place))]
  const parts = [...new Set(places.flatMap((place) => place.split('.').map((_, i, all) => all.slice(0, i + 1).join('.'))))].sort(
    (a, b) => b.length - a.length,
  )
  const kinds = [...new Set(rules.map(({ zone, keyword, variant }) => JSON.stringify([zone, keyword, variant ?? null])))]
  const keywords = [...new Set(rules.map(({ zone, keyword }) => JSON.stringify([zone, keyword])))]
  const zones = [...new Set(rules.map(({ zone }) => zone))]
  return [
    ...places.map((place) => ({ place, covers: (rule: RuleInfo) => rule.place === place, single: true })),
    ...parts.map((part) => ({
      place: part,
      common: `everything in ${part}`,
      covers: (rule: RuleInfo) => rule.place === part || rule.place.startsWith(`${part}.`),
    })),
    ...kinds.map((kind) => {
      const [zone, keyword, variant] = JSON.parse(kind) as [string, string, string | null]
      const covers = (rule: RuleInfo) => rule.zone === zone && rule.keyword === keyword && (rule.variant ?? null) === variant
      return {
        place: 'request',
        common: `${keyword}${variant ? ` ${variant}` : ''} at ${placesOf(rules.filter(covers))}`,
        places: several,
        covers,
      }
    }),
    ...keywords.map((kind) => {
      const [zone, keyword] = JSON.parse(kind) as [string, string]
      const covers = (rule: RuleInfo) => rule.zone === zone && rule.keyword === keyword
      return {
        place: sharedPlace(rules.filter(covers).map(({ place }) => place)) || 'request',
        common: `${keyword} at ${placesOf(rules.filter(covers))}`,
        places: several,
        covers,
      }
    }),
    ...zones.map((zone) => ({
      place: 'request',
      common: `every rule of the zone ${zone}`,
      covers: (rule: RuleInfo) => rule.zone === zone,
    })),
    { place: 'request', common: 'every rule', covers: () => true },
  ]
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const name = key(item)
    const group = groups.get(name)
    if (group) group.push(item)
    else groups.set(name, [item])
  }
  return [...groups.values()]
}
