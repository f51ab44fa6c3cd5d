import type { ApiDocument, Operation, ServerOfDocument } from '../core/operation'
import { basePathOf, variablesIn } from '../specs/openapi/server'
import { decoded } from '../specs/pointer'
import { templatePattern } from '../specs/template'

/** An operation of the document, documented and assumed, with its path as a pattern. */
export interface Route {
  readonly documented: Operation
  readonly assumed: Operation
  readonly pattern: RegExp
  readonly names: readonly string[]
  /** The base path before it, whatever the variables are. */
  readonly base: RegExp
}

interface Routes {
  /**
   * @param path as sent, without query
   * @returns the operation with its path parameters; without one, the methods that the path would take (empty: no such path)
   */
  find(method: string, path: string): { readonly route?: Route; readonly params: Record<string, string>; readonly allow: readonly string[] }
  /** A path without the base path before it. */
  relative(path: string): string
  /** The route of an operation that `find` gave. */
  of(operation: Operation): Route
}

/** The operations of a document, found by method and path. */
export function createRoutes(document: ApiDocument): Routes {
  const routes = document.operations.map((pair) => toRoute(pair, document.server)).sort(bySpecificity)
  const byOperation = new Map(routes.map((route) => [route.documented, route]))
  return {
    find(method, path) {
      const allow: string[] = []
      for (const route of routes) {
        const match = route.pattern.exec(path)
        if (!match) continue
        if (route.documented.method.toUpperCase() === method) return { route, params: decodeAll(route.names, match), allow }
        allow.push(route.documented.method.toUpperCase())
      }
      return { params: {}, allow }
    },
    relative(path) {
      const stripped = routes.flatMap(({ pattern, base }) => {
        const rest = path.replace(base, '')
        return rest !== path && pattern.test(rest) ? [rest] : []
      })
      return routes.some(({ pattern }) => pattern.test(path)) ? path : (stripped[0] ?? path.replace(baseOf(document.server), ''))
    },
    of: (operation) => byOperation.get(operation)!,
  }
}

function toRoute({ documented, assumed }: { documented: Operation; assumed: Operation }, server: ServerOfDocument | undefined): Route {
  const { source, names } = templatePattern(documented.path, '[^/]+')
  return { documented, assumed, pattern: new RegExp(`^${source}$`), names, base: baseOf(documented.server ?? server) }
}

function baseOf(server: ServerOfDocument | undefined): RegExp {
  const variables = server ? variablesIn(server) : []
  const marks = new Map(variables.map((name, index) => [`variable-${index}-`, server?.allowed?.[name] ?? ['[^/]*']]))
  const base = basePathOf(server, Object.fromEntries(variables.map((name, index) => [name, `variable-${index}-`])))
  const source = [...marks].reduce(
    (text, [mark, values]) => text.replaceAll(mark, `(?:${values.join('|')})`),
    base.replace(/[\\^$.*+?()[\]|{}]/g, '\\$&'),
  )
  return new RegExp(base === '' ? '^(?!)' : `^${source}(?=/)`)
}

/** Concrete paths go before templates (OpenAPI 3.1, Paths Object). */
const bySpecificity = (a: Route, b: Route): number => a.names.length - b.names.length

function decodeAll(names: readonly string[], match: RegExpExecArray): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, decoded(match[i + 1]!)]))
}
