import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ApiDocument } from '../core/operation'
import { startReference } from '../reference/server'
import { loadDocument } from '../specs/load'
import { folder, plumbline } from './cli'

const pacts = join(__dirname, '..', 'contracts', 'pacts')

let document: ApiDocument
beforeAll(async () => {
  document = await loadDocument({ overlays: [] })
})

/** Verifies at a variant of the reference server: the exit code, the report, all that was printed. */
async function verify(variant: string | undefined, more: readonly string[] = [], env: Record<string, string> = {}) {
  const server = await startReference({
    document,
    ...(variant === undefined ? {} : { variant }),
    ...(env.PLUMBLINE_TOKEN ? { token: env.PLUMBLINE_TOKEN } : {}),
  })
  try {
    const cwd = folder()
    const ended = await plumbline(['pact', 'verify', '--target', server.url, pacts, '--report', 'json', '--report', 'html', ...more], {
      cwd,
      env,
    })
    const text = readFileSync(join(cwd, 'plumbline-report/pact/report.json'), 'utf8')
    return { ...ended, text, report: JSON.parse(text), html: readFileSync(join(cwd, 'plumbline-report/pact/index.html'), 'utf8') }
  } finally {
    await server.close()
  }
}

/** A server of this test, and what it was sent. */
async function serving(handle: (request: IncomingMessage, body: string, response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => {
      body += data
    })
    request.on('end', () => handle(request, body, response))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => void server.close(() => closed())),
  }
}

test('the reports of pacts go beside those of runs, where a config names their folder', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'plumbline.config.json'), JSON.stringify({ out: 'reports' }))
  const server = await startReference({ document })
  try {
    const { code, stdout } = await plumbline(['pact', 'verify', '--target', server.url, pacts], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain(join('reports', 'pact', 'index.html'))
    expect(readdirSync(join(cwd, 'reports'))).toEqual(['pact'])
  } finally {
    await server.close()
  }
})

test('a server that keeps the docs keeps the pacts, with a token that nobody gets to see', async () => {
  const token = 'Real-T0ken/0123456789=='
  const { code, stdout, stderr, text, html, report } = await verify(undefined, [], { PLUMBLINE_TOKEN: token })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(report).toMatchObject({ verdict: 'conforms', requests: 6, creations: 3, findings: [] })
  expect(report.rules.map(({ zone, result }: { zone: string; result: string }) => `${zone} ${result}`).sort()).toEqual([
    ...Array(3).fill('accept kept'),
    ...Array(3).fill('reject kept'),
  ])
  expect(`${stdout}${text}${html}`).not.toContain(token)
})

test.each([
  ['answer-with-port-of-other-type', ['answer.body.spec.ingress.port']],
  ['missing-name-accepted', ['answer.status', 'answer.body']],
  ['answer-without-metadata', ['answer.body.metadata']],
])('what a broken provider breaks is found: %s', async (variant, places) => {
  const { code, report, stdout, html } = await verify(variant)
  expect(code).toBe(1)
  const found = report.findings.map(({ place }: { place: string }) => place)
  expect(found).toContain(places[0])
  for (const place of found) expect(places.some((one) => place.startsWith(one))).toBe(true)
  for (const finding of report.findings) {
    expect(finding).toMatchObject({ check: 'pact', docs: { page: 'pages/create-workshop.txt' }, request: { method: 'POST' } })
    expect(finding.curl).toMatch(/^curl /)
    expect(stdout).toContain(finding.title)
    expect(html).toContain(finding.id)
  }
})

test('messages are no requests: they are skipped, and said to be', async () => {
  const cwd = folder()
  const message = { type: 'Asynchronous/Messages', description: 'a thing was made', contents: { content: { a: 1 } } }
  const http = { type: 'Synchronous/HTTP', description: 'a thing', request: { method: 'GET', path: '/things' }, response: { status: 200 } }
  const pact = { consumer: { name: 'app' }, provider: { name: 'shop' }, interactions: [message, http] }
  writeFileSync(join(cwd, 'pact.json'), JSON.stringify({ ...pact, metadata: { pactSpecification: { version: '4.0' } } }))
  const seen: string[] = []
  await using server = await serving((request, _, response) => {
    if (request.method !== 'HEAD') seen.push(`${request.method} ${request.url}`)
    response.end('{}')
  })
  const { code, stdout } = await plumbline(['pact', 'verify', '--target', server.url, 'pact.json'], { cwd })
  expect(stdout).toContain('  - skipped: "a thing was made" is Asynchronous/Messages, not HTTP\n')
  expect({ code, seen }).toEqual({ code: 0, seen: ['GET /things'] })
})

test('a target that is not there is not judged', async () => {
  await using gone = await serving(() => {})
  await gone[Symbol.asyncDispose]()
  const { code, stdout } = await plumbline(['pact', 'verify', '--target', gone.url, pacts])
  expect(code).toBe(3)
  expect(stdout).toMatch(/could not be reached/)
})

test('provider states are set up and taken down by a service, and pinned values go before its own', async () => {
  const changes: { action: string; state: string; params: unknown }[] = []
  await using states = await serving((_, body, response) => {
    changes.push(JSON.parse(body))
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ mesh_id: '11111111-1111-4111-8111-111111111111', name: `made-${changes.length}` }))
  })
  const { code, report } = await verify('answer-without-elb-ip', [
    '--state-change-url',
    states.url,
    '--param',
    'mesh_id=22222222-2222-4222-8222-222222222222',
  ])
  expect(code).toBe(1)
  expect(report.findings[0].request.target).toBe('/v2/meshes/22222222-2222-4222-8222-222222222222/workshops')
  expect(report.findings[0].request.body).toMatch(/"name":"made-\d+"/)
  expect(changes.map(({ action }) => action)).toEqual(Array(6).fill(['setup', 'teardown']).flat())
  expect(changes[0]).toEqual({
    action: 'setup',
    state: 'a mesh without a task of this name',
    params: { mesh_id: '7d9c1a52-0f0e-4b0a-9d6c-2a5a0c3b1e11', name: expect.any(String) },
  })
})

