import type { Generation } from './generation'
import type { Cpu } from './parts/cpu'
import type { FirstFinding } from './parts/finding'
import type { Memory } from './parts/memory'
import type { Plan } from './parts/plan'
import type { HtmlReport } from './parts/report'
import type { Speed } from './parts/speed'
import type { Start } from './parts/start'

/** What each part measures. */
export interface Parts {
  readonly speed: readonly Speed[]
  readonly cpu: Cpu
  readonly memory: readonly Memory[]
  readonly plan: readonly Plan[]
  readonly start: Start
  readonly report: HtmlReport
  readonly finding: FirstFinding
  readonly generator: Generation
}

export type PartName = keyof Parts

/** On what it was measured. */
export interface Machine {
  /** Time of the start, RFC 3339. */
  readonly at: string
  /** Short hash of the commit; `+` behind it: there were changes besides. */
  readonly commit: string
  readonly node: string
  readonly cpu: string
  readonly cores: number
  /** Processes that wanted the processor in the minute before. */
  readonly load: number
}

/** `latest.json`: of each part the latest. */
export type Results = { readonly [K in PartName]?: Machine & { readonly result: Parts[K] } }

/** A line of `history.jsonl`: what one call has measured. */
export interface HistoryLine extends Machine {
  /** By the figures' keys, four digits of each. */
  readonly figures: Readonly<Record<string, number>>
}
