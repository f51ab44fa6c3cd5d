import { readFile, writeFile } from 'node:fs/promises'
import { isSeq } from 'yaml'
import { againstBaseline, type KnownFinding } from '../core/baseline'
import { UsageError } from '../core/errors'
import type { Report } from '../core/report'
import { counted, shorten, visible } from '../reports/text'
import { type Baseline, parseBaseline } from './baselineFile'
import { readReport } from './reportFile'

interface Options {
  readonly baseline: string
  readonly reason: string
  readonly owner: string
  readonly expires?: string
}

const beginning = `# Findings that are known: a run with --baseline does not fail on them until they expire.
# "plumbline baseline update" adds new ones and drops fixed ones; reasons, owners and comments are kept.
version: 1
findings: []
`

/** Days for which a new entry is borne unless told otherwise. */
const borne = 90
const longestTitle = 200

/** Takes the new findings of a report into the baseline and drops those that are fixed; the rest of the file stays as it is written. */
export async function baselineUpdateCommand(reportFile: string, options: Options): Promise<void> {
  const report = await readReport(reportFile)
  const file = options.baseline
  const { known, document } = await readOrBegin(file)
  const { findings, baseline } = againstBaseline(report, file, known)
  const fresh = findings.filter((finding) => finding.baseline?.state === 'new')
  const fixed = baseline?.fixed ?? []
  const list = document.get('findings')
  if (!isSeq(list)) return
  const drop = new Set(fixed.map(({ id }) => id))
  list.items = list.items.filter((_, index) => !drop.has((known[index] as KnownFinding).id))
  // An empty list is written as []; entries are easier to read, and to comment, on lines of their own.
  if (!file.endsWith('.json')) list.flow = false
  for (const { id, title, rule, flaky } of fresh)
    list.add(
      document.createNode({
        id,
        title: shorten(visible(title), longestTitle),
        ...(rule !== undefined ? { rule } : {}),
        ...(flaky ? { flaky } : {}),
        reason: options.reason,
        owner: options.owner,
        since: report.startedAt.slice(0, 10),
        expires: options.expires ?? later(report, borne),
      }),
    )
  const text = file.endsWith('.json') ? `${JSON.stringify(document.toJS(), null, 2)}\n` : document.toString({ lineWidth: 0 })
  try {
    await writeFile(file, text)
  } catch (error) {
    throw new UsageError(`cannot be written: ${(error as Error).message}`, file)
  }
  const expired = baseline?.expired ?? 0
  const lines = [
    `${file}: ${counted(fresh.length, 'finding')} added, ${fixed.length} fixed and dropped, ${known.length - fixed.length} kept`,
    ...fresh.map(({ id, title }) => `  + ${id} ${visible(shorten(title, longestTitle))}`),
    ...fixed.map(({ id, title }) => `  - ${id} ${visible(shorten(title ?? '', longestTitle))}`),
    ...(expired > 0 ? [`  ${counted(expired, 'finding')} expired: mend them, or set a later date by hand`] : []),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

async function readOrBegin(file: string): Promise<Baseline> {
  let text = beginning
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw new UsageError(`cannot be read: ${(error as Error).message}`, file)
  }
  return parseBaseline(text, file)
}

function later({ startedAt }: Report, days: number): string {
  const start = Date.parse(startedAt)
  if (Number.isNaN(start)) throw new UsageError('startedAt is not a time; give --expires')
  return new Date(start + days * 86_400_000).toISOString().slice(0, 10)
}
