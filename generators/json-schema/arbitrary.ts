import fc from 'fast-check'
import type { Json } from '../../core/json'
import type { Schema } from '../../core/operation'
import { probe } from '../random'
import { type Drawn, none, type Run, Source } from './draw'
import { CannotGenerate } from './errors'
import { createEvaluator } from './evaluate'
import { type Context, createContext, type Plan } from './plan'
import { createResources } from './resources'
import type { Term } from './shape'
import { type Hints, hintsOf, smaller } from './shrink'
import { createSolver } from './solve'

export interface SchemaOptions {
  /** Further schemas by their absolute URI, for `$ref`s that lead out of the schema. Metaschemas are known. */
  readonly schemas?: Readonly<Record<string, Schema>>
  /** A whole document in which the schema lies: `#/…` points into it. Default: the schema itself. */
  readonly document?: unknown
  /**
   * Whether `format` asserts, so that `not` and violations may rest on it. Default: false, as the standard has it; values are of their
   * formats all the same.
   */
  readonly formats?: boolean
  /** Whether objects get members now and then that the schema allows but does not name. Default: true. */
  readonly additional?: boolean
}

/** Values are nested at most this much deeper than the schema asks for. */
const spareHeight = 5
/** Schemas that ask for deeper values than this count as endless. */
const maxHeight = 40
/** Members and items of one value beyond what must be there. */
const room = 48
const tries = 100

/** Few shapes do for nearly every schema; where none of them works out, many. */
export const widths = [48, 800] as const

/** One schema, solved for values that keep some terms and break others. */
export interface Solved {
  readonly context: Context
  readonly plan: Plan
  /** The smallest height of a value. */
  readonly height: number
  readonly terms: readonly Term[]
}

/** @throws CannotGenerate */
export function solve(make: (width: number) => Context, termsOf: (context: Context) => readonly Term[]): Solved {
  let failed: CannotGenerate | undefined
  for (const width of widths) {
    const context = make(width)
    const terms = termsOf(context)
    const plan = context.plan(terms)
    let height = 0
    for (; height <= maxHeight; height++) {
      context.truncated = false
      if (plan.fits(height) && proven(context, plan, height)) return { context, plan, height, terms }
      // Whatever there is has been looked at: going deeper changes nothing.
      if (!context.truncated) break
    }
    const { keyword, path } = plan.why(Math.min(height, maxHeight))
    failed ??= new CannotGenerate(`cannot generate: ${keyword} at ${path}`)
    if (!context.solver.cut) break
  }
  throw failed
}

/** The guard lets some of what the plan makes pass. */
const proven = (context: Context, plan: Plan, height: number): boolean =>
  Array.from({ length: 10 }).some((_, i) => {
    const value = plan.draw({ random: new Source(probe(i)), bias: undefined, room: 4 }, height)
    return value !== none && context.keeps(plan.terms, value)
  })

export function contextsOf(
  schema: Schema,
  { schemas, document, formats = false, additional = true }: SchemaOptions,
): (width: number) => Context {
  const made = new Map<number, Context>()
  const resources = createResources(document ?? schema, schemas)
  return (width) => {
    const known = made.get(width)
    if (known) return known
    const context = createContext(resources, createSolver(resources, formats, width), createEvaluator(resources, formats), additional)
    made.set(width, context)
    return context
  }
}

/**
 * Values that are valid under a JSON Schema, 2020-12, all of it. They reach edges early, spread over the branches of `anyOf` and `oneOf`, and
 * shrink towards the simplest value that is valid.
 * @param schema a schema; what `$schema` says counts, 2020-12 is taken without it
 * @throws CannotGenerate if no value is valid, or none is found: `cannot generate: KEYWORD at PATH`
 */
export function arbitrary(schema: Schema, options: SchemaOptions = {}): fc.Arbitrary<Json> {
  return arbitraryOf(contextsOf(schema, options), schema)
}

export const arbitraryOf = (make: (width: number) => Context, schema: Schema): fc.Arbitrary<Json> =>
  new SolvedArbitrary(
    solve(make, ({ resources }) => [{ node: resources.node(schema), holds: true }]),
    schema,
  )

export class SolvedArbitrary extends fc.Arbitrary<Json> {
  private hints: Hints | undefined

  constructor(
    private readonly solved: Solved,
    private readonly schema: Schema,
  ) {
    super()
  }

  generate(random: fc.Random, bias: number | undefined): fc.Value<Json> {
    const { plan, height, terms, context } = this.solved
    const source = new Source(random)
    for (let i = 0; i < tries; i++) {
      const run: Run = { random: source, bias, room: i < tries / 2 ? room : 0 }
      const value: Drawn = plan.draw(run, i < tries / 2 ? height + spareHeight : height)
      if (value !== none && context.keeps(terms, value)) return new fc.Value(value, undefined)
    }
    const { keyword, path } = plan.why(height)
    throw new CannotGenerate(`cannot generate: ${keyword} at ${path}: none of ${tries} tries was valid`)
  }

  override canShrinkWithoutContext(value: unknown): value is Json {
    return this.solved.context.keeps(this.solved.terms, value as Json)
  }

  override shrink(value: Json): fc.Stream<fc.Value<Json>> {
    this.hints ??= hintsOf(this.schema)
    const { context, terms } = this.solved
    const candidates = smaller(value, this.hints)
    function* valid(): Generator<fc.Value<Json>> {
      for (const candidate of candidates) if (context.keeps(terms, candidate)) yield new fc.Value(candidate, undefined)
    }
    return fc.stream(valid())
  }
}
