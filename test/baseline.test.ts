import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../core/report'
import { folder, plumbline } from './cli'

const broken = ['run', '--break', 'string-as-port-accepted', '--max-requests', '700', '--quiet']
const reportIn = (cwd: string): Report => JSON.parse(readFileSync(join(cwd, 'plumbline-report', 'report.json'), 'utf8'))
const file = 'plumbline.baseline.yaml'
const baselineIn = (cwd: string) => readFileSync(join(cwd, file), 'utf8')

test('known findings do not fail, new and expired ones do, fixed ones are told and dropped; what was written by hand stays', async () => {
  const cwd = folder()
  expect((await plumbline([...broken, '--seed', '1'], { cwd })).code).toBe(1)
  const [found] = reportIn(cwd).findings
  const made = await plumbline(['baseline', 'update', '--owner', 'mesh', '--expires', '2999-01-31'], { cwd })
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining(`+ ${found?.id}`) })

  const known = await plumbline([...broken, '--seed', '2', '--baseline', file], { cwd })
  expect(known).toMatchObject({ code: 0, stdout: expect.stringContaining('1 known way') })
  expect(reportIn(cwd)).toMatchObject({
    verdict: 'findings',
    exitCode: 0,
    baseline: { new: 0, known: 1, expired: 0, fixed: [] },
    findings: [{ id: found?.id, baseline: { state: 'known', owner: 'mesh', expires: '2999-01-31' } }],
  })
  expect(readFileSync(join(cwd, 'plumbline-report', 'index.html'), 'utf8')).toContain('known')

  const byHand = baselineIn(cwd)
    .replace('findings:', '# ours\nfindings:')
    .replace(/reason: .*/, 'reason: the gateway converts it # ticket 12')
  writeFileSync(join(cwd, file), byHand)
  const other = await plumbline(['run', '--break', 'null-spec-gives-500', '--max-requests', '900', '--baseline', file, '--quiet'], { cwd })
  expect(other).toMatchObject({ code: 1, stdout: expect.stringMatching(/Fixed since plumbline\.baseline\.yaml/) })
  expect(reportIn(cwd)).toMatchObject({
    baseline: { new: 1, known: 0, fixed: [{ id: found?.id }] },
    findings: [{ baseline: { state: 'new' } }],
  })

  const added = reportIn(cwd).findings[0]?.id ?? ''
  await plumbline([...broken, '--seed', '1', '--out', 'first'], { cwd })
  await plumbline(['baseline', 'update', 'first/report.json'], { cwd })
  expect(baselineIn(cwd)).toBe(byHand)
  expect((await plumbline(['baseline', 'update'], { cwd })).stdout).toMatch(/1 finding added, 1 fixed and dropped/)
  expect(baselineIn(cwd)).toContain('# ours')
  expect(baselineIn(cwd)).toContain(added)
  expect(baselineIn(cwd)).not.toContain(found?.id)

  writeFileSync(join(cwd, file), byHand.replace('2999-01-31', '2020-01-31'))
  const expired = await plumbline([...broken, '--seed', '1', '--baseline', file], { cwd })
  expect(expired.code).toBe(1)
  expect(reportIn(cwd).findings[0]?.baseline).toMatchObject({ state: 'expired', reason: 'the gateway converts it' })
  const told = await plumbline(broken.filter((word) => word !== '--quiet').concat('--seed', '1', '--baseline', file), { cwd })
  expect(told.stdout).toMatch(/expired on 2020-01-31/)
})

test('a finding is fixed only where its rule was tested', async () => {
  const cwd = folder()
  await plumbline([...broken, '--seed', '1'], { cwd })
  await plumbline(['baseline', 'update'], { cwd })
  const { code } = await plumbline(['run', '--rule', 'body.metadata.name:*', '--baseline', file, '--quiet', '--max-requests', '400'], {
    cwd,
  })
  expect(code).toBe(0)
  expect(reportIn(cwd).baseline).toMatchObject({ fixed: [], notSeen: [{ rule: expect.stringContaining('port') }] })
  expect((await plumbline(['baseline', 'update'], { cwd })).stdout).toMatch(/0 findings added, 0 fixed and dropped, 1 kept/)
})

test('a run that could not be judged stays so, whatever is known', async () => {
  const cwd = folder()
  await plumbline([...broken, '--seed', '4'], { cwd })
  await plumbline(['baseline', 'update'], { cwd })
  const few = ['run', '--break', 'string-as-port-accepted', '--seed', '4', '--max-requests', '150', '--baseline', file, '--quiet']
  const { code } = await plumbline(few, { cwd })
  expect({ code, reason: reportIn(cwd).reason, known: reportIn(cwd).baseline?.known }).toEqual({
    code: 3,
    reason: expect.stringMatching(/rules were reached/),
    known: 1,
  })
})

test('JSON is a baseline too', async () => {
  const cwd = folder()
  await plumbline([...broken, '--seed', '1'], { cwd })
  await plumbline(['baseline', 'update', '--baseline', 'known.json'], { cwd })
  expect(JSON.parse(readFileSync(join(cwd, 'known.json'), 'utf8')).findings).toHaveLength(1)
  expect((await plumbline([...broken, '--seed', '3', '--baseline', 'known.json'], { cwd })).code).toBe(0)
})

test.each([
  [['run', '--baseline', 'none.yaml'], /none\.yaml: /],
  [['run', '--baseline', 'bad.yaml'], /bad\.yaml:3: reason is missing/],
  [['baseline', 'update', 'none.json'], /none\.json: /],
  [['baseline', 'update', 'bad.yaml'], /bad\.yaml: is not JSON/],
  [['baseline', 'update', '--expires', 'soon'], /must be a date/],
])('%j exits 2 with one clear line, before anything is sent', async (words, expected) => {
  const cwd = folder()
  writeFileSync(join(cwd, 'bad.yaml'), 'version: 1\nfindings:\n  - id: a\n')
  const { code, stderr } = await plumbline(words, { cwd })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(expected) })
  expect(existsSync(join(cwd, 'plumbline-report'))).toBe(false)
})
