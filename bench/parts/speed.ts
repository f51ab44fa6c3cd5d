import { join } from 'node:path'
import { requestsFor } from '../../runner/plan'
import type { Sent } from '../bareLoop'
import { concurrency, inFolder, node, runSuite, type Server, script, seed, withServer } from '../processes'
import { medians } from '../statistics'

/** One round: the suite and the bare loop, one right after the other. */
interface Pair {
  /** Cases a second while requests go out. */
  readonly suite: number
  readonly bare: number
  readonly ratio: number
  /** Cases a second of the whole command: start, plan, waiting for the checks of the whole run, reports. */
  readonly whole: number
  readonly wholeRatio: number
  /** Microseconds of processor time a case: the whole process of the suite, and the loop. */
  readonly suiteCpu: number
  readonly bareCpu: number
}

export interface Speed {
  readonly cases: number
  /** Requests of the bare loop that got no answer. */
  readonly unanswered: number
  readonly median: Pair
  readonly pairs: readonly Pair[]
}

/** Cases a second of the suite beside a bare undici loop that sends the same bytes at the same concurrency to the same server. */
export const speed = ({ cases, pairs }: { readonly cases: readonly number[]; readonly pairs: number }): Promise<readonly Speed[]> =>
  withServer(async (server) => {
    const measured: Speed[] = []
    for (const count of cases) measured.push(await inFolder((folder) => atCases(server, count, pairs, folder)))
    return measured
  })

/** Requests that a run may send behind its plan, for the checks that want some time to pass. */
const lingering = 3

async function atCases(server: Server, cases: number, rounds: number, folder: string): Promise<Speed> {
  const file = join(folder, 'payloads.ndjson')
  await node([script('payloads'), file, String(seed), String(requestsFor(cases))])
  const bare = async () => {
    const { stdout } = await node([script('bareLoop'), server.url, file, String(concurrency)])
    const sent = JSON.parse(stdout) as Sent
    const { seconds } = await server.window(0)
    return { ...sent, rate: sent.answered / seconds, cpu: (sent.cpuSeconds / sent.answered) * 1e6 }
  }
  const suite = async () => {
    const run = await runSuite(server.url, cases, folder)
    const { seconds } = await server.window(lingering)
    return { rate: run.cases / seconds, whole: run.cases / run.seconds, cpu: (run.cpuSeconds / run.cases) * 1e6 }
  }
  const { failed } = await bare()
  const pairs: Pair[] = []
  for (let round = 0; round < rounds; round++) {
    // Each goes first in turn, so that what drifts on the machine favours neither.
    const early = round % 2 === 0 ? await bare() : undefined
    const own = await suite()
    const loop = early ?? (await bare())
    pairs.push({
      suite: own.rate,
      bare: loop.rate,
      ratio: own.rate / loop.rate,
      whole: own.whole,
      wholeRatio: own.whole / loop.rate,
      suiteCpu: own.cpu,
      bareCpu: loop.cpu,
    })
  }
  return { cases, unanswered: failed, median: medians(pairs), pairs }
}
