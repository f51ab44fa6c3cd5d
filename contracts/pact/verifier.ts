import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../../core/errors'
import { readText } from '../../specs/files'
import type { Bridge, Crossing } from './bridge'
import { type Broker, complaint, type Ended, pactCli } from './broker'
import { httpAlone, type Pact } from './pact'

interface VerifyOptions {
  readonly provider: string
  /** None: the broker's. Of those that are given, messages are left out: the verifier would send them as requests. */
  readonly pacts: readonly Pact[]
  readonly broker?: Broker
  /** Consumer version selectors, as JSON. */
  readonly selectors: readonly string[]
  readonly pending: boolean
  /** Day since which pacts that no selector chooses are verified too. */
  readonly wipSince?: string
  /** Results are published for this version of the provider. */
  readonly publish?: { readonly version: string; readonly branch?: string; readonly buildUrl?: string }
  readonly branch?: string
  /** States are taken down after each interaction. */
  readonly teardown: boolean
  /** Seconds until an answer counts as a hang. */
  readonly timeout: number
}

/** One way in which an answer was not what a consumer expects. */
export interface Mismatch {
  /** As the verifier names it: `StatusMismatch`, `BodyMismatch`, `HeaderMismatch`, … */
  readonly type: string
  readonly mismatch: string
  /** JSONPath in the body. */
  readonly path?: string
  /** Name of a header. */
  readonly key?: string
  readonly expected?: unknown
  readonly actual?: unknown
}

export interface VerifiedInteraction {
  readonly consumer: string
  readonly description: string
  /** `pending`: it failed, and the pact was never verified on this branch, so that it fails no build. */
  readonly result: 'kept' | 'broken' | 'pending'
  readonly mismatches: readonly Mismatch[]
  /** Why there is nothing to compare: no answer, or a state that could not be set up. */
  readonly error?: string
  readonly crossing?: Crossing
}

/**
 * Has Pact's verifier replay the interactions at a bridge.
 * @throws UsageError where pacts cannot be loaded
 */
export async function verifyPacts(bridge: Bridge, options: VerifyOptions): Promise<readonly VerifiedInteraction[]> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-pact-'))
  try {
    const json = join(folder, 'results.json')
    const files = await Promise.all(options.pacts.map((pact, index) => httpFile(pact, join(folder, `${index}.json`))))
    const ended = await pactCli(['verifier', ...wordsOf(bridge, files, options), '--json', json], options.broker)
    const results = await readFile(json, 'utf8').then(
      (text) => JSON.parse(text) as Results,
      () => undefined,
    )
    if (!results) throw failed(options, ended)
    return interactionsOf(results, bridge.crossings, options)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** @returns the file of the pact, or `copy` with its HTTP interactions alone */
async function httpFile({ file, skipped }: Pact, copy: string): Promise<string> {
  if (skipped.length === 0) return file
  await writeFile(copy, httpAlone(await readText(file), file))
  return copy
}

function wordsOf({ port, statePath }: Bridge, files: readonly string[], options: VerifyOptions): string[] {
  const { provider, broker, selectors, pending, wipSince, publish, branch, teardown, timeout } = options
  const own = files.length > 0
  return [
    ...['--hostname', '127.0.0.1', '--port', String(port), '--provider-name', provider, '--no-colour', '--loglevel', 'error'],
    // The bridge's client has the time-out; the verifier waits for it, and for the patience that a throttling target needs.
    ...['--request-timeout', String(Math.ceil(timeout * 1000) * 20)],
    ...['--state-change-url', `http://127.0.0.1:${port}${statePath}`, ...(teardown ? ['--state-change-teardown'] : [])],
    ...files.flatMap((file) => ['--file', file]),
    ...(broker && !own ? ['--broker-url', broker.url, ...selectors.flatMap((one) => ['--consumer-version-selectors', one])] : []),
    ...(pending ? ['--enable-pending'] : []),
    ...(wipSince === undefined ? [] : ['--include-wip-pacts-since', wipSince]),
    ...(branch === undefined ? [] : ['--provider-branch', branch]),
    ...(publish ? ['--publish', '--provider-version', publish.version] : []),
    ...(publish?.buildUrl === undefined ? [] : ['--build-url', publish.buildUrl]),
  ]
}

interface Failed {
  readonly interaction: string
  readonly mismatch: { readonly type: string; readonly mismatches?: readonly Mismatch[]; readonly message?: string }
}

interface Results {
  readonly errors: readonly Failed[]
  readonly pendingErrors: readonly Failed[]
  readonly interactionResults: readonly { readonly description: string; readonly result: string }[]
  readonly output: readonly string[]
}

function interactionsOf(results: Results, crossings: readonly Crossing[], options: VerifyOptions): readonly VerifiedInteraction[] {
  const { errors, pendingErrors, interactionResults } = results
  const unloaded = errors.find(({ interaction }) => interaction === 'Failed to load pact')
  if (unloaded) throw failed(options, { code: 1, stdout: '', stderr: unloaded.mismatch.message ?? '' })
  const consumers = consumersOf(results.output, options.provider)
  const left = [...errors.map((one) => ({ one, pending: false })), ...pendingErrors.map((one) => ({ one, pending: true }))]
  return interactionResults.map(({ description, result }, index): VerifiedInteraction => {
    const consumer = consumers[index] ?? ''
    const crossing = crossings.length === interactionResults.length ? crossings[index] : undefined
    const common = { consumer, description, ...(crossing ? { crossing } : {}) }
    if (result === 'OK') return { ...common, result: 'kept', mismatches: [] }
    const at = left.findIndex(({ one }) => isOf(one, consumer, description, options.provider))
    const [found] = at < 0 ? [] : left.splice(at, 1)
    const { mismatches = [], message } = found?.one.mismatch ?? {}
    const error = mismatches.length > 0 ? undefined : (message ?? 'the verifier says no more')
    return { ...common, result: found?.pending ? 'pending' : 'broken', mismatches, ...(error === undefined ? {} : { error }) }
  })
}

const isOf = ({ interaction }: Failed, consumer: string, description: string, provider: string): boolean =>
  interaction.startsWith(`Verifying a pact between ${consumer} and ${provider}`) && interaction.endsWith(` - ${description}`)

/** The consumer of each interaction, in order: only what the verifier prints tells it. */
function consumersOf(output: readonly string[], provider: string): string[] {
  const consumers: string[] = []
  let consumer = ''
  for (const line of output) {
    const heading = /^\n?Verifying a pact between (.+)$/.exec(line)?.[1]
    if (heading?.endsWith(` and ${provider}`)) consumer = heading.slice(0, -` and ${provider}`.length)
    else if (/^ {2}\S.*\(.* verification\)/.test(line)) consumers.push(consumer)
  }
  return consumers
}

function failed({ broker, provider, pacts }: VerifyOptions, ended: Ended): UsageError {
  if (/No pacts found|no pacts/i.test(ended.stderr) && !/failed: \d|error sending/.test(ended.stderr))
    return new UsageError(
      `there are no pacts of ${provider} to verify${broker && pacts.length === 0 ? ` at ${broker.url}: is the name right, and do the selectors choose any?` : ''}`,
    )
  return complaint(broker ?? { url: 'of the pacts' }, 'verify', ended)
}
