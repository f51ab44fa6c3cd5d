import type { BaselineResult } from './baseline'
import type { Finding, Note } from './finding'
import type { DocsPlace } from './place'
import type { RuleInfo } from './rule'
import type { Zone } from './zone'

export type Verdict = 'conforms' | 'findings' | 'not judged'

export interface RuleResult extends Omit<RuleInfo, 'owes'> {
  /** Cases that were judged. */
  readonly cases: number
  /** Cases that the target refused for another reason (401, 404, 429, …), so that they tell nothing. */
  readonly notReached: number
  /** Seconds that the target took to answer its cases, together. Rules are tested side by side: over all, they are more than the run's. */
  readonly seconds: number
  /** `not tested`: its cases were refused for another reason, or it cannot be tested; `not run`: the budget ended first. */
  readonly result: 'kept' | 'broken' | 'not tested' | 'not run'
  readonly reason?: string
  /** The failure rate that this many passes rule out at 95 % (rule of three), 0–1. */
  readonly rulesOut?: number
  readonly findings: readonly string[]
}

/** What the docs leave open, what was assumed, and why. */
export interface Silence {
  readonly place: string
  readonly question: string
  readonly assumption: string
  readonly reason: string
  /** What the target did, learnt from the run. */
  readonly observed?: string
}

export interface ZoneStatistics {
  readonly zone: Zone
  readonly requests: number
  readonly statuses: Readonly<Record<string, number>>
  /** Seconds. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number }
  /** Counts of answers by latency; bucket `i` ends at `latencyBuckets[i]` seconds, the last has no end. */
  readonly histogram: readonly number[]
}

/** A documented member of the request, or of an answer: what the contract's drawing is made from. */
export interface DocumentedMember {
  readonly operation: string
  /** `path.mesh_id`, `header.X-Auth-Token`, `body.spec.ingress.port`; of an answer `answer.body.metadata.uid`. */
  readonly place: string
  /** Of an answer's member: the documented statuses whose answers hold it. */
  readonly statuses?: readonly string[]
  /** Its documented type, e.g. `string`. */
  readonly type: string
  readonly required: boolean
  /** It has members of its own, which are too many to be told. */
  readonly cut?: true
  readonly docs?: DocsPlace
  /** Line of the OpenAPI document that states it, from 1; the first, where answers of several statuses hold it. */
  readonly line?: number
}

/** All that a run found out: `report.json` is this, and every other report is made from it. */
export interface Report {
  readonly version: 1
  readonly tool: { readonly name: string; readonly version: string }
  readonly verdict: Verdict
  readonly exitCode: 0 | 1 | 3
  /** Why it could not be judged, or why the run ended early, and what to do. */
  readonly reason?: string
  /** Beside findings: why the run could not have been judged without them. */
  readonly unjudged?: string
  /** What the baseline made of the findings: with one, `exitCode` is 0 where all of them are known. */
  readonly baseline?: BaselineResult
  /** Findings that do not repeat each time let the run pass. */
  readonly allowFlaky?: true
  readonly seed: number
  readonly target: string
  /** The embedded server's variant, where the target was the embedded server. */
  readonly embedded?: string
  readonly document: {
    readonly title: string
    readonly version: string
    readonly file: string
    /** The document as the user named it; none: the bundled API. */
    readonly spec?: string
    readonly overlays: readonly string[]
    readonly params: Readonly<Record<string, string>>
    /** The tested operations, with the line of the document where each begins. */
    readonly operations?: readonly { readonly id: string; readonly line: number }[]
    /** Operations that were not sent, as `METHOD /path`, by the reason. */
    readonly leftOut?: readonly { readonly reason: string; readonly operations: readonly string[] }[]
    /** Rules that the requests were too few for, in words. */
    readonly thinned?: string
    /** Which operations took ids from the answers of others, in words. */
    readonly dependences?: readonly string[]
    /** Remote files that the document refers to were fetched. */
    readonly remoteRefs?: true
  }
  readonly startedAt: string
  readonly seconds: number
  readonly requests: number
  readonly creations: number
  /** What became of what the run created, where the config says how it is deleted. */
  readonly cleanup?: {
    /** The ledger's file; `plumbline cleanup` takes it. */
    readonly ledger: string
    /** Requests that created something, or may have. */
    readonly created: number
    readonly deleted: number
    /** What is still there, and why. */
    readonly left: readonly { readonly what: string; readonly path?: string; readonly reason: string }[]
  }
  /** The command that repeats the run; secrets as variables. */
  readonly command: string
  readonly rules: readonly RuleResult[]
  /** Every documented member, in the document's order. */
  readonly members: readonly DocumentedMember[]
  readonly findings: readonly Finding[]
  readonly silences: readonly Silence[]
  readonly notes: readonly (Note & { readonly count: number })[]
  /** Rules of the document that cannot be tested, with the reason. */
  readonly notTestable: readonly { readonly place: string; readonly reason: string }[]
  readonly statistics: {
    readonly latencyBuckets: readonly number[]
    readonly zones: readonly ZoneStatistics[]
    /** How many answers were held to each documented one; the others were of any shape, or of no documented status. */
    readonly held?: readonly { readonly operation: string; readonly status: string; readonly answers: number }[]
    readonly timeline: readonly { readonly second: number; readonly requests: number; readonly failures: number }[]
  }
}

/** Why rules could not be tested, and how many for each reason, the commonest first. */
export function untestedReasons(rules: readonly RuleResult[]): readonly (readonly [string, number])[] {
  const reasons = new Map<string, number>()
  for (const { result, reason = 'no answer told' } of rules)
    if (result === 'not tested') reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  return [...reasons].sort(([, a], [, b]) => b - a)
}
