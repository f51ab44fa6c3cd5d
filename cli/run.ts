import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from '../core/errors'
import { createEventLog } from '../reports/eventLog/write'
import { obstacle } from '../reports/folder'
import { createTerminal } from '../reports/terminal'
import { destination, writeReports } from '../reports/write'
import { casesFor } from '../runner/plan'
import { shellWord } from '../runner/shown'
import { colour } from './colour'
import { run } from './conformance'
import { dryRun } from './dryRun'
import { inGithub, jobReports, stopCommands } from './github'
import { leftWords } from './housekeeping'
import { eventLog, type Options, parseReports, parseShard, runOptions } from './options'
import type { RunOptions } from './runOptions'

/** Runs the suite, writes the reports, sets the exit code. */
export async function runCommand(options: Options, words: readonly string[]): Promise<void> {
  const shard = options.shard === undefined ? undefined : parseShard(options.shard, options.seed)
  const { reports, logs: asked } = parseReports(options.report)
  // A merge is made from the event logs.
  const logs = shard && !asked.some(({ file }) => file === undefined) ? [...asked, { format: eventLog, file: undefined }] : asked
  const logFile = ({ file = join(options.out, 'events.ndjson') }: { readonly file?: string | undefined }) => file
  if (options.break !== undefined && options.target !== undefined)
    throw new UsageError('--break names a variant of the embedded server: leave out --target, or serve it with "plumbline serve"')
  for (const file of [...reports.map((wanted) => destination(wanted, options.out)), ...logs.map(logFile)]) {
    // What is there already may be a device, in a folder that takes no files.
    const hindrance = file === '-' || existsSync(file) ? undefined : obstacle(dirname(file))
    if (hindrance !== undefined) throw new UsageError(`cannot be written: ${hindrance}`, file)
  }
  const toStdout = reports.some((wanted) => destination(wanted, options.out) === '-') || logs.some(({ file }) => file === '-')
  const stream = toStdout ? process.stderr : process.stdout
  const terminal = createTerminal({ stream, colour: colour(stream), quiet: options.quiet ?? false })
  const baseline =
    options.baseline === undefined
      ? undefined
      : { file: options.baseline, known: await (await import('./baselineFile')).readBaseline(options.baseline) }
  let ledger: string | undefined
  const interruption = interruptible(() => ledger)
  const eventLogs = logs.map(logFile).map((file) => ({ file, ...createEventLog(file) }))
  const obeyCommands = inGithub(process.env) ? stopCommands(stream) : () => {}
  const toRun: RunOptions = {
    ...runOptions(options, words),
    ...(shard ? { shard } : {}),
    ...(baseline ? { baseline } : {}),
    emit: (event) => {
      if (event.type === 'run-started' && options.confidence !== undefined)
        process.stderr.write(
          `plumbline: to rule out a failure rate of ${options.confidence * 100} %, ${casesFor(options.confidence)} cases of each rule are needed: ${event.planned} requests\n`,
        )
      if (event.type === 'ledger-begun') ledger = event.file
      for (const log of eventLogs) log.emit(event)
      terminal.emit(event)
    },
    signal: interruption.signal,
  }
  if (options.dryRun) {
    process.stdout.write(`${(await dryRun(toRun)).join('\n')}\n`)
    interruption.over()
    return
  }
  const report = await run(toRun).finally(obeyCommands)
  const wanted = [...reports, ...jobReports(process.env, toStdout)]
  const { written, failed } = await writeReports(report, { dir: options.out, formats: wanted })
  for (const { file, close, failed: failure } of eventLogs) {
    close()
    const message = failure()
    if (message !== undefined) failed.push({ file, message })
    else if (file !== '-') written.push(file)
  }
  for (const { file, message } of failed) process.stderr.write(`plumbline: ${file} could not be written: ${message}\n`)
  if (written.length > 0 && !toStdout) process.stdout.write(`${written.map((file) => `  ${file}`).join('\n')}\n`)
  interruption.over()
  if (report.cleanup && options.cleanup?.when !== 'none') process.stderr.write(leftWords(report.cleanup, report.cleanup.ledger))
  else if (report.cleanup && report.cleanup.left.length > 0)
    process.stderr.write(
      `plumbline: ${report.cleanup.left.length} created resources are kept, as asked; delete them with: npx plumbline-api cleanup ${report.cleanup.ledger}\n`,
    )
  process.exitCode = report.exitCode
}

/** The first Ctrl-C ends the run with the report of what was seen, the second ends the process. `over`: there is nothing more to wait for. */
function interruptible(ledger: () => string | undefined): { readonly signal: AbortSignal; over(): void } {
  const abort = new AbortController()
  const onSignal = () => {
    if (abort.signal.aborted) {
      const file = ledger()
      if (file !== undefined)
        process.stderr.write(`plumbline: not cleaned up; delete what was created with: npx plumbline-api cleanup ${shellWord(file)}\n`)
      process.exit(130)
    }
    process.stderr.write('\nplumbline: ending; press Ctrl-C again to stop at once\n')
    abort.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: abort.signal,
    over() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
