import type { Json } from '../../core/json'
import { probe } from '../random'
import { arrays } from './arrays'
import { type Drawn, none, pick, type Run, Source, type Variant } from './draw'
import type { Evaluator } from './evaluate'
import { constants, numbers } from './numbers'
import { objects } from './objects'
import type { Resources } from './resources'
import { anything, copyOf, type Shape, type Term, termKey } from './shape'
import type { Conflict, Solver } from './solve'
import { strings } from './strings'
import { equal, kinds } from './values'

/** What the making of values shares. */
export interface Context {
  readonly resources: Resources
  readonly solver: Solver
  readonly evaluator: Evaluator
  /** Whether objects may get members that the schema does not name. */
  readonly additional: boolean
  /** The plan for values of all these terms. */
  plan(terms: readonly Term[]): Plan
  /** Set where a value was not made only because arrays and objects might not be nested deeper. */
  truncated: boolean
  /** Whether a value surely keeps all terms that hold, and surely breaks the others. */
  keeps(terms: readonly Term[], value: Json): boolean
}

export function createContext(resources: Resources, solver: Solver, evaluator: Evaluator, additional: boolean): Context {
  const plans = new Map<string, Plan>()
  const context: Context = {
    resources,
    solver,
    evaluator,
    additional,
    truncated: false,
    plan(terms) {
      const keys = [...new Map(terms.map((term) => [termKey(term), term]))].sort(([a], [b]) => (a < b ? -1 : 1))
      const key = keys.map(([one]) => one).join(' ')
      const found =
        plans.get(key) ??
        new Plan(
          context,
          keys.map(([, term]) => term),
        )
      plans.set(key, found)
      return found
    },
    keeps: (terms, value) =>
      terms.every(({ node, holds }) => (holds ? evaluator.valid(node, value, true) : !evaluator.valid(node, value, false))),
  }
  return context
}

/** Values are drawn so often before a variant counts as starving, and each time so often before it gives up. */
const probes = 10
const mostProbes = 80
const tries = 24

/** A variant, and the heights at which it was seen to work. */
interface Tried extends Variant {
  readonly shape: Shape
  /** Without the guard. */
  readonly raw: Variant['draw']
  works: number
  fails: number
  /** What takes its place where the guard would refuse most of its values. */
  harder?: readonly Tried[]
}

/** How values that keep some terms, and break others, are made. */
export class Plan {
  private options: readonly (readonly Tried[])[] | undefined
  private readonly byHeight: { readonly options: readonly (readonly Tried[])[]; readonly truncated: boolean }[] = []

  /** @param from what is asked for besides the terms */
  constructor(
    private readonly context: Context,
    readonly terms: readonly Term[],
    private readonly from?: Shape,
  ) {}

  /** Whether there is a value nested no deeper than this. */
  fits(height: number): boolean {
    return this.at(height).length > 0
  }

  /** Whether the terms contradict each other, whatever the height. */
  get impossible(): boolean {
    return this.solved().length === 0
  }

  draw(run: Run, height: number): Drawn {
    const options = this.at(height)
    for (let i = 0; i < 6 && options.length > 0; i++) {
      const value = pick(run.random, pick(run.random, options)).draw(run, height)
      if (value !== none) return value
    }
    return none
  }

  /** All values, where they are few. */
  domain(height: number): readonly Json[] | undefined {
    const all: Json[] = []
    for (const variant of this.at(height).flat()) {
      if (!variant.domain) return undefined
      for (const value of variant.domain)
        if (!all.some((other) => equal(value, other)) && this.context.keeps(this.terms, value)) all.push(value)
    }
    return all
  }

  /** Why nothing fits, as deep as it can be told. */
  why(height: number): Conflict {
    const here = this.terms[0]?.node.path ?? '#'
    if (height < 0) return { keyword: '$ref', path: here }
    const variants = this.solved().flat()
    if (variants.length === 0) return this.contradiction ?? { keyword: 'not', path: here }
    for (const { why } of variants) {
      const told = why?.(height)
      if (told) return told
    }
    const [{ shape }] = variants as [Tried]
    return {
      keyword: shape.deferred.length > 0 ? 'oneOf' : shape.unevaluatedMembers.length > 0 ? 'unevaluatedProperties' : 'not',
      path: here,
    }
  }

  private contradiction: Conflict | undefined

