import type { Failure, Finding } from './finding'
import type { Report } from './report'
import type { RuleInfo } from './rule'
import type { Zone } from './zone'

export const eventVersion = 1

/** What happened in a run, in the past tense; exactly one `run-finished` is the last. */
export type Event =
  | {
      readonly type: 'run-started'
      readonly version: number
      readonly at: string
      readonly seed: number
      readonly target: string
      readonly document: string
      readonly rules: readonly RuleInfo[]
      readonly planned: number
    }
  | {
      readonly type: 'case-judged'
      readonly rule: string
      readonly index: number
      readonly zone: Zone
      readonly request: number
      /** Seconds since the start of the run. */
      readonly at: number
      readonly seconds: number
      /** HTTP status, or the kind of the fault. */
      readonly outcome: string
      readonly notReached?: string
      readonly failures: readonly Pick<Failure, 'check' | 'kind' | 'place' | 'message'>[]
    }
  | { readonly type: 'patience'; readonly at: number; readonly reason: string; readonly seconds: number; readonly concurrency: number }
  | { readonly type: 'shrink-started'; readonly rule: string }
  | { readonly type: 'finding-made'; readonly finding: Finding }
  | { readonly type: 'run-finished'; readonly report: Report }

export type Emit = (event: Event) => void
