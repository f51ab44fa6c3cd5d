import { UsageError } from '../../core/errors'
import { isObject, valueAt } from '../../core/json'
import type { LinkDefinition, MediaType, Operation, Parameter, ResponseDefinition, Schema } from '../../core/operation'
import type { DocsPlace } from '../../core/place'
import { isJson } from '../mediaType'
import { pointerSegments } from '../pointer'
import type { NormaliseOptions } from './normalise'
import { type Given, readSecurity } from './security'
import { readServer } from './server'

type Path = readonly (string | number)[]
type Members = Record<string, unknown>

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
const locations = ['path', 'query', 'header', 'cookie']

/**
 * The operations of an OpenAPI 3.1 document whose schemas are normalised; schemas in them are the document's own objects.
 * `$ref`s to parameters, bodies, answers and path items are followed, those in schemas stay.
 * @param given the credentials that the caller has, for operations that take one or another
 * @throws UsageError for an operation without answers, a parameter without a name, a `$ref` to nowhere
 */
export function readOperations(document: Members, options: NormaliseOptions, given?: Given): Operation[] {
  const operations: Operation[] = []
  const ids = new Set<string>()
  for (const [path, item] of members(document.paths)) {
    if (path.startsWith('x-')) continue
    const at = ['paths', path]
    if (!path.startsWith('/')) throw new UsageError(`the path ${path} does not begin with /`, options.at(at))
    const pathItem = follow(document, item, at, options)
    for (const method of methods) {
      if (!isObject(pathItem[method])) continue
      const operation = readOperation(document, { path, method, pathItem, at: [...at, method] }, options, given)
      const id = ids.has(operation.id) ? `${operation.method} ${path}` : operation.id
      if (id !== operation.id) options.warn(`${options.at([...at, method])}: operationId ${operation.id} is used twice; here ${id} is used`)
      ids.add(id)
      operations.push({ ...operation, id })
    }
  }
  return operations
}

interface Place {
  readonly path: string
  readonly method: string
  readonly pathItem: Members
  readonly at: Path
}

function readOperation(document: Members, place: Place, options: NormaliseOptions, given?: Given): Operation {
  const { path, method, pathItem, at } = place
  const operation = pathItem[method] as Members
  const name = `${method.toUpperCase()} ${path}`
  const responses = readResponses(document, operation, at, options)
  if (responses.length === 0) throw new UsageError(`${name} states no answers (responses): nothing can be judged`, options.at(at))
  const security = readSecurity(document, operation, given)
  const server = readServer(operation) ?? readServer(pathItem)
  return {
    id: text(operation.operationId) || name,
    method: method.toUpperCase(),
    path,
    ...(server ? { server } : {}),
    summary: text(operation.summary),
    ...(Array.isArray(operation.tags) ? { tags: operation.tags.map(String) } : {}),
    parameters: security.parameters.reduce(withCredential, readParameters(document, place, options)),
    ...(security.alternatives.length > 0 ? { credentials: security.alternatives } : {}),
    ...(operation.requestBody === undefined ? {} : { body: readBody(document, operation.requestBody, [...at, 'requestBody'], options) }),
    responses,
    docs: docsOf(operation),
  }
}

/** Security goes before a parameter of its name. */
const withCredential = (parameters: readonly Parameter[], credential: Parameter): Parameter[] => [
  ...parameters.filter((parameter) => key(parameter) !== key(credential)),
  { ...parameters.find((parameter) => key(parameter) === key(credential)), ...credential },
]

/** The path item's parameters, replaced by the operation's of the same name and place; a path parameter that nobody describes is any text. */
function readParameters(document: Members, { path, pathItem, method, at }: Place, options: NormaliseOptions): Parameter[] {
  const parameters = new Map<string, Parameter>()
  const sources = [
    [pathItem.parameters, [...at.slice(0, -1), 'parameters']],
    [(pathItem[method] as Members).parameters, [...at, 'parameters']],
  ] as const
  for (const [list, listAt] of sources) {
    for (const [index, item] of (Array.isArray(list) ? list : []).entries()) {
      const parameter = readParameter(document, item, [...listAt, index], options)
      parameters.set(key(parameter), parameter)
    }
  }
  const described = [...parameters.values()].filter(({ name, in: location }) => {
    const stray = location === 'path' && !path.includes(`{${name}}`)
    if (stray) options.warn(`${options.at(at)}: path parameter ${name} is not in ${path}; it is left out`)
    return !stray
  })
  const names = [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name!)
  const missing = names.filter((name) => !parameters.has(key({ name, in: 'path' })))
  for (const name of missing) options.warn(`${options.at(at)}: path parameter ${name} is not described; any text is taken to fit`)
  return [...missing.map((name): Parameter => ({ name, in: 'path', required: true, schema: { type: 'string' } })), ...described]
}

