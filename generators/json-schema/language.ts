import { type CharSet, has, intersect, nth, parts, size } from '../../specs/patterns/charset'
import { expressionOf } from '../../specs/patterns/expression'
import { begin, createExpressions, type Expr, type Expressions, end, TooLarge } from '../../specs/patterns/regular'
import { probe } from '../random'
import { Source } from './draw'
import { regExp } from './values'

interface Conditions {
  readonly patterns: readonly string[]
  readonly notPatterns: readonly string[]
  readonly minLength: number
  readonly maxLength: number
}

/** The strings that keep several patterns, break others, and are of some length: made by a walk through an automaton, not searched for. */
interface Language {
  /** Lengths, in code points, that strings of the language have: ascending, not all of those far above the shortest. */
  readonly lengths: readonly number[]
  /** @param length one of `lengths` */
  draw(random: Source, length: number): string
  /** The simplest string of a length. */
  simplest(length: number): string
  /** All of it, where that is few strings. */
  readonly all?: readonly string[]
  /** False: a drawn string may break a pattern that is no regular language, and is to be proven. */
  readonly exact: boolean
}

interface Edge {
  readonly set: CharSet
  readonly size: number
  /** The plainest characters of the set. */
  readonly nice: CharSet
  readonly units: readonly string[]
  readonly to: State
}
interface State {
  readonly index: number
  readonly expr: Expr
  readonly accepts: boolean
  edges: Edge[]
  /** Edges by the number of characters that are still to come. */
  readonly open: (readonly Edge[] | undefined)[]
  useful: boolean
}

const maxStates = 4000
/** Strings are at most so much longer than the shortest, unless only longer ones exist. */
const room = 72
/** Languages of so few strings are listed. */
const few = 64
const letters: CharSet = [48, 57, 65, 90, 97, 122]
const printable: CharSet = [32, 126]

const known = new Map<string, Language | undefined>()

/** @returns undefined if there is no such string */
export function language(of: Conditions): Language | undefined {
  const key = JSON.stringify([of.patterns, of.notPatterns, of.minLength, String(of.maxLength)])
  if (!known.has(key)) known.set(key, attempt(of))
  return known.get(key)
}

/** A string of the fewest and one of the most characters that a pattern takes, or of many where it takes any number; none: all are of one length. */
export function outermost(pattern: string, minLength: number): readonly string[] {
  const random = new Source(probe(0))
  const found = language({ patterns: [pattern], notPatterns: [], minLength, maxLength: Number.POSITIVE_INFINITY })
  const [shortest, ...longer] = found?.lengths ?? []
  const longest = longer.at(-1)
  return found && shortest !== undefined && longest !== undefined ? [found.draw(random, shortest), found.draw(random, longest)] : []
}

function attempt(of: Conditions): Language | undefined {
  for (const narrow of [false, true])
    try {
      return automaton(of, narrow)
    } catch (error) {
      // Nested repetitions of up to a thousand times end in very deep expressions, or in very many.
      if (!(error instanceof TooLarge)) throw error
    }
  return undefined
}

function automaton({ patterns, notPatterns, minLength, maxLength }: Conditions, narrow: boolean): Language | undefined {
  const make = createExpressions()
  const wanted = patterns.map((pattern) => expressionOf(make, pattern, narrow))
  const unwanted = notPatterns.map((pattern) => expressionOf(make, pattern))
  const characters = make.repeat(make.chars([0, 0x10ffff]), 0, Number.POSITIVE_INFINITY)
  const whole = make.and(
    make.cat(make.chars([begin, begin]), make.cat(characters, make.chars([end, end]))),
    ...wanted.map(({ expr }) => expr),
    // What is only approximated must not be turned into its opposite: that would leave out too much.
    ...unwanted.filter(({ exact }) => exact).map(({ expr }) => make.not(expr)),
  )
  const { start, list } = explore(make, whole)
  if (!start.useful) return undefined
  for (const one of list) one.edges = one.edges.filter(({ to }) => to.useful)
  const { reach, lengths } = reachOf(list, start, minLength, maxLength)
  if (lengths.length === 0) return undefined
  const shortest = lengths[0] as number

  function open(at: State, left: number): readonly Edge[] {
    const found = at.open[left]
    if (found) return found
    const edges = at.edges
      .filter(({ to }) => (reach[left - 1] as Uint8Array)[to.index])
      // Where a pattern names some letters, they are not to crowd out the others.
      .flatMap((edge) => Array.from({ length: Math.ceil(Math.sqrt(edge.units.length || 1)) }, () => edge))
    at.open[left] = edges
    return edges
  }
  function all(): readonly string[] | undefined {
    if ((lengths.at(-1) as number) >= shortest + room) return undefined
    const found: string[] = []
    const walk = (at: State, left: number, text: string): void => {
      if (left === 0) found.push(text)
      else
        for (const { set, size: count, to } of new Set(open(at, left)))
          for (let i = 0; i < count && found.length <= few; i++) walk(to, left - 1, text + String.fromCodePoint(nth(set, i)))
    }
    for (const length of lengths) walk(start, length, '')
    return found.length <= few ? found : undefined
  }
  const listed = all()
  return {
    lengths,
    ...(listed ? { all: listed } : {}),
    draw(random, length) {
      let text = ''
      let at = start
      for (let left = length; left > 0; left--) {
        const edges = open(at, left)
        const edge = (edges.length === 1 ? edges[0] : edges[random.nextInt(0, edges.length - 1)]) as Edge
        const { units } = edge
        const nice = units.length > 0 && (units.length === edge.size || random.nextInt(0, 7) > 0)
        text += nice
          ? units[units.length === 1 ? 0 : random.nextInt(0, units.length - 1)]
          : String.fromCodePoint(nth(edge.set, random.nextInt(0, edge.size - 1)))
        at = edge.to
      }
      return text
    },
    simplest(length) {
      let text = ''
      let at = start
      for (let left = length; left > 0; left--) {
        const [edge] = open(at, left).toSorted((a, b) => plainness(b) - plainness(a)) as [Edge]
        text += String.fromCodePoint(plainest(edge))
        at = edge.to
      }
      return text
    },
    exact:
      [...wanted, ...unwanted].every((parsed) => parsed.exact) && [...patterns, ...notPatterns].every((pattern) => regExp(pattern).unicode),
  }
}

