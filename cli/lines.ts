import { visible, wrap } from '../reports/text'

/** Columns of the terminal on standard output; undefined: it is none, and lines stay whole for programs. */
const widthOf = (): number | undefined => (process.stdout.isTTY ? Math.max(40, process.stdout.columns ?? 80) : undefined)

/** Prints lines of text; on a terminal they are wrapped, and stay behind their indentation. */
export function printText(lines: readonly string[]): void {
  const width = widthOf()
  const printed = lines.map(visible).flatMap((line) => {
    const [indent = ''] = /^ *([✓✕·] )?/.exec(line) ?? []
    const hanging = ' '.repeat(indent.length)
    return width === undefined || line === ''
      ? [line]
      : wrap(line.slice(indent.length), width - indent.length).map((part, at) => (at === 0 ? indent : hanging) + part)
  })
  process.stdout.write(printed.map((line) => `${line}\n`).join(''))
}

/**
 * Prints rows of text: separated by tabs for programs; on a terminal the last column, a sentence, stands wrapped below the others.
 */
export function printRows(rows: readonly (readonly string[])[]): void {
  const width = widthOf()
  const lines = rows
    .map((row) => row.map(visible))
    .flatMap((row) =>
      width === undefined
        ? [row.join('\t')]
        : [row.slice(0, -1).join('  '), ...wrap(row.at(-1) ?? '', width - 4).map((line) => `    ${line}`)],
    )
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}
