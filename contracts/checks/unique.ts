import type { Case } from '../../core/case'
import type { RunFailure } from '../../core/check'
import type { Exchange } from '../../core/exchange'
import type { Failure } from '../../core/finding'
import { valueAt } from '../../core/json'
import type { Check, IdMemory, RunCheck } from '../check'
import type { Context } from '../context'
import { createHashSet, type HashSet } from '../hashSet'
import type { MadeMember } from '../plan'
import { shown } from '../words'

/** Ids that are promised to be unique are never seen twice. */
export const unique: Check = {
  id: 'unique',
  title: 'Ids that are unique by the docs are never seen twice in a run',
  start: startUnique,
}

/** What is known of one member whose values must be unique. */
interface Seen {
  readonly member: MadeMember
  readonly values: HashSet
  answers: number
  repeats: number
  /** The plainest exchange that showed a value again, and the value. */
  shownBy?: { readonly exchange: Exchange; readonly value: string }
}

function startUnique(): RunCheck {
  const seen = new Map<string, Seen>()

  function remember(context: Context): void {
    const { status, owes, response, body, case: of } = context
    if (status < 200 || status > 299 || owes.success === 'harmless' || !response) return
    for (const member of response.made) {
      if (!member.promises.includes('unique')) continue
      const value = valueAt(body.json, member.path)
      // An empty id is told for itself.
      if ((typeof value !== 'string' && typeof value !== 'number') || String(value).trim() === '') continue
      const key = `${of.operation} ${member.place}`
      const entry = seen.get(key) ?? { member, values: createHashSet(), answers: 0, repeats: 0 }
      seen.set(key, entry)
      entry.answers++
      if (entry.values.add(String(value))) continue
      entry.repeats++
      if (!entry.shownBy || oddness(of) < oddness(entry.shownBy.exchange.case))
        entry.shownBy = { exchange: context.exchange, value: String(value) }
    }
  }

  return {
    remember,
    finish: () => [...seen.values()].flatMap(toFailure),
    dump: () => [...seen].map(([key, { values, answers }]) => ({ key, answers, hashes: values.dump() })),
  }
}

/** How far a request is from the plain valid one. */
const oddness = ({ changes, zone }: Case): number => changes.length + (zone === 'accept' ? 0 : 1)

/**
 * Ids that were seen in more than one run, for runs that are parts of one.
 * @param runs what `dump` of each run gave
 * @returns for each member whose ids repeat: its operation and place, how many ids are in more than one run, how many there are, and of how
 * many answers
 */
export function repeatedIds(
  runs: readonly (readonly IdMemory[])[],
): readonly { readonly key: string; readonly count: number; readonly distinct: number; readonly outOf: number }[] {
  const keys = new Set(runs.flatMap((run) => run.map(({ key }) => key)))
  return [...keys].flatMap((key) => {
    const parts = runs.flatMap((run) => run.filter((memory) => memory.key === key))
    const sizes = parts.map(({ hashes }) => createHashSet(hashes).size)
    const union = createHashSet(Buffer.concat(parts.map(({ hashes }) => Buffer.from(hashes, 'base64'))).toString('base64'))
    const count = sizes.reduce((sum, size) => sum + size, 0) - union.size
    return count === 0 ? [] : [{ key, count, distinct: union.size, outOf: parts.reduce((sum, { answers }) => sum + answers, 0) }]
  })
}

/**
 * What is wrong where ids repeat.
 * @param place of the member in the answer
 * @param value one that came again; none: only hashes of it are known
 */
export function repeatedFailure(
  place: string,
  { distinct, outOf }: { readonly distinct: number; readonly outOf: number },
  value?: string,
): Failure {
  const name = `\`${place.replace(/^answer\.body\./, '')}\``
  const isConstant = distinct === 1 && outOf > 2
  const example = value === undefined ? '' : shown(value, 60)
  return {
    check: 'unique',
    kind: isConstant ? 'constant' : 'repeated',
    place,
    message: isConstant
      ? `${name} is the same in all ${outOf} answers${example && `: ${example}`}`
      : `${name} is not unique: ${example || 'ids'} came in the answers to different requests; ${outOf - distinct} of ${outOf} answers held an id seen before`,
    expected: 'an id never seen before',
    severity: 'critical',
    promise: `${name} is unique`,
    anywhere: true,
  }
}

function toFailure({ member, values, answers, repeats, shownBy }: Seen): readonly RunFailure[] {
  if (!shownBy) return []
  const docs = member.schema['x-docs']
  const failure = {
    ...repeatedFailure(member.place, { distinct: values.size, outOf: answers }, shownBy.value),
    received: shown(shownBy.value),
    ...(docs ? { docs } : {}),
  }
  return [{ failure, exchange: shownBy.exchange, count: repeats, outOf: answers }]
}
