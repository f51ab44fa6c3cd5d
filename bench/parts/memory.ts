import { inFolder, runSuite, withServer } from '../processes'

export interface Memory {
  readonly cases: number
  /** Bytes, the highest of the run. */
  readonly peakRss: number
  readonly peakHeap: number
  /** Of the whole process. */
  readonly seconds: number
}

/** Memory and time of runs of ever more cases: the one should stay, the other grow with them. */
export async function memory({ cases }: { readonly cases: readonly number[] }): Promise<readonly Memory[]> {
  const measured: Memory[] = []
  for (const count of cases) {
    const run = await withServer(({ url }) => inFolder((folder) => runSuite(url, count, folder)))
    measured.push({ cases: run.cases, peakRss: run.peakRss, peakHeap: run.peakHeap, seconds: run.seconds })
  }
  return measured
}
