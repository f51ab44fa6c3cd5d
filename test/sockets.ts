import { createServer, type Server, type Socket } from 'node:net'
import type { Case } from '../core/case'
import { type Client, type ClientOptions, createClient } from '../runner/client'

/** One request as a raw server saw it. */
interface Seen {
  /** Request line and header section as received, without the empty line. */
  readonly head: string
  readonly body: Buffer
  /** Ordinal of its connection, from 1, and its own on that connection and over all. */
  readonly connection: number
  readonly nth: number
  readonly total: number
}

interface RawServer {
  readonly url: string
  readonly seen: readonly Seen[]
  readonly connections: () => number
}

const cleanUps: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** Closes something after the test. */
export function later(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp)
}

/** Listens on a free port of the loopback address; ends with the test, its connections too. */
export async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  later(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as { port: number }).port
}

/** A port of the loopback address where nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A server whose answers are bytes: `answer` is called with each whole request (`early`: as soon as its header section is there). */
export async function rawServer(answer: (socket: Socket, seen: Seen) => unknown, { early = false } = {}): Promise<RawServer> {
  const seen: Seen[] = []
  let connections = 0
  const server = createServer((socket) => {
    const connection = ++connections
    let nth = 0
    let buffered = Buffer.alloc(0)
    let answered = false
    socket.on('data', (chunk) => {
      buffered = Buffer.concat([buffered, chunk])
      for (;;) {
        const end = buffered.indexOf('\r\n\r\n')
        if (end < 0 || (early && answered)) return
        const head = buffered.toString('latin1', 0, end)
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
        if (!early && buffered.length < end + 4 + length) return
        const request = { head, body: buffered.subarray(end + 4, end + 4 + length), connection, nth: ++nth, total: seen.length + 1 }
        buffered = buffered.subarray(end + 4 + length)
        answered = true
        seen.push(request)
        answer(socket, request)
      }
    })
  })
  const port = await listen(server)
  return { url: `http://127.0.0.1:${port}`, seen, connections: () => connections }
}

/** An answer as text, with a right Content-Length. */
export const http = (status: string, body = '{}', ...lines: string[]): string =>
  [`HTTP/1.1 ${status}`, 'Content-Type: application/json', ...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n')

/** A client that ends with the test, with a budget of 10,000 requests and no proxy. */
export function clientOf(target: string, options: Partial<ClientOptions> = {}): Client {
  let left = 10_000
  const client = createClient({ target, timeout: 10, concurrency: 1, budget: { take: () => left-- > 0 }, environment: {}, ...options })
  later(() => client.close())
  return client
}

/** A plain valid POST; `change` lays over the case, its request over the request. */
export function caseOf(change: Partial<Omit<Case, 'request'>> & { readonly request?: Partial<Case['request']> } = {}): Case {
  return {
    operation: 'create',
    rule: 'body:valid',
    index: 0,
    attempt: 0,
    zone: 'accept',
    owes: { success: 'required', clientError: 'forbidden' },
    changes: [],
    fresh: false,
    ...change,
    request: {
      method: 'POST',
      target: '/things',
      headers: [['Content-Type', 'application/json']],
      body: Buffer.from('{"a":1}'),
      ...change.request,
    },
  }
}

/** A clock that sleeping moves on, and what was slept. */
export function fakeClock() {
  let time = Date.UTC(2024, 0, 1)
  const slept: number[] = []
  return {
    slept,
    now: () => time,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds)
      time += milliseconds
    },
    pass: (milliseconds: number) => {
      time += milliseconds
    },
  }
}
