import type { Change } from '../core/case'
import type { Exchange } from '../core/exchange'
import type { RuleSet } from '../generators/rules'
import type { Judged } from './cases'
import { confirmFrom, isFixed, stride, wholeChanges } from './investigate'
import type { RuleRecord } from './record'
import type { Session } from './run'

const persistentTries = 2

/** A member of fewer values may be one that says what a thing is. */
const manyValues = 8
/** A name this short may be another's by chance. */
const shortName = 8

/**
 * Valid requests that were refused as if a precondition were missing (401, 403, 404, 409, …): with other valid requests passing on the
 * same URL and token, one that is refused three times is refused for what it says.
 */
export async function persistentRefusals(session: Session): Promise<void> {
  const records = [...session.records.rules.values()]
  if (!records.some(({ refused }) => refused.length > 0)) return
  const passing = records.filter(
    ({ rule, judged, failures }) => rule.zone === 'accept' && judged > [...failures.values()].reduce((sum, { count }) => sum + count, 0),
  )
  const isPart = passing.length === 0 && (await plainPasses(session))
  if (passing.length === 0 && !isPart) return
  const ofOperations = new Set(passing.map(({ set }) => set.subject.id))
  for (const record of records) {
    for (const { exchange, failure } of record.refused) {
      if (!isPart && !ofOperations.has(record.set.subject.id) && !isOwed(record, exchange)) continue
      if (isGoneAgain(record, exchange)) continue
      if ((exchange.conflict || exchange.answer?.status === 409) && !(await isNoConflict(session, record, exchange))) continue
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

/** What a made-up id names is there for a while, where other requests of the run make it and take it away: the docs say that it may be absent. */
function isGoneAgain({ set: { subject } }: RuleRecord<RuleSet>, { answer, case: { learnt } }: Exchange): boolean {
  if (answer?.status !== 404 || learnt || !subject.documented.responses.some(({ status }) => status === '404')) return false
  return Object.keys(subject.model.params).some((name) => !subject.pinned?.has(name))
}

/**
 * Whether the refusal of a value is no conflict with what is there: two things in a row can be made with another value of the same member, so
 * that neither it nor anything else in the request has to be unique but the name, which is another each time. Null is not compared, and of a
 * value out of few there may be one at a time: the default one, say.
 */
async function isNoConflict(session: Session, { set, rule }: RuleRecord<RuleSet>, { case: made }: Exchange): Promise<boolean> {
  // What changes a thing twice in the same way conflicts with nothing.
  if (made.request.method !== 'POST' || made.learnt) return false
  const { identity } = set.subject
  const named = made.changes.find(({ at }) => at.slice(1).join('.') === identity?.join('.'))
  if (named && !('set' in named && String(named.set).length >= shortName)) return false
  if (rule.fixed.length < manyValues || !made.changes.every(isOutOfMany)) return false
  const last = rule.fixed.length - 1
  for (const index of new Set([0, Math.floor(last / 2), last])) {
    if (index < 0 || index === made.index) continue
    const setsAll = ({ exchange: { case: other } }: Judged) =>
      made.changes.every(({ at }) => other.changes.some((change) => change.at.join('\0') === at.join('\0') && isOutOfMany(change)))
    const passes = async (attempt: number) => {
      const sent = await session.again(set, rule, index, { attempt, plain: true })
      return sent !== undefined && setsAll(sent) && sent.judgement.notReached === undefined && sent.judgement.failures.length === 0
    }
    if ((await passes(confirmFrom * 5)) && (await passes(confirmFrom * 5 + stride))) return true
  }
  return false
}

const isOutOfMany = (change: Change): boolean => 'set' in change && (typeof change.set === 'number' || typeof change.set === 'string')

/**
 * Whether an answer to an operation of which no valid request passes is wrong all the same, as those of others pass. Rights differ from
 * operation to operation, and a made-up id names nothing; but a URL without one is there, unless the docs say that it may not be.
 */
function isOwed({ set: { subject } }: RuleRecord<RuleSet>, { answer, case: { learnt } }: Exchange): boolean {
  const status = answer?.status
  if (status === 405) return true
  if (status !== 404 || subject.documented.responses.some((response) => response.status === '404')) return false
  return learnt !== undefined || Object.keys(subject.model.params).every((name) => subject.pinned?.has(name))
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
