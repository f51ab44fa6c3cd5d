import { UsageError } from '../core/errors'
import { isObject, valueAt } from '../core/json'
import { leadsElsewhere } from './gather'
import { isJson } from './mediaType'
import { nestedReasonably, type ParsedFile } from './parse'
import { copy, pointerSegments } from './pointer'

type Members = Record<string, unknown>
type Path = readonly (string | number)[]

/**
 * Turns a Swagger 2.0 document into OpenAPI 3.0; a document of another version is returned as it is. Places are still told as the lines of
 * the file that was read.
 * @throws UsageError for another version of Swagger, or what cannot be converted
 */
export async function fromSwagger(spec: ParsedFile): Promise<ParsedFile> {
  const { swagger } = spec.data
  if (swagger === undefined) return spec
  // A version that is written as a number is meant all the same.
  if (String(swagger) !== '2.0' && swagger !== 2)
    throw new UsageError(`Swagger ${String(swagger)} is not known; 2.0 is`, spec.at(['swagger']))
  const { upgradeFromTwoToThree } = await import('@scalar/openapi-upgrader/2.0-to-3.0')
  const source = spec.data
  const data = nestedReasonably(spec.file, () => {
    const prepared = copy(source)
    inline(prepared)
    try {
      const converted = upgradeFromTwoToThree({ ...prepared, swagger: '2.0' }) as Members
      complete(source, converted)
      return converted
    } catch (error) {
      if (error instanceof RangeError) throw error
      throw new UsageError(`cannot be converted from Swagger 2.0: ${(error as Error).message.split('\n')[0]}`, spec.file)
    }
  })
  const before = (path: Path) => placeBefore(source, data, path)
  return { file: spec.file, data, at: (path) => spec.at(before(path)), lineOf: (path) => spec.lineOf(before(path)) }
}

/**
 * Puts in place what the converter does not follow: parameters of the body, which become another member, and what other files state, which
 * it does not reach. Schemas stay where they are: they are the same in both versions.
 */
function inline(document: Members): void {
  const parameters = (value: unknown) => {
    const list = valueAt(value, ['parameters'])
    if (!Array.isArray(list)) return
    for (const [index, item] of list.entries()) {
      const target = targetOf(document, item)
      const isBody = isObject(target) && (target.in === 'body' || target.in === 'formData')
      if (isElsewhere(item) || isBody) list[index] = copy(target)
    }
  }
  const paths = isObject(document.paths) ? document.paths : {}
  for (const [path, item] of Object.entries(paths)) {
    if (isElsewhere(item)) (paths as Members)[path] = copy(targetOf(document, item))
    parameters(paths[path])
    for (const operation of isObject(paths[path]) ? Object.values(paths[path]) : []) {
      if (!isObject(operation) || Array.isArray(operation)) continue
      parameters(operation)
      for (const [status, response] of Object.entries(isObject(operation.responses) ? operation.responses : {}))
        if (isElsewhere(response)) (operation.responses as Members)[status] = copy(targetOf(document, response))
    }
  }
}

/** Puts right what the converter leaves out: what an operation itself produces, forms that are mandatory, and all that is said of their fields. */
function complete(source: Members, converted: Members): void {
  const produced = typesIn(source.produces)
  for (const [path, item] of Object.entries(isObject(source.paths) ? source.paths : {}))
    for (const [method, operation] of Object.entries(isObject(item) ? (item as Members) : {})) {
      const made = valueAt(converted, ['paths', path, method])
      if (!isObject(operation) || !isObject(made) || !isObject(operation.responses)) continue
      const own = typesIn(operation.produces)
      if (own) produce(converted, made as Members, own, produced)
      for (const one of [...listAt(made), ...listAt(valueAt(converted, ['paths', path]))]) {
        const parameter = targetOf(converted, one)
        const { name, in: part } = isObject(parameter) ? parameter : {}
        const stated = [...listAt(operation), ...listAt(item)].map((other) => targetOf(source, other))
        if (stated.some((other) => isObject(other) && other.name === name && other.in === part && other.collectionFormat === 'tsv'))
          Object.assign(parameter as Members, { style: 'tabDelimited', explode: false })
      }
      const fields = [...listAt(item), ...listAt(operation)]
        .map((one) => targetOf(source, one))
        .filter((one): one is Members => isObject(one) && one.in === 'formData')
      if (fields.length > 0) (made as Members).requestBody = form(fields, typesIn(operation.consumes) ?? typesIn(source.consumes) ?? [])
    }
}

const listAt = (holder: unknown): readonly unknown[] => [valueAt(holder, ['parameters']) ?? []].flat()

const typesIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.length > 0 ? value.map(String) : undefined

