import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../core/report'
import { folder, plumbline } from './cli'
import { account, staging } from './staging'

const env = { IAM_PASSWORD: account.password }

function configured(url: string, config: object = {}): string {
  const cwd = folder()
  const whole = {
    target: url,
    auth: { iam: { url, user: account.user, password: '${IAM_PASSWORD}', domain: account.domain } },
    params: { mesh_id: '7d9c1a52-0f0e-4b0a-9d6c-2a5a0c3b1e11' },
    prefix: 'plumb-',
    seed: 3,
    rules: ['request:*', 'body.metadata.name:*', 'body.spec.ingress.port:*'],
    cleanup: { delete: 'DELETE /v2/meshes/{mesh_id}/workshops/{metadata.name}', when: 'each' },
    ...config,
  }
  writeFileSync(join(cwd, 'plumbline.config.json'), JSON.stringify(whole))
  return cwd
}

const reportIn = (cwd: string): Report => JSON.parse(readFileSync(join(cwd, 'plumbline-report', 'report.json'), 'utf8'))

/** The most of these times in any second. */
const mostASecond = (times: readonly number[]) =>
  Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + 1000).length))

test("no second holds more requests than asked, the clean-up's included, and a target that throttles at that is never annoyed", async () => {
  const { url, seen, tasks } = await staging({ rate: 30 })
  const cwd = configured(url, { rate: 28, maxRequests: 120, maxTime: 60 })
  const { code, stdout, stderr } = await plumbline(['run'], { cwd, env })
  expect(`${code} ${stderr} ${stdout}`).toMatch(/^0 {2}/)
  expect(mostASecond(seen.at)).toBeLessThanOrEqual(30)
  expect({ throttled: seen.throttled, left: [...tasks] }).toEqual({ throttled: 0, left: [] })
})

test('requests for tokens are among those that a second holds, and nobody goes in a bunch who waited for one', async () => {
  const { url, seen } = await staging({ tokenLives: 2, slowTokens: 700 })
  const cwd = configured(url, { rate: 20, maxRequests: 50, rules: ['body.spec.ingress.port:*'], cleanup: undefined })
  const { code, stdout, stderr } = await plumbline(['run'], { cwd, env })
  expect(`${code} ${stderr} ${stdout}`).toMatch(/^0 {2}/)
  expect(seen.tokensAt.length).toBeGreaterThan(1)
  expect(mostASecond([...seen.at, ...seen.tokensAt].sort((a, b) => a - b))).toBeLessThanOrEqual(20)
})

test('what others may have there is left alone, unless it is chosen', async () => {
  const { url, seen } = await staging()
  const cwd = configured(url, { rules: ['method:*', 'request:valid'], maxRequests: 100 })
  const onTheList = () => new Set(seen.requests.filter((one) => one.url.endsWith('/workshops')).map(({ method }) => method))
  const { code } = await plumbline(['run', '--quiet'], { cwd, env })
  expect(code).toBe(0)
  for (const method of ['PUT', 'PATCH', 'DELETE']) expect(onTheList()).not.toContain(method)
  expect(reportIn(cwd).notTestable).toContainEqual({
    place: 'method',
    reason: expect.stringMatching(/^PUT, PATCH, DELETE on this URL might change or remove what others have there: sent only if --method/),
  })
  await plumbline(['run', '--quiet', '--method', 'POST', '--method', 'DELETE'], { cwd, env })
  expect(onTheList()).toContain('DELETE')
  expect(onTheList()).not.toContain('PUT')
})

test('no more is created than asked, and what was created by mistake counts too', async () => {
  const { url, seen } = await staging({ variant: 'string-as-port-accepted' })
  const cwd = configured(url, { maxCreates: 40, maxRequests: 400 })
  const { code, stdout } = await plumbline(['run'], { cwd, env })
  expect(`${code} ${stdout}`).toMatch(/^1 /)
  expect(seen.creates.length).toBeLessThanOrEqual(40)
  expect(seen.creates.length).toBeGreaterThan(25)
  expect(reportIn(cwd).rules.filter(({ zone, result }) => zone === 'reject' && result === 'not run')).toEqual([])
})

test('the concurrency grows as long as the target bears it', async () => {
  const { url, seen } = await staging({ together: 3, slow: 10 })
  const cwd = configured(url, { maxRequests: 200, cleanup: undefined })
  const { code, stdout } = await plumbline(['run'], { cwd, env })
  expect(`${code} ${stdout}`).toMatch(/^0 /)
  expect(seen.throttled).toBeLessThan(20)
  expect(seen.together).toBeGreaterThan(1)
})

