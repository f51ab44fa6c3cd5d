import type { ApiDocument, Operation } from '../../core/operation'
import { bodyMember, flat } from '../members'
import { schemasOf } from '../schema'
import { letters, nounOf } from './paths'

/** A member of a request body that, by its name, holds the id of a thing of another collection: `productId` beside `/products`. */
interface Reference {
  readonly operation: Operation
  /** As in rule ids, e.g. `body.items.[].productId`. */
  readonly place: string
  /** The path of the collection. */
  readonly collection: string
}

/** The members of bodies that only values of other collections may be valid for, where the document itself names none. */
export function referencesIn(document: ApiDocument): readonly Reference[] {
  const schemas = { documented: schemasOf(document.documented), assumed: schemasOf(document.assumed) }
  const collections = new Map(
    document.operations.map(({ documented: { path } }) => path).flatMap((path) => (path.endsWith('}') ? [] : [[nounOf(path), path]])),
  )
  return document.operations.flatMap((pair) => {
    const body = bodyMember(pair, schemas.documented, schemas.assumed)
    const own = nounOf(pair.documented.path)
    return (body ? flat(body) : []).flatMap(({ name, place, assumed, children }) => {
      const noun = letters(/^(.+?)[_-]?(?:uu|gu|u)?id$/i.exec(name)?.[1] ?? '')
      const collection = noun === own ? undefined : collections.get(noun)
      const isTold = assumed.enum !== undefined || assumed.const !== undefined
      return collection === undefined || isTold || children.length > 0 ? [] : [{ operation: pair.documented, place, collection }]
    })
  })
}
