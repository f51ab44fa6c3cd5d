import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Reference, startReference } from '../reference/server'
import { loadDocument } from '../specs/load'
import { type Ended, folder, plumbline } from './cli'

// The round trip of two consumers and a provider on the real Pact Broker, each step by the commands that a pipeline runs.

const root = join(__dirname, '..')
const pacts = join(root, 'contracts', 'pacts')
const isLeftOut = process.env.PLUMBLINE_NO_BROKER === '1'
const hasRuby = spawnSync('bundle', ['--version']).status === 0
const around = isLeftOut || !hasRuby ? describe.skip : describe
if (isLeftOut || !hasRuby)
  process.stderr.write(
    `skipped: the round trip on a real Pact Broker (${isLeftOut ? 'PLUMBLINE_NO_BROKER=1' : 'there is no Ruby with Bundler'})\n`,
  )

const writer = { PACT_BROKER_USERNAME: 'pipeline', PACT_BROKER_PASSWORD: 'wr1te-S3cret/+=' }
const reader = { PACT_BROKER_USERNAME: 'reader', PACT_BROKER_PASSWORD: 'r3ad-S3cret/+=' }
const token = 'Real-T0ken/0123456789=='

around('the round trip on a real Pact Broker', () => {
  let broker: ChildProcess
  let url: string
  let good: Reference
  let broken: Reference
  const webhooks: string[] = []
  const receiver = createServer((request, response) => {
    request.on('data', (data) => webhooks.push(String(data)))
    request.on('end', () => response.end())
  })

  beforeAll(async () => {
    broker = spawn(process.execPath, ['-r', 'esbuild-register', 'contracts/broker/broker.ts', '--port', '0'], {
      cwd: root,
      env: {
        ...process.env,
        PACT_BROKER_DATABASE_URL: `sqlite:///${join(folder(), 'broker.sqlite3')}`,
        PACT_BROKER_BASIC_AUTH_USERNAME: writer.PACT_BROKER_USERNAME,
        PACT_BROKER_BASIC_AUTH_PASSWORD: writer.PACT_BROKER_PASSWORD,
        PACT_BROKER_BASIC_AUTH_READ_ONLY_USERNAME: reader.PACT_BROKER_USERNAME,
        PACT_BROKER_BASIC_AUTH_READ_ONLY_PASSWORD: reader.PACT_BROKER_PASSWORD,
        PACT_BROKER_WEBHOOK_SCHEME_WHITELIST: 'http',
        PACT_BROKER_WEBHOOK_HOST_WHITELIST: '127.0.0.1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    url = await new Promise<string>((ready, fail) => {
      let said = ''
      const listen = (data: Buffer) => {
        said += data
        const found = /serves (http:\S+);/.exec(said)?.[1]
        if (found) ready(found)
      }
      broker.stdout?.on('data', listen)
      broker.stderr?.on('data', listen)
      broker.on('exit', () => fail(new Error(`the broker did not start: ${said}`)))
    })
    await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready))
    const document = await loadDocument({ overlays: [] })
    good = await startReference({ document, token })
    broken = await startReference({ document, token, variant: 'answer-without-port' })
    await tool('create-environment', '--name', 'production', '--production')
  }, 900_000)

  afterAll(async () => {
    await good?.close()
    await broken?.close()
    receiver.close()
    broker?.kill('SIGTERM')
    await new Promise((ended) => (!broker || broker.exitCode !== null ? ended(0) : broker.on('exit', ended)))
  })

  /** Pact's own command line, for what a pipeline sets up once. */
  function tool(...words: string[]): Promise<string> {
    return new Promise((resolve, fail) => {
      const child = spawn(process.execPath, [join(root, 'node_modules/@pact-foundation/pact-cli/bin/pact.js'), 'broker', ...words], {
        env: { ...process.env, ...writer, PACT_BROKER_BASE_URL: url, PACT_DO_NOT_TRACK: 'true' },
      })
      let said = ''
      child.stdout.on('data', (data) => (said += data))
      child.stderr.on('data', (data) => (said += data))
      child.on('close', (code) => (code === 0 ? resolve(said) : fail(new Error(said))))
    })
  }

  /** `plumbline pact …`: no secret is ever printed. */
  async function pact(words: readonly string[], env: Record<string, string> = writer, cwd = folder()): Promise<Ended> {
    const ended = await plumbline(['pact', ...words], { cwd, env: { PACT_BROKER_BASE_URL: url, PLUMBLINE_TOKEN: token, ...env } })
    for (const secret of [writer.PACT_BROKER_PASSWORD, reader.PACT_BROKER_PASSWORD, token])
      expect(`${ended.stdout}${ended.stderr}`).not.toContain(secret)
    return ended
  }

  const publish = (version: string, files = pacts) => pact(['publish', files, '--consumer-version', version, '--branch', 'main'])
  const verify = (target: Reference, version: string, ...more: string[]) => [
    'verify',
    '--target',
    target.url,
    '--provider',
    'workshop-api',
    '--publish',
    '--provider-version',
    version,
    '--branch',
    'main',
    ...more,
  ]
  const canIDeploy = (name: string, version: string) =>
    pact(['can-i-deploy', '--pacticipant', name, '--version', version, '--to-environment', 'production'])
  const record = (name: string, version: string) =>
    pact(['record-deployment', '--pacticipant', name, '--version', version, '--environment', 'production'])

  test('two consumers publish, and the webhook of the provider fires', async () => {
    const { port } = receiver.address() as AddressInfo
    await tool(
      'create-webhook',
      `http://127.0.0.1:${port}/`,
      '--request',
      'POST',
      '--data',
      '{"of":"${pactbroker.consumerName}"}',
      '--contract-content-changed',
    )
    const ended = await publish('c1')
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toMatch(/published workshop-automation c1 .*\npublished workshop-console c1 /)
    for (const end = Date.now() + 15_000; webhooks.length < 2 && Date.now() < end; ) await new Promise((later) => setTimeout(later, 50))
    expect([...webhooks].sort()).toEqual(['{"of":"workshop-automation"}', '{"of":"workshop-console"}'])
  })

  test('what goes wrong is told in one line, with exit code 2', async () => {
    const changed = join(folder(), 'pact.json')
    writeFileSync(changed, readFileSync(join(pacts, 'workshop-console-workshop-api.json'), 'utf8').replaceAll('bookinfo', 'other'))
    const unknown = ['publish', pacts, '--consumer-version', 'c1', '--branch', 'main']
    const all = await Promise.all([
      pact(unknown, { ...writer, PACT_BROKER_PASSWORD: 'wrong-S3cret' }),
      pact(unknown, { PACT_BROKER_USERNAME: '' }),
      pact(unknown, { ...writer, PACT_BROKER_BASE_URL: await closed() }),
      pact(unknown, { ...writer, PACT_BROKER_BASE_URL: good.url }),
      pact(unknown.with(3, 'c2'), reader),
      publish('c1', changed),
      record('workshop-console', 'c99'),
      canIDeploy('nobody', 'c1'),
      pact(['can-i-deploy', '--pacticipant', 'workshop-console', '--version', 'c1', '--to-environment', 'nowhere']),
      pact(['publish-contract', '--provider', 'workshop-api', '--provider-version', 'p1', '--results', await ownRun()]),
    ])
    expect(all.map(({ code }) => code)).toEqual(all.map(() => 2))
    expect(all.map(({ stderr }) => stderr.trimEnd().split('\n').length)).toEqual(all.map(() => 1))
    expect(all.map(({ stderr }) => stderr)).toEqual([
      expect.stringMatching(/refused the credentials \(401\): check PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD/),
      expect.stringMatching(/wants credentials \(401\)/),
      expect.stringMatching(/does not answer/),
      expect.stringMatching(/is no Pact Broker/),
      expect.stringMatching(/lets these credentials read, but not publish \(401\)/),
      expect.stringMatching(/holds the pact of workshop-console version c1 with other content/),
      expect.stringMatching(/knows no version c99 of workshop-console/),
      expect.stringMatching(/knows no application nobody/),
      expect.stringMatching(/knows no environment nowhere/),
      expect.stringMatching(/takes no provider contracts, which only PactFlow does/),
    ])
  })

  /** The URL of a server that has just ended. */
  async function closed(): Promise<string> {
    const server = createServer()
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    const { port } = server.address() as AddressInfo
    await new Promise((ended) => server.close(ended))
    return `http://127.0.0.1:${port}`
  }

  async function ownRun(): Promise<string> {
    const out = folder()
    await plumbline(['run', '--rule', 'header.X-Auth-Token:*', '--seed', '1', '--quiet', '--report', `json=${join(out, 'report.json')}`])
    return join(out, 'report.json')
  }

  test('a provider that keeps the pacts may be deployed, and then the consumers may', async () => {
    expect((await canIDeploy('workshop-console', 'c1')).code).toBe(1)
    const verified = await pact(verify(good, 'p1'))
    expect(verified).toMatchObject({ code: 0, stderr: '' })
    expect(verified.stdout).toMatch(/keeps 6 interactions of 2 consumers/)
    expect(verified.stdout).toMatch(/published the results of workshop-api p1 for workshop-automation, workshop-console/)
    expect((await canIDeploy('workshop-api', 'p1')).code).toBe(0)
    expect(await record('workshop-api', 'p1')).toMatchObject({ code: 0, stderr: '' })
    for (const consumer of ['workshop-console', 'workshop-automation']) {
      expect((await canIDeploy(consumer, 'c1')).code).toBe(0)
      expect((await record(consumer, 'c1')).code).toBe(0)
    }
  })

  test('a provider that breaks a pact must not be deployed; the reports tell what broke', async () => {
    const cwd = folder()
    const verified = await pact(verify(broken, 'p2'), writer, cwd)
    expect(verified.code).toBe(1)
    expect(verified.stdout).toMatch(/answer.body.spec.ingress.port is missing from the answer/)
    const text = readFileSync(join(cwd, 'plumbline-report/pact/report.json'), 'utf8')
    expect(text).not.toContain(token)
    expect(readFileSync(join(cwd, 'plumbline-report/pact/index.html'), 'utf8')).not.toContain(token)
    const report = JSON.parse(text)
    expect(report).toMatchObject({ verdict: 'findings', exitCode: 1, requests: 6 })
    expect(report.findings).toMatchObject([
      { check: 'pact', place: 'answer.body.spec.ingress.port', count: 2, docs: { line: 59 }, response: { status: 200 } },
    ])
    const answer = await canIDeploy('workshop-api', 'p2')
    expect(answer.code).toBe(1)
    expect(answer.stdout).toMatch(/✕ no: workshop-api p2 must not be deployed to production/)
    expect((await canIDeploy('workshop-api', 'p1')).code).toBe(0)
  })

  test('a pending pact fails no build, and is said to be pending', async () => {
    const hopeful = join(folder(), 'pact.json')
    const wish = JSON.parse(readFileSync(join(pacts, 'workshop-console-workshop-api.json'), 'utf8'))
    wish.consumer.name = 'workshop-planner'
    for (const { response } of wish.interactions) if (response.status === 200) response.body.content.owner = 'a wish'
    writeFileSync(hopeful, JSON.stringify(wish))
    expect((await publish('w1', hopeful)).code).toBe(0)
    const only = ['--selector', '{"mainBranch":true,"consumer":"workshop-planner"}']
    const pending = await pact(verify(good, 'p3', '--pending', ...only))
    expect(pending.stdout).toMatch(/a request to create a task \(pending, fails no build: .*owner/)
    expect(pending.code).toBe(0)
    expect((await pact(verify(good, 'p4', ...only))).code).toBe(1)
  })

  test('a result that could not be published is no success', async () => {
    const ended = await pact(verify(good, 'p5'), reader)
    expect(ended.stdout).toMatch(/✓ a request to create a task/)
    expect(ended.stderr).toMatch(/does not have the results for workshop-automation, workshop-console/)
    expect(ended.code).toBe(2)
  })
})
