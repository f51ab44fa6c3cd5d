import type { Dependence, Source } from '../../core/dependence'
import type { ApiDocument } from '../../core/operation'
import { schemasOf } from '../schema'
import { inferred } from './inferred'
import { declaredBy } from './links'
import { byCollection } from './paths'
import { idsWanted } from './references'

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
  const isAmong = ({ producer, consumer }: Dependence) => ids.has(producer.id) && ids.has(consumer.id)
  const ofParameters = [...dependencesOf(document).values()].flatMap((all) => {
    const first = all.find((dependence) => isAmong(dependence) && mayTake(dependence))
    return first ? [first] : []
  })
  return [...ofParameters, ...idsWanted(document).filter(isAmong)]
}

function sourceWords(source: Source): string {
  if (source.part === 'answer') return ['answer.body', ...source.way].join('.')
  if (source.part === 'body') return ['body', ...source.way].join('.')
  if (source.part === 'member') return `answer.body.${source.names[0]}`
  if (source.part === 'location') return 'answer.header.Location'
  if (source.part === 'header') return `answer.header.${source.name}`
  return source.part === 'constant' ? JSON.stringify(source.value) : `${source.part}.${source.name}`
}
