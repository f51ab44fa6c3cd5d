import type { Json } from '../../core/json'
import type { SchemaObject } from '../../core/operation'
import { atLeast, atMost, type Choice, fact, type Literal, objectWith, only } from './literals'
import { type Node, omits, type Resources, references } from './resources'
import type { Names, Shape, Term } from './shape'
import { kinds, kindsOfType, own } from './values'

/** What must be added to a shape, and the choices that are open. */
interface Kept {
  readonly facts: readonly Literal[]
  readonly choices: readonly Choice[]
}

/**
 * What a value must keep to be valid.
 * @param outer groups whose `unevaluated…` keywords see what is evaluated here
 */
export function keep(resources: Resources, node: Node, outer: readonly number[]): Kept {
  const { schema } = node
  if (typeof schema === 'boolean') return { facts: schema ? [] : [fact(node, 'false schema', (shape) => (shape.kinds = 0))], choices: [] }
  return keepKeywords(resources, node, schema, outer)
}

/** The same of all keywords of a schema but for one, `without`. */
export function keepKeywords(
  resources: Resources,
  node: Node,
  schema: SchemaObject,
  outer: readonly number[],
  without?: 'unevaluatedItems' | 'unevaluatedProperties',
): Kept {
  const keywords = new Keywords(resources, node, schema, outer, without)
  keywords.scalars()
  keywords.arrays()
  keywords.objects()
  keywords.dependences()
  keywords.applicators()
  keywords.unevaluated()
  return keywords
}

const isKept = (of: Node): Term => ({ node: of, holds: true })
const isBroken = (of: Node): Term => ({ node: of, holds: false })

class Keywords implements Kept {
  readonly facts: Literal[] = []
  readonly choices: Choice[] = []
  private readonly groups: readonly number[]

  constructor(
    private readonly resources: Resources,
    private readonly node: Node,
    private readonly schema: SchemaObject,
    private readonly outer: readonly number[],
    private readonly without?: string,
  ) {
    const watches = ['unevaluatedItems', 'unevaluatedProperties'].some((keyword) => Object.hasOwn(schema, keyword) && keyword !== without)
    // A node is its own group: references that lead in a circle come to an end.
    this.groups = watches && !outer.includes(node.id) ? [...outer, node.id] : outer
  }

  private has(keyword: string): boolean {
    return Object.hasOwn(this.schema, keyword) && !omits(this.node, this.schema, keyword) && keyword !== this.without
  }

  private add(keyword: string, change: (shape: Shape) => unknown): void {
    this.facts.push(fact(this.node, keyword, change))
  }

  private number(keyword: string, change: (shape: Shape, of: number) => void): void {
    if (this.has(keyword)) this.add(keyword, (shape) => change(shape, this.schema[keyword] as number))
  }

  private child(of: unknown, ...way: (string | number)[]): Node {
    return this.resources.child(this.node, of, ...way)
  }

  private also(of: Node): Literal {
    return { term: isKept(of), groups: this.groups }
  }

  private not(of: Node): Literal {
    return { term: isBroken(of), groups: [] }
  }

  private table(keyword: string): readonly (readonly [string, unknown])[] {
    if (!this.has(keyword)) return []
    return Object.entries(this.schema[keyword] as object).filter(([name]) => !omits(this.node, this.schema[keyword], name))
  }

  private list(keyword: string): readonly Node[] {
    if (!this.has(keyword)) return []
    const parts = this.schema[keyword] as readonly unknown[]
    return parts.flatMap((part, i) => (omits(this.node, parts, String(i)) ? [] : [this.child(part, keyword, i)]))
  }

  private cover(keyword: string, of: Partial<Names> & { all?: boolean; items?: number }): void {
    const { groups } = this
    if (groups.length > 0) this.add(keyword, (shape) => shape.covers.push({ groups, names: new Set(), patterns: [], items: 0, ...of }))
  }

