import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync, writeFileSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'
import { isMainThread } from 'node:worker_threads'

/** What a measured process tells of itself at its end, in the file that `PLUMBLINE_PROBE` names. Loaded into it before all else. */
export interface Probed {
  /** Processor time of all its threads, user and system. */
  readonly cpuSeconds: number
  /** Processor time of its main thread alone, where the system tells it. */
  readonly mainCpuSeconds?: number
  /** Bytes, the highest. */
  readonly peakRss: number
  /** Bytes in use in the main thread's JavaScript heap, garbage among them, the highest that was seen. */
  readonly peakHeap: number
  /** Microseconds of the monotonic clock when undici first wrote a request. */
  readonly firstRequestAt?: number
}

/** Milliseconds between two looks at the heap. */
const interval = 20
const firstRequest = 'undici:client:sendHeaders'

/** The kernel's own mark of this process; what `getrusage` tells begins with the parent's. */
function peakRss(): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) * 1024
  } catch {
    return process.resourceUsage().maxRSS * 1024
  }
}

/** Seconds that the main thread has run (Linux, `Documentation/scheduler/sched-stats.rst`: nanoseconds on the processor come first). */
function mainCpuSeconds(): number | undefined {
  try {
    return Number.parseInt(readFileSync('/proc/self/schedstat', 'latin1'), 10) / 1e9
  } catch {
    return undefined
  }
}

function probe(file: string): void {
  let peakHeap = 0
  let firstRequestAt: number | undefined
  const look = () => {
    peakHeap = Math.max(peakHeap, getHeapStatistics().used_heap_size)
  }
  setInterval(look, interval).unref()
  const onRequest = () => {
    firstRequestAt = Number(process.hrtime.bigint() / 1000n)
    unsubscribe(firstRequest, onRequest)
  }
  subscribe(firstRequest, onRequest)
  process.on('exit', () => {
    look()
    const { user, system } = process.cpuUsage()
    const main = mainCpuSeconds()
    const probed: Probed = {
      cpuSeconds: (user + system) / 1e6,
      ...(main === undefined ? {} : { mainCpuSeconds: main }),
      peakRss: peakRss(),
      peakHeap,
      ...(firstRequestAt === undefined ? {} : { firstRequestAt }),
    }
    writeFileSync(file, JSON.stringify(probed))
  })
}

if (isMainThread && process.env.PLUMBLINE_PROBE !== undefined) probe(process.env.PLUMBLINE_PROBE)
