import { stringify } from 'yaml'
import { UsageError } from '../../core/errors'
import { assemble } from './document'
import { readPage, type Warning } from './page'

export type { Warning }

/**
 * Turns a page of the API reference into an OpenAPI 3.1 document that holds what the page states, and no more. Each parameter, member,
 * body and answer bears its place on the page (`x-docs`), members of answers what their description promises (`x-promises`).
 * @param text of the page: its text with tables in pipes, with or without captions, or Markdown
 * @param options.page name of the page, for places and messages
 * @returns the document, and a warning with its line for each statement that could not become a fact (also in the document's `x-warnings`)
 * @throws UsageError if it is no such page
 */
export function derivePage(text: string, options: { page: string }): { document: Record<string, unknown>; warnings: Warning[] } {
  try {
    return assemble(readPage(text, options.page), options.page)
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError('nests its objects too deeply', options.page)
    throw error
  }
}

/** A derived document as YAML, below a comment that names its page. */
export function stringifyDocument(document: Record<string, unknown>): string {
  const yaml = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })
  return `# Derived from a page of the API reference by \`plumbline derive\`. Do not edit: what is assumed besides belongs in an overlay.\n${yaml}`
}
