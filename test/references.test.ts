import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import { run } from '../cli/conformance'
import { folder } from './cli'
import { listen } from './sockets'

const object = (properties: object, required: readonly string[] = Object.keys(properties)) => ({ type: 'object', properties, required })
const name = { type: 'string', minLength: 1, maxLength: 60 }
const id = { type: 'integer', minimum: 1 }
const product = object({ name })
const line = object({ productId: id, quantity: { type: 'integer', minimum: 1, maximum: 99 } })
const order = object(
  {
    label: name,
    customerId: name,
    lines: { type: 'array', items: line, minItems: 1 },
    gift: object({ product_id: id }),
    noteIds: { type: 'array', items: name },
  },
  ['label', 'lines', 'noteIds'],
)
const withId = (of: ReturnType<typeof object>) => object({ ...of.properties, id }, [...of.required, 'id'])
const error = object({ message: { type: 'string' } })
const answer = (schema: object) => ({ description: 'an answer', content: { 'application/json': { schema } } })
const post = (operationId: string, of: ReturnType<typeof object>) => ({
  post: {
    operationId,
    requestBody: { required: true, content: { 'application/json': { schema: of } } },
    responses: { 201: answer(withId(of)), 400: answer(error), 422: answer(error) },
  },
})
const listed = (operationId: string, of: object) => ({ get: { operationId, responses: { 200: answer({ type: 'array', items: of }) } } })
const document = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  paths: {
    '/products': post('addProduct', product),
    '/orders': post('addOrder', order),
    '/customers': listed('listCustomers', object({ id: name, name })),
    '/notes': listed('listNotes', object({ id: name })),
  },
}

interface Order {
  readonly label: string
  readonly customerId?: string
  readonly noteIds: readonly string[]
  readonly lines: readonly { readonly productId: number; readonly quantity: number }[]
  readonly gift?: { readonly product_id: number }
}

const compile = (schema: object) => new Ajv2020().compile(schema)
const [isProduct, isOrder] = [compile(product), compile(order)]
const notes = ['n-17', 'n-18']

/** What the document names, and no more. */
const documented = ({ label, customerId, lines, gift, noteIds }: Order): Order => ({
  label,
  ...(customerId === undefined ? {} : { customerId }),
  lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
  ...(gift === undefined ? {} : { gift: { product_id: gift.product_id } }),
  noteIds,
})

/** Runs at a shop that takes orders of what there is, and of customers that it knows. @param change what it does to an order before it answers it */
async function runAt({ change = (made: Order): object => made, isShut = false, strict = true } = {}) {
  const products = new Set<number>()
  const seen = { ofCustomers: 0, gifts: 0, orders: 0 }
  const isKnown = ({ lines, customerId, gift, noteIds }: Order) =>
    [...lines.map(({ productId }) => productId), ...(gift ? [gift.product_id] : [])].every((one) => products.has(one)) &&
    noteIds.every((note) => notes.includes(note)) &&
    (customerId === undefined || customerId === 'c-1')
  function answerTo(url: string, text: string): readonly [number, object] {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return [400, { message: 'no JSON' }]
    }
    if (url === '/products') {
      if (isShut) return [403, { message: 'shut' }]
      if (!isProduct(value)) return [400, { message: 'no product' }]
      const id = products.size + 1
      products.add(id)
      return [201, { name: (value as { name: string }).name, id }]
    }
    if (!isOrder(value)) return [400, { message: 'no order' }]
    const own = documented(value as unknown as Order)
    if (strict && !isKnown(own)) return [422, { message: 'not there' }]
    seen.orders++
    if (own.customerId !== undefined) seen.ofCustomers++
    if (own.gift) seen.gifts++
    return [201, { ...change(own), id: seen.orders }]
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method, url = '' } = request
    const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '')
    const got: Readonly<Record<string, object>> = {
      '/customers': [{ id: 'c-1', name: 'Ada' }],
      '/notes': notes.map((note) => ({ id: note })),
    }
    const [status, body] =
      method === 'GET' && got[url]
        ? [200, got[url]]
        : method === 'POST' && (url === '/products' || url === '/orders')
          ? isJson
            ? answerTo(url, Buffer.concat(chunks).toString())
            : [415, { message: 'JSON alone' }]
          : [404, { message: 'nothing here' }]
    response.writeHead(status as number, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  const spec = join(folder(), 'shop.json')
  writeFileSync(spec, JSON.stringify(document))
  const report = await run({
    spec,
    target: `http://127.0.0.1:${await listen(server)}`,
    seed: 1,
    maxRequests: 900,
    methods: ['GET', 'POST'],
  })
  return { report, seen, titles: report.findings.map(({ title }) => title) }
}

test('ids in a body are those of things that are there', async () => {
  const { report, seen, titles } = await runAt()
  expect(titles).toEqual([])
  expect(report.exitCode).toBe(0)
  expect(report.rules.filter(({ result }) => result !== 'kept').map(({ id }) => id)).toEqual([])
  expect(Math.min(seen.orders, seen.ofCustomers)).toBeGreaterThan(20)
  expect(seen.gifts).toBeGreaterThan(0)
  expect(report.document.dependences).toEqual(
    expect.arrayContaining([
      'POST /orders takes body.lines.[].productId from answer.body.id of POST /products (inferred from paths and names)',
      'POST /orders takes body.customerId from answer.body.0.id of GET /customers (inferred from paths and names)',
      'POST /orders takes body.noteIds.[] from answer.body.0.id of GET /notes (inferred from paths and names)',
    ]),
  )
})

test('what is wrong with them is found', async () => {
  const lost = await runAt({ change: ({ customerId: _, ...rest }) => rest })
  expect(lost.titles).toEqual([expect.stringContaining('`customerId` was sent, and is missing from the answer')])
  const other = await runAt({ change: (made) => ({ ...made, lines: made.lines.map((one) => ({ ...one, productId: one.productId + 1 })) }) })
  expect(other.titles).toEqual([expect.stringContaining('productId')])
})

test('where none can be made, what holds made-up ones is not judged', async () => {
  const { report, titles } = await runAt({ isShut: true })
  expect(titles).toEqual([])
  expect(report.rules.filter(({ result }) => result === 'not tested').length).toBeGreaterThan(10)
  const lax = await runAt({ isShut: true, strict: false })
  expect(lax.titles).toEqual([])
  expect(lax.seen.orders).toBeGreaterThan(20)
})
