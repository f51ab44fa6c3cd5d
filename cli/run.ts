import { join } from 'node:path'
import { parseSettings } from '../contracts/settings'
import { UsageError } from '../core/errors'
import { createMask } from '../core/mask'
import { createEventLog } from '../reports/eventLog'
import { type Format, formats } from '../reports/formats'
import { createTerminal } from '../reports/terminal'
import { destination, type Wanted, writeReports } from '../reports/write'
import { casesFor } from '../runner/plan'
import type { Shard } from '../runner/shard'
import { colour } from './colour'
import type { Configured } from './config/flags'
import { type RunOptions, run, secretsOf } from './conformance'
import { documentOf } from './documentOf'
import { dryRun } from './dryRun'
import { inGithub, jobReports, stopCommands } from './github'
import { leftWords } from './housekeeping'

export interface Options extends TargetOptions {
  readonly spec?: string
  readonly remoteRefs?: boolean
  readonly operation: readonly string[]
  readonly tag: readonly string[]
  readonly method: readonly string[]
  readonly overlay: readonly string[]
  readonly param: readonly string[]
  readonly seed?: number
  readonly maxRequests?: number
  readonly maxTime?: number
  readonly confidence?: number
  readonly setting: readonly string[]
  readonly timeout: number
  readonly concurrency: number
  readonly rule: readonly string[]
  readonly skip: readonly string[]
  readonly break?: string
  readonly out: string
  readonly report: readonly string[]
  readonly maxFailures?: number
  readonly shard?: string
  readonly dryRun?: boolean
  readonly rate?: number
  readonly maxCreates?: number
  readonly createsPerMinute?: number
  readonly baseline?: string
  readonly allowFlaky?: boolean
  readonly quiet?: boolean
}

export interface TargetOptions extends Configured {
  readonly target?: string
  readonly token?: string
  readonly header: readonly string[]
  readonly insecure?: boolean
  readonly cacert?: string
}