  scalars(): void {
    const { schema } = this
    if (this.has('type')) this.add('type', (shape) => (shape.kinds &= kindsOfType(schema.type)))
    if (this.has('enum')) this.add('enum', (shape) => only(shape, schema.enum as readonly Json[]))
    if (this.has('const')) this.add('const', (shape) => only(shape, [schema.const as Json]))

    this.number('minimum', (shape, of) => atLeast(shape, of, false))
    this.number('exclusiveMinimum', (shape, of) => atLeast(shape, of, true))
    this.number('maximum', (shape, of) => atMost(shape, of, false))
    this.number('exclusiveMaximum', (shape, of) => atMost(shape, of, true))
    this.number('multipleOf', (shape, of) => shape.multiples.push(of))
    this.number('minLength', (shape, of) => (shape.minLength = Math.max(shape.minLength, of)))
    this.number('maxLength', (shape, of) => (shape.maxLength = Math.min(shape.maxLength, of)))
    if (this.has('pattern')) this.add('pattern', (shape) => shape.patterns.push(schema.pattern as string))
    if (this.has('format')) this.add('format', (shape) => keepFormat(shape, schema.format as string))
  }

  arrays(): void {
    const { schema } = this
    this.number('minItems', (shape, of) => (shape.minItems = Math.max(shape.minItems, of)))
    this.number('maxItems', (shape, of) => (shape.maxItems = Math.min(shape.maxItems, of)))
    if (this.has('uniqueItems') && schema.uniqueItems === true) this.add('uniqueItems', (shape) => (shape.unique = true))
    const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems.length : 0
    if (this.has('prefixItems')) {
      for (const [i, part] of (schema.prefixItems as readonly unknown[]).entries())
        if (!omits(this.node, schema.prefixItems, String(i))) {
          const term = isKept(this.child(part, 'prefixItems', i))
          this.add('prefixItems', (shape) => {
            shape.items.push({ from: i, to: i + 1, term })
            if (part === false) shape.maxItems = Math.min(shape.maxItems, i)
          })
        }
      this.cover('prefixItems', { items: prefix })
    }
    if (this.has('items')) {
      const term = isKept(this.child(schema.items, 'items'))
      this.add('items', (shape) => {
        shape.items.push({ from: prefix, to: Number.POSITIVE_INFINITY, term })
        if (schema.items === false) shape.maxItems = Math.min(shape.maxItems, prefix)
      })
      this.cover('items', { items: Number.POSITIVE_INFINITY })
    }
    if (this.has('contains')) {
      const { groups } = this
      const term = isKept(this.child(schema.contains, 'contains'))
      const min = this.has('minContains') ? Number(schema.minContains) : 1
      const max = this.has('maxContains') ? Number(schema.maxContains) : Number.POSITIVE_INFINITY
      this.add('contains', (shape) => {
        shape.contains.push({ term, min, max, groups })
        shape.minItems = Math.max(shape.minItems, min)
        if (min > max) shape.kinds &= ~kinds.array
        shape.loose = true
      })
    }
  }

  objects(): void {
    const { schema } = this
    this.number('minProperties', (shape, of) => (shape.minProperties = Math.max(shape.minProperties, of)))
    this.number('maxProperties', (shape, of) => (shape.maxProperties = Math.min(shape.maxProperties, of)))
    if (this.has('required'))
      this.add('required', (shape) => {
        for (const name of schema.required ?? []) shape.required.add(name)
      })
    for (const [name, part] of this.table('properties')) {
      const term = isKept(this.child(part, 'properties', name))
      this.add('properties', (shape) => {
        shape.members.set(name, [...(shape.members.get(name) ?? []), term])
        if (part === false) shape.forbidden.add(name)
      })
    }
    const except: Names = {
      names: new Set(Object.keys((own(schema, 'properties') as object) ?? {})),
      patterns: Object.keys((own(schema, 'patternProperties') as object) ?? {}),
    }
    if (this.has('properties')) this.cover('properties', { names: except.names })
    for (const [pattern, part] of this.table('patternProperties')) {
      const term = isKept(this.child(part, 'patternProperties', pattern))
      this.add('patternProperties', (shape) => shape.patternMembers.push({ pattern, term }))
    }
    if (this.has('patternProperties')) this.cover('patternProperties', { patterns: except.patterns })
    if (this.has('additionalProperties')) {
      const term = isKept(this.child(schema.additionalProperties, 'additionalProperties'))
      this.add('additionalProperties', (shape) => shape.otherMembers.push({ except, term }))
      this.cover('additionalProperties', { all: true })
    }
    if (this.has('propertyNames')) {
      const term = isKept(this.child(schema.propertyNames, 'propertyNames'))
      this.add('propertyNames', (shape) => shape.names.push(term))
    }
  }

