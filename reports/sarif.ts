import type { Location, Log, ReportingDescriptor, Result } from 'sarif'
import { fails } from '../core/baseline'
import type { Finding, Severity } from '../core/finding'
import type { Report, RuleResult } from '../core/report'
import { fileUri, lineOf } from './source'
import { shorten, visible } from './text'
import { borneWords, howOften, steadiness } from './words'

const levels = { critical: 'error', serious: 'error', moderate: 'warning', minor: 'note' } as const satisfies Record<
  Severity,
  Result['level']
>

/** Bounded text of a message. `[text](target)` would be a link in it (SARIF 2.1.0, 3.11.6). */
const text = (value: string, limit = 1000): string => visible(shorten(value, limit)).replaceAll('](', '\\](')

const descriptor = ({ id, promise, zone, place }: RuleResult): ReportingDescriptor => ({
  id: visible(id),
  shortDescription: { text: text(promise) },
  properties: { zone, place: visible(place), tags: [zone] },
})

/** A finding without a rule, or of a rule that the report does not list. */
const ownDescriptor = (finding: Finding): ReportingDescriptor => ({
  id: ownRule(finding),
  shortDescription: { text: text(finding.promise) },
})
const ownRule = ({ check, kind }: Finding): string => visible(`${check}:${kind}`)

function result(report: Report, finding: Finding, ruleId: string): Result {
  const { title, promise, message, docs, replay } = finding
  const sentences = [
    title,
    `Promised: ${promise}`,
    ...(message === title ? [] : [message]),
    `Seen in ${howOften(finding)}; ${steadiness(finding)}.`,
  ]
  const page: Location[] = docs
    ? [
        {
          physicalLocation: {
            artifactLocation: { uri: fileUri(beside(report.document.file, docs.page)) },
            region: { startLine: Math.max(1, docs.line) },
          },
          message: { text: text(docs.text === undefined ? docs.section : `${docs.section}: ${docs.text}`) },
        },
      ]
    : []
  return {
    ruleId,
    kind: 'fail',
    level: levels[finding.severity],
    message: { text: `${sentences.map((sentence) => text(sentence)).join('\n')}\n${text(replay)}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: fileUri(report.document.file) },
          region: { startLine: lineOf(report, finding) },
        },
        logicalLocations: [{ fullyQualifiedName: visible(finding.place), kind: 'member' }],
      },
    ],
    ...(page.length > 0 ? { relatedLocations: page } : {}),
    ...standing(report, finding),
    // GitHub tells alerts apart by `primaryLocationLineHash`; by the same id a finding stays itself when lines of the document move.
    partialFingerprints: { 'plumblineFinding/v1': finding.id, primaryLocationLineHash: finding.id },
    properties: { severity: finding.severity, flaky: finding.flaky, rules: finding.rules.map(visible) },
  }
}

/** What fails no run is suppressed, with the reason. */
function standing(report: Report, finding: Finding): Pick<Result, 'baselineState' | 'suppressions'> {
  const { baseline } = finding
  if (!baseline && !report.allowFlaky) return {}
  const state = baseline && { baselineState: baseline.state === 'new' ? ('new' as const) : ('unchanged' as const) }
  if (fails(report, finding)) return { ...state, suppressions: [] }
  return { ...state, suppressions: [{ kind: 'external', status: 'accepted', justification: text(borneWords(finding)) }] }
}

/** A page's file is told relative to the document that quotes it. */
const beside = (file: string, page: string): string => `${file.replace(/[^/\\]*$/, '')}${page}`

/**
 * `report.sarif`: SARIF 2.1.0 (OASIS). Rules are the rules of the run, results its findings; they point at the line of the OpenAPI document.
 * The rule of a finding is the first in the document's order that it broke, so that it does not depend on the seed.
 */
export function renderSarif(report: Report): string {
  const ids = new Map(report.findings.map((finding) => [finding, report.rules.find(({ id }) => finding.rules.includes(id))?.id]))
  const own = report.findings.filter((finding) => ids.get(finding) === undefined)
  const rules = new Map([...report.rules.map(descriptor), ...own.map(ownDescriptor)].map((rule) => [rule.id, rule]))
  const ended = new Date(Date.parse(report.startedAt) + report.seconds * 1000).toISOString()
  const reason = report.reason === undefined ? [] : [{ level: 'warning' as const, message: { text: text(report.reason) } }]
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Plumbline', version: report.tool.version, rules: [...rules.values()] } },
        invocations: [
          {
            executionSuccessful: report.exitCode !== 3,
            exitCode: report.exitCode,
            startTimeUtc: report.startedAt,
            endTimeUtc: ended,
            commandLine: visible(report.command),
            ...(reason.length > 0 ? { toolExecutionNotifications: reason } : {}),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: report.findings.map((finding) => {
          const id = ids.get(finding)
          return result(report, finding, id === undefined ? ownRule(finding) : visible(id))
        }),
        properties: { target: visible(report.target), seed: report.seed, verdict: report.verdict },
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}
