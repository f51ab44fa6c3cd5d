import type { Json } from '../../core/json'
import { isMultiple } from '../../specs/decimal'
import type { Node } from './resources'
import { allKinds, kindOf, kinds, numberKinds } from './values'

/** One way into a schema to a keyword: `{ keyword: 'properties', key: 'a' }`, … The last step names the keyword that is to break. */
export interface Step {
  readonly keyword: string
  readonly key?: string
}

/** A schema that a value must keep, or must break; with `way`, break by the keyword at the end of it. */
export interface Term {
  readonly node: Node
  readonly holds: boolean
  readonly way?: readonly Step[]
}

/** Members that a condition on names picks. */
export interface Names {
  readonly names: ReadonlySet<string>
  readonly patterns: readonly string[]
}

/** What one in-place subschema evaluates, for the `unevaluated*` (by number) around it. */
interface Cover extends Names {
  readonly groups: readonly number[]
  readonly all?: boolean
  readonly items: number
}

/**
 * A conjunction of everything that a schema asks along one choice of its branches, parted by the kind of value. What is asked of items and
 * members is kept as terms, and solved when they are made.
 */
export interface Shape {
  kinds: number
  values?: readonly Json[]
  excluded: Json[]
  min: number
  max: number
  minOpen: boolean
  maxOpen: boolean
  multiples: number[]
  notMultiples: number[]
  minLength: number
  maxLength: number
  patterns: string[]
  notPatterns: string[]
  formats: string[]
  notFormats: string[]
  minItems: number
  maxItems: number
  unique: boolean
  repeated: boolean
  items: { readonly from: number; readonly to: number; readonly term: Term }[]
  contains: { readonly term: Term; readonly min: number; readonly max: number; readonly groups: readonly number[] }[]
  someItem: { readonly from: number; readonly term: Term; readonly unseen?: number }[]
  unevaluatedItems: { readonly group: number; readonly term: Term }[]
  minProperties: number
  maxProperties: number
  required: Set<string>
  forbidden: Set<string>
  members: Map<string, Term[]>
  patternMembers: { readonly pattern: string; readonly term: Term }[]
  otherMembers: { readonly except: Names; readonly term: Term }[]
  names: Term[]
  someMember: { readonly pattern?: string; readonly except?: Names; readonly unseen?: number; readonly term?: Term; readonly name?: Term }[]
  unevaluatedMembers: { readonly group: number; readonly term: Term }[]
  covers: Cover[]
  /** Alternatives that must not hold as well, left to the guard as long as that does. */
  deferred: Term[]
  /** Not sure by construction: values are to be proven. */
  loose: boolean
  seen: Set<string>
}

export const anything = (): Shape => ({
  kinds: allKinds,
  excluded: [],
  min: Number.NEGATIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
  minOpen: false,
  maxOpen: false,
  multiples: [],
  notMultiples: [],
  minLength: 0,
  maxLength: Number.POSITIVE_INFINITY,
  patterns: [],
  notPatterns: [],
  formats: [],
  notFormats: [],
  minItems: 0,
  maxItems: Number.POSITIVE_INFINITY,
  unique: false,
  repeated: false,
  items: [],
  contains: [],
  someItem: [],
  unevaluatedItems: [],
  minProperties: 0,
  maxProperties: Number.POSITIVE_INFINITY,
  required: new Set(),
  forbidden: new Set(),
  members: new Map(),
  patternMembers: [],
  otherMembers: [],
  names: [],
  someMember: [],
  unevaluatedMembers: [],
  covers: [],
  deferred: [],
  loose: false,
  seen: new Set(),
})

/** A copy that facts can be added to. */
export function copyOf(shape: Shape): Shape {
  const copied = { ...shape }
  for (const key of Object.keys(shape) as (keyof Shape)[]) {
    const value = shape[key]
    if (Array.isArray(value)) (copied as Record<string, unknown>)[key] = [...value]
    else if (value instanceof Set) (copied as Record<string, unknown>)[key] = new Set(value)
  }
  copied.members = new Map([...shape.members].map(([name, terms]) => [name, [...terms]]))
  return copied
}

/** Takes the kinds away that nothing is left of. */
export function settle(shape: Shape): void {
  const { min, max, minOpen, maxOpen, required, forbidden } = shape
  if (min > max || (min === max && (minOpen || maxOpen))) shape.kinds &= ~numberKinds
  if (shape.notMultiples.some((step) => isMultiple(1, step) || shape.multiples.some((other) => isMultiple(other, step))))
    shape.kinds &= shape.notMultiples.some((step) => shape.multiples.some((other) => isMultiple(other, step)))
      ? ~numberKinds
      : ~kinds.integer
  if (shape.minLength > shape.maxLength) shape.kinds &= ~kinds.string
  if (shape.minItems > shape.maxItems || (shape.unique && shape.repeated)) shape.kinds &= ~kinds.array
  if (shape.minProperties > shape.maxProperties || required.size > shape.maxProperties) shape.kinds &= ~kinds.object
  if (required.size > 0 && forbidden.size > 0 && [...required].some((name) => forbidden.has(name))) shape.kinds &= ~kinds.object
  if (shape.values) {
    shape.values = shape.values.filter((value) => (kindOf(value) & shape.kinds) !== 0)
    shape.kinds &= shape.values.reduce((set: number, value) => set | kindOf(value), 0)
  }
}

const keys = new WeakMap<Term, string>()

/** Terms of one key ask for the same. */
export function termKey(term: Term): string {
  const known = keys.get(term)
  if (known !== undefined) return known
  const key = `${term.holds ? '' : '-'}${term.node.id}${term.way ? JSON.stringify(term.way) : ''}`
  keys.set(term, key)
  return key
}
