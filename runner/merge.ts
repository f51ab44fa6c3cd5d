import type { RunFailure } from '../core/check'
import type { Event, RunStarted, ShardEnded } from '../core/event'
import type { Exchange } from '../core/exchange'
import type { Failure, Finding } from '../core/finding'
import type { Report } from '../core/report'
import { type Cause, causesIn, type Explains, type Investigated, judgedIn, lookInto, type SortByCause } from './causes'
import type { Rules, Seen } from './record'
import { makeReport } from './report'
import { abandoned, createReread, rebuilt, unshown } from './reread'
import { oneOfEach, wholeRunKey } from './wholeRun'

/** The log of one part of a run. */
export interface ShardLog {
  /** Its first event, which tells which part it is. */
  readonly started: RunStarted & { readonly shard: NonNullable<RunStarted['shard']> }
  /** All its events. */
  events(): AsyncIterable<Event>
}

/** Says what is wrong where ids are seen in more than one part; a value passed in, as the runner does not know the checks. */
export type JudgeIds = (
  parts: readonly ShardEnded['ids'][],
) => readonly { readonly failure: Failure; readonly count: number; readonly outOf: number }[]

interface MergeOptions {
  readonly sortByCause: SortByCause
  readonly explains: Explains
  readonly judgeIds: JudgeIds
  /** Where the merged `report.json` will lie, for replay lines. */
  readonly reportFile: string
}

type Ended = ReturnType<Seen['ended']>
/** What says most of the whole comes first. */
const gravest: readonly Ended[] = [
  'unreachable',
  'gone',
  'no rights',
  'interrupted',
  'killed',
  'silent',
  'creates',
  'time',
  'budget',
  'failures',
]

/**
 * One report of the parts of a run: failures are sorted by cause over all parts, as one run would, and ids are compared over all of them.
 * @param logs of one run: same seed, rules and number of parts; at least one
 */
export async function mergeShards(logs: readonly ShardLog[], options: MergeOptions): Promise<Report> {
  const { sortByCause, explains } = options
  const started = startOfAll(logs, options.reportFile)
  const all = createReread(started, sortByCause, explains)
  const parts = await readParts(logs, all)
  const gathered = all.gathered()
  const { records, statistics, notSendable, shown, seconds, creations } = gathered
  const { told, confirm } = confirmBy(parts.reports, gathered)
  const findings = await lookInto<Rules>(
    causesIn(records, sortByCause),
    { confirm: async (cause) => confirm(cause), smallest: async (found) => found, hasBefore: () => false, judged: judgedIn(records) },
    explains,
  )
  const session = {
    records,
    statistics,
    notSendable,
    show: (exchange: Exchange) => shown.get(exchange) ?? unshown,
    lastOrdinal: () => parts.last,
    ended: () => gravest.find((one) => parts.endings.includes(one)),
    creations: () => creations,
  }
  const repeated = options.judgeIds(parts.ids).flatMap(({ failure, count, outOf }): readonly RunFailure[] => {
    const exchange = parts.wholeRun.find((other) => other.failure.place === failure.place)?.exchange ?? anyExchange(started)
    return exchange ? [{ failure, exchange, count, outOf }] : []
  })
  const others = summed(parts.wholeRun).filter(({ failure }) => !repeated.some((other) => sameIds(other.failure, failure)))
  const wholeRun = oneOfEach([...repeated, ...others]).filter(
    (other) => !findings.some((cause) => explains(cause, { ...other, flaky: other.count < other.outOf })),
  )
  const throttled = parts.throttled || gathered.throttled
  const report = makeReport({ started, session, findings, wholeRun, mask: (text) => text, seconds, throttled })
  const made = complete({ ...report, ...merged(parts.reports) }, told, missingOf(logs))
  return parts.ledgers.length > 0 ? abandoned(made, parts.ledgers) : made
}

