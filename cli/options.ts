import { join } from 'node:path'
import { parseSettings } from '../contracts/settings'
import { UsageError } from '../core/errors'
import { createMask } from '../core/mask'
import { type Format, formats } from '../reports/formats'
import type { Wanted } from '../reports/write'
import type { Shard } from '../runner/shard'
import { shellWord } from '../runner/shown'
import type { Configured } from './config/flags'
import { documentOf } from './documentOf'
import type { RunOptions } from './runOptions'
import { isPrivate, secretsOf } from './secrets'

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

export const eventLog = 'events'

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
  if (at === text.length - 1) throw new UsageError(`--report ${text}: name the file behind the =, or leave it out`)
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
export function parseShard(text: string, seed: number | undefined): Shard {
  const [, index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  if (index < 1 || index > of || of > 1000)
    throw new UsageError(`--shard ${text}: write I/N, the part and the number of parts, such as 3/16`)
  if (seed === undefined) throw new UsageError('--shard: all parts need the same --seed')
  return { index, of }
}

/** Target, credential and headers, as every command that sends takes them. */
export function targetOf(options: TargetOptions) {
  // Of a file or a command it often comes with a line break at its end.
  const token = (options.token ?? (options.auth ? undefined : process.env.PLUMBLINE_TOKEN))?.trim() || undefined
  if (token !== undefined && !isFieldValue(token)) throw new UsageError('the token holds a line break or another control character')
  if (options.target !== undefined && !/^https?:\/\/[^/]/i.test(options.target))
    throw new UsageError(`--target ${options.target}: write a URL that begins with http:// or https://`)
  if (options.target !== undefined && /^https?:\/\/[^/]*@/i.test(options.target))
    throw new UsageError("--target: give credentials by --token or --header 'Authorization: …', not in the URL, which reports show")
  if (options.target !== undefined && /[?#]/.test(options.target))
    throw new UsageError('--target: write the URL without ? and what follows; the values of parameters go by --param NAME=VALUE')
  const headers = options.header.map((text): readonly [string, string] => {
    const at = text.indexOf(':')
    const [name, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()]
    if (at < 1 || !isFieldName(name)) throw new UsageError(`--header ${text.slice(0, 20)}: write 'Name: value'`)
    if (!isFieldValue(value)) throw new UsageError(`--header ${name}: its value holds a line break or another control character`)
    return [name, value]
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

/** By RFC 9110, 5.1 and 5.5. */
const isFieldName = (text: string): boolean => /^[!#$%&'*+.^_`|~\w-]+$/.test(text)
const isFieldValue = (text: string): boolean => /^[^\0-\x08\n-\x1f\x7f]*$/.test(text)

/** The command as typed, for the report: without its seed, which is added, and with every secret as a variable. */
export function commandLine(words: readonly string[], secrets: readonly string[]): string {
  const mask = createMask(secrets)
  const kept: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string
    if (word === '--seed' || word === '--token') i++
    else if (word === '--header') kept.push(word, shellWord(maskedHeader(mask(words[++i] ?? ''))))
    else if (word.startsWith('--header=')) kept.push('--header', shellWord(maskedHeader(mask(word.slice('--header='.length)))))
    else if (!/^--(seed|token)=/.test(word)) kept.push(shellWord(mask(word)))
  }
  return ['npx', 'plumbline-api', ...kept].join(' ')
}

const maskedHeader = (text: string): string =>
  isPrivate(text.slice(0, text.indexOf(':'))) ? `${text.slice(0, text.indexOf(':'))}: …` : text
