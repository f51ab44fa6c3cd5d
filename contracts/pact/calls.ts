import type { Json } from '../../core/json'
import type { ApiDocument, Operation, ResponseDefinition, Schema } from '../../core/operation'
import { type Schemas, schemasOf } from '../../generators/schema'
import { isJson } from '../../specs/mediaType'
import { decoded } from '../../specs/pointer'
import { templatePattern } from '../../specs/template'
import type { Interaction } from './pact'

/** A documented operation as pacts are held against it. */
export interface Called {
  readonly documented: Operation
  readonly assumed: Operation
  readonly schemas: { readonly documented: Schemas; readonly assumed: Schemas }
  /** Values of the path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>
}

/** Finds the operation that an interaction calls; of several templates the one with fewer parameters. */
export function createCalls(
  document: ApiDocument,
): (interaction: { readonly request: Pick<Interaction['request'], 'method' | 'path'> }) => Called | undefined {
  const schemas = { documented: schemasOf(document.documented), assumed: schemasOf(document.assumed) }
  const routes = document.operations
    .map((pair) => ({ ...pair, ...templatePattern(pair.documented.path, '[^/]+') }))
    .map((route) => ({ ...route, pattern: new RegExp(`^${route.source}$`) }))
    .sort((a, b) => a.names.length - b.names.length)
  return ({ request }) => {
    for (const { documented, assumed, pattern, names } of routes) {
      const found = documented.method === request.method ? pattern.exec(request.path) : null
      if (!found) continue
      return { documented, assumed, schemas, params: Object.fromEntries(names.map((name, i) => [name, decoded(found[i + 1] ?? '')])) }
    }
    return undefined
  }
}

/** The schema of a JSON answer; `undefined` where none is documented. */
export const answerSchema = (response: ResponseDefinition | undefined): Schema | undefined =>
  response?.content.find(({ mediaType }) => isJson(mediaType))?.schema

/** Leaves of a value with their places: whatever holds no further values. */
export function leaves(value: Json, path: readonly string[] = []): readonly { readonly path: readonly string[]; readonly value: Json }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  const inner = Object.entries(value)
  return inner.length === 0 ? [{ path, value }] : inner.flatMap(([name, one]) => leaves(one, [...path, name]))
}

/** A place's name: an item of a list is `[]`. */
export const nameOf = (root: string, path: readonly string[]): string =>
  [root, ...path.map((segment) => (/^\d+$/.test(segment) || segment === '*' ? '[]' : segment))].join('.')
