import type { Operation } from '../../core/operation'

/** The parameters of a path, in order. */
export const namesOf = (path: string): readonly string[] => [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name as string)

/** A path with its parameters' names left out, and without a slash or the name of a format (`.json`) at its end. */
export const shape = (path: string): string =>
  path
    .replace(/\{[^}]+\}/g, '{}')
    .replace(/\.(json|xml)$/i, '')
    .replace(/\/$/, '')

/** A name as it is compared: cases and separators are no matter. */
export const letters = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** The same where a collection has the plural, and one of its things the singular: `POST /silences`, `GET /silence/{id}`. */
export const collectionOf = (path: string): string => shape(path).replace(/[^/{}]+$/, (last) => singular(last.toLowerCase()))

/** Operations by the collection that their paths end in. */
export function byCollection(operations: readonly Operation[]): ReadonlyMap<string, readonly Operation[]> {
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
export const exactFirst = (path: string, operations: readonly Operation[]): readonly Operation[] => {
  const isExact = (operation: Operation) => shape(operation.path) === shape(path)
  return [...operations.filter(isExact), ...operations.filter((operation) => !isExact(operation))]
}

/** What a path's collection holds: `category` of `/shops/{id}/categories`. */
export const nounOf = (path: string): string =>
  singular(
    letters(
      shape(path)
        .split('/')
        .filter((part) => part !== '' && !part.startsWith('{'))
        .at(-1) ?? '',
    ),
  )

/** `categories` is `category`, `boxes` is `box`. */
const singular = (noun: string): string =>
  noun
    .replace(/ies$/, 'y')
    .replace(/(s|x|ch|sh)es$/, '$1')
    .replace(/([^s])s$/, '$1')
