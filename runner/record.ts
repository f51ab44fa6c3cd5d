import type { Judgement } from '../core/check'
import type { Exchange } from '../core/exchange'
import type { Failure, Note } from '../core/finding'
import type { Rule } from '../generators/rule'
import type { RuleSet } from '../generators/rules'

/** Failures of one rule that share check, kind and place; the failing case of the lowest index stands for them. */
export interface RuleFailures {
  readonly set: RuleSet
  readonly rule: Rule
  failure: Failure
  exchange: Exchange
  count: number
  firstSeen: { request: number; seconds: number }
  /** Indexes of failing cases, the first few. */
  readonly indexes: number[]
}

/** What became of one rule so far. */
export interface RuleRecord {
  readonly set: RuleSet
  readonly rule: Rule
  judged: number
  notReached: number
  /** Judged cases that were answered with success, and with a client error: what the target does where the docs are silent. */
  taken: number
  refusals: number
  /** Why cases were not reached, the latest. */
  reason?: string
  readonly failures: Map<string, RuleFailures>
  /** Valid requests refused as if a precondition were missing: a failure if others pass (see `persistent.ts`). */
  readonly refused: { exchange: Exchange; failure: Failure }[]
}

export const failureKey = ({ check, kind, place }: Failure): string => `${check} ${kind} ${place}`

const keptIndexes = 8
const keptRefusals = 4

/** Memory of a run: counts, and one exchange for each kind of failure; nothing of what passed. */
export class Records {
  readonly rules = new Map<string, RuleRecord>()
  readonly notes = new Map<string, Note & { count: number }>()

  constructor(sets: readonly RuleSet[]) {
    for (const set of sets)
      for (const rule of set.rules)
        this.rules.set(rule.id, { set, rule, judged: 0, notReached: 0, taken: 0, refusals: 0, failures: new Map(), refused: [] })
  }

  add(exchange: Exchange, { failures, notes, notReached, ifPersistent }: Judgement, seconds: number): void {
    const record = this.rules.get(exchange.case.rule)
    if (!record) return
    for (const note of notes) {
      const known = this.notes.get(note.kind)
      if (known) known.count++
      else this.notes.set(note.kind, { ...note, count: 1 })
    }
    if (ifPersistent && record.refused.length < keptRefusals) record.refused.push({ exchange, failure: ifPersistent })
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

  fail(record: RuleRecord, exchange: Exchange, failure: Failure, seconds: number): void {
    const { index } = exchange.case
    const known = record.failures.get(failureKey(failure))
    if (!known) {
      record.failures.set(failureKey(failure), {
        set: record.set,
        rule: record.rule,
        failure,
        exchange,
        count: 1,
        firstSeen: { request: exchange.ordinal, seconds },
        indexes: [index],
      })
      return
    }
    known.count++
    if (known.indexes.length < keptIndexes) known.indexes.push(index)
    if (exchange.ordinal < known.firstSeen.request) known.firstSeen = { request: exchange.ordinal, seconds }
    if (index < known.exchange.case.index) {
      known.exchange = exchange
      known.failure = failure
    }
  }

  get failures(): readonly RuleFailures[] {
    return [...this.rules.values()].flatMap(({ failures }) => [...failures.values()])
  }
}
