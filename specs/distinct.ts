import { isObject, type Json } from '../core/json'

/** Whether no two items are equal by JSON Schema (2020-12, 4.2.2): by value, members in any order. Each is looked at once, as a target may send very many. */
export function distinct(items: readonly Json[]): boolean {
  const seen = new Set<string>()
  return items.every((item) => seen.size < seen.add(canonical(item)).size)
}

const canonical = (value: Json): string =>
  JSON.stringify(value, (_, inner: Json) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
