import { isObject, valueAt } from '../../core/json'
import type { ServerOfDocument } from '../../core/operation'

/** The first server that a document, a path or an operation names (OpenAPI 3.1, Server Object). */
export function readServer(holder: unknown): ServerOfDocument | undefined {
  const server = valueAt(holder, ['servers', 0])
  if (!isObject(server) || typeof server.url !== 'string') return undefined
  const variables = Object.entries(isObject(server.variables) ? server.variables : {})
  const values = variables.flatMap(([name, one]) => {
    const allowed = valueAt(one, ['enum'])
    return Array.isArray(allowed) ? [[name, allowed.map(String)] as const] : []
  })
  return {
    url: server.url,
    variables: Object.fromEntries(variables.map(([name, one]) => [name, String(valueAt(one, ['default']) ?? '')])),
    ...(values.length > 0 ? { allowed: Object.fromEntries(values) } : {}),
  }
}

/**
 * The base path of a server, without a slash at its end; empty for none. A relative URL begins at the root of the host.
 * @param values of variables, before their defaults
 */
export function basePathOf(server: ServerOfDocument | undefined, values: Readonly<Record<string, string>> = {}): string {
  if (!server) return ''
  const path = urlOf(server, values)
    .replace(/^[a-z][a-z0-9+.-]*:/i, '')
    .replace(/^\/\/[^/?#]*/, '')
    .replace(/[?#].*$/s, '')
  return new URL(`http://localhost${path.replace(/^(?=[^/])/, '/')}`).pathname.replace(/\/+$/, '')
}

/** Scheme and host of a server, where its URL names them. */
export const originOf = (server: ServerOfDocument | undefined, values: Readonly<Record<string, string>> = {}): string | undefined =>
  server && /^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i.exec(urlOf(server, values))?.[0].toLowerCase()

/** Names of the variables in a server's URL. */
export const variablesIn = ({ url }: ServerOfDocument): readonly string[] =>
  [...url.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name as string)

function urlOf({ url, variables }: ServerOfDocument, values: Readonly<Record<string, string>>): string {
  return url.replace(/\{([^{}]+)\}/g, (_, name: string) => values[name] ?? variables[name] ?? '')
}
