import { open } from 'node:fs/promises'
import { causesOf, explains } from '../contracts/findings'
import { againstBaseline } from '../core/baseline'
import { UsageError } from '../core/errors'
import type { Report } from '../core/report'
import { readEventLog } from '../reports/eventLog/read'
import { destination, writeReports } from '../reports/write'
import { rereadReport } from '../runner/reread'
import { whyUnread } from '../specs/files'
import { readBaseline } from './baselineFile'
import { parseReports } from './options'
import { readReport } from './reportFile'

/**
 * Makes reports from an event log (of a run that ended, or that was killed), or from a report.json.
 * @throws UsageError for a file that is neither, and for a report that cannot be written
 */
export async function reportCommand(
  file: string,
  options: { readonly out: string; readonly report: readonly string[]; readonly baseline?: string },
): Promise<void> {
  const { reports, logs } = parseReports(options.report)
  if (logs.length > 0) throw new UsageError('--report events: an event log is written by a run alone')
  const known = options.baseline === undefined ? undefined : await readBaseline(options.baseline)
  const read = (await isLog(file)) ? await fromLog(file) : await readReport(file)
  const report = known && options.baseline !== undefined ? againstBaseline(read, options.baseline, known) : read
  const { written, failed } = await writeReports(report, { dir: options.out, formats: reports })
  if (written.length > 0 && !reports.some((wanted) => destination(wanted, options.out) === '-'))
    process.stdout.write(`${written.join('\n')}\n`)
  if (failed.length > 0) throw new UsageError(failed.map(({ file, message }) => `${file} could not be written: ${message}`).join('; '))
}

async function fromLog(file: string): Promise<Report> {
  const report = await rereadReport(readEventLog(file), causesOf, explains)
  if (!report) throw new UsageError('no run has begun in it', file)
  return report
}

/** The first line of an event log is a JSON object by itself, and of a report.json only a brace. */
async function isLog(file: string): Promise<boolean> {
  let start: string
  try {
    const handle = await open(file)
    try {
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(64), position: 0 })
      start = buffer.toString('utf8', 0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw new UsageError(`cannot be read: ${whyUnread(error)}`, file)
  }
  return /^\s*\{\s*"type"/.test(start) || start === ''
}
