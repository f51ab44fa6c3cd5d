import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { valueAt } from '../core/json'
import type { Report } from '../core/report'
import { errorReply } from '../reference/replies'
import { startReference } from '../reference/server'
import { interceptValue } from '../reference/variants/tools'
import { loadDocument } from '../specs/load'
import { folder, main, plumbline } from './cli'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const reportIn = (dir: string): Report => JSON.parse(readFileSync(join(dir, 'plumbline-report', 'report.json'), 'utf8'))

test('a default run on the embedded reference conforms, with at least 1,500 requests in at least 60 rules', async () => {
  const cwd = folder()
  const { code, stdout } = await plumbline(['run', '--seed', '11'], { cwd })
  const report = reportIn(cwd)
  expect({ code, findings: report.findings.map(({ title }) => title) }).toEqual({ code: 0, findings: [] })
  expect(report.requests).toBeGreaterThanOrEqual(1500)
  expect(report.requests).toBeLessThanOrEqual(3000)
  expect(report.rules.filter(({ result }) => result === 'kept').length).toBeGreaterThanOrEqual(60)
  expect(report.rules.every(({ result }) => result === 'kept')).toBe(true)
  expect(stdout).toContain('seed')
  const page = readFileSync(join(cwd, 'plumbline-report', 'index.html'), 'utf8')
  expect(page).toMatch(/<title>[^<]* · Plumbline</)
  // Characters that were encoded twice.
  expect(page).not.toMatch(/[\xc2-\xf4][\x80-\xbf]/)
})

test('a broken variant exits 1, and replay fails until it is mended', async () => {
  const cwd = folder()
  const { code, stdout } = await plumbline(['run', '--break', 'string-as-port-accepted', '--seed', '5', '--max-failures', '20'], { cwd })
  expect(code).toBe(1)
  const report = reportIn(cwd)
  expect(report.findings).toHaveLength(1)
  const [found] = report.findings
  expect(found).toMatchObject({ place: 'body.spec.ingress.port', check: 'status', steady: 'always', zone: 'reject' })
  expect(found?.changes).toHaveLength(1)
  expect(found?.curl).toContain('curl')
  expect(stdout).toContain('port')
  const again = await plumbline(['replay', 'plumbline-report/report.json'], { cwd })
  expect(again.code).toBe(1)
  const file = join(cwd, 'plumbline-report', 'report.json')
  writeFileSync(file, JSON.stringify({ ...report, embedded: 'reference' }))
  const mended = await plumbline(['replay', 'plumbline-report/report.json', found?.id ?? ''], { cwd })
  expect(mended.stdout).toContain('mended')
  expect(mended.code).toBe(0)
})

test('the same seed sends the same requests, byte for byte, at any concurrency', async () => {
  const sent = async (concurrency: string) => {
    const seen: string[] = []
    const target = await listen((request, response) => {
      bodyOf(request).then((body) => {
        seen.push(
          `${request.method} ${request.url} ${request.rawHeaders.filter((_, i, all) => !/^(host|connection)$/i.test(all[i - (i % 2)] as string)).join('|')} ${body}`,
        )
        response.writeHead(400, { 'content-type': 'application/json' }).end('{"errorCode":"X.1"}')
      })
    })
    await plumbline([
      'run',
      '--target',
      target,
      '--seed',
      '3',
      '--max-requests',
      '900',
      '--concurrency',
      concurrency,
      '--rule',
      'body*:type:*',
      '--rule',
      'body*:odd:*',
      '--param',
      'mesh_id=7d9c1a52-0f0e-4b0a-9d6c-2a5a0c3b1e11',
    ])
    return seen.sort()
  }
  const [one, many] = [await sent('1'), await sent('16')]
  expect(one.length).toBeGreaterThan(700)
  expect(many).toEqual(one)
})

test.each([
  ['mesh_id=x!', /Note: --param mesh_id=x!: not a value that the document takes for path\.mesh_id; valid requests may be refused for it/],
  ['mesh_id=7d9c1a52-0f0e-4b0a-9d6c-2a5a0c3b1e11', /^(?!.*Note)/],
])('%s is noted where it breaks its own schema', async (param, words) => {
  const { stdout } = await plumbline(['run', '--param', param, '--seed', '1', '--max-requests', '5'])
  expect(stdout.replace(/\s+/g, ' ')).toMatch(words)
})

