import { valueAt } from '../../core/json'
import type { Call, Hooks, Stages } from '../stages'
import { broken, type Definition } from '../variant'
import { answer, changeAt } from './tools'

type Time = Stages['time']
const time = (make: Time): Hooks => ({ time: () => make })
const shifted = (milliseconds: number): Hooks => time((_, call) => new Date(call.at + milliseconds).toISOString())
const second = 1000
const hour = 3600 * second
const two = (n: number): string => String(n).padStart(2, '0')
const started = () => {
  const at = new Date().toISOString()
  return time(() => at)
}

function local({ at }: Call): string {
  const date = new Date(at)
  return `${two(date.getUTCDate())}.${two(date.getUTCMonth() + 1)}.${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
}

/** Both times, in forms that nobody can read or that lie far from the present. */
const times: readonly [name: string, what: string, hooks: Hooks | (() => Hooks)][] = [
  ['of-the-start', 'is the time of the creation, not of the start of the server', started],
  ['of-a-build', 'is the time of the creation, not a constant', time(() => '2024-02-29T12:00:00Z')],
  ['at-1970', 'is the time of the creation', time(() => '1970-01-01T00:00:00Z')],
  ['at-year-1', 'is the time of the creation', time(() => '0001-01-01T00:00:00Z')],
  ['at-9999', 'is the time of the creation', time(() => '9999-12-31T23:59:59Z')],
  ['empty', 'is never empty', time(() => '')],
  ['invalid', 'is a time', time(() => 'Invalid Date')],
  ['now', 'is a time', time(() => 'now')],
  ['null-text', 'is a time', time(() => 'null')],
  ['hour-past', 'lies near the present', shifted(-hour)],
  ['hour-future', 'lies near the present', shifted(hour)],
  ['labelled-z-in-local-time', 'lies near the present', shifted(8 * hour)],
  ['in-minus-5-labelled-z', 'lies near the present', shifted(-5 * hour)],
  ['day-past', 'lies near the present', shifted(-24 * hour)],
  ['day-future', 'lies near the present', shifted(24 * hour)],
  ['year-past', 'lies near the present', shifted(-365 * 24 * hour)],
  ['quarter-hour-past', 'lies near the present', shifted(-hour / 4)],
  [
    'with-month-from-zero',
    'lies near the present',
    time((_, { at }) => new Date(at).toISOString().replace(/-(\d\d)-/, (_m, month: string) => `-${two(Number(month) - 1)}-`)),
  ],
  ['in-local-words', 'is a time', time((_, call) => local(call))],
  ['in-us-words', 'is a time', time((_, { at }) => new Date(at).toLocaleString('en-US', { timeZone: 'UTC' }))],
  ['in-digits', 'is a time', time((_, { at }) => new Date(at).toISOString().replace(/\D/g, '').slice(0, 14))],
  ['in-microseconds', 'is a time', time((_, { at }) => String(at * 1000))],
  ['in-nanoseconds', 'is a time', time((_, { at }) => `${at}000000`)],
  ['with-the-name-of-a-zone', 'is a time', time((_, { at }) => `${new Date(at).toISOString()}[UTC]`)],
  ['relative', 'is a time', time(() => '0 seconds ago')],
  ['of-the-day', 'is a time with its day', time((_, { at }) => new Date(at).toISOString().slice(11, 19))],
]

const one = (which: 'created' | 'updated', make: (call: Call) => string): Hooks => ({
  time: (next) => (kind, call) => (kind === which ? make(call) : next(kind, call)),
})
const at = (call: Call, milliseconds: number): string => new Date(call.at + milliseconds).toISOString()

const created = 'answer.body.metadata.creationTimestamp'
const updated = 'answer.body.status.updateTime'

const oneTime: readonly Definition[] = [
  ...(
    [
      ['created', 'creation-time', created],
      ['updated', 'update-time', updated],
    ] as const
  ).flatMap(([which, slug, place]): Definition[] => [
    { name: `${slug}-empty`, promise: `${place} is never empty`, finds: { place: `${place}*` }, hooks: one(which, () => '') },
    {
      name: `${slug}-with-the-name-of-a-zone`,
      promise: `${place} tells its zone by an offset`,
      finds: { place: `${place}*` },
      hooks: one(
        which,
        (call) =>
          `${at(call, -5 * 60 * 60 * second)
            .slice(0, 19)
            .replace('T', ' ')} EST`,
      ),
    },
    { name: `${slug}-invalid`, promise: `${place} is a time`, finds: { place: `${place}*` }, hooks: one(which, () => 'Invalid Date') },
    {
      name: `${slug}-at-year-1`,
      promise: `${place} lies near the present`,
      finds: { place: `${place}*` },
      hooks: one(which, () => '0001-01-01T00:00:00Z'),
    },
    {
      name: `${slug}-constant`,
      promise: `${place} is the time of the event, not a constant`,
      finds: { place: `${place}*` },
      hooks: () => {
        const start = new Date().toISOString()
        return one(which, () => start)
      },
    },
  ]),
  {
    name: 'update-second-before-creation',
    promise: `${updated} is not before the creation`,
    finds: { place: [`${updated}*`, `${created}*`] },
    hooks: one('updated', (call) => at(call, -second)),
  },
  {
    name: 'update-minute-before-creation',
    promise: `${updated} is not before the creation`,
    finds: { place: [`${updated}*`, `${created}*`] },
    hooks: one('updated', (call) => at(call, -60 * second)),
  },
  {
    name: 'update-hour-after-creation',
    promise: `${updated} lies near the present`,
    finds: { place: `${updated}*` },
    hooks: one('updated', (call) => at(call, hour)),
  },
  {
    name: 'update-time-is-process-uptime',
    promise: `${updated} is a time`,
    finds: { place: `${updated}*` },
    hooks: one('updated', () => `${process.uptime().toFixed(0)}s`),
  },
  ...(
    [
      ['creation-time-of-the-caller', created, ['metadata', 'creationTimestamp']],
      ['update-time-of-the-caller', updated, ['status', 'updateTime']],
    ] as const
  ).map(([slug, place, path]) => ({
    name: slug,
    promise: `${place} is made by the server, never taken from the caller`,
    finds: { place: ['*creationTimestamp*', '*updateTime*', 'body.*'] },
    hooks: {
      create: (next) => async (value, call) => {
        const sent = valueAt(value, path)
        const task = await next(value, call)
        return (sent === undefined ? task : changeAt(task, path, () => sent)) as typeof task
      },
    } satisfies Hooks,
  })),
  {
    name: 'everything-of-the-caller',
    promise: 'what the server makes is never taken from the caller',
    finds: { place: ['answer.body.metadata.*', 'answer.body.status.*', 'body.*'] },
    hooks: {
      create: (next) => async (value, call) => {
        const task = await next(value, call)
        const made = [
          ['metadata', 'uid'],
          ['metadata', 'creationTimestamp'],
          ['status', 'updateTime'],
        ]
        return made.reduce<unknown>((all, path) => changeAt(all, path, (own) => valueAt(value, path) ?? own), task) as typeof task
      },
    },
  },
  {
    name: 'creation-time-as-uid',
    promise: 'answer.body.metadata.uid is unique',
    finds: { place: 'answer.body.metadata.uid*' },
    hooks: answer((task) => changeAt(task, ['metadata', 'uid'], () => valueAt(task, ['metadata', 'creationTimestamp']))),
  },
]

/** Times that the server makes. */
export const madeTimes = broken('made', [
  ...times.map(([slug, what, hooks]) => ({
    name: `times-${slug}`,
    promise: `${created} ${what}`,
    finds: { place: [`${created}*`, `${updated}*`] },
    hooks,
  })),
  ...oneTime,
])
