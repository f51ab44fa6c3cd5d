import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bench, partNames, type Sizes } from './bench'
import { figuresOf, isReached, shown } from './figures'
import { node, script } from './processes'
import { type CpuProfile, split } from './profile'
import { filled } from './readme'
import type { HistoryLine, Results } from './results'
import { median, quantile } from './statistics'

/** So little that it tells nothing of speed. */
const tiny: Sizes = {
  start: { rounds: 1 },
  speed: { cases: [60], pairs: 1 },
  cpu: { cases: 60 },
  memory: { cases: [60] },
  plan: { operations: [8], rounds: 1 },
  report: { cases: 200, rounds: 1 },
  finding: { sample: 1 },
  generator: { rounds: 1, cases: 60 },
}

test('every part measures, and results, picture and history hold it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-test-'))
  const said: string[] = []
  const results = await bench(partNames, tiny, folder, (line) => said.push(line))
  expect(JSON.parse(readFileSync(join(folder, 'results', 'latest.json'), 'utf8'))).toEqual(results)
  const { speed, cpu, memory, plan, start, report, finding, generator } = results as Required<Results>

  const [{ cases, unanswered, pairs }] = speed.result as [(typeof speed.result)[0]]
  expect({ cases, unanswered, rounds: pairs.length }).toEqual({ cases: 60, unanswered: 0, rounds: 1 })
  for (const pair of pairs) {
    expect(Math.min(...Object.values(pair))).toBeGreaterThan(0)
    expect(pair.ratio).toBeCloseTo(pair.suite / pair.bare, 6)
    expect(pair.whole).toBeLessThan(pair.suite)
  }
  expect(cpu.result.cases).toBe(60)
  // So short a profile may have no sample of what is quick.
  const shares = Object.values(cpu.result.perCase)
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...shares)).toBeGreaterThan(0)
  expect(memory.result.map(({ cases }) => cases)).toEqual([60])
  for (const { peakRss, peakHeap, seconds } of memory.result) {
    expect(peakHeap).toBeGreaterThan(5e6)
    expect(peakRss).toBeGreaterThan(peakHeap)
    expect(seconds).toBeGreaterThan(0)
  }
  expect(plan.result).toEqual([
    { operations: 8, bytes: expect.any(Number), seconds: expect.any(Number), cpuSeconds: expect.any(Number), peakRss: expect.any(Number) },
  ])
  expect(start.result.node).toBeGreaterThan(0)
  expect(report.result).toMatchObject({ cases: 200, findings: 1 })
  expect(report.result.bytes).toBeGreaterThan(10_000)
  expect(finding.result).toMatchObject({ variants: 1, found: 1 })
  expect(finding.result.requests.median).toBeGreaterThan(0)
  expect(generator.result.own).toBeGreaterThan(0)

  const history = readFileSync(join(folder, 'history.jsonl'), 'utf8').trim().split('\n')
  const figures = figuresOf(results)
  expect(history).toHaveLength(1)
  expect(JSON.parse(history[0] as string)).toMatchObject({
    commit: expect.stringMatching(/^([0-9a-f]{7,}\+?|unknown)$/),
    node: process.version,
  })
  expect(Object.keys((JSON.parse(history[0] as string) as HistoryLine).figures)).toEqual(figures.map(({ key }) => key))
  for (const { what } of figures) expect(said.join('\n')).toContain(what)
  const svg = readFileSync(join(folder, 'results', 'latest.svg'), 'utf8')
  for (const figure of figures.filter((one) => isReached(one) !== undefined)) expect(svg).toContain(shown(figure.value, figure.unit))
  expect(svg).not.toMatch(/NaN|undefined|<script|href=/)

  // A part that is measured again takes the place of its older figures alone.
  await bench(['plan'], { ...tiny, plan: { operations: [4], rounds: 1 } }, folder, () => {})
  const later = JSON.parse(readFileSync(join(folder, 'results', 'latest.json'), 'utf8')) as Required<Results>
  expect(later.speed).toEqual(results.speed)
  expect(later.plan.result.map(({ operations }) => operations)).toEqual([4])
  expect(readFileSync(join(folder, 'history.jsonl'), 'utf8').trim().split('\n')).toHaveLength(2)

  const readme = filled(`# A\n<!-- figures: npm run bench:readme -->\nold\n<!-- end of figures -->\nrest\n`, results)
  expect(readme).toMatch(
    /^# A\n<!-- figures[^\n]+\n\nNode v[\s\S]+\| --- \|[\s\S]+ at 60 cases \| \d\.\d\d \| at least 0.85 \|\n[\s\S]+<!-- end of figures -->\nrest\n$/,
  )
  expect(readme).not.toContain('old')
  expect(filled(readme, results)).toBe(readme)
}, 900_000)

