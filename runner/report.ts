import type { RunFailure } from '../core/check'
import type { RunStarted } from '../core/event'
import { type Failure, type Finding, type Note, operationIn, type Severity, severities } from '../core/finding'
import type { DocsPlace } from '../core/place'
import { type Report, type RuleResult, untestedReasons } from '../core/report'
import { type RuleInfo, ruleInfo } from '../core/rule'
import { digest } from '../core/seed'
import { sourceLine } from '../core/source'
import { type Investigated, operationsOf } from './causes'
import type { Records, RuleOf, RuleRecord, Rules, Seen } from './record'
import { shellWord } from './shown'

interface ReportParts<S extends Rules> {
  readonly started: RunStarted
  readonly session: Seen<S>
  readonly findings: readonly Investigated<S>[]
  readonly wholeRun: readonly RunFailure[]
  /** Hides the secrets. */
  readonly mask: Mask
  readonly seconds: number
  readonly throttled: boolean
}

type Mask = (text: string) => string

/** Share of rules that may stay untested before nothing can be said of the whole. */
const untestedShare = 0.2
/** A rule whose cases were refused for another reason so often is not tested. */
const refusedShare = 0.5

/** Everything a run found out, with secrets masked. */
export function makeReport<S extends Rules>(parts: ReportParts<S>): Report {
  const { started, session, mask } = parts
  const findings = [
    ...parts.findings.map((found) => finding(parts, found)),
    ...parts.wholeRun.map((failure) => wholeRunFinding(parts, failure)),
  ]
  const unique = distinct(findings).sort(
    (a, b) =>
      Number(hitsPlain(b)) - Number(hitsPlain(a)) ||
      rank(a.severity) - rank(b.severity) ||
      Number(a.flaky) - Number(b.flaky) ||
      b.count - a.count,
  )
  const rules = [...session.records.rules.values()].map((record) => ruleResult(record, unique, session))
  const { verdict, reason } = judge(parts, rules, unique)
  const without = unique.length > 0 ? judge(parts, rules, []) : undefined
  return {
    version: 1,
    tool: started.tool,
    verdict,
    exitCode: verdict === 'findings' ? 1 : verdict === 'conforms' ? 0 : 3,
    ...(reason ? { reason: mask(reason) } : {}),
    ...(without?.verdict === 'not judged' && without.reason ? { unjudged: mask(without.reason) } : {}),
    seed: started.seed,
    target: started.target,
    ...(started.embedded !== undefined ? { embedded: started.embedded } : {}),
    document: started.document,
    startedAt: started.at,
    seconds: Number(parts.seconds.toFixed(3)),
    requests: session.lastOrdinal(),
    creations: session.creations(),
    command: started.command,
    rules,
    members: started.members,
    findings: unique,
    silences: started.silences.map((silence) => ({ ...silence, ...observedAt(session, silence.place) })),
    notes: [
      ...(started.cautions ?? []).map((message) => ({ kind: 'option', message, count: 1 })),
      ...started.warnings.map((message) => ({ kind: 'document', message, count: 1 })),
      ...unjudgedCases(rules, session),
      ...session.records.notes.values(),
    ].map((note) => ({ ...note, message: mask(note.message) })),
    notTestable: [...session.notSendable].map(([place, why]) => ({ place, reason: why })),
    statistics: session.statistics.result(),
  }
}

/** So many rules, or operations, of those that have something in common are named. */
const mostNamed = 5

/** What rules that were tested say nothing of, as some of their cases got no answer that could be judged: by the reason. */
function unjudgedCases(
  rules: readonly RuleResult[],
  { records }: Pick<Seen<Rules>, 'records'>,
): readonly (Note & { readonly count: number })[] {
  const byReason = new Map<string, { count: number; ids: string[] }>()
  for (const { id, result, notReached } of rules) {
    const reason = records.rules.get(id)?.reason
    if (result !== 'kept' || notReached === 0 || reason === undefined) continue
    const known = byReason.get(reason) ?? { count: 0, ids: [] }
    byReason.set(reason, { count: known.count + notReached, ids: [...known.ids, id] })
  }
  return [...byReason].map(([reason, { count, ids }]) => {
    const more = ids.length > mostNamed ? ` and ${ids.length - mostNamed} more rules` : ''
    return { kind: 'not-judged', message: `cases of ${ids.slice(0, mostNamed).join(', ')}${more} could not be judged: ${reason}`, count }
  })
}

/** The plain valid request fails: nothing else can be believed before that is mended. */
const hitsPlain = ({ check, changes, zone, flaky, request }: Finding): boolean =>
  check === 'status' && zone === 'accept' && !flaky && changes.length === 0 && request !== undefined

