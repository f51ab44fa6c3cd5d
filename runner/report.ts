import type { Change } from '../core/case'
import type { RunFailure } from '../core/check'
import type { Finding, Severity } from '../core/finding'
import { severities } from '../core/finding'
import { createMask } from '../core/mask'
import type { ApiDocument } from '../core/operation'
import type { Report, RuleResult, Silence } from '../core/report'
import { digest } from '../core/seed'
import { documentedMembers } from '../generators/documented'
import type { RuleSet } from '../generators/rules'
import type { Investigated } from './investigate'
import type { RuleRecord } from './record'
import type { Session } from './run'
import { curlLine, shownAnswer, shownRequest } from './shown'

export interface ReportParts {
  readonly tool: Report['tool']
  readonly document: ApiDocument
  readonly sets: readonly RuleSet[]
  readonly session: Session
  readonly findings: readonly Investigated[]
  readonly wholeRun: readonly RunFailure[]
  readonly seed: number
  readonly target: string
  readonly embedded?: string
  readonly command: string
  /** Where the report will lie, for replay lines. */
  readonly reportFile: string
  readonly secrets: readonly string[]
  readonly startedAt: string
  readonly seconds: number
  readonly params: Readonly<Record<string, string>>
  /** Document and overlays as the user named them. */
  readonly spec?: string
  readonly overlays: readonly string[]
  readonly throttled: boolean
}

/** Share of rules that may stay untested before nothing can be said of the whole. */
const untestedShare = 0.2
/** A rule whose cases were refused for another reason so often is not tested. */
const refusedShare = 0.5

/** Everything a run found out, with secrets masked. */
export function makeReport(parts: ReportParts): Report {
  const mask = createMask(parts.secrets)
  const findings = [
    ...parts.findings.map((found) => finding(parts, found, mask)),
    ...parts.wholeRun.map((failure) => wholeRunFinding(parts, failure, mask)),
  ]
  const unique = distinct(findings).sort(
    (a, b) =>
      Number(hitsPlain(b)) - Number(hitsPlain(a)) ||
      rank(a.severity) - rank(b.severity) ||
      Number(a.flaky) - Number(b.flaky) ||
      b.count - a.count,
  )
  const rules = [...parts.session.records.rules.values()].map((record) => ruleResult(record, unique, parts.session))
  const { verdict, reason } = judge(parts, rules, unique)
  return {
    version: 1,
    tool: parts.tool,
    verdict,
    exitCode: verdict === 'findings' ? 1 : verdict === 'conforms' ? 0 : 3,
    ...(reason ? { reason: mask(reason) } : {}),
    seed: parts.seed,
    target: mask(parts.target),
    ...(parts.embedded !== undefined ? { embedded: parts.embedded } : {}),
    document: {
      title: parts.document.title,
      version: parts.document.version,
      file: parts.document.file,
      ...(parts.spec !== undefined ? { spec: parts.spec } : {}),
      overlays: parts.overlays,
      params: Object.fromEntries(Object.entries(parts.params).map(([name, value]) => [name, mask(value)])),
    },
    startedAt: parts.startedAt,
    seconds: Number(parts.seconds.toFixed(3)),
    requests: parts.session.lastOrdinal(),
    creations: parts.session.creations(),
    command: parts.command,
    rules,
    members: parts.sets.flatMap(({ subject }) => documentedMembers(subject)),
    findings: unique,
    silences: parts.document.assumptions.map(
      ({ source: _, ...silence }): Silence => ({ ...silence, ...observedAt(parts.session, silence.place) }),
    ),
    notes: [
      ...parts.document.warnings.map((message) => ({ kind: 'document', message, count: 1 })),
      ...parts.session.records.notes.values(),
    ].map((note) => ({ ...note, message: mask(note.message) })),
    notTestable: [...parts.session.notSendable].map(([place, why]) => ({ place, reason: why })),
    statistics: parts.session.statistics.result(),
  }
}

/** The plain valid request fails: nothing else can be believed before that is mended. */
const hitsPlain = ({ check, changes, zone, flaky, request }: Finding): boolean =>
  check === 'status' && zone === 'accept' && !flaky && changes.length === 0 && request !== undefined

const rank = (severity: Severity): number => severities.indexOf(severity)

function ruleResult(record: RuleRecord, findings: readonly Finding[], session: Session): RuleResult {
  const { owes: _, ...info } = infoOf(record)
  const hit = findings.filter(({ rules }) => rules.includes(info.id)).map(({ id }) => id)
  const total = record.judged + record.notReached
  const unsendable = session.notSendable.get(info.id)
  const result =
    hit.length > 0
      ? 'broken'
      : total === 0
        ? unsendable
          ? 'not tested'
          : 'not run'
        : record.notReached > refusedShare * total
          ? 'not tested'
          : 'kept'
  const reason = result === 'not tested' ? (unsendable ?? record.reason) : undefined
  return {
    ...info,
    cases: record.judged,
    notReached: record.notReached,
    result,
    ...(reason ? { reason } : {}),
    ...(result === 'kept' && record.judged > 0 ? { rulesOut: Math.min(1, 3 / record.judged) } : {}),
    findings: hit,
  }
}

