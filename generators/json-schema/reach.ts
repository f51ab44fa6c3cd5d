import { isObject } from '../../core/json'
import type { SchemaObject } from '../../core/operation'
import { subschemas } from '../../specs/openapi/keywords'

/** Which parts of a schema lead to which, through subschemas and references, whatever the dynamic scope. */
interface Reach {
  /** Everything below this schema counts from now on. */
  add(root: object): void
  /** Whether a schema is, holds or refers to an object: a schema, or the list or table of a keyword. What was never added may. */
  leads(from: object, to: object): boolean
}

/**
 * @param target what a `$ref` or a `$dynamicRef` of a schema leads to at first, if it is there
 * @param anchored all schemas of a `$dynamicAnchor`
 */
export function createReach(
  target: (schema: SchemaObject, keyword: '$ref' | '$dynamicRef') => unknown,
  anchored: (name: string) => Iterable<object>,
): Reach {
  const sources = new Map<object, Set<object>>()
  const dynamic = new Map<SchemaObject, string>()
  let leading = new WeakMap<object, ReadonlySet<object>>()

  const link = (from: object, to: object, todo: object[]): void => {
    const known = sources.get(to)
    if (known) known.add(from)
    else {
      sources.set(to, new Set([from]))
      todo.push(to)
    }
  }

  function walk(todo: object[]): void {
    for (let next = todo.pop(); next; next = todo.pop()) {
      const schema = next as SchemaObject
      for (const keyword of subschemas.one) if (isObject(schema[keyword])) link(schema, schema[keyword], todo)
      for (const keyword of [...subschemas.list, ...subschemas.map, 'dependencies']) {
        const holder = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined
        if (typeof holder !== 'object' || holder === null) continue
        sources.set(holder, new Set([...(sources.get(holder) ?? []), schema]))
        for (const part of Object.values(holder)) if (isObject(part)) link(holder, part, todo)
      }
      for (const keyword of ['$ref', '$dynamicRef'] as const) {
        if (typeof schema[keyword] !== 'string') continue
        const found = target(schema, keyword)
        if (isObject(found)) link(schema, found, todo)
        if (keyword === '$dynamicRef') dynamic.set(schema, String(schema.$dynamicRef).split('#')[1] ?? '')
      }
    }
  }

  return {
    add(root) {
      if (sources.has(root)) return
      const todo = [root]
      sources.set(root, new Set())
      leading = new WeakMap()
      for (let before = -1; before < sources.size; ) {
        before = sources.size
        walk(todo)
        for (const [schema, name] of dynamic) for (const part of anchored(name)) link(schema, part, todo)
      }
      walk(todo)
    },
    leads(from, to) {
      if (!sources.has(from) || !sources.has(to)) return true
      const known = leading.get(to)
      if (known) return known.has(from)
      const found = new Set([to])
      for (const object of found) for (const source of sources.get(object) ?? []) found.add(source)
      leading.set(to, found)
      return found.has(from)
    },
  }
}
