import { join } from 'node:path'
import { ask, type Broker, brokerOf, complaint, indexOf, pactCli } from '../contracts/pact/broker'
import { detectOrigin } from '../contracts/pact/origin'
import type { Pact } from '../contracts/pact/pact'
import { UsageError } from '../core/errors'
import { visible } from '../reports/text'
import { packageRoot } from '../specs/files'
import { packageInfo } from './package'
import { readPacts } from './pactFiles'
import { readReport } from './reportFile'

interface PublishOptions {
  readonly broker?: string
  readonly consumerVersion?: string
  readonly branch?: string
  readonly tag: readonly string[]
  readonly buildUrl?: string
}

const say = (line: string) => process.stdout.write(`${visible(line)}\n`)

/** What is given goes before what git and the build server tell. */
export function originOf(given: { readonly version?: string; readonly branch?: string; readonly buildUrl?: string }, option: string) {
  const { version, branch, buildUrl } = {
    ...detectOrigin(),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  }
  if (version === undefined) throw new UsageError(`which version? Give ${option}, or work in a git repository`)
  return { version, ...(branch !== undefined ? { branch } : {}), ...(buildUrl !== undefined ? { buildUrl } : {}) }
}

/** Publishes pacts, and asks the broker afterwards whether it has them. */
export async function pactPublishCommand(files: readonly string[], options: PublishOptions): Promise<void> {
  const broker = brokerOf(options.broker, process.env)
  const pacts = await readPacts(files)
  const { consumerVersion, branch: givenBranch, buildUrl: givenUrl } = options
  const { version, branch, buildUrl } = originOf(
    { version: consumerVersion, branch: givenBranch, buildUrl: givenUrl },
    '--consumer-version',
  )
  await indexOf(broker)
  const words = [
    ...pacts.map(({ file }) => file.replace(/[[\]?*]/g, '[$&]')),
    ...['--consumer-app-version', version],
    ...(branch === undefined ? [] : ['--branch', branch]),
    ...options.tag.map((tag) => `--tag=${tag}`),
    ...(buildUrl === undefined ? [] : ['--build-url', buildUrl]),
  ]
  const ended = await pactCli(['broker', 'publish', ...words], broker)
  if (ended.code !== 0) throw complaint(broker, 'publish', ended)
  for (const pact of pacts) await confirmPublished(broker, pact, version)
}

async function confirmPublished(broker: Broker, { consumer, provider }: Pact, version: string): Promise<void> {
  const path = `/pacts/provider/${encodeURIComponent(provider)}/consumer/${encodeURIComponent(consumer)}/version/${encodeURIComponent(version)}`
  const { status } = await ask(broker, path)
  if (status !== 200)
    throw new UsageError(`the pact of ${consumer} version ${version} was sent, but the broker does not have it (${status}): publish again`)
  say(`published ${consumer} ${version} → ${provider}  ${broker.url}${path}`)
}

interface DeployOptions {
  readonly broker?: string
  readonly pacticipant: string
  readonly version?: string
}

/** Asks whether a version may be deployed: exit code 0 yes, 1 no. */
export async function canIDeployCommand(options: DeployOptions & { readonly toEnvironment: string }): Promise<void> {
  const broker = brokerOf(options.broker, process.env)
  const { version } = originOf({ version: options.version }, '--version')
  await indexOf(broker)
  const words = ['--pacticipant', options.pacticipant, '--version', version, '--to-environment', options.toEnvironment, '--output', 'json']
  // With JSON it exits 0 whatever the answer is: only the answer counts.
  const ended = await pactCli(['broker', 'can-i-deploy', ...words], broker)
  const answer = answerOf(ended.stdout)
  if (!answer) throw complaint(broker, 'ask', ended)
  const { deployable, reason } = answer.summary
  const yes = deployable === true
  say(`${yes ? '✓ yes' : '✕ no'}: ${options.pacticipant} ${version} ${yes ? 'may' : 'must not'} be deployed to ${options.toEnvironment}`)
  for (const line of String(reason).split('\n')) say(`  ${line}`)
  for (const { consumer, provider, verificationResult } of answer.matrix) {
    const { success } = verificationResult ?? {}
    const result = success === true ? 'verified' : success === false ? 'failed' : 'not verified'
    say(`  ${consumer.name} ${consumer.version?.number ?? '-'} → ${provider.name} ${provider.version?.number ?? '-'}: ${result}`)
  }
  process.exitCode = yes ? 0 : 1
}