/** The beginning of the whole. */
function startOfAll(logs: readonly ShardLog[], reportFile: string): RunStarted {
  const [first] = logs as [ShardLog]
  const order = new Map(first.started.shard.rules.map((id, index) => [id, index]))
  return {
    ...first.started,
    at: logs.map(({ started: { at } }) => at).sort()[0] as string,
    rules: logs.flatMap(({ started: { rules } }) => rules).sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0)),
    planned: logs.reduce((sum, { started: { planned } }) => sum + planned, 0),
    command: first.started.command.replace(/ --shard[ =]\S+/, ''),
    reportFile,
    shard: undefined,
  }
}

type Reread = ReturnType<typeof createReread>

/** What the logs tell besides the cases, which go to `all`. */
async function readParts(logs: readonly ShardLog[], all: Reread) {
  const wholeRun: RunFailure[] = []
  const reports: Report[] = []
  /** Of parts that were killed. */
  const ledgers: string[] = []
  const ids: ShardEnded['ids'][] = []
  const endings: Ended[] = []
  let throttled = false
  let last = 0
  for (const { events } of logs) {
    let report: Report | undefined
    let ended: ShardEnded | undefined
    let ledger: string | undefined
    for await (const event of events()) {
      if (event.type === 'shard-ended') ended = event
      else if (event.type === 'run-finished') report = event.report
      else if (event.type === 'ledger-begun') ledger = event.file
      else if (event.type !== 'run-started') all.take(behind(event, last))
    }
    wholeRun.push(...all.gathered().wholeRun)
    all.nextRun()
    last = Math.max(last, all.gathered().last)
    throttled ||= ended?.throttled ?? false
    if (ended) ids.push(ended.ids)
    if (report) reports.push(report)
    else if (ledger !== undefined) ledgers.push(ledger)
    endings.push(report && ended ? (ended.ended as Ended) : 'killed')
  }
  return { wholeRun, reports, ledgers, ids, endings, throttled, last }
}

/** What the parts have found out of a cause in place of sending it again. `told`: by rule, check, kind and place, the finding that stands for it. */
function confirmBy(reports: readonly Report[], { records, shown }: Pick<ReturnType<Reread['gathered']>, 'records' | 'shown'>) {
  const findings = reports.flatMap((report) => report.findings)
  const told = new Map<string, Finding>()
  return { told, confirm }

  /** The simplest steady case stands for a cause. */
  function confirm(cause: Cause<Rules>): Investigated<Rules> | undefined {
    const [bucket] = cause.buckets
    if (!bucket) return undefined
    const { check, kind } = bucket.failure
    const own = new Set(cause.buckets.map(({ rule }) => rule.id))
    const places = new Set(cause.buckets.map(({ failure }) => failure.place))
    const parts = findings.filter(
      (finding) =>
        finding.check === check && finding.kind === kind && finding.rules.some((id) => own.has(id)) && places.has(finding.answerPlace),
    )
    const [simplest] = [...parts].sort((a, b) => Number(a.flaky) - Number(b.flaky) || size(a) - size(b))
    const count = cause.buckets.reduce((sum, { count: some }) => sum + some, 0)
    const outOf = [...own].reduce((sum, id) => sum + (records.rules.get(id)?.judged ?? 0), 0)
    // A part that was killed had not looked into its failures.
    if (!simplest) {
      const lead = cause.buckets.find(({ rule }) => !reports.some(({ rules }) => rules.some(({ id }) => id === rule.id)))
      if (!lead) return undefined
      const { failure, exchange } = lead
      return { ...cause, lead, failure, exchange, changes: exchange.case.changes, path: [], flaky: false, unrepeated: true, count, outOf }
    }
    const lead =
      cause.buckets.find(({ rule }) => rule.id === simplest.rule) ??
      cause.buckets.find(({ rule }) => simplest.rules.includes(rule.id)) ??
      bucket
    const failure = { ...lead.failure, ...wordsOf(simplest) }
    const exchange = exchangeOf(simplest, lead.rule, lead.firstSeen.request)
    shown.set(exchange, shownOf(simplest))
    const agreed = new Set(parts.map(({ place }) => place)).size === 1 && !isWide(simplest.place) ? simplest.place : cause.place
    told.set(`${lead.rule.id} ${check} ${kind} ${agreed}`, simplest)
    return {
      buckets: cause.buckets,
      place: agreed,
      ...(cause.common && agreed === cause.place ? { common: cause.common } : {}),
      lead: { ...lead, exchange },
      failure,
      exchange,
      changes: simplest.changes,
      path: [],
      flaky: simplest.flaky,
      ...(simplest.steady === 'not repeated' ? { unrepeated: true as const } : {}),
      count,
      outOf,
    }
  }
}

