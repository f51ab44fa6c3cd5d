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

/**
 * What the processor time of a run goes into. A profile goes by the clock, which runs on while others have the processor, and profiling
 * costs some itself: so a profiled run tells the shares, and one without a profile the sum.
 */
export const cpu = ({ cases }: { readonly cases: number }): Promise<Cpu> =>
  withServer(({ url }) =>
    inFolder(async (folder) => {
      const plain = await runSuite(url, cases, folder)
      const profiles = join(folder, 'profiles')
      mkdirSync(profiles)
      const { firstRequestAt = 0 } = await runSuite(url, cases, folder, ['--cpu-prof', '--cpu-prof-dir', profiles])
      const files = readdirSync(profiles)
      const looks = Object.fromEntries(works.map((work) => [work, 0])) as Record<Work, number>
      for (const file of files) {
        const times = split(JSON.parse(readFileSync(join(profiles, file), 'utf8')) as CpuProfile, firstRequestAt)
        for (const work of works) looks[work] += times[work]
      }
      const whole = (plain.cpuSeconds * 1e6) / plain.cases
      // A profile for each thread that runs JavaScript: with one, only the main thread has one.
      const profiled = files.length === 1 && plain.mainCpuSeconds !== undefined ? (plain.mainCpuSeconds * 1e6) / plain.cases : whole
      const sum = works.reduce((all, work) => all + looks[work], 0)
      const perCase = Object.fromEntries(works.map((work) => [work, (looks[work] / sum) * profiled])) as Record<Work, number>
      return { cases: plain.cases, perCase, threads: Math.max(0, whole - profiled) }
    }),
  )
