import { createHash, createHmac, randomUUID } from 'node:crypto'
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { startReference } from '../reference/server'
import { loadDocument } from '../specs/load'

interface StagingOptions {
  /** Seconds that a token lives. */
  readonly tokenLives?: number
  readonly accessKey?: { readonly accessKey: string; readonly secretKey: string; readonly securityToken?: string }
  /** Requests a second; more are answered 429. */
  readonly rate?: number
  /** Requests at the same time; more are answered 429. */
  readonly together?: number
  /** Milliseconds that a create takes, once it has been taken. */
  readonly slow?: number
  /** Milliseconds until a deleted task is gone; the delete is answered 202. */
  readonly deleting?: number
  /** Every delete is refused with 500. */
  readonly undeletable?: boolean
  /** Milliseconds after its answer in which a new task is not found yet. */
  readonly appears?: number
  /** Of so many creates that were taken, the gateway answers one with 504. */
  readonly givesUp?: number
  /** Milliseconds that a token takes. */
  readonly slowTokens?: number
  /** Variant of the reference server. */
  readonly variant?: string
  readonly tls?: { readonly key: string; readonly cert: string }
  /** What an answer of the API says besides, made from the credential as it came. */
  readonly echo?: (credential: string) => Record<string, string>
  /** Before any other answer. */
  readonly before?: (request: IncomingMessage) => { status: number; headers?: Record<string, string>; body: string } | undefined
}

interface Staging {
  readonly url: string
  /** Tasks that are there, by name. */
  readonly tasks: Map<string, { readonly uid: string; readonly from?: number; deleting: boolean }>
  readonly seen: {
    /** Times at which requests for the API came, milliseconds. */
    readonly at: number[]
    /** Times of creates that were taken. */
    readonly creates: number[]
    readonly names: string[]
    readonly tokens: string[]
    /** Times at which tokens were asked for. */
    readonly tokensAt: number[]
    unauthorised: number
    throttled: number
    together: number
    requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[]
  }
  close(): Promise<void>
}

export const account = { user: 'ci', password: 'pass"word/of+the ci', domain: 'acme' }

/**
 * An environment as a cloud has it: an identity service at `/v3/auth/tokens`, a gateway that asks for its tokens or signatures and throttles,
 * and behind it the reference server, whose tasks can be listed and deleted.
 */
