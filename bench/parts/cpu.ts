import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inFolder, runSuite, withServer } from '../processes'
import { type CpuProfile, split, type Work, works } from '../profile'

export interface Cpu {
  readonly cases: number
  /** Microseconds of processor time a case, by what it goes into; `start` is what a run takes before its first request, over its cases. */
  readonly perCase: Readonly<Record<Work, number>>
  /** The same of threads that have no profile: compiling, and collecting beside the main thread. */
  readonly threads: number
}

/** What the processor time of a run goes into, by a profile of it. Profiling costs some itself. */
export const cpu = ({ cases }: { readonly cases: number }): Promise<Cpu> =>
  withServer(({ url }) =>
    inFolder(async (folder) => {
      const profiles = join(folder, 'profiles')
      mkdirSync(profiles)
      const run = await runSuite(url, cases, folder, ['--cpu-prof', '--cpu-prof-dir', profiles])
      const files = readdirSync(profiles)
      const sums = Object.fromEntries(works.map((work) => [work, 0])) as Record<Work, number>
      for (const file of files) {
        const times = split(JSON.parse(readFileSync(join(profiles, file), 'utf8')) as CpuProfile, run.firstRequestAt ?? 0)
        for (const work of works) sums[work] += times[work]
      }
      // A profile goes by the clock, which runs on while others have the processor: it tells the shares, the system tells the sum.
      const whole = (run.cpuSeconds * 1e6) / run.cases
      const profiled = files.length === 1 && run.mainCpuSeconds !== undefined ? (run.mainCpuSeconds * 1e6) / run.cases : whole
      const looked = works.reduce((sum, work) => sum + sums[work], 0)
      const perCase = Object.fromEntries(works.map((work) => [work, (sums[work] / looked) * profiled])) as Record<Work, number>
      return { cases: run.cases, perCase, threads: Math.max(0, whole - profiled) }
    }),
  )
