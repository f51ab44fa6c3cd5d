import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../cli/conformance'
import type { Report } from '../core/report'
import { createEventLog } from '../reports/eventLog/write'
import { folder, plumbline } from './cli'

const options = { seed: 11, maxRequests: 1200, concurrency: 4, maxTime: 100 }

const reportIn = (dir: string): Report => JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8'))

/** Runs all parts of a run, each with a log of its own, and merges these. */
async function merged(variant: string, of: number): Promise<Report> {
  const dirs = Array.from({ length: of }, folder)
  const sizes: number[] = []
  for (const [part, dir] of dirs.entries()) {
    const log = createEventLog(join(dir, 'events.ndjson'))
    const { requests } = await run({ ...options, break: variant, shard: { index: part + 1, of }, emit: log.emit })
    log.close()
    expect(log.failed()).toBeUndefined()
    sizes.push(requests)
  }
  // Each does its part.
  expect(Math.min(...sizes)).toBeGreaterThan(options.maxRequests / of / 4)
  const cwd = folder()
  const { stderr } = await plumbline(['merge', ...dirs, '--quiet'], { cwd })
  expect(stderr).toBe('')
  return reportIn(join(cwd, 'plumbline-report'))
}

const gist = (report: Report) => ({
  verdict: report.verdict,
  exitCode: report.exitCode,
  findings: report.findings.map(({ id, check, kind, place, steady }) => `${id} ${check} ${kind} ${place} ${steady}`).sort(),
  rules: report.rules.map(({ id, result }) => `${id} ${result}`),
})

test('six shards equal one run', async () => {
  const one = await run({ ...options, break: 'string-as-port-accepted' })
  expect(gist(await merged('string-as-port-accepted', 6))).toEqual(gist(one))
})

test('what only the whole shows is judged over all parts', async () => {
  const one = await run({ ...options, break: 'uid-constant' })
  const all = await merged('uid-constant', 4)
  const ids = (report: Report) => report.findings.map(({ id, count, outOf }) => ({ id, count, outOf }))
  expect(ids(all)).toEqual(ids(one))
})

test('the parts of a run as processes: one report with one verdict, and each part once', async () => {
  const cwd = folder()
  const words = [
    'run',
    '--break',
    'string-as-port-accepted',
    '--seed',
    '4',
    '--max-requests',
    '400',
    '--quiet',
    '--report',
    'json',
    '--rule',
    'body.spec.ingress*',
    '--rule',
    'request:*',
  ]
  const parts = ['1/3', '2/3', '3/3'].map((part, index) => plumbline([...words, '--shard', part, '--out', `part-${index + 1}`], { cwd }))
  const codes = (await Promise.all(parts)).map(({ code }) => code)
  expect(codes).toContain(1)
  expect(codes).not.toContain(2)
  const whole = await plumbline(['merge', 'part-2', 'part-1', 'part-3', '--out', 'all'], { cwd })
  expect(whole).toMatchObject({ code: 1, stderr: '' })
  const report: Report = JSON.parse(readFileSync(join(cwd, 'all', 'report.json'), 'utf8'))
  expect(report.findings.map(({ rule }) => rule)).toEqual([expect.stringMatching(/^body\.spec\.ingress\.port:type/)])
  expect(report.requests).toBeGreaterThan(300)
  expect(report.rules.every(({ result }) => result === 'kept' || result === 'broken')).toBe(true)
  const replayed = await plumbline(['replay', 'all/report.json'], { cwd })
  expect(replayed.code).toBe(1)

  const failing = codes.indexOf(1) + 1
  const missing = await plumbline(['merge', `part-${failing}`, '--out', 'some', '--quiet'], { cwd })
  expect(missing).toMatchObject({ code: 1, stdout: expect.stringMatching(/Shard \d, \d is missing/) })
  const twice = await plumbline(['merge', 'part-1', 'part-1'], { cwd })
  expect(twice).toMatchObject({ code: 2, stderr: 'plumbline: part-1: holds shard 1, as part-1 does\n' })
  const strange = await plumbline(['merge', '.'], { cwd })
  expect(strange).toMatchObject({ code: 2, stderr: 'plumbline: .: there is no events.ndjson in it; was it run with --shard?\n' })
})

test.each([
  [['--shard', '4/3', '--seed', '1'], '--shard 4/3: write I/N'],
  [['--shard', '1/3'], 'all parts need the same --seed'],
])('%j is refused', async (words, message) => {
  expect(await plumbline(['run', ...words])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
})
