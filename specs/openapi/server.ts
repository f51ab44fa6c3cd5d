import { isObject } from '../../core/json'
import { valueAt } from '../pointer'

/** Where a document says that it is served: the URL template, and the default value of each variable. */
export interface ServerOfDocument {
  readonly url: string
  readonly variables: Readonly<Record<string, string>>
}

/** The first server that a document, a path or an operation names (OpenAPI 3.1, Server Object). */
export function readServer(holder: unknown): ServerOfDocument | undefined {
  const server = valueAt(holder, ['servers', 0])
  if (!isObject(server) || typeof server.url !== 'string') return undefined
  const variables = isObject(server.variables) ? Object.entries(server.variables) : []
  return { url: server.url, variables: Object.fromEntries(variables.map(([name, one]) => [name, String(valueAt(one, ['default']) ?? '')])) }
}

/**
 * The base path of a server, without a slash at its end; empty for none.
 * @param values of variables, before their defaults
 */
export function basePathOf(server: ServerOfDocument | undefined, values: Readonly<Record<string, string>> = {}): string {
  if (!server) return ''
  const url = server.url.replace(/\{([^{}]+)\}/g, (_, name: string) => values[name] ?? server.variables[name] ?? '')
  return url
    .replace(/^[a-z][a-z0-9+.-]*:/i, '')
    .replace(/^\/\/[^/?#]*/, '')
    .replace(/[?#].*$/s, '')
    .replace(/^(?=[^/])/, '/')
    .replace(/\/+$/, '')
}
