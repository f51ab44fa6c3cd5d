import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repeatedFailure, repeatedIds } from '../contracts/checks/unique'
import { causesOf, explains } from '../contracts/findings'
import { againstBaseline } from '../core/baseline'
import { UsageError } from '../core/errors'
import { readEventLog } from '../reports/eventLog/read'
import { createTerminal } from '../reports/terminal'
import { destination, writeReports } from '../reports/write'
import { type JudgeIds, mergeShards, type ShardLog } from '../runner/merge'
import { readBaseline } from './baselineFile'
import { colour } from './colour'
import { inGithub, jobReports, stopCommands } from './github'
import { cleanupFailed, leftWords, withCleanup } from './housekeeping'
import { parseReports } from './options'

interface Options {
  readonly out: string
  readonly report: readonly string[]
  readonly baseline?: string
  readonly quiet?: boolean
}

/**
 * Makes one report with one verdict of the parts of a run. Exit code as of one run.
 * @param dirs folders of the parts' reports, with their `events.ndjson`
 * @throws UsageError for folders that are not parts of one run
 */
export async function mergeCommand(dirs: readonly string[], options: Options): Promise<void> {
  const { reports, logs } = parseReports(options.report)
  if (logs.length > 0) throw new UsageError('--report events: an event log is written by a run alone')
  const known = options.baseline === undefined ? undefined : await readBaseline(options.baseline)
  const shards = await Promise.all(dirs.map(shardIn))
  oneRun(shards, dirs)
  const made = await mergeShards(
    [...shards].sort((a, b) => a.started.shard.index - b.started.shard.index),
    { sortByCause: causesOf, explains, judgeIds, reportFile: join(options.out, 'report.json') },
  )
  const judged = known && options.baseline !== undefined ? againstBaseline(made, options.baseline, known) : made
  const report = withCleanup(judged)
  const toStdout = reports.some((wanted) => destination(wanted, options.out) === '-')
  const stream = toStdout ? process.stderr : process.stdout
  const obeyCommands = inGithub(process.env) ? stopCommands(stream) : () => {}
  createTerminal({ stream, colour: colour(stream), quiet: options.quiet ?? false }).emit({ type: 'run-finished', report })
  obeyCommands()
  const { written, failed } = await writeReports(report, { dir: options.out, formats: [...reports, ...jobReports(process.env, toStdout)] })
  for (const { file, message } of failed) process.stderr.write(`plumbline: ${file} could not be written: ${message}\n`)
  if (written.length > 0 && !toStdout) process.stdout.write(`${written.map((file) => `  ${file}`).join('\n')}\n`)
  if (report.cleanup && cleanupFailed(report)) process.stderr.write(leftWords(report.cleanup, report.cleanup.ledger))
  process.exitCode = report.exitCode
}

async function shardIn(dir: string): Promise<ShardLog> {
  const file = dir.endsWith('.ndjson') ? dir : join(dir, 'events.ndjson')
  if (!existsSync(file)) throw new UsageError('there is no events.ndjson in it; was it run with --shard?', dir)
  for await (const event of readEventLog(file)) {
    if (event.type === 'run-started' && event.shard) return { started: { ...event, shard: event.shard }, events: () => readEventLog(file) }
    break
  }
  throw new UsageError('is not the log of a part of a run: that is made by --shard', file)
}

/** @throws UsageError where the folders are not different parts of the same run */
function oneRun(shards: readonly ShardLog[], dirs: readonly string[]): void {
  const [first] = shards
  if (!first) throw new UsageError('name the folders of the parts')
  const same = ({ seed, target, embedded, document, shard }: ShardLog['started']) =>
    JSON.stringify([seed, embedded ?? target, document.title, document.version, document.overlays, shard.of, shard.rules])
  const seen = new Map<number, string>()
  for (const [index, { started }] of shards.entries()) {
    const dir = dirs[index] as string
    if (same(started) !== same(first.started))
      throw new UsageError(`is of another run than ${dirs[0]}: seed, target, document, rules and number of shards must be the same`, dir)
    const other = seen.get(started.shard.index)
    if (other !== undefined) throw new UsageError(`holds shard ${started.shard.index}, as ${other} does`, dir)
    seen.set(started.shard.index, dir)
  }
}

const judgeIds: JudgeIds = (parts) =>
  repeatedIds(parts).map(({ key, distinct, outOf }) => ({
    failure: repeatedFailure(key.slice(key.lastIndexOf(' ') + 1), { distinct, outOf }),
    count: outOf - distinct,
    outOf,
  }))
