import { type StateChange, startBridge } from '../contracts/pact/bridge'
import { ask, type Broker, brokerOf, indexOf, maskOf } from '../contracts/pact/broker'
import { detectOrigin } from '../contracts/pact/origin'
import { type VerifiedInteraction, verifyPacts } from '../contracts/pact/verifier'
import { caseOfNoRule, type WireRequest } from '../core/case'
import { UsageError } from '../core/errors'
import { isObject, type Json } from '../core/json'
import { createMask } from '../core/mask'
import type { ApiDocument } from '../core/operation'
import type { Report } from '../core/report'
import { tokenHeaderOf } from '../generators/credential'
import { findingLines } from '../reports/findingText'
import { counted, visible } from '../reports/text'
import { destination, writeReports } from '../reports/write'
import { createClient } from '../runner/client'
import { loadDocument } from '../specs/load'
import { asTaken, openAccess } from './access'
import { documentOf } from './documentOf'
import { commandLine, paramsOf, parseReports, type TargetOptions, targetOf } from './options'
import { originOf } from './pactBroker'
import { readPacts, skippedLines } from './pactFiles'
import { pactReport, unreached } from './pactReport'
import { secretsOf } from './secrets'
import { transportOf } from './transport'

interface Options extends TargetOptions {
  readonly spec?: string
  readonly remoteRefs?: boolean
  readonly overlay: readonly string[]
  readonly param: readonly string[]
  readonly broker?: string
  readonly provider?: string
  readonly selector: readonly string[]
  readonly pending?: boolean
  readonly wipSince?: string
  readonly publish?: boolean
  readonly providerVersion?: string
  readonly branch?: string
  readonly buildUrl?: string
  readonly stateChangeUrl?: string
  readonly timeout: number
  readonly out: string
  readonly report: readonly string[]
}

/** What is sent in the token's place until the client puts the credential there. */
const placeholder = 'plumbline-pact-token'

