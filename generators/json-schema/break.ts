import type { Json } from '../../core/json'
import type { SchemaObject } from '../../core/operation'
import { keepKeywords } from './keep'
import { atLeast, atMost, type Choice, exclude, fact, type Literal, objectWith } from './literals'
import { type Node, omits, type Resources, references } from './resources'
import type { Names, Shape, Step, Term } from './shape'
import { allKinds, kinds, kindsOfType, numberKinds, own } from './values'

/**
 * Tells the ways in which a value may break a schema, or the one way that a term names.
 * @param formats whether `format` is asserted, so that a value may break it
 */
export function createBreaks(resources: Resources, formats: boolean): (term: Term) => Choice {
  let lastGroup = -1
  return ({ node, way }) => {
    const { schema } = node
    if (typeof schema === 'boolean') return { options: schema ? [] : [[]] }
    const breaks = new Breaks({ resources, formats, newGroup: () => lastGroup-- }, node, schema, way)
    breaks.scalars()
    breaks.arrays()
    breaks.objects()
    breaks.applicators()
    breaks.unevaluated()
    return breaks
  }
}

const plainly = (of: Node, holds: boolean): Literal => ({ term: { node: of, holds }, groups: [] })

class Breaks implements Choice {
  readonly options: (readonly Literal[])[] = []
  /** The step of the way that leads on from here. */
  private readonly step: Step | undefined
  private readonly rest: readonly Step[] | undefined

  constructor(
    private readonly solver: { readonly resources: Resources; readonly formats: boolean; newGroup(): number },
    private readonly node: Node,
    private readonly schema: SchemaObject,
    way: readonly Step[] | undefined,
  ) {
    this.step = way?.[0]
    this.rest = way && way.length > 1 ? way.slice(1) : undefined
  }

  /** Whether a keyword is there, may be broken, and is on the way. */
  private here(keyword: string, key?: string): boolean {
    const { schema, node, step } = this
    if (!Object.hasOwn(schema, keyword) || omits(node, schema, keyword)) return false
    if (step && !(step.keyword === keyword && (key === undefined || step.key === undefined || step.key === key))) return false
    return !node.resource.doubtful.has(keyword)
  }

  private breaks(of: Node): Term {
    return { node: of, holds: false, ...(this.rest ? { way: this.rest } : {}) }
  }

  private child(of: unknown, ...path: (string | number)[]): Node {
    return this.solver.resources.child(this.node, of, ...path)
  }

  private term(of: Node): Literal {
    return { term: this.breaks(of), groups: [] }
  }

  private option(keyword: string, set: number, change: (shape: Shape) => unknown): void {
    this.options.push([
      fact(this.node, keyword, (shape) => {
        shape.kinds &= set
        change(shape)
      }),
    ])
  }

  private table(keyword: string): readonly (readonly [string, unknown])[] {
    if (!Object.hasOwn(this.schema, keyword)) return []
    return Object.entries(this.schema[keyword] as object).filter(([name]) => this.here(keyword, name))
  }

  private list(keyword: string): readonly Node[] {
    return ((own(this.schema, keyword) as readonly unknown[]) ?? []).map((part, i) => this.child(part, keyword, i))
  }

  private number(keyword: string, set: number, change: (shape: Shape, of: number) => void): void {
    if (this.here(keyword)) this.option(keyword, set, (shape) => change(shape, this.schema[keyword] as number))
  }