/** Answers in the media types of the operation; errors often come in one that the document gives to others. */
function produce(converted: Members, operation: Members, own: readonly string[], all: readonly string[] | undefined): void {
  const responses = operation.responses as Members
  for (const [status, response] of Object.entries(responses)) {
    const answer = copy(targetOf(converted, response)) as Members
    const [media] = isObject(answer.content) ? Object.values(answer.content) : []
    if (!isObject(media)) continue
    const others = /^2/.test(status) || own.some(isJson) ? [] : (all ?? []).filter(isJson)
    answer.content = Object.fromEntries([...own, ...others].map((type) => [type, media]))
    responses[status] = answer
  }
}

const formTypes = ['application/x-www-form-urlencoded', 'multipart/form-data']
/** What is said of a field as a parameter, and not of its values. */
const ofField = new Set(['name', 'in', 'required', 'collectionFormat', 'allowEmptyValue', 'type', 'format'])

/** The body of a form (Swagger 2.0, Parameter Object): files want `multipart/form-data`. */
function form(fields: readonly Members[], consumes: readonly string[]): Members {
  const isFile = fields.some(({ type }) => type === 'file')
  const stated = consumes.filter(
    (type) => formTypes.includes(type.split(';')[0]?.trim().toLowerCase() ?? '') && !(isFile && /urlencoded/.test(type)),
  )
  const types = stated.length > 0 ? stated : [isFile ? 'multipart/form-data' : 'application/x-www-form-urlencoded']
  const names = fields.filter(({ required }) => required === true).map(({ name }) => String(name))
  const properties = fields.map((field) => {
    const kind =
      field.type === 'file' ? { type: 'string', format: 'binary' } : { type: field.type, ...(field.format ? { format: field.format } : {}) }
    return [String(field.name), { ...kind, ...Object.fromEntries(Object.entries(field).filter(([key]) => !ofField.has(key))) }] as const
  })
  const encoding = fields
    .filter(({ type, collectionFormat }) => type === 'array' && collectionFormat !== 'multi')
    .map(({ name, collectionFormat }) => [String(name), { style: styles[String(collectionFormat)] ?? 'form', explode: false }] as const)
  const schema = { type: 'object', properties: Object.fromEntries(properties), ...(names.length > 0 ? { required: names } : {}) }
  const media = { schema, ...(encoding.length > 0 ? { encoding: Object.fromEntries(encoding) } : {}) }
  return { required: names.length > 0, content: Object.fromEntries(types.map((type) => [type, copy(media)])) }
}

const styles: Readonly<Record<string, string>> = { csv: 'form', ssv: 'spaceDelimited', tsv: 'tabDelimited', pipes: 'pipeDelimited' }

const isElsewhere = (value: unknown): boolean => isObject(value) && typeof value.$ref === 'string' && leadsElsewhere(value.$ref)

function targetOf(document: Members, value: unknown): unknown {
  let target = value
  for (let steps = 0; steps < 64 && isObject(target) && typeof target.$ref === 'string' && target.$ref.startsWith('#'); steps++)
    target = valueAt(document, pointerSegments(target.$ref))
  return target ?? value
}

const moved: Readonly<Record<string, string>> = {
  schemas: 'definitions',
  parameters: 'parameters',
  requestBodies: 'parameters',
  responses: 'responses',
  securitySchemes: 'securityDefinitions',
}

/** Where a place of the converted document stands in the source. */
function placeBefore(source: Members, converted: Members, path: Path): Path {
  const before: (string | number)[] = []
  for (let index = 0; index < path.length; index++) {
    const key = path[index] as string | number
    const there = valueAt(source, before)
    if (index === 0 && key === 'components' && path.length > 1) before.push(moved[String(path[++index])] ?? String(path[index]))
    else if (index === 0 && key === 'servers') return [source.host === undefined ? 'basePath' : 'host']
    else if (key === 'requestBody') {
      const list = valueAt(there, ['parameters'])
      const at = Array.isArray(list) ? list.findIndex((item) => valueAt(targetOf(source, item), ['in']) === 'body') : -1
      if (at >= 0) before.push('parameters', at)
    } else if (key === 'content' && !has(there, 'content')) index++
    else if (key === 'schema' && !has(there, 'schema')) continue
    else if (typeof key === 'number' && path[index - 1] === 'parameters') {
      const name = valueAt(converted, [...path.slice(0, index + 1), 'name']) ?? valueAt(converted, [...path.slice(0, index + 1), '$ref'])
      const at = Array.isArray(there)
        ? there.findIndex(
            (item) =>
              isObject(item) && (item.name === name || (item.$ref !== undefined && String(name).endsWith(String(item.$ref).slice(1)))),
          )
        : -1
      before.push(at < 0 ? key : at)
    } else before.push(key)
  }
  return before
}

const has = (value: unknown, key: string): boolean => isObject(value) && Object.hasOwn(value, key)
