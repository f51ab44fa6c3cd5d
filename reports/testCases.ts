import { fails } from '../core/baseline'
import type { Finding } from '../core/finding'
import type { Report, RuleResult } from '../core/report'
import { commandsOf, findingLines } from './findingText'
import { counted, shorten } from './text'
import { borneWords } from './words'

/** A rule as the test case that test reports know. */
export interface TestCase {
  readonly name: string
  /** The rule's operation; none where a finding or the verdict stands for itself. */
  readonly operation: string | undefined
  readonly place: string
  readonly status: 'passed' | 'failed' | 'skipped' | 'errored'
  /** Why it did not pass, in one line. */
  readonly message?: string
  /** What there is to tell besides, in lines. */
  readonly details?: readonly string[]
  readonly rule?: RuleResult
  /** The findings that broke it, worst first. */
  readonly findings: readonly Finding[]
}

/**
 * One test case for each rule; one more for each finding that no rule of the report stands for, and for a target that could not be
 * judged, so that a run never passes in the eyes of a reader who counts failures alone.
 */
export function testCases(report: Report): TestCase[] {
  const byId = new Map(report.findings.map((finding) => [finding.id, finding]))
  const known = new Set(report.rules.flatMap(({ findings }) => findings))
  return [
    ...report.rules.map((rule) => ofRule(report, rule, byId)),
    ...report.findings.filter(({ id }) => !known.has(id)).map((finding) => ofFinding(report, finding)),
    ...(report.exitCode === 3 ? [unjudged(report)] : []),
  ]
}

function ofRule(report: Report, rule: RuleResult, byId: ReadonlyMap<string, Finding>): TestCase {
  const { id: name, operation, place, result } = rule
  const findings = rule.findings.flatMap((id) => byId.get(id) ?? [])
  const shared = { name, operation, place, rule, findings }
  if (result === 'kept') return { ...shared, status: 'passed' }
  if (result !== 'broken') return { ...shared, status: 'skipped', message: `${result}: ${rule.reason ?? 'the run ended first'}` }
  return { ...shared, ...brokenBy(report, findings, rule.promise), details: findings.flatMap((finding) => told(finding, name)) }
}

/** What does not fail the run is skipped, with the reason: it is known, or flaky and allowed. */
function brokenBy(report: Report, findings: readonly Finding[], promise: string): Pick<TestCase, 'status' | 'message'> {
  const failing = findings.filter((finding) => fails(report, finding))
  const [worst] = failing.length > 0 ? failing : findings
  const others = findings.length > 1 ? `, and ${counted(findings.length - 1, 'finding')} more` : ''
  const message = `${shorten(worst?.title ?? promise, 300)}${others}`
  if (findings.length === 0 || failing.length > 0) return { status: 'failed', message }
  return { status: 'skipped', message: `${shorten(borneWords(worst!), 300)}: ${message}` }
}

/** A finding is told in full at its own rule, in a line at the others that it hit. */
function told(finding: Finding, rule: string): string[] {
  const heading = `${finding.severity}: ${shorten(finding.title, 300)}`
  if (finding.rule !== undefined && finding.rule !== rule) return [`${heading} (finding ${finding.id}, told at ${finding.rule})`]
  return [`${heading} (finding ${finding.id})`, ...findingLines(finding), ...commandsOf(finding), '']
}

function ofFinding(report: Report, finding: Finding): TestCase {
  return {
    name: `${finding.check}:${finding.kind}`,
    operation: undefined,
    place: finding.place,
    ...brokenBy(report, [finding], finding.promise),
    details: told(finding, ''),
    findings: [finding],
  }
}

const unjudged = (report: Report): TestCase => ({
  name: 'the target can be judged',
  operation: undefined,
  place: 'target',
  status: 'errored',
  message: shorten(report.reason ?? 'it could not be judged', 1200),
  findings: [],
})
