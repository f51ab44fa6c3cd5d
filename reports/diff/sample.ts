import { diffReports, type ReportDiff } from '../../core/diff'
import type { Report } from '../../core/report'
import { sampleReport } from '../sample'
import { hostileReport } from '../sampleHostile'

/** Two runs between which something of every kind changed. */
export function changedReports(): { readonly before: Report; readonly after: Report } {
  const report = sampleReport()
  const [first, second, ...rest] = report.findings
  const [silence, ...silences] = report.silences
  const before = { ...report, findings: report.findings.filter((finding) => finding !== rest[0] && finding !== rest[1]) }
  const after = {
    ...report,
    seed: 7,
    startedAt: '2026-03-09T09:00:00.000Z',
    findings: [second!, ...rest],
    rules: report.rules.map((rule) => (rule.id === first?.rule ? { ...rule, result: 'kept' as const, findings: [] } : rule)),
    silences: [{ ...silence!, observed: 'refuses 0 and −1; refuses from 65536' }, ...silences],
  }
  return { before, after }
}

export function sampleDiff(): ReportDiff {
  const { before, after } = changedReports()
  return diffReports(before, after)
}

/** Every text is from a target that wants to break the page. */
export const hostileDiff = (): ReportDiff => diffReports(sampleReport({ findings: [], silences: [], rules: [] }), hostileReport())

export const noDiff = (): ReportDiff => diffReports(sampleReport({ findings: [] }), sampleReport({ findings: [] }))