  scalars(): void {
    const { schema } = this
    if (this.here('type')) this.option('type', allKinds & ~kindsOfType(schema.type), () => {})
    if (this.here('const')) this.option('const', allKinds, (shape) => exclude(shape, [schema.const as Json]))
    if (this.here('enum')) this.option('enum', allKinds, (shape) => exclude(shape, schema.enum as readonly Json[]))
    this.number('minimum', numberKinds, (shape, of) => atMost(shape, of, true))
    this.number('exclusiveMinimum', numberKinds, (shape, of) => atMost(shape, of, false))
    this.number('maximum', numberKinds, (shape, of) => atLeast(shape, of, true))
    this.number('exclusiveMaximum', numberKinds, (shape, of) => atLeast(shape, of, false))
    this.number('multipleOf', numberKinds, (shape, of) => {
      shape.notMultiples.push(of)
      shape.loose = true
    })
    this.number('minLength', kinds.string, (shape, of) => (shape.maxLength = Math.min(shape.maxLength, of - 1)))
    this.number('maxLength', kinds.string, (shape, of) => (shape.minLength = Math.max(shape.minLength, of + 1)))
    if (this.here('pattern')) this.option('pattern', kinds.string, (shape) => shape.notPatterns.push(schema.pattern as string))
    if (this.solver.formats && this.here('format'))
      this.option('format', kinds.string, (shape) => {
        shape.notFormats.push(schema.format as string)
        shape.loose = true
      })
  }

  arrays(): void {
    const { schema } = this
    const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems.length : 0
    this.number('minItems', kinds.array, (shape, of) => (shape.maxItems = Math.min(shape.maxItems, of - 1)))
    this.number('maxItems', kinds.array, (shape, of) => (shape.minItems = Math.max(shape.minItems, of + 1)))
    if (schema.uniqueItems === true && this.here('uniqueItems'))
      this.option('uniqueItems', kinds.array, (shape) => {
        shape.repeated = true
        shape.minItems = Math.max(shape.minItems, 2)
        if (shape.unique) shape.kinds = 0
      })
    this.list('prefixItems').forEach((part, i) => {
      if (this.here('prefixItems', String(i)))
        this.option('prefixItems', kinds.array, (shape) => {
          shape.items.push({ from: i, to: i + 1, term: this.breaks(part) })
          shape.minItems = Math.max(shape.minItems, i + 1)
        })
    })
    if (this.here('items')) {
      const of = this.breaks(this.child(schema.items, 'items'))
      this.option('items', kinds.array, (shape) => {
        shape.someItem.push({ from: prefix, term: of })
        shape.minItems = Math.max(shape.minItems, prefix + 1)
      })
    }
    if (Object.hasOwn(schema, 'contains') && ['contains', 'minContains', 'maxContains'].some((keyword) => this.here(keyword)))
      this.contains()
  }

  private contains(): void {
    const { schema, step } = this
    const of: Term = { node: this.child(schema.contains, 'contains'), holds: true }
    const min = Number(own(schema, 'minContains') ?? 1)
    const max = Number(own(schema, 'maxContains') ?? Number.POSITIVE_INFINITY)
    const count = (least: number, most: number) =>
      this.option('contains', kinds.array, (shape) => {
        shape.contains.push({ term: of, min: least, max: most, groups: [] })
        shape.minItems = Math.max(shape.minItems, least)
        shape.loose = true
      })
    if (min > 0 && (this.here('contains') || this.here('minContains')))
      count(step?.keyword === 'minContains' ? Math.min(1, min - 1) : 0, min - 1)
    if (max !== Number.POSITIVE_INFINITY && this.here('maxContains')) count(max + 1, Number.POSITIVE_INFINITY)
  }

