import { UsageError } from '../../core/errors'
import { isMarkup } from '../files'
import { isTableStart, type Row, readTable, type Table } from './table'
import { isMarkdown, plainText } from './text'

export interface Warning {
  /** Line on the page, from 1. */
  readonly line: number
  readonly message: string
}

/** A status code and the tables of its answer. */
export interface StatusPart {
  readonly status: string
  readonly line: number
  readonly tables: readonly Table[]
}

/** A page of the API reference as laid out, before its tables mean anything. */
export interface Page {
  readonly title: string
  readonly purpose: string
  readonly method: string
  /** Path template, without host and query. */
  readonly path: string
  readonly uriLine: number
  readonly uriText: string
  readonly uriTables: readonly Table[]
  readonly requestTables: readonly Table[]
  readonly responses: readonly StatusPart[]
  /** Rows of the table that lists the status codes. */
  readonly statusRows: readonly Row[]
  readonly warnings: readonly Warning[]
}

type Section = 'title' | 'function' | 'uri' | 'request' | 'response' | 'status' | 'other'

const headings: readonly (readonly [Section, RegExp])[] = [
  ['function', /^function(?:al description)?$/i],
  ['uri', /^(?:uri|url|request uri|uri format)$/i],
  ['request', /^requests?(?: parameters?)?$/i],
  ['response', /^responses?(?: parameters?)?$/i],
  ['status', /^(?:return(?:ed)? )?status codes?$/i],
  [
    'other',
    /^(?:calling method|debugging|constraints?|prerequisites?|authorization information|(?:example|sample) (?:requests?|responses?)|(?:request|response) examples?|examples?|sdk sample code|error codes?|feedback|related (?:links|documents)|change history)$/i,
  ],
]

const methodLine = /^(GET|PUT|POST|DELETE|PATCH|HEAD|OPTIONS|TRACE)\s+(?:https?:\/\/[^/\s]+)?(\/\S*)$/i
const captionLine = /^table\s+\d+(?:-\d+)?\s*[:.]?\s*(.*)$/i
const statusLine =
  /^(?:status code|http status(?: code)?|response code)s?\s*[:：]?\s*([1-5](?:\d\d|xx)(?:\s*(?:,|and|or)\s*[1-5]\d\d)*)\b.*$/i

const maxCharacters = 4_000_000

/**
 * Reads the layout of a page of the API reference: as text with tables in pipes, with or without captions (`Table 4 WorkshopMetadata`),
 * or as Markdown.
 * @param name of the page, for messages
 * @throws UsageError if it is no such page
 */
export function readPage(text: string, name: string): Page {
  if (text.trim() === '') throw new UsageError('is empty; a page of an API reference was expected', name)
  if (text.length > maxCharacters) throw new UsageError('is longer than any page of an API reference', name)
  if (isMarkup(text)) throw new UsageError('is HTML: save the page as text or as Markdown', `${name}:1`)
  return new PageReader(text, name).read()
}

/** Goes over the lines once; holds the section and the answer that the next table belongs to. */
class PageReader {
  private readonly lines: readonly string[]
  private readonly plain: ReturnType<typeof plainText>
  private readonly warnings: Warning[] = []
  private section: Section = 'title'
  private title = ''
  private readonly purpose: string[] = []
  private uri: { method: string; path: string; line: number; text: string } | undefined
  private uriHeading: number | undefined
  private caption: string | undefined
  private readonly uriTables: Table[] = []
  private readonly requestTables: Table[] = []
  private readonly statusRows: Row[] = []
  private readonly responses: { status: string; line: number; tables: Table[] }[] = []
  /** Index of the first of the answers that the next table belongs to: one line may name several codes. */
  private current = 0
  private answered = false

  constructor(
    text: string,
    private readonly name: string,
  ) {
    this.lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
    this.plain = plainText(isMarkdown(text))
  }

