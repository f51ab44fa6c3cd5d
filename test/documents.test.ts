import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { largeDocument } from '../bench/largeDocument'
import type { Report } from '../core/report'
import { folder, main, plumbline } from './cli'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A server that answers any request with 200, and tells what came. */
async function listen(): Promise<{ readonly url: string; readonly came: string[] }> {
  const came: string[] = []
  const server = createServer((request, response) => {
    came.push(`${request.method} ${request.url}`)
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, came }
}

const reportIn = (dir: string): Report => JSON.parse(readFileSync(join(dir, 'plumbline-report', 'report.json'), 'utf8'))
const responses = '{ 200: { description: done }, 400: { description: refused } }'
const body = '{ content: { application/json: { schema: { type: object, properties: { a: { type: integer } } } } } }'
const id = '[{ name: id, in: path, required: true, schema: { type: integer } }]'
const shop = `openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /things:
    get: { operationId: listThings, tags: [things], responses: ${responses} }
    post: { operationId: makeThing, tags: [things, write], requestBody: ${body}, responses: ${responses} }
  /things/{id}:
    parameters: ${id}
    get: { operationId: getThing, responses: ${responses} }
    put: { operationId: putThing, tags: [write], requestBody: ${body}, responses: ${responses} }
    delete: { operationId: deleteThing, responses: ${responses} }
`

async function sent(...words: string[]) {
  const cwd = folder()
  writeFileSync(join(cwd, 'shop.yaml'), shop)
  const { url, came } = await listen()
  const ended = await plumbline(['run', '--spec', 'shop.yaml', '--target', url, '--seed', '1', '--max-requests', '300', ...words], { cwd })
  const methods = [...new Set(came.map((line) => line.split(' ')[0] as string))].filter((method) =>
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method),
  )
  return {
    ...ended,
    cwd,
    methods: methods.sort(),
    operations: () => reportIn(cwd).document.operations?.map((operation) => operation.id),
    report: () => reportIn(cwd),
  }
}

test('nothing unsafe is sent unless it is chosen, and the report says what was left out', async () => {
  const { methods, operations, report, stdout } = await sent()
  expect(methods).toEqual(['GET', 'POST'])
  expect(operations()).toEqual(['listThings', 'makeThing', 'getThing'])
  expect(report().document.leftOut).toEqual([
    { reason: expect.stringContaining('--method'), operations: ['PUT /things/{id}', 'DELETE /things/{id}'] },
  ])
  expect(stdout.replace(/\s+/g, ' ')).toContain('Left out: PUT /things/{id}, DELETE /things/{id}: ')
  expect(new Set(report().rules.map(({ operation }) => operation)).size).toBe(3)
})

test.each<[string, string[], string[], string[]]>([
  ['a method', ['--method', 'delete'], ['deleteThing'], ['DELETE']],
  ['a tag', ['--tag', 'write'], ['makeThing', 'putThing'], ['POST', 'PUT']],
  ['an operationId', ['--operation', '*Thing', '--method', 'GET'], ['getThing'], ['GET']],
  ['a path', ['--operation', 'PUT /things/*', '--operation', 'listThings'], ['listThings', 'putThing'], ['GET', 'PUT']],
])('operations are chosen by %s', async (_, words, operations, methods) => {
  const result = await sent(...words)
  expect(result.operations()).toEqual(operations)
  expect(result.methods.filter((method) => method !== 'GET' && method !== 'POST')).toEqual(
    methods.filter((method) => method !== 'GET' && method !== 'POST'),
  )
  expect(result.methods).toEqual(expect.arrayContaining(methods))
})

test('a choice that leaves nothing is told, exit 2', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'shop.yaml'), shop)
  const none = await plumbline(['run', '--spec', 'shop.yaml', '--operation', 'nothing'], { cwd })
  expect({ code: none.code, stderr: none.stderr }).toEqual({
    code: 2,
    stderr:
      'plumbline: shop.yaml: no operation is left by --operation nothing; the operations are listThings, makeThing, getThing, putThing, deleteThing\n',
  })
  const unsafe = await plumbline(['run', '--spec', 'shop.yaml', '--rule', 'deleteThing *'], { cwd })
  expect(unsafe).toMatchObject({ code: 2, stderr: expect.stringContaining('those of PUT, PATCH and DELETE want --method') })
})

