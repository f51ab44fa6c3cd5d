import { type Json, valueAt } from '../../core/json'
import { type Member, requestMember } from '../members'
import { broken, type Definition } from '../variant'
import { answer, changeAt, oneIn, pause } from './tools'
import { entities } from './truth'

const description = requestMember('description')
const name = requestMember('metadata.name')
const cluster = requestMember('spec.primaryCluster')
const elbId = requestMember('spec.ingress.elbId')
const elbIp = requestMember('spec.ingress.elbIp')
const port = requestMember('spec.ingress.port')
const image = requestMember('spec.ingress.imageAddress')

const swapped = (a: Member, b: Member): Definition => ({
  name: `${a.slug}-and-${b.slug}-swapped`,
  promise: `${a.place} and ${b.place} come back each in its own place`,
  finds: { place: [a, b].map(({ place }) => `*${place.slice('body.'.length)}*`) },
  hooks: answer((task) => {
    const [left, right] = [valueAt(task, a.path), valueAt(task, b.path)]
    if (left === undefined || right === undefined) return task
    return changeAt(
      changeAt(task, a.path, () => right),
      b.path,
      () => left,
    )
  }),
})

const copied = (from: Member, to: Member): Definition => ({
  name: `${to.slug}-taken-from-${from.slug}`,
  promise: `${to.place} comes back as it was sent, not as ${from.place}`,
  finds: { place: `*${to.place.slice('body.'.length)}*` },
  hooks: answer((task) => changeAt(task, to.path, (value) => (value === undefined ? value : valueAt(task, from.path)))),
})

/** What another request sent comes back: an earlier one, or one under way at the same time. */
const ofOthersRequests: readonly Definition[] = [
  ...[description, name, cluster, elbIp, port, image].map(({ place, path, slug }) => ({
    name: `${slug}-of-the-request-before`,
    promise: `${place} comes back as it was sent, not as the request before sent it`,
    finds: { place: `*${place.slice('body.'.length)}*` },
    hooks: () => {
      let before: unknown
      return answer((task) => {
        const own = valueAt(task, path)
        const other = before ?? own
        before = own ?? before
        return own === undefined ? task : changeAt(task, path, () => other)
      })
    },
  })),
  ...[cluster, elbIp].map(({ place, path, slug }) => ({
    name: `${slug}-of-the-request-before-one-in-120`,
    promise: `${place} comes back as it was sent, not once in a while as the request before sent it`,
    finds: { place: `*${place.slice('body.'.length)}*` },
    hooks: () => {
      let before: unknown
      const isTurn = oneIn(120)
      return answer((task) => {
        const own = valueAt(task, path)
        const other = before ?? own
        before = own ?? before
        return own === undefined || !isTurn() ? task : changeAt(task, path, () => other)
      })
    },
  })),
  {
    name: 'answer-cached-by-port',
    promise: 'each request is answered with its own task, not with an earlier one of the same port',
    finds: { place: 'answer*' },
    hooks: () => {
      const cache = new Map<unknown, unknown>()
      return answer((task) => {
        const key = valueAt(task, port.path)
        if (!cache.has(key) && cache.size < 1000) cache.set(key, task)
        return cache.get(key) ?? task
      })
    },
  },
  {
    name: 'answer-cached-by-name-length',
    promise: 'each request is answered with its own task, not with an earlier one',
    finds: { place: 'answer*' },
    hooks: () => {
      const cache = new Map<number, unknown>()
      return answer((task) => {
        const key = String(valueAt(task, name.path)).length
        const known = cache.get(key)
        cache.set(key, task)
        return known ?? task
      })
    },
  },
  raced('answer-of-a-concurrent-request', 'each request is answered with its own task, not with that of a concurrent one', []),
  raced(
    'description-of-a-concurrent-request',
    `${description.place} comes back as it was sent, not as a concurrent request sent it`,
    description.path,
  ),
  raced('name-of-a-concurrent-request', `${name.place} comes back as it was sent, not as a concurrent request sent it`, name.path),
  raced('port-of-a-concurrent-request', `${port.place} comes back as it was sent, not as a concurrent request sent it`, port.path),
]

/** One variable for all requests, read again after a pause. */
function raced(slug: string, promise: string, path: readonly string[]): Definition {
  return {
    name: slug,
    promise,
    finds: { place: path.length === 0 ? '*' : `*${path.join('.')}*` },
    hooks: () => {
      let shared: unknown
      return {
        create: (next) => async (value, call) => {
          shared = value
          await pause(2)
          const other = valueAt(shared, path)
          return next(other === undefined ? value : changeAt(value, path, (own) => (own === undefined ? own : other)), call)
        },
      }
    },
  }
}

const wholes: readonly Definition[] = [
  {
    name: 'answer-in-lower-case',
    promise: 'what was sent comes back in the case in which it was sent',
    finds: { place: '*' },
    hooks: answer((task) => mapStrings(task as Json, (text) => text.toLowerCase())),
  },
  {
    name: 'answer-escaped-for-markup',
    promise: 'what was sent comes back as it is, not escaped for a page',
    finds: { place: '*' },
    hooks: {
      serialise: (next) => (value, call) =>
        next(
          mapStrings(value, (text) => text.replace(/[&<>]/g, (character) => entities[character]!)),
          call,
        ),
    },
  },
  {
    name: 'answer-normalised',
    promise: 'what was sent comes back by the same code points',
    finds: { place: '*' },
    hooks: answer((task) => mapStrings(task as Json, (text) => text.normalize('NFKC'))),
  },
]

function mapStrings(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item: Json) => mapStrings(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapStrings(member, change)]))
}

/** What was sent comes back in another place, from another request, or all of it changed. */
export const mixed = broken('truth', [
  swapped(cluster, elbId),
  swapped(name, description),
  swapped(description, image),
  copied(cluster, elbId),
  copied(name, description),
  ...ofOthersRequests,
  ...wholes,
])
