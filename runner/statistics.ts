import type { Judgement } from '../core/check'
import type { Exchange } from '../core/exchange'
import type { Report, ZoneStatistics } from '../core/report'
import { type Zone, zones } from '../core/zone'

/** Upper ends of the latency buckets, seconds: fine enough for percentiles, constant in memory. */
const latencyBuckets: readonly number[] = Array.from({ length: 40 }, (_, i) => Number((0.0002 * 1.35 ** i).toPrecision(3)))

interface Tally {
  requests: number
  statuses: Record<string, number>
  histogram: number[]
  max: number
}

/** Counts exchanges by zone, status, latency and second. */
export function createStatistics(): {
  add(exchange: Exchange, at: number, judgement: Pick<Judgement, 'failures' | 'held'>): void
  result(): Report['statistics']
} {
  const held = new Map<string, { operation: string; status: string; answers: number }>()
  const tallies = new Map<Zone, Tally>(
    zones.map((zone) => [zone, { requests: 0, statuses: {}, histogram: Array(latencyBuckets.length + 1).fill(0), max: 0 }]),
  )
  const timeline = new Map<number, { second: number; requests: number; failures: number }>()
  return {
    add(exchange, at, judgement) {
      const tally = tallies.get(exchange.case.zone) as Tally
      const outcome = String(exchange.answer?.status ?? exchange.fault?.kind)
      tally.requests++
      tally.statuses[outcome] = (tally.statuses[outcome] ?? 0) + 1
      const bucket = latencyBuckets.findIndex((end) => exchange.seconds <= end)
      const slot = bucket < 0 ? latencyBuckets.length : bucket
      tally.histogram[slot] = (tally.histogram[slot] ?? 0) + 1
      tally.max = Math.max(tally.max, exchange.seconds)
      const second = Math.floor(at)
      const entry = timeline.get(second) ?? { second, requests: 0, failures: 0 }
      entry.requests++
      if (judgement.failures.length > 0) entry.failures++
      timeline.set(second, entry)
      if (!judgement.held) return
      const { operation, status } = judgement.held
      const key = `${operation}\0${status}`
      const known = held.get(key) ?? { operation, status, answers: 0 }
      known.answers++
      held.set(key, known)
    },
    result: () => ({
      latencyBuckets,
      zones: [...tallies].map(
        ([zone, tally]): ZoneStatistics => ({
          zone,
          requests: tally.requests,
          statuses: tally.statuses,
          histogram: tally.histogram,
          latency: percentiles(tally),
        }),
      ),
      held: [...held].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
      timeline: [...timeline.values()].sort((a, b) => a.second - b.second),
    }),
  }
}

function percentiles({ histogram, requests, max }: Tally): ZoneStatistics['latency'] {
  const at = (share: number) => {
    let seen = 0
    for (let i = 0; i < histogram.length; i++) {
      seen += histogram[i] ?? 0
      if (requests > 0 && seen >= share * requests) return Math.min(latencyBuckets[i] ?? max, max)
    }
    return 0
  }
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max }
}
