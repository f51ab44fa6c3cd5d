import { isObject, valueAt } from '../core/json'
import { copy } from '../specs/pointer'

type Members = Record<string, unknown>

/** One change of a document. */
interface Mutation {
  readonly name: string
  /** The operation that shows it. */
  readonly operation: string
  readonly document: Members
}

const set =
  (key: string, value: unknown) =>
  (members: Members): void => {
    members[key] = value
  }

/** Single changes of the schemas that operations send and answer with: each makes another promise than the document did. */
export function mutationsOf(document: Members): readonly Mutation[] {
  const found: Mutation[] = []
  const seen = new Set<unknown>()
  // A schema that is both sent and answered with is changed once: for what is sent.
  for (const side of ['request', 'answer'] as const)
    for (const [path, item] of Object.entries(document.paths as Members)) {
      for (const [method, operation] of Object.entries(item as Members)) {
        if (!isObject(operation) || operation.operationId === undefined) continue
        const at = ['paths', path, method]
        const body = ((operation.parameters ?? []) as Members[]).findIndex((parameter) => parameter.in === 'body')
        const media = ['content', 'application/json', 'schema']
        const request = body < 0 ? [...at, 'requestBody', ...media] : [...at, 'parameters', String(body), 'schema']
        const status = Object.keys(operation.responses as Members).find((code) => code.startsWith('2')) as string
        const answer = [...at, 'responses', status, ...(document.swagger === undefined ? media : ['schema'])]
        walk(side === 'request' ? request : answer, side, String(operation.operationId), side === 'request' ? 'body' : 'answer')
        if (side === 'request') parameters(at, operation)
      }
    }
  return found

  /** What is said of parameters, but for those that name what is there, of which nothing is refused for certain. */
  function parameters(at: readonly string[], operation: Members): void {
    for (const holder of [at.slice(0, -1), at])
      for (const [index, parameter] of ((valueAt(document, [...holder, 'parameters']) ?? []) as Members[]).entries()) {
        if (parameter.schema === undefined || parameter.in === 'body') continue
        const way = [...holder, 'parameters', String(index)]
        const id = String(operation.operationId)
        const place = `${parameter.in}.${parameter.name}`
        if (parameter.in !== 'path') walk([...way, 'schema'], 'request', id, place, true)
        if (parameter.in === 'path' || seen.has(parameter)) continue
        seen.add(parameter)
        const changed = copy(document)
        const own = valueAt(changed, way) as Members
        own.required = own.required !== true
        found.push({ name: `${id} ${place}: ${own.required ? 'is' : 'is not'} required`, operation: id, document: changed })
      }
  }

  function walk(at: readonly string[], side: 'request' | 'answer', operation: string, place: string, isText = false): void {
    let way = at
    let schema = valueAt(document, way)
    while (isObject(schema) && typeof schema.$ref === 'string') {
      way = (schema.$ref as string).slice(2).split('/')
      schema = valueAt(document, way)
    }
    if (!isObject(schema) || seen.has(schema)) return
    seen.add(schema)
    const own = schema as Members
    const change = (name: string, to: (members: Members) => void) => {
      const changed = copy(document)
      to(valueAt(changed, way) as Members)
      found.push({ name: `${operation} ${place}: ${name}`, operation, document: changed })
    }
    const {
      type,
      minimum,
      maximum,
      minLength,
      maxLength,
      minItems,
      maxItems,
      properties,
      items,
      required = [],
    } = own as Record<string, never>
    const textual = type === 'boolean' ? 'integer' : 'boolean'
    const other = isText
      ? textual
      : type === 'string'
        ? 'boolean'
        : type === 'boolean'
          ? 'integer'
          : type === 'object'
            ? undefined
            : 'string'
    if (type !== undefined && other !== undefined && own.readOnly !== true)
      change(`type ${type} is ${other}`, (members) => {
        for (const key of Object.keys(members)) delete members[key]
        members.type = other
      })
    if (side === 'request') {
      // A list without items has no form in a query, so that nothing is said of it there.
      for (const [key, value] of Object.entries({ minimum, maximum, minLength, maxLength, minItems, maxItems }) as [
        string,
        number | undefined,
      ][])
        for (const by of [-1, 1])
          if (value !== undefined && (value + by >= (isText ? 1 : 0) || /imum$/.test(key)))
            change(`${key} ${value} is ${value + by}`, set(key, value + by))
      if (own.uniqueItems === true) change('items need not differ', set('uniqueItems', false))
      else if (type === 'array') change('items differ', set('uniqueItems', true))
      if (typeof own.pattern === 'string') change('pattern is another', set('pattern', '^[A-Z]{4}$'))
      if (Array.isArray(own.enum)) change('enum holds one more', set('enum', [...own.enum, 'one-more']))
      const needed: readonly string[] = required
      for (const name of Object.keys(properties ?? {})) {
        if (needed.includes(name))
          change(
            `${name} is not required`,
            set(
              'required',
              needed.filter((one) => one !== name),
            ),
          )
        else if ((valueAt(properties, [name]) as Members).readOnly !== true)
          change(`${name} is required`, set('required', [...needed, name]))
      }
    } else if (properties !== undefined) {
      change('one more member is required', (members) => {
        members.required = [...required, 'oneMore']
        members.properties = { ...(members.properties as Members), oneMore: { type: 'string' } }
      })
    }
    for (const name of Object.keys(properties ?? {})) walk([...way, 'properties', name], side, operation, `${place}.${name}`)
    if (items !== undefined) walk([...way, 'items'], side, operation, `${place}.[]`)
    for (const key of ['allOf', 'oneOf', 'anyOf'])
      if (Array.isArray(own[key]))
        for (const index of (own[key] as unknown[]).keys()) walk([...way, key, String(index)], side, operation, `${place}.${key}.${index}`)
  }
}
