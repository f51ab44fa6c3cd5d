import type { Finding } from '../core/finding'
import type { DocumentedMember, Report, RuleResult } from '../core/report'
import { sampleReport } from './sample'
import { findings } from './sampleFindings'

const bidi = '\u202e\u2066'

/** Texts by which a target or a document might attack a report. */
export const attacks = {
  script: '<script>window.attacked=1</script>',
  image: '<img src=x onerror="window.attacked=1">',
  close: '</script></style></textarea><script>window.attacked=1</script>',
  attribute: '" onmouseover="window.attacked=1" x="',
  bidi: `${bidi}gnp.exe`,
  control: '\u001b[2J\u001b]0;attacked\u0007\u0000\u0008',
  surrogate: '\ud800',
} as const

/** A report in which every text that a target or a document can shape is an attack. */
export function hostileReport(): Report {
  const attack = Object.values(attacks).join(' ')
  const line = 'A'.repeat(10 * 1024 * 1024)
  const [one, ...others] = findings()
  const hostile: Finding = {
    ...one!,
    severity: 'critical',
    title: attack,
    promise: attack,
    message: attack,
    expected: attack,
    received: attack,
    place: attack,
    answerPlace: `answer.body.${attack}`,
    docs: { page: attack, line: 1, section: attack, text: attack },
    rules: [attack],
    rule: attack,
    changes: [
      { at: ['body', attack], set: attack },
      { at: ['header', attack], raw: attack },
    ],
    request: { method: attack, target: attack, headers: [[attack, attack]], body: JSON.stringify({ [attack]: attack }), bodyBytes: 12 },
    response: {
      status: 200,
      statusText: attack,
      headers: [[attack, attack]],
      body: `{"${'x'.repeat(9)}": "${line}"}`,
      bodyBytes: line.length,
      seconds: 0.1,
    },
    curl: `curl '${attack}'`,
    replay: attack,
  }
  const deep: Finding = {
    ...one!,
    id: 'deep',
    title: 'An answer that nests deeply',
    response: { status: 200, headers: [], body: '['.repeat(6000), bodyBytes: 6000, seconds: 0.1 },
  }
  const binary: Finding = {
    ...one!,
    id: 'binary',
    title: 'An answer of bytes',
    response: {
      status: 200,
      headers: [],
      bodyBase64: Buffer.from([0xff, 0xfe, 0x41, 0x0a, 0x3c, 0x80]).toString('base64'),
      bodyBytes: 6,
      seconds: 0.1,
    },
  }
  const report = sampleReport({
    target: attack,
    command: attack,
    reason: attack,
    findings: [hostile, deep, binary, ...others],
    silences: [{ place: attack, question: attack, assumption: attack, reason: attack, observed: attack }],
    notes: [{ kind: attack, message: attack, count: 1 }],
    notTestable: [{ place: attack, reason: attack }],
    document: { title: attack, version: attack, file: attack, overlays: [attack], params: { [attack]: attack } },
  })
  const rules: RuleResult[] = [
    { ...report.rules[0]!, id: attack, place: attack, promise: attack, reason: attack, result: 'broken', findings: [one!.id] },
  ]
  const statistics = { ...report.statistics, zones: report.statistics.zones.map((zone) => ({ ...zone, statuses: { [attack]: 3 } })) }
  const extra: DocumentedMember = { operation: attack, place: `answer.body.${attack}`, statuses: [attack], type: attack, required: true }
  return { ...report, rules: [...rules, ...report.rules], members: [...report.members!, extra], statistics }
}
