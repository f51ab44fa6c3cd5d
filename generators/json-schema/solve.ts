import type { Json } from '../../core/json'
import type { SchemaObject } from '../../core/operation'
import { type Node, omits, type Resources, references } from './resources'
import { anything, copyOf, type Names, type Shape, settle, type Term, termKey } from './shape'
import { allKinds, equal, kinds, kindsOfType, numberKinds, own } from './values'

/** Something to add to a shape; a fact tells where it comes from, for messages. */
type Literal = { readonly term: Term; readonly groups: readonly number[] } | Fact
interface Fact {
  readonly add: (shape: Shape) => void
  readonly keyword: string
  readonly node: Node
}
interface Choice {
  readonly options: readonly (readonly Literal[])[]
}

/** Where the solving of a schema came to nothing, for messages. */
export interface Conflict {
  readonly keyword: string
  readonly path: string
}

export interface Solver {
  /**
   * The shapes that values of all terms have, one for each choice of branches; not all where there are very many.
   * None: the terms contradict each other, and `conflict` tells where.
   */
  shapes(terms: readonly Term[], from?: Shape): readonly Shape[]
  /** The last contradiction met. */
  conflict: Conflict | undefined
  /** Whether there were more shapes than were looked for. */
  cut: boolean
}

const stepsPerShape = 80

/**
 * Solves schemas: joins `allOf`, references and siblings to one conjunction, makes each of `anyOf`, `oneOf`, `if` and `dependentSchemas` a choice,
 * and turns `not` into choices of what may break.
 * @param formats whether `format` is asserted, so that a value may break it
 * @param maxShapes more shapes than this are not looked for
 */
