import type { Dependence, Resource, Source } from '../core/dependence'
import type { Exchange } from '../core/exchange'
import { header } from '../core/exchange'
import { isObject, type Json, parseJson } from '../core/json'
import type { ApiDocument, LinkDefinition, Operation, Schema } from '../core/operation'
import { isJson } from '../specs/bodies'
import { decodedSegment, pathValues } from '../specs/template'
import { valueAt } from './plain'
import { type Schemas, schemasOf, typesOf } from './schema'

const cache = new WeakMap<ApiDocument, ReadonlyMap<string, readonly Dependence[]>>()

/**
 * Which operations take what others have answered. Links of the document (OpenAPI, Link Object) go before what is inferred: the parameter
 * behind a path that a POST is sent to is the id of what the POST made (`POST /things`, `GET /things/{id}`), or of what a GET lists there.
 * @returns by the consumer's id, the surest first
 */
export function dependencesOf(document: ApiDocument): ReadonlyMap<string, readonly Dependence[]> {
  const known = cache.get(document)
  if (known) return known
  const operations = document.operations.map(({ assumed }) => assumed)
  const schemas = schemasOf(document.assumed)
  const byPath = byCollection(operations)
  const declared = operations.flatMap((producer) =>
    producer.responses
      .filter(({ status }) => status.startsWith('2'))
      .flatMap(({ links = [] }) => links)
      .flatMap((link) => declaredBy(producer, link, operations)),
  )
  const all = new Map(
    operations.map((consumer) => [
      consumer.id,
      [...declared.filter((dependence) => dependence.consumer === consumer), ...inferred(consumer, byPath, schemas)],
    ]),
  )
  cache.set(document, all)
  return all
}

/** What operations of a document create, with those that find, list and remove it, as far as it has them. */
export function resourcesOf(document: ApiDocument): readonly Resource[] {
  const dependences = [...dependencesOf(document).values()].flat()
  const schemas = schemasOf(document.assumed)
  const operations = document.operations.map(({ assumed }) => assumed)
  const byPath = byCollection(operations.filter(({ method }) => method === 'GET'))
  return operations.flatMap((create): readonly Resource[] => {
    if (create.method !== 'POST') return []
    const own = dependences.filter(
      ({ producer, consumer, link }) => producer === create && (link !== undefined || isItem(create, consumer)),
    )
    const find = own.find(({ consumer }) => consumer.method === 'GET' && !isList(consumer, schemas))
    const remove = own.find(({ consumer }) => consumer.method === 'DELETE')
    const linked = dependences.find(
      ({ producer, consumer, link }) => producer === create && link !== undefined && consumer.method === 'GET' && isList(consumer, schemas),
    )?.consumer
    const [beside] = exactFirst(create.path, byPath.get(collectionOf(create.path)) ?? [])
    const list = linked ?? (beside && isList(beside, schemas) ? beside : undefined)
    const isResource = own.length > 0 || (list !== undefined && create.responses.some(({ status }) => status === '201'))
    if (!isResource || (!find && !list)) return []
    return [{ create, ...(find ? { find } : {}), ...(list ? { list } : {}), ...(remove ? { remove } : {}) }]
  })
}

/** Whether a dependence names one thing, and not only the place under which it was made. */
export const namesThing = ({ values }: Dependence): boolean =>
  Object.values(values).some((sources) => sources.some(({ part }) => part !== 'path' && part !== 'query' && part !== 'constant'))

/** `GET /things/{id}` takes id from body.id of the answer to `POST /things`: where it comes from, for people. */
export function dependenceWords({ producer, consumer, link, values }: Dependence): string {
  const own = Object.entries(values)
    .filter(([name, [source]]) => !(source?.part === 'path' && source.name === name))
    .map(([name, [source]]) => `${name} from ${source ? sourceWords(source) : 'nowhere'}`)
  const how = link === undefined ? 'inferred from paths and names' : `declared by the link ${link}`
  return `${consumer.method} ${consumer.path} takes ${own.join(', ')} of ${producer.method} ${producer.path} (${how})`
}

