import { createHash, randomBytes } from 'node:crypto'
import { withHeaders } from '../replies'
import type { Hooks } from '../stages'
import { type Definition, lawful as define } from '../variant'
import { anyReply } from './tools'

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()
const hour = 3_600_000
const tenths = (at: number): number => Math.floor((at % 60_000) / 6000)

const forms: readonly (readonly [name: string, what: string, write: (at: number) => string])[] = [
  ['with-offset', 'RFC 3339 with an offset', (at) => iso(at + 8 * hour).replace('Z', '+08:00')],
  ['with-negative-offset', 'RFC 3339 with a negative offset', (at) => iso(at - 3.5 * hour).replace('Z', '-03:30')],
  ['in-nanoseconds-of-rfc-3339', 'RFC 3339 with nine digits of the second', (at) => iso(at).replace('Z', '123456Z')],
  ['in-seconds-of-rfc-3339', 'RFC 3339 without a fraction', (at) => iso(at).replace(/\.\d+/, '')],
  ['in-lower-case', 'RFC 3339 in lower case', (at) => iso(at).toLowerCase()],
  ['in-basic-form', 'the basic form of ISO 8601', (at) => iso(at).replace(/[-:]|\.\d+/g, '')],
  ['in-minutes-with-fraction', 'ISO 8601 with a fraction of the minute', (at) => `${iso(at).slice(0, 16)}.${tenths(at)}Z`],
  ['without-colon-in-offset', 'ISO 8601 with an offset without colon', (at) => iso(at + 2 * hour).replace('Z', '+0200')],
  ['as-http-date', 'an HTTP-date', (at) => new Date(at).toUTCString()],
  ['with-space', 'YYYY-MM-DD HH:mm:ss', (at) => iso(at).slice(0, 19).replace('T', ' ')],
  ['with-space-and-fraction', 'YYYY-MM-DD HH:mm:ss.SSS', (at) => iso(at).slice(0, 23).replace('T', ' ')],
  [
    'with-space-and-offset',
    'YYYY-MM-DD HH:mm:ss with an offset',
    (at) =>
      `${iso(at + 8 * hour)
        .slice(0, 19)
        .replace('T', ' ')} +0800`,
  ],
  ['of-go', "Go's default form", (at) => `${iso(at).slice(0, 23).replace('T', ' ')}456789 +0000 UTC`],
  ['in-epoch-seconds', 'seconds since the epoch as text', (at) => String(Math.floor(at / 1000))],
  ['in-epoch-milliseconds', 'milliseconds since the epoch as text', (at) => String(at)],
  ['in-local-time-without-zone', 'a local time without its zone', (at) => iso(at + 8 * hour).slice(0, 23)],
  [
    'in-american-time-without-zone',
    'a local time without its zone',
    (at) =>
      iso(at - 11 * hour)
        .slice(0, 19)
        .replace('T', ' '),
  ],
]

const shifted = (milliseconds: number): Hooks => ({
  time: () => (_, call) => iso(call.at + milliseconds),
  ...anyReply((made, call) => withHeaders(made, { Date: new Date(call.at + milliseconds).toUTCString() })),
})

const times: readonly Definition[] = [
  ...forms.map(([name, what, write]) => ({
    name: `times-${name}`,
    promise: `a time may be written as ${what}`,
    hooks: { time: () => (_, call) => write(call.at) } satisfies Hooks,
  })),
  { name: 'clock-8-minutes-fast', promise: 'a clock may be some minutes fast', hooks: shifted(8 * 60_000) },
  { name: 'clock-8-minutes-slow', promise: 'a clock may be some minutes slow', hooks: shifted(-8 * 60_000) },
  {
    name: 'times-9-minutes-from-date',
    promise: 'a time may lie some minutes from the Date header',
    hooks: { time: () => (_, call) => iso(call.at - 9 * 60_000) },
  },
  {
    name: 'update-in-whole-seconds',
    promise: 'the two times may have different resolutions',
    hooks: { time: () => (kind, call) => (kind === 'created' ? iso(call.at) : iso(call.at).replace(/\.\d+/, '')) },
  },
  {
    name: 'update-later',
    promise: 'the update may be later than the creation',
    hooks: { time: () => (kind, call) => iso(call.at + (kind === 'updated' ? 1500 : 0)) },
  },
  {
    name: 'times-in-seconds-of-their-own',
    promise: 'many tasks may be created in one second',
    hooks: { time: () => (_, call) => iso(call.at - (call.at % 2000)).replace(/\.\d+/, '') },
  },
]

const uids: readonly (readonly [name: string, what: string, make: () => () => string])[] = [
  [
    'counted',
    'a number that counts up',
    () => {
      let n = 1_000_000
      return () => String(++n)
    },
  ],
  ['in-capitals', 'a UUID in capitals', () => () => randomBytes(16).toString('hex').toUpperCase()],
  ['short', 'a short text', () => () => `ws-${randomBytes(9).toString('base64url')}`],
  ['long', 'a long text', () => () => `urn:asm:workshop:${randomBytes(48).toString('hex')}`],
  [
    'with-words',
    'a path of words that a name may be too',
    () => () => `projects/workshop/tasks/default:test-mesh.${randomBytes(9).toString('hex')}`,
  ],
  [
    'hashed-from-counter',
    'a hash of what only the server knows',
    () => {
      let n = 0
      return () => createHash('sha256').update(`secret${++n}`).digest('hex')
    },
  ],
]

const ids: readonly Definition[] = uids.map(([name, what, make]) => ({
  name: `uid-${name}`,
  promise: `the uid may be ${what}`,
  hooks: (): Hooks => {
    const uid = make()
    return { uid: () => () => uid() }
  },
}))

/** Times and IDs of other forms. */
export const clock = define([...times, ...ids])
