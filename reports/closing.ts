import type { Colors } from 'picocolors/types'
import type { Finding } from '../core/finding'
import { type Report, untestedReasons } from '../core/report'
import { columns, count, counted, duration, shorten, shortList, visible, wrap, wrapCommand } from './text'
import { answerWords, byZone, docsName, howOften, results, sentWords, standingWords, steadiness, verdictWords } from './words'

interface ClosingOptions {
  /** Columns of the terminal. */
  readonly width: number
  /** The verdict and the title of each finding. */
  readonly quiet: boolean
  readonly colours: Colors
}

/** So many findings are told in full; of the others the title. */
const inFull = 10
const mostLines = 200
const longestCommand = 1000

type Paint = (text: string) => string
const as: Paint = (text) => text

/** A paragraph with a name in front: `  Promised  port must be …`, wrapped behind the name. */
function labelled(label: string, text: string, width: number, name: Paint, paint: Paint = as): string[] {
  const indent = 12
  return wrap(visible(shorten(text, 1200)), width - indent).map(
    (line, index) => `  ${name((index === 0 ? label : '').padEnd(indent - 2))}${paint(line)}`,
  )
}

/** A command on lines that still work as pasted; one with characters that a terminal would obey is shown escaped instead. */
function commandLines(text: string, width: number, dim: Paint): string[] {
  if (text.length > longestCommand) return [`    ${dim(`(its curl line has ${count(text.length)} characters: see the report)`)}`]
  const safe = text.split('\n').every((line) => visible(line) === line)
  return (safe ? wrapCommand(text, width - 4).flatMap((line) => line.split('\n')) : [visible(text)]).map((line) => `    ${dim(line)}`)
}

const severityPaint = (colours: Colors, finding: Finding): Paint =>
  ({ critical: colours.red, serious: colours.red, moderate: colours.yellow, minor: colours.cyan })[finding.severity]

/** Its number and title, wrapped, with a label at the right edge. */
function head(finding: Finding, index: number, { width, colours }: ClosingOptions, label: string, title: Paint): string[] {
  const number = `${index + 1}. `
  return wrap(visible(shorten(finding.title, 300)), width - number.length - 11).map((line, at) => {
    if (at > 0) return `${' '.repeat(number.length)}${title(line)}`
    const gap = ' '.repeat(Math.max(1, width - number.length - columns(line) - label.length))
    return `${number}${title(line)}${gap}${severityPaint(colours, finding)(label)}`
  })
}

function whole(finding: Finding, index: number, options: ClosingOptions): string[] {
  const { width, colours } = options
  const part = (label: string, text: string, paint?: Paint) => labelled(label, text, width, colours.dim, paint)
  const came = finding.received !== undefined ? [finding.received] : finding.response ? [answerWords(finding.response)] : []
  return [
    ...head(finding, index, options, finding.severity, colours.bold),
    ...part('Promised', finding.promise),
    ...(finding.docs ? part('', `${docsName(finding.docs)}  ${finding.docs.section}`, colours.dim) : []),
    ...(finding.before ?? []).flatMap(({ request, response }, at) =>
      part(
        at === 0 ? 'After' : '',
        `${request.method} ${request.target}${request.body === undefined ? '' : ` ${shorten(request.body, 200)}`}: ${answerWords(response)}`,
      ),
    ),
    ...(finding.request ? sentWords(finding).flatMap((words, at) => part(at === 0 ? 'Sent' : '', words)) : []),
    ...(finding.expected === undefined ? [] : part('Owed', finding.expected)),
    ...came.flatMap((words) => part('Came', words)),
    ...(finding.message === finding.title ? [] : part('Wrong', finding.message)),
    ...part('Seen', `${howOften(finding)} that could show it; ${steadiness(finding)}`),
    ...(finding.baseline ? part('Baseline', standingWords(finding) ?? '') : []),
    ...(finding.curl === undefined ? [] : commandLines(finding.curl, width, as)),
    ...commandLines(finding.replay, width, colours.dim),
    '',
  ]
}

const brief = (finding: Finding, index: number, options: ClosingOptions): string[] =>
  head(finding, index, options, finding.baseline && finding.baseline.state !== 'new' ? finding.baseline.state : finding.severity, as)

function findings(report: Report, options: ClosingOptions): string[] {
  const all = report.findings
  const full = options.quiet ? [] : all.slice(0, inFull).flatMap((finding, index) => whole(finding, index, options))
  const rest = all.slice(options.quiet ? 0 : inFull)
  const lines = rest.slice(0, mostLines).flatMap((finding, index) => brief(finding, index + all.length - rest.length, options))
  const more = rest.length > mostLines ? [`and ${counted(rest.length - mostLines, 'more finding')} in the reports`] : []
  return lines.length > 0 ? [...full, ...lines, ...more, ''] : full
}