/** Characters that no set of an expression tells apart. */
interface Part {
  readonly set: CharSet
  readonly size: number
  readonly nice: CharSet
  readonly units: readonly string[]
  /** One of them. */
  readonly code: number
}

const partsOf = (sets: readonly CharSet[]): readonly Part[] =>
  parts(sets).map((set) => {
    const plain = intersect(set, letters)
    const nice = plain.length > 0 ? plain : intersect(set, printable)
    const units = Array.from({ length: size(nice) }, (_, i) => String.fromCodePoint(nth(nice, i)))
    return { set, size: size(set), nice, units, code: set[0] as number }
  })

/** All states that an expression comes to, breadth first. In functions of their own, as V8 compiles one large loop for longer than it runs. */
function explore(make: Expressions, whole: Expr): { readonly start: State; readonly list: readonly State[] } {
  const alphabet = partsOf(make.sets(whole))
  const states = new Map<Expr, State>()
  const list: State[] = []
  const incoming: State[][] = []
  const classes = new Map<string, readonly number[]>()
  const start = stateOf(make.derivative(whole, begin))
  const seen = new Set<State>()
  for (let i = 0; seen.size < list.length && list.length <= maxStates; i++) {
    // With half of the states and no end in sight, depth first.
    const deep = list.length > maxStates / 2 && !list.some(({ accepts }) => accepts)
    const from = (deep ? list.findLast((one) => !seen.has(one)) : list[i]) as State
    if (seen.has(from)) continue
    seen.add(from)
    expand(from)
  }
  markUseful(list, incoming)
  return { start, list }

  function stateOf(expr: Expr): State {
    const found = states.get(expr)
    if (found) return found
    const accepts = make.nullable(make.derivative(expr, end))
    const made: State = { index: list.length, expr, accepts, edges: [], open: [], useful: accepts }
    states.set(expr, made)
    list.push(made)
    incoming.push([])
    return made
  }

  function expand(from: State): void {
    const firsts = classesOf(from.expr)
    const next: (State | undefined)[] = []
    for (const [part, { code, set, size, nice, units }] of alphabet.entries()) {
      const first = firsts[part] as number
      if (first === part) {
        const expr = make.derivative(from.expr, code)
        next[part] = expr.kind === 'none' ? undefined : stateOf(expr)
      }
      const to = next[first]
      if (!to) continue
      from.edges.push({ set, size, nice, units, to })
      ;(incoming[to.index] as State[]).push(from)
    }
  }

  /** The parts of the alphabet in the same class of a state have the same derivative: of each part, the first of its class. */
  function classesOf(expr: Expr): readonly number[] {
    const heads = make.heads(expr)
    const key = [...heads.keys()].join()
    const found = classes.get(key)
    if (found) return found
    const firsts = new Map<string, number>()
    const made = alphabet.map(({ code }, i) => {
      const signature = Array.from(heads.values(), (set) => (has(set, code) ? 1 : 0)).join('')
      const first = firsts.get(signature) ?? i
      firsts.set(signature, first)
      return first
    })
    classes.set(key, made)
    return made
  }
}

/** Those from which an end can be reached. */
function markUseful(list: readonly State[], incoming: readonly (readonly State[])[]): void {
  const todo = list.filter(({ useful }) => useful)
  for (let one = todo.pop(); one; one = todo.pop())
    for (const from of incoming[one.index] as readonly State[])
      if (!from.useful) {
        from.useful = true
        todo.push(from)
      }
}

/**
 * @returns `reach[k][state]`: whether k more characters can lead to an end; and the lengths of the language
 */
function reachOf(list: readonly State[], start: State, minLength: number, maxLength: number) {
  const useful = list.filter((one) => one.useful)
  const reach: Uint8Array[] = [Uint8Array.from(list, ({ accepts }) => (accepts ? 1 : 0))]
  const lengths: number[] = []
  const shortest = () => lengths[0] ?? Math.max(minLength, reach.length)
  for (let k = 0; k <= maxLength && k <= shortest() + room; k++) {
    if (k >= reach.length) reach.push(before(reach[k - 1] as Uint8Array))
    if (k >= minLength && reach[k]?.[start.index]) lengths.push(k)
    // By the pumping lemma there is nothing to come.
    else if (lengths.length === 0 && k > minLength + list.length) break
  }
  return { reach, lengths }

  function before(after: Uint8Array): Uint8Array {
    const made = new Uint8Array(list.length)
    for (const one of useful) if (one.edges.some(({ to }) => after[to.index])) made[one.index] = 1
    return made
  }
}

const lowerCase: CharSet = [97, 122]
const plainest = ({ set, nice }: Edge): number => intersect(set, lowerCase)[0] ?? (nice.length > 0 ? nice : set)[0] ?? 0
const plainness = (edge: Edge): number => (intersect(edge.set, lowerCase).length > 0 ? 2 : edge.units.length > 0 ? 1 : 0)
