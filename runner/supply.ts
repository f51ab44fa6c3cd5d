import type { Case } from '../core/case'
import type { Dependence } from '../core/dependence'
import type { Exchange } from '../core/exchange'
import { isObject, type Json } from '../core/json'
import { mayTake } from '../generators/dependences/dependence'
import { valuesFrom } from '../generators/dependences/values'
import { marksOf } from '../generators/marks'
import { idFor, takesIds } from '../generators/naming'
import { bodyOf } from '../generators/proofs'
import { label } from '../generators/random'
import type { RuleSet } from '../generators/rules'
import { plainRule } from '../generators/sequences'

export interface SupplyParts {
  /** By consumer, the surest first: which gives the parameters. */
  readonly dependences: ReadonlyMap<string, readonly Dependence[]>
  /** Those that give members of bodies. */
  readonly references: readonly Dependence[]
  /** What may be sent: operations that the caller chose. */
  readonly sets: readonly RuleSet[]
  /** Parameters that the caller pins. */
  readonly pinned: ReadonlySet<string>
  /** @param slot of the case that waits for it */
  readonly send: (made: Case, slot: number) => Promise<Exchange | undefined>
}

/** Gives cases the ids of things that are there: learnt from what the target answered to a create of the run's own, or from a list. */
interface Supply {
  /**
   * Values of the parameters of a case that it leaves as they are, and of ids in its body; undefined: none are known.
   * @param slot where the case is going
   */
  for(set: RuleSet, made: Case, slot: number): Promise<Readonly<Record<string, string>> | undefined>
  /** Whether the cases of an operation need ids that others give. */
  wants(set: RuleSet): boolean
  /** The place in the body of a case for which it has a made-up id. */
  lacks(set: RuleSet, made: Case): string | undefined
  /** Told of each answer, so that what has gone is made anew. */
  answered(exchange: Exchange): void
}

/** Creates that give no id, and things that have gone, before it is given up. */
const mostFailures = 5

/** Things that one request each has used up, before it is given up. */
const mostUsedUp = 64

interface Kept {
  exchange?: Promise<Exchange | undefined>
  /** What it has come to. */
  made?: Exchange
  failures: number
  usedUp: number
}

