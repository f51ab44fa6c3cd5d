import type { ReportDiff, RunSummary } from '../../core/diff'
import type { Finding } from '../../core/finding'
import { markdownText } from '../markdown'
import { counted } from '../text'
import { headlineOf, parts, resultWords } from './words'

const most = 200

/** A comparison as Markdown, for a comment or a job summary. */
export function renderDiffMarkdown(diff: ReportDiff): string {
  const table = <T>(title: string, heads: readonly string[], all: readonly T[], row: (one: T) => readonly string[]): string[] =>
    all.length === 0
      ? []
      : [
          `### ${title} (${all.length})`,
          [
            `| ${heads.join(' | ')} |`,
            `| ${heads.map(() => '---').join(' | ')} |`,
            ...all.slice(0, most).map((one) => `| ${row(one).join(' | ')} |`),
          ].join('\n'),
          ...(all.length > most ? [`and ${counted(all.length - most, 'more')}.`] : []),
        ]
  const finding = ({ id, severity, title, place }: Finding) => [
    severity,
    markdownText(title),
    markdownText(place, 150),
    markdownText(id, 60),
  ]
  const run = ({ target, document, startedAt, seed, verdict, requests }: RunSummary) =>
    [target, document, startedAt, String(seed), verdict, String(requests)].map((text) => markdownText(text, 200))
  const heads = ['severity', 'finding', 'place', 'id']
  return `${[
    `## ${diff.added.length > 0 ? '❌' : '✅'} ${headlineOf(diff)}`,
    [
      '| run | target | document | started | seed | verdict | requests |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      `| before | ${run(diff.before).join(' | ')} |`,
      `| after | ${run(diff.after).join(' | ')} |`,
    ].join('\n'),
    ...parts.flatMap(({ of, title }) => table(title, heads, diff[of], finding)),
    ...table('Other behaviour where the docs are silent', ['place', 'question', 'before', 'after'], diff.behaviour, (one) =>
      [one.place, one.question, one.before, one.after].map((text) => markdownText(text)),
    ),
    ...table('Rules with another result', ['rule', 'promise', 'before', 'after'], diff.rules, ({ id, promise, before, after }) =>
      [id, promise, resultWords(before), resultWords(after)].map((text) => markdownText(text)),
    ),
  ].join('\n\n')}\n`
}
