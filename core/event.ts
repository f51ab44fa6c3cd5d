import type { Failure, Finding, Note, ShownExchange } from './finding'
import type { DocumentedMember, Report, Silence } from './report'
import type { RuleInfo } from './rule'
import type { Zone } from './zone'

export const eventVersion = 1

/** What is known of a run before its first request. */
export interface RunStarted {
  readonly type: 'run-started'
  readonly version: typeof eventVersion
  readonly tool: Report['tool']
  /** Time of the start, RFC 3339. */
  readonly at: string
  readonly seed: number
  readonly target: string
  readonly embedded?: string
  readonly document: Report['document']
  readonly command: string
  /** Where `report.json` will lie, for replay lines. */
  readonly reportFile: string
  readonly rules: readonly RuleInfo[]
  readonly members: readonly DocumentedMember[]
  readonly silences: readonly Silence[]
  /** Contradictions and gaps that the document itself tells. */
  readonly warnings: readonly string[]
  /** What the caller gave that may make a target refuse what is valid. */
  readonly cautions?: readonly string[]
  /** Cases in the plan. */
  readonly planned: number
  /** The run is one part of a whole, the rules of which these are, in order. */
  readonly shard?: { readonly index: number; readonly of: number; readonly rules: readonly string[] }
}

/** One case of the plan was sent and judged. */
export interface CaseJudged {
  readonly type: 'case-judged'
  readonly rule: string
  readonly index: number
  readonly zone: Zone
  /** Ordinal of the request on the wire. */
  readonly request: number
  /** Seconds since the start of the run. */
  readonly at: number
  /** Seconds from sending to the last byte of the answer. */
  readonly seconds: number
  /** HTTP status, or the kind of the fault. */
  readonly outcome: string
  readonly notReached?: string
  readonly notes: readonly Note[]
  readonly failures: readonly Failure[]
  /** The documented answer that the answer was held to. */
  readonly held?: { readonly operation: string; readonly status: string }
  /** The case's changes stand beside those of the full request. */
  readonly beside?: true
  /** The exchange itself, where it is the one that stands for a failure of its rule. */
  readonly shown?: ShownExchange
}

/** A valid request was refused again and again while others pass: a failure after all. */
interface RefusalPersisted extends Pick<CaseJudged, 'rule' | 'index' | 'request' | 'at'> {
  readonly type: 'refusal-persisted'
  readonly failure: Failure
  readonly shown: ShownExchange
}

/** What only the whole run shows (an id seen twice), as it stood when it changed: the latest of these events counts. */
export interface WholeRunJudged {
  readonly type: 'whole-run-judged'
  readonly failures: readonly (Pick<CaseJudged, 'rule' | 'index' | 'request' | 'at'> & {
    readonly failure: Failure
    readonly count: number
    readonly outOf: number
    /** The exchange that showed it; told once. */
    readonly shown?: ShownExchange
  })[]
}

/** What a merge needs of a part of a run besides its report. */
export interface ShardEnded {
  readonly type: 'shard-ended'
  /** The ids seen, for each member that must be unique: hashes in base64, and in how many answers. */
  readonly ids: readonly { readonly key: string; readonly answers: number; readonly hashes: string }[]
  /** Why the plan was not sent whole. */
  readonly ended?: string
  readonly throttled: boolean
}

/** What was created is being deleted again. */
export interface CleaningProgress {
  /** Since the beginning of the deleting, whole. */
  readonly seconds: number
  /** What is still to be deleted. */
  readonly left: number
  /** How many of these no delete finds at present: they may still appear, and are waited for. */
  readonly absent: number
}

/** What happened in a run, in the past tense, with secrets masked; exactly one `run-finished` is the last. */
export type Event =
  | RunStarted
  | CaseJudged
  | RefusalPersisted
  | WholeRunJudged
  | ShardEnded
  /** The run keeps a ledger of what it creates, in this file. */
  | { readonly type: 'ledger-begun'; readonly file: string }
  | { readonly type: 'rule-not-sendable'; readonly rule: string; readonly reason: string }
  | { readonly type: 'patience'; readonly at: number; readonly reason: string; readonly seconds: number; readonly concurrency: number }
  | { readonly type: 'shrink-started'; readonly rule: string }
  /** A case was sent again, to confirm or to shrink a failure. */
  | { readonly type: 'case-repeated'; readonly rule: string; readonly request: number; readonly at: number; readonly outcome: string }
  | ({ readonly type: 'cleanup-progressed' } & CleaningProgress)
  | { readonly type: 'finding-made'; readonly finding: Finding }
  | { readonly type: 'run-finished'; readonly report: Report }

export type Emit = (event: Event) => void