export function createSupply({ dependences, references, sets, pinned, send }: SupplyParts): Supply {
  const byId = new Map(sets.map((set) => [set.subject.id, set]))
  const kept = new Map<string, Kept>()
  let count = 0

  function wanted(set: RuleSet): Dependence | undefined {
    return (dependences.get(set.subject.id) ?? []).find(
      (dependence) =>
        byId.has(dependence.producer.id) && mayTake(dependence) && Object.keys(dependence.values).some((name) => !pinned.has(name)),
    )
  }

  /** @param within operations that wait for this one */
  async function make(producer: RuleSet, slot: number, within: readonly string[]): Promise<Exchange | undefined> {
    const params = await forSet(producer, false, slot, [...within, producer.subject.id])
    const text = label(producer.subject.seed, producer.subject.id, 'supply', ++count)
    const { subject } = producer
    const rule = plainRule(producer)
    const made = producer.build(rule, 0, {
      attempt: 5_000_000 + count,
      ...(params ? { params } : {}),
      changes: marksOf(subject)?.(text) ?? [],
    })
    return send(made, slot)
  }

  async function valuesOf(
    dependence: Dependence,
    isUsedUp: boolean,
    slot: number,
    within: readonly string[],
    role = '',
  ): Promise<Readonly<Record<string, string>> | undefined> {
    const { producer } = dependence
    const state = kept.get(producer.id + role) ?? { failures: 0, usedUp: 0 }
    kept.set(producer.id + role, state)
    if (state.failures >= mostFailures) return undefined
    const set = byId.get(producer.id) as RuleSet
    const own = isUsedUp && producer.method === 'POST'
    const pending = own ? make(set, slot, within) : (state.exchange ?? make(set, slot, within))
    if (!own) state.exchange = pending
    const exchange = await pending
    const values = exchange && free(dependence, exchange)
    if (!values) {
      state.failures++
      delete state.exchange
    } else if (state.exchange === pending) state.made = exchange
    return values
  }

  /** What an exchange gives, but for what the caller pins. */
  function free(dependence: Dependence, exchange: Exchange): Readonly<Record<string, string>> | undefined {
    const values = valuesFrom(dependence, exchange)
    return values && Object.fromEntries(Object.entries(values).filter(([name]) => !pinned.has(name)))
  }

  async function forSet(
    set: RuleSet,
    isUsedUp: boolean,
    slot: number,
    within: readonly string[] = [],
  ): Promise<Readonly<Record<string, string>> | undefined> {
    const dependence = wanted(set)
    const ofPath = dependence && (await valuesOf(dependence, isUsedUp, slot, within))
    // An id that the document itself does not take there would be refused lawfully.
    if (dependence && !(ofPath && takesIds(set.subject.assumed, set.subject.schemas.assumed, ofPath))) return undefined
    const ids: Record<string, string> = {}
    const taken = new Map(dependence ? [[dependence.producer, 1]] : [])
    for (const reference of referring(set)) {
      // Two things that hold each other's ids cannot be made one before the other.
      if (within.includes(reference.producer.id)) continue
      // Nothing is its own parent, and who gives is not who takes: each gets a thing of its own.
      const before = taken.get(reference.producer) ?? 0
      taken.set(reference.producer, before + 1)
      const found = await valuesOf(reference, false, slot, within, before === 0 ? '' : ` ${before}`)
      for (const [place, id] of Object.entries(found ?? {})) if (isFit(set, place, id)) ids[place] = id
    }
    return ofPath || Object.keys(ids).length > 0 ? { ...ofPath, ...ids } : undefined
  }

  const referring = ({ subject }: RuleSet): readonly Dependence[] =>
    Object.keys(subject.references ?? {}).length === 0
      ? []
      : references.filter(({ consumer, producer }) => consumer.id === subject.id && byId.has(producer.id))

  function isFit({ subject }: RuleSet, place: string, id: string): boolean {
    const schema = subject.references?.[place]?.schema
    return schema !== undefined && subject.schemas.assumed.valid(schema, idFor(schema, id))
  }

  return {
    for: (set, { request, zone }, slot) => forSet(set, request.method === 'DELETE' && zone !== 'reject', slot),

    wants: (set) => wanted(set) !== undefined,

    lacks({ subject }, { learnt, request }) {
      const missing = Object.entries(subject.references ?? {}).filter(([place]) => learnt?.[place] === undefined)
      const sent = missing.length > 0 ? bodyOf(request) : undefined
      return missing.find(([, { way }]) => sent !== undefined && namesAny(sent, way))?.[0]
    },

    answered({ case: { operation, zone, learnt, request }, answer }) {
      const isGone = answer?.status === 404 || answer?.status === 410
      // What can be done to a thing but once is done to another one next time: a payment is refunded, a job is cancelled.
      const isUsedUp = answer?.status === 409 && request.method === 'POST'
      if (!learnt || !(isGone || isUsedUp) || zone !== 'accept' || request.method === 'DELETE') return
      const set = byId.get(operation)
      const dependence = set && wanted(set)
      const state = dependence && kept.get(dependence.producer.id)
      const current = state?.made && free(dependence as Dependence, state.made)
      // An answer about the one before says nothing of what is there now.
      if (!state || !current || Object.entries(current).some(([name, value]) => learnt[name] !== value)) return
      // A list would give the same one again.
      if (isUsedUp && (dependence?.producer.method !== 'POST' || state.usedUp++ >= mostUsedUp)) return
      delete state.exchange
      delete state.made
      if (isGone) state.failures++
    },
  }
}

/** Whether a body names another thing at a place, in any item of a list. */
function namesAny(body: Json, [key, ...rest]: readonly string[]): boolean {
  if (Array.isArray(body)) return body.some((item) => namesAny(item, rest))
  if (key === undefined) return body !== null
  return isObject(body) && Object.hasOwn(body, key) && namesAny(body[key] as Json, rest)
}
