import { type Exchange, header } from '../core/exchange'
import { isObject, type Json, valueAt } from '../core/json'
import type { Operation } from '../core/operation'
import { listWay } from '../generators/dependences/answers'
import type { Schemas } from '../generators/schema'

/** The items of the list that an answer is documented to hold; undefined: it holds none. */
export function itemsOf(value: Json | undefined, operation: Operation, schemas: Schemas): readonly Json[] | undefined {
  const way = listWay(operation, schemas)
  const list = way && valueAt(value, way)
  return Array.isArray(list) ? list : undefined
}

/** So many items at least are on a page: of a list that shows its parts without a word, or that is asked for fewer. */
export const smallestPage = 10
const paging =
  /^(limit|offset|cursor|marker|after|before|start|skip|top|first|last|(from_?)?page.*|per_?page|size|max_?(results|items|keys))$/i
const further = /^(next.*|cursor|marker|has_?more|continue|continuation.*)$/i

/** Whether a list shows all there is, as far as can be seen. */
export function isWhole(
  exchange: Exchange,
  received: Json | undefined,
  items: readonly Json[],
  operation: Operation,
  before: readonly Json[] | undefined,
): boolean {
  const { answer } = exchange
  if (answer && /rel="?next/i.test(header(answer, 'link') ?? '')) return false
  const told = isObject(received)
    ? Object.entries(received).flatMap(
        ([name, inner]) => [[name, inner], ...(isObject(inner) ? Object.entries(inner) : [])] as [string, Json][],
      )
    : []
  if (told.some(([name, inner]) => further.test(name) && inner !== null && inner !== false && inner !== '')) return false
  const totals = told.filter(
    ([name, inner]) => /^(total|count)(_?(count|items|elements|results))?$/i.test(name) && typeof inner === 'number',
  )
  if (totals.some(([, inner]) => Number(inner) > items.length)) return false
  if (totals.length > 0) return true
  if (operation.parameters.some(({ name, in: part }) => part === 'query' && paging.test(name))) return false
  return items.length < smallestPage || (before !== undefined && items.length > before.length)
}
