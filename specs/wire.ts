import type { Change, WireRequest } from '../core/case'
import { isObject, type Json } from '../core/json'
import { decoded, encoded } from './pointer'

/** A request before it is written: parameters and a JSON body, still open to changes. */
export interface RequestModel {
  readonly method: string
  /** Path template with `{name}` parameters. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: readonly (readonly [string, string])[]
  readonly headers: readonly (readonly [string, string])[]
  /** Parts of the query that are written already, by parameter. */
  readonly search?: readonly (readonly [string, string])[]
  /** Path parameters that are written already. */
  readonly written?: Readonly<Record<string, string>>
  readonly body?: Json
  /** A body that is not JSON. */
  readonly bytes?: Buffer
}

/** A JSON document as text that can hold what a value cannot: a key twice, `8.0`, a member out of order. */
type Node = { text: string } | { entries: [string, Node][] } | { items: Node[] }

function toNode(value: Json): Node {
  if (Array.isArray(value)) return { items: value.map(toNode) }
  if (isObject(value)) return { entries: Object.entries(value).map(([key, member]) => [key, toNode(member)]) }
  return { text: JSON.stringify(value) }
}

function writeNode(node: Node): string {
  if ('text' in node) return node.text
  if ('items' in node) return `[${node.items.map(writeNode).join(',')}]`
  return `{${node.entries.map(([key, member]) => `${JSON.stringify(key)}:${writeNode(member)}`).join(',')}}`
}

/** A change that a JavaScript value can hold; `__proto__` it cannot. */
const isPlain = (change: Change): change is Change & { readonly set: Json } => 'set' in change && !change.at.includes('__proto__')

/**
 * Sets values of a body, in order; what is not on the way to them is shared with the old one. A place that is not there is left alone.
 * @param changes places are `body…`
 */
export function withValues(body: Json, changes: readonly { readonly at: readonly string[]; readonly set: Json }[]): Json {
  if (changes.length === 1) return changeValue(body, changes[0] as (typeof changes)[0])
  const own = new Set<Json>()
  return changes.reduce((all, change) => changeValue(all, change, own), body)
}

/** @param own objects that may be written to, as they were copied before */
function changeValue(root: Json, { at, set }: { readonly at: readonly string[]; readonly set: Json }, own?: Set<Json>, depth = 1): Json {
  const key = at[depth]
  if (key === undefined) return set
  const isLast = depth === at.length - 1
  const isList = Array.isArray(root)
  if (!isList && !isObject(root)) return root
  const isThere = isList ? Number(key) < root.length || (isLast && Number(key) === root.length) : isLast || Object.hasOwn(root, key)
  if (!isThere) return root
  const copy = (own?.has(root) ? root : isList ? [...root] : { ...root }) as Record<string, Json>
  own?.add(copy)
  copy[key] = isLast ? set : changeValue(copy[key] ?? null, { at, set }, own, depth + 1)
  return copy
}

/** Applies one change of the body below its root. A place that is not there is left alone, as a shrunk request may have lost it. */
function changeBody(root: Node, change: Change): Node {
  const path = change.at.slice(1)
  if ('insert' in change) {
    const target = path.reduce<Node | undefined>(child, root)
    if (target && 'entries' in target)
      target.entries.splice(change.first ? 0 : target.entries.length, 0, [change.insert, { text: change.raw }])
    return root
  }
  const made: Node | undefined = 'set' in change ? toNode(change.set) : 'raw' in change ? { text: change.raw } : undefined
  const last = path.at(-1)
  if (last === undefined) return made ?? root
  const parent = path.slice(0, -1).reduce<Node | undefined>(child, root)
  if (!parent || 'text' in parent) return root
  if ('items' in parent) {
    if (made && Number(last) <= parent.items.length) parent.items[Number(last)] = made
    else if ('remove' in change) parent.items.splice(Number(last), 1)
    return root
  }
  const index = parent.entries.findIndex(([key]) => key === last)
  const entry = parent.entries[index]
  if (made && entry) entry[1] = made
  else if (made) parent.entries.push([last, made])
  else if ('remove' in change && entry) parent.entries.splice(index, 1)
  else if ('rename' in change && entry) entry[0] = change.rename
  return root
}

function child(node: Node | undefined, key: string): Node | undefined {
  if (!node || 'text' in node) return undefined
  if ('items' in node) return node.items[Number(key)]
  return node.entries.find(([name]) => name === key)?.[1]
}

type Pair = readonly [string, string]

/** Applies one change of a list of pairs (headers, query): `set` and `raw` replace or add, `insert` adds beside, names ignore case. */
function changePairs(pairs: readonly Pair[], change: Change): readonly Pair[] {
  const name = change.at[1] ?? ''
  const same = ([key]: Pair) => key.toLowerCase() === name.toLowerCase()
  if ('remove' in change) return pairs.filter((pair) => !same(pair))
  if ('rename' in change) return pairs.map((pair) => (same(pair) ? [change.rename, pair[1]] : pair))
  if ('insert' in change) return [...pairs, [change.insert, change.raw]]
  const value = 'set' in change ? String(change.set) : 'raw' in change ? change.raw : undefined
  if (value === undefined) return pairs
  return pairs.some(same) ? pairs.map((pair) => (same(pair) ? [pair[0], value] : pair)) : [...pairs, [name, value]]
}

