import { PassThrough } from 'node:stream'
import type { Event } from '../core/event'
import type { Report } from '../core/report'
import { conformingReport, manyFindings, sampleReport, unjudgedReport } from './sample'
import { hostileReport } from './sampleHostile'
import { createTerminal, type TerminalOptions } from './terminal'
import { columns } from './text'

function judged(index: number, failing = false): Event {
  const failures = failing
    ? [{ check: 'status', kind: 'accepted', place: 'answer.status', message: 'accepted', severity: 'serious' as const }]
    : []
  return {
    type: 'case-judged',
    rule: 'a',
    index,
    zone: 'accept',
    request: index + 1,
    at: index / 100,
    seconds: 0.01,
    outcome: '200',
    notes: [],
    failures,
  }
}

function run(
  report: Report,
  options: Partial<Omit<TerminalOptions, 'stream'>> = {},
  screen: { isTTY?: boolean; columns?: number } = {},
): string {
  const stream = Object.assign(new PassThrough(), screen)
  const terminal = createTerminal({ stream, colour: false, quiet: false, ...options })
  terminal.emit({
    type: 'run-started',
    version: 1,
    at: report.startedAt,
    seed: report.seed,
    target: report.target,
    tool: report.tool,
    document: report.document,
    command: report.command,
    reportFile: 'plumbline-report/report.json',
    rules: [],
    members: [],
    silences: [],
    warnings: [],
    planned: 100,
  })
  for (let index = 0; index < 100; index++) terminal.emit(judged(index, index === 40))
  terminal.emit({ type: 'patience', at: 1, reason: 'throttled (429)', seconds: 2, concurrency: 4 })
  terminal.emit({ type: 'cleanup-progressed', seconds: 3, left: 2, absent: 2 })
  terminal.emit({ type: 'run-finished', report })
  terminal.written({ written: ['out/index.html', 'out/report.json'], failed: [] })
  return String(stream.read())
}

/** Commands are not broken, so that they can be pasted. */
const isCommand = (line: string) => line.startsWith('    ')

test('tells the verdict, the findings worst first, the zones and where the reports lie', () => {
  const text = run(sampleReport())
  expect(text).toContain('✕ The target breaks its documentation in 10 ways')
  expect(text).toContain('seed')
  const titles = [...text.matchAll(/^(\d+)\. (.*?) {2,}(critical|serious|moderate|minor)$/gm)]
  expect(titles.map((match) => match[3])).toEqual([
    'critical',
    'critical',
    'serious',
    'serious',
    'serious',
    ...Array(3).fill('moderate'),
    'minor',
    'minor',
  ])
  expect(text).toMatch(/Promised {2}port must be an integer, not a string\.\n {12}create-workshop\.md:49/)
  expect(text).toContain('Sent      body.spec.ingress.port set to "8080"')
  expect(text).toContain('Owed      400 with errorCode')
  expect(text).toContain('Seen      24 of 24 requests that could show it; sent again, it fails each')
  expect(text.replace(/\s+/g, ' ')).toContain('flaky: sent again, it does not fail each time')
  expect(text).toMatch(/^ {4}curl -sS -i \\$/m)
  expect(text).toMatch(/^ {4}npx plumbline-api replay plumbline-report\/report\.json [0-9a-f]{12}$/m)
  expect(text).toMatch(/^accept +17 +368 +14 +0 +0 +3$/m)
  expect(text).toContain('The docs are silent in 7 places')
  expect(text).toContain('Reports  out/index.html\n         out/report.json')
})

test.each([
  [conformingReport(), '✓ The target keeps its documentation'],
  [unjudgedReport(), '? The target could not be judged'],
])('verdict %#', (report, words) => {
  expect(run(report)).toContain(words)
})

test('says which rules the requests were too few for', () => {
  const report = conformingReport()
  const thinned = '300 requests are few for 5 operations: 80 of 197 rules are left out'
  expect(run({ ...report, document: { ...report.document, thinned } }).replace(/\s+/g, ' ')).toContain(`${thinned}.`)
  expect(run(report)).not.toContain('are few for')
})

test('says why a target could not be judged', () => {
  expect(run(unjudgedReport()).replace(/\s+/g, ' ')).toContain('Give one with --token, or in PLUMBLINE_TOKEN.')
})

test.each([56, 80, 120])('fits %d columns', (width) => {
  for (const report of [sampleReport(), hostileReport()]) {
    for (const line of run(report, {}, { columns: width }).split('\n')) {
      if (!isCommand(line)) expect(columns(line)).toBeLessThanOrEqual(width)
    }
  }
})

test('beyond ten findings each has one line', () => {
  const text = run(manyFindings(1000))
  expect(text.match(/^ {2}Promised/gm)).toHaveLength(10)
  expect(text).toMatch(/^11\. .* {1,}critical$/m)
  expect(text).toContain('and 790 more findings in the reports')
  expect(text.split('\n').length).toBeLessThan(450)
})

test('nothing of a target reaches the terminal as a control or a turn of direction', () => {
  const text = run(hostileReport())
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/)
  expect(text).toContain('\\u001b[2J')
  expect(text).toContain('\\u202e')
  expect(text.length).toBeLessThan(100_000)
})

test('plain lines where the stream is no terminal', () => {
  const text = run(conformingReport())
  expect(text).toContain('  50 %  50 of 100 requests, 1 failing')
  expect(text.match(/ % {2}\d/g)).toHaveLength(10)
  expect(text).toContain('waiting 2 s: throttled (429)')
  expect(text).toContain('waiting for 2 created, not found by DELETE yet')
  expect(text).not.toContain('\u001b')
})

test('a bar where it is one, gone at the end', () => {
  const text = run(conformingReport(), {}, { isTTY: true, columns: 80 })
  expect(text).toContain('━')
  expect(text).toContain('\u001b[?25l')
  expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('━'))
  expect(text.lastIndexOf('keeps its documentation')).toBeGreaterThan(text.lastIndexOf('\u001b[?25h'))
})

test('colours only where they are wanted', () => {
  expect(run(sampleReport(), { colour: true })).toContain('\u001b[31m')
  expect(run(sampleReport(), { colour: false })).not.toContain('\u001b[')
})

test('quiet: the verdict and one line for each finding', () => {
  const text = run(sampleReport(), { quiet: true })
  expect(text).toContain('✕ The target breaks')
  expect(text).not.toContain(' %  ')
  expect(text).not.toContain('curl')
  expect(text).not.toContain('zone')
  expect(text.match(/^\d+\. /gm)).toHaveLength(10)
})
