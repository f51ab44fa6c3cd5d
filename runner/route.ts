import type { Socket } from 'node:net'
import type { buildConnector as Connectors } from 'undici'
import { UsageError } from '../core/errors'
import { decoded } from '../specs/pointer'
import { buildConnector } from './undici'

// Few runs need it.
const rootCertificates = () => (require('node:tls') as typeof import('node:tls')).rootCertificates

export interface TlsOptions {
  /** Take any certificate. */
  readonly insecure?: boolean
  /** PEM text of a certificate authority to trust besides the usual ones. */
  readonly ca?: string
}

/** How a request reaches the target. */
export interface Route {
  /** Where connections go: the target, or the proxy that is asked for whole URLs. */
  readonly origin: string
  /** Stands before every request target: the base path, for such a proxy the whole origin too. */
  readonly prefix: string
  /** Header pairs that the route adds to every request. */
  readonly headers: readonly (readonly [string, string])[]
  readonly connect: Connectors.connector
}

/**
 * Finds the way to a target: straight, or by the proxy that the usual variables name.
 * @param target origin and optional base path
 * @param environment read for `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in either case
 * @param ending ends every connection when it is aborted, and what is not yet one: a handshake that the other side never answers lasts for ever
 * @throws UsageError for a target or proxy that is not an http or https URL
 */
export function createRoute(
  target: string,
  tls: TlsOptions,
  environment: Readonly<Record<string, string | undefined>>,
  ending?: AbortSignal,
): Route {
  const url = httpUrl(target, 'the target')
  const base = url.pathname.replace(/\/+$/, '')
  // The deadline of each request ends a connection attempt too, so the connector needs no clock of its own.
  const connect = buildConnector({
    timeout: 0,
    ...(tls.insecure ? { rejectUnauthorized: false } : {}),
    ...(tls.ca !== undefined ? { ca: [...rootCertificates(), tls.ca] } : {}),
  })
  const direct = ending ? endedBy(ending, connect) : connect
  const proxy = proxyFor(url, environment)
  if (!proxy) return { origin: url.origin, prefix: base, headers: [], connect: direct }
  const credentials = proxyCredentials(proxy)
  if (url.protocol === 'https:') return { origin: url.origin, prefix: base, headers: [], connect: tunnel(proxy, credentials, direct) }
  return { origin: proxy.origin, prefix: url.origin + base, headers: [['host', url.host], ...credentials], connect: direct }
}

/** The same connector, whose sockets all end with the signal. (Node's own way looks through a list of all of them at the end of each.) */
function endedBy(ending: AbortSignal, connect: Connectors.connector): Connectors.connector {
  const open = new Set<Socket>()
  const end = (socket: Socket) => socket.destroy(new Error('the run has ended'))
  ending.addEventListener('abort', () => open.forEach(end), { once: true })
  return (options, callback) => {
    // The connector gives its socket back at once, its type does not say so.
    const socket = connect(options, callback) as unknown as Socket
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    if (ending.aborted) end(socket)
  }
}

function httpUrl(text: string, what: string): URL {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UsageError(`${what} ${text.replace(/\/\/[^/]*@/, '//…@')} is not an http:// or https:// URL`)
  return new URL(text)
}

/** The proxy for a URL as curl reads the variables: `NO_PROXY` lists hosts with all below them, with or without a port, or is `*`. */
function proxyFor(url: URL, environment: Readonly<Record<string, string | undefined>>): URL | undefined {
  const variable = (name: string) => environment[name] || environment[name.toUpperCase()] || ''
  const named = variable(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy')
  if (named === '') return undefined
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const spared = variable('no_proxy')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
  for (const entry of spared) {
    if (entry === '*') return undefined
    const [, host, onlyPort] = /^\*?\.?(.+?)(?::(\d+))?$/.exec(entry) ?? []
    if (onlyPort !== undefined && onlyPort !== port) continue
    if (url.hostname === host || url.hostname.endsWith(`.${host}`)) return undefined
  }
  return httpUrl(named.includes('://') ? named : `http://${named}`, 'the proxy')
}

function proxyCredentials({ username, password }: URL): readonly (readonly [string, string])[] {
  if (username === '') return []
  // As curl, which takes a percent sign that begins no escape for itself.
  const pair = `${decoded(username)}:${decoded(password)}`
  return [['proxy-authorization', `Basic ${Buffer.from(pair).toString('base64')}`]]
}

/** Connects to an https target through a proxy's CONNECT (RFC 9110, 9.3.6), TLS inside. */
function tunnel(proxy: URL, headers: readonly (readonly [string, string])[], connect: Connectors.connector): Connectors.connector {
  return (options, callback) => {
    const authority = options.port ? (options.host ?? options.hostname) : `${options.host ?? options.hostname}:443`
    // The whole of undici, as its parts alone do not know CONNECT.
    const { Client } = require('undici') as typeof import('undici')
    const client = new Client(proxy.origin, { connect })
    client.connect({ path: authority, headers: Object.fromEntries([['host', authority], ...headers]) }, (error, answer) => {
      if (error) return callback(error, null)
      const socket = answer.socket as NonNullable<Connectors.Options['httpSocket']>
      if (answer.statusCode === 200) return connect({ ...options, httpSocket: socket }, callback)
      socket.on('error', () => {}).destroy()
      callback(new Error(`the proxy ${proxy.host} answered ${answer.statusCode} to CONNECT ${authority}`), null)
    })
  }
}
