import type { RunFailure } from '../../core/check'
import { type Exchange, header } from '../../core/exchange'
import type { Failure } from '../../core/finding'
import { valueAt } from '../../core/json'
import { docsOf } from '../../core/operation'
import { type Check, none, type RunCheck } from '../check'
import type { Context } from '../context'
import type { MadeMember } from '../plan'
import type { Settings } from '../settings'
import { floorTo, parseTime, type Time } from '../times'
import { shown } from '../words'
import { isTime } from './made'

/** Times parse, are in order, lie near the present, and go on. */
export const times: Check = {
  id: 'times',
  title: 'Times can be read, are in order, and lie near the present',
  look(context) {
    const { kind, body, response } = context
    if (kind !== 'success' || !body.exact || !response) return none
    const read = readTimes(context, response.made.filter(isTime))
    if (read.length === 0) return none
    const wrong = read.flatMap((one) => wrongAlone(context, one))
    return wrong.length > 0 ? wrong : outOfOrder(read)
  },
  start: startTimes,
}

interface Told {
  readonly member: MadeMember
  readonly text: string
  readonly time: Time | undefined
}

const readTimes = (context: Context, members: readonly MadeMember[]): readonly Told[] =>
  members.flatMap((member) => {
    const text = valueAt(context.body.json, member.path)
    return typeof text === 'string' && !context.isBroken(member.place) ? [{ member, text, time: timeOf(text) }] : []
  })

const known = new Map<string, Time | undefined>()

/** Times come again and again: each is looked at several times, and servers tell the second in every answer. */
function timeOf(text: string): Time | undefined {
  if (known.has(text)) return known.get(text)
  const time = parseTime(text)
  if (known.size >= 64) known.clear()
  known.set(text, time)
  return time
}

function wrongAlone(context: Context, told: Told): readonly Failure[] {
  const { member, text, time } = told
  if (!time) {
    const words =
      text.trim() === '' ? 'is empty' : `is ${shown(text, 60)}, which is a time in no known form (RFC 3339, ISO 8601, HTTP-date, epoch)`
    return [failure(member, 'unparsable', words, text, 'a time')]
  }
  const skew = context.settings.clockSkewMinutes * 60_000
  const { exchange, answer } = context
  const receipt = exchange.sentAt + exchange.seconds * 1000
  const date = answer && header(answer, 'date')
  const server = date === undefined ? undefined : timeOf(date)
  const local = distance(time, exchange.sentAt, receipt)
  const off = server ? Math.min(local, distance(time, server.ms, server.ms + 1000)) : local
  if (off <= skew) return none
  const words = `is ${shown(text, 60)}, ${inWords(off)} from the present: the request was sent at ${new Date(exchange.sentAt).toISOString()}`
  return [failure(member, 'skew', words, text, `within ${context.settings.clockSkewMinutes} minutes of ${new Date(receipt).toISOString()}`)]
}

/** Without a zone, a time may be told in any from -14 to +14 hours; in whole quarters of an hour, so that none of them is far away. */
const zoneRange = 14 * 3600_000

/** Milliseconds between a time, which stands for all its resolution, and a span. */
function distance({ ms, zoned, resolution }: Time, from: number, to: number): number {
  const slack = zoned ? 0 : zoneRange
  return Math.max(0, from - slack - (ms + resolution), ms - (to + slack))
}

function inWords(ms: number): string {
  const hours = ms / 3600_000
  return hours < 1 ? `${Math.round(ms / 60_000)} minutes` : hours < 48 ? `${hours.toFixed(1)} hours` : `${Math.round(hours / 24)} days`
}

/** An update is not before the creation, at the coarser of the two resolutions. */
function outOfOrder(read: readonly Told[]): readonly Failure[] {
  const created = read.find(({ member }) => member.promises.includes('created-at'))
  const updated = read.find(({ member }) => member.promises.includes('updated-at'))
  if (!created?.time || !updated?.time) return none
  const coarser = Math.max(created.time.resolution, updated.time.resolution)
  // One told with a zone, one without: they may be apart by any offset.
  const slack = created.time.zoned === updated.time.zoned ? 0 : zoneRange
  if (floorTo(updated.time.ms, coarser) + slack >= floorTo(created.time.ms, coarser)) return none
  const words = `(${shown(updated.text, 60)}) is before \`${created.member.path.join('.')}\` (${shown(created.text, 60)})`
  return [failure(updated.member, 'order', words, updated.text, `not before ${created.text.slice(0, 60)}`)]
}

