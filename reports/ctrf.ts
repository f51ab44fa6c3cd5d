import type { CTRFReport, Test, TestStatus } from 'ctrf'
import type { Report } from '../core/report'
import { type TestCase, testCases } from './testCases'
import { visible } from './text'

const specVersion = '0.0.0'

const statuses: Readonly<Record<TestCase['status'], TestStatus>> = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  errored: 'other',
}

function test(of: TestCase): Test {
  const { name, operation, place, status, message, details, rule, findings } = of
  return {
    name: visible(name),
    // What the target took to answer; rules are sent side by side, so that the whole run takes less than all of them.
    duration: Math.round((rule?.seconds ?? 0) * 1000),
    status: statuses[status],
    suite: [operation ?? 'the whole run', place].map((part) => visible(part) || '-'),
    rawStatus: rule?.result ?? status,
    ...(message === undefined ? {} : { message: visible(message) }),
    ...(details === undefined ? {} : { trace: details.map(visible).join('\n') }),
    ...(rule ? { tags: [rule.zone] } : {}),
    ...(findings.some(({ flaky }) => flaky) ? { flaky: true } : {}),
    ...(findings.length > 0 ? { extra: { findings: findings.map(({ id }) => id), severity: findings[0]!.severity } } : {}),
  }
}

/** `ctrf.json`: the Common Test Report Format (ctrf.io), a test for each rule. */
export function renderCtrf(report: Report): string {
  const tests = testCases(report).map(test)
  const count = (status: TestStatus) => tests.filter((one) => one.status === status).length
  const start = Date.parse(report.startedAt)
  const duration = Math.round(report.seconds * 1000)
  const ctrf: CTRFReport = {
    reportFormat: 'CTRF',
    specVersion,
    timestamp: new Date(start + duration).toISOString(),
    generatedBy: report.tool.name,
    results: {
      tool: { name: report.tool.name, version: report.tool.version },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: 0,
        other: count('other'),
        flaky: tests.filter(({ flaky }) => flaky).length,
        start,
        stop: start + duration,
        duration,
      },
      tests,
      environment: {
        appName: report.document.title,
        appVersion: report.document.version,
        testEnvironment: report.target,
        extra: { seed: report.seed, command: report.command, verdict: report.verdict },
      },
    },
  }
  return `${JSON.stringify(ctrf, null, 2)}\n`
}
