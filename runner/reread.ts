import type { Change } from '../core/case'
import type { RunFailure } from '../core/check'
import type { CaseJudged, Event, RunStarted, WholeRunJudged } from '../core/event'
import type { Exchange } from '../core/exchange'
import type { ShownAnswer, ShownExchange } from '../core/finding'
import type { Report } from '../core/report'
import type { RuleInfo } from '../core/rule'
import { type Explains, type Investigated, type SortByCause, simplicity } from './causes'
import { isCreation, Records, type Rules } from './record'
import { makeReport } from './report'
import { shellWord } from './shown'
import { createStatistics } from './statistics'
import { oneOfEach, wholeRunKey } from './wholeRun'

/**
 * The report of a run from its events: its own, where it ended; of a killed run that of what was seen until then, made in the same way,
 * but with failures that were neither confirmed nor shrunk.
 * @param events the first is `run-started`
 */
export async function rereadReport(
  events: AsyncIterable<Event>,
  sortByCause: SortByCause,
  explains: Explains,
): Promise<Report | undefined> {
  let run: ReturnType<typeof createReread> | undefined
  for await (const event of events) {
    if (event.type === 'run-finished') return event.report
    if (event.type === 'run-started') run = createReread(event, sortByCause, explains)
    else run?.take(event)
  }
  return run?.report()
}

/** What the events of a run tell, gathered as they are taken. */
export function createReread(started: RunStarted, sortByCause: SortByCause, explains: Explains) {
  const set: Rules = { rules: started.rules }
  const records = new Records([set])
  const statistics = createStatistics()
  const notSendable = new Map<string, string>()
  const shown = new WeakMap<Exchange, ShownExchange>()
  const wholeRunExchanges = new Map<string, Exchange>()
  let wholeRun: readonly RunFailure[] = []
  let last = 0
  let seconds = 0
  let creations = 0
  let throttled = false
  let ledger: string | undefined

  function exchangeOf(event: Told & Pick<CaseJudged, 'rule'>): Exchange | undefined {
    const rule = records.rules.get(event.rule)?.rule
    if (!rule) return undefined
    const exchange = rebuilt(rule, event)
    if (event.shown) shown.set(exchange, event.shown)
    return exchange
  }

  function wholeRunFailure({ failure, count, outOf, ...told }: WholeRunJudged['failures'][number]): readonly RunFailure[] {
    const key = wholeRunKey(failure)
    const known = wholeRunExchanges.get(key)
    if (known && !told.shown) return [{ failure, exchange: known, count, outOf }]
    const made = exchangeOf(told)
    if (!made) return []
    const exchange = Object.assign(made, { sentAt: Date.parse(started.at) + told.at * 1000 })
    wholeRunExchanges.set(key, exchange)
    return [{ failure, exchange, count, outOf }]
  }

  return {
    take(event: Event): void {
      if ('request' in event) last = Math.max(last, event.request)
      if ('at' in event && typeof event.at === 'number') seconds = Math.max(seconds, event.at)
      if (event.type === 'patience') throttled = true
      else if (event.type === 'ledger-begun') ledger = event.file
      else if (event.type === 'rule-not-sendable') notSendable.set(event.rule, event.reason)
      else if (event.type === 'whole-run-judged') wholeRun = event.failures.flatMap(wholeRunFailure)
      else if (event.type === 'case-judged') {
        const exchange = exchangeOf(event)
        if (!exchange) return
        const { failures, notes, notReached } = event
        statistics.add(exchange, event.at, event)
        if (isCreation(exchange)) creations++
        records.add(exchange, { failures, notes, ...(notReached !== undefined ? { notReached } : {}) }, event.at)
      } else if (event.type === 'refusal-persisted') {
        const record = records.rules.get(event.rule)
        const exchange = exchangeOf(event)
        if (record && exchange) records.persist(record, exchange, event.failure, event.at)
      }
    },
    /** What has been gathered so far. */
    gathered: () => ({ records, statistics, notSendable, shown, wholeRun, last, seconds, creations, throttled }),
    /** What comes next is of another run: its failures of the whole run do not replace those so far. */
    nextRun(): void {
      wholeRun = []
      wholeRunExchanges.clear()
    },
    report(): Report {
      const tried = [...records.rules.values()].map(({ rule, judged }) => ({ rule, judged }))
      const judged = (id: string) => records.rules.get(id)?.judged ?? 0
      const findings = sortByCause(records.failures, tried).map((cause): Investigated<Rules> => {
        const [lead] = [...cause.buckets].sort((a, b) => simplicity(a) - simplicity(b)) as [(typeof cause.buckets)[number]]
        return {
          ...cause,
          lead,
          failure: lead.failure,
          exchange: lead.exchange,
          changes: lead.exchange.case.changes,
          path: [],
          flaky: false,
          unrepeated: true,
          count: cause.buckets.reduce((sum, { count }) => sum + count, 0),
          outOf: [...new Set(cause.buckets.map(({ rule }) => rule.id))].reduce((sum, id) => sum + judged(id), 0),
        }
      })
      const session = {
        records,
        statistics,
        notSendable,
        show: (exchange: Exchange) => shown.get(exchange) ?? unshown,
        lastOrdinal: () => last,
        ended: () => 'killed' as const,
        creations: () => creations,
      }
      const unexplained = oneOfEach(wholeRun).filter(
        (other) => !findings.some((cause) => explains(cause, { ...other, flaky: other.count < other.outOf })),
      )
      const report = makeReport({ started, session, findings, wholeRun: unexplained, mask: (text) => text, seconds, throttled })
      return ledger === undefined ? report : abandoned(report, [ledger])
    },
  }
}