/** Header names are one whatever their case. */
const key = ({ name, in: location }: Pick<Parameter, 'name' | 'in'>): string =>
  `${location} ${location === 'header' ? name.toLowerCase() : name}`

function readParameter(document: Members, value: unknown, at: Path, options: NormaliseOptions): Parameter {
  const parameter = follow(document, value, at, options)
  return toParameter(parameter, parameter.name, parameter.in, at, options)
}

function toParameter(parameter: Members, name: unknown, location: unknown, at: Path, options: NormaliseOptions): Parameter {
  if (typeof name !== 'string' || name === '') throw new UsageError('a parameter has no name', options.at(at))
  if (!locations.includes(location as string)) {
    throw new UsageError(`parameter ${name} stands in ${String(location)}; it can be in ${locations.join(', ')}`, options.at(at))
  }
  const [content] = readContent(parameter.content)
  return {
    name,
    in: location as Parameter['in'],
    required: location === 'path' || parameter.required === true,
    schema: schemaOf(parameter) ?? content?.schema ?? true,
    ...(typeof parameter.style === 'string' ? { style: parameter.style } : {}),
    ...(typeof parameter.explode === 'boolean' ? { explode: parameter.explode } : {}),
    ...(schemaOf(parameter) === undefined && content ? { mediaType: content.mediaType } : {}),
    description: text(parameter.description),
    docs: docsOf(parameter),
  }
}

function readBody(document: Members, value: unknown, at: Path, options: NormaliseOptions): Operation['body'] {
  const body = follow(document, value, at, options)
  return { required: body.required === true, content: withJson(readContent(body.content)) }
}

/** OpenAPI 3.1 lets an operation leave its answers out: then any status is documented. */
function readResponses(document: Members, operation: Members, place: Path, options: NormaliseOptions): ResponseDefinition[] {
  if (operation.responses === undefined && !String(document.openapi).startsWith('3.0')) {
    options.warn(`${options.at(place)}: no answers are stated (responses); any status is taken to be documented`)
    return [{ status: 'default', description: '', content: [] }]
  }
  const at = [...place, 'responses']
  const responses: ResponseDefinition[] = []
  for (const [status, item] of members(operation.responses)) {
    if (status.startsWith('x-')) continue
    if (!/^([1-5](\d\d|XX)|default)$/i.test(status)) {
      options.warn(`${options.at([...at, status])}: ${status} is no status code; it is left out`)
      continue
    }
    const response = follow(document, item, [...at, status], options)
    const headers = readHeaders(document, response.headers, [...at, status, 'headers'], options)
    const links = readLinks(document, response.links, [...at, status, 'links'], options)
    responses.push({
      status: status.toLowerCase() === 'default' ? 'default' : status.toUpperCase(),
      description: text(response.description) ?? '',
      content: withJson(readContent(response.content)),
      ...(headers.length > 0 ? { headers } : {}),
      ...(links.length > 0 ? { links } : {}),
      docs: docsOf(response),
    })
  }
  return responses
}

/** A header is a parameter whose name and place are known (OpenAPI 3.1, Header Object). */
const readHeaders = (document: Members, value: unknown, at: Path, options: NormaliseOptions): Parameter[] =>
  members(value)
    .filter(([name]) => name.toLowerCase() !== 'content-type')
    .map(([name, item]) => toParameter(follow(document, item, [...at, name], options), name, 'header', [...at, name], options))

function readLinks(document: Members, value: unknown, at: Path, options: NormaliseOptions): LinkDefinition[] {
  return members(value).flatMap(([name, item]) => {
    const { operationId, operationRef, parameters } = follow(document, item, [...at, name], options)
    const operation = text(operationId) ?? named(text(operationRef))
    if (operation === undefined) {
      options.warn(`${options.at([...at, name])}: the link ${name} names no operation of this document; it is not followed`)
      return []
    }
    const values = members(parameters).filter(([, expression]) => ['string', 'number', 'boolean'].includes(typeof expression))
    return [{ name, operation, parameters: Object.fromEntries(values.map(([key, expression]) => [key, String(expression)])) }]
  })
}

