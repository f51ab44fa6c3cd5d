import { caseOfNoRule } from '../core/case'
import type { Dependence, Resource } from '../core/dependence'
import type { Exchange } from '../core/exchange'
import { isObject, type Json, valueAt } from '../core/json'
import type { ApiDocument, Operation } from '../core/operation'
import { dependencesOf, namesThing } from '../generators/dependences/dependence'
import { resourcesOf } from '../generators/dependences/resources'
import { valuesFrom } from '../generators/dependences/values'
import { replaceAt } from '../generators/plain'
import type { Call, Reply, Thing } from './stages'

/** What was created, and is found, listed, changed and removed by other operations of the document. */
export interface Store {
  /** Whether others take what the operation creates. */
  keeps(operation: Operation): boolean
  /** The ways to the members of its answer that other operations take. */
  idsOf(operation: Operation): readonly (readonly string[])[]
  add(call: Call, value: Json, reply: Reply): Thing
  /** The thing that a call names; undefined: there is none; `free`: the call names none. */
  find(call: Call): Thing | undefined | 'free'
  /** The things of a list, in the order in which they were created; undefined: the operation lists none. */
  list(call: Call): readonly Thing[] | undefined
  /** Changes a thing; what it is named by stays. */
  change(thing: Thing, sent: Json | undefined, method: string): void
  remove(thing: Thing): void
}

export function createStore(document: ApiDocument): Store {
  const dependences = dependencesOf(document)
  const resources = resourcesOf(document)
  const things = new Map<Operation, Set<Thing>>()
  const byKey = new Map<Dependence, Map<string, Thing>>()
  const takenBy = new Map<Operation, readonly Dependence[]>()
  for (const dependence of [...dependences.values()].flat()) {
    if (dependence.producer.method !== 'POST') continue
    takenBy.set(dependence.producer, [...(takenBy.get(dependence.producer) ?? []), dependence])
    byKey.set(dependence, new Map())
  }
  const kept = new Set([...takenBy.keys(), ...resources.map(({ create }) => create)])

  return {
    keeps: (operation) => kept.has(operation),

    idsOf(operation) {
      const sources = (takenBy.get(operation) ?? []).flatMap(({ values }) => Object.values(values).map(([source]) => source))
      const ways = sources.flatMap((source) => (source?.part === 'answer' ? [source.way] : []))
      return [...new Map(ways.map((way) => [way.join('\0'), way])).values()]
    },

    add(call, value, reply) {
      const operation = call.assumed as Operation
      const exchange = exchangeOf(call, reply)
      const thing: Thing = { exchange, value }
      const own = things.get(operation) ?? new Set()
      things.set(operation, own.add(thing))
      for (const dependence of takenBy.get(operation) ?? []) {
        const values = valuesFrom(dependence, exchange)
        if (values) byKey.get(dependence)?.set(keyOf(values), thing)
      }
      return thing
    },

    find(call) {
      const all = (dependences.get((call.assumed as Operation).id) ?? []).filter((one) => one.producer.method === 'POST' && namesThing(one))
      // What names the thing itself, and not only what it is in.
      const most = Math.max(0, ...all.map(({ values }) => Object.keys(values).length))
      const taken = all.filter(({ values }) => Object.keys(values).length === most)
      if (taken.length === 0) return 'free'
      for (const dependence of taken) {
        const asked = Object.keys(dependence.values).map((name) => [name, call.params[name] ?? call.query.get(name) ?? ''])
        const thing = byKey.get(dependence)?.get(keyOf(Object.fromEntries(asked)))
        if (thing) return things.get(dependence.producer)?.has(thing) ? thing : undefined
      }
      return undefined
    },

    list(call) {
      const resource = resources.find(({ list }) => list === call.assumed)
      return resource && [...(things.get(resource.create) ?? [])].filter((thing) => isBelow(resource, thing, call))
    },

    change(thing, sent, method) {
      const create = [...kept].find(({ id }) => id === thing.exchange.case.operation)
      const ways = create ? this.idsOf(create) : []
      const before = thing.value
      thing.value = ways.reduce<Json>(
        (value, way) => {
          const own = valueAt(before, way)
          return own === undefined ? value : replaceAt(value, way, own)
        },
        // What PUT sends stands as it was sent.
        method === 'PUT' && isObject(before) && isObject(sent) ? { ...before, ...sent } : merged(before, sent),
      )
    },

    remove(thing) {
      for (const own of things.values()) own.delete(thing)
      // What was taken from it goes with it.
      for (const keys of byKey.values()) for (const [key, other] of keys) if (other === thing) keys.delete(key)
    },
  }
}

/** Whether a thing was created under the path at which it is asked for. */
const isBelow = ({ create, list }: Resource, { exchange }: Thing, call: Call): boolean =>
  create.path !== list?.path || exchange.case.request.target.split('?')[0]?.replace(/\/$/, '') === call.path.replace(/\/$/, '')

const keyOf = (values: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)))

function exchangeOf({ assumed, method, path, body, at }: Call, { status, headers, body: answered }: Reply): Exchange {
  return {
    case: caseOfNoRule(assumed?.id ?? '', '', { method, target: path, headers: [], body }),
    sentAt: at,
    seconds: 0,
    freshConnection: false,
    ordinal: 0,
    answer: {
      status,
      statusText: '',
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as const),
      body: answered,
      cut: false,
    },
  }
}

/** One value of two: members of the later go before those of the earlier. */
export function merged(earlier: Json | undefined, later: Json | undefined): Json {
  if (later === undefined) return earlier ?? null
  if (!isObject(earlier) || !isObject(later)) return later
  const both = Object.entries(later).map(([name, value]) => [name, merged(earlier[name], value)])
  return { ...earlier, ...(Object.fromEntries(both) as Record<string, Json>) }
}
