import { isObject } from '../../core/json'
import type { Schema, SchemaObject } from '../../core/operation'
import { metaschema } from '../../specs/metaschemas'
import { keywordShapes, subschemas } from '../../specs/openapi/keywords'
import { decoded, pointerSegments } from '../../specs/pointer'
import { doubtfulIn } from './dialects'
import { CannotGenerate } from './errors'
import { createReach } from './reach'

/** A schema resource (JSON Schema Core, section 4.3.5): what one `$id` names. */
interface Resource {
  readonly uri: string
  readonly root: unknown
  readonly anchors: Map<string, SchemaObject>
  readonly dynamicAnchors: Map<string, SchemaObject>
  /** Keywords that need not be in force here. */
  doubtful: ReadonlySet<string>
}

/** For each `$dynamicAnchor` name, the outermost resource on the way that has it: all that the dynamic scope is asked for. */
interface Scope {
  readonly key: string
  readonly outermost: ReadonlyMap<string, Resource>
}

/** One keyword that is looked away from: the object that holds it (by identity) and its name. */
interface Omitted {
  readonly holder: object
  readonly key: string
}

/** A schema seen from one dynamic scope. Equal ones are the same object, so that they can be keys and be compared. */
export interface Node {
  readonly id: number
  readonly schema: Schema
  readonly resource: Resource
  readonly scope: Scope
  /** Where it was first met: a JSON pointer, for messages. */
  readonly path: string
  readonly omitted?: Omitted
}

/** Whether a keyword, or a subschema of a list or a table, is looked away from. */
export const omits = (node: Node, holder: unknown, key: string): boolean => node.omitted?.holder === holder && node.omitted?.key === key

export interface Resources {
  /** The schema that is generated from, or another one that lies in the same document. */
  node(schema: Schema, omitted?: Omitted): Node
  /** The same schema with one keyword looked away from, in it or below. */
  without(node: Node, omitted: Omitted): Node
  /** A subschema: `node.schema[keyword]`, or below it. */
  child(node: Node, schema: unknown, ...way: readonly (string | number)[]): Node
  /** The schema that `$ref` or `$dynamicRef` leads to. */
  referred(node: Node, keyword: Reference): Node
  /** Whether the reference leads back to where it stands without going into an item or a member: no value can be held against it. */
  isCircle(node: Node, keyword: Reference): boolean
}

export type Reference = '$ref' | '$dynamicRef'
export const references: readonly Reference[] = ['$ref', '$dynamicRef']
/** Keywords whose subschemas see the same value. */
const inPlace = { one: ['not', 'if', 'then', 'else'], list: ['allOf', 'anyOf', 'oneOf'], map: ['dependentSchemas', 'dependencies'] }

/** What relative URIs of a schema without `$id` are resolved against. */
const base = 'schema:///'

/**
 * Resolves the references of a schema, lazily: `$id`, `$anchor`, `$dynamicAnchor`, pointers, metaschemas.
 * @param document the root schema, or a whole document that holds schemas
 * @param others further schemas by their URI
 */
