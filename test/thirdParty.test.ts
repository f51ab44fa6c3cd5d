import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { run } from '../cli/conformance'
import type { Report } from '../core/report'
import { folder } from './cli'

const started: ChildProcess[] = []
const proxies: Server[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  for (const proxy of proxies.splice(0)) {
    proxy.closeAllConnections()
    proxy.close()
  }
})

/** Starts a server as a process of its own, and waits until it says where it listens. */
function start(...words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let said = ''
  return new Promise((resolve, reject) => {
    const listen = (data: Buffer) => {
      said += data.toString('utf8')
      const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1]
      if (url !== undefined) resolve(url)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said.slice(-500)}`)))
  })
}

const prism = join(__dirname, '..', 'node_modules', '@stoplight', 'prism-cli', 'dist', 'index.js')
const example = (name: string) => join(__dirname, '..', 'node_modules', '@readme', 'oas-examples', '3.0', 'json', `${name}.json`)

/** One run at Prism, which answers with what it makes up of a document. */
async function atPrism(name: string, options: Parameters<typeof run>[0]): Promise<Report> {
  const spec = join(folder(), `${name}.json`)
  writeFileSync(spec, readFileSync(example(name)))
  const url = await start(prism, 'mock', '-h', '127.0.0.1', '-p', '0', spec)
  return run({ spec, target: `${url}/`, seed: 1, maxRequests: 400, concurrency: 1, ...options })
}

const told = ({ findings }: Report) => [...new Set(findings.map(({ check, kind, place }) => `${check} ${kind} at ${place}`))].sort()

/** What Prism 5.14 does otherwise than the pet store's document says; each was seen by hand. */
const petStore = [
  // POST /pets answers with a made-up pet, whatever was sent: {"name":"string"}.
  'echo changed at answer.body.name',
  // Refusals have a shape of Prism's own, {"error":{"code":…}}, where the document states {"code":…,"message":…}.
  'error-shape wrapped at answer.body',
  // Prism remembers nothing: what DELETE has deleted (204) is found (200) and listed.
  'sequence still-there at answer',
]

test('Prism with the pet store: it keeps nothing, and refuses in a shape of its own', async () => {
  const report = await atPrism('petstore-expanded', { methods: ['GET', 'POST', 'DELETE'], skip: ['*header*', '*path.*'] })
  expect(told(report)).toEqual(petStore)
})

test('Prism with odd media types: some are taken for JSON, and one fells it', async () => {
  const report = await atPrism('petstore-expanded', { methods: ['POST'], rules: ['*header*', '*request:valid'] })
  expect(told(report)).toEqual(
    expect.arrayContaining([
      // application/problem+json is taken, where the document takes application/json alone.
      'status accepted at header.Content-Type',
      // `Content-Type: application` ends the process with "TypeError: invalid media type".
      'no-fault gone at answer',
    ]),
  )
})

test('Prism with odd paths: `GET /pets/%` ends the process with "URIError: URI malformed"', async () => {
  const report = await atPrism('petstore-expanded', { methods: ['GET'], rules: ['*path.id:odd', '*request:valid'] })
  expect(told(report)).toEqual(['no-fault gone at answer'])
  expect(report.findings[0]?.request?.target).toBe('/pets/%')
})

const loopback = () => start('-r', 'esbuild-register', join(__dirname, 'loopback.ts'))

/** One run at a LoopBack server, by the document that it serves itself. */
async function atLoopback(server: string, options: Parameters<typeof run>[0]): Promise<Report> {
  const spec = join(folder(), 'openapi.json')
  writeFileSync(spec, await (await fetch(`${server}/openapi.json`)).text())
  return run({ spec, target: server, seed: 1, methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], concurrency: 1, ...options })
}

/** What LoopBack 4 (`@loopback/rest` 14) does otherwise than the document that it makes of a model; each was seen by hand. */
const notes = [
  // GET /notes/%: the router's "URI malformed" is answered with 500. So it is with PUT, PATCH and DELETE.
  'server-error status:500 at path.id',
  // PATCH /notes/{id} with `null`, where an object is stated, is answered with 500.
  'server-error status:500 at body',
  // PATCH /notes/{id} with {}: "Data is required for the patch request", where the document lets every member be left out.
  'status refused:400 at body.title',
  // PATCH /notes with 0, "" or false, where the document states an object, is taken: {"count":…}.
  'status accepted at body',
  // GET /notes?filter=… and GET /notes/{id}?filter=…: lists, and {"order":[-90]}, where the document states an object, a text or a list of texts.
  ...['query.filter', 'query.filter.order'].flatMap((place) => [`status accepted at ${place}`, `status accepted at ${place}`]),
]

test('LoopBack with a model: what was created is found, listed and gone; odd bodies and paths fell it', async () => {
  const report = await atLoopback(await loopback(), { maxRequests: 1500 })
  expect(report.findings.map(({ check, kind, place }) => `${check} ${kind} at ${place}`).sort()).toEqual([...notes].sort())
  const kept = report.rules.filter(({ result }) => result === 'kept').map(({ id }) => id)
  const sequences = ['found', 'listed', 'gone', 'unlisted', 'any-order'].map((keyword) => `NoteController.create resource:${keyword}`)
  expect(kept).toEqual(expect.arrayContaining(sequences))
})

/** Passes all on to a server, but for one thing. */
async function proxied(server: string, spoil: (answer: Passed) => Passed): Promise<string> {
  const proxy = createServer((from, to) => {
    const on = request(`${server}${from.url}`, { method: from.method, headers: from.headers, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const { status, type, body } = spoil({
          method: `${from.method} ${answer.statusCode}`,
          url: from.url ?? '',
          status: answer.statusCode ?? 0,
          type: answer.headers['content-type'],
          body: Buffer.concat(chunks).toString(),
        })
        to.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body)
      })
    })
    from.pipe(on.on('error', () => to.destroy()))
  })
  proxies.push(proxy)
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

interface Passed {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly type: string | undefined
  readonly body: string
}

const ofCreate = (change: (passed: Passed) => Partial<Passed>) => (passed: Passed) =>
  passed.method === 'POST 200' ? { ...passed, ...change(passed) } : passed
const withNote = (change: (note: Record<string, unknown>) => unknown) =>
  ofCreate(({ body }) => ({ body: JSON.stringify(change(JSON.parse(body) as Record<string, unknown>)) }))

test.each([
  ['leaves out a mandatory member', 'shape missing at answer.body.title', withNote(({ title: _, ...rest }) => rest)],
  ['answers a number as text', 'shape type at answer.body.id', withNote((note) => ({ ...note, id: String(note.id) }))],
  ['answers with a status that is not stated', 'status status:202 at answer.status', ofCreate(() => ({ status: 202 }))],
  ['calls JSON text', 'content-type wrong at answer.header.content-type', ofCreate(() => ({ type: 'text/plain' }))],
  [
    'fails where a text holds a character beyond ASCII',
    'server-error status:500 at body.title',
    ofCreate(({ body, ...passed }) => (/[^ -~]/.test(body) ? { status: 500, type: undefined, body: '' } : { ...passed, body })),
  ],
])('LoopBack behind a proxy that %s', async (_, finding, spoil) => {
  const server = await proxied(await loopback(), spoil)
  const report = await atLoopback(server, { methods: ['POST'], rules: ['*request:valid', '*body.title:*'], maxRequests: 250 })
  expect(told(report)).toEqual([finding])
})