/** The rule without what generates it. */
function infoOf({ rule }: RuleRecord) {
  const { id, operation, zone, place, keyword, variant, promise, docs, owes } = rule
  return { id, operation, zone, place, keyword, ...(variant ? { variant } : {}), promise, ...(docs ? { docs } : {}), owes }
}

function judge(
  parts: ReportParts,
  rules: readonly RuleResult[],
  findings: readonly Finding[],
): { verdict: Report['verdict']; reason?: string } {
  const ended = parts.session.ended()
  const early =
    ended === 'interrupted'
      ? 'The run was interrupted; this is what was seen until then.'
      : ended === 'time'
        ? 'The time ended before the plan was sent whole; give more with --max-time.'
        : ended === 'budget'
          ? 'The request budget ended before the plan was sent whole; give more with --max-requests.'
          : undefined
  if (findings.length > 0) return { verdict: 'findings', ...(early ? { reason: early } : {}) }
  const why = (reason: string) => ({ verdict: 'not judged' as const, reason })
  const sample = rules.find(({ zone, reason }) => zone === 'accept' && reason)?.reason
  if (ended === 'unreachable')
    return why(`The target ${parts.target} could not be reached: ${faultOf(parts)}. Is it running, and is the URL right?`)
  if (ended === 'interrupted') return why('The run was interrupted before it could tell.')
  const accepting = rules.filter(({ zone }) => zone === 'accept')
  if (ended === 'no rights' || (accepting.length > 0 && accepting.every(({ cases }) => cases === 0)))
    return why(
      `No valid request was let through: ${sample ?? 'nothing was answered'}. Check the token (--token or PLUMBLINE_TOKEN), the path parameters (--param) and the target's path.`,
    )
  const untested = rules.filter(({ result }) => result === 'not tested')
  if (untested.length > untestedShare * rules.length)
    return why(
      `${untested.length} of ${rules.length} rules could not be tested: ${untested[0]?.reason ?? ''}. ${untested.length} is more than the ${untestedShare * 100} % that may stay untested.`,
    )
  const unsent = rules.filter(({ result }) => result === 'not run')
  // A throttling target is honest: what its pace left unsent is told, not held against it.
  const share = parts.throttled ? 1 - untestedShare : untestedShare
  if (unsent.length > share * rules.length)
    return why(
      `Only ${rules.length - unsent.length} of ${rules.length} rules were reached. ${early ?? 'Give more with --max-requests or --max-time.'}`,
    )
  return { verdict: 'conforms', ...(early ? { reason: early } : {}) }
}

function faultOf(parts: ReportParts): string {
  return [...parts.session.records.rules.values()].find(({ reason }) => reason)?.reason ?? 'no connection'
}

/** What the target did with what the docs leave open at a place, in words. */
function observedAt(session: Session, place: string): { observed?: string } {
  const open = [...session.records.rules.values()].filter(
    ({ rule, judged }) => rule.zone === 'either' && rule.place === place && judged > 0,
  )
  const named = (wanted: (record: RuleRecord) => boolean) => open.filter(wanted).map(({ rule }) => rule.variant ?? rule.keyword)
  const takes = named(({ taken, refusals }) => taken > 0 && refusals === 0)
  const refuses = named(({ taken, refusals }) => taken === 0 && refusals > 0)
  const both = named(({ taken, refusals }) => taken > 0 && refusals > 0)
  const parts = [
    takes.length > 0 ? `takes ${takes.join(', ')}` : '',
    refuses.length > 0 ? `refuses ${refuses.join(', ')}` : '',
    both.length > 0 ? `takes some and refuses some of ${both.join(', ')}` : '',
  ].filter((part) => part !== '')
  return parts.length > 0 ? { observed: parts.join('; ') } : {}
}

type Mask = (text: string) => string

