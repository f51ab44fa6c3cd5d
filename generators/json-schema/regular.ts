import { type AST, RegExpParser } from '@eslint-community/regexpp'
import { type CharSet, complement, intersect, one, unicodeProperties, union, universe } from './charset'
import { regExp } from './values'

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

/** A pattern uses what is no regular language (`\b`, back-references, look-behind): it is then approximated, and proven by `RegExp`. */
export interface Parsed {
  readonly expr: Expr
  readonly exact: boolean
}

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
  /**
   * The texts, between `begin` and `end`, in which the pattern is found.
   * @param narrow only some of them: repetitions of a few times, where up to many are allowed
   */
  parse(pattern: string, narrow?: boolean): Parsed
}

/** A pattern whose automaton would be too large to build. */
export class TooLarge extends Error {}
const mostWork = 120_000
/** Repetitions within repetitions, multiplied. */
const mostRepeats = 5000

/** Expressions of one automaton; equal ones are the same object. */
export function createExpressions(): Expressions {
  const known = new Map<string, Expr>()
  type Shapeless<E> = E extends unknown ? Omit<E, 'id'> : never
  const make = (key: string, shape: Shapeless<Expr>): Expr => {
    const found = known.get(key)
    if (found) return found
    const expr = { id: known.size, ...shape } as Expr
    known.set(key, expr)
    return expr
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

  function parse(pattern: string, narrow = false): Parsed {
    let exact = true
    const inexact = <T>(value: T): T => {
      exact = false
      return value
    }
    const tree = parsed(pattern)
    return { expr: or(...tree.alternatives.map(({ elements }) => found(elements, any))), exact }

    /**
     * The texts in which these elements are found, with `rest` behind them; what looks behind cuts them in two.
     * @param lead what may stand before them
     */
    function found(elements: readonly AST.Element[], rest: Expr, lead = any): Expr {
      const at = elements.findLastIndex(
        (element) => element.type === 'Assertion' && (element.kind === 'lookbehind' || element.kind === 'word'),
      )
      if (at < 0)
        return cat(
          lead,
          elements.reduceRight((then, element) => sequence(element, then), rest),
        )
      if (lead !== any) inexact(undefined)
      const ahead = elements.slice(0, at).findIndex((element) => element.type === 'Assertion' && element.kind === 'lookahead')
      if (ahead >= 0) {
        // What it looks ahead at goes beyond the cut, so that it comes first.
        const beyond = sequence(elements[ahead] as AST.Element, found(elements.slice(ahead + 1), rest, empty))
        return cat(found(elements.slice(0, ahead), empty, lead), beyond)
      }
      if (elements.slice(0, at).some(looks)) inexact(undefined)
      const element = elements[at] as AST.LookbehindAssertion | AST.WordBoundaryAssertion
      const behind = found(elements.slice(0, at), empty, lead)
      const then = elements.slice(at + 1).reduceRight((after, next) => sequence(next, after), rest)
      if (element.kind === 'lookbehind') {
        const seen = cat(any, alternatives(element.alternatives, empty))
        return cat(and(behind, element.negate ? not(seen) : seen), then)
      }
      const [after, next] = [cat(any, chars(word)), cat(chars(word), any)]
      return element.negate
        ? or(cat(and(behind, after), and(then, next)), cat(and(behind, not(after)), and(then, not(next))))
        : or(cat(and(behind, after), and(then, not(next))), cat(and(behind, not(after)), and(then, next)))
    }

    function alternatives(list: readonly AST.Alternative[], rest: Expr): Expr {
      return or(...list.map(({ elements }) => elements.reduceRight((then, element) => sequence(element, then), rest)))
    }
    /** The texts of an element followed by `rest`; look-aheads see all of it. */
    function sequence(element: AST.Element, rest: Expr): Expr {
      if (!narrow && element.type === 'Quantifier' && repeatsOf(element.element) > 1 && repeatsOf(element) > mostRepeats)
        throw new TooLarge()
      switch (element.type) {
        case 'Character':
        case 'CharacterSet':
        case 'CharacterClass':
          return cat(chars(charsOf(element)), rest)
        case 'Group':
        case 'CapturingGroup':
          return alternatives(element.alternatives, rest)
        case 'Quantifier': {
          const { min } = element
          const max = narrow && element.max > min + 3 && element.max !== Number.POSITIVE_INFINITY ? inexact(min + 3) : element.max
          if (min === 0 && max === 1) return or(sequence(element.element, rest), rest)
          const tempered = temperedBy(element.element)
          if (tempered) {
            // `(?:(?!x).)*`: nowhere within does x begin. Where more follows, x may begin before and end in it: that is left out.
            if (rest !== cat(chars([end, end]), any)) inexact(undefined)
            const within = cat(repeat(chars(charsOf(tempered.one)), min, max), rest)
            return and(
              within,
              not(cat(repeat(chars([0, 0x10ffff]), 0, Number.POSITIVE_INFINITY), alternatives(tempered.ahead.alternatives, any))),
            )
          }
          if (looks(element.element)) inexact(undefined)
          return cat(repeat(sequence(element.element, empty), min, max), rest)
        }
        case 'Assertion':
          if (element.kind === 'start') return cat(chars([begin, begin]), rest)
          if (element.kind === 'end') return cat(chars([end, end]), rest)
          if (element.kind === 'lookahead') {
            const ahead = alternatives(element.alternatives, any)
            return and(element.negate ? not(ahead) : ahead, rest)
          }
          return inexact(rest)
        case 'Backreference': {
          const group = Array.isArray(element.resolved) ? element.resolved[0] : element.resolved
          return inexact(group ? alternatives(group.alternatives, rest) : rest)
        }
        default:
          return inexact(rest)
      }
    }
  }

  return { none, empty, any, chars, cat, repeat, or, and, not, nullable, derivative, sets, heads, parse }
}

function parsed(pattern: string): AST.Pattern {
  const { source, unicode } = regExp(pattern)
  return new RegExpParser({ ecmaVersion: 2024 }).parsePattern(source, 0, source.length, { unicode })
}

/** How often the innermost of nested repetitions may come, those without an end left out. */
function repeatsOf(element: AST.Element): number {
  const within = (list: readonly AST.Alternative[]) => Math.max(1, ...list.flatMap(({ elements }) => elements.map(repeatsOf)))
  if (element.type === 'Quantifier') return (Number.isFinite(element.max) ? Math.max(1, element.max) : 1) * repeatsOf(element.element)
  return element.type === 'Group' || element.type === 'CapturingGroup' ? within(element.alternatives) : 1
}

/** Whether an element looks at what stands around it. */
const looks = (element: AST.Element): boolean =>
  element.type === 'Assertion' ||
  (element.type === 'Quantifier' && looks(element.element)) ||
  ((element.type === 'Group' || element.type === 'CapturingGroup') && element.alternatives.some(({ elements }) => elements.some(looks)))

/** The parts of `(?:(?!x).)`. */
function temperedBy(
  element: AST.Element,
): { ahead: AST.LookaheadAssertion; one: AST.Character | AST.CharacterSet | AST.CharacterClass } | undefined {
  if ((element.type !== 'Group' && element.type !== 'CapturingGroup') || element.alternatives.length !== 1) return undefined
  const [ahead, one, ...others] = element.alternatives[0]?.elements ?? []
  if (ahead?.type !== 'Assertion' || ahead.kind !== 'lookahead' || !ahead.negate || others.length > 0) return undefined
  return one?.type === 'Character' || one?.type === 'CharacterSet' || one?.type === 'CharacterClass' ? { ahead, one } : undefined
}

const digit: CharSet = [48, 57]
const word: CharSet = [48, 57, 65, 90, 95, 95, 97, 122]
const space: CharSet = [
  9, 13, 32, 32, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000, 0xfeff, 0xfeff,
]
const lineEnds: CharSet = [10, 10, 13, 13, 0x2028, 0x2029]

type Chars = AST.Character | AST.CharacterSet | AST.CharacterClass | AST.CharacterClassElement

/** The characters that one element of a pattern stands for. */
const nameOf = ({ key, value }: AST.UnicodePropertyCharacterSet): string => (value === null ? key : `${key}=${value}`)

function charsOf(element: Chars): CharSet {
  switch (element.type) {
    case 'Character':
      return one(element.value)
    case 'CharacterClassRange':
      return [element.min.value, element.max.value]
    case 'CharacterSet': {
      if (element.kind === 'any') return complement(lineEnds)
      const set =
        element.kind === 'property'
          ? unicodeProperties([nameOf(element)])
          : element.kind === 'digit'
            ? digit
            : element.kind === 'word'
              ? word
              : space
      return element.negate ? complement(set) : set
    }
    case 'CharacterClass': {
      const isProperty = (part: Chars): part is AST.UnicodePropertyCharacterSet =>
        part.type === 'CharacterSet' && part.kind === 'property' && !part.negate
      const parts = element.elements as readonly Chars[]
      // Together they take the time of one.
      const named = parts.filter(isProperty).map(nameOf)
      const set = union(...(named.length > 0 ? [unicodeProperties(named)] : []), ...parts.filter((part) => !isProperty(part)).map(charsOf))
      return element.negate ? complement(set) : set
    }
    default:
      return universe
  }
}

export const has = (set: CharSet, code: number): boolean => {
  let low = 0
  let high = set.length / 2 - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (code < (set[middle * 2] as number)) high = middle - 1
    else if (code > (set[middle * 2 + 1] as number)) low = middle + 1
    else return true
  }
  return false
}

/** The parts that sets cut the characters into: two characters of one part are in the same sets. */
export function parts(sets: readonly CharSet[]): readonly CharSet[] {
  const cuts = [...new Set([0, 0x110000, ...sets.flatMap((set) => set.map((code, i) => (i % 2 ? code + 1 : code)))])].sort((a, b) => a - b)
  const found = new Map<string, number[]>()
  for (let i = 0; i + 1 < cuts.length; i++) {
    const from = cuts[i] as number
    if (from >= 0x110000) break
    const to = (cuts[i + 1] as number) - 1
    const key = sets.map((set) => (has(set, from) ? 1 : 0)).join('')
    const part = found.get(key) ?? []
    if (part.at(-1) === from - 1) part[part.length - 1] = to
    else part.push(from, to)
    found.set(key, part)
  }
  return [...found.values()].map((part) => intersect(part, universe)).filter((part) => part.length > 0)
}
