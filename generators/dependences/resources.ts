import type { Resource } from '../../core/dependence'
import type { ApiDocument, Operation } from '../../core/operation'
import { schemasOf } from '../schema'
import { isList } from './answers'
import { dependencesOf } from './dependence'
import { byCollection, collectionOf, exactFirst, shape } from './paths'
import { idsWanted } from './references'

/** What operations of a document create, with those that find, list, change and remove it, as far as it has them. */
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
    const [replace, patch] = ['PUT', 'PATCH'].map((method) => own.find(({ consumer }) => consumer.method === method))
    const linked = dependences.find(
      ({ producer, consumer, link }) => producer === create && link !== undefined && consumer.method === 'GET' && isList(consumer, schemas),
    )?.consumer
    const [beside] = exactFirst(create.path, byPath.get(collectionOf(create.path)) ?? [])
    const list = linked ?? (beside && isList(beside, schemas) ? beside : undefined)
    const isResource = own.length > 0 || (list !== undefined && create.responses.some(({ status }) => status === '201'))
    if (!isResource || (!find && !list)) return []
    return [
      {
        create,
        ...(find ? { find } : {}),
        ...(list ? { list } : {}),
        ...(replace ? { replace } : {}),
        ...(patch ? { patch } : {}),
        ...(remove ? { remove } : {}),
      },
    ]
  })
}

/** The operations that it takes to send some: those that give their ids, and those of the resources that they create. */
export function withProducers(document: ApiDocument, ids: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set(ids)
  for (const { create, find, list, replace, patch, remove } of resourcesOf(document)) {
    if (ids.has(create.id))
      for (const operation of [find?.consumer, list, replace?.consumer, patch?.consumer, remove?.consumer])
        if (operation) all.add(operation.id)
    // A list shows what was created.
    if (list && ids.has(list.id)) all.add(create.id)
  }
  // It grows on the way.
  for (const id of all) {
    for (const { producer } of dependencesOf(document).get(id) ?? []) all.add(producer.id)
    for (const { consumer, producer } of idsWanted(document)) if (consumer.id === id) all.add(producer.id)
  }
  return all
}

const isItem = (create: Operation, { path }: Operation): boolean =>
  shape(path).endsWith('/{}') && collectionOf(shape(path).slice(0, -'/{}'.length)) === collectionOf(create.path)