const rank = (severity: Severity): number => severities.indexOf(severity)

function ruleResult(record: RuleRecord<Rules>, findings: readonly Finding[], session: Pick<Seen, 'notSendable'>): RuleResult {
  const { owes: _, ...info } = ruleInfo(record.rule)
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
    seconds: Number(record.seconds.toFixed(6)),
    result,
    ...(reason ? { reason } : {}),
    ...(result === 'kept' && record.judged > 0 ? { rulesOut: Math.min(1, 3 / record.judged) } : {}),
    findings: hit,
  }
}

function judge<S extends Rules>(
  parts: ReportParts<S>,
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
          : ended === 'silent'
            ? 'The target stopped answering; the rest of the plan was not sent.'
            : ended === 'creates'
              ? 'The creates that were allowed ended before the plan was sent whole; give more with --max-creates.'
              : ended === 'killed'
                ? `The run was killed after ${parts.session.lastOrdinal()} requests; this is what its event log holds.`
                : undefined
  if (findings.length > 0) {
    const reasons = [
      findings.some(isWebPage) ? 'A web page answers valid requests: is the target the API, and is its path right?' : undefined,
      early,
    ]
    const reason = reasons.filter((one) => one !== undefined).join(' ')
    return { verdict: 'findings', ...(reason !== '' ? { reason } : {}) }
  }
  const why = (reason: string) => ({ verdict: 'not judged' as const, reason })
  const sample = rules.find(({ zone, reason }) => zone === 'accept' && reason)?.reason
  if (ended === 'unreachable')
    return why(`The target ${parts.started.target} could not be reached: ${faultOf(parts)}. Is it running, and is the URL right?`)
  if (ended === 'killed') return why(early as string)
  if (ended === 'interrupted') return why('The run was interrupted before it could tell.')
  const accepting = rules.filter(({ zone, result }) => zone === 'accept' && result !== 'not run')
  if (ended === 'no rights' || (accepting.length > 0 && accepting.every(({ cases }) => cases === 0)))
    return why(
      `No valid request could be judged: ${sample ?? 'nothing was answered'}. Check the token (--token or PLUMBLINE_TOKEN), the path parameters (--param) and the target's path.`,
    )
  const untested = rules.filter(({ result }) => result === 'not tested')
  if (untested.length > untestedShare * rules.length)
    return why(
      `${untested.length} of ${rules.length} rules could not be tested: ${untestedReasons(rules)[0]?.[0]}. ${untested.length} is more than the ${untestedShare * 100} % that may stay untested.`,
    )
  const unsent = rules.filter(({ result }) => result === 'not run')
  // A throttling target is honest: what its pace left unsent is told, not held against it.
  const share = parts.throttled ? 1 - untestedShare : untestedShare
  if (unsent.length > share * rules.length)
    return why(
      `Only ${rules.length - unsent.length} of ${rules.length} rules were reached. ${early ?? 'Give more with --max-requests, --max-time or --max-creates.'}`,
    )
  return { verdict: 'conforms', ...(early ? { reason: early } : {}) }
}

const isWebPage = ({ check, zone, changes, flaky, received }: Finding): boolean =>
  check === 'content-type' && zone === 'accept' && changes.length === 0 && !flaky && /html/i.test(received ?? '')

function faultOf<S extends Rules>(parts: ReportParts<S>): string {
  return [...parts.session.records.rules.values()].find(({ reason }) => reason)?.reason ?? 'no connection'
}

