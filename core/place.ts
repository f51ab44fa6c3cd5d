/**
 * A place in a request or an answer: the part (`body`, `header`, `path`, `query`, `method`, `status`, …) and the way into it.
 * `['body', 'spec', 'ingress', 'port']` is written `body.spec.ingress.port`; an item of any array is the segment `[]`.
 */
export type Place = readonly string[]

export const placeName = (place: Place): string => place.join('.')

/** Where the docs state a fact: carried in the document as the extension `x-docs`, so that it survives overlays. */
export interface DocsPlace {
  /** File name of the page, relative to the document that quotes it. */
  readonly page: string
  /** Line on the page, counted from 1. */
  readonly line: number
  /** The section and table in the page's own words, e.g. `Request Parameters, table 2`. */
  readonly section: string
  /** The row or sentence that states it; none: it is stated otherwise than in words. */
  readonly text?: string
}