test('of a parameter that is a number, each way to write one is read', async () => {
  const cwd = folder()
  const parameters = [{ name: 'no', in: 'path', required: true, schema: { type: 'integer', minimum: 5 } }]
  const get = { parameters, responses: { 200: { description: '' }, 404: { description: '' } } }
  writeFileSync(
    join(cwd, 'api.json'),
    JSON.stringify({ openapi: '3.1.0', info: { title: 'Numbers', version: '1' }, paths: { '/things/{no}': { get } } }),
  )
  const noted = async (value: string) =>
    (await plumbline(['run', '--spec', 'api.json', '--param', `no=${value}`, '--max-requests', '3'], { cwd })).stdout.includes(
      'Note: --param',
    )
  expect(await Promise.all(['7', '4', '007', '5.5', 'x'].map(noted))).toEqual([false, true, true, true, true])
})

test('an unreachable target exits 3 and says so', async () => {
  const { code, stdout } = await plumbline(['run', '--target', 'http://127.0.0.1:1'])
  expect(code).toBe(3)
  expect(stdout.replace(/\s+/g, ' ')).toMatch(/could not be reached.*Is it running/)
})

test('a target that refuses everything for lack of rights exits 3', async () => {
  const target = await listen((request, response) => {
    request.resume()
    response
      .writeHead(401, { 'content-type': 'application/json' })
      .end('{"error_code":"APIG.0301","error_msg":"Incorrect IAM authentication information","request_id":"1"}')
  })
  const { code, stdout } = await plumbline(['run', '--target', target, '--token', 'no-such-token'])
  expect(code).toBe(3)
  expect(stdout).toMatch(/401/)
  expect(stdout).toMatch(/token/)
})

test.each([
  ['garbage', (_: IncomingMessage, response: Parameters<RequestListener>[1]) => response.socket?.end('nonsense\r\n\r\n')],
  [
    'an HTML page',
    (_: IncomingMessage, response: Parameters<RequestListener>[1]) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
  ],
])('a target that answers %s has findings', async (_, answer) => {
  const target = await listen((request, response) => {
    request.resume()
    answer(request, response)
  })
  const { code, stderr } = await plumbline(['run', '--target', target, '--max-requests', '300'])
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
})

test('a target that answers everything with a web page is not told as the API', async () => {
  const target = await listen((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>')
  })
  const ran = await plumbline(['run', '--target', target, '--max-requests', '900', '--quiet'])
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringMatching(/A web page answers valid requests: is the target the API/) })
  const asked = await plumbline(['doctor', '--target', target])
  expect(asked).toMatchObject({ code: 3, stdout: expect.stringMatching(/was answered 200 with a web page\. Is this the API/) })
})

test('a target that answers 100 MB is read no further than needed', async () => {
  const piece = Buffer.alloc(1024 * 1024, 'a')
  const target = await listen((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' })
    let left = 100
    const more = () => {
      while (left-- > 0) if (!response.write(piece)) return void response.once('drain', more)
      response.end()
    }
    more()
  })
  const { code } = await plumbline(['run', '--target', target, '--max-requests', '40', '--rule', 'request:valid'])
  expect(code).toBe(1)
})

test('a target that never answers is a hang, and the run ends in its time', async () => {
  const target = await listen((request) => void request.resume())
  const cwd = folder()
  const { code } = await plumbline(['run', '--target', target, '--timeout', '0.5', '--max-time', '8', '--rule', 'request:valid'], { cwd })
  expect(code).toBe(1)
  expect(reportIn(cwd).findings[0]?.kind).toBe('hang')
})

test('where every request of an operation hangs, the plain one is told, even if the time ends before it can be sent again', async () => {
  const cwd = folder()
  const spec = join(cwd, 'api.json')
  const responses = { 200: { description: 'ok' } }
  const paths = { '/ok': { get: { operationId: 'ok', responses } }, '/hang': { get: { operationId: 'hang', responses } } }
  writeFileSync(spec, JSON.stringify({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths }))
  const target = await listen((request, response) => void (request.url?.startsWith('/ok') && response.end()))
  await plumbline(['run', '--spec', spec, '--target', target, '--timeout', '1', '--max-time', '8', '--seed', '1'], { cwd })
  expect(reportIn(cwd).findings.find(({ kind }) => kind === 'hang')?.title).toMatch(/^hang: the plain valid request/)
})

