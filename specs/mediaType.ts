/** `application/json`, and every type built on JSON (RFC 6839, 3.1), with or without parameters. */
export const isJson = (mediaType: string): boolean => /^\s*((application|text)\/json|[^;]+\+json)\s*(;|$)/i.test(mediaType)

/** Whether a documented media type (a range such as `application/*` too) covers a received one. */
export function covers(documented: string, essence: string): boolean {
  const range = (documented.split(';')[0] ?? '').trim().toLowerCase()
  return range === essence || range === '*/*' || (range.endsWith('/*') && essence.startsWith(range.slice(0, -1)))
}
