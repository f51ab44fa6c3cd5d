import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UsageError } from '../core/errors'
import { type KillRow, killSummary } from '../core/kill'
import { variants } from '../reference/zoo'
import { makeFolder } from '../reports/folder'
import { renderKillTable } from '../reports/killTable/page'
import { glob } from './choose'
import { killTable } from './killTable'
import { printRows } from './lines'
import { packageInfo } from './package'

interface Options {
  readonly list?: boolean
  readonly seeds: number
  readonly only: readonly string[]
  readonly out?: string
}

/** Prints the variants, or runs the suite at them and prints the kill table. */
export async function zooCommand(options: Options): Promise<void> {
  if (options.list) {
    printRows(variants.map(({ name, kind, promise }) => [name, kind, promise]))
    return
  }
  const patterns = options.only.map(glob)
  const chosen = variants.filter(({ name }) => patterns.length === 0 || patterns.some((pattern) => pattern.test(name)))
  if (chosen.length === 0) throw new UsageError(`no variant is named ${options.only.join(' or ')}; "plumbline zoo --list" lists them`)
  const jobs = Array.from({ length: options.seeds }, (_, i) => i + 1).flatMap((seed) => chosen.map(({ name }) => ({ variant: name, seed })))
  let done = 0
  const rows = await killTable(jobs, (row) => {
    done++
    process.stdout.write(`${lineOf(row)}\n`)
    if (process.stderr.isTTY) process.stderr.write(`${done} of ${jobs.length}\r`)
  })
  process.stdout.write(`\n${summary(rows)}\n`)
  if (options.out !== undefined) for (const file of await writeTable(rows, options.out)) process.stdout.write(`  ${file}\n`)
  process.exitCode = rows.every(({ right }) => right) ? 0 : 1
}

function lineOf(row: KillRow): string {
  const [first] = row.findings
  const told = first ? `${first.rule ?? first.check} ${first.title.replace(/\s+/g, ' ').slice(0, 100)}` : (row.reason ?? '')
  const sure = row.right ? (row.named === false ? 'other' : 'ok') : row.kind === 'broken' ? 'MISSED' : 'FALSE ALARM'
  return [
    sure,
    row.variant,
    row.seed,
    `${row.findings.length} found`,
    `${row.firstRequest ?? '-'}/${row.requests} requests`,
    `${row.seconds.toFixed(1)} s`,
    told,
  ].join('\t')
}

function summary(rows: readonly KillRow[]): string {
  const { broken, found, otherName, toldOften, lawful, falseAlarms } = killSummary(rows)
  return [
    `broken: ${found} of ${broken} found; ${otherName} under another name than their own; ${toldOften} told in more than two findings`,
    `lawful: ${falseAlarms} false alarms in ${lawful} runs`,
  ].join('\n')
}

/** Writes the table as the name asks for it: `.json`, `.html`, or both into a folder. */
async function writeTable(rows: readonly KillRow[], out: string): Promise<readonly string[]> {
  const files = /\.(json|html)$/.test(out) ? [out] : [join(out, 'index.html'), join(out, 'zoo.json')]
  for (const file of files) {
    try {
      makeFolder(dirname(file))
      await writeFile(file, file.endsWith('.html') ? renderKillTable(rows, packageInfo()) : `${JSON.stringify(rows, null, 1)}\n`)
    } catch (error) {
      throw new UsageError(`cannot be written: ${(error as Error).message}`, file)
    }
  }
  return files
}
