import pc from 'picocolors'
import type { ReportDiff, RunSummary } from '../../core/diff'
import { counted, shorten, visible, wrap } from '../text'
import { headlineOf, parts, placeOf, resultWords } from './words'

const most = 50

/** A comparison as a terminal shows it: findings by what became of them, then behaviour and rules. */
export function renderDiffTerminal(diff: ReportDiff, options: { readonly width: number; readonly colour: boolean }): string {
  const colours = pc.createColors(options.colour)
  const item = (mark: string, text: string) =>
    wrap(visible(shorten(text, 400)), options.width - 4).map((line, index) => `  ${index === 0 ? mark : ' '} ${line}`)
  const section = <T>(title: string, all: readonly T[], lines: (one: T) => string[]) =>
    all.length === 0
      ? []
      : [
          '',
          `${colours.bold(title)} (${all.length})`,
          ...all.slice(0, most).flatMap(lines),
          ...(all.length > most ? [`    and ${all.length - most} more`] : []),
        ]
  const marks = { added: colours.red('+'), fixed: colours.green('✓'), still: '=', notSeen: colours.yellow('?') }
  const run = (name: string, { target, startedAt, seed, verdict, requests }: RunSummary) =>
    wrap(
      visible(`${name}  ${shorten(target, 200)}, ${startedAt}, seed ${seed}: ${verdict}, ${counted(requests, 'request')}`),
      options.width,
    )
  const lines = [
    ...run('before', diff.before),
    ...run('after ', diff.after),
    '',
    colours.bold(diff.added.length > 0 ? colours.red(headlineOf(diff)) : colours.green(headlineOf(diff))),
    ...parts.flatMap(({ of, title }) =>
      section(title, diff[of], (finding) => {
        const place = placeOf(finding)
        return item(marks[of], `${finding.id} ${finding.severity}: ${finding.title}${place === undefined ? '' : ` (${place})`}`)
      }),
    ),
    ...section('Other behaviour where the docs are silent', diff.behaviour, ({ place, question, before, after }) => [
      ...item('~', `${place}: ${question}`),
      ...item(' ', `before: ${before}`),
      ...item(' ', `after:  ${after}`),
    ]),
    ...section('Rules with another result', diff.rules, ({ id, before, after }) =>
      item('~', `${id}: ${resultWords(before)} → ${resultWords(after)}`),
    ),
  ]
  return `${lines.join('\n')}\n`
}
