import type { Dependence, Source } from '../../core/dependence'
import type { Operation, Schema } from '../../core/operation'
import { isJson } from '../../specs/mediaType'
import { type Schemas, typesOf } from '../schema'
import { isList, itemOf, listWay, successSchema, wrappers } from './answers'
import { collectionOf, exactFirst, letters, namesOf, nounOf } from './paths'

/** A parameter that is all of a segment, but for a verb (`{name}:cancel`) or the name of a format. */
const segment = /^\{([^}]+)\}(?::[a-z]\w*)?(?:\.(?:json|xml))?$/i

/** The longest beginning of a path that ends in a parameter, and before it is a path of its own with a POST or a list. */
export function inferred(consumer: Operation, byPath: ReadonlyMap<string, readonly Operation[]>, schemas: Schemas): readonly Dependence[] {
  const segments = consumer.path.split('/')
  const found: Dependence[] = []
  for (let at = segments.length - 1; at > 0; at--) {
    const name = segment.exec(segments[at] ?? '')?.[1]
    if (name === undefined) continue
    const collection = segments.slice(0, at).join('/')
    const beside = exactFirst(collection, byPath.get(collectionOf(collection)) ?? [])
    const create = beside.find((other) => other.method === 'POST' && other !== consumer && succeeds(other))
    const list = beside.find((other) => other.method === 'GET' && other !== consumer && isList(other, schemas))
    for (const producer of [create, list]) {
      if (!producer) continue
      const parameter = consumer.parameters.find((one) => one.in === 'path' && one.name === name)
      const wanted = typesOf(schemas.flatten(parameter?.schema))
      const sources = (producer.method === 'GET' ? listSources : createSources)(name, producer, wanted, schemas)
      const before = namesOf(collection).map((own, index): [string, readonly Source[]] => [
        own,
        [{ part: 'path', name: namesOf(producer.path)[index] as string }],
      ])
      if (sources.length > 0) found.push({ producer, consumer, values: Object.fromEntries([...before, [name, sources]]) })
    }
  }
  return found
}

export const succeeds = ({ responses }: Operation): boolean => responses.some(({ status }) => /^(2|default)/.test(status))

type Find = (name: string, producer: Operation, wanted: readonly string[], schemas: Schemas) => readonly Source[]

/** Where the first thing of a list tells its id. */
export const listSources: Find = (name, producer, wanted, schemas) => {
  const noun = nounOf(producer.path)
  const start = listWay(producer, schemas)
  const item = start && itemOf(successSchema(producer), start, schemas)
  const way = item === undefined ? undefined : wayOf(item, idNames(letters(name), noun), noun, wanted, schemas)
  return start && way ? [{ part: 'answer', way: [...start, '0', ...way] }] : []
}

/**
 * Where a create tells the id of what it made.
 * @param name of the parameter or member that takes it
 * @param wanted types that it takes; empty: any
 */
export const createSources: Find = (name, producer, wanted, schemas) => {
  const noun = nounOf(producer.path)
  const names = idNames(letters(name), noun)
  const whole = successSchema(producer)
  const way = whole === undefined ? undefined : wayOf(whole, names, noun, wanted, schemas)
  if (way) return [{ part: 'answer', way }, { part: 'location' }]
  const sent = producer.body?.content.find(({ mediaType }) => isJson(mediaType))?.schema
  const own = sent === undefined ? undefined : wayOf(sent, [letters(name)], noun, wanted, schemas)
  const said = schemas.flatten(whole)
  const isSilent = whole === undefined || (said.properties === undefined && typesOf(said)[0] !== 'array')
  return [
    { part: 'location' },
    ...(isSilent ? [{ part: 'member' as const, names }] : []),
    ...(own ? [{ part: 'body' as const, way: own }] : []),
  ]
}

/** The names under which an answer holds what a path parameter wants, the likeliest first. */
function idNames(parameter: string, noun: string): readonly string[] {
  const ids = ['id', 'uuid', 'uid', 'guid', `${noun}id`, `${noun}uuid`]
  const names = [`${noun}name`, 'name', 'slug', 'key', 'code']
  const all = /(id|guid|pk)$/.test(parameter)
    ? [parameter, ...ids]
    : /(name|slug|key|code)$/.test(parameter)
      ? [parameter, ...names]
      : parameter === noun
        ? [parameter, ...ids, ...names]
        : [parameter]
  return [...new Set(all)]
}

/** Wrappers within wrappers that are looked into. */
const mostWrappers = 3

/** The way to the first of the names that an object has, itself or in what it wraps. */
function wayOf(
  schema: Schema,
  names: readonly string[],
  noun: string,
  wanted: readonly string[],
  schemas: Schemas,
  depth = 0,
): readonly string[] | undefined {
  if (depth > mostWrappers) return undefined
  const { properties = {} } = schemas.flatten(schema)
  const entries = Object.entries(properties)
  for (const name of names) {
    const own = entries.find(([key, member]) => letters(key) === name && fits(member, wanted, schemas))
    if (own) return [own[0]]
  }
  for (const [key, member] of entries) {
    if (!wrappers.test(key) && letters(key) !== noun) continue
    const inner = wayOf(member, names, noun, wanted, schemas, depth + 1)
    if (inner) return [key, ...inner]
  }
  return undefined
}

function fits(schema: Schema, wanted: readonly string[], schemas: Schemas): boolean {
  const types = typesOf(schemas.flatten(schema))
  if (types.includes('object') || types.includes('array') || types.includes('boolean')) return false
  return !(wanted.length > 0 && types.length > 0 && wanted.every((type) => type === 'integer') && types.every((type) => type === 'string'))
}