const promised = {
  unparsable: 'is a time',
  skew: 'is a time near the present',
  order: 'is not before the creation',
  constant: 'is the time of its own event',
} as const

const failure = (member: MadeMember, kind: keyof typeof promised, words: string, received: string, expected: string): Failure => ({
  check: 'times',
  kind,
  place: member.place,
  message: `\`${member.path.join('.')}\` ${words}`,
  expected,
  received: shown(received),
  severity: 'moderate',
  promise: `\`${member.path.join('.')}\` ${promised[kind]}`,
  ...docsOf(member.schema),
  anywhere: true,
})

/** One member's times over the run, as long as they are all the same. */
interface Seen {
  readonly member: MadeMember
  readonly text: string
  /** Seconds that the same time must last to be told from a quick run. */
  readonly needed: number
  from: number
  to: number
  answers: number
  last: Exchange
  isConstant: boolean
}

const keyOf = ({ case: of }: Context, { place }: MadeMember): string => `${of.operation} ${place}`

function startTimes(): RunCheck {
  const seen = new Map<string, Seen>()

  function remember(context: Context): void {
    const { kind, body, response, exchange } = context
    if (kind !== 'success' || !body.exact || !response) return
    const open = response.made.filter((member) => isTime(member) && seen.get(keyOf(context, member))?.isConstant !== false)
    for (const told of readTimes(context, open)) {
      const { member, text, time } = told
      // A time far from the present is told for itself.
      if (!time || wrongAlone(context, told).length > 0) continue
      const key = keyOf(context, member)
      const entry = seen.get(key)
      const at = exchange.sentAt
      if (!entry) {
        seen.set(key, {
          member,
          text,
          needed: needed(time, context.settings),
          from: at,
          to: at,
          answers: 1,
          last: exchange,
          isConstant: true,
        })
      } else {
        entry.isConstant = entry.text === text
        entry.answers++
        entry.from = Math.min(entry.from, at)
        if (at > entry.to) Object.assign(entry, { to: at, last: exchange })
      }
    }
  }

  const constant = (): readonly Seen[] => [...seen.values()].filter((entry) => entry.isConstant)
  const isLong = ({ from, to, needed }: Seen): boolean => to - from >= needed * 1000
  return {
    remember,
    finish() {
      const found = constant().filter(isLong)
      return found.length > 0 ? [toFailure(found)] : []
    },
    wants(now) {
      // A time told in minutes would keep the run for minutes: it is left unjudged.
      const open = constant().filter((entry) => entry.needed < 60 && !isLong(entry))
      return Math.max(0, ...open.map(({ from, needed }) => Math.max(soon, needed - (now - from) / 1000)))
    },
  }
}

/** Seconds: time enough has passed, but no answer shows it yet. */
const soon = 0.01

/** A time on the full minute may be told in minutes, whatever its form. */
function needed({ ms, resolution }: Time, settings: Settings): number {
  const step = ms % 60_000 === 0 ? Math.max(resolution, 60_000) : resolution
  return Math.max(settings.constantSeconds, (2 * step) / 1000)
}

/** One clock that stands still shows in all times: one failure. */
function toFailure(seen: readonly Seen[]): RunFailure {
  const [{ member, text, from, to, answers, last }, ...others] = seen as [Seen, ...Seen[]]
  const also = others.map((other) => `; so is \`${other.member.path.join('.')}\``).join('')
  const words = `is the same in all ${answers} answers over ${((to - from) / 1000).toFixed(1)} s: ${shown(text, 60)}${also}`
  return { failure: failure(member, 'constant', words, text, 'the time of this request'), exchange: last, count: answers, outOf: answers }
}