/** Ordinals of a part come behind those of the parts before it. */
function behind(event: Event, before: number): Event {
  if (event.type === 'whole-run-judged')
    return { ...event, failures: event.failures.map((failure) => ({ ...failure, request: failure.request + before })) }
  return 'request' in event ? { ...event, request: event.request + before } : event
}

const size = ({ changes, request }: Finding): number => changes.length * 1e7 + (request?.bodyBytes ?? 0)

/** Places that say no more than that the request is at fault. */
const isWide = (place: string): boolean => place === 'request' || place === 'body'

function wordsOf({ message, expected, received, severity, docs, promise, answerPlace }: Finding): Partial<Failure> {
  return {
    message,
    ...(expected !== undefined ? { expected } : {}),
    ...(received !== undefined ? { received } : {}),
    severity,
    ...(docs ? { docs } : {}),
    promise,
    place: answerPlace,
  }
}

const shownOf = ({ request, response, changes, curl, case: made }: Finding) => ({
  request: request ?? unshown.request,
  response: response ?? unshown.response,
  changes,
  ...(curl !== undefined ? { curl } : {}),
  ...(made ? { case: made } : {}),
})

const exchangeOf = (finding: Finding, rule: Rules['rules'][number], request: number): Exchange =>
  rebuilt(rule, { index: finding.case?.index ?? 0, request, shown: shownOf(finding) })

/** Something to hang a finding on of which no part has seen the whole. */
function anyExchange({ rules }: RunStarted): Exchange | undefined {
  const rule = rules.find(({ zone }) => zone === 'accept') ?? rules[0]
  return rule && rebuilt(rule, { index: 0, request: 0 })
}

const sameIds = (a: Failure, b: Failure): boolean => a.check === b.check && a.place === b.place

/** The same failure of several parts, told once. */
function summed(failures: readonly RunFailure[]): readonly RunFailure[] {
  const byKey = new Map<string, RunFailure>()
  for (const one of failures) {
    const known = byKey.get(wholeRunKey(one.failure))
    byKey.set(wholeRunKey(one.failure), known ? { ...known, count: known.count + one.count, outOf: known.outOf + one.outOf } : one)
  }
  return [...byKey.values()]
}

/** Members of a report that the parts give together. */
function merged(reports: readonly Report[]): Pick<Report, 'cleanup'> | object {
  const cleanups = reports.flatMap(({ cleanup }) => (cleanup ? [cleanup] : []))
  if (cleanups.length === 0) return {}
  return {
    cleanup: {
      ledger: cleanups.map(({ ledger }) => ledger).join(', '),
      created: cleanups.reduce((sum, { created }) => sum + created, 0),
      deleted: cleanups.reduce((sum, { deleted }) => sum + deleted, 0),
      left: cleanups.flatMap(({ left }) => left),
    },
  }
}

const missingOf = (logs: readonly ShardLog[]): readonly number[] => {
  const there = new Set(logs.map(({ started: { shard } }) => shard.index))
  return Array.from({ length: logs[0]?.started.shard.of ?? 0 }, (_, i) => i + 1).filter((index) => !there.has(index))
}

/** The words that the parts have found, and what is missing. */
function complete(report: Report, told: ReadonlyMap<string, Finding>, missing: readonly number[]): Report {
  const findings = report.findings.map((finding) => {
    const part = told.get(`${finding.rule} ${finding.check} ${finding.kind} ${finding.place}`)
    if (!part) return finding
    return { ...finding, shrinkPath: part.shrinkPath, ...(part.place === finding.place ? { title: part.title } : {}) }
  })
  if (missing.length === 0) return { ...report, findings }
  const reason = `Shard ${missing.join(', ')} is missing: nothing can be said of its rules.`
  if (findings.length > 0) return { ...report, findings, reason, unjudged: reason }
  return { ...report, findings, verdict: 'not judged', exitCode: 3, reason }
}
