import type { Finding } from '../core/finding'
import type { Report } from '../core/report'
import { commandsOf, findingLines } from './findingText'
import { count, counted, duration, shorten, visible } from './text'
import { byZone, docsName, howOften, results, verdictWords } from './words'

/** So many findings are told in full, so many in a line of the table: a job's summary on GitHub may have 1 MiB. */
const inFull = 30
const inTable = 200

/**
 * Text of a target in Markdown, as it is and no more: no emphasis, HTML, link, formula, mention or reference. The empty comment
 * parts what GitHub would join to a mention or a link after Markdown is done.
 */
export function markdownText(text: string, limit = 300): string {
  return visible(shorten(text, limit))
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[@#]|:(?=\/\/)|\bwww(?=\.)/gi, '$&<!-- -->')
    .replaceAll('$', '<span>$</span>')
}

/** Lines as code, within a fence longer than any in them. */
function fenced(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map(({ length }) => length)))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}text`, ...lines, fence].join('\n')
}

const signs = { 0: '✅', 1: '❌', 3: '❔' } as const satisfies Record<Report['exitCode'], string>

function row(finding: Finding): string {
  const { severity, title, place, docs } = finding
  const where = docs ? `${markdownText(docsName(docs), 100)} ${markdownText(docs.section, 100)}` : ''
  const often = `${howOften(finding)}${finding.flaky ? ', flaky' : ''}${finding.baseline ? `, ${finding.baseline.state}` : ''}`
  return `| ${severity} | ${markdownText(title)} | ${markdownText(place, 150)} | ${where} | ${often} |`
}

function findings({ findings: all }: Report): string[] {
  if (all.length === 0) return []
  const rows = all.slice(0, inTable).map(row)
  const more = all.length > inTable ? [`and ${counted(all.length - inTable, 'more finding')} in the other reports.`] : []
  return [
    ['| severity | finding | place | docs | seen |', '| --- | --- | --- | --- | --- |', ...rows].join('\n'),
    ...more,
    ...all.slice(0, inFull).map(whole),
  ]
}

/** A finding behind its title. The commands have a fence of their own, so that GitHub's button copies them alone. */
function whole(finding: Finding): string {
  const title = `<summary>${markdownText(finding.title)}</summary>`
  return ['<details>', title, '', fenced(findingLines(finding)), '', fenced(commandsOf(finding)), '', '</details>'].join('\n')
}

function zones(report: Report): string {
  const names = ['zone', 'rules', 'cases', ...[...results].reverse()]
  const rows = byZone(report.rules).map(({ zone, rules, cases, results: tally }) =>
    [zone, count(rules), count(cases), ...[...results].reverse().map((result) => count(tally[result]))].join(' | '),
  )
  return [`| ${names.join(' | ')} |`, `| --- |${' ---: |'.repeat(names.length - 1)}`, ...rows.map((cells) => `| ${cells} |`)].join('\n')
}

/** `summary.md`: verdict, findings and zones in GitHub's Markdown, for a job's summary. At most some hundred kilobytes, whatever the findings. */
export function renderMarkdown(report: Report): string {
  const { headline, sentence } = verdictWords(report)
  const facts = [
    `${sentence} It took ${duration(report.seconds)}, seed ${report.seed}.`,
    `Target ${markdownText(report.target)}, document ${markdownText(report.document.title)} (${markdownText(report.document.file)}).`,
  ]
  const parts = [
    `## ${signs[report.exitCode]} ${headline}`,
    facts.join('  \n'),
    ...(report.reason === undefined ? [] : [markdownText(report.reason, 1200)]),
    ...findings(report),
    zones(report),
    fenced([visible(shorten(report.command, 2000))]),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
