import { fixedIn } from './baseline'
import type { Finding } from './finding'
import type { Report, RuleResult, Silence } from './report'

/** What one of the two runs was. */
export type RunSummary = Pick<Report, 'target' | 'seed' | 'startedAt' | 'verdict' | 'requests'> & { readonly document: string }

/** What changed from one run to another. */
export interface ReportDiff {
  readonly version: 1
  readonly tool: Report['tool']
  readonly before: RunSummary
  readonly after: RunSummary
  readonly added: readonly Finding[]
  /** Their rules were tested again, and kept. */
  readonly fixed: readonly Finding[]
  /** As the later run saw them. */
  readonly still: readonly Finding[]
  /** Of the earlier run; the later one did not test their rules, or they are seen now and then only. */
  readonly notSeen: readonly Finding[]
  /** What the target does where the docs are silent, and did otherwise before. */
  readonly behaviour: readonly (Pick<Silence, 'place' | 'question'> & { readonly before: string; readonly after: string })[]
  /** Rules with another result, and rules that only one run had. */
  readonly rules: readonly {
    readonly id: string
    readonly promise: string
    readonly before?: RuleResult['result']
    readonly after?: RuleResult['result']
  }[]
}

/** Compares two reports; findings are the same where their ids are. */
export function diffReports(before: Report, after: Report): ReportDiff {
  const old = new Set(before.findings.map(({ id }) => id))
  const now = new Set(after.findings.map(({ id }) => id))
  const rulesBefore = byId(before.rules)
  const rulesAfter = byId(after.rules)
  const isFixed = fixedIn(after)
  const gone = before.findings.filter(({ id }) => !now.has(id))
  return {
    version: 1,
    tool: after.tool,
    before: summaryOf(before),
    after: summaryOf(after),
    added: after.findings.filter(({ id }) => !old.has(id)),
    fixed: gone.filter((finding) => isFixed(finding)),
    still: after.findings.filter(({ id }) => old.has(id)),
    notSeen: gone.filter((finding) => !isFixed(finding)),
    behaviour: after.silences.flatMap(({ place, question, observed }) => {
      const was = before.silences.find((other) => other.place === place && other.question === question)?.observed
      return was === undefined || observed === undefined || was === observed ? [] : [{ place, question, before: was, after: observed }]
    }),
    rules: [...new Set([...rulesBefore.keys(), ...rulesAfter.keys()])].flatMap((id) => {
      const was = rulesBefore.get(id)
      const is = rulesAfter.get(id)
      if (was?.result === is?.result) return []
      const promise = (is ?? was)?.promise ?? ''
      return [{ id, promise, ...(was ? { before: was.result } : {}), ...(is ? { after: is.result } : {}) }]
    }),
  }
}

const byId = (rules: readonly RuleResult[]): ReadonlyMap<string, RuleResult> => new Map(rules.map((rule) => [rule.id, rule]))

const summaryOf = ({ target, seed, startedAt, verdict, requests, document }: Report): RunSummary => ({
  target,
  seed,
  startedAt,
  verdict,
  requests,
  document: `${document.title} ${document.version}`,
})
