import type { Operation, Schema, SchemaObject } from '../../core/operation'
import { isJson } from '../../specs/mediaType'
import { type Schemas, typesOf } from '../schema'
import { letters } from './paths'

/** The documented schema of the JSON that an operation answers its success with. */
export function successSchema({ responses }: Operation): Schema | undefined {
  const success = responses.find(({ status, content }) => status.startsWith('2') && content.length > 0)
  return (success ?? responses.find(({ status }) => status === 'default'))?.content.find(({ mediaType }) => isJson(mediaType))?.schema
}

/** Whether the documented answer is a list. */
export const isList = (operation: Operation, schemas: Schemas): boolean => listWay(operation, schemas) !== undefined

const listNames = /^(items|data|results?|values|content|entries|records|rows|list)$/i

/** The way to the array in the documented answer of a list; undefined: it is none. */
export function listWay(operation: Operation, schemas: Schemas): readonly string[] | undefined {
  const schema = successSchema(operation)
  return schema === undefined ? undefined : arrayIn(schema, schemas, operation.path)
}

function arrayIn(schema: Schema, schemas: Schemas, path: string, depth = 0): readonly string[] | undefined {
  const flat = schemas.flatten(schema)
  if (typesOf(flat)[0] === 'array') return []
  const arrays = Object.entries(flat.properties ?? {}).filter(([, member]) => typesOf(schemas.flatten(member))[0] === 'array')
  const names = Object.keys(flat.properties ?? {})
  const noun = letters(path.split('/').at(-1) ?? '')
  const [named] = arrays.find(([name]) => letters(name) === noun) ?? []
  if (named !== undefined) return [named]
  // What has an id of its own is a thing, whatever its arrays are called; so is what has a name, and is found by one.
  if (hasId(flat) || names.some((name) => path.endsWith('}') && /^name$/i.test(name))) return undefined
  const isOfOne = names.some((name) => wrappers.test(name) && hasId(schemas.flatten(flat.properties?.[name])))
  const isEnvelope = arrays.length === 1 && !isOfOne && !names.some((name) => /^name$/i.test(name))
  const [own] = arrays.find(([name]) => listNames.test(name)) ?? (isEnvelope ? (arrays[0] ?? []) : [])
  if (own !== undefined) return [own]
  if (depth > 0) return undefined
  for (const [name, member] of Object.entries(flat.properties ?? {})) {
    if (!/^(_embedded|data|result)$/i.test(name)) continue
    const inner = arrayIn(member, schemas, path, depth + 1)
    if (inner) return [name, ...inner]
  }
  return undefined
}

const hasId = ({ properties = {} }: SchemaObject): boolean => Object.keys(properties).some((name) => /^(id|uuid)$/i.test(name))

export function itemOf(schema: Schema | undefined, way: readonly string[], schemas: Schemas): Schema | undefined {
  const list = way.reduce<Schema | undefined>((inner, name) => schemas.flatten(inner).properties?.[name], schema)
  return schemas.flatten(list).items
}

/** Members in which APIs wrap the one thing that they answer with. */
export const wrappers = /^(data|result|item|resource|metadata|payload)$/i

/** Query parameters that say how many items a list holds at most. */
export const pageSizeName = /^(limit|page_?size|per_?page|max_?results)$/i