/** Where a request goes, before it is written: encoded path parameters, and the query. */
interface Aim {
  readonly params: Readonly<Record<string, string>>
  readonly query: readonly Pair[]
  readonly search: readonly Pair[]
}

const aimOf = ({ params, query, search = [], written = {} }: RequestModel): Aim => ({
  params: { ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, encoded(value)])), ...written },
  query,
  search,
})

function changeAim({ params, query, search }: Aim, change: Change): Aim {
  const name = change.at[1] ?? ''
  const others = search.filter(([key]) => key !== name)
  if (change.at[0] === 'query' && 'raw' in change && !('insert' in change))
    return { params, query: query.filter(([key]) => key !== name), search: change.raw === '' ? others : [...others, [name, change.raw]] }
  if (change.at[0] === 'query') return { params, query: changePairs(query, change), search: 'insert' in change ? search : others }
  if ('raw' in change) return { params: { ...params, [name]: change.raw }, query, search }
  if ('set' in change) return { params: { ...params, [name]: encoded(String(change.set)) }, query, search }
  return { params, query, search }
}

/** Replaces one cookie, written or removed. */
function changeCookie(headers: readonly Pair[], change: Change): readonly Pair[] {
  const name = change.at[1] ?? ''
  const isCookie = ([key]: Pair) => key.toLowerCase() === 'cookie'
  const others = (headers.find(isCookie)?.[1] ?? '').split('; ').filter((part) => part !== '' && decoded(part.split('=')[0] ?? '') !== name)
  const cookies = 'raw' in change ? [...others, change.raw] : others
  return [...headers.filter((pair) => !isCookie(pair)), ...(cookies.length > 0 ? [['Cookie', cookies.join('; ')] as const] : [])]
}

function targetOf(model: RequestModel, { params, query, search }: Aim): string {
  const path = model.path.replace(/\{([^}]+)\}/g, (whole, name: string) => params[name] ?? whole)
  const pairs = query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
  const whole = [...pairs, ...search.map(([, text]) => text)].join('&')
  return whole ? `${path}?${whole}` : path
}

/**
 * A request whose body is written when it is asked for: many are looked at, and never sent. What it was written from stands in it, as a
 * `WeakMap` would keep all of that until the whole heap is collected.
 */
class WrittenLater implements WireRequest {
  readonly #value: Json
  #text: string | undefined
  #bytes: Buffer | undefined

  constructor(
    readonly method: string,
    readonly target: string,
    readonly headers: WireRequest['headers'],
    value: Json,
  ) {
    this.#value = value
  }

  get body(): Buffer {
    this.#bytes ??= Buffer.from(WrittenLater.textOf(this), 'utf8')
    return this.#bytes
  }

  static valueOf(request: WireRequest): Json | undefined {
    return request instanceof WrittenLater ? request.#value : undefined
  }

  static textOf(request: WrittenLater): string {
    request.#text ??= JSON.stringify(request.#value)
    return request.#text
  }
}

/** The value that a body was written from, if it was written from one: reading it back would give the same. */
export const writtenFrom = (request: WireRequest): Json | undefined => WrittenLater.valueOf(request)

/** The JSON text of that value. */
export const writtenText = (request: WireRequest): string | undefined =>
  request instanceof WrittenLater ? WrittenLater.textOf(request) : undefined

/** Requests that differ in their bodies go to one target: it is written once. */
const plainTargets = new WeakMap<RequestModel['params'], { readonly model: RequestModel; readonly target: string }>()

function plainTarget(model: RequestModel): string {
  const known = plainTargets.get(model.params)
  if (known && (['path', 'query', 'search', 'written'] as const).every((part) => known.model[part] === model[part])) return known.target
  const target = targetOf(model, aimOf(model))
  plainTargets.set(model.params, { model, target })
  return target
}

/**
 * Writes a request as bytes.
 * @param model the plain request
 * @param changes what to change, in order; places: `body…`, `header.NAME`, `query.NAME`, `path.NAME`, `cookie.NAME`, `method`. With `raw`, what
 *   stands at `query`, `path` and `cookie` is as written, name included but for the path.
 */
export function toWire(model: RequestModel, changes: readonly Change[]): WireRequest {
  let { method, headers } = model
  let aimed: Aim | undefined
  let value = model.body
  const own = changes.length > 1 ? new Set<Json>() : undefined
  let body: Node | undefined
  let bytes = model.bytes
  for (const change of changes) {
    const part = change.at[0]
    if ('bytes' in change) bytes = Buffer.from(change.bytes, 'base64')
    else if (part === 'body' && 'remove' in change && change.at.length === 1) bytes = Buffer.alloc(0)
    else if (part === 'body' && !body && isPlain(change)) value = changeValue(value ?? null, change, own)
    else if (part === 'body') body = changeBody(body ?? toNode(value ?? null), change)
    else if (part === 'header') headers = changePairs(headers, change)
    else if (part === 'cookie') headers = changeCookie(headers, change)
    else if (part === 'query' || part === 'path') aimed = changeAim(aimed ?? aimOf(model), change)
    else if (part === 'method' && 'set' in change) method = String(change.set)
  }
  const target = aimed ? targetOf(model, aimed) : plainTarget(model)
  if (!bytes && !body && value !== undefined) return new WrittenLater(method, target, headers, value)
  if (!bytes && body) bytes = Buffer.from(writeNode(body), 'utf8')
  return { method, target, headers, ...(bytes && bytes.length > 0 ? { body: bytes } : {}) }
}
