import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
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
  ['cookie', { token: '${SECRET}' }, ({ headers }) => headers.cookie?.includes(`session=${secret}`) ?? false],
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
