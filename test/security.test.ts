import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { givenBy } from '../cli/access'
import type { AuthConfig } from '../cli/config/config'
import { run } from '../cli/conformance'
import { lint } from '../specs/lint'
import { loadDocument } from '../specs/load'
import { folder, plumbline } from './cli'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const secret = 's3cret-t0ken-0f-the-test'
const schemes = {
  key: { type: 'apiKey', in: 'header', name: 'X-Key' },
  query: { type: 'apiKey', in: 'query', name: 'key' },
  cookie: { type: 'apiKey', in: 'cookie', name: 'session' },
  basic: { type: 'http', scheme: 'basic' },
  bearer: { type: 'http', scheme: 'bearer' },
  oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/token', scopes: { read: 'to read' } } } },
}

/** A server that takes one credential alone, below /v2, and hands out tokens. */
async function listen(isTaken: (request: IncomingMessage) => boolean) {
  const seen = { tokens: 0, form: '' }
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (data) => {
      text += data
    })
    request.on('end', () => {
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      if (request.url === '/token') {
        seen.form = `${request.headers.authorization} ${text}`
        seen.tokens++
        return answer(200, { access_token: secret, token_type: 'bearer', expires_in: 600 })
      }
      const { pathname } = new URL(request.url ?? '/', 'http://localhost')
      if (pathname !== '/v2/things') return answer(404, {})
      if (!isTaken(request)) return answer(401, {})
      if (request.method !== 'GET') return answer(405, {})
      return answer(200, { ok: true })
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

function document(scheme: keyof typeof schemes, url: string): string {
  const own = JSON.parse(JSON.stringify(schemes[scheme]).replace('"/token"', JSON.stringify(`${url}/token`)))
  const schema = { type: 'object', required: ['ok'], properties: { ok: { type: 'boolean' } } }
  return JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Guarded', version: '1' },
    servers: [{ url: 'https://{region}.example.com/{version}/', variables: { region: { default: 'eu' }, version: { default: 'v1' } } }],
    security: [{ [scheme]: scheme === 'oauth' ? ['read'] : [] }],
    components: { securitySchemes: { [scheme]: own } },
    paths: {
      '/things': {
        get: { operationId: 'list', responses: { 200: { description: 'things', content: { 'application/json': { schema } } } } },
      },
    },
  })
}

const basic = `Basic ${Buffer.from(`joe:${secret}`).toString('base64')}`
test.each<[keyof typeof schemes, object, (request: IncomingMessage) => boolean]>([
  ['key', { token: '${SECRET}' }, ({ headers }) => headers['x-key'] === secret],
  ['query', { token: '${SECRET}' }, ({ url }) => new URL(url ?? '', 'http://localhost').searchParams.get('key') === secret],
  ['cookie', { token: '${SECRET}' }, ({ headers }) => headers.cookie === `session=${secret}`],
  ['basic', { basic: { user: 'joe', password: '${SECRET}' } }, ({ headers }) => headers.authorization === basic],
  ['bearer', { token: '${SECRET}' }, ({ headers }) => headers.authorization === `Bearer ${secret}`],
  ['bearer', { command: 'echo $SECRET' }, ({ headers }) => headers.authorization === `Bearer ${secret}`],
  ['oauth', { oauth2: { clientId: 'ci', clientSecret: '${CLIENT}' } }, ({ headers }) => headers.authorization === `Bearer ${secret}`],
])('%s: the credential goes where the document says, behind the base path, and is written nowhere', async (scheme, auth, isTaken) => {
  const { url, seen } = await listen(isTaken)
  const cwd = folder()
  writeFileSync(join(cwd, 'api.json'), document(scheme, url))
  writeFileSync(join(cwd, 'plumbline.config.json'), JSON.stringify({ spec: 'api.json', target: url, params: { version: 'v2' }, auth }))
  const words = [
    'run',
    '--seed',
    '1',
    '--max-requests',
    '200',
    '--skip',
    'header:odd',
    ...['html', 'json', 'events', 'har'].flatMap((one) => ['--report', one]),
  ]
  const ended = await plumbline(words, { cwd, env: { SECRET: secret, CLIENT: 'client-s3cret' } })
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 0, stdout: expect.stringContaining('keeps its documentation') })
  if (scheme === 'oauth') {
    expect(seen).toEqual({
      tokens: 1,
      form: `Basic ${Buffer.from('ci:client-s3cret').toString('base64')} grant_type=client_credentials&scope=read`,
    })
  }
  const files = readdirSync(join(cwd, 'plumbline-report')).map((file) => readFileSync(join(cwd, 'plumbline-report', file), 'utf8'))
  for (const text of [...files, ended.stdout, ended.stderr]) {
    expect(text).not.toContain(secret)
    expect(text).not.toContain(basic.slice(20, -4))
    expect(text).not.toContain('client-s3cret')
  }
})

