import type { Json } from '../../core/json'
import type { Node } from './resources'
import type { Shape, Term } from './shape'
import { equal, kinds } from './values'

/** Something to add to a shape; a fact tells where it comes from, for messages. */
export type Literal = { readonly term: Term; readonly groups: readonly number[] } | Fact
interface Fact {
  readonly add: (shape: Shape) => void
  readonly keyword: string
  readonly node: Node
}
/** Ways of which one is taken: each a list of what it adds. */
export interface Choice {
  readonly options: readonly (readonly Literal[])[]
}

export const fact = (node: Node, keyword: string, change: (shape: Shape) => unknown): Fact => ({
  node,
  keyword,
  add: (shape) => void change(shape),
})

export const objectWith = (node: Node, keyword: string, names: readonly string[]): Fact =>
  fact(node, keyword, (shape) => {
    shape.kinds &= kinds.object
    for (const name of names) shape.required.add(name)
  })

export function only(shape: Shape, values: readonly Json[]): void {
  shape.values = shape.values ? shape.values.filter((value) => values.some((other) => equal(value, other))) : values
}

export function exclude(shape: Shape, values: readonly Json[]): void {
  shape.excluded.push(...values)
  if (shape.values) shape.values = shape.values.filter((value) => !values.some((other) => equal(value, other)))
}

export function atLeast(shape: Shape, limit: number, open: boolean): void {
  if (limit > shape.min) [shape.min, shape.minOpen] = [limit, open]
  else if (limit === shape.min) shape.minOpen ||= open
}

export function atMost(shape: Shape, limit: number, open: boolean): void {
  if (limit < shape.max) [shape.max, shape.maxOpen] = [limit, open]
  else if (limit === shape.max) shape.maxOpen ||= open
}
