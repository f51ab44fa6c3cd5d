import type { Log } from 'sarif'
import { problems } from '../test/formats'
import { baselinedReport, manyFindings, sampleReport, unjudgedReport } from './sample'
import { attacks, hostileReport } from './sampleHostile'
import { samples } from './samples'
import { renderSarif } from './sarif'

const rendered = (...[report]: Parameters<typeof renderSarif>): Log => JSON.parse(renderSarif(report))

test.each(samples)('a report %s is valid SARIF 2.1.0', async (_, make) => {
  expect(await problems.sarif(renderSarif(make()))).toEqual([])
})

test('what is no SARIF is refused', async () => {
  const log = JSON.parse(renderSarif(sampleReport()))
  log.runs[0].results[0].level = 'critical'
  expect(await problems.sarif(JSON.stringify(log))).not.toEqual([])
})

test('every rule has a descriptor, every result a rule that is described', () => {
  const report = sampleReport()
  const [run] = rendered(report).runs
  const ids = run!.tool.driver.rules!.map(({ id }) => id)
  expect(ids).toEqual([...report.rules.map(({ id }) => id), 'unique:repeated'])
  for (const { ruleId } of run!.results!) expect(ids).toContain(ruleId)
  expect(run!.results!.map(({ level }) => level)).toEqual([...Array(5).fill('error'), ...Array(3).fill('warning'), 'note', 'note'])
})

test('a finding points at its line of the document and at the sentence of the page', () => {
  const report = sampleReport()
  const index = report.findings.findIndex(({ place }) => place === 'body.spec.ingress.port')
  const members = report.members.map((member) => (member.place === 'body.spec.ingress.port' ? { ...member, line: 231 } : member))
  const result = rendered({ ...report, members }).runs[0]!.results![index]!
  expect(result).toMatchObject({
    ruleId: 'body.spec.ingress.port:type:string',
    message: { text: expect.stringMatching(/^A port sent as text is accepted\nPromised: port must be an integer/) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: 'specs/create-workshop.openapi.yaml' }, region: { startLine: 231 } },
        logicalLocations: [{ fullyQualifiedName: 'body.spec.ingress.port' }],
      },
    ],
    relatedLocations: [{ physicalLocation: { artifactLocation: { uri: 'specs/create-workshop.md' }, region: { startLine: 49 } } }],
    partialFingerprints: { 'plumblineFinding/v1': report.findings[index]!.id, primaryLocationLineHash: report.findings[index]!.id },
  })
})

test('the rule of a finding is the first that it broke, whatever the seed has shown', () => {
  const report = sampleReport()
  const findings = report.findings.map((finding) =>
    finding.check === 'error-shape' ? { ...finding, rule: finding.rules.at(-1)! } : finding,
  )
  const ruleOf = (log: Log) => log.runs[0]!.results!.find(({ message }) => message.text!.startsWith('An error answer'))?.ruleId
  expect(ruleOf(rendered({ ...report, findings }))).toBe(ruleOf(rendered(report)))
})

test('fingerprints tell findings apart', () => {
  const prints = rendered(manyFindings(1000)).runs[0]!.results!.map(
    ({ partialFingerprints }) => partialFingerprints!.primaryLocationLineHash,
  )
  expect(new Set(prints).size).toBe(1000)
})

test('what a baseline bears is suppressed with its reason, and nothing else is', () => {
  const report = baselinedReport()
  const results = rendered(report).runs[0]!.results!
  for (const [index, { baseline }] of report.findings.entries()) {
    const suppressed = [
      { kind: 'external', status: 'accepted', justification: expect.stringMatching(/^known until 2026-06-30: .*MESH-812 \(mesh-gateway/) },
    ]
    expect(results[index]).toMatchObject({
      baselineState: baseline!.state === 'new' ? 'new' : 'unchanged',
      suppressions: baseline!.state === 'known' ? suppressed : [],
    })
  }
  expect(rendered(sampleReport()).runs[0]!.results![0]).not.toHaveProperty('suppressions')
})

test('a run that could not judge was not successful, and says why', () => {
  expect(rendered(unjudgedReport()).runs[0]!.invocations![0]).toMatchObject({
    executionSuccessful: false,
    exitCode: 3,
    toolExecutionNotifications: [{ message: { text: expect.stringContaining('401') } }],
  })
})

test('a hostile text is no link, and its files are URIs', () => {
  const [one] = sampleReport().findings
  const link = '[click](http://attacker.example)'
  const report = { ...hostileReport(), findings: [{ ...one!, title: link }] }
  const text = renderSarif(report)
  expect(JSON.parse(text).runs[0].results[0].message.text).toContain('[click\\](http://attacker.example)')
  expect(text).not.toContain('\u202e')
  const { uri } = JSON.parse(text).runs[0].results[0].locations[0].physicalLocation.artifactLocation
  expect(uri).toMatch(/^[\w%.~/!'()*-]+$/)
  expect(decodeURIComponent(uri)).toContain(attacks.script)
})