test('an answer that names the password alone of user:password leaks, and no report holds it', async () => {
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const [, user = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? []
    const password = Buffer.from(user, 'base64').toString().split(':')[1]
    if (request.method !== 'GET') return answer(405, {})
    // A wrong one may be told, also if it holds the right one.
    if (password !== secret) return answer(401, { message: `wrong password ${password}` })
    return answer(200, { ok: true, hint: `your password is ${password}` })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`
  const cwd = folder()
  writeFileSync(join(cwd, 'api.json'), document('basic', target))
  const formats = ['html', 'json', 'events', 'har'].flatMap((one) => ['--report', one])
  const words = ['run', '--spec', 'api.json', '--target', target, '--seed', '1', '--max-requests', '150', ...formats]
  const { stdout, stderr } = await plumbline(words, { cwd, env: { PLUMBLINE_TOKEN: `joe:${secret}` } })
  const at = join(cwd, 'plumbline-report')
  const { findings } = JSON.parse(readFileSync(join(at, 'report.json'), 'utf8')) as { findings: { check: string; rule: string }[] }
  expect(findings.filter(({ check }) => check === 'leak')).toHaveLength(1)
  expect(findings.find(({ check }) => check === 'leak')?.rule).toBe('request:valid')
  for (const text of [stdout, stderr, ...readdirSync(at).map((file) => readFileSync(join(at, file), 'utf8'))])
    expect(text).not.toContain(secret)
})

test('a door that opens without the documented credential is a finding', async () => {
  const { url } = await listen(() => true)
  const cwd = folder()
  writeFileSync(join(cwd, 'api.json'), document('bearer', url))
  const { code, stdout } = await plumbline(['run', '--spec', 'api.json', '--target', `${url}/v2`, '--seed', '1', '--max-requests', '150'], {
    cwd,
    env: { PLUMBLINE_TOKEN: secret },
  })
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('Authorization') })
})

/** A document of all schemes, and a server of it. */
async function allSchemes(security: unknown, isTaken: (request: IncomingMessage) => boolean) {
  const came: IncomingMessage[] = []
  const { url } = await listen((request) => {
    came.push(request)
    return isTaken(request)
  })
  const api = JSON.parse(document('key', url))
  const { basic: user, ...others } = JSON.parse(JSON.stringify(schemes).replace('"/token"', JSON.stringify(`${url}/token`)))
  api.components.securitySchemes = { ...others, user, digest: { type: 'http', scheme: 'digest' } }
  api.security = security
  const cwd = folder()
  const spec = join(cwd, 'api.json')
  writeFileSync(spec, JSON.stringify(api))
  return { came, spec, cwd, target: `${url}/v2` }
}

async function findings(security: unknown, auth: AuthConfig, isTaken: (request: IncomingMessage) => boolean) {
  const { came, spec, target } = await allSchemes(security, isTaken)
  const report = await run({ spec, target, auth, seed: 1, maxRequests: 250, skip: ['header:*'] })
  return { came, found: report.findings.map(({ place }) => place), verdict: report.verdict }
}

const other = 'an0ther-s3cret-key'
const hasKey = ({ headers }: IncomingMessage) => headers['x-key'] === other
const hasBearer = ({ headers }: IncomingMessage) => headers.authorization === `Bearer ${secret}`
const inQuery = ({ url }: IncomingMessage) => new URL(url ?? '', 'http://localhost').searchParams.get('key')
const client = { clientId: 'ci', clientSecret: 'client-s3cret' }
const both = { schemes: { key: { token: other }, bearer: { token: secret } } }

test('a key and a bearer are sent together where both are asked for, and each is broken by itself', async () => {
  const security = [{ key: [], bearer: [] }]
  const { came, found, verdict } = await findings(security, both, (request) => hasKey(request) && hasBearer(request))
  expect({ found, verdict }).toEqual({ found: [], verdict: 'conforms' })
  const count = (isIt: (request: IncomingMessage) => boolean) => came.filter(isIt).length
  expect(count((request) => hasKey(request) && hasBearer(request))).toBeGreaterThan(50)
  expect(count((request) => hasKey(request) && request.headers.authorization === undefined)).toBeGreaterThan(1)
  expect(count((request) => hasBearer(request) && request.headers['x-key'] === undefined)).toBeGreaterThan(1)
  expect((await findings(security, both, hasKey)).found).toContain('header.Authorization')
  expect((await findings(security, both, hasBearer)).found).toContain('header.X-Key')
})

test.each<[string, AuthConfig, (request: IncomingMessage) => boolean]>([
  ['the key', { schemes: { key: { token: other } } }, hasKey],
  ['the user', { basic: { user: 'joe', password: secret } }, ({ headers }) => headers.authorization === basic],
  ['the client', { oauth2: client }, hasBearer],
])('of several alternatives the one is sent whose credential is given: %s', async (_, auth, isTaken) => {
  const security = [{ digest: [] }, { bearer: [], query: [] }, { user: [] }, { oauth: [] }, { key: [] }]
  const { found, verdict } = await findings(security, auth, isTaken)
  expect({ found, verdict }).toEqual({ found: [], verdict: 'conforms' })
})

test('a key in the query and one in a cookie beside a token of OAuth; what is not asked for is found, replayed and written nowhere', async () => {
  const security = [{ query: [], cookie: [], oauth: ['read'] }]
  const isTaken = (request: IncomingMessage) => request.headers.cookie === 'session=c00kie-s3cret' && hasBearer(request)
  const schemes = { query: { token: other }, cookie: { token: 'c00kie-s3cret' }, oauth: { oauth2: client } }
  const strict = await findings(security, { schemes }, (request) => inQuery(request) === other && isTaken(request))
  expect(strict).toMatchObject({ found: [], verdict: 'conforms' })
  const { cwd, target } = await allSchemes(security, isTaken)
  const auth = { schemes: { ...schemes, query: { token: '${OTHER}' } } }
  writeFileSync(join(cwd, 'plumbline.config.json'), JSON.stringify({ spec: 'api.json', target, auth }))
  const env = { OTHER: other }
  const ran = await plumbline(['run', '--seed', '1', '--max-requests', '250', '--skip', 'header:*'], { cwd, env })
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('query.key') })
  const again = await plumbline(['replay', 'plumbline-report/report.json'], { cwd, env })
  expect(again).toMatchObject({ code: 1, stdout: expect.stringMatching(/still fails/) })
  expect(again.stdout).not.toContain('mended')
  const files = readdirSync(join(cwd, 'plumbline-report')).map((file) => readFileSync(join(cwd, 'plumbline-report', file), 'utf8'))
  for (const hidden of [secret, other, 'c00kie-s3cret', 'client-s3cret'])
    expect([...files, ran.stdout, again.stdout].join()).not.toContain(hidden)
})

test('what cannot be given, and what wants one each, is told before anything is sent', async () => {
  const told = async (security: unknown, auth: AuthConfig) => {
    const { spec } = await allSchemes(security, () => true)
    const given = givenBy({ auth })
    const found = lint(await loadDocument({ spec, given }), {}, given)
    return found.filter(({ what }) => what.includes('credential')).map(({ what, why }) => `${what}: ${why}`)
  }
  expect(await told([{ key: [], digest: [] }], { token: other })).toEqual([
    'the credential digest: the HTTP scheme digest is not known; basic and bearer are',
  ])
  expect(await told([{ key: [], bearer: [] }], { token: other })).toEqual([
    'the credentials key and bearer: they are asked for together: give each by its name in the config file, under auth.schemes',
  ])
  expect(await told([{ key: [], bearer: [] }], both)).toEqual([])
  expect(await told([{ user: [], bearer: [] }], both)).toEqual([
    'the credential bearer: it goes in header Authorization, where user goes too: one of them can be sent',
  ])
  await expect(findings([{ key: [] }], { schemes: { kee: { token: 'x' } } }, hasKey)).rejects.toThrow(
    /^auth\.schemes\.kee: the document has no such security scheme; it has key, /,
  )
})
