import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { run } from '../cli/conformance'
import { startReference } from '../reference/server'
import { loadDocument } from '../specs/load'
import { later, listen } from './sockets'

const spec = join(__dirname, 'small-documents', '01-things.yaml')

/** The document's own server, each piece of whose answers comes so many milliseconds late. */
async function slow(delay: number): Promise<string> {
  const { url, close } = await startReference({ document: await loadDocument({ spec }) })
  later(close)
  const server = createServer((socket) => {
    const target = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('data', (chunk) => target.write(chunk)).on('close', () => target.destroy())
    target.on('error', () => {})
    target.on('data', (chunk) => setTimeout(() => socket.write(chunk), delay)).on('end', () => setTimeout(() => socket.end(), delay))
  })
  return `http://127.0.0.1:${await listen(server)}`
}

test('rows of requests of several operations do not wait for each other', async () => {
  const target = await slow(300)
  const methods = ['PUT', 'POST']
  const { findings, rules } = await run({ spec, target, seed: 1, methods, rules: ['*name:valid'], timeout: 0.5, maxTime: 12 })
  expect(rules.length).toBeGreaterThan(1)
  expect(findings.map(({ title }) => title)).toEqual([])
})

test('what is created to be deleted is created at the same time as others', async () => {
  const target = await slow(200)
  const methods = ['DELETE', 'POST']
  const { rules, findings } = await run({
    spec,
    target,
    seed: 1,
    methods,
    rules: ['deleteThing *'],
    timeout: 1,
    maxTime: 15,
    maxRequests: 200,
  })
  expect(findings).toEqual([])
  expect(rules.find(({ id }) => id === 'deleteThing request:valid')?.result).toBe('kept')
})
