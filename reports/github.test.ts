import { renderGithub } from './github'
import { baselinedReport, conformingReport, manyFindings, sampleReport, unjudgedReport } from './sample'
import { hostileReport } from './sampleHostile'
import { samples } from './samples'

const lines = (text: string) => text.split('\n').slice(0, -1)

test.each(samples)('a report %s is workflow commands alone, at most ten of each kind', (_, make) => {
  const all = lines(renderGithub(make()))
  for (const kind of ['error', 'warning', 'notice'])
    expect(all.filter((line) => line.startsWith(`::${kind} `)).length).toBeLessThanOrEqual(11)
  for (const line of all) expect(line).toMatch(/^::(error|warning|notice) (\w+=[^:,]*)(,\w+=[^:,]*)*::[^\r\n]*$/)
})

test('findings as errors, warnings and notices at the line of the document', () => {
  const text = renderGithub(sampleReport())
  expect(text.match(/^::\w+/gm)).toEqual([...Array(5).fill('::error'), ...Array(3).fill('::warning'), '::notice', '::notice'])
  expect(text).toContain(
    '::error file=specs/create-workshop.openapi.yaml,line=1,title=A port sent as text is accepted::The string "8080" was taken',
  )
  expect(text).toContain('%0APromised: port must be an integer, not a string.%0Anpx plumbline-api replay')
})

test('the last of a kind counts those left out', () => {
  const report = manyFindings(1000)
  const errors = report.findings.filter(({ severity }) => severity === 'critical' || severity === 'serious').length
  const all = lines(renderGithub(report)).filter((line) => line.startsWith('::error'))
  expect(all).toHaveLength(10)
  expect(all.at(-1)).toContain(`title=${errors - 9} further findings::`)
})

test('a target that could not be judged is an error, one that conforms is nothing', () => {
  expect(renderGithub(unjudgedReport())).toMatch(/^::error title=The target could not be judged::2,411 of 2,411 [^\n]*\n$/)
  expect(renderGithub(conformingReport())).toBe('')
})

test('nothing of what a baseline bears', () => {
  const report = baselinedReport()
  const failing = report.findings.filter(({ baseline }) => baseline!.state !== 'known')
  expect(lines(renderGithub(report))).toHaveLength(failing.length)
})

test('no text of a target ends a command or begins one', () => {
  const [one] = sampleReport().findings
  const attack = 'x\r\n::error::injected%0A::,title=b::c'
  const text = renderGithub(sampleReport({ findings: [{ ...one!, title: attack, message: attack }] }))
  expect(lines(text)).toHaveLength(1)
  expect(text).toContain('title=x\\r\\n%3A%3Aerror%3A%3Ainjected%250A%3A%3A%2Ctitle=b%3A%3Ac::')
  expect(renderGithub(hostileReport())).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
})