export function createSolver(resources: Resources, formats: boolean, maxShapes: number): Solver {
  const maxSteps = maxShapes * stepsPerShape
  let lastGroup = -1
  const solver: Solver = {
    conflict: undefined,
    cut: false,
    shapes(terms, from) {
      let steps = 0
      let turn = 0
      return search(
        from ? copyOf(from) : anything(),
        terms.map((term) => ({ term, groups: [] })),
        [],
        maxShapes,
      )

      function search(shape: Shape, queue: readonly Literal[], open: readonly Choice[], limit: number): Shape[] {
        if (steps++ > maxSteps) {
          solver.cut = true
          return []
        }
        const choices = [...open]
        const todo = [...queue].reverse()
        for (let literal = todo.pop(); literal; literal = todo.pop()) {
          if ('add' in literal) {
            literal.add(shape)
            settle(shape)
            if (shape.kinds === 0) {
              solver.conflict = { keyword: literal.keyword, path: literal.node.path }
              return []
            }
            continue
          }
          const key = `${termKey(literal.term)} ${literal.groups.join()}`
          if (shape.seen.has(key)) continue
          shape.seen.add(key)
          const { facts, choices: more } = literal.term.holds
            ? keep(literal.term.node, literal.groups)
            : { facts: [], choices: [violate(literal.term)] }
          todo.push(...[...facts].reverse())
          for (const choice of more) {
            if (choice.options.length === 1) todo.push(...[...(choice.options[0] as readonly Literal[])].reverse())
            else if (choice.options.length === 0) {
              solver.conflict = { keyword: literal.term.way?.at(-1)?.keyword ?? 'not', path: literal.term.node.path }
              return []
            } else choices.push(choice)
          }
        }
        if (choices.length === 0) return [shape]
        const narrowest = choices.reduce(
          (best, choice, i) => (choice.options.length < (choices[best] as Choice).options.length ? i : best),
          0,
        )
        const { options } = choices[narrowest] as Choice
        const rest = choices.filter((_, i) => i !== narrowest)
        const found: Shape[] = []
        const first = limit < options.length ? turn++ : 0
        options.forEach((_, i) => {
          if (found.length >= limit) {
            solver.cut = true
            return
          }
          const option = options[(i + first) % options.length] as readonly Literal[]
          found.push(...search(copyOf(shape), option, rest, Math.max(1, Math.ceil((limit - found.length) / (options.length - i)))))
        })
        return found
      }
    },
  }
  return solver

  /** What a value must keep to be valid. */
  function keep(node: Node, outer: readonly number[]): { facts: readonly Literal[]; choices: readonly Choice[] } {
    const { schema } = node
    if (typeof schema === 'boolean') return { facts: schema ? [] : [fact(node, 'false schema', (shape) => (shape.kinds = 0))], choices: [] }
    return keepKeywords(node, schema, outer)
  }

  function keepKeywords(
    node: Node,
    schema: SchemaObject,
    outer: readonly number[],
    without?: string,
  ): { facts: readonly Literal[]; choices: readonly Choice[] } {
    const facts: Literal[] = []
    const choices: Choice[] = []
    const has = (keyword: string) => Object.hasOwn(schema, keyword) && !omits(node, schema, keyword) && keyword !== without
    const watches = ['unevaluatedItems', 'unevaluatedProperties'].some((keyword) => Object.hasOwn(schema, keyword) && keyword !== without)
    // A node is its own group: references that lead in a circle come to an end.
    const group = node.id
    const groups = watches && !outer.includes(group) ? [...outer, group] : outer
    const add = (keyword: string, change: (shape: Shape) => void) => {
      facts.push(fact(node, keyword, change))
    }
    const number = (keyword: string, change: (shape: Shape, of: number) => void) => {
      if (has(keyword)) add(keyword, (shape) => change(shape, schema[keyword] as number))
    }
    const child = (of: unknown, ...way: (string | number)[]): Node => resources.child(node, of, ...way)
    const holds = (of: Node): Term => ({ node: of, holds: true })
    const breaks = (of: Node): Term => ({ node: of, holds: false })
    const also = (of: Node): Literal => ({ term: holds(of), groups })
    const not = (of: Node): Literal => ({ term: breaks(of), groups: [] })
    const table = (keyword: string): readonly (readonly [string, unknown])[] =>
      has(keyword) ? Object.entries(schema[keyword] as object).filter(([name]) => !omits(node, schema[keyword], name)) : []
    const list = (keyword: string): readonly Node[] =>
      has(keyword)
        ? (schema[keyword] as readonly unknown[]).flatMap((part, i) =>
            omits(node, schema[keyword], String(i)) ? [] : [child(part, keyword, i)],
          )
        : []
    const cover = (keyword: string, of: Partial<Names> & { all?: boolean; items?: number }) => {
      if (groups.length > 0) add(keyword, (shape) => shape.covers.push({ groups, names: new Set(), patterns: [], items: 0, ...of }))
    }

    if (has('type')) add('type', (shape) => (shape.kinds &= kindsOfType(schema.type)))
    if (has('enum')) add('enum', (shape) => only(shape, schema.enum as readonly Json[]))
    if (has('const')) add('const', (shape) => only(shape, [schema.const as Json]))

    number('minimum', (shape, of) => atLeast(shape, of, false))
    number('exclusiveMinimum', (shape, of) => atLeast(shape, of, true))
    number('maximum', (shape, of) => atMost(shape, of, false))
    number('exclusiveMaximum', (shape, of) => atMost(shape, of, true))
    number('multipleOf', (shape, of) => shape.multiples.push(of))
    number('minLength', (shape, of) => (shape.minLength = Math.max(shape.minLength, of)))
    number('maxLength', (shape, of) => (shape.maxLength = Math.min(shape.maxLength, of)))
    if (has('pattern')) add('pattern', (shape) => shape.patterns.push(schema.pattern as string))
    if (has('format')) add('format', (shape) => keepFormat(shape, schema.format as string))

    number('minItems', (shape, of) => (shape.minItems = Math.max(shape.minItems, of)))
    number('maxItems', (shape, of) => (shape.maxItems = Math.min(shape.maxItems, of)))
    if (has('uniqueItems') && schema.uniqueItems === true) add('uniqueItems', (shape) => (shape.unique = true))
    const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems.length : 0
    if (has('prefixItems')) {
      for (const [i, part] of (schema.prefixItems as readonly unknown[]).entries())
        if (!omits(node, schema.prefixItems, String(i))) {
          const term = holds(child(part, 'prefixItems', i))
          add('prefixItems', (shape) => {
            shape.items.push({ from: i, to: i + 1, term })
            if (part === false) shape.maxItems = Math.min(shape.maxItems, i)
          })
        }
      cover('prefixItems', { items: prefix })
    }
    if (has('items')) {
      const term = holds(child(schema.items, 'items'))
      add('items', (shape) => {
        shape.items.push({ from: prefix, to: Number.POSITIVE_INFINITY, term })
        if (schema.items === false) shape.maxItems = Math.min(shape.maxItems, prefix)
      })
      cover('items', { items: Number.POSITIVE_INFINITY })
    }
    if (has('contains')) {
      const term = holds(child(schema.contains, 'contains'))
      const min = has('minContains') ? Number(schema.minContains) : 1
      const max = has('maxContains') ? Number(schema.maxContains) : Number.POSITIVE_INFINITY
      add('contains', (shape) => {
        shape.contains.push({ term, min, max, groups })
        shape.minItems = Math.max(shape.minItems, min)
        if (min > max) shape.kinds &= ~kinds.array
        shape.loose = true
      })
    }

    number('minProperties', (shape, of) => (shape.minProperties = Math.max(shape.minProperties, of)))
    number('maxProperties', (shape, of) => (shape.maxProperties = Math.min(shape.maxProperties, of)))
    if (has('required'))
      add('required', (shape) => {
        for (const name of schema.required ?? []) shape.required.add(name)
      })
    for (const [name, part] of table('properties')) {
      const term = holds(child(part, 'properties', name))
      add('properties', (shape) => {
        shape.members.set(name, [...(shape.members.get(name) ?? []), term])
        if (part === false) shape.forbidden.add(name)
      })
    }
    const except: Names = {
      names: new Set(Object.keys((own(schema, 'properties') as object) ?? {})),
      patterns: Object.keys((own(schema, 'patternProperties') as object) ?? {}),
    }
    if (has('properties')) cover('properties', { names: except.names })
    for (const [pattern, part] of table('patternProperties')) {
      const term = holds(child(part, 'patternProperties', pattern))
      add('patternProperties', (shape) => shape.patternMembers.push({ pattern, term }))
    }
    if (has('patternProperties')) cover('patternProperties', { patterns: except.patterns })
    if (has('additionalProperties')) {
      const term = holds(child(schema.additionalProperties, 'additionalProperties'))
      add('additionalProperties', (shape) => shape.otherMembers.push({ except, term }))
      cover('additionalProperties', { all: true })
    }
    if (has('propertyNames')) {
      const term = holds(child(schema.propertyNames, 'propertyNames'))
      add('propertyNames', (shape) => shape.names.push(term))
    }
    if (has('dependentRequired'))
      for (const [name, others] of Object.entries(schema.dependentRequired as Record<string, readonly string[]>))
        choices.push({
          options: [
            [fact(node, 'dependentRequired', (shape) => shape.forbidden.add(name))],
            [objectWith(node, 'dependentRequired', [name, ...others])],
          ],
        })
    for (const [name, part] of table('dependentSchemas'))
      choices.push({
        options: [
          [fact(node, 'dependentSchemas', (shape) => shape.forbidden.add(name))],
          [objectWith(node, 'dependentSchemas', [name]), also(child(part, 'dependentSchemas', name))],
        ],
      })
    for (const [name, part] of table('dependencies'))
      choices.push({
        options: [
          [fact(node, 'dependencies', (shape) => shape.forbidden.add(name))],
          Array.isArray(part)
            ? [objectWith(node, 'dependencies', [name, ...part])]
            : [objectWith(node, 'dependencies', [name]), { term: holds(child(part, 'dependencies', name)), groups: [] }],
        ],
      })

    for (const keyword of references)
      if (has(keyword))
        facts.push(
          resources.isCircle(node, keyword) ? fact(node, keyword, (shape) => (shape.kinds = 0)) : also(resources.referred(node, keyword)),
        )
    for (const part of list('allOf')) facts.push(also(part))
    if (has('anyOf')) choices.push({ options: list('anyOf').map((part) => [also(part)]) })
    if (has('oneOf')) {
      const parts = list('oneOf')
      choices.push({
        options: parts.map((part) => [
          also(part),
          ...parts.filter((other) => other !== part).map((other) => fact(node, 'oneOf', (shape) => defer(shape, breaks(other)))),
          ...(parts.filter((other) => other === part).length > 1 ? [fact(node, 'oneOf', (shape) => (shape.kinds = 0))] : []),
        ]),
      })
    }
    if (has('not')) facts.push(not(child(schema.not, 'not')))
    if (has('if')) {
      const condition = child(schema.if, 'if')
      const branch = (keyword: string) => (has(keyword) ? [also(child(schema[keyword], keyword))] : [])
      if (has('then') || has('else') || groups.length > 0)
        choices.push({
          options: [
            [also(condition), ...branch('then')],
            [not(condition), ...branch('else')],
          ],
        })
    }

    for (const keyword of ['unevaluatedItems', 'unevaluatedProperties'] as const)
      if (Object.hasOwn(schema, keyword) && keyword !== without) {
        if (has(keyword)) {
          const term = holds(child(schema[keyword], keyword))
          add(keyword, (shape) => {
            shape[keyword === 'unevaluatedItems' ? 'unevaluatedItems' : 'unevaluatedMembers'].push({ group, term })
            shape.loose = true
          })
        }
        if (outer.length > 0)
          add(keyword, (shape) =>
            shape.covers.push({
              groups: outer,
              names: new Set(),
              patterns: [],
              items: keyword === 'unevaluatedItems' ? Number.POSITIVE_INFINITY : 0,
              all: keyword === 'unevaluatedProperties',
            }),
          )
      }
    return { facts, choices }
  }

  /** The ways in which a value may break a schema, or the one way that the term names. */
  function violate({ node, way }: Term): Choice {
    const { schema } = node
    if (typeof schema === 'boolean') return { options: schema ? [] : [[]] }
    const [step] = way ?? []
    const options: (readonly Literal[])[] = []
    const rest = way && way.length > 1 ? way.slice(1) : undefined
    const here = (keyword: string, key?: string): boolean => {
      if (!Object.hasOwn(schema, keyword) || omits(node, schema, keyword)) return false
      if (step && !(step.keyword === keyword && (key === undefined || step.key === undefined || step.key === key))) return false
      return !node.resource.doubtful.has(keyword)
    }
    const breaks = (of: Node): Term => ({ node: of, holds: false, ...(rest ? { way: rest } : {}) })
    const child = (of: unknown, ...path: (string | number)[]): Node => resources.child(node, of, ...path)
    const term = (of: Node): Literal => ({ term: breaks(of), groups: [] })
    const plainly = (of: Node, holds: boolean): Literal => ({ term: { node: of, holds }, groups: [] })
    const option = (keyword: string, set: number, change: (shape: Shape) => void, ...more: Literal[]) =>
      options.push([
        fact(node, keyword, (shape) => {
          shape.kinds &= set
          change(shape)
        }),
        ...more,
      ])
    const table = (keyword: string) =>
      Object.hasOwn(schema, keyword) ? Object.entries(schema[keyword] as object).filter(([name]) => here(keyword, name)) : []
    const list = (keyword: string): readonly Node[] =>
      ((own(schema, keyword) as readonly unknown[]) ?? []).map((part, i) => child(part, keyword, i))
    const number = (keyword: string, set: number, change: (shape: Shape, of: number) => void) => {
      if (here(keyword)) option(keyword, set, (shape) => change(shape, schema[keyword] as number))
    }

    if (here('type')) option('type', allKinds & ~kindsOfType(schema.type), () => {})
    if (here('const')) option('const', allKinds, (shape) => exclude(shape, [schema.const as Json]))
    if (here('enum')) option('enum', allKinds, (shape) => exclude(shape, schema.enum as readonly Json[]))
    number('minimum', numberKinds, (shape, of) => atMost(shape, of, true))
    number('exclusiveMinimum', numberKinds, (shape, of) => atMost(shape, of, false))
    number('maximum', numberKinds, (shape, of) => atLeast(shape, of, true))
    number('exclusiveMaximum', numberKinds, (shape, of) => atLeast(shape, of, false))
    number('multipleOf', numberKinds, (shape, of) => {
      shape.notMultiples.push(of)
      shape.loose = true
    })
    number('minLength', kinds.string, (shape, of) => (shape.maxLength = Math.min(shape.maxLength, of - 1)))
    number('maxLength', kinds.string, (shape, of) => (shape.minLength = Math.max(shape.minLength, of + 1)))
    if (here('pattern')) option('pattern', kinds.string, (shape) => shape.notPatterns.push(schema.pattern as string))
    if (formats && here('format'))
      option('format', kinds.string, (shape) => {
        shape.notFormats.push(schema.format as string)
        shape.loose = true
      })

    const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems.length : 0
    number('minItems', kinds.array, (shape, of) => (shape.maxItems = Math.min(shape.maxItems, of - 1)))
    number('maxItems', kinds.array, (shape, of) => (shape.minItems = Math.max(shape.minItems, of + 1)))
    if (schema.uniqueItems === true && here('uniqueItems'))
      option('uniqueItems', kinds.array, (shape) => {
        shape.repeated = true
        shape.minItems = Math.max(shape.minItems, 2)
        if (shape.unique) shape.kinds = 0
      })
    list('prefixItems').forEach((part, i) => {
      if (here('prefixItems', String(i)))
        option('prefixItems', kinds.array, (shape) => {
          shape.items.push({ from: i, to: i + 1, term: breaks(part) })
          shape.minItems = Math.max(shape.minItems, i + 1)
        })
    })
    if (here('items')) {
      const of = breaks(child(schema.items, 'items'))
      option('items', kinds.array, (shape) => {
        shape.someItem.push({ from: prefix, term: of })
        shape.minItems = Math.max(shape.minItems, prefix + 1)
      })
    }
    if (Object.hasOwn(schema, 'contains') && ['contains', 'minContains', 'maxContains'].some((keyword) => here(keyword))) {
      const of: Term = { node: child(schema.contains, 'contains'), holds: true }
      const min = Number(own(schema, 'minContains') ?? 1)
      const max = Number(own(schema, 'maxContains') ?? Number.POSITIVE_INFINITY)
      const count = (least: number, most: number) =>
        option('contains', kinds.array, (shape) => {
          shape.contains.push({ term: of, min: least, max: most, groups: [] })
          shape.minItems = Math.max(shape.minItems, least)
          shape.loose = true
        })
      if (min > 0 && (here('contains') || here('minContains'))) count(step?.keyword === 'minContains' ? Math.min(1, min - 1) : 0, min - 1)
      if (max !== Number.POSITIVE_INFINITY && here('maxContains')) count(max + 1, Number.POSITIVE_INFINITY)
    }

    number('minProperties', kinds.object, (shape, of) => (shape.maxProperties = Math.min(shape.maxProperties, of - 1)))
    number('maxProperties', kinds.object, (shape, of) => (shape.minProperties = Math.max(shape.minProperties, of + 1)))
    if (here('required'))
      for (const name of schema.required ?? [])
        if (step?.key === undefined || step.key === name) option('required', kinds.object, (shape) => shape.forbidden.add(name))
    for (const [name, part] of table('properties')) {
      const of = breaks(child(part, 'properties', name))
      option('properties', kinds.object, (shape) => {
        shape.required.add(name)
        shape.members.set(name, [...(shape.members.get(name) ?? []), of])
      })
    }
    const except: Names = {
      names: new Set(Object.keys((own(schema, 'properties') as object) ?? {})),
      patterns: Object.keys((own(schema, 'patternProperties') as object) ?? {}),
    }
    for (const [pattern, part] of table('patternProperties')) {
      const of = breaks(child(part, 'patternProperties', pattern))
      option('patternProperties', kinds.object, (shape) => shape.someMember.push({ pattern, term: of }))
    }
    if (here('additionalProperties')) {
      const of = breaks(child(schema.additionalProperties, 'additionalProperties'))
      option('additionalProperties', kinds.object, (shape) => shape.someMember.push({ except, term: of }))
    }
    if (here('propertyNames')) {
      const name = breaks(child(schema.propertyNames, 'propertyNames'))
      option('propertyNames', kinds.object, (shape) => shape.someMember.push({ name }))
    }
    if (here('dependentRequired'))
      for (const [name, others] of Object.entries(schema.dependentRequired as Record<string, readonly string[]>))
        for (const other of others)
          options.push([
            objectWith(node, 'dependentRequired', [name]),
            fact(node, 'dependentRequired', (shape) => shape.forbidden.add(other)),
          ])
    for (const [name, part] of table('dependentSchemas'))
      options.push([objectWith(node, 'dependentSchemas', [name]), term(child(part, 'dependentSchemas', name))])

    for (const keyword of references)
      if (here(keyword) && !resources.isCircle(node, keyword)) options.push([term(resources.referred(node, keyword))])
    list('allOf').forEach((part, i) => {
      if (here('allOf', String(i))) options.push([term(part)])
    })
    if (here('anyOf')) {
      const parts = list('anyOf')
      options.push(parts.map((part, i) => (step?.key === String(i) ? term(part) : plainly(part, false))))
    }
    if (here('oneOf')) {
      const parts = list('oneOf')
      options.push(parts.map((part, i) => (step?.key === String(i) ? term(part) : plainly(part, false))))
      if (step?.key === undefined)
        parts.forEach((part, i) => {
          for (const other of parts.slice(i + 1, i + 3)) options.push([plainly(part, true), plainly(other, true)])
        })
    }
    if (here('not')) options.push([plainly(child(schema.not, 'not'), true)])
    if (Object.hasOwn(schema, 'if')) {
      const condition = child(schema.if, 'if')
      if (here('then')) options.push([plainly(condition, true), term(child(schema.then, 'then'))])
      if (here('else')) options.push([plainly(condition, false), term(child(schema.else, 'else'))])
    }
    for (const keyword of ['unevaluatedItems', 'unevaluatedProperties'] as const)
      if (here(keyword)) {
        const of = breaks(child(schema[keyword], keyword))
        const group = lastGroup--
        const { facts, choices } = keepKeywords(node, schema, [group], keyword)
        const extra = fact(node, keyword, (shape) => {
          shape.kinds &= keyword === 'unevaluatedItems' ? kinds.array : kinds.object
          shape.loose = true
          if (keyword === 'unevaluatedItems') shape.someItem.push({ from: 0, term: of, unseen: group })
          else shape.someMember.push({ unseen: group, term: of })
        })
        for (const combined of product(choices)) options.push([extra, ...facts, ...combined])
      }
    return { options }
  }
}

