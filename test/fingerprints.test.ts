import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { run } from '../cli/conformance'
import { folder } from './cli'

/** Runs that differ in all that must not show in a finding's id. */
const ways = [
  { seed: 1, concurrency: 8, maxRequests: 800 },
  { seed: 3, concurrency: 1, maxRequests: 1000 },
]

test.each([
  ['string-as-port-accepted', 1],
  ['null-spec-gives-500', 1],
  ['error-with-code-renamed', 1],
  ['unknown-member-of-ingress-gives-500', 2],
  ['one-in-100-gives-500', 1],
])('the findings of %s have the same ids whatever the seed, the concurrency and the budget', async (variant, amount) => {
  const ids: string[][] = []
  for (const way of ways) ids.push((await run({ break: variant, ...way })).findings.map(({ id }) => id).sort())
  expect(ids[0]).toHaveLength(amount)
  expect(ids).toEqual(ways.map(() => ids[0]))
})

test('different defects have different ids', async () => {
  const ids: string[] = []
  for (const variant of ['string-as-port-accepted', 'integer-as-description-accepted', 'null-spec-gives-500', 'string-spec-gives-drop'])
    ids.push(...(await run({ break: variant, seed: 1, maxRequests: 700 })).findings.map(({ id }) => id))
  expect(ids).toHaveLength(4)
  expect(new Set(ids).size).toBe(4)
})

const thing = '{ type: object, required: [name], properties: { name: { type: string }, size: { type: integer } } }'
const read = (id: string) => `    get:
      operationId: ${id}
      responses: { 200: { description: ok, content: { application/json: { schema: ${thing} } } } }
`
const make = (id: string) => `    post:
      operationId: ${id}
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [title], properties: { title: { type: string, maxLength: 9 } } } } }
      responses: { 201: { description: made }, 400: { description: refused } }
`
const shop = `openapi: 3.1.0
info: { title: Shop, version: '1' }
paths:
  /user:
${read('user')}  /product:
${read('product')}  /orders:
${make('order')}  /carts:
${make('cart')}`

/** Ids of the findings at a shop that has these defects, each a path and what is wrong there. */
async function idsOf(defects: readonly string[], rules: readonly string[] = []): Promise<readonly string[]> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const has = (what: string) => defects.includes(`${pathname} ${what}`)
    const chunks: Buffer[] = []
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const answer = (status: number, body = {}) =>
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
        if (request.method !== (['/user', '/product'].includes(pathname) ? 'GET' : 'POST')) return answer(405)
        if (request.method === 'GET') return answer(200, { name: has('name') ? null : 'Ann', size: has('size') ? null : 5 })
        if (!/^application\/json *(;|$)/i.test(request.headers['content-type'] ?? '')) return answer(415)
        const title = titleIn(Buffer.concat(chunks))
        if (title === undefined || ([...title].length > 9 && !has('long'))) return answer(400)
        return answer(has('status') ? 200 : 201)
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const spec = join(folder(), 'shop.yaml')
  writeFileSync(spec, shop)
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { findings } = await run({ spec, target, seed: 1, maxRequests: 600, ...(rules.length > 0 ? { rules } : {}) })
  server.closeAllConnections()
  server.close()
  return findings.map(({ id }) => id)
}

function titleIn(body: Buffer): string | undefined {
  try {
    const { title } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return typeof title === 'string' ? title : undefined
  } catch {
    return undefined
  }
}

test.each([
  ['/user name', '/product name'],
  ['/user name', '/user size'],
  ['/orders status', '/carts status'],
  ['/orders long', '/carts long'],
])('%s keeps its id where %s is there too, which has one of its own', async (known, other) => {
  const [before, both] = [await idsOf([known]), await idsOf([known, other])]
  expect(before).toHaveLength(1)
  expect(both).toHaveLength(2)
  expect(new Set(both).size).toBe(2)
  expect(both).toContain(before[0])
})

test('a defect has the same id in a run of the rules of its operation', async () => {
  const all = await idsOf(['/user name', '/product name'])
  const [one, ...others] = await idsOf(['/user name', '/product name'], ['product query*'])
  expect(others).toEqual([])
  expect(all).toContain(one)
})
