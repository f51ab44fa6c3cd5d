import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WireRequest } from '../../core/case'
import type { Exchange } from '../../core/exchange'
import { isObject, type Json } from '../../core/json'

/** What became of one interaction's request. */
export type Crossing = { readonly exchange: Exchange } | { readonly stateFailed: string }

interface BridgeOptions {
  /** Sends a request to the target; undefined when it was given up. */
  send(request: WireRequest): Promise<Exchange | undefined>
  /** Sets a provider state up, or takes it down: the values that generators may name. Throws where it cannot. */
  changeState(change: StateChange): Promise<Readonly<Record<string, Json>>>
}

export interface StateChange {
  readonly state: string
  readonly action: 'setup' | 'teardown'
  readonly params: Readonly<Record<string, Json>>
}

/** A server between Pact's verifier and the target: it adds what the target wants (credentials, TLS, patience) and remembers what was answered. */
export interface Bridge {
  readonly port: number
  /** Path at which the verifier asks for provider states. */
  readonly statePath: string
  /** In the order of the interactions; the verifier goes through them one after another. */
  readonly crossings: readonly Crossing[]
  close(): Promise<void>
}

/** Headers of one connection, which are not passed on. */
const hopByHop = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'proxy-connection',
  'te',
  'trailer',
])

export async function startBridge({ send, changeState }: BridgeOptions): Promise<Bridge> {
  const statePath = `/-plumbline-provider-state-${Math.random().toString(36).slice(2)}`
  const crossings: Crossing[] = []
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(599, { 'Content-Type': 'text/plain' })
      response.end(error.message)
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    if (request.url === statePath) return setState(JSON.parse(body.toString('utf8')), response)
    const headers = pairs(request.rawHeaders).filter(([name]) => !hopByHop.has(name.toLowerCase()))
    const exchange = await send({
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      headers,
      ...(body.length > 0 ? { body } : {}),
    })
    if (!exchange) throw new Error('the run was given up')
    crossings.push({ exchange })
    if (!exchange.answer) throw new Error(`no answer: ${exchange.fault?.message ?? ''}`)
    const { status, statusText, headers: answered, body: content } = exchange.answer
    const kept = answered.filter(([name]) => !hopByHop.has(name.toLowerCase()))
    response.writeHead(status, statusText, [...kept, ['Content-Length', String(content.length)]].flat())
    response.end(content)
  }

  async function setState(asked: unknown, response: ServerResponse): Promise<void> {
    const { state = '', action, params } = isObject(asked) ? asked : {}
    const change: StateChange = {
      state: String(state),
      action: action === 'teardown' ? 'teardown' : 'setup',
      params: isObject(params) ? params : {},
    }
    try {
      const values = await changeState(change)
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(values))
    } catch (error) {
      const { message } = error as Error
      if (change.action === 'setup') crossings.push({ stateFailed: message })
      // Its own errors (5xx) the verifier would ask again, for minutes.
      response.writeHead(400, { 'Content-Type': 'text/plain' })
      response.end(message)
    }
  }

  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    port: (server.address() as AddressInfo).port,
    statePath,
    crossings,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const pairs = (flat: readonly string[]): [string, string][] =>
  flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ''] as [string, string]] : []))