function finding(parts: ReportParts, found: Investigated, mask: Mask): Finding {
  const { failure, lead, exchange } = found
  const { place } = found
  const id = digest(10, lead.rule.operation, failure.check, failure.kind, place)
  const rules = [...new Set(found.buckets.map(({ rule }) => rule.id))]
  const first = [...found.buckets].sort((a, b) => a.firstSeen.request - b.firstSeen.request)[0] ?? lead
  const docs = failure.docs ?? lead.rule.docs
  const curl = curlLine(parts.target, exchange.case.request, mask)
  return {
    id,
    severity: failure.severity,
    title: mask(titleOf(found)),
    rule: lead.rule.id,
    zone: lead.rule.zone,
    check: failure.check,
    kind: failure.kind,
    place,
    promise: failure.promise ?? lead.rule.promise,
    ...(docs ? { docs } : {}),
    message: mask(failure.message),
    ...(failure.expected !== undefined ? { expected: mask(failure.expected) } : {}),
    ...(failure.received !== undefined ? { received: mask(failure.received) } : {}),
    answerPlace: failure.place,
    request: shownRequest(exchange.case.request, mask),
    response: shownAnswer(exchange, mask),
    changes: masking(bounded(found.changes), mask),
    steady: found.flaky ? `${found.count} of ${Math.max(found.outOf, found.count)}` : 'always',
    flaky: found.flaky,
    count: found.count,
    outOf: Math.max(found.outOf, found.count),
    firstSeen: { request: first.firstSeen.request, seconds: Number(first.firstSeen.seconds.toFixed(3)) },
    rules,
    ...(curl ? { curl } : {}),
    replay: `npx plumbline-api replay ${parts.reportFile} ${id}`,
    shrinkPath: found.path.map((changes) => ({ changes: changes.length, bytes: JSON.stringify(changes).length })),
    case: {
      operation: lead.rule.operation,
      rule: lead.rule.id,
      index: exchange.case.index,
      fresh: exchange.case.fresh,
      ...(found.path.length > 1 || exchange.case.index >= lead.rule.fixed.length ? { changes: masking(found.changes, mask) } : {}),
    },
  }
}

/** Changes as data hold what was sent, so a header change may hold the token. */
const masking = <T>(value: T, mask: Mask): T =>
  JSON.parse(JSON.stringify(value), (_, inner) => (typeof inner === 'string' ? mask(inner) : inner))

/** Texts in a report's list of changes are cut at this length; the request itself is shown beside. */
const longestText = 2000

const bounded = (changes: readonly Change[]): readonly Change[] =>
  JSON.parse(
    JSON.stringify(changes, (_, value) =>
      typeof value === 'string' && value.length > longestText ? `${value.slice(0, longestText)}…` : value,
    ),
  )

/** One line that names the defect: where, and what happened instead. */
function titleOf({ failure, lead, common, place }: Investigated): string {
  if (failure.anywhere) return failure.message
  if (common) return `${failure.message} (${common})`
  return place === lead.rule.place || place === 'request' ? failure.message : `${place}: ${failure.message}`
}

function wholeRunFinding(parts: ReportParts, { failure, exchange, count, outOf }: RunFailure, mask: Mask): Finding {
  const set = parts.sets.find(({ subject }) => subject.id === exchange.case.operation)
  const rule = set?.rules.find(({ id }) => id === exchange.case.rule)
  const id = digest(10, exchange.case.operation, failure.check, failure.kind, failure.place)
  const docs = failure.docs ?? rule?.docs
  const curl = curlLine(parts.target, exchange.case.request, mask)
  return {
    id,
    severity: failure.severity,
    title: mask(failure.message),
    rule: exchange.case.rule,
    zone: exchange.case.zone,
    check: failure.check,
    kind: failure.kind,
    place: failure.place,
    promise: failure.promise ?? rule?.promise ?? '',
    ...(docs ? { docs } : {}),
    message: mask(failure.message),
    ...(failure.expected !== undefined ? { expected: mask(failure.expected) } : {}),
    ...(failure.received !== undefined ? { received: mask(failure.received) } : {}),
    answerPlace: failure.place,
    request: shownRequest(exchange.case.request, mask),
    response: shownAnswer(exchange, mask),
    changes: masking(bounded(exchange.case.changes), mask),
    steady: count >= outOf ? 'always' : `${count} of ${outOf}`,
    flaky: false,
    count,
    outOf,
    firstSeen: {
      request: exchange.ordinal,
      seconds: Number(Math.max(0, (exchange.sentAt - Date.parse(parts.startedAt)) / 1000).toFixed(3)),
    },
    rules: [exchange.case.rule],
    ...(curl ? { curl } : {}),
    replay: `npx plumbline-api replay ${parts.reportFile} ${id}`,
    shrinkPath: [],
  }
}

/** One finding for each id; what shares one is joined. */
function distinct(findings: readonly Finding[]): Finding[] {
  const byId = new Map<string, Finding>()
  for (const finding of findings) {
    const known = byId.get(finding.id)
    byId.set(
      finding.id,
      known ? { ...known, count: known.count + finding.count, rules: [...new Set([...known.rules, ...finding.rules])] } : finding,
    )
  }
  return [...byId.values()]
}