/** Replays the interactions of pacts at a target: exit code 0 if it keeps them, 1 if not, 2 if a result could not be published, 3 if it was not reached. */
export async function pactVerifyCommand(files: readonly string[], options: Options, words: readonly string[]): Promise<void> {
  const started = performance.now()
  const startedAt = new Date().toISOString()
  const { target: given, token: ownToken, headers: extra, auth } = targetOf(options)
  if (given === undefined) throw new UsageError('which server is to keep the pacts? Give --target URL')
  if (options.publish && files.length > 0)
    throw new UsageError('--publish: results are kept with the pacts of a broker; leave the files out, and give --broker')
  const { reports, logs } = parseReports(options.report)
  if (logs.length > 0) throw new UsageError('--report events: an event log is written by "plumbline run" alone')
  const target = given.replace(/\/+$/, '')
  const broker = files.length === 0 ? brokerOf(options.broker, process.env) : undefined
  const pacts = await readPacts(files)
  const provider = options.provider ?? providerOf(pacts.map((pact) => pact.provider))
  const params = paramsOf(options.param)
  const document = await loadDocument(documentOf(options))
  const publish = options.publish
    ? originOf({ version: options.providerVersion, branch: options.branch, buildUrl: options.buildUrl }, '--provider-version')
    : undefined
  const branch = options.branch ?? detectOrigin().branch
  const selectors = selectorsOf(options.selector, branch)
  const transport = transportOf(options)
  const access = await openAccess(document, {
    ...(auth ? { auth } : {}),
    ...(ownToken !== undefined ? { token: ownToken } : {}),
    ...transport,
  })
  const header = tokenHeader(document)
  const client = createClient({
    target,
    ...transport,
    concurrency: 1,
    budget: { take: () => true },
    ...(access.auth ? { auth: [{ auth: access.auth, slots: new Map([[operation, { header, value: placeholder }]]) }] } : {}),
  })
  const send = async (request: WireRequest) =>
    client.send(caseOfNoRule(operation, operation, { ...request, headers: authorised(request.headers) }), 0)
  function authorised(headers: WireRequest['headers']): WireRequest['headers'] {
    const token = access.token ?? (access.auth ? placeholder : undefined)
    const own: readonly (readonly [string, string])[] = [...(token === undefined ? [] : [asTaken(document, [header, token])]), ...extra]
    const replaced = new Set(own.map(([name]) => name.toLowerCase()))
    return [...headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...own]
  }
  try {
    if (broker) await indexOf(broker)
    const down = (await send({ method: 'HEAD', target: '/', headers: [] }))?.fault
    if (down?.kind === 'unreachable') {
      process.stdout.write(
        `${visible(`? The target ${target} could not be reached: ${down.message}. Is it running, and is the URL right?`)}\n`,
      )
      process.exitCode = 3
      return
    }
    const bridge = await startBridge({ send, changeState: stateChanges(params, options.stateChangeUrl, identityOf(document)) })
    let interactions: readonly VerifiedInteraction[]
    try {
      interactions = await verifyPacts(bridge, {
        provider,
        pacts,
        ...(broker ? { broker } : {}),
        selectors,
        pending: options.pending ?? false,
        ...(options.wipSince !== undefined ? { wipSince: options.wipSince } : {}),
        ...(publish ? { publish } : {}),
        ...(branch !== undefined ? { branch } : {}),
        teardown: options.stateChangeUrl !== undefined,
        timeout: options.timeout,
      })
    } finally {
      await bridge.close()
    }
    const secrets = [
      ...access.hidden,
      ...access.secrets,
      ...secretsOf([], { headers: extra, params }),
      ...[access.token].filter((one) => one !== undefined),
    ]
    const masks = [createMask(secrets), ...(broker ? [maskOf(broker)] : [])]
    const mask = (text: string) => masks.reduce((all, one) => one(all), text)
    const report = pactReport({
      document,
      ...(options.spec !== undefined ? { spec: options.spec } : {}),
      overlays: options.overlay,
      params,
      provider,
      target,
      interactions,
      startedAt,
      seconds: (performance.now() - started) / 1000,
      command: commandLine(
        words.filter((word) => word !== '--publish'),
        secrets,
      ),
      mask,
    })
    const toStdout = reports.some((wanted) => destination(wanted, options.out) === '-')
    const out = toStdout ? process.stderr : process.stdout
    const lines = [...pacts.flatMap(skippedLines), ...linesOf(report, interactions, mask)]
    out.write(`${lines.map(visible).join('\n')}\n`)
    const { written, failed } = await writeReports(report, { dir: options.out, formats: reports })
    for (const { file, message } of failed) process.stderr.write(`plumbline: ${file} could not be written: ${message}\n`)
    if (written.length > 0) out.write(`${written.map((file) => `  ${file}`).join('\n')}\n`)
    process.exitCode = report.exitCode
    if (broker && publish) await confirmResults(broker, provider, publish.version, interactions, out)
  } finally {
    await client.close()
  }
}

function providerOf(names: readonly string[]): string {
  const [name, ...others] = [...new Set(names)]
  if (name === undefined) throw new UsageError('whose pacts? Give --provider NAME')
  if (others.length > 0) throw new UsageError(`the pacts are with several providers: ${[name, ...others].join(', ')}; give --provider NAME`)
  return name
}

const tokenHeader = ({ operations }: ApiDocument): string =>
  operations.map(({ assumed }) => tokenHeaderOf(assumed)).find((name) => name !== undefined) ?? 'X-Auth-Token'

const operation = 'pact'

const shortSelectors: Readonly<Record<string, object>> = {
  main: { mainBranch: true },
  deployed: { deployedOrReleased: true },
  matching: { matchingBranch: true },
}

/** The pacts that a provider owes by default: those of the main branches, of what is deployed, and of branches of the same name. */
function selectorsOf(given: readonly string[], branch: string | undefined): string[] {
  const chosen = given.length > 0 ? given : ['main', 'deployed', ...(branch === undefined ? [] : ['matching'])]
  return chosen.map((text) => {
    const short = shortSelectors[text]
    if (short) return JSON.stringify(short)
    try {
      if (isObject(JSON.parse(text))) return text
    } catch {}
    throw new UsageError(`--selector ${text}: write main, deployed, matching, or a selector as JSON, e.g. '{"branch":"release"}'`)
  })
}

