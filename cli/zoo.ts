import { writeFile } from 'node:fs/promises'
import { UsageError } from '../core/errors'
import { variants } from '../reference/zoo'
import { glob } from './conformance'
import { type KillRow, killTable } from './kill-table'

interface Options {
  readonly list?: boolean
  readonly seeds: number
  readonly only: readonly string[]
  readonly out?: string
}

/** Prints the variants, or runs the suite at them and prints the kill table. */
export async function zooCommand(options: Options): Promise<void> {
  if (options.list) {
    process.stdout.write(`${variants.map(({ name, kind, promise }) => `${name}\t${kind}\t${promise}`).join('\n')}\n`)
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
  if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(rows, null, 1)}\n`)
  process.exitCode = rows.every(({ right }) => right) ? 0 : 1
}

function lineOf(row: KillRow): string {
  const [first] = row.findings
  const told = first ? `${first.rule ?? first.check} ${first.title.slice(0, 100)}` : (row.reason ?? '')
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
  const of = (kind: string) => rows.filter((row) => row.kind === kind)
  const broken = of('broken')
  const lawful = of('lawful')
  const more = broken.filter(({ findings }) => findings.length > 2).length
  return [
    `broken: ${broken.filter(({ right }) => right).length} of ${broken.length} found; ${broken.filter(({ named }) => named === false).length} under another name than their own; ${more} told in more than two findings`,
    `lawful: ${lawful.filter(({ right }) => !right).length} false alarms in ${lawful.length} runs`,
  ].join('\n')
}