/** Whether the consumer may be sent what the producer gives: only what the run itself has made is changed or removed. */
export const mayTake = (dependence: Dependence): boolean => {
  const { producer, consumer } = dependence
  if (!namesThing(dependence) || producer === consumer) return false
  return producer.method === 'POST' || (producer.method === 'GET' && consumer.method === 'GET')
}

/** The surest dependence of each operation, among operations that are sent. */
export function dependencesAmong(document: ApiDocument, ids: ReadonlySet<string>): readonly Dependence[] {
  return [...dependencesOf(document)].flatMap(([id, all]) => {
    const first = ids.has(id) ? all.find((dependence) => ids.has(dependence.producer.id) && mayTake(dependence)) : undefined
    return first ? [first] : []
  })
}

/** The operations that it takes to send some: those that give their ids, and those of the resources that they create. */
export function withProducers(document: ApiDocument, ids: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set(ids)
  for (const { create, find, list, remove } of resourcesOf(document)) {
    if (ids.has(create.id)) for (const operation of [find?.consumer, list, remove?.consumer]) if (operation) all.add(operation.id)
    // A list shows what was created.
    if (list && ids.has(list.id)) all.add(create.id)
  }
  // It grows on the way.
  for (const id of all) for (const { producer } of dependencesOf(document).get(id) ?? []) all.add(producer.id)
  return all
}

function sourceWords(source: Source): string {
  if (source.part === 'answer') return ['answer.body', ...source.way].join('.')
  if (source.part === 'body') return ['body', ...source.way].join('.')
  if (source.part === 'member') return `answer.body.${source.names[0]}`
  if (source.part === 'location') return 'answer.header.Location'
  if (source.part === 'header') return `answer.header.${source.name}`
  return source.part === 'constant' ? JSON.stringify(source.value) : `${source.part}.${source.name}`
}

/**
 * The values that an exchange with the producer gives to the consumer.
 * @returns decoded, by parameter; undefined: the exchange does not give each of them
 */
export function valuesFrom({ values, consumer, producer }: Dependence, exchange: Exchange): Readonly<Record<string, string>> | undefined {
  const { answer } = exchange
  if (!answer || answer.status < 200 || answer.status > 299) return undefined
  const received = parseJson(answer.body)
  const sent = parseJson(exchange.case.request.body)
  const found = Object.entries(values).map(([name, sources]) => [
    name,
    sources.map((source) => read(source, name)).find((value) => value !== undefined && value !== ''),
  ])
  return found.every(([, value]) => value !== undefined) ? Object.fromEntries(found) : undefined

  function read(source: Source, name: string): string | undefined {
    const { target } = exchange.case.request
    if (source.part === 'answer') return scalar(valueAt(received, source.way))
    if (source.part === 'member') return memberOf(received, source.names)
    if (source.part === 'body') return scalar(valueAt(sent, source.way))
    if (source.part === 'header') return answer && header(answer, source.name.toLowerCase())
    if (source.part === 'constant') return source.value
    if (source.part === 'query') return new URLSearchParams(target.split('?')[1] ?? '').get(source.name) ?? undefined
    if (source.part === 'path') return decoded(pathValues(producer.path, target)[source.name])
    return decoded(located(answer && header(answer, 'location'), consumer.path)?.[name])
  }
}

const decoded = (segment: string | undefined): string | undefined => (segment === undefined ? undefined : decodedSegment(segment))