test('a state that cannot be set up leaves its interaction unjudged', async () => {
  await using states = await serving((_, __, response) => {
    response.statusCode = 500
    response.end()
  })
  const { code, report } = await verify(undefined, ['--state-change-url', states.url])
  expect(code).toBe(3)
  expect(report).toMatchObject({ verdict: 'not judged', findings: [] })
  expect(report.reason).toMatch(/6 of 6 interactions were not judged: its provider state could not be set up: .* answered 500/)
})

test.each([
  ['no target', ['verify', pacts], /which server is to keep the pacts/],
  ['no broker', ['verify', '--target', 'http://127.0.0.1:8080'], /which broker/],
  ['credentials in the URL', ['publish', pacts, '--broker', 'https://user:secret@broker.example.com'], /not in the URL/],
  ['results of files', ['verify', pacts, '--target', 'http://127.0.0.1:8080', '--publish'], /results are kept with the pacts of a broker/],
  [
    'a selector that is none',
    ['verify', '--target', 'http://127.0.0.1:8080', '--broker', 'http://127.0.0.1:9292', '--provider', 'p', '--selector', 'man'],
    /write main, deployed, matching/,
  ],
  [
    'no git to tell the version',
    ['publish', pacts, '--broker', 'http://127.0.0.1:9292'],
    /Give --consumer-version, or work in a git repository/,
  ],
])('wrong usage is told in one line: %s', async (_, words, message) => {
  const { code, stderr } = await plumbline(['pact', ...words], { env: { PACT_BROKER_BASE_URL: '' } })
  expect(code).toBe(2)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stderr).toMatch(message)
  expect(stderr).not.toContain('secret')
})

test('pact check: lies are told with both places, exit code 1; an honest pact 0, with what is used', async () => {
  const honest = await plumbline(['pact', 'check', pacts])
  expect(honest).toMatchObject({ code: 0, stderr: '' })
  expect(honest.stdout).toMatch(/answer\.body\.metadata\.uid +checks shape, unique, made {2}\(workshop-automation, workshop-console\)/)
  expect(honest.stdout).toMatch(/no consumer uses:\n {2}answer 500 of POST .*\n {2}answer\.body\.spec\.primaryCluster \(200\)/)
  const file = join(folder(), 'lies.json')
  const text = readFileSync(join(pacts, 'workshop-console-workshop-api.json'), 'utf8').replace('"port": 8080', '"port": "8080"')
  writeFileSync(file, text)
  const line = text.split('\n').findIndex((one) => one.includes('"port": "8080"')) + 1
  const lies = await plumbline(['pact', 'check', file])
  expect(lies.code).toBe(1)
  expect(lies.stdout).toContain(`pact  ${file}:${line}:`)
  expect(lies.stdout).toMatch(/docs {2}pages\/create-workshop\.txt:36 .*\n +specs\/create-workshop\.openapi\.yaml:\d+/)
})

test('the document goes to PactFlow as the contract, with the run as its verification', async () => {
  // PactFlow is a service that cannot be started here: this server has its index and keeps what it is sent.
  const sent: unknown[] = []
  await using pactflow = await serving((request, body, response) => {
    response.setHeader('Content-Type', 'application/hal+json')
    const base = `http://${request.headers.host}`
    if (request.method === 'POST' || request.method === 'PUT') sent.push(JSON.parse(body))
    const self = { href: `${base}/pacticipants/workshop-api`, name: 'p1', title: 'Version' }
    const links = {
      'pb:latest-pact-versions': { href: `${base}/pacts/latest` },
      'pf:publish-provider-contract': { href: `${base}/provider-contracts/provider/{provider}/publish`, templated: true },
    }
    const published = {
      notices: [{ type: 'success', text: 'published' }],
      _embedded: { version: { number: 'p1', _links: { self } } },
      _links: { 'pb:pacticipant-version-tags': [], 'pb:pacticipant': self, 'pb:pacticipant-version': self, 'pb:branch-version': self },
    }
    response.end(JSON.stringify(request.method === 'GET' ? { _links: links } : published))
  })
  const cwd = folder()
  await plumbline(['run', '--break', 'string-as-port-accepted', '--seed', '1', '--rule', 'body.spec.ingress.port:*', '--quiet'], { cwd })
  const ended = await plumbline(
    ['pact', 'publish-contract', '--provider', 'workshop-api', '--provider-version', 'p1', '--branch', 'main'],
    {
      cwd,
      env: { PACT_BROKER_BASE_URL: pactflow.url, PACT_BROKER_TOKEN: 't0ken-of-pactflow' },
    },
  )
  expect(ended).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^published the contract of workshop-api p1, not kept by the run in /),
  })
  expect(sent).toMatchObject([
    {
      pacticipantVersionNumber: 'p1',
      branch: 'main',
      contract: {
        specification: 'oas',
        contentType: 'application/yaml',
        selfVerificationResults: { success: false, verifier: 'plumbline', format: 'json' },
      },
    },
  ])
})
