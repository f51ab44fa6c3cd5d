import { problems } from '../test/formats'
import { renderHar } from './har'
import { sampleReport } from './sample'
import { samples } from './samples'

test.each(samples)('a report %s is valid HAR 1.2', async (_, make) => {
  expect(await problems.har(renderHar(make()))).toEqual([])
})

test('what is no HAR is refused', async () => {
  const log = JSON.parse(renderHar(sampleReport()))
  delete log.log.entries[0].timings.wait
  log.log.entries[1].response.extra = 1
  expect(await problems.har(JSON.stringify(log))).toHaveLength(2)
})

test('the exchange of each finding that has one', () => {
  const report = sampleReport()
  const { entries } = JSON.parse(renderHar(report)).log
  const shown = report.findings.filter(({ request }) => request)
  expect(entries.map(({ comment }: { comment: string }) => comment)).toEqual(shown.map(({ id, title }) => `${id}: ${title}`))
  const port = entries.find(({ comment }: { comment: string }) => comment.endsWith('A port sent as text is accepted'))
  expect(port).toMatchObject({
    startedDateTime: '2026-03-02T09:14:07.118Z',
    request: {
      method: 'POST',
      url: 'http://127.0.0.1:8080/v2/meshes/3f0c2c5e-8d1b-4c0e-9a57-2b6f1d9e4a10/workshops',
      postData: { mimeType: 'application/json', text: expect.stringContaining('"port":"8080"') },
    },
    response: { status: 200, content: { mimeType: 'application/json;charset=utf-8' } },
  })
})

test('a request without an answer has status 0 and says why', () => {
  const { entries } = JSON.parse(renderHar(sampleReport())).log
  const hung = entries.find(({ comment }: { comment: string }) => comment.includes('No answer'))
  expect(hung.response).toMatchObject({ status: 0, _error: expect.stringContaining('timeout'), bodySize: -1 })
  expect(hung.time).toBe(10_000)
})

test('bytes stay bytes, a query is told pair by pair', () => {
  const [one] = sampleReport().findings
  const request = { method: 'POST', target: '/a?b=c=d&&e&f=%20', headers: [], bodyBase64: '/w==', bodyBytes: 1 }
  const response = { status: 200, headers: [], bodyBase64: '/v8=', bodyBytes: 2, seconds: 0.1 }
  const [entry] = JSON.parse(renderHar(sampleReport({ findings: [{ ...one!, request, response }] }))).log.entries
  expect(entry.request.queryString).toEqual([
    { name: 'b', value: 'c=d' },
    { name: 'e', value: '' },
    { name: 'f', value: '%20' },
  ])
  expect(entry.request.postData).toEqual({ mimeType: '', text: '/w==', _encoding: 'base64' })
  expect(entry.response.content).toMatchObject({ text: '/v8=', encoding: 'base64', size: 2 })
})
