import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../core/report'
import { folder, main, plumbline } from './cli'
import { account, staging } from './staging'

const env = { IAM_PASSWORD: account.password }
const list = 'GET /v2/meshes/{mesh_id}/workshops'
const remove = 'DELETE /v2/meshes/{mesh_id}/workshops/{metadata.name}'

function configured(url: string, config: object = {}): string {
  const cwd = folder()
  const whole = {
    target: url,
    auth: { iam: { url, user: account.user, password: '${IAM_PASSWORD}', domain: account.domain } },
    prefix: 'plumb-',
    seed: 3,
    maxRequests: 120,
    rules: ['request:*', 'body.metadata.name:*', 'body.spec.ingress.port:*', 'path.mesh_id:*'],
    cleanup: { delete: remove, gone: list, wait: 5 },
    ...config,
  }
  writeFileSync(join(cwd, 'plumbline.config.json'), JSON.stringify(whole))
  return cwd
}

const reportIn = (cwd: string): Report => JSON.parse(readFileSync(join(cwd, 'plumbline-report', 'report.json'), 'utf8'))
const ledgersIn = (cwd: string) => readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter((name) => /ledger-.*\.ndjson$/.test(name))

test.each([
  ['each', {}],
  ['end', { deleting: 300 }],
])('with --cleanup %s at an environment with %j everything is deleted again', async (when, options) => {
  const { url, tasks, seen } = await staging(options)
  const cwd = configured(url)
  const { code, stdout, stderr } = await plumbline(['run', '--cleanup', when], { cwd, env })
  expect(`${code} ${stderr} ${stdout}`).toMatch(/^0 {2}/)
  expect(seen.creates.length).toBeGreaterThan(15)
  expect([...tasks]).toEqual([])
  expect(reportIn(cwd).cleanup).toMatchObject({ created: seen.creates.length, deleted: seen.creates.length, left: [] })
})

test('a delete that is answered 202 is repeated until it is over, where nothing tells what is gone', async () => {
  const { url, tasks } = await staging({ deleting: 200 })
  const cwd = configured(url, { cleanup: { delete: remove, when: 'each' }, rules: ['body.spec.ingress.port:*'] })
  const { code, stdout, stderr } = await plumbline(['run'], { cwd, env })
  expect(`${code} ${stderr} ${stdout}`).toMatch(/^0 {2}/)
  expect([...tasks]).toEqual([])
})

test.each([
  ['is found late', { appears: 700 }, 'each'],
  ['was answered 504 by the gateway', { givesUp: 3 }, 'end'],
])('what %s is deleted too', async (_, options, when) => {
  const { url, tasks, seen } = await staging(options)
  const rules = ['request:valid*', 'body.spec.ingress.port:*']
  const cwd = configured(url, { rules, maxRequests: 60, timeout: 1, cleanup: { delete: remove, when, wait: 5 } })
  const { code, stdout, stderr } = await plumbline(['run', '--quiet', '--report', 'events', '--report', 'json'], { cwd, env })
  expect(`${code} ${stderr} ${stdout}`).toMatch(/^0 /)
  expect(seen.creates.length).toBeGreaterThan(5)
  expect([...tasks]).toEqual([])
  const told = await plumbline(['report', 'plumbline-report/events.ndjson', '--report', 'json=-'], { cwd })
  expect({ code: told.code, stderr: told.stderr, ...JSON.parse(told.stdout) }).toMatchObject({ code: 0, stderr: '', verdict: 'conforms' })
})