interface Party {
  readonly name: string
  readonly version?: { readonly number: string } | null
}

interface Answer {
  readonly summary: { readonly deployable: boolean | null; readonly reason: string }
  readonly matrix: readonly { consumer: Party; provider: Party; verificationResult?: { success?: boolean } | null }[]
}

function answerOf(stdout: string): Answer | undefined {
  try {
    const answer = JSON.parse(stdout)
    return answer?.summary !== undefined && Array.isArray(answer.matrix) ? answer : undefined
  } catch {
    return undefined
  }
}

/** Records that a version is deployed, and asks the broker afterwards. */
export async function recordDeploymentCommand(options: DeployOptions & { readonly environment: string }): Promise<void> {
  const broker = brokerOf(options.broker, process.env)
  const { pacticipant, environment } = options
  const { version } = originOf({ version: options.version }, '--version')
  await indexOf(broker)
  const known = await ask(broker, `/pacticipants/${encodeURIComponent(pacticipant)}/versions/${encodeURIComponent(version)}`)
  if (known.status === 404)
    throw new UsageError(`the broker knows no version ${version} of ${pacticipant}: it has published no pact and no result yet`)
  const words = ['--pacticipant', pacticipant, '--version', version, '--environment', environment, '--output', 'json']
  const ended = await pactCli(['broker', 'record-deployment', ...words], broker)
  const href = hrefOf(ended.stdout)
  if (ended.code !== 0 || href === undefined) throw complaint(broker, 'record a deployment', ended)
  const { status, json } = await ask(
    broker,
    `${broker.url}${new URL(href).pathname.slice(new URL(broker.url).pathname.replace(/\/$/, '').length)}`,
  )
  if (status !== 200 || (json as { currentlyDeployed?: boolean } | undefined)?.currentlyDeployed !== true)
    throw new UsageError(`the deployment was sent, but the broker does not show it (${status}): record it again`)
  say(`recorded: ${pacticipant} ${version} is deployed to ${environment}`)
}

function hrefOf(stdout: string): string | undefined {
  try {
    return JSON.parse(stdout)?._links?.self?.href
  } catch {
    return undefined
  }
}

interface ContractOptions {
  readonly broker?: string
  readonly provider: string
  readonly providerVersion?: string
  readonly branch?: string
  readonly buildUrl?: string
  readonly results: string
}

/**
 * Publishes the OpenAPI document as the provider's contract, with a run of the suite as its verification: PactFlow compares pacts with it.
 * A run that could not be judged verifies nothing, and a contract that was not kept is published as such.
 */
export async function publishContractCommand(options: ContractOptions): Promise<void> {
  const broker = brokerOf(options.broker, process.env)
  const { exitCode, document, verdict } = await readReport(options.results)
  if (verdict === 'not judged') throw new UsageError('tells of a run that could not be judged, which verifies nothing', options.results)
  const { providerVersion, branch: givenBranch, buildUrl: givenUrl } = options
  const { version, branch, buildUrl } = originOf(
    { version: providerVersion, branch: givenBranch, buildUrl: givenUrl },
    '--provider-version',
  )
  const links = await indexOf(broker)
  if (links['pf:publish-provider-contract'] === undefined)
    throw new UsageError(
      `the broker ${broker.url} takes no provider contracts, which only PactFlow does: "plumbline pact check" compares pacts with the document itself`,
    )
  const file = document.spec ?? join(packageRoot(), document.file)
  const words = [
    file,
    ...['--provider', options.provider, '--provider-app-version', version, '--specification', 'oas'],
    ...['--content-type', file.endsWith('.json') ? 'application/json' : 'application/yaml'],
    ...['--verification-exit-code', String(exitCode), '--verification-results', options.results],
    ...['--verification-results-content-type', 'application/json', '--verification-results-format', 'json'],
    ...['--verifier', 'plumbline', '--verifier-version', packageInfo().version],
    ...(branch === undefined ? [] : ['--branch', branch]),
    ...(buildUrl === undefined ? [] : ['--build-url', buildUrl]),
  ]
  const ended = await pactCli(['pactflow', 'publish-provider-contract', ...words], broker)
  if (ended.code !== 0) throw complaint(broker, 'publish the contract', ended)
  say(`published the contract of ${options.provider} ${version}, ${exitCode === 0 ? 'kept' : 'not kept'} by the run in ${options.results}`)
}
