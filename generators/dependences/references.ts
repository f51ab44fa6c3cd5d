import type { Dependence } from '../../core/dependence'
import type { ApiDocument, Operation, SchemaObject } from '../../core/operation'
import { bodyMember, flat } from '../members'
import { type Schemas, schemasOf, typesOf } from '../schema'
import { createSources, listSources, succeeds } from './inferred'
import { letters, nounOf } from './paths'

/** A member of a request body that, by its name, holds the id of a thing of another collection: `productId` beside `/products`. */
export interface Reference {
  readonly operation: Operation
  /** As in rule ids, e.g. `body.items.[].productId`. */
  readonly place: string
  /** The way to it below the body; an item of a list is `0`. */
  readonly way: readonly string[]
  /** What the document says of it under S. */
  readonly schema: SchemaObject
  /** The path of the collection. */
  readonly collection: string
  /** Where such an id comes from: the create of the collection, or its list; none: there is none that tells one. */
  readonly dependence?: Dependence
}

const cache = new WeakMap<ApiDocument, readonly Reference[]>()

/** The members of bodies that only values of other collections may be valid for, where the document itself names none. */
export function referencesIn(document: ApiDocument): readonly Reference[] {
  const known = cache.get(document) ?? findIn(document)
  cache.set(document, known)
  return known
}

/** The dependences by which members of bodies get ids of things that are there. */
export const idsWanted = (document: ApiDocument): readonly Dependence[] =>
  referencesIn(document).flatMap(({ dependence }) => (dependence ? [dependence] : []))

function findIn(document: ApiDocument): readonly Reference[] {
  const schemas = { documented: schemasOf(document.documented), assumed: schemasOf(document.assumed) }
  const operations = document.operations.map(({ assumed }) => assumed)
  const collections = new Map(operations.flatMap(({ path }) => (path.endsWith('}') ? [] : [[nounOf(path), path]])))
  // What stands at the root has no name.
  collections.delete('')
  return document.operations.flatMap((pair) => {
    const body = bodyMember(pair, schemas.documented, schemas.assumed)
    const own = nounOf(pair.documented.path)
    const collectionOf = (name: string): string | undefined => {
      const noun = nounIn(name)
      if (above.test(noun)) return collections.get(own)
      // The id of its own that a caller chooses names nothing that is there.
      const of = noun === own ? undefined : collections.get(noun)
      return of ?? collections.get(nounIn(roles.exec(name)?.[1] ?? ''))
    }
    return (body ? flat(body) : []).flatMap(({ at, place, assumed, children }) => {
      const collection = collectionOf(memberName(at))
      const isTold = assumed.enum !== undefined || assumed.const !== undefined
      if (collection === undefined || isTold || children.length > 0) return []
      const reference = { operation: pair.documented, place, way: at.slice(1), schema: assumed, collection }
      const dependence = made(pair.assumed, reference, operations, schemas.assumed)
      return [{ ...reference, ...(dependence ? { dependence } : {}) }]
    })
  })
}

/** What names another thing of the same collection: `parentId` beside `/folders`. */
const above = /^(parent|root|previous|next|(in)?replyto)$/
/** What a thing is to the one that names it: `sourceAccountId` beside `/accounts`. */
const roles = /^(?:parent|root|previous|next|source|target|destination|origin|from|to)(?=[A-Z_-])(.+)$/

/** The name of a member; that of an item is its list's in the singular. */
const memberName = (way: readonly string[]): string => (way.at(-1) === '0' ? (way.at(-2) ?? '').replace(/s$/, '') : (way.at(-1) ?? ''))

const nounIn = (name: string): string => letters(/^(.+?)[_-]?(?:uu|gu|u)?id$/i.exec(name)?.[1] ?? '')

function made(
  consumer: Operation,
  { place, way, schema, collection }: Pick<Reference, 'place' | 'way' | 'schema' | 'collection'>,
  operations: readonly Operation[],
  schemas: Schemas,
): Dependence | undefined {
  const beside = operations.filter((one) => one.path === collection && succeeds(one))
  const [producer] = [...beside.filter(({ method }) => method === 'POST'), ...beside.filter(({ method }) => method === 'GET')]
  if (!producer) return undefined
  const sourcesIn = producer.method === 'POST' ? createSources : listSources
  // By the name that things of its collection have for it: what a thing calls its parent is not itself.
  const noun = nounIn(memberName(way))
  const name = noun === nounOf(collection) ? memberName(way) : `${nounOf(collection)}Id`
  const sources = sourcesIn(name, producer, typesOf(schema), schemas)
  return sources.length === 0 ? undefined : { producer, consumer, values: { [place]: sources } }
}