test('a token reaches no file and no line, even if the target echoes it', async () => {
  const token = 'Secret/Token+0123456789=='
  const target = await listen((request, response) => {
    bodyOf(request).then((body) => {
      const echo = `${request.headers['x-auth-token']} ${Buffer.from(String(request.headers['x-auth-token'])).toString('base64')} ${encodeURIComponent(String(request.headers['x-auth-token']))}`
      response
        .writeHead(500, { 'content-type': 'application/json', 'x-echo': echo })
        .end(JSON.stringify({ errorCode: 'X.1', errorMsg: `${echo} ${body}` }))
    })
  })
  const cwd = folder()
  const { code, stdout, stderr } = await plumbline(['run', '--target', target, '--max-requests', '400'], {
    cwd,
    env: { PLUMBLINE_TOKEN: token },
  })
  expect(code).toBe(1)
  const files = readdirSync(join(cwd, 'plumbline-report')).map((file) => readFileSync(join(cwd, 'plumbline-report', file), 'utf8'))
  expect(files.length).toBeGreaterThan(1)
  for (const text of [stdout, stderr, ...files])
    for (const form of [token, Buffer.from(token).toString('base64'), encodeURIComponent(token)]) expect(text.includes(form)).toBe(false)
})

test('Ctrl-C ends with the report of what was seen', async () => {
  const target = await listen((request, response) => {
    request.resume()
    setTimeout(() => response.writeHead(201, { 'content-type': 'application/json' }).end('{}'), 20)
  })
  const cwd = folder()
  const { code } = await plumbline(['run', '--target', target], { cwd, interrupt: /10 %/ })
  expect(code).toBe(1)
  expect(reportIn(cwd).reason).toMatch(/interrupted/)
})

test.each([
  [['run', '--nonsense'], /unknown option/],
  [['run', '--max-requests', 'many'], /--max-requests/],
  [['run', '--rule', 'no-such-rule'], /no rule/],
  [['run', '--break', 'no-such-variant'], /no variant/],
  [['run', '--spec', 'no-such-file.yaml'], /no-such-file\.yaml/],
  [['run', '--overlay', 'no-such-file.yaml'], /no-such-file\.yaml/],
  [['run', '--target', 'localhost:80'], /http/],
  [['run', '--report', 'pdf'], /format/],
  [['run', '--param', 'x'], /NAME=VALUE/],
  [['replay', 'no-such-report.json'], /no-such-report/],
  [['derive', 'no-such-page.txt'], /no-such-page/],
  [['explain', 'no:such'], /no rule/],
  [['frobnicate'], /unknown command/],
])('wrong usage %j exits 2 with one clear line', async (words, expected) => {
  const { code, stderr } = await plumbline(words)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(expected) })
  expect(stderr).not.toMatch(/\n\s+at /)
})

test.each([['--version'], ['--help'], ['run', '--help']])('%s %s loads no module but those that begin', async (...words) => {
  const told = join(folder(), 'told.js')
  writeFileSync(told, "process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')))")
  const { stderr } = await plumbline(words, { env: { NODE_OPTIONS: `--require ${told}` } })
  const modules = stderr.split('\n').filter((file) => /\/(dist|node_modules)\//.test(file))
  expect(modules.map((file) => basename(file))).toEqual(['main.js', 'codeCache.js'])
})

test('malformed files exit 2 with their place', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'bad.yaml'), 'openapi: 3.1.0\ninfo: [\n')
  writeFileSync(join(cwd, 'page.txt'), 'This is a letter to my aunt.\n')
  writeFileSync(join(cwd, 'report.json'), '{"version": 9}')
  for (const [words, expected] of [
    [['run', '--spec', 'bad.yaml'], /bad\.yaml:\d+/],
    [['derive', 'page.txt'], /page\.txt/],
    [['replay', 'report.json'], /report\.json.*not a report/],
  ] as const) {
    const { code, stderr } = await plumbline(words, { cwd })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(expected) })
  }
})

