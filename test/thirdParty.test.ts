import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../cli/conformance'
import type { Report } from '../core/report'
import { folder } from './cli'

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** Starts a server as a process of its own, and waits until it says where it listens. */
function start(script: string, words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [script, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
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
  const url = await start(prism, ['mock', '-h', '127.0.0.1', '-p', '0', spec])
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
  'sequence still-there at answer.status',
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