test('--dry-run tells the plan and sends nothing', async () => {
  const { url, seen } = await staging()
  const cwd = configured(url, { rate: 10, createsPerMinute: 30, maxCreates: 100, maxRequests: 300 })
  const { code, stdout, stderr } = await plumbline(['run', '--dry-run'], { cwd, env })
  expect({ code, stderr, asked: seen.at.length + seen.tokens.length }).toEqual({ code: 0, stderr: '', asked: 0 })
  expect(stdout).toContain(url)
  expect(stdout).toMatch(/^Requests {3}\d+ planned \(accept \d+, reject \d+, either \d+\); with resends and shrinking 300 at most$/m)
  expect(stdout).toMatch(/^Creates {4}\d+ expected, up to \d+ if .*; 100 at most$/m)
  expect(stdout).toMatch(/^Clean-up {3}after each create, by DELETE /m)
  expect(stdout).toMatch(/^Time {7}\d+ s at least, at 10 requests a second, 30 creates a minute; ends after 60 s$/m)
  expect(stdout).not.toContain(account.password)
})

test('--dry-run tells as many rules as a run with the token has', async () => {
  const { url } = await staging()
  const cwd = configured(url, { rules: ['header.X-Auth-Token:*', 'request:valid'] })
  const dry = await plumbline(['run', '--dry-run'], { cwd, env })
  const whole = await plumbline(['run'], { cwd, env })
  expect(`${whole.code} ${whole.stderr}`).toMatch(/^0 /)
  expect(dry.stdout).toContain(`Rules      ${reportIn(cwd).rules.length}, seed 3`)
})

describe('doctor', () => {
  test('finds nothing missing, and leaves nothing behind', async () => {
    const { url, tasks, seen } = await staging()
    const { code, stdout } = await plumbline(['doctor'], { cwd: configured(url), env })
    expect(stdout.replaceAll(url, 'URL')).toBe(
      [
        '✓ document: Creating a One-Click Experience Task v2, specs/create-workshop.openapi.yaml',
        '✓ credential: a token for ci of acme, from URL',
        '✓ POST URL/v2/meshes/7d9c1a52-0f0e-4b0a-9d6c-2a5a0c3b1e11/workshops: the valid request was taken (200)',
        '✓ clean-up: what was created is deleted again',
        '',
      ].join('\n'),
    )
    expect({ code, creates: seen.creates.length, left: [...tasks] }).toEqual({ code: 0, creates: 1, left: [] })
  })

  test.each<[string, { readonly target?: string; readonly [member: string]: unknown }, Record<string, string>, RegExp]>([
    ['a wrong password', {}, { IAM_PASSWORD: 'wrong-one' }, /✕ credential: the identity service .* refused the user ci of acme with 401/],
    [
      'a token that is refused',
      { auth: { token: 'nobody-knows-it' } },
      {},
      /✕ POST .* was answered 401 .*The credential is refused: check auth: or --token/,
    ],
    [
      'another base path',
      { target: '/v9' },
      env,
      /✕ POST .* was answered 404 .*Check the base path of the target, and whether what mesh_id names is there/,
    ],
    ['nobody there', { target: 'http://127.0.0.1:9' }, env, /✕ POST .*cannot be reached: /],
    [
      'no clean-up and no path parameter',
      { cleanup: undefined, params: {} },
      env,
      /· path parameter mesh_id: none was given[\s\S]*· clean-up: none is configured/,
    ],
  ])('tells %s', async (_, config, environment, words) => {
    const { url } = await staging()
    const target = config.target === undefined ? url : config.target.startsWith('/') ? url + config.target : config.target
    const { code, stdout } = await plumbline(['doctor'], { cwd: configured(url, { ...config, target }), env: environment })
    expect(stdout).toMatch(words)
    expect(code).toBe(words.source.startsWith('·') ? 0 : 3)
    expect(stdout).not.toContain('nobody-knows-it')
  })

  test('tells what the environment wants otherwise', async () => {
    const refusal = { status: 400, body: '{"errorCode":"ASM.1","errorMsg":"no such cluster"}' }
    const { url } = await staging({ before: ({ method }) => (method === 'POST' ? refusal : undefined) })
    const { code, stdout } = await plumbline(['doctor'], { cwd: configured(url), env })
    expect(stdout).toMatch(/was answered 400 .*no such cluster.*pin the members that it names to what exists there, with an overlay/)
    expect(code).toBe(3)
  })
})
