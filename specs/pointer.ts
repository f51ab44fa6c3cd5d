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

/** Percent-decoded; as it stands where that cannot be, as what people and documents write is often not encoded as it should be. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Percent-encoded; half a surrogate pair, which no URL can hold, is replaced. */
export const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())

/** The same with all but the unreserved characters encoded (RFC 3986, 2.3). */
export const encodedStrictly = (text: string): string =>
  encoded(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** A deep copy of JSON data. Not `structuredClone`: its objects belong to another realm under Jest, which JSONPath libraries refuse. */
export const copy = <T>(data: T): T => JSON.parse(JSON.stringify(data))
