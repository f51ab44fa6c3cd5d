import { readFileSync } from 'node:fs'
import type { Report } from '../core/report'
import { problems } from '../test/formats'
import { reportSchema, schemaFile } from '../test/reportSchema'
import { renderJson } from './json'
import { sampleReport } from './sample'
import { samples } from './samples'

const schema = JSON.parse(readFileSync(schemaFile, 'utf8'))

test('the published schema is that of the type Report; "npm run schema" writes it anew', () => {
  expect(schema).toEqual(reportSchema())
})

test.each(samples)('a report %s is valid under the published schema', async (_, make) => {
  expect(await problems.json(renderJson(make()))).toEqual([])
})

test.each<[string, (report: Report) => unknown]>([
  ['a member that is not known', (report) => ({ ...report, extra: 1 })],
  ['another version', (report) => ({ ...report, version: 2 })],
  ['no findings', ({ findings: _, ...report }) => report],
  ['a finding of an unknown severity', (report) => ({ ...report, findings: [{ ...report.findings[0], severity: 'huge' }] })],
])('%s is refused', async (_, change) => {
  expect(await problems.json(JSON.stringify(change(sampleReport())))).toHaveLength(1)
})