  objects(): void {
    const { schema, node, step } = this
    this.number('minProperties', kinds.object, (shape, of) => (shape.maxProperties = Math.min(shape.maxProperties, of - 1)))
    this.number('maxProperties', kinds.object, (shape, of) => (shape.minProperties = Math.max(shape.minProperties, of + 1)))
    if (this.here('required'))
      for (const name of schema.required ?? [])
        if (step?.key === undefined || step.key === name) this.option('required', kinds.object, (shape) => shape.forbidden.add(name))
    for (const [name, part] of this.table('properties')) {
      const of = this.breaks(this.child(part, 'properties', name))
      this.option('properties', kinds.object, (shape) => {
        shape.required.add(name)
        shape.members.set(name, [...(shape.members.get(name) ?? []), of])
      })
    }
    const except: Names = {
      names: new Set(Object.keys((own(schema, 'properties') as object) ?? {})),
      patterns: Object.keys((own(schema, 'patternProperties') as object) ?? {}),
    }
    for (const [pattern, part] of this.table('patternProperties')) {
      const of = this.breaks(this.child(part, 'patternProperties', pattern))
      this.option('patternProperties', kinds.object, (shape) => shape.someMember.push({ pattern, term: of }))
    }
    if (this.here('additionalProperties')) {
      const of = this.breaks(this.child(schema.additionalProperties, 'additionalProperties'))
      this.option('additionalProperties', kinds.object, (shape) => shape.someMember.push({ except, term: of }))
    }
    if (this.here('propertyNames')) {
      const name = this.breaks(this.child(schema.propertyNames, 'propertyNames'))
      this.option('propertyNames', kinds.object, (shape) => shape.someMember.push({ name }))
    }
    if (this.here('dependentRequired'))
      for (const [name, others] of Object.entries(schema.dependentRequired as Record<string, readonly string[]>))
        for (const other of others)
          this.options.push([
            objectWith(node, 'dependentRequired', [name]),
            fact(node, 'dependentRequired', (shape) => shape.forbidden.add(other)),
          ])
    for (const [name, part] of this.table('dependentSchemas'))
      this.options.push([objectWith(node, 'dependentSchemas', [name]), this.term(this.child(part, 'dependentSchemas', name))])
  }

  applicators(): void {
    const { schema, node, step, options } = this
    const { resources } = this.solver
    for (const keyword of references)
      if (this.here(keyword) && !resources.isCircle(node, keyword)) options.push([this.term(resources.referred(node, keyword))])
    this.list('allOf').forEach((part, i) => {
      if (this.here('allOf', String(i))) options.push([this.term(part)])
    })
    for (const keyword of ['anyOf', 'oneOf'] as const) {
      if (!this.here(keyword)) continue
      const parts = this.list(keyword)
      options.push(parts.map((part, i) => (step?.key === String(i) ? this.term(part) : plainly(part, false))))
      if (keyword === 'oneOf' && step?.key === undefined)
        parts.forEach((part, i) => {
          for (const other of parts.slice(i + 1, i + 3)) options.push([plainly(part, true), plainly(other, true)])
        })
    }
    if (this.here('not')) options.push([plainly(this.child(schema.not, 'not'), true)])
    if (Object.hasOwn(schema, 'if')) {
      const condition = this.child(schema.if, 'if')
      if (this.here('then')) options.push([plainly(condition, true), this.term(this.child(schema.then, 'then'))])
      if (this.here('else')) options.push([plainly(condition, false), this.term(this.child(schema.else, 'else'))])
    }
  }

  unevaluated(): void {
    const { schema, node, options } = this
    for (const keyword of ['unevaluatedItems', 'unevaluatedProperties'] as const) {
      if (!this.here(keyword)) continue
      const of = this.breaks(this.child(schema[keyword], keyword))
      const group = this.solver.newGroup()
      const { facts, choices } = keepKeywords(this.solver.resources, node, schema, [group], keyword)
      const extra = fact(node, keyword, (shape) => {
        shape.kinds &= keyword === 'unevaluatedItems' ? kinds.array : kinds.object
        shape.loose = true
        if (keyword === 'unevaluatedItems') shape.someItem.push({ from: 0, term: of, unseen: group })
        else shape.someMember.push({ unseen: group, term: of })
      })
      for (const combined of product(choices)) options.push([extra, ...facts, ...combined])
    }
  }
}

/** Each way to take one option of every choice; a few of them where there are many. */
function product(choices: readonly Choice[]): readonly (readonly Literal[])[] {
  return choices.reduce<readonly (readonly Literal[])[]>(
    (all, { options }) => all.flatMap((so) => options.map((option) => [...so, ...option])).slice(0, 16),
    [[]],
  )
}
