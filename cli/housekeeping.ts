import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { type Case, caseOfNoRule } from '../core/case'
import { UsageError } from '../core/errors'
import type { CleaningProgress } from '../core/event'
import type { ApiDocument } from '../core/operation'
import type { Report } from '../core/report'
import type { Token } from '../generators/credential'
import type { RuleSet } from '../generators/rules'
import { makeFolder } from '../reports/folder'
import { cleaningWords, isWorthALine } from '../reports/progress'
import { createClient } from '../runner/client'
import type { Reply } from '../runner/connection'
import { creationBy, isSafe } from '../runner/creation'
import { type Cleaned, type Cleaner, createCleaner } from '../runner/ledger/cleaner'
import { createLedger, type Ledger } from '../runner/ledger/ledger'
import { createUndoing } from '../runner/ledger/undo'
import { shellWord } from '../runner/shown'
import { encoded } from '../specs/pointer'
import { type Access, credentialsOf } from './access'
import type { CleanupConfig } from './config/config'
import type { Transport } from './transport'

interface HousekeepingOptions extends Transport {
  readonly document: ApiDocument
  readonly cleanup: CleanupConfig
  readonly target: string
  /** The base path of each operation that is not below the target's own. */
  readonly bases: ReadonlyMap<string, string>
  readonly sets: readonly RuleSet[]
  readonly access: Access
  readonly concurrency: number
  readonly mask: (text: string) => string
}

/** Keeps account of what a run creates, and deletes it. */
export interface Housekeeping {
  readonly ledger: Ledger
  onCreating(made: Case): Promise<(reply: Reply | undefined) => Promise<void>>
  /** Deletes what is left. Called once, when nothing is sent any more. */
  finish: Cleaner['finish']
}

const keptAsAsked = 'it is kept, as asked'

const defaultWait = 60
/** Seconds in which a request whose outcome is not known may still create something, at least, and in multiples of the time-out. */
const lateAtLeast = 5
const lateTimes = 2

/** A new ledger's name, which no other run can have. */
export const ledgerName = (folder: string): string =>
  join(folder, `ledger-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(4).toString('hex')}.ndjson`)

/**
 * Begins the ledger of a run.
 * @throws UsageError for a clean-up that cannot be carried out, and for a file that cannot be written
 */
export function keepHouse(options: HousekeepingOptions, file: string): Housekeeping {
  const { cleanup, document, mask } = options
  if (cleanup.delete === undefined)
    throw new UsageError('--cleanup says when to delete; the config file must say how: cleanup.delete (see "plumbline init")')
  const undoing = createUndoing(document, cleanup, options.bases, mask)
  makeFolderOf(file)
  const ledger = createLedger(file, options.target)
  const { cleaner, close } = cleanerOf(options, ledger)
  return {
    ledger,
    async onCreating(made) {
      const entry = await ledger.creating(`${made.request.method} ${mask(made.rule)} case ${made.index}`, undoing.of(made))
      return async (reply) => {
        const creation = reply ? creationBy(reply) : 'refused'
        if (creation === 'refused') return ledger.refused(entry)
        if (creation === 'unknown') return
        // A server that creates by GET shows what it has created; others answer as if there were no body.
        if (isSafe(made.request.method) && !undoing.isShown(made, reply?.answer)) return ledger.refused(entry)
        ledger.created(entry, undoing.of(made, reply?.answer))
        if (cleanup.when === 'each') await cleaner.each(entry)
      }
    },
    async finish(onProgress) {
      try {
        if (cleanup.when !== 'none') return await cleaner.finish(onProgress)
        const all = [...ledger.entries.values()].filter(({ state }) => state === 'created')
        const left = all.map(({ what, undo }) => ({ what, ...(undo[0] ? { path: undo[0].path } : {}), reason: keptAsAsked }))
        return { created: all.length, deleted: 0, left }
      } finally {
        await close()
        ledger.close()
      }
    },
  }
}