  read(): Page {
    let fenced = false
    for (let index = 0; index < this.lines.length; ) {
      const fence = /^\s*(?:```|~~~)/.test(this.lines[index]!)
      if (fence) fenced = !fenced
      if (!fence && !fenced && isTableStart(this.lines, index)) index = this.table(index)
      else {
        if (!fence) this.line(index, fenced)
        index++
      }
    }
    return this.page()
  }

  private line(index: number, fenced: boolean): void {
    const text = this.plain(this.lines[index]!)
    if (text === '') return
    if (!fenced && this.structure(text, index)) return
    if (this.section === 'uri') this.uriLine(text, index)
    if (fenced) return
    this.caption = undefined
    if (this.section === 'function') this.purpose.push(text)
    if (text.startsWith('|') && this.section !== 'other') this.warn(index, 'a row stands outside of any table; it is not read')
  }

  /** Title, headings, captions and status codes. Returns whether the line is one of them. */
  private structure(text: string, index: number): boolean {
    if (/^[-=*_]{3,}$/.test(text)) return true
    const heading = text.replace(/\s*:$/, '').replace(/^\d+(?:\.\d+)*\.? +/, '')
    const section = headings.find(([, pattern]) => pattern.test(heading))?.[0]
    const caption = captionLine.exec(text)
    const status = this.section === 'response' ? statusLine.exec(text) : null
    if (section) this.heading(section, index)
    else if (this.section === 'title' && this.title === '') this.title = text
    else if (caption) this.caption = caption[1]!.trim()
    else if (status) this.status(status[1]!, index)
    // `### Request header`, in place of a caption; other headings end the section.
    else if (!/^ {0,3}#{1,6}\s/.test(this.lines[index]!)) return false
    else if (/\b(?:header|body|query|path|parameters?)\b/i.test(text)) this.caption = text
    else this.section = 'other'
    return true
  }

  private heading(section: Section, index: number): void {
    this.section = section
    this.caption = undefined
    if (section === 'uri') this.uriHeading ??= index + 1
    if (section === 'response' || section === 'status') this.answered = true
  }

  private uriLine(text: string, index: number): void {
    const match = methodLine.exec(text)
    if (!match) return
    const [path] = match[2]!.split(/[?#]/)
    if (this.uri) this.warn(index, `a second URI, ${text}, is not read: the page is taken to describe ${this.uri.text}`)
    else this.uri = { method: match[1]!.toUpperCase(), path: path!, line: index + 1, text }
  }

  private status(codes: string, index: number): void {
    this.current = this.responses.length
    for (const status of codes.split(/\s*(?:,|and|or)\s*/)) {
      if (this.responses.some((response) => response.status === status))
        this.warn(index, `status code ${status} has two parts; the first counts`)
      this.responses.push({ status: status.toUpperCase(), line: index + 1, tables: [] })
    }
  }

  private table(index: number): number {
    const { table, next, warnings } = readTable(this.lines, index, this.plain, this.caption)
    this.caption = undefined
    if (this.section === 'other' || this.section === 'title' || this.section === 'function') return next
    this.warnings.push(...warnings)
    if (this.section === 'uri') this.uriTables.push(table)
    else if (this.section === 'request') this.requestTables.push(table)
    else if (this.section === 'status') this.statusRows.push(...table.rows)
    else this.responseTable(table, index)
    return next
  }

  private responseTable(table: Table, index: number): void {
    if (this.responses.length === 0) {
      this.warn(index, 'no status code stands above the tables of the answer; 200 is assumed')
      this.responses.push({ status: '200', line: index + 1, tables: [] })
    }
    for (const response of this.responses.slice(this.current)) response.tables.push(table)
  }

  private warn(index: number, message: string): void {
    this.warnings.push({ line: index + 1, message })
  }

  private page(): Page {
    const { uri } = this
    if (!uri) {
      const place = this.uriHeading === undefined ? this.name : `${this.name}:${this.uriHeading}`
      const where = this.uriHeading === undefined ? 'a heading URI with a line' : 'a line under the heading URI'
      throw new UsageError(`is no page of an API reference: ${where} such as POST /v1/things/{thing_id} is missing`, place)
    }
    if (!this.answered) {
      throw new UsageError('is no page of an API reference: it has neither Response Parameters nor Status Codes', this.name)
    }
    return {
      title: this.title || `${uri.method} ${uri.path}`,
      purpose: this.purpose.join(' '),
      method: uri.method,
      path: uri.path,
      uriLine: uri.line,
      uriText: uri.text,
      uriTables: this.uriTables,
      requestTables: this.requestTables,
      responses: this.responses.filter(({ status }, index) => this.responses.findIndex((other) => other.status === status) === index),
      statusRows: this.statusRows,
      warnings: this.warnings,
    }
  }
}
