import { UsageError } from '../core/errors'
import { isObject } from '../core/json'
import { leadsElsewhere } from './gather'
import { nestedReasonably, type ParsedFile } from './parse'
import { copy, pointerSegments, valueAt } from './pointer'

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
      return upgradeFromTwoToThree({ ...prepared, swagger: '2.0' }) as Members
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
