import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KillRow } from '../../core/kill'
import { variants } from '../../reference/zoo'
import { command, inFolder, node } from '../processes'
import { quantile } from '../statistics'

/** Median, and what nine of ten stay within. */
interface Spread {
  readonly median: number
  readonly p90: number
}

export interface FirstFinding {
  readonly variants: number
  readonly found: number
  /** Requests, and seconds of sending, until the first failure that a finding tells of. The server is in the same process as the suite. */
  readonly requests: Spread
  readonly seconds: Spread
  /** Requests of one shrinking; none: nothing had to be shrunk. */
  readonly shrinking?: Spread
}

const spread = (values: readonly number[]): Spread => ({ median: quantile(values, 0.5), p90: quantile(values, 0.9) })

/** How soon the suite finds a defect, over so many broken variants of the reference server, evenly taken from all. */
export const finding = ({ sample }: { readonly sample: number }): Promise<FirstFinding> =>
  inFolder(async (folder) => {
    const broken = variants.filter(({ kind }) => kind === 'broken').map(({ name }) => name)
    const names = Array.from({ length: sample }, (_, i) => broken[Math.floor(((i + 0.5) * broken.length) / sample)] as string)
    await node([command, 'zoo', ...names.flatMap((name) => ['--only', name]), '--out', 'rows.json'], { cwd: folder, allowed: [0, 1] })
    const rows = JSON.parse(readFileSync(join(folder, 'rows.json'), 'utf8')) as readonly KillRow[]
    const shrinking = rows.flatMap((row) => row.shrinking ?? [])
    return {
      variants: rows.length,
      found: rows.filter(({ right }) => right).length,
      requests: spread(rows.flatMap((row) => row.firstRequest ?? [])),
      seconds: spread(rows.flatMap((row) => row.firstSeconds ?? [])),
      ...(shrinking.length > 0 ? { shrinking: spread(shrinking) } : {}),
    }
  })
