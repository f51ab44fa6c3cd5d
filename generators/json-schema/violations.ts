import type fc from 'fast-check'
import { isObject, type Json } from '../../core/json'
import type { Schema, SchemaObject } from '../../core/operation'
import { formatOf } from '../../specs/formats'
import { contextsOf, type SchemaOptions, type Solved, SolvedArbitrary, solve, widths } from './arbitrary'
import { validationKeywords } from './dialects'
import { CannotGenerate } from './errors'
import type { Context } from './plan'
import { type Node, type Resources, references } from './resources'
import type { Step } from './shape'

/** One keyword at one place of a schema, and the values that break it alone. */
export type Violation = {
  /** e.g. `maximum`; `false schema` where the whole schema is `false`. */
  readonly keyword: string
  /** Where the keyword stands: a JSON pointer into the schema, or into the one of a URI that a reference led to, e.g. `#/properties/port/maximum`. */
  readonly path: string
} & (
  | {
      /** Values that break the keyword and are valid but for it. */
      readonly values: fc.Arbitrary<Json>
      readonly reason?: undefined
    }
  | {
      readonly values?: undefined
      /** Why there are none. */
      readonly reason: string
    }
)

/** A keyword that can be broken by itself, and the way to it. */
interface Place {
  readonly keyword: string
  readonly path: string
  readonly way: readonly Step[]
  /** The schemas on the way, the root first. */
  readonly through: readonly Node[]
  /** What is looked away from; none: the schema as a whole is `false`. */
  readonly omitted?: { readonly holder: object; readonly key: string }
  readonly reason?: string
}

/**
 * For each keyword at each place of a JSON Schema: values that break exactly it, so that they would be valid without it; or the reason why
 * there are none. Applicators such as `properties` are told by the keywords within them, or by themselves where these are `false`.
 * @param options as for `arbitrary`
 * @throws CannotGenerate at a schema that is not well-formed
 */
export function violations(schema: Schema, options: SchemaOptions = {}): readonly Violation[] {
  return violationsOf(contextsOf(schema, options), schema, options.formats ?? false)
}

/** How far a schema is looked through: schemas of a large document can lead to all the others. */
export interface Extent {
  /** Keywords on the way to a place, at most. */
  readonly depth: number
  readonly places: number
}

const whole: Extent = { depth: Number.POSITIVE_INFINITY, places: Number.POSITIVE_INFINITY }

/** @param wanted which of the places; the others are not solved for */
export function violationsOf(
  make: (width: number) => Context,
  schema: Schema,
  formats: boolean,
  wanted: (path: string, way: readonly Step[]) => boolean = () => true,
  extent = whole,
): readonly Violation[] {
  return places(make(widths[0]).resources, schema, formats, extent)
    .filter(({ path, way }) => wanted(path, way))
    .map(({ keyword, path, way, through, omitted, reason }): Violation => {
      if (reason !== undefined) return { keyword, path, reason }
      const from = (depth: number): Solved =>
        solve(make, ({ resources }) => {
          const node = through[depth] as Node
          const rest = { node, holds: false, way: way.slice(depth) }
          return omitted ? [{ node: resources.without(node, omitted), holds: true }, rest] : [rest]
        })
      try {
        // What cannot be broken within a subschema cannot be from above: that is told sooner.
        for (let depth = through.length - 1; depth > 0; depth--) from(depth)
        return { keyword, path, values: new SolvedArbitrary(from(0), schema) }
      } catch (error) {
        if (!(error instanceof CannotGenerate)) throw error
        return { keyword, path, reason: `nothing breaks it alone: ${error.message}` }
      }
    })
}

/** Keywords that assert by themselves. */
const asserting = [...validationKeywords, 'format', 'contains', 'minContains', 'maxContains', 'not', 'anyOf', 'oneOf']
const one = ['additionalProperties', 'items', 'propertyNames', 'then', 'else', 'unevaluatedItems', 'unevaluatedProperties'] as const
const lists = ['prefixItems', 'allOf', 'anyOf', 'oneOf'] as const
const tables = ['properties', 'patternProperties', 'dependentSchemas'] as const

function places(resources: Resources, root: Schema, formats: boolean, extent: Extent): readonly Place[] {
  const found: Place[] = []
  const seen = new Set<unknown>()
  const top = resources.node(root)
  if (root === false) found.push({ keyword: 'false schema', path: '#', way: [], through: [top] })
  walk(top, [], [top])
  return found

  function walk(node: Node, way: readonly Step[], through: readonly Node[]): void {
    const { schema } = node
    if (!isObject(schema) || seen.has(schema) || way.length >= extent.depth || found.length >= extent.places) return
    seen.add(schema)
    for (const keyword of asserting) if (Object.hasOwn(schema, keyword)) add(node, schema, way, through, keyword)
    for (const keyword of one)
      if (Object.hasOwn(schema, keyword) && (Object.hasOwn(schema, 'if') || (keyword !== 'then' && keyword !== 'else')))
        down(node, way, through, { keyword }, schema, keyword, schema[keyword], resources.child(node, schema[keyword], keyword))
    for (const keyword of lists)
      ((schema[keyword] as readonly Schema[] | undefined) ?? []).forEach((part, i) => {
        down(
          node,
          way,
          through,
          { keyword, key: String(i) },
          schema[keyword] as object,
          String(i),
          part,
          resources.child(node, part, keyword, i),
        )
      })
    for (const keyword of tables)
      for (const [name, part] of Object.entries((Object.hasOwn(schema, keyword) ? schema[keyword] : {}) as Record<string, Schema>))
        down(node, way, through, { keyword, key: name }, schema[keyword] as object, name, part, resources.child(node, part, keyword, name))
    for (const keyword of references)
      if (Object.hasOwn(schema, keyword)) {
        const target = resources.referred(node, keyword)
        down(node, way, through, { keyword }, schema, keyword, target.schema, target)
      }
  }

  /** Into a subschema; one that is `false` makes the keyword above it the one that breaks. */
  function down(
    node: Node,
    way: readonly Step[],
    through: readonly Node[],
    step: Step,
    holder: object,
    key: string,
    part: unknown,
    child: Node,
  ): void {
    const inAlternatives = step.keyword === 'anyOf' || step.keyword === 'oneOf'
    if (part === false) {
      if (!inAlternatives)
        found.push({
          keyword: step.keyword,
          path: child.path.startsWith(node.path) ? child.path : `${node.path}/${key}`,
          way: [...way, step],
          through,
          omitted: { holder, key },
        })
    } else walk(child, [...way, step], [...through, child])
  }

  function add(node: Node, schema: SchemaObject, way: readonly Step[], through: readonly Node[], keyword: string): void {
    const path = `${node.path}/${keyword}`
    const why = reasonless(schema, keyword)
    found.push({
      keyword,
      path,
      way: [...way, { keyword }],
      through,
      omitted: { holder: schema, key: keyword },
      ...(why === undefined ? {} : { reason: why }),
    })
  }

  /** Why a keyword cannot be broken, as far as that shows without solving. */
  function reasonless(schema: SchemaObject, keyword: string): string | undefined {
    if (keyword === 'format') {
      if (!formatOf(String(schema.format))) return `no check of the format ${JSON.stringify(schema.format)} is known`
      if (!formats) return 'format is an annotation here: pass { formats: true } to have it assert'
    }
    if ((keyword === 'minContains' || keyword === 'maxContains') && !Object.hasOwn(schema, 'contains'))
      return 'without contains it says nothing'
    if (keyword === 'uniqueItems' && schema.uniqueItems !== true) return 'it asks for nothing'
    return undefined
  }
}
