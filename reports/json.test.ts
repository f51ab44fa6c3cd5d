import { readFileSync } from 'node:fs'
import Ajv from 'ajv/dist/2020'
import { reportSchema, schemaFile } from '../test/reportSchema'
import { renderJson } from './json'
import { sampleReport } from './sample'
import { samples } from './samples'

const schema = JSON.parse(readFileSync(schemaFile, 'utf8'))
const valid = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema)

test('the published schema is that of the type Report; "npm run schema" writes it anew', () => {
  expect(schema).toEqual(reportSchema())
})

test.each(samples)('a report %s is valid under the published schema', (_, make) => {
  valid(JSON.parse(renderJson(make())))
  expect(valid.errors).toBeNull()
})

test.each<[string, (report: Record<string, never>) => unknown]>([
  ['a member that is not known', (report) => ({ ...report, extra: 1 })],
  ['another version', (report) => ({ ...report, version: 2 })],
  ['no findings', ({ findings: _, ...report }) => report],
  ['a finding of an unknown severity', (report) => ({ ...report, findings: [{ ...(report.findings as never[])[0]!, severity: 'huge' }] })],
])('%s is refused', (_, change) => {
  expect(valid(change(JSON.parse(renderJson(sampleReport()))))).toBe(false)
})
