import { setMaxListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case, WireRequest } from '../core/case'
import { type Exchange, header } from '../core/exchange'
import { packageRoot } from '../specs/files'
import { type Authorised, authorise, type Outgoing, type Placed } from './auth/auth'
import { type Connection, createConnection, type Reply, type Written } from './connection'
import { creationBy, isSafe } from './creation'
import { createDeadline } from './deadline'
import { surplusFault } from './fault'
import { createPatience, type PatienceOptions, sleepByClock } from './patience'
import type { Pace, Quota } from './rate'
import { createResends, type IsOwnError, type Learnt, type Next, wantsRenewal } from './resend'
import { createRoute, type Route, type TlsOptions } from './route'
import { NotSendable, notSendable } from './sendable'

export { NotSendable, notSendable }

export interface ClientOptions {
  /** Origin and optional base path, e.g. `https://api.example.com/v1`. */
  readonly target: string
  /** The base path of each operation that is not behind the target's own. */
  readonly bases?: ReadonlyMap<string, string>
  /** Seconds from sending to the answer, and between any two pieces of it. */
  readonly timeout: number
  /** Requests at the same time, at most. */
  readonly concurrency: number
  /** Asked before every request on the wire, resends too; false: no more are allowed. */
  readonly budget: { take(): boolean }
  readonly tls?: TlsOptions
  /** Credentials that are put on each request; without them cases go as they are. */
  readonly auth?: readonly Placed[]
  /** Spaces out all requests to the target, this client's and others'. */
  readonly pace?: Pace
  /** Bounds what may be created. */
  readonly quota?: Quota
  /** Begin with one request at a time, and take more as long as the target bears them. */
  readonly ramp?: boolean
  /** Told of each request that may create something before it is written, and then of its outcome; none: it was not sent. */
  readonly onCreating?: (made: Case) => Promise<(reply: Reply | undefined) => Promise<void>>
  /** Where the proxy variables are read; the process' own by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Bytes of an answer's body that are read; 1 MiB by default. The rest is left and the answer marked `cut`. */
  readonly maxAnswerBytes?: number
  /** The same case under a new name, its `attempt` one higher; without it resends are equal. */
  rename?(made: Case): Case
  /** A plain valid request to the operation of a case, with values that no other has; without it nobody asks what a target does with what is there. */
  plainAnew?(made: Case): Case
  /** The run waits: why, seconds, and the concurrency from now on. */
  onPatience?: PatienceOptions['onPatience']
  /** Bytes came behind an answer that was given already: its exchange once more, with a fault in place of the answer. */
  onLeftover?(exchange: Exchange): void
  /** Tells the API's own errors from those of what stands in front of it; none: none are known. */
  readonly isOwnError?: IsOwnError
  /** Milliseconds since the epoch. */
  now?(): number
  sleep?(milliseconds: number, signal: AbortSignal): Promise<void>
}

export interface Client {
  /**
   * Sends a case and waits for what becomes of it: throttling, unavailability, state conflicts and connections closed while idle are met with
   * patience and resends, so that they are no faults.
   * @param slot cases of one slot share a connection, one after another, as long as the target keeps it open
   * @returns undefined when the budget has ended, or the client was closed
   * @throws NotSendable if the request cannot be written as it is; nothing was sent then
   */
  send(made: Case, slot: number): Promise<Exchange | undefined>
  /** Sends nothing more: whoever waits to send gets undefined at once; what is on the way is still awaited. */
  stop(): void
  close(): Promise<void>
  /** Requests that may be on the way at the same time, at present. */
  limit(): number
}

const defaultAnswerBytes = 1024 * 1024

/** Turns that one request may wait for: a token that lives shorter than a turn takes would never do. */
const mostTurns = 3

interface Slot {
  readonly connection: Connection
  /** What was given for the latest case. */
  latest?: Exchange
}

/** One request that was on the wire. */
interface Once {
  readonly ordinal: number
  /** The round of patience in which it went. */
  readonly round: number
  /** Seconds that it had. */
  readonly allowed: number
  readonly authorised: Authorised
  readonly reply: Reply
}

