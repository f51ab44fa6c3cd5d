import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { KillRow } from '../core/kill'

export interface KillJob {
  readonly variant: string
  readonly seed: number
}

/** Failing cases that end the plan of a broken variant: enough to sort by cause, and the table is done sooner. */
export const enoughFailures = 150

/**
 * Runs the suite at variants, in as many processes as the machine has cores.
 * @param onRow called for each run as it ends
 */
export async function killTable(jobs: readonly KillJob[], onRow: (row: KillRow) => void): Promise<readonly KillRow[]> {
  const rows: KillRow[] = []
  const waiting = [...jobs]
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), jobs.length) }, async () => {
      const child = fork(join(__dirname, 'killWorker.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      for (let job = waiting.shift(); job; job = waiting.shift()) {
        const row = await new Promise<KillRow>((resolve, reject) => {
          child.once('message', resolve)
          child.once('exit', (code) => reject(new Error(`a run of ${job?.variant} ended the process with ${code}`)))
          child.send(job as KillJob)
        })
        child.removeAllListeners()
        rows.push(row)
        onRow(row)
      }
      child.disconnect()
    }),
  )
  return rows
}
