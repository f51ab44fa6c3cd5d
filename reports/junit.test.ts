import { allowingFlaky } from '../core/baseline'
import { problems } from '../test/formats'
import { renderJunit } from './junit'
import { baselinedReport, sampleReport, unjudgedReport } from './sample'
import { hostileReport } from './sampleHostile'
import { samples } from './samples'

test.each(samples)('a report %s is valid under the schema of the xUnit plugin', async (_, make) => {
  expect(await problems.junit(renderJunit(make()))).toEqual([])
})

test('the schema refuses what the plugin refuses', async () => {
  expect(await problems.junit(renderJunit(sampleReport()).replace('<testcase ', '<testcase status="run" '))).not.toEqual([])
  expect(await problems.junit(renderJunit(sampleReport()).replace(/ errors="\d+"/g, ''))).not.toEqual([])
})

const count = (xml: string, part: string | RegExp) => xml.split(part).length - 1

test('one test case for each rule: broken ones fail, those that say nothing are skipped', () => {
  const report = sampleReport()
  const xml = renderJunit(report)
  const broken = report.rules.filter(({ result }) => result === 'broken').length
  // The sample has one finding of the whole run, which no rule stands for.
  expect(count(xml, '<testcase ')).toBe(report.rules.length + 1)
  expect(count(xml, '<failure ')).toBe(broken + 1)
  expect(count(xml, '<skipped ')).toBe(report.rules.filter(({ result }) => result.startsWith('not')).length)
  expect(xml).toContain(
    `<testsuites name="plumbline-api" tests="${report.rules.length + 1}" failures="${broken + 1}" errors="0" time="11.400">`,
  )
  expect(xml).toContain('<testcase classname="body.spec.ingress.port" name="body.spec.ingress.port:type:string" time="0.')
  expect(xml).toMatch(/<testcase classname="answer\.body\.metadata\.uid" name="unique:repeated" time="0.000"><failure/)
})

test('a finding is told in full once, with the commands that send it again', () => {
  const xml = renderJunit(sampleReport())
  expect(count(xml, 'Promised  A 400 answer carries errorCode')).toBe(1)
  expect(count(xml, 'told at body.spec:type:string')).toBe(4)
  expect(xml).toContain('npx plumbline-api replay plumbline-report/report.json')
  expect(xml).toContain('curl -sS -i -X POST')
})

test('what a baseline bears is skipped with its reason; what has expired fails', () => {
  const report = baselinedReport()
  const states = (rule: string) => report.findings.filter(({ rules }) => rules.includes(rule)).map(({ baseline }) => baseline!.state)
  const broken = report.rules.filter(({ result }) => result === 'broken')
  const known = broken.filter(({ id }) => states(id).every((state) => state === 'known'))
  expect(known.length).toBeGreaterThan(0)
  const xml = renderJunit(report)
  expect(count(xml, 'message="known until 2026-06-30: the gateway converts it; ticket MESH-812')).toBe(
    known.length + report.findings.filter(({ rules, baseline }) => rules.length === 0 && baseline!.state === 'known').length,
  )
  expect(xml).toContain('Baseline  known, but expired on 2026-02-28')
  for (const { id } of known) expect(xml).toMatch(new RegExp(`name="${id}" time="[0-9.]+"><skipped `))
})

test('flaky findings are skipped where they are allowed, and fail where not', () => {
  const report = sampleReport()
  const flaky = report.findings.filter((finding) => finding.flaky)
  expect(flaky.length).toBeGreaterThan(0)
  const allowed = renderJunit(allowingFlaky(report))
  expect(count(allowed, '<skipped type="')).toBeGreaterThan(count(renderJunit(report), '<skipped type="'))
  expect(count(allowed, 'message="flaky, which is allowed: ')).toBe(count(renderJunit(report), '<failure ') - count(allowed, '<failure '))
})

test('a rule takes the seconds that its cases took, a suite their sum', () => {
  const report = sampleReport()
  const xml = renderJunit(report)
  for (const { id, seconds } of report.rules.slice(0, 20)) expect(xml).toContain(`name="${id}" time="${seconds.toFixed(3)}"`)
  expect(xml).toContain(`time="${report.rules.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3)}" timestamp=`)
})

test('findings that are all known do not hide that a run could not be judged', () => {
  const report = { ...baselinedReport(), exitCode: 3, reason: 'the run ended early' } as const
  expect(renderJunit(report)).toContain('<error message="the run ended early"/>')
})

test('a target that could not be judged does not pass', () => {
  expect(renderJunit(unjudgedReport())).toMatch(/<testcase classname="target" name="the target can be judged" time="0.000"><error [^>]*401/)
})

test('what XML forbids is shown as its escape', () => {
  const xml = renderJunit(hostileReport())
  expect(xml).toContain('\\u0000')
  expect(xml).toContain('\\ud800')
  expect(xml).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\ud800-\udfff\ufffe\uffff]/u)
  expect(xml.length).toBeLessThan(1_000_000)
})
