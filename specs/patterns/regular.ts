import { type CharSet, has } from './charset'

/**
 * Regular languages as expressions with intersection and complement, read by derivatives (Brzozowski 1964): several patterns, their
 * opposites and length bounds become one automaton, so that strings are made, not searched for.
 */
export type Expr =
  | { readonly id: number; readonly kind: 'none' }
  | { readonly id: number; readonly kind: 'empty' }
  | { readonly id: number; readonly kind: 'chars'; readonly set: CharSet }
  | { readonly id: number; readonly kind: 'cat'; readonly first: Expr; readonly rest: Expr }
  | { readonly id: number; readonly kind: 'repeat'; readonly of: Expr; readonly min: number; readonly max: number }
  | { readonly id: number; readonly kind: 'or'; readonly of: readonly Expr[] }
  | { readonly id: number; readonly kind: 'and'; readonly of: readonly Expr[] }
  | { readonly id: number; readonly kind: 'not'; readonly of: Expr }

/** The ends of the text, as characters beyond Unicode: `^` and `$` read them, so that they may stand anywhere in a pattern. */
export const begin = 0x110000
export const end = 0x110001

export interface Expressions {
  readonly none: Expr
  readonly empty: Expr
  readonly any: Expr
  chars(set: CharSet): Expr
  cat(first: Expr, rest: Expr): Expr
  repeat(of: Expr, min: number, max: number): Expr
  or(...of: Expr[]): Expr
  and(...of: Expr[]): Expr
  not(of: Expr): Expr
  nullable(expr: Expr): boolean
  /** What may follow after `code`. */
  derivative(expr: Expr, code: number): Expr
  /** The character sets that the expression tells apart. */
  sets(expr: Expr): readonly CharSet[]
  /** Those of them that its derivative looks at; by their ids, in order. Characters in the same ones have the same derivative (Owens et al. 2009). */
  heads(expr: Expr): ReadonlyMap<number, CharSet>
}

/** A pattern whose automaton would be too large to build. */
export class TooLarge extends Error {}
const mostWork = 120_000
/** Expressions within expressions: all that walks through them calls itself so often. */
const mostHeight = 1000

