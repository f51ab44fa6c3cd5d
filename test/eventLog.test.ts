import { spawn } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Report } from '../core/report'
import { folder, main, plumbline } from './cli'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const token = 'sEcr3t/tok+en=="\\quoted'
const readJson = (file: string): Report => JSON.parse(readFileSync(file, 'utf8'))
const shortOf = ({ findings }: Report) => findings.map(({ id, title }) => ({ id, title }))

test('a finished log gives the very report of the run, and so does report.json', async () => {
  const cwd = folder()
  const run = [
    'run',
    '--break',
    'string-as-port-accepted',
    '--seed',
    '5',
    '--max-requests',
    '700',
    '--report',
    'events',
    '--report',
    'json',
  ]
  expect((await plumbline(run, { cwd })).code).toBe(1)
  const own = readFileSync(join(cwd, 'plumbline-report', 'report.json'), 'utf8')
  for (const file of ['events.ndjson', 'report.json']) {
    const made = await plumbline(['report', join('plumbline-report', file), '--report', 'json=-'], { cwd })
    expect({ code: made.code, same: made.stdout === own }).toEqual({ code: 0, same: true })
  }
  const html = await plumbline(['report', 'plumbline-report/events.ndjson', '--report', 'html', '--out', 'made'], { cwd })
  expect(html).toMatchObject({ code: 0, stdout: 'made/index.html\n' })
  expect(readFileSync(join(cwd, 'made', 'index.html'), 'utf8')).toContain('string')
})

test('a log that ends before its run did tells the same defect under the same id', async () => {
  const cwd = folder()
  const run = [
    'run',
    '--break',
    'string-as-port-accepted',
    '--seed',
    '5',
    '--max-requests',
    '700',
    '--report',
    'events',
    '--report',
    'json',
  ]
  await plumbline(run, { cwd })
  const whole = readJson(join(cwd, 'plumbline-report', 'report.json'))
  const log = readFileSync(join(cwd, 'plumbline-report', 'events.ndjson'), 'utf8')
  const investigating = log.slice(0, log.indexOf('{"type":"finding-made"'))
  writeFileSync(join(cwd, 'cut.ndjson'), investigating)
  expect((await plumbline(['report', 'cut.ndjson', '--report', 'json=part.json'], { cwd })).code).toBe(0)
  const part = readJson(join(cwd, 'part.json'))
  expect(part.findings.map(({ id, count, outOf, rules }) => ({ id, count, outOf, rules }))).toEqual(
    whole.findings.map(({ id, count, outOf, rules }) => ({ id, count, outOf, rules })),
  )
  const { rules, statistics, silences, members, document, creations, requests } = part
  expect({ statistics, silences, members, document, creations, requests }).toEqual({
    statistics: whole.statistics,
    silences: whole.silences,
    members: whole.members,
    document: whole.document,
    creations: whole.creations,
    requests: whole.requests,
  })
  expect(rules).toEqual(whole.rules)
  const replayed = await plumbline(['replay', 'part.json'], { cwd })
  expect(replayed.code).toBe(1)
})

test('a log that ends before its run did tells what only the whole run shows', async () => {
  const cwd = folder()
  const run = [
    'run',
    '--break',
    'uid-counter-below-100',
    '--seed',
    '5',
    '--max-requests',
    '700',
    '--report',
    'events',
    '--report',
    'json',
    '--quiet',
  ]
  await plumbline(run, { cwd })
  const whole = readJson(join(cwd, 'plumbline-report', 'report.json'))
  const log = readFileSync(join(cwd, 'plumbline-report', 'events.ndjson'), 'utf8')
  writeFileSync(join(cwd, 'cut.ndjson'), log.slice(0, log.indexOf('{"type":"finding-made"')))
  expect((await plumbline(['report', 'cut.ndjson', '--report', 'json=part.json'], { cwd })).code).toBe(0)
  const part = readJson(join(cwd, 'part.json'))
  const told = ({ findings }: Report) => findings.map(({ replay: _, firstSeen: { request }, ...finding }) => ({ ...finding, request }))
  expect(whole.findings.map(({ check }) => check)).toContain('unique')
  expect(told(part)).toEqual(told(whole))
})

test('kill -9 in the middle of a run leaves a log that renders, without the token', async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => {
      body += data
    })
    request.on('end', () =>
      setTimeout(
        () =>
          response
            .writeHead(201, { 'content-type': 'application/json' })
            .end(JSON.stringify({ echo: body, token: request.headers['x-auth-token'] })),
        15,
      ),
    )
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const cwd = folder()
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${encodeURIComponent(token)}`
  const child = spawn(process.execPath, [main, 'run', '--target', target, '--report', 'events=log.ndjson', '--seed', '3'], {
    cwd,
    env: { ...process.env, PLUMBLINE_TOKEN: token },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      if (/10 %/.test(String(data))) child.kill('SIGKILL')
    })
    child.on('close', () => resolve())
  })
  expect(child.signalCode).toBe('SIGKILL')
  const log = readFileSync(join(cwd, 'log.ndjson'), 'utf8')
  expect(log).not.toContain('"run-finished"')
  const judged = log.split('\n').filter((line) => line.startsWith('{"type":"case-judged"') && line.endsWith('}')).length
  const made = await plumbline(['report', 'log.ndjson', '--report', 'json=part.json', '--report', 'html=part.html'], { cwd })
  expect(made).toMatchObject({ code: 0, stderr: '' })
  const part = readJson(join(cwd, 'part.json'))
  expect(part).toMatchObject({ verdict: 'findings', exitCode: 1, seed: 3, reason: expect.stringMatching(/killed after \d+ requests/) })
  expect(part.findings.length).toBeGreaterThan(0)
  expect(part.findings[0]).toMatchObject({ steady: 'not repeated', response: { status: 201 } })
  expect(part.rules.reduce((sum, { cases, notReached }) => sum + cases + notReached, 0)).toBe(judged)
  expect(part.statistics.zones.reduce((sum, { requests }) => sum + requests, 0)).toBe(judged)
  for (const text of [log, readFileSync(join(cwd, 'part.json'), 'utf8'), readFileSync(join(cwd, 'part.html'), 'utf8')])
    for (const form of [token, JSON.stringify(token).slice(1, -1), encodeURIComponent(token), Buffer.from(token).toString('base64')])
      expect(text.includes(form)).toBe(false)

  copyFileSync(join(cwd, 'log.ndjson'), join(cwd, 'cut.ndjson'))
  writeFileSync(join(cwd, 'cut.ndjson'), `${log.slice(0, log.lastIndexOf('\n') + 1)}{"type":"case-jud`)
  expect((await plumbline(['report', 'cut.ndjson', '--report', 'json=cut.json'], { cwd })).code).toBe(0)
  expect(shortOf(readJson(join(cwd, 'cut.json')))).toEqual(shortOf(part))
})

test.each([
  [['report', 'none.ndjson'], /none\.ndjson: cannot be read/],
  [['report', 'bad.ndjson'], /bad\.ndjson:1: /],
  [['report', 'bad.json'], /bad\.json: is not a report/],
  [['report', 'bad.ndjson', '--report', 'events'], /written by a run/],
])('%j exits 2 with one clear line', async (words, expected) => {
  const cwd = folder()
  writeFileSync(join(cwd, 'bad.ndjson'), '{"type":"run-started"}\n')
  writeFileSync(join(cwd, 'bad.json'), '{"version":1}')
  const { code, stderr } = await plumbline(words, { cwd })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(expected) })
  expect(stderr.trim().split('\n')).toHaveLength(1)
})
