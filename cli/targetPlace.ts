import { UsageError } from '../core/errors'
import { ownMember } from '../core/json'
import type { ApiDocument, ServerOfDocument } from '../core/operation'
import { basePathOf, variablesIn } from '../specs/openapi/server'

/** Where the operations of a document begin at a target. */
interface TargetPlace {
  /** Origin and base path. */
  readonly target: string
  /** The base path of each operation that the document serves elsewhere, by its id. */
  readonly bases: ReadonlyMap<string, string>
}

/**
 * Where the paths of a document begin at a target: behind its own path, or, where it is an origin alone, behind that of the document's server.
 * What stands before the document's base path stands before that of an operation with a server of its own too.
 * @param given a URL; one that ends in a slash has a path
 * @param params values of the servers' variables
 * @throws UsageError for a value that a variable does not take
 */
export function placeOfTarget(given: string, document: ApiDocument, params: Readonly<Record<string, string>>): TargetPlace {
  const isOrigin = /^[^/]*\/\/[^/?#]*$/.test(given)
  const base = baseOf(document.server, params)
  const target = (isOrigin ? given + base : given).replace(/\/+$/, '')
  const [, path = ''] = /^[^/]*\/\/[^/?#]*([^?#]*)/.exec(target) ?? []
  const before = path.endsWith(base) ? path.slice(0, path.length - base.length) : path
  const own = document.operations.flatMap(({ assumed: { id, server } }) => (server ? [[id, before + baseOf(server, params)] as const] : []))
  return { target, bases: new Map(own.filter(([, other]) => other !== path)) }
}

function baseOf(server: ServerOfDocument | undefined, params: Readonly<Record<string, string>>): string {
  for (const name of server ? variablesIn(server) : []) {
    const allowed = server?.allowed?.[name]
    const value = ownMember(params, name)
    if (allowed && value !== undefined && !allowed.includes(value))
      throw new UsageError(`--param ${name}=${value}: the server ${server?.url} takes ${allowed.join(', ')} there`)
  }
  return basePathOf(server, params)
}
