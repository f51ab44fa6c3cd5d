import { sampleReport } from '../reports/sample'
import { diffReports } from './diff'

const before = sampleReport()

test('a report does not differ from itself', () => {
  const { added, fixed, still, notSeen, behaviour, rules } = diffReports(before, before)
  expect({ added, fixed, notSeen, behaviour, rules }).toEqual({ added: [], fixed: [], notSeen: [], behaviour: [], rules: [] })
  expect(still).toEqual(before.findings)
})

test('what is gone is fixed where its rule is kept now, else not seen; what came is new', () => {
  const gone = before.findings.find(({ flaky, rule }) => !flaky && rule !== undefined)!
  const rest = { ...before, findings: before.findings.filter((finding) => finding !== gone) }
  const withResult = (result: 'kept' | 'not run') => ({
    ...rest,
    rules: rest.rules.map((rule) => (rule.id === gone.rule ? { ...rule, result } : rule)),
  })
  expect(diffReports(before, withResult('kept'))).toMatchObject({
    fixed: [{ id: gone.id }],
    notSeen: [],
    added: [],
    rules: [{ id: gone.rule, before: 'broken', after: 'kept' }],
  })
  expect(diffReports(before, withResult('not run'))).toMatchObject({ fixed: [], notSeen: [{ id: gone.id }] })
  expect(diffReports(rest, before).added).toEqual([gone])
})

test('nothing is fixed where the run was not judged, or the operation gave no success', () => {
  const gone = before.findings.find(({ flaky, rule, check }) => !flaky && rule !== undefined && check === 'status')!
  const judged = {
    ...before,
    findings: before.findings.filter((finding) => finding !== gone),
    rules: before.rules.map((rule) => (rule.id === gone.rule ? { ...rule, result: 'kept' as const } : rule)),
  }
  const unfixed = { fixed: [], notSeen: [{ id: gone.id }] }
  expect(diffReports(before, judged)).toMatchObject({ fixed: [{ id: gone.id }] })
  expect(diffReports(before, { ...judged, verdict: 'not judged' })).toMatchObject(unfixed)
  expect(diffReports(before, { ...judged, unjudged: 'too few rules' })).toMatchObject(unfixed)
  const denied = judged.rules.map((rule) => (rule.zone === 'accept' ? { ...rule, cases: 0, result: 'not tested' as const } : rule))
  expect(diffReports(before, { ...judged, rules: denied })).toMatchObject(unfixed)
  // Whoever refuses every valid request keeps what must be refused.
  const all = denied.map((rule) => (rule.zone === 'accept' ? { ...rule, cases: 9, result: 'broken' as const } : rule))
  const refusal = {
    ...gone,
    id: 'f',
    check: 'status',
    kind: 'refused:400',
    rules: all.filter((r) => r.zone === 'accept').map(({ id }) => id),
  }
  expect(diffReports(before, { ...judged, rules: all, findings: [refusal] }).fixed).toEqual([])
})

test('a flaky finding that is not seen is not called fixed', () => {
  const flaky = before.findings.find((finding) => finding.flaky)!
  const after = {
    ...before,
    findings: before.findings.filter((finding) => finding !== flaky),
    rules: before.rules.map((rule) => (rule.id === flaky.rule ? { ...rule, result: 'kept' as const } : rule)),
  }
  expect(diffReports(before, after)).toMatchObject({ fixed: [], notSeen: [{ id: flaky.id }] })
})

test('behaviour differs only where both runs learnt it; rules of one run alone are told', () => {
  const [silence, ...others] = before.silences
  const after = { ...before, silences: [{ ...silence!, observed: 'refuses 0' }, ...others.map(({ observed: _, ...rest }) => rest)] }
  expect(diffReports(before, after).behaviour).toEqual([
    { place: silence!.place, question: silence!.question, before: silence!.observed, after: 'refuses 0' },
  ])
  const [rule] = before.rules
  expect(diffReports(before, { ...before, rules: before.rules.slice(1) }).rules).toEqual([
    { id: rule!.id, promise: rule!.promise, before: rule!.result },
  ])
})
