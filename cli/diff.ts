import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { diffReports, type ReportDiff } from '../core/diff'
import { UsageError } from '../core/errors'
import { renderDiffMarkdown } from '../reports/diff/markdown'
import { renderDiffHtml } from '../reports/diff/page'
import { renderDiffTerminal } from '../reports/diff/terminal'
import { makeFolder } from '../reports/folder'
import { colour } from './colour'
import { readReport } from './reportFile'

const renderers: Readonly<Record<string, (diff: ReportDiff) => string>> = {
  html: renderDiffHtml,
  json: (diff) => `${JSON.stringify(diff, null, 2)}\n`,
  markdown: renderDiffMarkdown,
}

/**
 * Tells what changed from one report to another. Exit code 1 where there are new findings, else 0.
 * @throws UsageError for a file that is no report, and for a comparison that cannot be written
 */
export async function diffCommand(before: string, after: string, options: { readonly report: readonly string[] }): Promise<void> {
  const wanted = options.report.map(parse)
  const diff = diffReports(await readReport(before), await readReport(after))
  for (const { format, file } of wanted) {
    const text = renderers[format]?.(diff) ?? ''
    if (file === '-') process.stdout.write(text)
    else await write(file, text)
  }
  if (!wanted.some(({ file }) => file === '-'))
    process.stdout.write(
      renderDiffTerminal(diff, { width: Math.min(100, Math.max(56, process.stdout.columns ?? 80)), colour: colour(process.stdout) }),
    )
  process.exitCode = diff.added.length > 0 ? 1 : 0
}

function parse(text: string): { readonly format: string; readonly file: string } {
  const at = text.indexOf('=')
  const format = at < 0 ? text : text.slice(0, at)
  if (!Object.hasOwn(renderers, format))
    throw new UsageError(`--report ${text}: there is no format "${format}"; there are ${Object.keys(renderers).join(', ')}`)
  return { format, file: at < 0 ? '-' : text.slice(at + 1) }
}

async function write(file: string, text: string): Promise<void> {
  try {
    makeFolder(dirname(file))
    await writeFile(file, text)
  } catch (error) {
    throw new UsageError(`cannot be written: ${(error as Error).message}`, file)
  }
}
