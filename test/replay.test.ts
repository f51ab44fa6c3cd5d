import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { folder, plumbline } from './cli'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }
const thing = { type: 'object', required: ['id', 'name'], properties: { id: { type: 'string' }, name: { type: 'string', maxLength: 40 } } }
const json = (schema: unknown) => ({ content: { 'application/json': { schema } } })
const spec = JSON.stringify({
  openapi: '3.0.3',
  info: { title: 'Lists', version: '1' },
  paths: {
    '/things': {
      get: { operationId: 'list', responses: { 200: { description: 'all', ...json({ type: 'array', items: thing }) } } },
      post: {
        operationId: 'make',
        requestBody: { required: true, ...json({ type: 'object', required: ['name'], properties: { name: thing.properties.name } }) },
        responses: { 201: { description: 'made', ...json(thing) }, 400: { description: 'bad' } },
      },
    },
    '/things/{id}': {
      get: {
        operationId: 'find',
        parameters: [id],
        responses: { 200: { description: 'it', ...json(thing) }, 404: { description: 'none' } },
      },
    },
  },
})

/** Lists things without their names, unless it is mended; refuses what is not asked of it. */
async function listen(): Promise<{ readonly url: string; forget(mended: boolean): void }> {
  const things: { id: string; name: string }[] = []
  let isMended = false
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (data) => {
      text += data
    })
    request.on('end', () => {
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      const [, , own] = (request.url ?? '').split('?')[0]!.split('/')
      if (request.method === 'GET' && own === undefined)
        return answer(
          200,
          things.map((one) => (isMended ? one : { id: one.id })),
        )
      if (request.method === 'GET') {
        const found = things.find((one) => one.id === own)
        return found ? answer(200, found) : answer(404, {})
      }
      const body = request.method === 'POST' ? parsed(text) : undefined
      if (typeof body?.name !== 'string' || body.name.length > 40) return answer(request.method === 'POST' ? 400 : 405, {})
      const made = { id: String(things.length + 1), name: body.name }
      things.push(made)
      return answer(201, made)
    })
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forget(mended) {
      things.length = 0
      isMended = mended
    },
  }
}

function parsed(text: string): { readonly name?: unknown } | undefined {
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}

test('what a list shows is told as mended only when it shows something', async () => {
  const { url, forget } = await listen()
  const cwd = folder()
  writeFileSync(join(cwd, 'api.json'), spec)
  const words = ['run', '--spec', 'api.json', '--target', url, '--seed', '1', '--max-requests', '250', '--rule', '* request:*']
  const ran = await plumbline(words, { cwd })
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('name') })
  forget(false)
  const replay = () => plumbline(['replay', 'plumbline-report/report.json'], { cwd })
  expect(await replay()).toMatchObject({ code: 1, stdout: expect.stringMatching(/still fails/) })
  forget(true)
  expect(await replay()).toMatchObject({ code: 0, stdout: expect.stringMatching(/mended/) })
  server?.closeAllConnections()
  await new Promise((closed) => server?.close(closed))
  expect(await replay()).toMatchObject({ code: 3, stdout: expect.stringMatching(/not judged: .*(could be made|nothing could be sent)/) })
})
