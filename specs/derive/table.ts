import type { Plain } from './text'

/** A row of a table, its cells by column. */
export interface Row {
  /** Line on the page, from 1. */
  readonly line: number
  readonly name: string
  /** The cell of a column `Mandatory`; undefined where there is none. */
  readonly mandatory?: string
  readonly type: string
  readonly description: string
  readonly defaultValue?: string
  /** The row in the page's words, cells parted by ` | `. */
  readonly text: string
}

export interface Table {
  /** Line of the row of column names. */
  readonly line: number
  /** What stands above it: `Table 4 WorkshopMetadata` gives `WorkshopMetadata`. */
  readonly caption?: string
  readonly rows: readonly Row[]
  readonly hasMandatory: boolean
  readonly text: string
}

interface TableReading {
  readonly table: Table
  /** Index of the first line after the table. */
  readonly next: number
  readonly warnings: readonly { readonly line: number; readonly message: string }[]
}

const delimiterRow = /^\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$/

/** A table begins where a line with pipes is followed by a row of dashes; tables may follow each other without a line between. */
export const isTableStart = (lines: readonly string[], index: number): boolean =>
  hasPipe(lines[index]) && hasPipe(lines[index + 1]) && delimiterRow.test(lines[index + 1]!.trim())

const hasPipe = (line: string | undefined): boolean => line !== undefined && /(?<!\\)\|/.test(line)

const columnNames: readonly (readonly [keyof Pick<Row, 'name' | 'mandatory' | 'type' | 'description' | 'defaultValue'>, RegExp])[] = [
  ['name', /^(?:parameter|name|parameter name|status code|code|field)s?$/i],
  ['mandatory', /^(?:mandatory|required)\??$/i],
  ['type', /^(?:type|parameter type|data type)$/i],
  ['description', /^(?:description|meaning|remarks?)$/i],
  ['defaultValue', /^default(?: value)?$/i],
]

/** Reads the table that starts at `start`. */
export function readTable(lines: readonly string[], start: number, plain: Plain, caption?: string): TableReading {
  const warnings: { line: number; message: string }[] = []
  const header = cells(lines[start]!, plain)
  const columns = header.map((title) => columnNames.find(([, pattern]) => pattern.test(title))?.[0])
  const described = columns.includes('description')
  const piped = lines[start]!.trim().startsWith('|')
  const rows: Row[] = []
  let next = start + 2
  for (; next < lines.length; next++) {
    const line = lines[next]!
    const belongs = piped ? line.trim().startsWith('|') : hasPipe(line)
    if (!belongs || isTableStart(lines, next)) break
    const read = cells(line, plain)
    if (read.length > header.length) {
      if (described && read.slice(header.length).some((cell) => cell !== '')) {
        warnings.push({ line: next + 1, message: 'the row has more cells than its table has columns; they are read as one description' })
      }
      read.splice(
        header.length - 1,
        read.length,
        read
          .slice(header.length - 1)
          .filter(Boolean)
          .join(' | '),
      )
    }
    const cell = (column: string) => {
      const index = columns.indexOf(column as (typeof columns)[number])
      return index === -1 ? undefined : (read[index] ?? '')
    }
    rows.push({
      line: next + 1,
      name: cell('name') ?? '',
      mandatory: cell('mandatory'),
      type: cell('type') ?? '',
      description: cell('description') ?? '',
      defaultValue: cell('defaultValue'),
      text: read.join(' | '),
    })
  }
  const table = { line: start + 1, caption, rows, hasMandatory: columns.includes('mandatory'), text: header.join(' | ') }
  return { table, next, warnings }
}

/** Cells of a row; a pipe in a cell is written `\|`. */
function cells(line: string, plain: Plain): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
  return inner.split(/(?<!\\)\|/).map((cell) => plain(cell.replaceAll('\\|', '|')))
}
