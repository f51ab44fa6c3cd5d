import { isObject, valueAt } from '../core/json'
import type { Operation } from '../core/operation'
import { leadsElsewhere } from './gather'
import { pointerSegments } from './pointer'

type Path = readonly (string | number)[]
type Document = Readonly<Record<string, unknown>>

/** `$ref`s and schemas within schemas are followed this deep: a schema may hold itself. */
const maxDepth = 64

/**
 * The path in a document of what states a place of an operation: the parameter, or the member's entry in `properties`.
 * A place that the document does not name has the path of the nearest around it, at last the operation's; one in another file, the path of
 * the `$ref` to it.
 * @param place `path.mesh_id`, `body.spec.ingress.port`, `answer.body.items.[].id`, `answer.header.Location`, `method`, …
 * @param statuses the answers to look in, in order; none: all
 */
export function pathOf(document: Document, { method, path }: Operation, place: string, statuses?: readonly string[]): Path {
  const item = follow(document, ['paths', path])
  const at = [...item, method.toLowerCase()]
  const [part = '', rest = ''] = split(place)
  if (part === 'body') return inContent(document, [...at, 'requestBody'], rest)
  if (part === 'answer') return inAnswers(document, at, rest, statuses)
  for (const list of [
    [...at, 'parameters'],
    [...item, 'parameters'],
  ]) {
    const parameters = valueAt(document, list)
    for (const [index] of Array.isArray(parameters) ? parameters.entries() : []) {
      const found = valueAt(document, follow(document, [...list, index]))
      if (isObject(found) && found.in === part && sameName(part, String(found.name), rest)) return [...list, index]
    }
  }
  return at
}

/** The first segment of a place, and the rest. */
function split(place: string): readonly [string, string] {
  const end = place.indexOf('.')
  return end < 0 ? [place, ''] : [place.slice(0, end), place.slice(end + 1)]
}

const sameName = (part: string, a: string, b: string): boolean => (part === 'header' ? a.toLowerCase() === b.toLowerCase() : a === b)

/** Where the `$ref`s at a path lead. */
function follow(document: Document, path: Path): Path {
  let at = path
  for (let depth = 0; depth < maxDepth; depth++) {
    const value = valueAt(document, at)
    if (!isObject(value) || typeof value.$ref !== 'string' || !value.$ref.startsWith('#') || leadsElsewhere(value.$ref)) return at
    at = pointerSegments(value.$ref)
  }
  return at
}

function inAnswers(document: Document, operation: Path, place: string, statuses?: readonly string[]): Path {
  const responses = [...operation, 'responses']
  const all = valueAt(document, responses)
  const documented = isObject(all) ? Object.keys(all) : []
  const [part, rest] = split(place)
  const [status] = statuses?.filter((one) => documented.includes(one)) ?? documented
  if (status === undefined) return operation
  const answer = [...responses, status]
  if (part === 'body') return inContent(document, answer, rest)
  const headers = [...follow(document, answer), 'headers']
  const named = valueAt(document, headers)
  const name = part === 'header' && isObject(named) ? Object.keys(named).find((one) => sameName('header', one, rest)) : undefined
  return name === undefined ? answer : [...headers, name]
}

/** In the schema of a body: of JSON, if there is one of JSON. */
function inContent(document: Document, body: Path, place: string): Path {
  const content = [...follow(document, body), 'content']
  const types = valueAt(document, content)
  const names = isObject(types) ? Object.keys(types) : []
  const name = names.find((one) => /[/+]json\b/i.test(one)) ?? names[0]
  return (place === '' || name === undefined ? undefined : inSchema(document, [...content, name, 'schema'], place)) ?? body
}

/** Undefined where the schema names not even the first member of the place. Names may have dots in them: the longest that fits counts. */
function inSchema(document: Document, path: Path, place: string, depth = 0): Path | undefined {
  if (depth > maxDepth) return undefined
  const at = follow(document, path)
  const schema = valueAt(document, at)
  if (!isObject(schema)) return undefined
  const properties = isObject(schema.properties) ? Object.keys(schema.properties) : []
  const [name] = properties.filter((one) => place === one || place.startsWith(`${one}.`)).sort((a, b) => b.length - a.length)
  const found = name === undefined ? undefined : [...at, 'properties', name]
  const inside = found ?? (split(place)[0] === '[]' && schema.items !== undefined ? [...at, 'items'] : undefined)
  if (inside) {
    const rest = place.slice((name ?? '[]').length + 1)
    return (rest === '' ? undefined : inSchema(document, inside, rest, depth + 1)) ?? inside
  }
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
    const list = schema[keyword]
    for (const [index] of Array.isArray(list) ? list.entries() : []) {
      const one = inSchema(document, [...at, keyword, index], place, depth + 1)
      if (one) return one
    }
  }
  return undefined
}