/** Names of the members that name what is created. */
function identityOf({ assumed }: ApiDocument): ReadonlySet<string> {
  const names = new Set<string>()
  JSON.stringify(assumed, (key, value) => {
    if (isObject(value) && value['x-identity'] === true) names.add(key)
    return value
  })
  return names
}

/**
 * Sets provider states up: by the caller's own service, if there is one; else they are taken to hold. Values that are pinned (`--param`) go
 * before those of the pact, and a name of what is created is new each time.
 */
function stateChanges(params: Readonly<Record<string, string>>, url: string | undefined, identities: ReadonlySet<string>) {
  const run = Date.now().toString(36)
  let count = 0
  return async (change: StateChange): Promise<Readonly<Record<string, Json>>> => {
    const answered = url === undefined ? {} : await changeBy(url, change)
    const fresh = Object.fromEntries(
      Object.entries(change.params).map(([name, value]) => [
        name,
        identities.has(name) ? `${String(value).slice(0, 40)}-${run}-${++count}` : value,
      ]),
    )
    return { ...fresh, ...answered, ...params }
  }
}

async function changeBy(url: string, { state, action, params }: StateChange): Promise<Record<string, Json>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ state, action, params }),
    signal: AbortSignal.timeout(30_000),
  }).catch((error: Error) => {
    throw new Error(`${url} does not answer: ${(error.cause as Error | undefined)?.message ?? error.message}`)
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status} to the state "${state}"`)
  try {
    const values = JSON.parse(text)
    return isObject(values) ? values : {}
  } catch {
    return {}
  }
}

const signs = { kept: '✓', broken: '✕', pending: '·' } as const

function linesOf(report: Report, interactions: readonly VerifiedInteraction[], mask: (text: string) => string): string[] {
  const { findings, verdict, reason } = report
  const consumers = [...new Set(interactions.map(({ consumer }) => consumer))]
  const headline = {
    conforms: `✓ The target keeps ${counted(interactions.length, 'interaction')} of ${counted(consumers.length, 'consumer')}`,
    findings: `✕ The target breaks what consumers rely on in ${counted(findings.length, 'way')}`,
    'not judged': `? The target could not be judged: ${reason}`,
  }[verdict]
  return [
    ...consumers.flatMap((consumer) => [
      `${consumer}`,
      ...interactions
        .filter((one) => one.consumer === consumer)
        .map((one) => {
          const why = unreached(one)
          const pending = one.result === 'pending' ? ` (pending, fails no build: ${one.mismatches[0]?.mismatch ?? one.error})` : ''
          return mask(`  ${why === undefined ? signs[one.result] : '?'} ${one.description}${why === undefined ? pending : `: ${why}`}`)
        }),
    ]),
    '',
    ...findings.flatMap((finding, i) => [
      `${i + 1}. ${finding.title}`,
      ...findingLines(finding).map((line) => `  ${line}`),
      ...(finding.curl ? [`  ${finding.curl}`] : []),
      '',
    ]),
    headline,
  ]
}

/**
 * Asks the broker whether it has the results: the verifier ends well even where it could not publish them.
 * @throws UsageError where it has not
 */
async function confirmResults(
  broker: Broker,
  provider: string,
  version: string,
  interactions: readonly VerifiedInteraction[],
  out: NodeJS.WritableStream,
): Promise<void> {
  const query = new URLSearchParams([
    ['q[][pacticipant]', provider],
    ['q[][version]', version],
    ['latestby', 'cvpv'],
  ])
  const { json } = await ask(broker, `/matrix?${query}`)
  const rows = (json as { matrix?: readonly Row[] } | undefined)?.matrix ?? []
  const known = new Set(rows.filter(({ verificationResult }) => verificationResult).map(({ consumer }) => consumer.name))
  const missing = [...new Set(interactions.map(({ consumer }) => consumer))].filter((consumer) => !known.has(consumer))
  if (missing.length > 0)
    throw new UsageError(
      `the broker ${broker.url} does not have the results for ${missing.join(', ')}: may these credentials publish? (They read only, where a result is missing.)`,
    )
  out.write(`${visible(`published the results of ${provider} ${version} for ${[...known].sort().join(', ')}`)}\n`)
}

interface Row {
  readonly consumer: { readonly name: string }
  readonly verificationResult?: unknown
}
