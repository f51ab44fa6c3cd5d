import type { ApiDocument } from '../core/operation'
import { basePathOf } from '../specs/openapi/server'

/**
 * Where the paths of a document begin at a target: behind its own path, or, where it is an origin alone, behind that of the document's server.
 * @param target a URL; one that ends in a slash has a path
 * @param params values of the server's variables
 */
export const placeOfTarget = (target: string, { server }: ApiDocument, params: Readonly<Record<string, string>>): string =>
  (/^[^/]*\/\/[^/?#]*$/.test(target) ? target + basePathOf(server, params) : target).replace(/\/+$/, '')
