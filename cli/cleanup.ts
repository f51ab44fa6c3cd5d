import { UsageError } from '../core/errors'
import { createMask } from '../core/mask'
import { ruleSets } from '../generators/rules'
import { isGoing, reopenLedger } from '../runner/ledger/ledger'
import { loadDocument } from '../specs/load'
import { credentialsFor, givenBy, openAccess } from './access'
import { documentOf } from './documentOf'
import { cleanerOf, leftWords, sayProgress } from './housekeeping'
import { paramsOf, type TargetOptions, targetOf } from './options'
import { secretsOf } from './secrets'
import { transportOf } from './transport'

interface Options extends TargetOptions {
  readonly spec?: string
  readonly remoteRefs?: boolean
  readonly overlay: readonly string[]
  readonly param: readonly string[]
  readonly timeout: number
  readonly concurrency: number
  readonly rate?: number
}

/**
 * Deletes what the ledger of an earlier run still holds, and nothing else. Exit code 0 if all is gone, else 3.
 * @throws UsageError for a file that is no ledger, or whose run is still going
 */
export async function cleanupCommand(file: string, options: Options): Promise<void> {
  const { ledger, start, unread } = reopenLedger(file)
  if (isGoing(start)) throw new UsageError(`its run is still going (process ${start.pid}); end that first`, file)
  const given = targetOf({ ...options, target: start.target })
  const params = paramsOf(options.param)
  const credentials = givenBy({ ...given, params })
  const document = await loadDocument({ ...documentOf(options), given: credentials })
  const transport = transportOf(options)
  const access = await openAccess(document, { ...given, given: credentials, ...transport })
  const sets = ruleSets(document, { seed: 0, most: 1, params, headers: given.headers, ...credentialsFor(access) })
  const { cleaner, close } = cleanerOf(
    {
      cleanup: options.cleanup ?? { delete: '' },
      target: start.target,
      sets,
      access,
      ...transport,
      concurrency: options.concurrency,
    },
    ledger,
  )
  const mask = createMask([...access.hidden, ...secretsOf(sets, { ...given, params })])
  try {
    const cleaned = await cleaner.finish(sayProgress)
    for (const line of unread)
      process.stderr.write(`plumbline: ${file}:${line}: cannot be read; its request was not sent if the run was killed there\n`)
    process.stdout.write(`${cleaned.created} may have been created at ${start.target}; ${cleaned.deleted} are gone\n`)
    process.stderr.write(mask(leftWords(cleaned, file)))
    process.exitCode = cleaned.left.length > 0 ? 3 : 0
  } finally {
    await close()
    ledger.close()
  }
}
