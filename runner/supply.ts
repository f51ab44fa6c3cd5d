import type { Case } from '../core/case'
import type { Dependence } from '../core/dependence'
import type { Exchange } from '../core/exchange'
import { mayTake } from '../generators/dependences/dependence'
import { valuesFrom } from '../generators/dependences/values'
import { marksOf } from '../generators/marks'
import { label } from '../generators/random'
import type { RuleSet } from '../generators/rules'
import { plainRule } from '../generators/sequences'

export interface SupplyParts {
  /** By consumer, the surest first. */
  readonly dependences: ReadonlyMap<string, readonly Dependence[]>
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
   * Values of the parameters of a case that it leaves as they are; undefined: none are known.
   * @param slot where the case is going
   */
  for(set: RuleSet, made: Case, slot: number): Promise<Readonly<Record<string, string>> | undefined>
  /** Whether the cases of an operation need ids that others give. */
  wants(set: RuleSet): boolean
  /** Told of each answer, so that what has gone is made anew. */
  answered(exchange: Exchange): void
}

/** Creates that give no id, and things that have gone, before it is given up. */
const mostFailures = 5

interface Kept {
  exchange?: Promise<Exchange | undefined>
  failures: number
}

export function createSupply({ dependences, sets, pinned, send }: SupplyParts): Supply {
  const byId = new Map(sets.map((set) => [set.subject.id, set]))
  const kept = new Map<string, Kept>()
  let count = 0

  function wanted(set: RuleSet): Dependence | undefined {
    return (dependences.get(set.subject.id) ?? []).find(
      (dependence) =>
        byId.has(dependence.producer.id) && mayTake(dependence) && Object.keys(dependence.values).some((name) => !pinned.has(name)),
    )
  }

  async function make(producer: RuleSet, slot: number): Promise<Exchange | undefined> {
    const params = await forSet(producer, false, slot)
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

  async function valuesOf(dependence: Dependence, isUsedUp: boolean, slot: number): Promise<Readonly<Record<string, string>> | undefined> {
    const { producer } = dependence
    const state = kept.get(producer.id) ?? { failures: 0 }
    kept.set(producer.id, state)
    if (state.failures >= mostFailures) return undefined
    const set = byId.get(producer.id) as RuleSet
    const own = isUsedUp && producer.method === 'POST'
    const pending = own ? make(set, slot) : (state.exchange ?? make(set, slot))
    if (!own) state.exchange = pending
    const exchange = await pending
    const values = exchange && valuesFrom(dependence, exchange)
    if (values) return Object.fromEntries(Object.entries(values).filter(([name]) => !pinned.has(name)))
    state.failures++
    delete state.exchange
    return undefined
  }

  async function forSet(set: RuleSet, isUsedUp: boolean, slot: number): Promise<Readonly<Record<string, string>> | undefined> {
    const dependence = wanted(set)
    return dependence && valuesOf(dependence, isUsedUp, slot)
  }

  return {
    for: (set, { request, zone }, slot) => forSet(set, request.method === 'DELETE' && zone !== 'reject', slot),

    wants: (set) => wanted(set) !== undefined,

    answered({ case: { operation, zone, learnt, request }, answer }) {
      const isGone = answer?.status === 404 || answer?.status === 410
      if (!learnt || !isGone || zone !== 'accept' || request.method === 'DELETE') return
      const set = byId.get(operation)
      const state = set && kept.get(wanted(set)?.producer.id ?? '')
      if (!state?.exchange) return
      delete state.exchange
      state.failures++
    },
  }
}
