import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { ApiDocument } from '../core/operation'
import { createStages, writeWhole } from './pipeline'
import { errorReply, gatewayReply } from './replies'
import { createRoutes } from './routes'
import { type Call, type Hooks, type MaybePromise, type Reply, wrapStages } from './stages'
import { findVariant } from './zoo'

/** Larger bodies are read to their end, thrown away, and answered with 413. */
const maxBody = 2 * 1024 * 1024
/** Still larger ones end the connection. */
const maxDiscarded = 64 * maxBody
const maxHeaders = 16 * 1024
const noQuery = new URLSearchParams()
const noBody = Buffer.alloc(0)

interface ReferenceOptions {
  readonly document: ApiDocument
  /** Name of a variant; none: the server that keeps the document. */
  readonly variant?: string
  /** Further changes of the stages. */
  readonly hooks?: readonly Hooks[]
  /** 0: any free port. */
  readonly port?: number
  /** The only token that is accepted; none: every token that is not empty. */
  readonly token?: string
}

export interface Reference {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Ends every connection at once. */
  close(): Promise<void>
}

/**
 * Starts the embedded server on the loopback interface.
 * @throws UsageError if there is no such variant; the system's error if the port is taken
 */
export async function startReference({ document, variant, hooks: further = [], port = 0, token }: ReferenceOptions): Promise<Reference> {
  const stages = createStages(document, token)
  if (variant !== undefined) for (const hooks of findVariant(variant).hooks()) wrapStages(stages, hooks)
  for (const hooks of further) wrapStages(stages, hooks)
  const server = createServer({ maxHeaderSize: maxHeaders, keepAliveTimeout: 65_000, headersTimeout: 60_000, requestTimeout: 60_000 })
  const sockets = new Map<Socket, number>()
  const { relative } = createRoutes(document)
  let ordinal = 0

  server.on('connection', (socket) => {
    sockets.set(socket, 0)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    stages.connection(socket)
  })
  server.on('request', (request, response) => {
    const onConnection = (sockets.get(request.socket) ?? 0) + 1
    sockets.set(request.socket, onConnection)
    ordinal++
    const call = createCall(request, ordinal, onConnection, relative)
    response.on('error', () => request.socket.destroy())
    const early = stages.head(call)
    if (early) send(call, early, response)
    else readBody(request, call, () => answer(call, response))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    refuseRaw(socket as Socket, error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400),
  )
  server.on('connect', (_, socket) => refuseRaw(socket as Socket, 405))

  function answer(call: Call, response: ServerResponse): void {
    const made = attempt(() => stages.receive(call))
    if (made instanceof Promise) made.catch(internalError).then((reply) => send(call, reply, response))
    else send(call, made, response)
  }

  function send(call: Call, reply: Reply, response: ServerResponse): void {
    try {
      const write = reply.write ?? stages.write
      write(reply, response, call)
    } catch (error) {
      if (response.headersSent) response.destroy()
      else writeWhole(internalError(error), response)
    }
  }

  stages.server(server)
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      done()
    })
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        for (const socket of sockets.keys()) socket.destroy()
      }),
  }
}

function createCall(request: IncomingMessage, ordinal: number, ordinalOnConnection: number, relative: (path: string) => string): Call {
  // The absolute form (RFC 9112, 3.2.2) names the server before the path.
  const target = (request.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '')
  const search = target.indexOf('?')
  return {
    request,
    ordinal,
    ordinalOnConnection,
    at: Date.now(),
    method: request.method ?? 'GET',
    path: relative(search < 0 ? target : target.slice(0, search)),
    query: search < 0 ? noQuery : new URLSearchParams(target.slice(search)),
    body: noBody,
    oversize: false,
    params: {},
  }
}

function readBody(request: IncomingMessage, call: Call, done: () => void): void {
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= maxBody) chunks.push(chunk)
    else chunks.length = 0
    if (length > maxDiscarded) request.socket.destroy()
  })
  request.on('end', () => {
    call.oversize = length > maxBody
    call.body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    done()
  })
  // A caller that gives up in the middle of its request gets no answer.
  request.on('error', () => request.socket.destroy())
}

function attempt(make: () => MaybePromise<Reply>): MaybePromise<Reply> {
  try {
    return make()
  } catch (error) {
    return internalError(error)
  }
}

function internalError(error: unknown): Reply {
  process.emitWarning(`the embedded server failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  return errorReply(500, 'ASM.01010000', 'Internal error')
}

/** Answers what never became a request, and ends the connection. */
function refuseRaw(socket: Socket, status: number): void {
  if (!socket.writable) return void socket.destroy()
  const { body } = gatewayReply(status)
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
    '',
    '',
  ]
  socket.end(Buffer.concat([Buffer.from(head.join('\r\n')), body]))
}
