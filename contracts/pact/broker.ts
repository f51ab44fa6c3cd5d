import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { EnvHttpProxyAgent, fetch } from 'undici'
import { UsageError } from '../../core/errors'
import { createMask } from '../../core/mask'

type Environment = Readonly<Record<string, string | undefined>>

/** A Pact Broker, and who asks it. */
export interface Broker {
  /** Without a slash at its end. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  readonly token?: string
}

/**
 * The broker that a command is to talk to; its credentials come from the environment alone, as Pact's own tools name them.
 * @param url of the option; none: `PACT_BROKER_BASE_URL`
 * @throws UsageError where there is none
 */
export function brokerOf(url: string | undefined, environment: Environment): Broker {
  const { PACT_BROKER_BASE_URL, PACT_BROKER_USERNAME: username, PACT_BROKER_PASSWORD: password, PACT_BROKER_TOKEN: token } = environment
  const given = url ?? (PACT_BROKER_BASE_URL || undefined)
  if (given === undefined) throw new UsageError('which broker? Give --broker URL or set PACT_BROKER_BASE_URL')
  if (!/^https?:\/\/[^/]/i.test(given)) throw new UsageError(`--broker ${given}: write a URL that begins with http:// or https://`)
  if (/^https?:\/\/[^/]*@/i.test(given))
    throw new UsageError(
      '--broker: give credentials by PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD, or PACT_BROKER_TOKEN, not in the URL',
    )
  return {
    url: given.replace(/\/+$/, ''),
    ...(token ? { token } : username ? { username, password: password ?? '' } : {}),
  }
}

/** Hides the broker's credentials in any text. */
export const maskOf = ({ password, token }: Broker) => createMask([password, token].filter((one) => one !== undefined))

/** Seconds until the broker must have answered. */
const patience = 20

/**
 * Asks the broker for a resource.
 * @param href absolute, or a path from the broker's URL
 * @returns its status and, of JSON, its content
 * @throws UsageError where the broker does not answer
 */
export async function ask(broker: Broker, href: string): Promise<{ readonly status: number; readonly json: unknown }> {
  const { url, username, password, token } = broker
  const basic = username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const authorization = token === undefined ? basic : `Bearer ${token}`
  const ca = process.env.SSL_CERT_FILE
  const dispatcher = new EnvHttpProxyAgent(ca ? { requestTls: { ca: readFileSync(ca) }, connect: { ca: readFileSync(ca) } } : {})
  try {
    const response = await fetch(/^https?:/i.test(href) ? href : url + href, {
      headers: { accept: 'application/hal+json, application/json', ...(authorization === undefined ? {} : { authorization }) },
      signal: AbortSignal.timeout(patience * 1000),
      redirect: 'error',
      dispatcher,
    })
    const text = await response.text()
    return { status: response.status, json: asJson(text) }
  } catch (error) {
    throw new UsageError(`the broker ${url} does not answer: ${reasonOf(error)}`)
  } finally {
    await dispatcher.close()
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
  if (name === 'TimeoutError') return `nothing came within ${patience} s`
  return cause ? (cause.code ?? cause.message) : message
}

/** The links of the broker's index, by relation. */
type Index = Readonly<Record<string, unknown>>

/**
 * Makes sure that the broker is there and lets the caller in.
 * @throws UsageError with one clear line where it is not, does not, or is no broker
 */
export async function indexOf(broker: Broker): Promise<Index> {
  const { status, json } = await ask(broker, '/')
  if (status === 401 || status === 403) throw new UsageError(refused(broker, status))
  const links = (json as { _links?: Index } | null | undefined)?._links
  if (status !== 200 || links?.['pb:latest-pact-versions'] === undefined)
    throw new UsageError(`${broker.url} is no Pact Broker: it answered ${status} without a broker's links`)
  return links
}

const refused = ({ url, token, username }: Broker, status: number): string => {
  const given = token !== undefined ? 'PACT_BROKER_TOKEN' : username !== undefined ? 'PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD' : ''
  return given === ''
    ? `the broker ${url} wants credentials (${status}): set PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD, or PACT_BROKER_TOKEN`
    : `the broker ${url} refused the credentials (${status}): check ${given}`
}

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs Pact's own command line. Credentials go to it by the environment, so that no list of processes shows them; what it prints is masked.
 * @throws UsageError where it is not installed
 */
export function pactCli(words: readonly string[], broker?: Broker): Promise<Ended> {
  const program = locate()
  const mask = broker ? maskOf(broker) : (text: string) => text
  const {
    PACT_BROKER_BASE_URL: _,
    PACT_BROKER_USERNAME: __,
    PACT_BROKER_PASSWORD: ___,
    PACT_BROKER_TOKEN: ____,
    ...environment
  } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], {
      env: {
        PACT_BROKER_HTTP_RETRIES: '2',
        ...environment,
        PACT_DO_NOT_TRACK: 'true',
        ...(broker
          ? {
              PACT_BROKER_BASE_URL: broker.url,
              ...(broker.token !== undefined ? { PACT_BROKER_TOKEN: broker.token } : {}),
              ...(broker.username !== undefined ? { PACT_BROKER_USERNAME: broker.username, PACT_BROKER_PASSWORD: broker.password } : {}),
            }
          : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
    child.stdout.on('data', (data) => chunks.stdout.push(data))
    child.stderr.on('data', (data) => chunks.stderr.push(data))
    child.on('error', reject)
    child.on('close', (code) => {
      const text = (list: readonly Buffer[]) => mask(Buffer.concat(list).toString('utf8'))
      resolve({ code: code ?? 1, stdout: text(chunks.stdout), stderr: text(chunks.stderr) })
    })
  })
}

function locate(): string {
  try {
    return require.resolve('@pact-foundation/pact-cli/bin/pact.js')
  } catch {
    throw new UsageError('this command needs a further package: npm install --save-dev @pact-foundation/pact-cli')
  }
}

/**
 * What went wrong in Pact's own command, in one line.
 * @param doing what was asked, for the message, e.g. `publish`
 */
export function complaint(broker: Broker, doing: string, { stdout, stderr }: Ended): UsageError {
  // biome-ignore lint/complexity/useRegexLiterals: an escape character cannot be written in one
  const text = `${stderr}\n${stdout}`.replace(new RegExp('\u001b\\[[0-9;]*m', 'g'), '')
  const changed = /Cannot change the content of the pact for (\S+) version (\S+) and provider (\S+?),/.exec(text)
  if (changed)
    return new UsageError(
      `the broker holds the pact of ${changed[1]} version ${changed[2]} with other content: publish what changed under a new --consumer-version`,
    )
  const status = /failed: (401|403)\b/.exec(text)
  if (status) return new UsageError(`the broker ${broker.url} lets these credentials read, but not ${doing} (${status[1]})`)
  const environment = /[Ee]nvironment(?: with name)? '?([\w-]+)'? does not exist/.exec(text)
  if (environment)
    return new UsageError(
      `the broker knows no environment ${environment[1]}: npx pact broker create-environment --name ${environment[1]} makes one`,
    )
  const stranger = /Pacticipant (.+?) not found/.exec(text)
  if (stranger) return new UsageError(`the broker knows no application ${stranger[1]}: it has published no pact and no result yet`)
  const lines = text.split('\n').map((line) => line.replace(/^[❌\s]+/u, '').trim())
  const said = lines.find((line) => /fail|error|not |could/i.test(line)) ?? lines.find((line) => line !== '')
  return new UsageError(`could not ${doing}: ${said?.slice(0, 400) ?? 'the pact command line says nothing'}`)
}