test('a way to delete that leads nowhere is told, each time', async () => {
  const { url, tasks } = await staging()
  const nowhere = { delete: 'DELETE /v2/mesh/{mesh_id}/workshops/{metadata.name}', wait: 1 }
  const cwd = configured(url, { cleanup: nowhere, timeout: 4 })
  const waiting = /waiting for 1 created, not found by DELETE yet/
  const words = / is still there: DELETE never found it \(404\), nor anything else of this run: is cleanup\.delete right\?/
  const doctor = await plumbline(['doctor'], { cwd, env })
  expect(doctor).toMatchObject({ code: 3, stdout: expect.stringMatching(words), stderr: expect.stringMatching(waiting) })
  const [ledger = ''] = ledgersIn(cwd)
  expect(await plumbline(['cleanup', ledger], { cwd, env })).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/: DELETE never found it \(404\)/),
  })
  expect(tasks.size).toBe(1)
})

test('every name that is created bears the prefix of the run', async () => {
  const { url, seen } = await staging()
  const cwd = configured(url, { rules: undefined, skip: ['*long*'], maxRequests: 500, cleanup: undefined, concurrency: 4 })
  const { code, stdout } = await plumbline(['run'], { cwd, env })
  expect(`${code} ${stdout}`).toMatch(/^0 /)
  expect(seen.names.filter((name) => !/^plumb-[a-z0-9]{4}/.test(name))).toEqual([])
  const starts = new Set(seen.names.map((name) => name.slice(0, 10)))
  expect(starts.size).toBe(1)
  expect(reportIn(cwd).notTestable).toContainEqual({
    place: 'body.metadata.name',
    reason: `its first 10 characters are the prefix ${[...starts][0]} of this run's names`,
  })
})

test('a prefix with which no name is valid is refused', async () => {
  const { url } = await staging()
  const { code, stderr } = await plumbline(['run'], { cwd: configured(url, { prefix: 'Not_Valid' }), env })
  expect(code).toBe(2)
  expect(stderr).toMatch(/^plumbline: the prefix Not_Valid makes no valid name: /)
})

test('what was taken although it had to be refused is a finding, and deleted too', async () => {
  const { url, tasks } = await staging({ variant: 'string-as-port-accepted' })
  const cwd = configured(url, { rules: ['body.spec.ingress.port:*'] })
  const { code } = await plumbline(['run', '--quiet'], { cwd, env })
  expect(code).toBe(1)
  expect([...tasks]).toEqual([])
  const again = await plumbline(['replay', 'plumbline-report/report.json'], { cwd, env })
  expect(again).toMatchObject({ code: 1, stderr: '' })
  expect([...tasks]).toEqual([])
  expect(ledgersIn(cwd).length).toBe(2)
})

test('a clean-up that fails is told loudly, ends with exit 3, and can be made up for', async () => {
  let undeletable = true
  const { url, tasks } = await staging({
    before: ({ method }) => (undeletable && method === 'DELETE' ? { status: 500, body: '{"errorCode":"E","errorMsg":"no"}' } : undefined),
  })
  const cwd = configured(url, { rules: ['request:*'], maxRequests: 12, cleanup: { delete: remove, wait: 1 } })
  const { code, stderr } = await plumbline(['run', '--quiet'], { cwd, env })
  expect(code).toBe(3)
  const [ledger = ''] = ledgersIn(cwd)
  expect(stderr).toMatch(
    /^plumbline: CLEAN-UP FAILED: (\d+) of \1 created resources are still there\n {2}\/v2\/meshes\/.*: DELETE .* was answered 500\n/,
  )
  expect(stderr).toContain(`npx plumbline-api cleanup ${ledger}\n`)
  expect(tasks.size).toBeGreaterThan(0)
  undeletable = false
  const made = await plumbline(['cleanup', ledger], { cwd, env })
  expect(made).toMatchObject({ code: 0, stderr: '' })
  expect([...tasks]).toEqual([])
  const twice = await plumbline(['cleanup', ledger], { cwd, env })
  expect(twice).toMatchObject({ code: 0, stderr: '' })
})