test('a name that is no part is told, and nothing is measured', async () => {
  const before = existsSync('bench/results/latest.json') ? readFileSync('bench/results/latest.json', 'utf8') : undefined
  await expect(node([script('bench'), 'sped'])).rejects.toThrow(/ended with 2: bench: there is no part sped; there are start, speed, /)
  expect(existsSync('bench/results/latest.json') ? readFileSync('bench/results/latest.json', 'utf8') : undefined).toBe(before)
})

test('time of a profile goes to the innermost folder that tells a work', () => {
  const frame = (id: number, functionName: string, url: string, ...children: number[]) => ({
    id,
    callFrame: { functionName, url, lineNumber: 0 },
    children,
  })
  const dist = 'file:///any/where/dist/'
  const profile: CpuProfile = {
    nodes: [
      frame(1, '(root)', '', 2, 9, 10, 11, 12),
      frame(2, 'execute', `${dist}runner/run.js`, 3, 5, 7),
      frame(3, 'build', `${dist}generators/rules.js`, 4),
      frame(4, 'toString', `${dist}specs/wire.js`),
      frame(5, 'judge', `${dist}contracts/judge.js`, 6),
      frame(6, 'validate', 'file:///any/where/node_modules/ajv/dist/core.js'),
      frame(7, 'emit', `${dist}cli/lines.js`, 8),
      frame(8, 'mask', `${dist}core/mask.js`),
      frame(9, 'onRead', 'node:internal/stream_base_commons'),
      frame(10, '(idle)', ''),
      frame(11, '(garbage collector)', ''),
      frame(12, '(program)', ''),
    ],
    startTime: 1000,
    samples: [3, 11, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 12],
    timeDeltas: [10, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
  }
  expect(split(profile, 1012)).toEqual({
    start: 1,
    collect: 2 + 2048,
    send: 4 + 512,
    generate: 8,
    serialise: 16,
    judge: 32 + 64,
    record: 128 + 256,
    native: 4096,
  })
})

test('time in a bundled file goes by the source that its comments tell', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'dist', 'cli', 'run.js')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(
    file,
    ['// contracts/judge.ts', 'a', 'b', '// node_modules/undici/lib/core/request.js', 'c', '// core/mask.ts', 'd'].join('\n'),
  )
  const nodes = [2, 4, 6].map((lineNumber, i) => ({ id: i + 2, callFrame: { functionName: 'f', url: `file://${file}`, lineNumber } }))
  const root = { id: 1, callFrame: { functionName: '(root)', url: '', lineNumber: -1 }, children: [2, 3, 4] }
  const profile: CpuProfile = { nodes: [root, ...nodes], startTime: 0, samples: [2, 3, 4, 1], timeDeltas: [1, 2, 4, 8] }
  expect(split(profile, 0)).toMatchObject({ judge: 2, send: 4 + 8 })
})

test('quantiles are by the nearest rank, and the median of an even number is between two', () => {
  expect([0, 0.5, 0.9, 1].map((share) => quantile([5, 1, 4, 2, 3], share))).toEqual([1, 3, 5, 5])
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([3, 1, 2])).toBe(2)
  expect(() => quantile([], 0.5)).toThrow('nothing')
})