/** Each way to take one option of every choice; a few of them where there are many. */
function product(choices: readonly Choice[]): readonly (readonly Literal[])[] {
  return choices.reduce<readonly (readonly Literal[])[]>(
    (all, { options }) => all.flatMap((so) => options.map((option) => [...so, ...option])).slice(0, 16),
    [[]],
  )
}

const fact = (node: Node, keyword: string, change: (shape: Shape) => unknown): Fact => ({
  node,
  keyword,
  add: (shape) => void change(shape),
})

const objectWith = (node: Node, keyword: string, names: readonly string[]): Fact =>
  fact(node, keyword, (shape) => {
    shape.kinds &= kinds.object
    for (const name of names) shape.required.add(name)
  })

function only(shape: Shape, values: readonly Json[]): void {
  shape.values = shape.values ? shape.values.filter((value) => values.some((other) => equal(value, other))) : values
}

function exclude(shape: Shape, values: readonly Json[]): void {
  shape.excluded.push(...values)
  if (shape.values) shape.values = shape.values.filter((value) => !values.some((other) => equal(value, other)))
}

function atLeast(shape: Shape, limit: number, open: boolean): void {
  if (limit > shape.min) [shape.min, shape.minOpen] = [limit, open]
  else if (limit === shape.min) shape.minOpen ||= open
}

function atMost(shape: Shape, limit: number, open: boolean): void {
  if (limit < shape.max) [shape.max, shape.maxOpen] = [limit, open]
  else if (limit === shape.max) shape.maxOpen ||= open
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