async function startStaging(options: StagingOptions = {}): Promise<Staging> {
  const reference = await startReference({ document: await loadDocument({}), ...(options.variant ? { variant: options.variant } : {}) })
  const agent = new Agent({ keepAlive: true })
  const tokens = new Map<string, number>()
  const tasks: Staging['tasks'] = new Map()
  const seen: Staging['seen'] = {
    at: [],
    creates: [],
    names: [],
    tokens: [],
    tokensAt: [],
    unauthorised: 0,
    throttled: 0,
    together: 0,
    requests: [],
  }
  let inFlight = 0

  const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
    const text = JSON.stringify(body)
    response
      .writeHead(status, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), ...headers })
      .end(text)
  }
  const gateway = (response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}) =>
    json(response, status, { error_code: code, error_msg: 'refused by the gateway', request_id: randomUUID() }, headers)

  async function issue(body: Buffer, response: ServerResponse): Promise<void> {
    seen.tokensAt.push(Date.now())
    if (options.slowTokens) await new Promise((resolve) => setTimeout(resolve, options.slowTokens))
    const { user } = JSON.parse(body.toString()).auth.identity.password
    if (user.name !== account.user || user.password !== account.password || user.domain.name !== account.domain)
      return void json(response, 401, { error: { code: 401, message: `wrong password ${user.password}` } })
    const token = `MIItok-${randomUUID()}/${randomUUID()}+==`
    const now = Date.now()
    const lives = (options.tokenLives ?? 3600) * 1000
    tokens.set(token, now + lives)
    seen.tokens.push(token)
    const times = { issued_at: new Date(now).toISOString(), expires_at: new Date(now + lives).toISOString() }
    json(response, 201, { token: times }, { 'x-subject-token': token })
  }

  function isSigned(request: IncomingMessage, body: Buffer): boolean {
    const { authorization = '' } = request.headers
    const key = options.accessKey!
    const [, access, names = '', signature] =
      /^SDK-HMAC-SHA256 Access=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]+)$/.exec(authorization) ?? []
    if (access !== key.accessKey || !names.split(';').includes('x-sdk-date')) return false
    if (key.securityToken !== undefined && request.headers['x-security-token'] !== key.securityToken) return false
    const url = new URL(request.url!, 'http://x')
    const path = decodeURI(url.pathname)
      .split('/')
      .map((part) => encodeURIComponent(part))
      .join('/')
    const query = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join('=')).sort()
    const headers = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
    const whole = `${request.method}\n${path.replace(/\/?$/, '/')}\n${query.join('&')}\n${headers.join('')}\n${names}\n${createHash('sha256').update(body).digest('hex')}`
    const text = `SDK-HMAC-SHA256\n${request.headers['x-sdk-date']}\n${createHash('sha256').update(whole).digest('hex')}`
    return createHmac('sha256', key.secretKey).update(text).digest('hex') === signature
  }

  function isAllowed(request: IncomingMessage, body: Buffer): boolean {
    if (options.accessKey) return isSigned(request, body)
    const token = request.headers['x-auth-token']
    return (tokens.get(String(token)) ?? 0) > Date.now()
  }

  async function forward(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const pairs = Array.from(
      { length: request.rawHeaders.length / 2 },
      (_, i) => request.rawHeaders.slice(2 * i, 2 * i + 2) as [string, string],
    )
    const kept = pairs.filter(([name]) => !/^(connection|transfer-encoding|expect)$/i.test(name))
    if (options.accessKey) kept.push(['X-Auth-Token', 'signed'])
    const { answer, bytes } = await new Promise<{ answer: IncomingMessage; bytes: Buffer }>((resolve, reject) => {
      const sent = send(reference.url, { method: request.method!, path: request.url!, headers: kept.flat(), agent }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve({ answer, bytes: Buffer.concat(chunks) }))
      })
      sent.on('error', reject).end(body)
    })
    const status = answer.statusCode ?? 500
    let made: { metadata?: { name?: unknown; uid?: string } } = {}
    try {
      made = JSON.parse(bytes.toString())
    } catch {
      // No task then.
    }
    if (request.method === 'POST' && status < 300) {
      const name = String(made.metadata?.name)
      seen.creates.push(Date.now())
      seen.names.push(name)
      tasks.set(name, { uid: String(made.metadata?.uid), from: Date.now() + (options.appears ?? 0), deleting: false })
      if (options.slow) await new Promise((resolve) => setTimeout(resolve, options.slow))
      if (options.givesUp && seen.creates.length % options.givesUp === 0) return gateway(response, 504, 'APIG.0201')
    }
    if (response.destroyed) return
    const echo = options.echo?.(String(request.headers['x-auth-token'] ?? request.headers.authorization)) ?? {}
    const keep = ['content-type', 'allow'].flatMap((name) => (answer.headers[name] ? [[name, String(answer.headers[name])]] : []))
    response
      .writeHead(status, { ...Object.fromEntries(keep), 'content-length': String(bytes.length), ...echo })
      .end(request.method === 'HEAD' ? undefined : bytes)
  }

  function remove(name: string, response: ServerResponse): void {
    if (options.undeletable) return void json(response, 500, { errorCode: 'ASM.500', errorMsg: 'cannot be deleted' })
    const task = tasks.get(name)
    if (!task || (task.from ?? 0) > Date.now()) return void gateway(response, 404, 'APIG.0404')
    if (!options.deleting) {
      tasks.delete(name)
      return void json(response, 200, {})
    }
    if (!task.deleting) setTimeout(() => tasks.delete(name), options.deleting)
    task.deleting = true
    json(response, 202, {})
  }

  async function handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request
    if (url === '/v3/auth/tokens') return issue(body, response)
    seen.at.push(Date.now())
    seen.requests.push({ method, url, headers: request.headers, body: body.toString() })
    const early = options.before?.(request)
    if (early) return void response.writeHead(early.status, { 'content-type': 'application/json', ...early.headers }).end(early.body)
    const second = seen.at.filter((at) => at > Date.now() - 1000).length
    if (options.rate && second > options.rate) {
      seen.throttled++
      return gateway(response, 429, 'APIG.0308', { 'retry-after': '1' })
    }
    inFlight++
    seen.together = Math.max(seen.together, inFlight)
    try {
      if (options.together && inFlight > options.together) {
        seen.throttled++
        return gateway(response, 429, 'APIG.0308')
      }
      if (!isAllowed(request, body)) {
        seen.unauthorised++
        return gateway(response, 401, 'APIG.0301')
      }
      const [, , , name] = /^\/v2\/meshes\/([^/]+)\/(workshops)\/?([^/?]*)$/.exec(url) ?? []
      if (method === 'DELETE' && name) return remove(decodeURIComponent(name), response)
      if (method === 'GET' && name === '')
        return json(
          response,
          200,
          [...tasks].map(([of, { uid }]) => ({ metadata: { name: of, uid } })),
        )
      await forward(request, body, response)
    } finally {
      inFlight--
    }
  }

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('error', () => request.destroy())
    request.on('end', () => {
      handle(request, Buffer.concat(chunks), response).catch(() =>
        response.headersSent ? response.destroy() : gateway(response, 400, 'APIG.0400'),
      )
    })
  }
  const limits = { maxHeaderSize: 200_000 }
  const server = options.tls ? createTlsServer({ ...options.tls, ...limits }, listener) : createServer(limits, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tasks,
    seen,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      agent.destroy()
      await reference.close()
    },
  }
}

const started: Staging[] = []
afterEach(async () => {
  for (const one of started.splice(0)) await one.close()
})

/** A stand-in that is closed after the test. */
export async function staging(options: StagingOptions = {}): Promise<Staging> {
  const made = await startStaging(options)
  started.push(made)
  return made
}