function makeFolderOf(file: string): void {
  try {
    makeFolder(dirname(file))
  } catch (error) {
    throw new UsageError(`cannot be made: ${(error as Error).message}`, dirname(file))
  }
}

/** What deletes the entries of a ledger, with the credential of a run. */
export function cleanerOf(options: Omit<HousekeepingOptions, 'document' | 'bases' | 'mask'>, ledger: Ledger) {
  const { target, sets, access, tls, timeout, concurrency, cleanup } = options
  const { origin, pathname } = new URL(target)
  const client = createClient({
    target: origin,
    timeout,
    concurrency,
    budget: { take: () => true },
    tls,
    ...(options.pace ? { pace: options.pace } : {}),
    ...credentialsOf(access, sets),
  })
  const subject = sets[0]?.subject
  const headers = (subject?.model.headers ?? []).filter(([name]) => !/^content-type$/i.test(name))
  const queried = (subject?.tokens ?? []).filter(({ parameter }) => parameter.in === 'query')
  const free: number[] = []
  let slots = 0
  const cleaner = createCleaner({
    ledger,
    wait: cleanup.wait ?? defaultWait,
    late: Math.max(lateAtLeast, lateTimes * timeout),
    concurrency,
    async send(method, { path, base = pathname.replace(/\/+$/, '') }) {
      const slot = free.pop() ?? slots++
      const made = caseOfNoRule(subject?.id ?? '', 'clean-up', { method, target: withQuery(base + path, queried), headers })
      try {
        const exchange = await client.send(made, slot)
        return exchange?.answer ?? `${method} ${path} had no answer: ${exchange?.fault?.message ?? 'the client was closed'}`
      } finally {
        free.push(slot)
      }
    },
  })
  return { cleaner, close: () => client.close() }
}

/** A path with the credentials that go in its query. */
const withQuery = (path: string, tokens: readonly Token[]): string =>
  tokens.reduce(
    (whole, { parameter: { name }, value }) => `${whole}${whole.includes('?') ? '&' : '?'}${encoded(name)}=${encoded(value)}`,
    path,
  )

/** Tells on standard error of a clean-up that takes its time. */
export function sayProgress(progress: CleaningProgress): void {
  if (isWorthALine(progress)) process.stderr.write(`plumbline: ${cleaningWords(progress)}\n`)
}

/** The report with what became of what was created. What is left fails a run that would have passed. */
export const cleaned = (report: Report, ledger: string, result: Cleaned | undefined): Report =>
  result ? withCleanup({ ...report, cleanup: { ledger, ...result } }) : report

/** A report that tells of a clean-up that failed. */
export function withCleanup(report: Report): Report {
  if (!cleanupFailed(report) || !report.cleanup) return report
  const { left, created, ledger } = report.cleanup
  return {
    ...report,
    exitCode: report.exitCode === 0 ? 3 : report.exitCode,
    reason: `${left.length} of ${created} created resources could not be deleted; they are in ${ledger}. ${report.reason ?? ''}`.trim(),
  }
}

/** Something that should be gone is still there. */
export const cleanupFailed = ({ cleanup }: Report): boolean => cleanup?.left.some(({ reason }) => reason !== keptAsAsked) ?? false

/** What a clean-up left, in words for standard error; nothing where all is gone. */
export function leftWords({ created, left }: Cleaned, ledger: string): string {
  if (left.length === 0) return ''
  const lines = left.slice(0, 20).map(({ what, path, reason }) => `  ${path ?? what}: ${reason}`)
  const more = left.length > 20 ? [`  and ${left.length - 20} more`] : []
  return [
    `plumbline: CLEAN-UP FAILED: ${left.length} of ${created} created resources are still there`,
    ...lines,
    ...more,
    // A merge has those of all parts.
    ...ledger.split(', ').map((file) => `  they are in ${file}; delete them with: npx plumbline-api cleanup ${shellWord(file)}`),
    '',
  ].join('\n')
}
