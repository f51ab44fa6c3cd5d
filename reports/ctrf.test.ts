import { problems } from '../test/formats'
import { renderCtrf } from './ctrf'
import { sampleReport, unjudgedReport } from './sample'
import { samples } from './samples'

test.each(samples)('a report %s is valid CTRF', async (_, make) => {
  expect(await problems.ctrf(renderCtrf(make()))).toEqual([])
})

test('what is no CTRF is refused', async () => {
  const ctrf = JSON.parse(renderCtrf(sampleReport()))
  delete ctrf.results.tests[0].status
  expect(await problems.ctrf(JSON.stringify(ctrf))).not.toEqual([])
})

test('a test for each rule, counted by status', () => {
  const report = sampleReport()
  const { tests, summary } = JSON.parse(renderCtrf(report)).results
  expect(tests).toHaveLength(report.rules.length + 1)
  const of = (result: string) => report.rules.filter((rule) => rule.result === result).length
  expect(summary).toMatchObject({
    tests: tests.length,
    passed: of('kept'),
    failed: of('broken') + 1,
    skipped: of('not tested') + of('not run'),
    other: 0,
    duration: 11_400,
  })
  expect(tests.find(({ name }: { name: string }) => name === 'body.spec.ingress.port:type:string')).toMatchObject({
    status: 'failed',
    suite: ['CreateWorkshop', 'body.spec.ingress.port'],
    message: 'A port sent as text is accepted',
    trace: expect.stringContaining('Promised  port must be an integer'),
    tags: ['reject'],
  })
})

test('a target that could not be judged does not pass', () => {
  const { tests, summary } = JSON.parse(renderCtrf(unjudgedReport())).results
  expect(summary).toMatchObject({ passed: 0, failed: 0, other: 1 })
  expect(tests.at(-1)).toMatchObject({ status: 'other', message: expect.stringContaining('401') })
})
