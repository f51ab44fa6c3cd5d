import type { Case, Change } from '../core/case'
import type { Judgement } from '../core/check'
import type { Exchange } from '../core/exchange'
import type { Failure, Note, ShownExchange } from '../core/finding'
import type { RuleInfo } from '../core/rule'
import type { RuleSet } from '../generators/rules'
import type { createStatistics } from './statistics'

/** Rules of one operation: with their generators in a run, without in one that is read back from its log. */
export interface Rules {
  readonly rules: readonly RuleInfo[]
}

export type RuleOf<S extends Rules> = S['rules'][number]

/** Failures of one rule that share check, kind and place; the failing case of the lowest index stands for them, of the plain request if there is one. */
export interface RuleFailures<S extends Rules = RuleSet> {
  readonly set: S
  readonly rule: RuleOf<S>
  failure: Failure
  exchange: Exchange
  count: number
  firstSeen: { request: number; seconds: number }
  /** Only cases beside the changes of the full request fail: one of these may be to blame. */
  besideOnly: boolean
}

/** What became of one rule so far. */
export interface RuleRecord<S extends Rules = RuleSet> {
  readonly set: S
  readonly rule: RuleOf<S>
  judged: number
  notReached: number
  /** Seconds that answers took, of judged cases and of those not reached. */
  seconds: number
  /** Judged cases that were answered with success, and with a client error: what the target does where the docs are silent. */
  taken: number
  refusals: number
  /** Why cases were not reached, the latest. */
  reason?: string
  readonly failures: Map<string, RuleFailures<S>>
  /** Valid requests refused as if a precondition were missing: a failure if others pass (see `persistentRefusals`). */
  readonly refused: { exchange: Exchange; failure: Failure }[]
}

export const failureKey = ({ check, kind, place }: Failure): string => `${check} ${kind} ${place}`

const rank = ({ index, beside }: Case): number => index + (beside ? 1e9 : 0)

const keptRefusals = 4

/** Memory of a run: counts, and one exchange for each kind of failure; nothing of what passed. */
export class Records<S extends Rules = RuleSet> {
  readonly rules = new Map<string, RuleRecord<S>>()
  readonly notes = new Map<string, Note & { count: number }>()

  constructor(sets: readonly S[]) {
    for (const set of sets)
      for (const rule of set.rules)
        this.rules.set(rule.id, {
          set,
          rule,
          judged: 0,
          notReached: 0,
          seconds: 0,
          taken: 0,
          refusals: 0,
          failures: new Map(),
          refused: [],
        })
  }

  add(exchange: Exchange, { failures, notes, notReached, ifPersistent }: Judgement, seconds: number): void {
    const record = this.rules.get(exchange.case.rule)
    if (!record) return
    record.seconds += exchange.seconds
    for (const note of notes) {
      const known = this.notes.get(note.kind)
      if (known) known.count++
      else this.notes.set(note.kind, { ...note, count: 1 })
    }
    if (ifPersistent) {
      // The first of the rule, in whatever order their answers come.
      record.refused.push({ exchange, failure: ifPersistent })
      record.refused.sort((a, b) => rank(a.exchange.case) - rank(b.exchange.case)).splice(keptRefusals)
    }
    if (notReached !== undefined && failures.length === 0) {
      record.notReached++
      record.reason = notReached
      return
    }
    record.judged++
    const status = exchange.answer?.status ?? 0
    if (status >= 200 && status < 300) record.taken++
    if (status >= 400 && status < 500) record.refusals++
    for (const failure of failures) this.fail(record, exchange, failure, seconds)
  }

  fail(record: RuleRecord<S>, exchange: Exchange, failure: Failure, seconds: number): void {
    const known = record.failures.get(failureKey(failure))
    if (!known) {
      record.failures.set(failureKey(failure), {
        set: record.set,
        rule: record.rule,
        failure,
        exchange,
        count: 1,
        besideOnly: exchange.case.beside === true,
        firstSeen: { request: exchange.ordinal, seconds },
      })
      return
    }
    known.count++
    known.besideOnly &&= exchange.case.beside === true
    if (exchange.ordinal < known.firstSeen.request) known.firstSeen = { request: exchange.ordinal, seconds }
    if (rank(exchange.case) < rank(known.exchange.case)) {
      known.exchange = exchange
      known.failure = failure
    }
  }

  /** Takes a refusal that turned out to be a failure after all. */
  persist(record: RuleRecord<S>, exchange: Exchange, failure: Failure, seconds: number): void {
    record.judged++
    record.notReached = Math.max(0, record.notReached - 1)
    this.fail(record, exchange, failure, seconds)
  }

  /** Whether one of these failures would have this exchange stand for it. */
  isLead({ case: made }: Exchange, failures: readonly Failure[]): boolean {
    const known = this.rules.get(made.rule)?.failures
    return failures.some((failure) => {
      const lead = known?.get(failureKey(failure))
      return !lead || rank(made) < rank(lead.exchange.case)
    })
  }

  get failures(): readonly RuleFailures<S>[] {
    return [...this.rules.values()].flatMap(({ failures }) => [...failures.values()])
  }
}

/** What a report is made from: a run that has just ended, or one that is read back from its log. */
export interface Seen<S extends Rules = RuleSet> {
  readonly records: Records<S>
  readonly statistics: ReturnType<typeof createStatistics>
  /** An exchange as reports show it, and as it can be sent again. `shrunk`: its changes, where they are no longer those of its rule. */
  readonly show: (exchange: Exchange, rule: RuleOf<S>, shrunk?: readonly Change[]) => ShownExchange
  /** Rules whose cases cannot be sent, and why. */
  readonly notSendable: ReadonlyMap<string, string>
  readonly lastOrdinal: () => number
  /** Why the plan was not sent whole. */
  readonly ended: () =>
    | 'budget'
    | 'creates'
    | 'time'
    | 'interrupted'
    | 'no rights'
    | 'failures'
    | 'gone'
    | 'silent'
    | 'unreachable'
    | 'killed'
    | undefined
  readonly creations: () => number
}

/** Something was made by this exchange, as far as its answer tells. */
export function isCreation({ answer, case: { owes } }: Exchange): boolean {
  const status = answer?.status ?? 0
  return status >= 200 && status < 300 && owes.success !== 'harmless'
}
