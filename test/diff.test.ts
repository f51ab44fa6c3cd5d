import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { changedReports } from '../reports/diff/sample'
import { folder, plumbline } from './cli'

test('diff exits 1 for new findings and 0 without, in every format', async () => {
  const cwd = folder()
  const { before, after } = changedReports()
  writeFileSync(join(cwd, 'before.json'), JSON.stringify(before))
  writeFileSync(join(cwd, 'after.json'), JSON.stringify(after))
  const told = await plumbline(['diff', 'before.json', 'after.json'], { cwd })
  expect(told).toMatchObject({ code: 1, stderr: '', stdout: expect.stringMatching(/2 new findings, 1 fixed/) })
  const json = await plumbline(['diff', 'before.json', 'after.json', '--report', 'json'], { cwd })
  expect(JSON.parse(json.stdout)).toMatchObject({
    version: 1,
    added: [{}, {}],
    fixed: [{}],
    behaviour: [{ after: expect.stringMatching(/refuses 0/) }],
  })
  const files = await plumbline(['diff', 'before.json', 'after.json', '--report', 'html=out/d.html', '--report', 'markdown=out/d.md'], {
    cwd,
  })
  expect(files).toMatchObject({ code: 1, stdout: expect.stringContaining('New (2)') })
  expect(readFileSync(join(cwd, 'out', 'd.html'), 'utf8')).toMatch(/^<!doctype html>/)
  expect(readFileSync(join(cwd, 'out', 'd.md'), 'utf8')).toMatch(/^## ❌ 2 new findings/)
  expect((await plumbline(['diff', 'before.json', 'before.json'], { cwd })).code).toBe(0)
})

test.each([
  [['diff', 'none.json', 'good.json'], /none\.json: /],
  [['diff', 'good.json', 'bad.json'], /bad\.json: is not JSON/],
  [['diff', 'good.json', 'good.json', '--report', 'pdf'], /no format "pdf"/],
  [['diff', 'good.json', 'good.json', '--report', 'json=good.json/x'], /cannot be written/],
  [['diff', 'good.json'], /missing required argument/],
])('%j exits 2 with one clear line', async (words, expected) => {
  const cwd = folder()
  writeFileSync(join(cwd, 'bad.json'), '{')
  writeFileSync(join(cwd, 'good.json'), JSON.stringify(changedReports().before))
  const { code, stderr } = await plumbline(words, { cwd })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(expected) })
})