/** Expressions of one automaton; equal ones are the same object. */
export function createExpressions(): Expressions {
  const known = new Map<string, Expr>()
  /** By id. */
  const heights: number[] = []
  type Shapeless<E> = E extends unknown ? Omit<E, 'id'> : never
  const make = (key: string, shape: Shapeless<Expr>): Expr => {
    const found = known.get(key)
    if (found) return found
    const expr = { id: known.size, ...shape } as Expr
    const height = 1 + heightWithin(expr)
    if (height > mostHeight) throw new TooLarge()
    heights.push(height)
    known.set(key, expr)
    return expr
  }
  function heightWithin(expr: Expr): number {
    if (expr.kind === 'cat') return Math.max(heights[expr.first.id] as number, heights[expr.rest.id] as number)
    if (expr.kind === 'repeat' || expr.kind === 'not') return heights[expr.of.id] as number
    return expr.kind === 'or' || expr.kind === 'and' ? expr.of.reduce((most, { id }) => Math.max(most, heights[id] as number), 0) : 0
  }
  const none = make('none', { kind: 'none' })
  const empty = make('empty', { kind: 'empty' })
  const chars = (set: CharSet) => (set.length === 0 ? none : make(`chars ${set.join()}`, { kind: 'chars', set }))
  const symbol = chars([0, end])
  const any = repeat(symbol, 0, Number.POSITIVE_INFINITY)

  function cat(first: Expr, rest: Expr): Expr {
    if (first.kind === 'none' || rest.kind === 'none') return none
    if (first.kind === 'empty') return rest
    if (rest.kind === 'empty') return first
    if (first.kind === 'cat') return cat(first.first, cat(first.rest, rest))
    return make(`cat ${first.id} ${rest.id}`, { kind: 'cat', first, rest })
  }
  function repeat(of: Expr, min: number, max: number): Expr {
    if (max === 0 || of.kind === 'empty') return empty
    if (of.kind === 'none') return min === 0 ? empty : none
    if (min === 1 && max === 1) return of
    return make(`repeat ${of.id} ${min} ${max}`, { kind: 'repeat', of, min, max })
  }
  function or(...of: Expr[]): Expr {
    const live = of.filter(({ kind }) => kind !== 'none')
    // Mostly at most one way goes on.
    if (live.length < 2) return live[0] ?? none
    const all = new Map<number, Expr>()
    for (const part of live) for (const one of part.kind === 'or' ? part.of : [part]) all.set(one.id, one)
    if (all.has(any.id)) return any
    const sorted = [...all.values()].sort((a, b) => a.id - b.id)
    if (sorted.length < 2) return sorted[0] ?? none
    return make(`or ${sorted.map(({ id }) => id).join()}`, { kind: 'or', of: sorted })
  }
  function and(...of: Expr[]): Expr {
    if (of.includes(none)) return none
    const all = new Map<number, Expr>()
    for (const part of of) for (const one of part.kind === 'and' ? part.of : [part]) if (one.id !== any.id) all.set(one.id, one)
    const sorted = [...all.values()].sort((a, b) => a.id - b.id)
    if (sorted.length < 2) return sorted[0] ?? any
    return make(`and ${sorted.map(({ id }) => id).join()}`, { kind: 'and', of: sorted })
  }
  function not(of: Expr): Expr {
    if (of.kind === 'not') return of.of
    if (of.kind === 'none') return any
    return of.id === any.id ? none : make(`not ${of.id}`, { kind: 'not', of })
  }

  const nullables = new Map<Expr, boolean>()
  function nullable(expr: Expr): boolean {
    const found = nullables.get(expr)
    if (found !== undefined) return found
    const result =
      expr.kind === 'empty' ||
      (expr.kind === 'cat' && nullable(expr.first) && nullable(expr.rest)) ||
      (expr.kind === 'repeat' && (expr.min === 0 || nullable(expr.of))) ||
      (expr.kind === 'or' && expr.of.some(nullable)) ||
      (expr.kind === 'and' && expr.of.every(nullable)) ||
      (expr.kind === 'not' && !nullable(expr.of))
    nullables.set(expr, result)
    return result
  }

  let work = 0
  const derivatives = new Map<number, Map<number, Expr>>()
  function derivative(expr: Expr, code: number): Expr {
    if (expr.kind === 'none' || expr.kind === 'empty') return none
    if (expr.kind === 'chars') return has(expr.set, code) ? empty : none
    const ofCode = derivatives.get(code) ?? new Map<number, Expr>()
    derivatives.set(code, ofCode)
    const found = ofCode.get(expr.id)
    if (found) return found
    if (work++ > mostWork) throw new TooLarge()
    const made = derive(expr, code)
    ofCode.set(expr.id, made)
    return made
  }
  function derive(expr: Exclude<Expr, { kind: 'none' | 'empty' | 'chars' }>, code: number): Expr {
    switch (expr.kind) {
      case 'cat': {
        const first = cat(derivative(expr.first, code), expr.rest)
        return nullable(expr.first) ? or(first, derivative(expr.rest, code)) : first
      }
      case 'repeat': {
        const rest = repeat(expr.of, Math.max(expr.min - 1, 0), expr.max - 1)
        return cat(derivative(expr.of, code), rest)
      }
      case 'or':
        return or(...expr.of.map((part) => derivative(part, code)))
      case 'and':
        return and(...expr.of.map((part) => derivative(part, code)))
      case 'not':
        return not(derivative(expr.of, code))
    }
  }

  const headsOf = new Map<Expr, ReadonlyMap<number, CharSet>>()
  const noHeads: ReadonlyMap<number, CharSet> = new Map()
  function heads(expr: Expr): ReadonlyMap<number, CharSet> {
    const found = headsOf.get(expr)
    if (found) return found
    const made = findHeads(expr)
    headsOf.set(expr, made)
    return made
  }
  function findHeads(expr: Expr): ReadonlyMap<number, CharSet> {
    switch (expr.kind) {
      case 'none':
      case 'empty':
        return noHeads
      case 'chars':
        return new Map([[expr.id, expr.set]])
      case 'cat':
        return nullable(expr.first) ? both([heads(expr.first), heads(expr.rest)]) : heads(expr.first)
      case 'repeat':
      case 'not':
        return heads(expr.of)
      case 'or':
      case 'and':
        return both(expr.of.map(heads))
    }
  }
  function both(maps: readonly ReadonlyMap<number, CharSet>[]): ReadonlyMap<number, CharSet> {
    const all = [...new Set(maps)]
    return all.length === 1 ? (all[0] as ReadonlyMap<number, CharSet>) : new Map(all.flatMap((map) => [...map]).sort(([a], [b]) => a - b))
  }

  function sets(expr: Expr): readonly CharSet[] {
    const found = new Map<number, CharSet>()
    const seen = new Set<Expr>()
    const walk = (one: Expr): void => {
      if (seen.has(one)) return
      seen.add(one)
      if (one.kind === 'chars') found.set(one.id, one.set)
      else if (one.kind === 'cat') [one.first, one.rest].forEach(walk)
      else if (one.kind === 'repeat' || one.kind === 'not') walk(one.of)
      else if (one.kind === 'or' || one.kind === 'and') one.of.forEach(walk)
    }
    walk(expr)
    return [...found.values()]
  }

  return { none, empty, any, chars, cat, repeat, or, and, not, nullable, derivative, sets, heads }
}