/** The operation that a reference within the document leads to, as `METHOD path`. */
function named(reference: string | undefined): string | undefined {
  const [paths, path, method, ...rest] = reference?.startsWith('#/') ? pointerSegments(reference) : []
  return paths === 'paths' && path !== undefined && method !== undefined && rest.length === 0
    ? `${method.toUpperCase()} ${path}`
    : undefined
}

const readContent = (content: unknown): MediaType[] =>
  members(content).map(([mediaType, media]) => {
    const encoding = isObject(media) ? readEncoding(media.encoding) : []
    const partTypes = isObject(media) ? readPartTypes(media.encoding) : []
    return {
      mediaType,
      schema: (isObject(media) ? schemaOf(media as Members) : undefined) ?? true,
      ...(encoding.length > 0 ? { encoding: Object.fromEntries(encoding) } : {}),
      ...(partTypes.length > 0 ? { partTypes: Object.fromEntries(partTypes) } : {}),
    }
  })

const isRange = ({ mediaType }: MediaType): boolean => /^(\*|application)\/\*/.test(mediaType)

/** A range of media types that JSON is of: what goes in JSON is what its schema says, and bodies are sent so. */
function withJson(content: readonly MediaType[]): readonly MediaType[] {
  const range = content.find(isRange)
  return range && !content.some(({ mediaType }) => isJson(mediaType)) ? [{ ...range, mediaType: json }, ...content] : content
}

const json = 'application/json'

type Encoding = Pick<Parameter, 'style' | 'explode' | 'mediaType'>

/** A style counts before a content type; of those, JSON alone differs from the usual (OpenAPI 3.1, Encoding Object). */
function readEncoding(encoding: unknown): [string, Encoding][] {
  return members(encoding).flatMap(([name, stated]): [string, Encoding][] => {
    if (!isObject(stated)) return []
    const { style, explode, contentType } = stated
    const styled = { ...(typeof style === 'string' ? { style } : {}), ...(typeof explode === 'boolean' ? { explode } : {}) }
    if (Object.keys(styled).length > 0) return [[name, styled]]
    return typeof contentType === 'string' && isJson(contentType) ? [[name, { mediaType: contentType }]] : []
  })
}

/** Of several the first, of a range one of it. */
const readPartTypes = (encoding: unknown): [string, string][] =>
  members(encoding).flatMap(([name, stated]): [string, string][] => {
    const [first = ''] = (isObject(stated) ? (text(stated.contentType) ?? '') : '').split(',')
    const type = first
      .trim()
      .replace(/^image\/\*$/, 'image/png')
      .replace(/^\*\/\*$/, 'application/octet-stream')
      .replace('/*', '/plain')
    return /^[\w.+-]+\/[\w.+-]+(;.*)?$/.test(type) && !isJson(type) ? [[name, type]] : []
  })

function schemaOf(holder: Members): Schema | undefined {
  const { schema } = holder
  return typeof schema === 'boolean' || isObject(schema) ? (schema as Schema) : undefined
}

/** The object that a `$ref` leads to, or the object itself. */
function follow(document: Members, value: unknown, at: Path, options: NormaliseOptions): Members {
  const visited = new Set<unknown>()
  let target = value
  while (isObject(target) && typeof target.$ref === 'string') {
    const ref = target.$ref
    if (!ref.startsWith('#')) throw new UsageError(`$ref ${ref} is in another file, which is not followed: bundle it first`, options.at(at))
    if (visited.has(target)) throw new UsageError(`$ref ${ref} leads only back to itself`, options.at(at))
    visited.add(target)
    target = valueAt(document, pointerSegments(ref))
    if (target === undefined) throw new UsageError(`$ref ${ref} leads nowhere`, options.at([...at, '$ref']))
  }
  if (!isObject(target)) throw new UsageError('an object was expected', options.at(at))
  return target as Members
}

const members = (value: unknown): [string, unknown][] => (isObject(value) ? Object.entries(value) : [])
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const docsOf = (holder: Members): DocsPlace | undefined =>
  isObject(holder['x-docs']) ? (holder['x-docs'] as unknown as DocsPlace) : undefined
