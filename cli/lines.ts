import { wrap } from '../reports/text'

/**
 * Prints rows of text: separated by tabs for programs; on a terminal the last column, a sentence, stands wrapped below the others.
 */
export function printRows(rows: readonly (readonly string[])[]): void {
  const width = process.stdout.isTTY ? Math.max(40, process.stdout.columns ?? 80) : undefined
  const lines = rows.flatMap((row) =>
    width === undefined
      ? [row.join('\t')]
      : [row.slice(0, -1).join('  '), ...wrap(row.at(-1) ?? '', width - 4).map((line) => `    ${line}`)],
  )
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}