/** @throws UsageError for a target or proxy that is not an http or https URL */
export function createClient(options: ClientOptions): Client {
  const { target, timeout, concurrency, budget, auth = [], rename, onPatience, onLeftover, maxAnswerBytes = defaultAnswerBytes } = options
  const now = options.now ?? Date.now
  const isOwnError = options.isOwnError ?? (() => false)
  const sleep = options.sleep ?? sleepByClock
  const stopping = new AbortController()
  const ending = new AbortController()
  for (const { signal } of [stopping, ending]) setMaxListeners(0, signal)
  const route = createRoute(target, options.tls ?? {}, options.environment ?? process.env, ending.signal)
  const { host, pathname } = new URL(target)
  const ownBase = pathname.replace(/\/+$/, '')
  const baseOf = ({ operation }: Case): string => options.bases?.get(operation) ?? ownBase
  const before = route.prefix.slice(0, route.prefix.length - ownBase.length)
  const patience = createPatience({ concurrency, ramp: options.ramp ?? false, now, sleep, ...(onPatience ? { onPatience } : {}) })
  const learnt: Learnt = {
    deadline: createDeadline(timeout),
    answered: false,
    accepted: false,
    gone: false,
    conflictsPassed: 0,
    conflictsStayed: new Map(),
    repeated: new Map(),
    served: 0,
    singledOut: new Map(),
  }
  const connections = new Map<number, Slot>()
  let requests = 0
  let latest: { readonly headers: WireRequest['headers']; readonly lines: string[] } | undefined
  function slotOf(number: number): Slot {
    const known = connections.get(number)
    if (known) return known
    const onSurplus = () => {
      if (slot.latest?.answer) onLeftover?.({ ...slot.latest, answer: undefined, fault: surplusFault })
    }
    const slot: Slot = { connection: createConnection({ ...route, maxAnswerBytes, now, onSurplus }) }
    connections.set(number, slot)
    return slot
  }

  async function send(made: Case, number: number): Promise<Exchange | undefined> {
    const refused = notSendable(made.request)
    if (refused !== undefined) throw new NotSendable(refused)
    const slot = slotOf(number)
    const next = createResends(made, learnt, now, isOwnError, options.plainAnew !== undefined)
    let current = wantsRenewal(made, learnt) && rename ? rename(made) : made
    let { fresh } = made
    let patient = false
    let strayBefore: Exchange | undefined
    let renewed = false
    let isUrgent = false
    let kept: Exchange | undefined
    /** Sent in place of the case. */
    let instead: Case | undefined
    for (;;) {
      // Waiting for what is there already would cost a turn each time.
      const place = patience.enter(isUrgent)
      if (place) await place
      let once: Once | undefined
      let step: Next
      try {
        once = await sendOnce(instead ?? current, slot.connection, { fresh, patient })
        if (!once) return undefined
        if (auth.length > 0 && (await isStale(once.authorised, once.reply, renewed))) {
          renewed = true
          isUrgent = true
          continue
        }
        step = next(once.reply, once.allowed)
        if (step.again && step.slowDown) patience.slowDown({ ...step.slowDown, round: once.round })
        else if (once.reply.answer) patience.passed(once.reply.seconds)
        if (!step.again && step.mistaken) patience.hurryUp(step.mistaken)
      } finally {
        patience.leave()
      }
      if (ending.signal.aborted) return undefined
      const { ordinal, reply } = once
      const { stray, ...rest } = reply
      const exchange: Exchange = { case: current, ordinal, ...rest }
      if (!step.again) {
        if (strayBefore && exchange.answer) onLeftover?.(strayBefore)
        const kind = step.conflict ? { conflict: step.conflict } : notReached(step.notReached, reply)
        const outcome: Exchange = { ...((step.asKept && kept) || exchange), ordinal, ...kind }
        slot.latest = outcome
        return outcome
      }
      if (step.keep) kept = exchange
      if (stray && slot.latest?.answer) strayBefore = { ...slot.latest, answer: undefined, fault: surplusFault }
      if (step.pause) await sleep(step.pause, stopping.signal)
      isUrgent = !step.last
      fresh = made.fresh || step.fresh
      patient = step.patient ?? false
      if (step.instead === 'plain') instead = options.plainAnew?.(made)
      else if (step.rename && rename) {
        instead = undefined
        current = rename(current)
      }
    }
  }

  /**
   * One request on the wire, if quota and budget allow it: the ledger is told before and after, and the credential put on it.
   * @returns undefined: nothing was sent, and nothing more may be
   */
  async function sendOnce(
    made: Case,
    connection: Connection,
    { fresh, patient }: { readonly fresh: boolean; readonly patient: boolean },
  ): Promise<Once | undefined> {
    const creates = !isSafe(made.request.method)
    const quota = creates ? options.quota : undefined
    if (stopping.signal.aborted || (quota && !(await quota.enter(stopping.signal)))) return undefined
    if (!budget.take()) {
      quota?.leave(false)
      return undefined
    }
    const ordinal = ++requests
    const { round } = patience
    const allowed = patient ? timeout : learnt.deadline.seconds(made.operation)
    let authorised: Authorised = made.request
    let settle: ((reply: Reply | undefined) => Promise<void>) | undefined
    let reply: Reply
    try {
      if (options.onCreating && (creates || made.request.body)) settle = await options.onCreating(made)
      if (auth.length > 0 || options.pace) authorised = await inTurn(made)
      if (stopping.signal.aborted) {
        await settle?.(undefined)
        quota?.leave(false)
        return undefined
      }
      reply = await connection.send(written(made, authorised.headers), { fresh, timeout: allowed })
    } catch (error) {
      const isSent = !(error instanceof NotSendable)
      if (!isSent) await settle?.(undefined)
      quota?.leave(isSent)
      throw error
    }
    quota?.leave(creationBy(reply) !== 'refused')
    await settle?.(reply)
    return { ordinal, round, allowed, reply, authorised }
  }

  function written(made: Case, headers: WireRequest['headers']): Written {
    const { method, target, body } = made.request
    // Most requests have the headers of the one before.
    if (latest?.headers !== headers) latest = { headers, lines: linesOf(headers, route) }
    return { method, path: before + baseOf(made) + target, headers: latest.lines, ...(body ? { body, inPackets: made.inPackets } : {}) }
  }

  /**
   * Waits for the request's turn, and puts the credential on it. A credential that had to be waited for has cost the turn: those who waited
   * for it together must not go together.
   */
  async function inTurn(made: Case): Promise<Authorised> {
    const sign = async () => (auth.length > 0 ? authorise(auth, made, outgoing(made)) : made.request)
    const ids = ({ credentials = [] }: Authorised) => credentials.map(({ credential }) => credential.id).join()
    let authorised: Authorised = await sign()
    for (let turns = 0; options.pace && turns < mostTurns; turns++) {
      await options.pace(stopping.signal)
      if (stopping.signal.aborted) break
      const before = ids(authorised)
      authorised = await sign()
      if (ids(authorised) === before) break
    }
    return authorised
  }

  /** As the target sees it, which is what a signature is made of. */
  function outgoing(made: Case): Outgoing {
    const { method, target: path, body } = made.request
    return { method, path: baseOf(made) + path, host: header(made.request, 'host') ?? host, ...(body ? { body } : {}) }
  }

  /** A refusal for a credential that has run out: the request is worth another try. */
  async function isStale({ credentials = [] }: Authorised, { answer }: Reply, renewed: boolean): Promise<boolean> {
    let isRenewed = false
    for (const { auth, credential } of answer ? credentials : []) {
      if (answer?.status !== 401) auth.taken(credential, renewed)
      else if (await auth.refused(credential, renewed)) isRenewed = true
    }
    return isRenewed && !renewed
  }

  function notReached(reason: string | undefined, { answer }: Reply): { notReached?: string } {
    const problem = answer?.status === 401 ? auth.map((one) => one.auth.problem()).find((one) => one !== undefined) : undefined
    const why = problem ?? reason
    return why === undefined ? {} : { notReached: why }
  }

  function stop(): void {
    stopping.abort()
    patience.close()
  }

  return {
    send,
    limit: () => patience.limit,
    stop,
    async close() {
      stop()
      ending.abort()
      await Promise.all([...connections.values()].map(({ connection }) => connection.close()))
    },
  }
}

/** The header section as undici writes it: the request's own lines, the route's additions, and a name for the sender. */
function linesOf(headers: WireRequest['headers'], route: Route): string[] {
  const lines: string[] = []
  const has = new Set<string>()
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    has.add(lower)
    if (lower !== 'content-length') lines.push(name, value)
  }
  for (const [name, value] of route.headers) if (!has.has(name)) lines.push(name, value)
  if (!has.has('accept')) lines.push('accept', 'application/json')
  if (!has.has('user-agent')) lines.push('user-agent', userAgent())
  return lines
}

let agent: string | undefined

function userAgent(): string {
  agent ??= `plumbline/${JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version}`
  return agent
}