test('rules, explain, derive and zoo tell what they know', async () => {
  const rules = await plumbline(['rules'])
  expect(rules.code).toBe(0)
  expect(rules.stdout).toContain('body.spec.ingress.port:type:string')
  const explained = await plumbline(['explain', 'body.spec.ingress.port:type:string'])
  expect(explained.stdout).toMatch(/400|client error/)
  const derived = await plumbline(['derive', join(__dirname, '..', 'specs', 'pages', 'create-workshop.txt')])
  expect(derived.stdout).toContain('openapi: 3.1.0')
  const zoo = (await plumbline(['zoo', '--list'])).stdout.trim().split('\n')
  expect(zoo.filter((line) => line.split('\t')[1] === 'broken').length).toBeGreaterThanOrEqual(140)
  expect(zoo.filter((line) => line.split('\t')[1] === 'lawful').length).toBeGreaterThanOrEqual(24)
})

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('base64')
}

describe('what a run could not do is said before it is begun', () => {
  test.each([
    ['--out', ['--out', 'package.json/reports'], /package\.json\/reports\/index\.html: cannot be written: .*package\.json is a file/],
    ['--report', ['--report', 'json=package.json/a'], /package\.json\/a: cannot be written: .*package\.json is a file/],
    ['--param', ['--param', 'mesh=1'], /--param mesh: the document has no parameter of that name; it has mesh_id, /],
    ['--spec', ['--spec', 'page.html'], /page\.html: is HTML/],
  ])('%s', async (_, words, message) => {
    const cwd = folder()
    writeFileSync(join(cwd, 'package.json'), '{}')
    writeFileSync(join(cwd, 'page.html'), '<!doctype html><title>API</title>')
    const { code, stdout, stderr } = await plumbline(['run', '--max-requests', '50', ...words], { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

test('too few requests for a valid one are not told as a wrong token', async () => {
  for (const seed of ['1569898057', '771241600']) {
    const { code, stdout } = await plumbline(['run', '--max-requests', '20', '--seed', seed, '--quiet'])
    expect(code).toBe(3)
    expect(stdout).toMatch(/Only \d+ of \d+ rules were reached\. Give more/)
    expect(stdout).not.toMatch(/token/)
  }
})

test('serve tells that a port is taken', async () => {
  const port = new URL(await listen((_, response) => response.end())).port
  const { code, stderr } = await plumbline(['serve', '--port', port])
  expect({ code, stderr }).toEqual({ code: 2, stderr: `plumbline: --port ${port}: another program listens there; give another\n` })
})

test('serve takes but the token that it was given', async () => {
  const env = { ...process.env, PLUMBLINE_TOKEN: 'right' }
  const server = spawn(process.execPath, [main, 'serve', '--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(server.stdout, 'data')
  const target = /http:\S+(?=;)/.exec(String(said))?.[0] ?? ''
  const run = (token: string) => plumbline(['run', '--target', target, '--token', token, '--max-requests', '400', '--quiet'])
  const codes = [await run('right'), await run('wrong')].map(({ code }) => code)
  server.kill()
  expect(codes).toEqual([0, 3])
})

test('what a rule says nothing of is noted', async () => {
  const hasImage = (value: unknown) => valueAt(value, ['spec', 'ingress', 'imageAddress']) === 'nginx:latest'
  const server = await startReference({
    document: await loadDocument(),
    hooks: [interceptValue(hasImage, errorReply(407, 'PROXY.407', 'Who are you?'))],
  })
  const cwd = folder()
  const words = ['run', '--target', server.url, '--seed', '1', '--rule', 'body.spec.ingress.imageAddress:valid', '--rule', 'request:valid']
  const { code, stderr } = await plumbline(words, { cwd })
  await server.close()
  expect(`${code} ${stderr}`).toBe('0 ')
  expect(reportIn(cwd).notes).toContainEqual({
    kind: 'not-judged',
    message: expect.stringMatching(/^cases of body\.spec\.ingress\.imageAddress:valid could not be judged: a proxy .*407/),
    count: expect.any(Number),
  })
})
