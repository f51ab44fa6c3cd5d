import type { Standing } from './baseline'
import type { Change } from './case'
import type { DocsPlace } from './place'
import type { Zone } from './zone'

export const severities = ['critical', 'serious', 'moderate', 'minor'] as const
export type Severity = (typeof severities)[number]

/** What a check says of one exchange, or of the whole run: one thing that is wrong. */
export interface Failure {
  /** Id of the check. */
  readonly check: string
  /** Stable code of what is wrong, never with values of the run: `accepted`, `status:422`, `missing`, `type`. Failures of one cause share it. */
  readonly kind: string
  /** Where it shows, in the answer (`answer.body.metadata.uid`, `answer.status`, `answer.header.content-type`). */
  readonly place: string
  /** A sentence: what is wrong, with the received value shortened. */
  readonly message: string
  readonly expected?: string
  readonly received?: string
  readonly severity: Severity
  /** Where the docs promise what was broken, if it is not the rule's own place. */
  readonly docs?: DocsPlace
  /** The promise in words, if it is not the rule's own. */
  readonly promise?: string
  /** The cause lies in the answer, whatever was sent (a missing member, a wrong content type): failures of different rules are one finding.
   *  Otherwise the cause lies in how the request was taken, and the rule's place tells findings apart. */
  readonly anywhere?: boolean
  /** The operation whose own answer is wrong, where it is one of a sequence; none: the rule's. */
  readonly operation?: string
}

/** The operation that a failure of a rule's case tells of. */
export const operationIn = ({ failure, rule }: { readonly failure: Failure; readonly rule: { readonly operation: string } }): string =>
  failure.operation ?? rule.operation

/** Something worth telling that is never a finding: 405 without Allow, unknown members in an answer. */
export interface Note {
  readonly kind: string
  readonly message: string
}

/** An exchange as a report shows it: bounded, with secrets masked. Bodies are text if they are valid UTF-8, else base64. */
export interface ShownRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
  readonly bodyBase64?: string
  readonly bodyBytes: number
}

export interface ShownAnswer {
  readonly status?: number
  readonly statusText?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly bodyBase64?: string
  readonly bodyBytes?: number
  /** Why there is no whole answer. */
  readonly fault?: string
  readonly seconds: number
}

/** A failing exchange as reports show it, with what it takes to send it again. */
export interface ShownExchange {
  readonly request: ShownRequest
  readonly response: ShownAnswer
  /** What the request changes against the plain valid one. */
  readonly changes: readonly Change[]
  readonly curl?: string
  /** The requests that went before it, in order, where it is the last of a sequence. */
  readonly before?: readonly { readonly request: ShownRequest; readonly response: ShownAnswer; readonly curl?: string }[]
  /** The case as data, for replay. Without changes: those of the rule's own case of that index. */
  readonly case?: {
    readonly operation: string
    readonly rule: string
    readonly index: number
    readonly fresh: boolean
    readonly changes?: readonly Change[]
  }
}

/** Failures with one cause, told once. The exchange is that of the smallest failing case. */
export interface Finding extends Partial<ShownExchange> {
  /** Stable over runs: operation, check, kind, place; never values. Short hexadecimal text. */
  readonly id: string
  readonly severity: Severity
  /** One line that names the defect. */
  readonly title: string
  /** The rule whose smallest case is shown. */
  readonly rule?: string
  readonly zone?: Zone
  readonly check: string
  readonly kind: string
  /** Where the defect lies: the request's member, or the answer's. */
  readonly place: string
  readonly promise: string
  readonly docs?: DocsPlace
  /** Why it is wrong: the failure's sentence for the smallest case. */
  readonly message: string
  readonly expected?: string
  readonly received?: string
  /** Where it shows in the answer. */
  readonly answerPlace: string
  readonly changes: readonly Change[]
  /** `always`, `k of n`, or `not repeated` where the run ended before it could be sent again. */
  readonly steady: string
  readonly flaky: boolean
  /** Several answers of the run show it together, none alone: it was not sent again. */
  readonly wholeRun?: true
  /** Failing exchanges in the run, shrinking and confirming left out. */
  readonly count: number
  /** Exchanges that could have shown it. */
  readonly outOf: number
  readonly firstSeen: { readonly request: number; readonly seconds: number }
  /** Every rule that hit it. */
  readonly rules: readonly string[]
  readonly replay: string
  /** Sizes of the failing request on the way to the smallest, in changes and bytes. */
  readonly shrinkPath: readonly { readonly changes: number; readonly bytes: number }[]
  /** How it stands to the baseline, where one was given. */
  readonly baseline?: Standing
}
