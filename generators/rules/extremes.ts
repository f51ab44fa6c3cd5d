import type { Change } from '../../core/case'
import type { Json } from '../../core/json'
import { edges } from '../edges'
import { flat, type Member } from '../members'
import { namedPlaces } from '../naming'
import { plainValue } from '../plain'
import type { Subject } from '../rule'
import { typesOf } from '../schema'

/** A member that holds one value. */
export const isLeaf = (member: Member): boolean =>
  member.children.length === 0 && !['object', 'array'].includes(typesOf(member.assumed)[0] ?? '')

/** Those whose values are free: not the name of what is created, nor what the path names too. */
export function freeLeaves(subject: Subject): readonly Member[] {
  const named = namedPlaces(subject)
  return (subject.body ? flat(subject.body) : []).filter(
    (member) => isLeaf(member) && member.assumed['x-identity'] !== true && !named.has(member.place),
  )
}

type Setting = Change & { readonly set: Json }
const known = new WeakMap<Subject, { readonly largest: readonly Setting[]; readonly smallest: readonly Setting[] }>()

/** The largest valid value of each free member, and the smallest: texts by their bytes, numbers by themselves. */
export function extremes(subject: Subject): { readonly largest: readonly Setting[]; readonly smallest: readonly Setting[] } {
  const found = known.get(subject) ?? make(subject)
  known.set(subject, found)
  return found
}

function make(subject: Subject): ReturnType<typeof extremes> {
  const { assumed } = subject.schemas
  const pairs = freeLeaves(subject).map((member) => {
    const plain = plainValue(assumed, member, subject.seed)
    const values = edges(assumed, member.assumed, plain).filter((value) => typeof value === typeof plain)
    const sorted = values.toSorted((a, b) => sizeOf(a) - sizeOf(b))
    return [
      { at: member.at, set: sorted.at(-1) ?? plain },
      { at: member.at, set: sorted[0] ?? plain },
    ] as const
  })
  return { largest: pairs.map(([largest]) => largest), smallest: pairs.map(([, smallest]) => smallest) }
}

const sizeOf = (value: Json): number => (typeof value === 'string' ? Buffer.byteLength(value) : typeof value === 'number' ? value : 0)
