import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../cli/conformance'
import { repeatedFailure, repeatedIds } from '../contracts/checks/unique'
import { causesOf, explains } from '../contracts/findings'
import type { Event } from '../core/event'
import type { Report } from '../core/report'
import { mergeShards, type ShardLog } from '../runner/merge'
import { folder, plumbline } from './cli'

const options = { seed: 11, maxRequests: 1200, concurrency: 4, maxTime: 100 }

/** Runs one part, and keeps its events as a log does. */
async function shard(variant: string | undefined, index: number, of: number): Promise<ShardLog> {
  const events: Event[] = []
  await run({
    ...options,
    ...(variant ? { break: variant } : {}),
    shard: { index, of },
    emit: (event) => events.push(JSON.parse(JSON.stringify(event))),
  })
  const [started] = events as [ShardLog['started']]
  return {
    started,
    async *events() {
      yield* events
    },
  }
}

async function merged(variant: string | undefined, of: number): Promise<Report> {
  const logs: ShardLog[] = []
  for (let index = 1; index <= of; index++) logs.push(await shard(variant, index, of))
  const sizes = logs.map(({ started }) => started.planned)
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(Math.max(...sizes))
  return mergeShards(logs, {
    sortByCause: causesOf,
    explains,
    judgeIds: (parts) =>
      repeatedIds(parts).map(({ key, distinct, outOf }) => ({
        failure: repeatedFailure(key.split(' ').at(-1)!, { distinct, outOf }),
        count: outOf - distinct,
        outOf,
      })),
    reportFile: 'report.json',
  })
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