test('a document of 1,100 operations and 20 MB is planned within 1 GB', async () => {
  const cwd = folder()
  const text = largeDocument(1100)
  expect(text.length).toBeGreaterThan(20e6)
  writeFileSync(join(cwd, 'large.json'), text)
  const measured = join(cwd, 'measured.cjs')
  writeFileSync(measured, `process.on('exit', () => process.stderr.write(\`peak \${process.resourceUsage().maxRSS} KB\\n\`))`)
  const { code, stdout, stderr } = await new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(
      process.execPath,
      ['--require', measured, main, 'run', '--spec', 'large.json', '--dry-run', '--seed', '1', '--target', 'http://127.0.0.1:9'],
      { cwd },
    )
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (data) => (stdout += data))
    child.stderr.on('data', (data) => (stderr += data))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  expect({ code, stderr: stderr.replace(/\d+ KB/, '') }).toEqual({ code: 0, stderr: 'peak \n' })
  expect(stdout).toContain('Operations 551 of 1100')
  expect(Number(/peak (\d+)/.exec(stderr)?.[1]) / 1e6).toBeLessThan(1)
})

test('lint tells what cannot be tested, with its line, and sends nothing', async () => {
  const cwd = folder()
  writeFileSync(
    join(cwd, 'api.yaml'),
    `openapi: 3.1.0
info: { title: T, version: "1" }
components: { securitySchemes: { digest: { type: http, scheme: digest } } }
paths:
  /images/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } }
    post:
      security: [{ digest: [] }]
      requestBody: { content: { image/png: {} } }
      responses: { 200: { description: done } }
    delete:
      responses: { 204: { description: gone } }
`,
  )
  const all = await plumbline(['lint', '--spec', 'api.yaml'], { cwd })
  expect({ code: all.code, stderr: all.stderr }).toEqual({ code: 1, stderr: '' })
  expect(all.stdout.split('\n').map((line) => line.replace(/: (nothing|DELETE ch|no client|image|no body|the HTTP).*/, ''))).toEqual([
    'api.yaml:8: POST /images/{id}: the credential digest',
    'api.yaml:7: POST /images/{id}: path parameter id',
    'api.yaml:10: POST /images/{id}: the body',
    'api.yaml:8: POST /images/{id}: the status of refusals',
    'api.yaml:11: POST /images/{id}: the answer 200',
    'api.yaml:12: DELETE /images/{id}: the operation',
    'api.yaml:7: DELETE /images/{id}: path parameter id',
    'api.yaml:12: DELETE /images/{id}: the status of refusals',
    '7 cannot be tested as they stand; 1 of 2 operations are sent by a run.',
    '',
  ])
  writeFileSync(join(cwd, 'shop.yaml'), shop)
  const chosen = await plumbline(['lint', '--spec', 'shop.yaml', '--operation', 'deleteThing', '--param', 'id=1'], { cwd })
  expect(chosen.stdout).toMatch(
    /^shop\.yaml:\d+: DELETE \/things\/\{id\}: the answer 200: .*\n1 cannot be tested as it stands; 1 of 5 operations/,
  )
  expect(chosen.code).toBe(1)
  expect((await plumbline(['lint', '--spec', 'none.yaml'], { cwd })).code).toBe(2)
  const lines = { type: 'array', items: { type: 'object', properties: { productId: { type: 'string' }, orderId: { type: 'string' } } } }
  const ok = { 200: { description: 'ok', content: { 'application/json': { schema: { type: 'object' } } } }, 400: { description: 'no' } }
  const order = { type: 'object', properties: { lines } }
  const paths = {
    '/products': { get: { responses: ok } },
    '/orders': { post: { requestBody: { content: { 'application/json': { schema: order } } }, responses: ok } },
  }
  writeFileSync(join(cwd, 'orders.json'), JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths }))
  expect((await plumbline(['lint', '--spec', 'orders.json'], { cwd })).stdout.split('\n')).toEqual([
    expect.stringMatching(/^orders\.json:1: POST \/orders: body\.lines\.\[\]\.productId: by its name it takes an id of \/products, /),
    '1 cannot be tested as it stands; 2 of 2 operations are sent by a run.',
    '',
  ])
  const schema = { type: 'object' }
  const get = { responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } } }
  writeFileSync(join(cwd, 'all.json'), JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: { '/a': { get } } }))
  expect(await plumbline(['lint', '--spec', 'all.json'], { cwd })).toEqual({
    code: 0,
    stderr: '',
    stdout: 'Everything can be tested; 1 of 1 operations are sent by a run.\n',
  })
})