  /** Either the member is not there, or what it asks for holds. */
  dependences(): void {
    const { node } = this
    const choose = (keyword: string, name: string, ...otherwise: Literal[]) =>
      this.choices.push({ options: [[fact(node, keyword, (shape) => shape.forbidden.add(name))], otherwise] })
    if (this.has('dependentRequired'))
      for (const [name, others] of Object.entries(this.schema.dependentRequired as Record<string, readonly string[]>))
        choose('dependentRequired', name, objectWith(node, 'dependentRequired', [name, ...others]))
    for (const [name, part] of this.table('dependentSchemas'))
      choose('dependentSchemas', name, objectWith(node, 'dependentSchemas', [name]), this.also(this.child(part, 'dependentSchemas', name)))
    for (const [name, part] of this.table('dependencies')) {
      if (Array.isArray(part)) choose('dependencies', name, objectWith(node, 'dependencies', [name, ...part]))
      else {
        const term = isKept(this.child(part, 'dependencies', name))
        choose('dependencies', name, objectWith(node, 'dependencies', [name]), { term, groups: [] })
      }
    }
  }

  applicators(): void {
    const { node, resources, schema, facts, choices } = this
    for (const keyword of references)
      if (this.has(keyword))
        facts.push(
          resources.isCircle(node, keyword)
            ? fact(node, keyword, (shape) => (shape.kinds = 0))
            : this.also(resources.referred(node, keyword)),
        )
    for (const part of this.list('allOf')) facts.push(this.also(part))
    if (this.has('anyOf')) choices.push({ options: this.list('anyOf').map((part) => [this.also(part)]) })
    if (this.has('oneOf')) {
      const parts = this.list('oneOf')
      choices.push({
        options: parts.map((part) => [
          this.also(part),
          ...parts.filter((other) => other !== part).map((other) => fact(node, 'oneOf', (shape) => defer(shape, isBroken(other)))),
          ...(parts.filter((other) => other === part).length > 1 ? [fact(node, 'oneOf', (shape) => (shape.kinds = 0))] : []),
        ]),
      })
    }
    if (this.has('not')) facts.push(this.not(this.child(schema.not, 'not')))
    if (this.has('if')) {
      const condition = this.child(schema.if, 'if')
      const branch = (keyword: string) => (this.has(keyword) ? [this.also(this.child(schema[keyword], keyword))] : [])
      if (this.has('then') || this.has('else') || this.groups.length > 0)
        choices.push({
          options: [
            [this.also(condition), ...branch('then')],
            [this.not(condition), ...branch('else')],
          ],
        })
    }
  }

  unevaluated(): void {
    const { node, schema, outer } = this
    for (const keyword of ['unevaluatedItems', 'unevaluatedProperties'] as const) {
      if (!Object.hasOwn(schema, keyword) || keyword === this.without) continue
      const isItems = keyword === 'unevaluatedItems'
      if (this.has(keyword)) {
        const term = isKept(this.child(schema[keyword], keyword))
        this.add(keyword, (shape) => {
          shape[isItems ? 'unevaluatedItems' : 'unevaluatedMembers'].push({ group: node.id, term })
          shape.loose = true
        })
      }
      if (outer.length > 0)
        this.add(keyword, (shape) =>
          shape.covers.push({
            groups: outer,
            names: new Set(),
            patterns: [],
            items: isItems ? Number.POSITIVE_INFINITY : 0,
            all: !isItems,
          }),
        )
    }
  }
}

function keepFormat(shape: Shape, format: string): void {
  if (format === 'int32') {
    atLeast(shape, -(2 ** 31), false)
    atMost(shape, 2 ** 31 - 1, false)
  } else shape.formats.push(format)
}

function defer(shape: Shape, term: Term): void {
  if (term.node.schema === true) shape.kinds = 0
  if (typeof term.node.schema === 'boolean') return
  shape.deferred.push(term)
  shape.loose = true
}
