import { exec, type JsonValue } from 'jsonpath-rfc9535'
import { UsageError } from '../core/errors'
import { isObject, valueAt } from '../core/json'
import type { Assumption } from '../core/operation'
import type { ParsedFile } from './parse'
import { copy } from './pointer'

type Members = Record<string, unknown>

/** One change of a document, with what a report tells of it. */
interface Action {
  readonly target: string
  readonly update?: unknown
  readonly remove: boolean
  readonly assumption: Assumption
  /** `file:line:column` of the action. */
  readonly at: () => string
}

/** An OpenAPI Overlay 1.0 as read: its actions in order, and what it says of silences that it does not narrow. */
export interface Overlay {
  readonly file: string
  readonly actions: readonly Action[]
  readonly silences: readonly Assumption[]
}

const known = new Set(['target', 'description', 'update', 'remove'])

/**
 * Reads an overlay. Besides the standard's members, an action may bear `x-place`, `x-question` and `x-assumption` for the report,
 * and the overlay `x-silences`: a list of `{ place, question, assumption, reason }` where the docs say nothing and nothing is narrowed.
 * @throws UsageError with file, line and column
 */
export function readOverlay(parsed: ParsedFile): Overlay {
  const { data, file, at } = parsed
  if (typeof data.overlay !== 'string') throw new UsageError('is no overlay: it has no `overlay: 1.0.0`', file)
  if (!/^1\.[01]\.\d+/.test(data.overlay)) throw new UsageError(`overlay ${data.overlay} is not known; 1.0.0 is`, at(['overlay']))
  if (!Array.isArray(data.actions) || data.actions.length === 0) throw new UsageError('has no actions', at(['actions']))
  return {
    file,
    actions: data.actions.map((action, index) => readAction(action, file, () => at(['actions', index]))),
    silences: readSilences(data['x-silences'], parsed),
  }
}

function readAction(value: unknown, file: string, at: () => string): Action {
  if (!isObject(value)) throw new UsageError('an action is an object with a target', at())
  const action: Members = value
  const { target, update } = action
  if (typeof target !== 'string') throw new UsageError('an action needs a target, a JSONPath such as $.info', at())
  const odd = Object.keys(action).find((key) => !known.has(key) && !key.startsWith('x-'))
  if (odd) throw new UsageError(`an action has no member ${odd}; it has ${[...known].join(', ')}`, at())
  if (action.remove !== undefined && typeof action.remove !== 'boolean') throw new UsageError('remove is true or false', at())
  const remove = action.remove === true
  if (update === undefined && !remove) throw new UsageError(`the action on ${target} says neither update nor remove`, at())
  const change = remove ? `${target} is left out` : `${target}: ${JSON.stringify(update)}`
  return {
    target,
    update,
    remove,
    at,
    assumption: {
      place: text(action['x-place']) ?? target,
      question: text(action['x-question']) ?? 'What is taken for granted here?',
      assumption: text(action['x-assumption']) ?? (change.length > 300 ? `${change.slice(0, 299)}…` : change),
      reason: text(action.description) ?? `Set by ${file}.`,
      source: file,
    },
  }
}

function readSilences(value: unknown, { file, at }: ParsedFile): Assumption[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new UsageError('x-silences is a list', at(['x-silences']))
  return value.map((item, index) => {
    const [place, question, assumption, reason] = ['place', 'question', 'assumption', 'reason'].map((key) => text(valueAt(item, [key])))
    if (place === undefined || question === undefined || assumption === undefined || reason === undefined) {
      throw new UsageError('a silence has place, question, assumption and reason, all texts', at(['x-silences', index]))
    }
    return { place, question, assumption, reason, source: file }
  })
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/**
 * Applies an overlay to a document, in place, action by action. Objects merge member by member; an array in an update is appended to
 * the array that is there (as Overlay 1.1 has made explicit); a single member may be removed too.
 * @throws UsageError for a target that is no JSONPath or matches nothing, or an update that does not fit it
 */
export function applyOverlay(document: Members, overlay: Overlay): void {
  for (const action of overlay.actions) {
    const found = select(document, action)
    if (found.length === 0) throw new UsageError(`the target ${action.target} matches nothing in the document`, action.at())
    for (const path of lastFirst(found)) {
      if (action.remove) removeAt(document, path, action)
      else updateAt(document, path, action)
    }
  }
}

/** Each once, and items from the last to the first: removing one must not move those still to be removed. */
const lastFirst = (paths: readonly (string | number)[][]): readonly (string | number)[][] =>
  [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()].sort((a, b) => {
    const at = a.findIndex((part, i) => part !== b[i])
    const [one, other] = [a[at], b[at]]
    if (typeof one === 'number' && typeof other === 'number') return other - one
    return one === undefined || other === undefined ? b.length - a.length : String(one) < String(other) ? -1 : 1
  })

const named = /^\$(?:\.[A-Za-z_]\w*|\['[^'\\]*'\])*$/

/** What is named member by member is found without a parser, whose loading takes longer than all else of an overlay. */
function selectNamed(document: Members, target: string): (string | number)[][] {
  const path = [...target.matchAll(/\.(\w+)|\['([^']*)'\]/g)].map(([, word, quoted]) => word ?? (quoted as string))
  let node: unknown = document
  for (const name of path) {
    if (!isObject(node) || !Object.hasOwn(node, name)) return []
    node = (node as Members)[name]
  }
  return [path]
}

function select(document: Members, { target, at }: Action): (string | number)[][] {
  if (named.test(target)) return selectNamed(document, target)
  const paths: (string | number)[][] = []
  try {
    exec(document as JsonValue, target, (_, path) => paths.push([...path]))
  } catch (error) {
    throw new UsageError(`the target ${target} is no JSONPath (RFC 9535): ${(error as Error).message}`, at())
  }
  return paths
}

function removeAt(document: Members, path: readonly (string | number)[], { at }: Action): void {
  const last = path.at(-1)
  if (last === undefined) throw new UsageError('the whole document cannot be removed', at())
  const parent = valueAt(document, path.slice(0, -1))
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else delete (parent as Members)[last]
}

function updateAt(document: Members, path: readonly (string | number)[], { update, target, at }: Action): void {
  const node = valueAt(document, path)
  if (Array.isArray(node)) node.push(...(Array.isArray(update) ? copy(update) : [copy(update)]))
  else if (isObject(node) && isObject(update)) merge(node, update)
  else if (isObject(node)) throw new UsageError(`the target ${target} is an object, so the update must be one`, at())
  else throw new UsageError(`the target ${target} is a single value: target the object that holds it`, at())
}

function merge(target: Members, update: Members): void {
  for (const [key, value] of Object.entries(update)) {
    const there = Object.hasOwn(target, key) ? target[key] : undefined
    if (isObject(there) && isObject(value)) merge(there, value)
    else if (Array.isArray(there) && Array.isArray(value)) there.push(...copy(value))
    // A member may be called `__proto__`.
    else Object.defineProperty(target, key, { value: copy(value), writable: true, enumerable: true, configurable: true })
  }
}
