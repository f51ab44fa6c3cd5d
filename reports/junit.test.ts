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
  expect(xml).toContain(
    '<testcase classname="body.spec.ingress.port" name="body.spec.ingress.port:type:string"><failure type="status:accepted"',
  )
  expect(xml).toMatch(/<testcase classname="answer\.body\.metadata\.uid" name="unique:repeated"><failure/)
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
  for (const { id } of known) expect(xml).toMatch(new RegExp(`name="${id}"><skipped `))
})

test('findings that are all known do not hide that a run could not be judged', () => {
  const report = { ...baselinedReport(), exitCode: 3, reason: 'the run ended early' } as const
  expect(renderJunit(report)).toContain('<error message="the run ended early"/>')
})

test('a target that could not be judged does not pass', () => {
  expect(renderJunit(unjudgedReport())).toMatch(/<testcase classname="target" name="the target can be judged"><error [^>]*401/)
})

test('what XML forbids is shown as its escape', () => {
  const xml = renderJunit(hostileReport())
  expect(xml).toContain('\\u0000')
  expect(xml).toContain('\\ud800')
  expect(xml).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\ud800-\udfff\ufffe\uffff]/u)
  expect(xml.length).toBeLessThan(1_000_000)
})