/** Known findings that are fixed; they fail nothing, but the baseline still bears them. */
function fixed({ baseline }: Report, { width, colours }: ClosingOptions): string[] {
  if (!baseline || baseline.fixed.length === 0) return []
  const lines = baseline.fixed
    .slice(0, mostLines)
    .flatMap(({ id, title = '' }) => wrap(visible(`${shorten(id, 80)} ${shorten(title, 200)}`), width - 2).map((line) => `  ${line}`))
  return [colours.green(`Fixed since ${visible(shorten(baseline.file, 200))}:`), ...lines, '  "plumbline baseline update" drops them.', '']
}

/** Rules and cases by zone, as a table. */
function table(report: Report, { width, colours }: ClosingOptions): string[] {
  const columnNames = ['zone', 'rules', 'cases', ...[...results].reverse()]
  const rows = byZone(report.rules).map(({ zone, rules, cases, results: tally }) => [
    zone,
    count(rules),
    count(cases),
    ...[...results].reverse().map((result) => count(tally[result])),
  ])
  const widths = columnNames.map((name, index) => Math.max(name.length, ...rows.map((row) => row[index]!.length)))
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!))).join('  ')
  const legend = wrap('accept: a success is owed; reject: a refusal; either: any documented answer', width)
  return [colours.dim(line(columnNames)), ...rows.map(line), ...legend.map(colours.dim)]
}

function verdict(report: Report, { width, colours }: ClosingOptions): string[] {
  const { headline, sentence } = verdictWords(report)
  const passes = report.exitCode === 0
  const paint = { conforms: colours.green, findings: passes ? colours.yellow : colours.red, 'not judged': colours.yellow }[report.verdict]
  const sign = { conforms: '✓', findings: passes ? '✓' : '✕', 'not judged': '?' }[report.verdict]
  const reason = report.reason === undefined ? [] : wrap(visible(shorten(report.reason, 1200)), width - 2).map((line) => `  ${line}`)
  const where =
    report.embedded === undefined ? '' : `, at the embedded server${report.embedded === 'reference' ? '' : ` ${report.embedded}`}`
  const took = `${sentence} It took ${duration(report.seconds)}, seed ${report.seed}${where}.`
  return [
    ...wrap(`${sign} ${headline}`, width).map((line) => paint(colours.bold(line))),
    ...wrap(took, width - 2).map((line) => `  ${line}`),
    ...reason,
  ]
}

const mostReasons = 3

/** Why rules could not be tested, the commonest reasons first. */
function untested({ rules }: Report, { width }: ClosingOptions): readonly string[] {
  const all = untestedReasons(rules)
  if (all.length === 0) return []
  const words = all.slice(0, mostReasons).map(([reason, times]) => `${counted(times, 'rule')}: ${visible(shorten(reason, 300))}`)
  const more = all.length > mostReasons ? [`${counted(all.length - mostReasons, 'other reason')} in the reports`] : []
  const indented = (text: string) => wrap(text, width - 4).map((line, at) => `${at === 0 ? '  ' : '    '}${line}`)
  return ['', 'Not tested:', ...[...words, ...more].flatMap(indented)]
}

/** What a terminal says when a run has ended: the verdict, the findings, the rules counted by zone. Lines without their ends. */
export function closing(report: Report, options: ClosingOptions): string[] {
  const { thinned } = report.document
  const tooFew = thinned === undefined ? [] : [`${visible(shorten(thinned, 500))}.`]
  if (options.quiet)
    return [
      ...verdict(report, options),
      ...tooFew.flatMap((line) => wrap(line, options.width)),
      ...findings(report, options),
      ...fixed(report, options),
    ]
  const silences =
    report.silences.length > 0
      ? [`The docs are silent in ${counted(report.silences.length, 'place')}; the reports tell what was assumed.`]
      : []
  const leftOut = (report.document.leftOut ?? []).map(
    ({ reason, operations }) => `Left out: ${visible(shorten(shortList(operations), 300))}: ${visible(shorten(reason, 300))}.`,
  )
  return [
    '',
    ...verdict(report, options),
    '',
    ...findings(report, options),
    ...fixed(report, options),
    ...table(report, options),
    ...untested(report, options),
    ...[...leftOut, ...tooFew, ...silences].flatMap((line) => ['', ...wrap(line, options.width)]),
    '',
  ]
}
