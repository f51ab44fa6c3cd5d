import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Exchange } from '../core/exchange'
import type { Json } from '../core/json'
import type { Operation } from '../core/operation'

/** One request on its way through the stages. A stage fills in what it finds out. */
export interface Call {
  readonly request: IncomingMessage
  /** Ordinal of the request on this server, from 1. */
  readonly ordinal: number
  /** Ordinal of the request on its connection, from 1. */
  readonly ordinalOnConnection: number
  /** Time of arrival, milliseconds since the epoch. */
  readonly at: number
  readonly method: string
  /** Path as sent, without query. */
  readonly path: string
  readonly query: URLSearchParams
  /** The body as received; empty until it is read, and where it was too large. */
  body: Buffer
  /** The body is longer than the server reads. */
  oversize: boolean
  operation?: Operation
  /** The same operation under the assumptions. */
  assumed?: Operation
  /** Path parameters, decoded; one that cannot be decoded is as sent. */
  params: Readonly<Record<string, string>>
}

/** One rule of the document that a request breaks. */
export interface Problem {
  /** Dotted, e.g. `body.spec.ingress.port`; of a missing member its own place. */
  readonly place: string
  /** The keyword of the schema, or `json` for a body that is none. */
  readonly keyword: string
  readonly message: string
}

export type Writer = (reply: Reply, response: ServerResponse, call: Call) => void

/** An answer before it is written. */
export interface Reply {
  readonly status: number
  /** As sent; `Date`, `Connection`, and `Content-Length` where missing, are added. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer
  /** How it goes on the wire, where not simply as a whole. */
  readonly write?: Writer
}

/** Something that a call has created. */
export interface Thing {
  /** The create, as whoever learns ids from it sees it. */
  readonly exchange: Exchange
  /** What was sent and what was answered, as one value; later calls change it. */
  value: Json
}

export type MaybePromise<T> = T | Promise<T>

/**
 * What the server does with a request, in small steps. `receive` is the whole way, in which the others are called by name,
 * so that a variant changes one step by wrapping it.
 */
export interface Stages {
  /** Settings of the server itself, before it listens. */
  server(server: Server): void
  /** Each new connection. */
  connection(socket: Socket): void
  /** Before the body is read: a reply here goes out at once. */
  head(call: Call): Reply | undefined
  /** From the request to its reply. */
  receive(call: Call): MaybePromise<Reply>
  /** Finds the operation by method and path, or refuses. */
  route(call: Call): Reply | undefined
  authenticate(call: Call): Reply | undefined
  /** Refuses media types that the document does not name. */
  media(call: Call): Reply | undefined
  /** From the request with operation and rights to its reply. */
  perform(call: Call): MaybePromise<Reply>
  /** Bytes to text; throws where they are no UTF-8. */
  decode(body: Buffer, call: Call): string
  /** Text to value; throws where it is no JSON. */
  parse(text: string, call: Call): unknown
  /** Value to the types that the server works with; the plain server converts nothing. */
  bind(value: unknown, call: Call): unknown
  validate(value: unknown, call: Call): readonly Problem[]
  /** The new task, as the documented success shows it. */
  create(value: unknown, call: Call): MaybePromise<Json>
  /** Keeps what was created, where other operations find, list or remove it. */
  keep(value: Json, call: Call, reply: Reply): Thing
  /** What was created and is named by the call; undefined: there is none; `free`: the call names none. */
  find(call: Call): Thing | undefined | 'free'
  /** What a list shows; undefined: the operation is none. */
  list(call: Call): readonly Thing[] | undefined
  remove(thing: Thing, call: Call): void
  /** What the call names is not there. */
  absent(call: Call): Reply
  uid(value: unknown, call: Call): string
  time(kind: 'created' | 'updated', call: Call): string
  /** The documented success. */
  succeed(task: Json, call: Call): Reply
  /** The documented client error. */
  refuse(problems: readonly Problem[], call: Call): Reply
  /** An error of the gateway in front of the API, in the gateway's own shape. */
  gateway(status: number, call: Call): Reply
  serialise(value: Json, call: Call): string | Buffer
  write: Writer
}

/** Changes of stages: each takes the stage as it is and gives the stage as it shall be. */
export type Hooks = { readonly [K in keyof Stages]?: (next: Stages[K], stages: Stages) => Stages[K] }

/** Puts hooks around stages, in place. */
export function wrapStages(stages: Stages, hooks: Hooks): void {
  for (const name of Object.keys(hooks) as (keyof Stages)[]) wrap(stages, hooks, name)
}

function wrap<K extends keyof Stages>(stages: Stages, hooks: Hooks, name: K): void {
  const hook = hooks[name]
  if (hook) stages[name] = hook(stages[name], stages)
}