/** What the target did with what the docs leave open at a place, in words. */
function observedAt({ records }: { readonly records: Records<Rules> }, place: string): { observed?: string } {
  const open = [...records.rules.values()].filter(({ rule, judged }) => rule.zone === 'either' && rule.place === place && judged > 0)
  const named = (wanted: (record: RuleRecord<Rules>) => boolean) => open.filter(wanted).map(({ rule }) => rule.variant ?? rule.keyword)
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

function finding<S extends Rules>({ started, session, mask }: ReportParts<S>, found: Investigated<S>): Finding {
  const { failure, lead, exchange } = found
  const { place } = found
  const operations = operationsOf(found)
  // Of several, what comes now and then hits some by chance.
  const id = digest(10, found.flaky && operations.length > 1 ? '' : operations.join(' '), failure.check, failure.kind, place)
  const rules = [...new Set(found.buckets.map(({ rule }) => rule.id))]
  const first = [...found.buckets].sort((a, b) => a.firstSeen.request - b.firstSeen.request)[0] ?? lead
  return {
    id,
    ...whatIsWrong(failure, lead.rule, mask, docsIn(started, operationIn({ failure, rule: lead.rule }), place)),
    title: mask(titled(started, operations, titleOf(found))),
    place,
    ...session.show(exchange, lead.rule, found.path.length > 1 ? found.changes : undefined),
    steady: found.unrepeated ? 'not repeated' : found.flaky ? `${found.count} of ${Math.max(found.outOf, found.count)}` : 'always',
    flaky: isFlaky(found),
    count: found.count,
    outOf: Math.max(found.outOf, found.count),
    firstSeen: { request: first.firstSeen.request, seconds: Number(first.firstSeen.seconds.toFixed(3)) },
    rules,
    replay: replayLine(started, id),
    shrinkPath: found.path.map((changes) => ({ changes: changes.length, bytes: JSON.stringify(changes).length })),
  }
}

/** The command that sends a finding again, with the config that the run took: the token may come from there. */
function replayLine({ reportFile, command }: RunStarted, id: string): string {
  const config = [...command.matchAll(/ --(?:config|profile)[= ](?:'[^']*'|\\'|[^\s'])+/g)].map(([words]) => words)
  return `npx plumbline-api replay ${shellWord(reportFile)} ${id}${config.join('')}`
}

/** A document of the user's own is its docs: the line of it. */
function docsIn({ document, members }: RunStarted, operation: string, place: string): DocsPlace | undefined {
  if (document.spec === undefined) return undefined
  return { page: document.file, line: sourceLine({ document, members }, operation, place), section: operation }
}

/** What a finding says of its failure, whichever way it was found. */
function whatIsWrong(failure: Failure, rule: RuleInfo, mask: Mask, stated: DocsPlace | undefined) {
  const docs = failure.docs ?? rule.docs ?? stated
  return {
    severity: failure.severity,
    title: mask(failure.message),
    rule: rule.id,
    zone: rule.zone,
    check: failure.check,
    kind: failure.kind,
    place: failure.place,
    promise: failure.promise ?? rule.promise,
    ...(docs ? { docs } : {}),
    message: mask(failure.message),
    ...(failure.expected !== undefined ? { expected: mask(failure.expected) } : {}),
    ...(failure.received !== undefined ? { received: mask(failure.received) } : {}),
    answerPlace: failure.place,
  }
}

/** With its operation, where the document has others. */
const titled = ({ document }: RunStarted, operations: readonly string[], title: string): string =>
  (document.operations?.length ?? 0) > 1 && operations.length === 1 ? `${operations[0]}: ${title}` : title

/** What was not sent again may be steady. */
const isFlaky = ({ flaky, unrepeated }: Investigated<Rules>): boolean => flaky && !unrepeated

/** One line that names the defect: where, and what happened instead. */
function titleOf(found: Investigated<Rules>): string {
  const { failure, lead, common, place, changes } = found
  const told = operationsOf(found)
  const more = told.length > mostNamed ? `, and ${told.length - mostNamed} more` : ''
  const operations = told.length > 1 ? [`by ${told.slice(0, mostNamed).join(', ')}${more}`] : []
  const inWords = (words: readonly string[]) => (words.length > 0 ? `${failure.message} (${words.join('; ')})` : failure.message)
  // What comes whatever is sent is not the fault of what was sent when it came.
  if (isFlaky(found) && !failure.anywhere && place === 'request' && changes.length > 0) return `now and then: ${inWords(operations)}`
  if (common) return inWords([common, ...operations])
  return failure.anywhere || place === lead.rule.place || place === 'request' ? inWords(operations) : `${place}: ${inWords(operations)}`
}

function wholeRunFinding<S extends Rules>(
  { started, session, mask }: ReportParts<S>,
  { failure, exchange, count, outOf }: RunFailure,
): Finding {
  const rule = session.records.rules.get(exchange.case.rule)?.rule as RuleOf<S>
  const id = digest(10, rule.operation, failure.check, failure.kind, failure.place)
  const { case: _, ...shown } = session.show(exchange, rule)
  return {
    id,
    ...whatIsWrong(failure, rule, mask, docsIn(started, rule.operation, failure.place)),
    title: mask(titled(started, [rule.operation], failure.message)),
    ...shown,
    steady: count >= outOf ? 'always' : `${count} of ${outOf}`,
    flaky: false,
    wholeRun: true,
    count,
    outOf,
    firstSeen: {
      request: exchange.ordinal,
      seconds: Number(Math.max(0, (exchange.sentAt - Date.parse(started.at)) / 1000).toFixed(3)),
    },
    rules: [exchange.case.rule],
    replay: replayLine(started, id),
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