/** The path parameters in a `Location`, whatever base path goes before. */
function located(location: string | undefined, template: string): Readonly<Record<string, string>> | undefined {
  const path = location?.replace(/^[a-z]+:\/\/[^/]*/i, '').split(/[?#]/)[0]
  if (path === undefined) return undefined
  const parts = path.split('/').filter((part) => part !== '')
  const wanted = template.split('/').filter((part) => part !== '')
  return pathValues(template, `/${parts.slice(-wanted.length).join('/')}`)
}

/** A text or number as it stands in a path. */
export const scalar = (value: Json | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

/** The first of the names that an answer, or the one object that it wraps, has a text or number by. */
function memberOf(value: Json | undefined, names: readonly string[]): string | undefined {
  if (!isObject(value)) return undefined
  for (const object of [
    value,
    ...Object.entries(value)
      .filter(([name]) => wrappers.test(name))
      .map(([, inner]) => inner),
  ]) {
    if (!isObject(object)) continue
    for (const name of names) {
      const own = Object.entries(object).find(([key, inner]) => letters(key) === name && scalar(inner as Json) !== undefined)
      if (own) return scalar(own[1] as Json)
    }
  }
  return undefined
}

/** Members in which APIs wrap the one thing that they answer with. */
const wrappers = /^(data|result|item|resource|metadata|payload)$/i

/** A path with its parameters' names left out, and without a slash at its end. */
const shape = (path: string): string => path.replace(/\{[^}]+\}/g, '{}').replace(/\/$/, '')

const letters = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** The same where a collection has the plural, and one of its things the singular: `POST /silences`, `GET /silence/{id}`. */
const collectionOf = (path: string): string => shape(path).replace(/[^/{}]+$/, (last) => singular(last.toLowerCase()))

function byCollection(operations: readonly Operation[]): ReadonlyMap<string, readonly Operation[]> {
  const found = new Map<string, Operation[]>()
  for (const operation of operations) {
    const collection = collectionOf(operation.path)
    const known = found.get(collection)
    if (known) known.push(operation)
    else found.set(collection, [operation])
  }
  return found
}

/** Operations of the very path go before those of its plural or singular. */
const exactFirst = (path: string, operations: readonly Operation[]): readonly Operation[] => {
  const isExact = (operation: Operation) => shape(operation.path) === shape(path)
  return [...operations.filter(isExact), ...operations.filter((operation) => !isExact(operation))]
}

const isItem = (create: Operation, { path }: Operation): boolean =>
  shape(path).endsWith('/{}') && collectionOf(shape(path).slice(0, -'/{}'.length)) === collectionOf(create.path)

const succeeds = ({ responses }: Operation): boolean => responses.some(({ status }) => /^(2|default)/.test(status))

function declaredBy(producer: Operation, { name, operation, parameters }: LinkDefinition, operations: readonly Operation[]): Dependence[] {
  const consumer = operations.find(({ id, method, path }) => id === operation || `${method} ${path}` === operation)
  if (!consumer || consumer === producer) return []
  const own = Object.entries(parameters).flatMap(([key, expression]): [string, readonly Source[]][] => {
    const source = expressed(expression)
    return source ? [[key.replace(/^(path|query)\./, ''), [source]]] : []
  })
  const shared = namesOf(consumer.path)
    .filter((key) => namesOf(producer.path).includes(key) && !own.some(([other]) => other === key))
    .map((key): [string, readonly Source[]] => [key, [{ part: 'path', name: key }]])
  const values = Object.fromEntries([...shared, ...own])
  return [{ producer, consumer, link: name, values }]
}

/** A runtime expression (OpenAPI 3.1, Link Object) or a constant; undefined: one of which nothing is known here. */
function expressed(text: string): Source | undefined {
  const expression = /^\{(\$[^{}]+)\}$/.exec(text)?.[1] ?? text
  if (!expression.startsWith('$')) return { part: 'constant', value: expression }
  const [, of, part, rest = ''] = /^\$(request|response)\.(body|header|query|path)[#.]?(.*)$/.exec(expression) ?? []
  const way = rest
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (part === 'body') return of === 'response' ? { part: 'answer', way } : { part: 'body', way }
  if (part === 'header' && of === 'response') return { part: 'header', name: rest }
  return (part === 'query' || part === 'path') && of === 'request' ? { part, name: rest } : undefined
}

const namesOf = (path: string): readonly string[] => [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name as string)

/** The longest beginning of a path that ends in a parameter, and before it is a path of its own with a POST or a list. */
function inferred(consumer: Operation, byPath: ReadonlyMap<string, readonly Operation[]>, schemas: Schemas): readonly Dependence[] {
  const segments = consumer.path.split('/')
  const found: Dependence[] = []
  for (let at = segments.length - 1; at > 0; at--) {
    const name = /^\{([^}]+)\}$/.exec(segments[at] ?? '')?.[1]
    if (name === undefined) continue
    const collection = segments.slice(0, at).join('/')
    const beside = exactFirst(collection, byPath.get(collectionOf(collection)) ?? [])
    const create = beside.find((other) => other.method === 'POST' && other !== consumer && succeeds(other))
    const list = beside.find((other) => other.method === 'GET' && other !== consumer && isList(other, schemas))
    for (const producer of [create, list]) {
      if (!producer) continue
      const sources = sourcesOf(consumer, name, producer, schemas)
      const before = namesOf(collection).map((own, index): [string, readonly Source[]] => [
        own,
        [{ part: 'path', name: namesOf(producer.path)[index] as string }],
      ])
      if (sources.length > 0) found.push({ producer, consumer, values: Object.fromEntries([...before, [name, sources]]) })
    }
  }
  return found
}

/** The documented schema of the JSON that an operation answers its success with. */
export function successSchema({ responses }: Operation): Schema | undefined {
  const success = responses.find(({ status, content }) => status.startsWith('2') && content.length > 0)
  return (success ?? responses.find(({ status }) => status === 'default'))?.content.find(({ mediaType }) => isJson(mediaType))?.schema
}

function sourcesOf(consumer: Operation, name: string, producer: Operation, schemas: Schemas): readonly Source[] {
  const noun = nounOf(producer.path)
  const names = idNames(letters(name), noun)
  const whole = successSchema(producer)
  const isCreate = producer.method !== 'GET'
  const start = isCreate ? [] : listWay(producer, schemas)
  if (start === undefined) return []
  const answered = isCreate ? whole : itemOf(whole, start, schemas)
  const parameter = consumer.parameters.find((one) => one.in === 'path' && one.name === name)
  const wanted = typesOf(schemas.flatten(parameter?.schema))
  const way = answered === undefined ? undefined : wayOf(answered, names, noun, wanted, schemas)
  const prefix = isCreate ? [] : [...start, '0']
  if (way) return [{ part: 'answer', way: [...prefix, ...way] }, ...(isCreate ? [{ part: 'location' as const }] : [])]
  if (!isCreate) return []
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

/** `categories` is `category`, `boxes` is `box`. */
const singular = (noun: string): string =>
  noun
    .replace(/ies$/, 'y')
    .replace(/(s|x|ch|sh)es$/, '$1')
    .replace(/([^s])s$/, '$1')

/** What a path's collection holds: `category` of `/shops/{id}/categories`. */
const nounOf = (path: string): string =>
  singular(
    letters(
      path
        .split('/')
        .filter((part) => part !== '' && !part.startsWith('{'))
        .at(-1) ?? '',
    ),
  )

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
  const noun = letters(path.split('/').at(-1) ?? '')
  const named = arrays.find(([name]) => letters(name) === noun) ?? arrays.find(([name]) => listNames.test(name))
  const isEnvelope = arrays.length === 1 && !Object.keys(flat.properties ?? {}).some((name) => /^(id|name|uuid)$/i.test(name))
  const [own] = named ?? (isEnvelope ? (arrays[0] ?? []) : [])
  if (own !== undefined) return [own]
  if (depth > 0) return undefined
  for (const [name, member] of Object.entries(flat.properties ?? {})) {
    if (!/^(_embedded|data|result)$/i.test(name)) continue
    const inner = arrayIn(member, schemas, path, depth + 1)
    if (inner) return [name, ...inner]
  }
  return undefined
}

function itemOf(schema: Schema | undefined, way: readonly string[], schemas: Schemas): Schema | undefined {
  const list = way.reduce<Schema | undefined>((inner, name) => schemas.flatten(inner).properties?.[name], schema)
  return schemas.flatten(list).items
}
