import { createHash, randomInt, randomUUID } from 'node:crypto'
import { valueAt } from '../../core/json'
import { requestMember } from '../members'
import type { Hooks, Stages } from '../stages'
import { broken } from '../variant'
import { oneIn, pause } from './tools'

const name = requestMember('metadata.name')
const cluster = requestMember('spec.primaryCluster')
const nameOf = (value: unknown): string => String(valueAt(value, name.path))

const hash = (algorithm: string, text: string | Buffer): string => createHash(algorithm).update(text).digest('hex')
const asUuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')

type Uid = Stages['uid']
const uid = (make: Uid): Hooks => ({ uid: () => make })

const uids: readonly [name: string, what: string, hooks: Hooks | (() => Hooks)][] = [
  ['constant', 'is unique', uid(() => '6f1c2c3e-7d0c-4c53-9a1b-2f0a3b1d9e55')],
  ['empty', 'is never empty', uid(() => '')],
  ['blank', 'is unique', uid(() => ' ')],
  ['undefined-text', 'is unique', uid(() => 'undefined')],
  ['nil', 'is unique', uid(() => '00000000-0000-0000-0000-000000000000')],
  ['same-as-name', 'is made by the server, not taken from the name', uid(nameOf)],
  ['from-name', 'is made by the server, not from the name', uid((value) => `ws-${nameOf(value)}`)],
  ['with-name-within', 'is made by the server, not from the name', uid((value) => `${nameOf(value)}-${randomUUID()}`)],
  ['md5-of-name', 'is made by the server, not from the name', uid((value) => hash('md5', nameOf(value)))],
  ['sha256-of-name', 'is made by the server, not from the name', uid((value) => hash('sha256', nameOf(value)))],
  ['base64-of-name', 'is made by the server, not from the name', uid((value) => Buffer.from(nameOf(value)).toString('base64'))],
  ['hex-of-name', 'is made by the server, not from the name', uid((value) => Buffer.from(nameOf(value)).toString('hex'))],
  ['uuid-of-name', 'is made by the server, not from the name', uid((value) => asUuid(hash('sha1', nameOf(value))))],
  ['md5-of-payload', 'is made by the server, not from the payload', uid((_, call) => hash('md5', call.body))],
  ['sha1-of-payload', 'is made by the server, not from the payload', uid((_, call) => hash('sha1', call.body))],
  ['sha256-of-payload', 'is made by the server, not from the payload', uid((_, call) => hash('sha256', call.body))],
  ['uuid-of-payload', 'is made by the server, not from the payload', uid((_, call) => asUuid(hash('md5', call.body)))],
  ['short-hash-of-payload', 'is made by the server, not from the payload', uid((_, call) => hash('sha256', call.body).slice(0, 12))],
  ['hash-of-members', 'is unique, also for equal payloads', uid((value) => asUuid(hash('sha256', `salt${JSON.stringify(value)}`)))],
  ['same-as-cluster', 'is unique, not taken from the payload', uid((value) => String(valueAt(value, cluster.path)))],
  ['same-for-mesh', 'is unique, not one for each mesh', uid((_, call) => asUuid(hash('md5', call.path)))],
  ['counter-below-100', 'is unique', counted((n) => String(n % 100))],
  ['counter-below-256', 'is unique', counted((n) => `ws-${n % 256}`)],
  ['counter-below-1000', 'is unique', counted((n) => String(n % 1000))],
  ['repeated-pairwise', 'is unique', counted((n) => asUuid(hash('md5', String(n >> 1))))],
  ['of-the-second', 'is unique, also within a second', uid((_, call) => String(Math.floor(call.at / 1000)))],
  ['of-the-millisecond', 'is unique, also within a millisecond', uid((_, call) => String(call.at))],
  ['of-8-bits', 'is unique', uid(() => `ws-${randomInt(256)}`)],
  ['of-16-bits', 'is unique', uid(() => randomInt(65_536).toString(16))],
  ['repeated-one-in-100', 'is unique', rarely],
  ['reused-for-equal-payload', 'is unique, also for equal payloads', reused],
  ['reused-for-equal-port', 'is unique', reusedForPort],
  ['shared-under-concurrency', 'is unique, also under concurrent requests', shared],
  ['of-the-caller', 'is made by the server: a custom value takes no effect', uid((value) => custom(value) ?? randomUUID())],
  [
    'of-the-caller-if-uuid',
    'is made by the server: a custom value takes no effect',
    uid((value) => (/^[\da-f-]{36}$/i.test(custom(value) ?? '') ? custom(value)! : randomUUID())),
  ],
]

function custom(value: unknown): string | undefined {
  const sent = valueAt(value, ['metadata', 'uid'])
  return typeof sent === 'string' && sent !== '' ? sent : undefined
}

function counted(make: (n: number) => string): () => Hooks {
  return () => {
    let n = 0
    return uid(() => make(n++))
  }
}

function rarely(): Hooks {
  const now = oneIn(100)
  let last = randomUUID() as string
  return uid(() => {
    if (!now()) last = randomUUID()
    return last
  })
}

/** An idempotent creation, which nobody documented. */
function reused(): Hooks {
  const known = new Map<string, string>()
  return uid((_, call) => {
    const key = hash('md5', call.body)
    const made = known.get(key) ?? randomUUID()
    if (known.size < 50_000) known.set(key, made)
    return made
  })
}

function reusedForPort(): Hooks {
  const known = new Map<unknown, string>()
  return uid((value) => {
    const key = valueAt(value, ['spec', 'ingress', 'port'])
    const made = known.get(key) ?? randomUUID()
    if (known.size < 50_000) known.set(key, made)
    return made
  })
}

/** Requests that are under way at the same time read one variable. */
function shared(): Hooks {
  let current: string = randomUUID()
  return {
    create: (next) => async (value, call) => {
      current = randomUUID()
      await pause(2)
      return next(value, call)
    },
    uid: () => () => current,
  }
}

/** IDs that the server makes. */
export const madeUids = broken(
  'made',
  uids.map(([slug, what, hooks]) => ({
    name: `uid-${slug}`,
    promise: `answer.body.metadata.uid ${what}`,
    finds: { place: ['answer.body.metadata.uid*', 'body.metadata*'] },
    hooks,
  })),
)
