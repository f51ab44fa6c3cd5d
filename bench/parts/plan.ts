import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { largeDocument } from '../largeDocument'
import { command, inFolder, probed, seed } from '../processes'
import { medians } from '../statistics'

export interface Plan {
  readonly operations: number
  /** Size of the document. */
  readonly bytes: number
  /** Of the whole command, which reads the document, plans, and sends nothing. */
  readonly seconds: number
  readonly cpuSeconds: number
  /** Bytes, the highest. */
  readonly peakRss: number
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) => ['--method', method])

/** What planning costs on documents of ever more operations, all of them chosen. */
export async function plan({
  operations,
  rounds,
}: {
  readonly operations: readonly number[]
  readonly rounds: number
}): Promise<readonly Plan[]> {
  const measured: Plan[] = []
  for (const count of operations)
    measured.push(
      await inFolder(async (folder) => {
        const text = largeDocument(count)
        writeFileSync(join(folder, 'large.json'), text)
        const words = [
          command,
          'run',
          '--dry-run',
          '--spec',
          'large.json',
          '--target',
          'http://127.0.0.1:9',
          '--seed',
          String(seed),
          ...methods,
        ]
        const took: Pick<Plan, 'seconds' | 'cpuSeconds' | 'peakRss'>[] = []
        for (let round = 0; round < rounds; round++) {
          const { stdout, seconds, cpuSeconds, peakRss } = await probed(words, { cwd: folder })
          if (!stdout.includes(`Operations ${count} of ${count}`))
            throw new Error(`not all operations were planned: ${stdout.slice(0, 500)}`)
          took.push({ seconds, cpuSeconds, peakRss })
        }
        return { operations: count, bytes: Buffer.byteLength(text), ...medians(took) }
      }),
    )
  return measured
}
