import { sampleReport } from './sample'
import { fileUri, lineOf } from './source'

test.each([
  ['specs/api.yaml', 'specs/api.yaml'],
  ['../a b/ü#?.yaml', '../a%20b/%C3%BC%23%3F.yaml'],
  ['/srv/api.yaml', 'file:///srv/api.yaml'],
  ['C:\\code\\my api.yaml', 'file:///C:/code/my%20api.yaml'],
  ['specs\\api.yaml', 'specs/api.yaml'],
])('the URI of %s', (file, uri) => {
  expect(fileUri(file)).toBe(uri)
})

describe('the line of a finding', () => {
  const report = sampleReport()
  const lines: Record<string, number> = { 'body.spec': 40, 'body.spec.ingress.port': 60, 'answer.body.metadata': 80 }
  const known = {
    ...report,
    document: { ...report.document, operations: [{ id: 'CreateWorkshop', line: 7 }] },
    members: report.members.map((member) => ({ ...member, line: lines[member.place] })),
  }
  const of = (place: string) => lineOf(known, { ...report.findings[0]!, place })

  test.each([
    ['body.spec.ingress.port', 60],
    ['body.spec.ingress.elbId', 40],
    ['answer.body.metadata.uid', 80],
    ['method', 7],
    ['', 7],
  ])('at %j is %d', (place, line) => {
    expect(of(place)).toBe(line)
  })

  test('is the first where a report knows none', () => {
    expect(lineOf(report, report.findings[0]!)).toBe(1)
  })
})