/** Runs the suite, writes the reports, sets the exit code. */
export async function runCommand(options: Options, words: readonly string[]): Promise<void> {
  const shard = options.shard === undefined ? undefined : parseShard(options.shard, options.seed)
  const { reports, logs: asked } = parseReports(options.report)
  // A merge is made from the event logs.
  const logs = shard && !asked.some(({ file }) => file === undefined) ? [...asked, { format: eventLog, file: undefined }] : asked
  if (options.break !== undefined && options.target !== undefined)
    throw new UsageError('--break names a variant of the embedded server: leave out --target, or serve it with "plumbline serve"')
  const toStdout = reports.some((wanted) => destination(wanted, options.out) === '-') || logs.some(({ file }) => file === '-')
  const stream = toStdout ? process.stderr : process.stdout
  const terminal = createTerminal({ stream, colour: colour(stream), quiet: options.quiet ?? false })
  const baseline =
    options.baseline === undefined
      ? undefined
      : { file: options.baseline, known: await (await import('./baselineFile')).readBaseline(options.baseline) }
  let ledger: string | undefined
  const interruption = interruptible(() => ledger)
  const eventLogs = logs.map(({ file = join(options.out, 'events.ndjson') }) => ({ file, ...createEventLog(file) }))
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

/** What the options of the command line ask of a run, whoever carries it out. */
export function runOptions(options: Options, words: readonly string[]): RunOptions {
  const { token, ...target } = targetOf(options)
  const params = paramsOf(options.param)
  return {
    ...target,
    ...(token !== undefined ? { token } : {}),
    ...(options.break !== undefined ? { break: options.break } : {}),
    ...documentOf(options),
    operations: options.operation,
    tags: options.tag,
    methods: options.method,
    params,
    ...(options.seed !== undefined ? { seed: options.seed } : {}),
    ...(options.maxRequests !== undefined ? { maxRequests: options.maxRequests } : {}),
    ...(options.maxTime !== undefined ? { maxTime: options.maxTime } : {}),
    ...(options.confidence !== undefined ? { confidence: options.confidence } : {}),
    settings: parseSettings(options.setting),
    timeout: options.timeout,
    concurrency: options.concurrency,
    ...(options.maxFailures !== undefined ? { maxFailures: options.maxFailures } : {}),
    allowFlaky: options.allowFlaky ?? false,
    ...(options.rate !== undefined ? { rate: options.rate } : {}),
    ...(options.maxCreates !== undefined ? { maxCreates: options.maxCreates } : {}),
    ...(options.createsPerMinute !== undefined ? { createsPerMinute: options.createsPerMinute } : {}),
    ...(options.prefix !== undefined ? { prefix: options.prefix } : {}),
    ...(options.cleanup ? { cleanup: options.cleanup } : {}),
    ledgerFolder: options.out,
    rules: options.rule,
    skip: options.skip,
    command: commandLine(words, [...(token !== undefined ? [token] : []), ...secretsOf([], { params })]),
    reportFile: join(options.out, 'report.json'),
  }
}

const eventLog = 'events'

/** The reports that `--report` asks for: those made at the end, and event logs, which are written as the run goes. */
export function parseReports(words: readonly string[]): {
  readonly reports: readonly Wanted[]
  readonly logs: readonly { file?: string }[]
} {
  if (words.length === 0) return { reports: [{ format: 'html' }, { format: 'json' }], logs: [] }
  const all = words.map(parseReport)
  return {
    reports: all.flatMap(({ format, ...wanted }) => (format === eventLog ? [] : [{ format, ...wanted }])),
    logs: all.filter(({ format }) => format === eventLog),
  }
}

function parseReport(text: string): { format: Format | typeof eventLog; file?: string } {
  const at = text.indexOf('=')
  const format = at < 0 ? text : text.slice(0, at)
  const known: readonly string[] = [...formats, eventLog]
  if (!known.includes(format)) throw new UsageError(`--report ${text}: there is no format "${format}"; there are ${known.join(', ')}`)
  return { format: format as Format | typeof eventLog, ...(at < 0 ? {} : { file: text.slice(at + 1) }) }
}

/** Parameters from `name=value` texts; a later one wins. */
export const paramsOf = (texts: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(texts.map(parseParam))

function parseParam(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`--param ${text}: write NAME=VALUE`)
  return [text.slice(0, at), text.slice(at + 1)]
}

/** `i/n`, from 1. All parts must draw the same cases. */
function parseShard(text: string, seed: number | undefined): Shard {
  const [, index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  if (index < 1 || index > of || of > 1000)
    throw new UsageError(`--shard ${text}: write I/N, the part and the number of parts, such as 3/16`)
  if (seed === undefined) throw new UsageError('--shard: all parts need the same --seed')
  return { index, of }
}

/** Target, credential and headers, as every command that sends takes them. */
export function targetOf(options: TargetOptions) {
  const token = options.token ?? (options.auth ? undefined : process.env.PLUMBLINE_TOKEN || undefined)
  if (options.target !== undefined && !/^https?:\/\/[^/]/i.test(options.target))
    throw new UsageError(`--target ${options.target}: write a URL that begins with http:// or https://`)
  if (options.target !== undefined && /^https?:\/\/[^/]*@/i.test(options.target))
    throw new UsageError("--target: give credentials by --token or --header 'Authorization: …', not in the URL, which reports show")
  const headers = options.header.map((text): readonly [string, string] => {
    const at = text.indexOf(':')
    if (at < 1) throw new UsageError(`--header ${text.slice(0, 20)}: write 'Name: value'`)
    return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  })
  return {
    ...(options.target !== undefined ? { target: options.target } : {}),
    ...(token !== undefined ? { token } : {}),
    ...(options.auth ? { auth: options.auth } : {}),
    headers,
    ...(options.insecure ? { insecure: true } : {}),
    ...(options.cacert !== undefined ? { cacert: options.cacert } : {}),
  }
}

/** The first Ctrl-C ends the run with the report of what was seen, the second ends the process. `over`: there is nothing more to wait for. */
function interruptible(ledger: () => string | undefined): { readonly signal: AbortSignal; over(): void } {
  const abort = new AbortController()
  const onSignal = () => {
    if (abort.signal.aborted) {
      const file = ledger()
      if (file !== undefined)
        process.stderr.write(`plumbline: not cleaned up; delete what was created with: npx plumbline-api cleanup ${file}\n`)
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

/** The command as typed, for the report: without its seed, which is added, and with every secret as a variable. */
export function commandLine(words: readonly string[], secrets: readonly string[]): string {
  const mask = createMask(secrets)
  const kept: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string
    if (word === '--seed' || word === '--token') i++
    else if (word === '--header') kept.push(word, quoted(maskedHeader(mask(words[++i] ?? ''))))
    else if (word.startsWith('--header=')) kept.push('--header', quoted(maskedHeader(mask(word.slice('--header='.length)))))
    else if (!/^--(seed|token)=/.test(word)) kept.push(quoted(mask(word)))
  }
  return ['npx', 'plumbline-api', ...kept].join(' ')
}

const maskedHeader = (text: string): string =>
  /^[^:]*(auth|token|key|secret|cookie|signature)/i.test(text) ? `${text.slice(0, text.indexOf(':'))}: …` : text

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