/** The report of a run that was killed before its clean-up. */
export const abandoned = (report: Report, ledgers: readonly string[]): Report => ({
  ...report,
  reason: [
    report.reason ?? '',
    ...ledgers.map((file) => `What was created may still be there; delete it with: npx plumbline-api cleanup ${shellWord(file)}`),
  ]
    .join(' ')
    .trim(),
})

/** What an event tells of its exchange. */
type Told = Pick<CaseJudged, 'index' | 'request' | 'shown'> & Partial<Pick<CaseJudged, 'outcome' | 'seconds' | 'beside'>>

/** A line that was too long to be kept whole. */
export const unshown: ShownExchange = {
  request: { method: '', target: '', headers: [], bodyBytes: 0 },
  response: { seconds: 0, fault: 'the event log does not hold this exchange' },
  changes: [],
}

/** As much of an exchange as its event tells: enough to count it, and to compare it with others. */
export function rebuilt(rule: RuleInfo, event: Told): Exchange {
  const { request, response, changes = [] as readonly Change[] } = event.shown ?? {}
  const status = response?.status ?? Number(event.outcome)
  return {
    case: {
      operation: rule.operation,
      rule: rule.id,
      index: event.index,
      attempt: 0,
      zone: rule.zone,
      owes: rule.owes,
      request: {
        method: request?.method ?? '',
        target: request?.target ?? '',
        headers: request?.headers ?? [],
        ...(request ? bodyOf(request) : {}),
      },
      changes,
      fresh: event.shown?.case?.fresh ?? false,
      ...(event.beside ? { beside: true } : {}),
    },
    sentAt: 0,
    seconds: event.seconds ?? response?.seconds ?? 0,
    freshConnection: false,
    ordinal: event.request,
    ...(status >= 100
      ? { answer: { status, statusText: '', headers: [], body: Buffer.alloc(0), cut: false } }
      : { fault: { kind: faultKind(event.outcome), message: response?.fault ?? '', partial: false } }),
  }
}

const faultKind = (outcome: string | undefined): NonNullable<Exchange['fault']>['kind'] =>
  outcome === 'timeout' || outcome === 'malformed' || outcome === 'unreachable' ? outcome : 'closed'

const bodyOf = ({ body, bodyBase64 }: Pick<ShownAnswer, 'body' | 'bodyBase64'>) =>
  body !== undefined ? { body: Buffer.from(body) } : bodyBase64 !== undefined ? { body: Buffer.from(bodyBase64, 'base64') } : {}