  private at(height: number): readonly (readonly Tried[])[] {
    const { context } = this
    if (height < 0) {
      context.truncated ||= !this.impossible
      return []
    }
    const known = this.byHeight[height]
    if (known) {
      context.truncated ||= known.truncated
      return known.options
    }
    const outer = context.truncated
    context.truncated = false
    const options = this.solved()
      .map((variants) => variants.flatMap((variant) => this.working(variant, height)))
      .filter(({ length }) => length > 0)
    this.byHeight[height] = { options, truncated: context.truncated }
    context.truncated ||= outer
    return options
  }

  private solved(): readonly (readonly Tried[])[] {
    if (this.options) return this.options
    const { solver } = this.context
    const shapes = solver.shapes(this.terms, this.from)
    if (shapes.length === 0) this.contradiction = solver.conflict
    this.options = shapes.map((shape) => this.variants(shape))
    return this.options
  }

  /** The variant itself if it works at this height, or the harder ones in its place. */
  private working(variant: Tried, height: number): readonly Tried[] {
    if (variant.works <= height) return [variant]
    if (variant.harder) return variant.harder.flatMap((harder) => this.working(harder, height))
    if (variant.fails >= height) return []
    let made = 0
    let kept = 0
    for (let i = 0; i < (kept > 0 ? probes : made > 0 ? mostProbes : 4); i++) {
      const value = variant.raw({ random: new Source(probe(i)), bias: i % 2 === 0 ? undefined : 2, room: 4 }, height)
      if (value === none) continue
      made++
      if (variant.raw === variant.draw || this.context.keeps(this.terms, value)) kept++
    }
    if (kept * 3 < made && variant.shape.deferred.length > 0) {
      const harder = this.harden(variant)
      const working = harder.flatMap((one) => this.working(one, height))
      if (working.length > 0 || kept === 0) {
        variant.harder = harder
        return working
      }
    }
    if (kept > 0) variant.works = height
    else variant.fails = height
    return kept > 0 ? [variant] : []
  }

  /** The alternatives that must not hold as well become constraints of their own. */
  private harden({ shape }: Tried): readonly Tried[] {
    const from = copyOf(shape)
    const { deferred } = from
    from.deferred = []
    return this.context.solver.shapes(deferred, from).flatMap((harder) => this.variants(harder))
  }

  private variants(shape: Shape): readonly Tried[] {
    const { context, terms } = this
    const of = (kind: number): boolean => (shape.kinds & kind) !== 0
    const proven = shape.loose || shape.excluded.length > 0
    const made: (Variant | undefined)[] = shape.values
      ? [constantsOf(shape.values.filter((value) => context.keeps(terms, value)))]
      : [
          of(kinds.null) ? constants([null]) : undefined,
          of(kinds.boolean) ? constants([true, false]) : undefined,
          of(kinds.integer) ? numbers(shape, true) : undefined,
          of(kinds.fraction) ? numbers(shape, false) : undefined,
          of(kinds.string) ? strings(shape) : undefined,
          of(kinds.array) ? arrays(context, terms, shape) : undefined,
          of(kinds.object) ? objects(context, terms, shape) : undefined,
        ]
    if (!shape.values && !made.some(Boolean))
      this.contradiction ??= { keyword: of(kinds.string) ? 'pattern' : 'multipleOf', path: terms[0]?.node.path ?? '#' }
    if (shape.values && !made[0]) this.contradiction ??= { keyword: 'enum', path: terms[0]?.node.path ?? '#' }
    return made.flatMap((variant, i) =>
      variant ? [this.tried(variant, shape.values ? shape : { ...shape, kinds: kindOrder[i] as number }, proven)] : [],
    )
  }

  private tried(variant: Variant, shape: Shape, proven: boolean): Tried {
    const { context, terms } = this
    const guarded: Variant['draw'] = (run, height) => {
      for (let i = 0; i < tries; i++) {
        const value = variant.draw(run, height)
        if (value === none || context.keeps(terms, value)) return value
      }
      return none
    }
    return { ...variant, raw: variant.draw, draw: proven ? guarded : variant.draw, shape, works: Number.POSITIVE_INFINITY, fails: -1 }
  }
}

const kindOrder = Object.values(kinds)
const constantsOf = (values: readonly Json[]): Variant | undefined => (values.length > 0 ? constants(values) : undefined)

/** Strings only, for names of members. */
export function namePlan(context: Context, terms: readonly Term[], patterns: readonly string[], notPatterns: readonly string[]): Plan {
  return new Plan(context, terms, { ...anything(), kinds: kinds.string, patterns: [...patterns], notPatterns: [...notPatterns] })
}