test('with --cleanup none everything stays, and the ledger knows it', async () => {
  const { url, tasks } = await staging()
  tasks.set('somebody-else', { uid: 'u', deleting: false })
  const cwd = configured(url, { rules: ['request:*'], maxRequests: 40 })
  const { code, stderr } = await plumbline(['run', '--quiet', '--cleanup', 'none'], { cwd, env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/created resources are kept, as asked/) })
  expect(tasks.size).toBeGreaterThan(5)
  expect(await plumbline(['cleanup', ledgersIn(cwd)[0] ?? ''], { cwd, env })).toMatchObject({
    code: 0,
    stderr: expect.not.stringContaining('FAILED'),
  })
  expect([...tasks.keys()]).toEqual(['somebody-else'])
})

test('Ctrl-C ends the run with its clean-up', async () => {
  const { url, tasks, seen } = await staging({ slow: 30 })
  const cwd = configured(url, { maxRequests: 800 })
  const { code } = await plumbline(['run'], { cwd, env, interrupt: / 20 %/ })
  expect(code).toBe(3)
  expect(seen.creates.length).toBeGreaterThan(5)
  expect([...tasks]).toEqual([])
})

test('kill -9 at any moment loses nothing that was created', async () => {
  const moments = Array.from({ length: 4 }, () => Math.random())
  const killed = async (moment: number, index: number) => {
    const { url, tasks, seen } = await staging({ slow: 30, deleting: 100 })
    const when = index % 2 === 0 ? 'each' : 'end'
    const cwd = configured(url, { seed: index, maxRequests: 400, timeout: 1, cleanup: { delete: remove, gone: list, when } })
    const child = spawn(process.execPath, [main, 'run', '--quiet'], { cwd, env: { ...process.env, ...env }, stdio: 'ignore' })
    const ended = new Promise((resolve) => child.once('close', resolve))
    while (seen.creates.length < 1 + moment * 60 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 3))
    await new Promise((resolve) => setTimeout(resolve, (moment * 1000) % 40))
    child.kill('SIGKILL')
    await ended
    const made = await plumbline(['cleanup', ledgersIn(cwd)[0] ?? ''], { cwd, env })
    expect({ moment, left: [...tasks], ...made }).toMatchObject({
      moment,
      left: [],
      code: 0,
      stderr: expect.not.stringContaining('FAILED'),
    })
    return seen.creates.length
  }
  const lanes = moments.map(killed)
  expect((await Promise.all(lanes)).reduce((sum, creates) => sum + creates, 0)).toBeGreaterThan(20)
}, 120_000)

test('the ledger of a run that is going is left alone, and so is a file that is none', async () => {
  const { url } = await staging({ slow: 100 })
  const cwd = configured(url, { maxRequests: 400 })
  const words = ['run', '--quiet', '--report', 'events']
  const child = spawn(process.execPath, [main, ...words], { cwd, env: { ...process.env, ...env }, stdio: 'ignore' })
  while (ledgersIn(cwd).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  const ended = await plumbline(['cleanup', ledgersIn(cwd)[0] ?? ''], { cwd, env })
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/its run is still going \(process \d+\); end that first\n$/) })
  child.kill('SIGKILL')
  const told = await plumbline(['report', 'plumbline-report/events.ndjson', '--report', 'markdown=-'], { cwd })
  expect(told.stdout).toContain(`delete it with: npx plumbline-api cleanup ${ledgersIn(cwd)[0]}`)
  writeFileSync(join(cwd, 'other.ndjson'), '{"type":"run-started"}\n')
  expect(await plumbline(['cleanup', 'other.ndjson'], { cwd, env })).toMatchObject({
    code: 2,
    stderr: 'plumbline: other.ndjson:1: is no ledger of plumbline\n',
  })
})

test('the ledger holds no secret, also where the target makes names of it', async () => {
  const { url, seen } = await staging()
  const cwd = configured(url, { rules: ['request:*'], maxRequests: 40 })
  await plumbline(['run', '--quiet'], { cwd, env })
  const text = readFileSync(join(cwd, ledgersIn(cwd)[0] ?? ''), 'utf8')
  expect(text).toContain('"created"')
  for (const secret of [account.password, ...seen.tokens]) expect(text).not.toContain(secret)
})