export function createResources(document: unknown, others: Readonly<Record<string, Schema>> = {}): Resources {
  const byUri = new Map<string, Resource>()
  const owners = new WeakMap<object, Resource>()
  const nodes = new WeakMap<object, Map<string, Node>>()
  const scopes = new Map<string, Scope>()
  const dynamicAnchors = new Map<string, Set<object>>()
  const reach = createReach(
    (schema, keyword) => attempt(() => locate(owners.get(schema) ?? main, String(schema[keyword]))?.schema),
    (name) => dynamicAnchors.get(name) ?? [],
  )
  let lastId = 0

  const main = register(base, document)
  for (const [uri, schema] of Object.entries(others)) if (!byUri.has(plainly(uri))) register(plainly(uri), schema)
  const holder = {}

  function register(uri: string, root: unknown): Resource {
    const own = isObject(root) && typeof root.$id === 'string' ? plainly(absolute(root.$id, uri)) : uri
    const known = byUri.get(own)
    if (known) return known
    const resource: Resource = { uri: own, root, anchors: new Map(), dynamicAnchors: new Map(), doubtful: doubtfulIn(root, others) }
    byUri.set(own, resource)
    byUri.set(uri, resource)
    crawl(root, resource)
    return resource
  }

  /** Notes where each subschema belongs. Only what a keyword makes a schema is one: an `$id` in an `enum` is data. */
  function crawl(value: unknown, resource: Resource): void {
    if (!isObject(value) || owners.has(value)) return
    const schema = value as SchemaObject
    let own = resource
    if (typeof schema.$id === 'string' && schema !== resource.root) {
      const uri = plainly(absolute(schema.$id, resource.uri))
      own = byUri.get(uri) ?? { uri, root: schema, anchors: new Map(), dynamicAnchors: new Map(), doubtful: resource.doubtful }
      byUri.set(uri, own)
      if (typeof schema.$schema === 'string') own.doubtful = doubtfulIn(schema, others)
    }
    owners.set(schema, own)
    if (typeof schema.$anchor === 'string') own.anchors.set(schema.$anchor, schema)
    if (typeof schema.$dynamicAnchor === 'string') {
      own.anchors.set(schema.$dynamicAnchor, schema)
      own.dynamicAnchors.set(schema.$dynamicAnchor, schema)
      dynamicAnchors.set(schema.$dynamicAnchor, (dynamicAnchors.get(schema.$dynamicAnchor) ?? new Set()).add(schema))
    }
    for (const keyword of subschemas.one) crawl(at(schema, keyword), own)
    for (const keyword of subschemas.list) for (const part of list(at(schema, keyword))) crawl(part, own)
    for (const keyword of subschemas.map) for (const part of members(at(schema, keyword))) crawl(part, own)
    for (const part of members(at(schema, 'dependencies'))) crawl(part, own)
  }

  function find(uri: string): Resource | undefined {
    const known = byUri.get(uri)
    if (known) return known
    const schema = metaschema(uri)
    return schema === undefined ? undefined : register(uri, schema)
  }

  /** Every resource that is entered adds the dynamic anchors that no outer one has. */
  function enter(scope: Scope, resource: Resource): Scope {
    if ([...resource.dynamicAnchors.keys()].every((name) => scope.outermost.has(name))) return scope
    const outermost = new Map(scope.outermost)
    for (const name of resource.dynamicAnchors.keys()) if (!outermost.has(name)) outermost.set(name, resource)
    const key = JSON.stringify([...outermost].map(([name, { uri }]) => [name, uri]).sort())
    const known = scopes.get(key) ?? { key, outermost }
    scopes.set(key, known)
    return known
  }

  function make(schema: unknown, resource: Resource, outer: Scope, path: string, lookedAwayFrom?: Omitted): Node {
    if (typeof schema !== 'boolean' && !isObject(schema))
      throw new CannotGenerate(`cannot generate: schema at ${path}: it is neither an object nor a boolean`)
    const owner = isObject(schema) ? (owners.get(schema) ?? resource) : resource
    const scope = enter(outer, owner)
    const of = isObject(schema) ? schema : holder
    // What does not lead there is the same schema as without: it is solved once.
    const omitted = lookedAwayFrom && isObject(schema) && reach.leads(schema, lookedAwayFrom.holder) ? lookedAwayFrom : undefined
    const known = nodes.get(of) ?? new Map<string, Node>()
    if (isObject(schema) && !nodes.has(of)) proveShapes(schema, path)
    nodes.set(of, known)
    const key = `${scope.key} ${omitted ? omittedId(omitted) : ''} ${isObject(schema) ? '' : `${schema} ${path}`}`
    const node = known.get(key) ?? { id: ++lastId, schema: schema as Schema, resource: owner, scope, path, ...(omitted ? { omitted } : {}) }
    known.set(key, node)
    return node
  }

  const omittedIds = new WeakMap<object, Map<string, number>>()
  function omittedId({ holder: of, key }: Omitted): number {
    const known = omittedIds.get(of) ?? new Map<string, number>()
    omittedIds.set(of, known)
    if (!known.has(key)) known.set(key, ++lastId)
    return known.get(key) as number
  }

  const nowhere: Scope = { key: '', outermost: new Map() }

  /** Follows a URI reference; the anchor is told where it is a dynamic one. */
  function locate(from: Resource, ref: string): { schema: unknown; resource: Resource; dynamic?: string } | undefined {
    const uri = absolute(ref, from.uri)
    const resource = find(plainly(uri))
    if (!resource) return undefined
    const fragment = decoded(uri.split('#')[1] ?? '')
    if (fragment === '') return { schema: resource.root, resource }
    if (!fragment.startsWith('/')) {
      const schema = resource.anchors.get(fragment)
      if (!schema) return undefined
      return { schema, resource, ...(resource.dynamicAnchors.has(fragment) ? { dynamic: fragment } : {}) }
    }
    let owner = resource
    let value: unknown = resource.root
    for (const segment of pointerSegments(fragment)) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined
      value = (value as Record<string, unknown>)[segment]
      if (isObject(value)) owner = owners.get(value) ?? owner
    }
    crawl(value, owner)
    return { schema: value, resource: owner }
  }

  const child: Resources['child'] = (node, schema, ...way) =>
    make(
      schema,
      node.resource,
      node.scope,
      `${node.path}/${way.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`,
      node.omitted,
    )

  function referred(node: Node, keyword: Reference): Node {
    const ref = String((node.schema as SchemaObject)[keyword])
    const found = locate(node.resource, ref)
    if (!found) throw new CannotGenerate(`cannot generate: ${keyword} at ${node.path}: ${JSON.stringify(ref)} is not there`)
    const { schema, resource, dynamic } = found
    const outer = keyword === '$dynamicRef' && dynamic !== undefined ? node.scope.outermost.get(dynamic) : undefined
    if (outer && dynamic !== undefined)
      return make(outer.dynamicAnchors.get(dynamic), outer, node.scope, `${plainly(outer.uri)}#${dynamic}`.replace(base, ''), node.omitted)
    const [, fragment = ''] = absolute(ref, node.resource.uri).split('#')
    return make(schema, resource, node.scope, `${resource.uri.replace(base, '')}#${fragment}`, node.omitted)
  }

  /** The subschemas that see the same value, those behind references too; what is not there or not well-formed is told elsewhere. */
  function* besides(node: Node): Generator<Node> {
    const { schema } = node
    if (typeof schema === 'boolean') return
    const has = (keyword: string) => Object.hasOwn(schema, keyword) && !omits(node, schema, keyword)
    for (const keyword of references) {
      const target = has(keyword) ? attempt(() => referred(node, keyword)) : undefined
      if (target) yield target
    }
    const parts = [
      ...inPlace.one.filter(has).map((keyword) => [schema, keyword] as const),
      ...[...inPlace.list, ...inPlace.map]
        .filter(has)
        .flatMap((keyword) => Object.keys(schema[keyword] as object).map((key) => [schema[keyword] as object, key, keyword] as const)),
    ]
    for (const [of, key, keyword] of parts) {
      const part = (of as Record<string, unknown>)[key]
      const target =
        isObject(part) && !omits(node, of, key) ? attempt(() => child(node, part, ...(keyword ? [keyword, key] : [key]))) : undefined
      if (target) yield target
    }
  }

  const circles = new Map<Node, Map<Reference, boolean>>()

  return {
    node(schema, omitted) {
      crawl(schema, main)
      if (isObject(schema)) reach.add(schema)
      return make(schema, main, nowhere, '#', omitted)
    },
    without: ({ schema, resource, scope, path }, omitted) => make(schema, resource, scope, path, omitted),
    child,
    referred,
    isCircle(node, keyword) {
      const known = circles.get(node) ?? new Map<Reference, boolean>()
      circles.set(node, known)
      const told = known.get(keyword)
      if (told !== undefined) return told
      const todo = [referred(node, keyword)]
      const seen = new Set(todo)
      for (let next = todo.pop(); next && !seen.has(node); next = todo.pop())
        for (const target of besides(next))
          if (!seen.has(target)) {
            seen.add(target)
            todo.push(target)
          }
      known.set(keyword, seen.has(node))
      return seen.has(node)
    },
  }
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof CannotGenerate) return undefined
    throw error
  }
}

/** @throws CannotGenerate at a keyword whose value is of another shape than the standard asks for */
function proveShapes(schema: SchemaObject, path: string): void {
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'examples' || !Object.hasOwn(keywordShapes, keyword) || keywordShapes[keyword]?.(value)) continue
    throw new CannotGenerate(`cannot generate: ${keyword} at ${path}: its value has not the shape of this keyword`)
  }
  for (const pattern of isObject(schema.patternProperties) ? Object.keys(schema.patternProperties) : [])
    if (!keywordShapes.pattern?.(pattern))
      throw new CannotGenerate(`cannot generate: patternProperties at ${path}: ${JSON.stringify(pattern)} is no pattern`)
}

const at = (schema: SchemaObject, keyword: string): unknown => (Object.hasOwn(schema, keyword) ? schema[keyword] : undefined)
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const members = (value: unknown): readonly unknown[] => (isObject(value) ? Object.values(value) : [])
const plainly = (uri: string): string => uri.split('#')[0] as string

function absolute(reference: string, from: string): string {
  try {
    return new URL(reference, from).href
  } catch {
    return reference
  }
}
