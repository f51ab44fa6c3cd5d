/** Segments of a JSON pointer (RFC 6901) such as `/a~1b/0`, or of its fragment form `#/a~1b/0`; empty for the whole value. */
export function pointerSegments(pointer: string): string[] {
  const fragment = pointer.startsWith('#')
  const text = fragment ? decoded(pointer.slice(1)) : pointer
  if (text === '') return []
  return text
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Percent-decoded; as it stands where that cannot be, as a `$ref` in a document is often not encoded as it should be. */
export function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}

/** The value at a path of own members, or undefined. */
export function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined
    value = (value as Record<string, unknown>)[segment]
  }
  return value
}

/** A deep copy of JSON data. Not `structuredClone`: its objects belong to another realm under Jest, which JSONPath libraries refuse. */
export const copy = <T>(data: T): T => JSON.parse(JSON.stringify(data))
