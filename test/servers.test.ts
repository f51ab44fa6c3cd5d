import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { run } from '../cli/conformance'
import { startReference } from '../reference/server'
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

const schema = { type: 'object', required: ['ok'], properties: { ok: { type: 'boolean' } } }
const get = { responses: { 200: { description: 'ok', content: { 'application/json': { schema } } }, 404: { description: 'none' } } }
const variables = { version: { default: 'v1', enum: ['v1', 'v2'] } }
const document = {
  openapi: '3.1.0',
  info: { title: 'Served in parts', version: '1' },
  servers: [{ url: 'https://api.example.com/api/{version}', variables }, { url: 'https://other.example.com' }],
  paths: {
    '/things': { get: { operationId: 'things', ...get } },
    '/files': {
      servers: [{ url: '/upload' }],
      get: { operationId: 'files', ...get },
      post: { operationId: 'makeFile', servers: [{ url: './{version}/incoming/', variables }], ...get },
    },
    '/status': { servers: [{ url: 'https://status.example.com' }], get: { operationId: 'status', ...get } },
  },
}

/** Serves each operation at one place only, and tells what else came. */
async function listen(places: readonly string[], body = '{"ok":true}') {
  const came = new Set<string>()
  const server = createServer((request, response) => {
    const place = `${request.method} ${(request.url ?? '').split('?')[0]}`
    came.add(place)
    const isThere = places.includes(place)
    request.resume().on('end', () => {
      response.writeHead(isThere ? 200 : 404, { 'content-type': 'application/json' }).end(body)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, came }
}

function written(): string {
  const cwd = folder()
  writeFileSync(join(cwd, 'api.json'), JSON.stringify(document))
  return cwd
}

test.each<[string, string, Record<string, string>, readonly string[]]>([
  ['an origin', '', {}, ['/api/v1/things', '/upload/files', '/v1/incoming/files', '/status']],
  ['an origin, with a variable', '', { version: 'v2' }, ['/api/v2/things', '/upload/files', '/v2/incoming/files', '/status']],
  ['a base path', '/gw/api/v1', {}, ['/gw/api/v1/things', '/gw/upload/files', '/gw/v1/incoming/files', '/gw/status']],
  ['a root', '/', {}, ['/things', '/upload/files', '/v1/incoming/files', '/status']],
])('operations with servers of their own are found where the document says: the target is %s', async (_, base, params, paths) => {
  const { url } = await listen(['GET', 'GET', 'POST', 'GET'].map((method, index) => `${method} ${paths[index]}`))
  const spec = join(written(), 'api.json')
  const { findings, verdict } = await run({ spec, target: url + base, params, seed: 1, maxRequests: 200, rules: ['*request:*'] })
  expect({ findings, verdict }).toEqual({ findings: [], verdict: 'conforms' })
})

test('a finding there has a curl line that leads there, and is replayed there', async () => {
  const { url, came } = await listen(['GET /upload/files'], '{"ok":1}')
  const cwd = written()
  const words = ['run', '--spec', 'api.json', '--target', url, '--seed', '1', '--max-requests', '100', '--rule', 'files request:*']
  expect(await plumbline(words, { cwd })).toMatchObject({ code: 1, stdout: expect.stringContaining(`'${url}/upload/files'`) })
  came.clear()
  expect(await plumbline(['replay', 'plumbline-report/report.json'], { cwd })).toMatchObject({ code: 1 })
  expect([...came]).toEqual(['GET /upload/files'])
})

test('what is created is deleted, and looked for, where the document serves those operations', async () => {
  const things = new Set<string>()
  const others: string[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request
    const chunks: Buffer[] = []
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const send = (status: number, value?: unknown) =>
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
        const [, base = '', id] = /^\/(\w+)\/things(?:\/([^/]+))?$/.exec(url) ?? []
        if (method === 'POST' && base === 'api' && id === undefined) {
          const made = JSON.parse(Buffer.concat(chunks).toString()) as { name: string }
          things.add(made.name)
          return send(201, made)
        }
        if (method === 'DELETE' && base === 'admin') return send(things.delete(id ?? '') ? 204 : 404)
        if (method === 'GET' && base === 'query') return send(things.has(id ?? '') ? 200 : 404, { name: id })
        others.push(`${method} ${url}`)
        return send(404)
      })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const name = { type: 'string', pattern: '^[a-z]{8}$' }
  const thing = { 'application/json': { schema: { type: 'object', required: ['name'], properties: { name } } } }
  const parameters = [{ name: 'name', in: 'path', required: true, schema: name }]
  const responses = { 204: { description: 'gone' }, 404: { description: 'none' } }
  const stored = {
    ...document,
    servers: [{ url: '/api' }],
    paths: {
      '/things': {
        post: {
          operationId: 'make',
          requestBody: { required: true, content: thing },
          responses: { 201: { description: 'made', content: thing } },
        },
      },
      '/things/{name}': {
        parameters,
        delete: { operationId: 'drop', servers: [{ url: '/admin' }], responses },
        get: { operationId: 'find', servers: [{ url: '/query' }], responses: { 200: { description: 'it', content: thing }, ...responses } },
      },
    },
  }
  const cwd = folder()
  const spec = join(cwd, 'api.json')
  writeFileSync(spec, JSON.stringify(stored))
  const { port } = server.address() as AddressInfo
  const { cleanup } = await run({
    spec,
    target: `http://127.0.0.1:${port}`,
    seed: 1,
    maxRequests: 60,
    rules: ['make request:valid'],
    cleanup: { delete: 'drop', gone: 'GET /things/{name}', when: 'end', wait: 2 },
    ledgerFolder: cwd,
  })
  expect(cleanup?.created).toBeGreaterThan(0)
  expect({ left: cleanup?.left, things: [...things], others }).toEqual({ left: [], things: [], others: [] })
})

test('a value that a variable does not take is wrong usage', async () => {
  const spec = join(written(), 'api.json')
  await expect(run({ spec, target: 'http://127.0.0.1:9', params: { version: 'v3' } })).rejects.toThrow(
    '--param version=v3: the server https://api.example.com/api/{version} takes v1, v2 there',
  )
})

test('lint tells of servers elsewhere', async () => {
  const found = lint(await loadDocument({ spec: join(written(), 'api.json') })).filter(({ what }) => what === 'its server')
  expect(found).toMatchObject([
    { operation: 'GET /status', why: expect.stringMatching(/^it is served at https:\/\/status\.example\.com, but a run has one target/) },
  ])
})

test('the server of a document answers at each of them', async () => {
  const cwd = written()
  const server = await startReference({ document: await loadDocument({ spec: join(cwd, 'api.json') }) })
  try {
    for (const [path, status] of [
      ['/api/v1/things', 200],
      ['/api/v2/things', 200],
      ['/api/v3/things', 404],
      ['/upload/files', 200],
      ['/upload/things', 404],
      ['/status', 200],
    ] as const)
      expect([path, (await fetch(server.url + path)).status]).toEqual([path, status])
  } finally {
    await server.close()
  }
})
