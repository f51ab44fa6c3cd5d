import type { Finding } from './finding'
import type { Report } from './report'

/** A finding that is known and borne until a date. */
export interface KnownFinding {
  readonly id: string
  readonly title?: string
  /** The rule that showed it: where this is tested and kept, the finding is fixed. */
  readonly rule?: string
  /** Seen now and then only: a run without it does not show that it is fixed. */
  readonly flaky?: boolean
  readonly reason: string
  readonly owner: string
  /** Day when it was first known, `YYYY-MM-DD`. */
  readonly since?: string
  /** Last day on which it is borne, `YYYY-MM-DD` (UTC). */
  readonly expires: string
}

/** How a finding stands to the baseline. */
export interface Standing extends Partial<Pick<KnownFinding, 'reason' | 'owner' | 'since' | 'expires'>> {
  readonly state: 'new' | 'known' | 'expired'
}

/** The baseline, as a report tells it. */
export interface BaselineResult {
  readonly file: string
  /** Findings by their standing. */
  readonly new: number
  readonly known: number
  readonly expired: number
  /** Known findings that the run did not see although it tested their rule. */
  readonly fixed: readonly KnownFinding[]
  /** Known findings that the run did not look for, or that are seen now and then only. */
  readonly notSeen: readonly KnownFinding[]
}

/**
 * Tells whether a finding that a run did not see is fixed: the run could be judged, and the finding's rule was tested and kept, at an operation
 * that gave a success, since one that refuses everything keeps many rules. What was seen just now and then before need not be.
 */
export function fixedIn({ rules, findings, verdict, unjudged }: Report): (known: Pick<KnownFinding, 'flaky' | 'rule'>) => boolean {
  const isJudged = verdict !== 'not judged' && unjudged === undefined
  const refused = new Set(findings.filter(withoutSuccess).flatMap((finding) => finding.rules))
  const taken = new Set(
    rules.filter(({ id, zone, cases }) => zone === 'accept' && cases > 0 && !refused.has(id)).map(({ operation }) => operation),
  )
  const kept = new Set(rules.filter(({ result, operation }) => result === 'kept' && taken.has(operation)).map(({ id }) => id))
  return ({ flaky, rule }) => isJudged && !flaky && rule !== undefined && kept.has(rule)
}

/** What a valid request fails by where no success comes. */
const withoutSuccess = ({ check, kind }: Finding): boolean =>
  check === 'server-error' || check === 'no-fault' || (check === 'status' && !kind.startsWith('status:2'))

/** Whether a finding fails its run: the baseline may bear it, and what does not repeat each time may be allowed. */
export const fails = ({ allowFlaky }: Pick<Report, 'allowFlaky'>, { baseline, flaky }: Pick<Finding, 'baseline' | 'flaky'>): boolean =>
  baseline?.state !== 'known' && !(allowFlaky && flaky)

/** A report whose flaky findings let the run pass. */
export const allowingFlaky = (report: Report): Report => withExitCode({ ...report, allowFlaky: true })

/** Where no finding fails, the exit code is 0, or 3 where the run could not have been judged without findings. */
function withExitCode(report: Report): Report {
  if (report.verdict !== 'findings') return report
  if (report.findings.some((finding) => fails(report, finding))) return { ...report, exitCode: 1 }
  return report.unjudged === undefined ? { ...report, exitCode: 0 } : { ...report, exitCode: 3, reason: report.unjudged }
}

/**
 * Holds a report against a baseline: only new and expired findings fail.
 * @returns the report with `baseline` on it and on each finding; it conforms to what is known with exit code 0, or 3 where the run
 * could not have been judged without findings
 */
export function againstBaseline(report: Report, file: string, all: readonly KnownFinding[]): Report {
  const today = report.startedAt.slice(0, 10)
  const byId = new Map(all.map((known) => [known.id, known]))
  const found = new Set(report.findings.map(({ id }) => id))
  const isFixed = fixedIn(report)
  const findings = report.findings.map((finding): Finding => ({ ...finding, baseline: standing(byId.get(finding.id), today) }))
  const amount = (state: Standing['state']) => findings.filter(({ baseline }) => baseline?.state === state).length
  const gone = all.filter(({ id }) => !found.has(id))
  const baseline = {
    file,
    new: amount('new'),
    known: amount('known'),
    expired: amount('expired'),
    fixed: gone.filter((known) => isFixed(known)),
    notSeen: gone.filter((known) => !isFixed(known)),
  }
  return withExitCode({ ...report, findings, baseline })
}

function standing(known: KnownFinding | undefined, today: string): Standing {
  if (!known) return { state: 'new' }
  const { reason, owner, since, expires } = known
  return { state: expires < today ? 'expired' : 'known', reason, owner, ...(since !== undefined ? { since } : {}), expires }
}

/** Whether a text is a day of the calendar, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
