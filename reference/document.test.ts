import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { schemasOf } from '../generators/schema'
import { loadDocument } from '../specs/load'
import { createAnswer } from './answer'
import { answerMembers, requestMembers } from './members'
import { createRoutes } from './routes'
import { startReference } from './server'

const schema = (type: string, more: object = {}) => ({ type, ...more })
const json = (value: object) => ({ 'application/json': { schema: value } })

/** Another API than the bundled one: nothing in the server may be special to that. */
const shelf = {
  openapi: '3.1.0',
  info: { title: 'Shelf', version: '1' },
  paths: {
    '/books/{id}': {
      get: {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: schema('integer', { minimum: 1 }) },
          { name: 'full', in: 'query', schema: schema('boolean') },
        ],
        responses: { 200: { description: 'a book', content: json({ $ref: '#/components/schemas/Book' }) }, 400: { description: 'no' } },
      },
      delete: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: schema('string') }],
        responses: { 204: { description: 'gone' } },
      },
    },
    '/books/new': {
      post: {
        requestBody: { content: json(schema('object')) },
        responses: { 201: { description: 'made', content: json({ $ref: '#/components/schemas/Book' }) } },
      },
    },
  },
  components: {
    schemas: {
      Book: {
        type: 'object',
        required: ['title', 'pages', 'tags', 'lent', 'next', 'kind', 'at'],
        properties: {
          title: schema('string', { minLength: 2 }),
          pages: schema('integer', { minimum: 5 }),
          tags: schema('array', { items: schema('string') }),
          lent: schema('boolean'),
          kind: schema('string', { enum: ['novel', 'poem'] }),
          at: { allOf: [{ type: 'object', required: ['shelf'], properties: { shelf: schema('number') } }] },
          next: { $ref: '#/components/schemas/Book' },
          note: schema('string'),
        },
      },
    },
  },
}

async function load() {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-reference-')), 'shelf.json')
  writeFileSync(file, JSON.stringify(shelf))
  return loadDocument({ spec: file })
}

describe('routes', () => {
  test('are found by method and path, concrete ones first', async () => {
    const routes = createRoutes(await load())
    expect(routes.find('GET', '/books/7')).toMatchObject({
      route: { documented: { method: expect.stringMatching(/get/i) } },
      params: { id: '7' },
    })
    expect(routes.find('POST', '/books/new').route?.documented.path).toBe('/books/new')
    expect(routes.find('GET', '/books/a%20b').params).toEqual({ id: 'a b' })
    expect(routes.find('GET', '/books/%zz').params).toEqual({ id: '%zz' })
  })

  test.each([
    ['PUT', '/books/7', ['GET', 'DELETE']],
    ['GET', '/books', []],
    ['GET', '/books/', []],
    ['GET', '/books/7/', []],
    ['GET', '/xbooks/7', []],
  ])('%s %s is none of them', async (method, path, allow) => {
    const found = createRoutes(await load()).find(method, path)
    expect(found.route).toBeUndefined()
    expect(found.allow).toEqual(allow)
  })
})

describe('an answer', () => {
  const makes = { uid: () => 'made', time: (kind: string) => kind }
  const answerTo = (value: unknown, of: object) => createAnswer(schemasOf({}), of as never)(value, makes)

  test('is filled in where its document demands it, and ends where a schema holds itself', async () => {
    const document = await load()
    const book = createAnswer(schemasOf(document.assumed), { $ref: '#/components/schemas/Book' })({ title: 'Ulysses', extra: 1 }, makes)
    expect(book).toMatchObject({
      title: 'Ulysses',
      pages: 5,
      tags: [],
      lent: false,
      kind: 'novel',
      at: { shelf: 0 },
      next: { title: '--' },
    })
    expect(book).not.toHaveProperty('note')
    expect(book).not.toHaveProperty('extra')
    expect(JSON.stringify(book).length).toBeLessThan(2000)
  })

  test.each([
    ['an ID', ['unique', 'generated'], 'made'],
    ['a value that a caller cannot choose', ['custom-ignored'], 'made'],
    ['the time of creation', ['generated', 'created-at'], 'created'],
    ['the time of the update', ['updated-at'], 'updated'],
  ])('holds %s of its own, whatever was sent', (_, promises, value) => {
    const of = { type: 'object', properties: { x: { type: 'string', 'x-promises': promises } } }
    expect(answerTo({ x: 'sent' }, of)).toEqual({ x: value })
    expect(answerTo([], of)).toEqual({ x: value })
  })

  test('reads only own members', () => {
    const of = { type: 'object', properties: { toString: { type: 'string' }, __proto__: {} } }
    expect(answerTo({}, of)).toEqual({})
  })
})

test('another document is served by the same stages', async () => {
  const server = await startReference({ document: await load() })
  const ask = async (path: string, init?: RequestInit) => {
    const answer = await fetch(server.url + path, init)
    const text = await answer.text()
    return { status: answer.status, json: text ? JSON.parse(text) : undefined }
  }
  expect(await ask('/books/7')).toMatchObject({ status: 200, json: { pages: 5 } })
  expect((await ask('/books/7?full=true')).status).toBe(200)
  expect(await ask('/books/7?full=maybe')).toMatchObject({ status: 400, json: { errorCode: expect.any(String) } })
  expect((await ask('/books/0')).status).toBe(400)
  expect((await ask('/books/seven')).status).toBe(400)
  expect(await ask('/books/7', { method: 'DELETE' })).toEqual({ status: 204, json: undefined })
  expect((await ask('/books/new', { method: 'POST' })).status).toBe(201)
  expect((await ask('/books/new', { method: 'POST', body: '[]', headers: { 'Content-Type': 'application/json' } })).status).toBe(400)
  await server.close()
})

test('what is created below a thing is itself, items are filled in, and a change takes what it documents', async () => {
  const parameters = [{ name: 'id', in: 'path', required: true, schema: schema('string') }]
  const Order = {
    type: 'object',
    required: ['id'],
    properties: {
      id: schema('string'),
      note: schema('string'),
      lines: schema('array', {
        items: schema('object', { required: ['no'], properties: { no: schema('integer'), text: schema('string') } }),
      }),
    },
  }
  const asking = (properties: object) => ({ content: json(schema('object', { properties })) })
  const ok = (status: number, value: object) => ({ responses: { [status]: { description: '', content: json(value) } } })
  const orders = {
    openapi: '3.1.0',
    info: { title: 'Orders', version: '1' },
    paths: {
      '/orders': { post: { requestBody: asking({ note: {}, lines: {} }), ...ok(201, Order) } },
      '/orders/{id}': {
        get: { parameters, ...ok(200, Order) },
        patch: { parameters, requestBody: asking({ lines: {} }), ...ok(200, Order) },
      },
      '/orders/{id}/refunds': {
        post: {
          parameters,
          requestBody: asking({ reason: {} }),
          ...ok(201, schema('object', { properties: { reason: schema('string') } })),
        },
      },
    },
  }
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-reference-')), 'orders.json')
  writeFileSync(file, JSON.stringify(orders))
  const server = await startReference({ document: await loadDocument({ spec: file }) })
  const ask = async (method: string, path: string, value: object) => {
    const init = { method, body: JSON.stringify(value), headers: { 'Content-Type': 'application/json' } }
    return (await (await fetch(server.url + path, init)).json()) as Record<string, unknown>
  }
  const { id, ...made } = await ask('POST', '/orders', { note: 'n', lines: [{ text: 'a' }] })
  expect(made).toEqual({ note: 'n', lines: [{ text: 'a', no: 0 }] })
  expect(await ask('POST', `/orders/${id}/refunds`, { reason: 'r' })).toEqual({ reason: 'r' })
  expect(await ask('PATCH', `/orders/${id}`, { lines: [], note: null })).toEqual({ id, note: 'n', lines: [] })
  await server.close()
})

test('what was made by a call is shown by another as that documents it, and half a surrogate pair does no harm', async () => {
  const parameters = [{ name: 'key', in: 'path', required: true, schema: schema('string') }]
  const link = schema('object', { properties: { url: schema('string'), weight: schema('string') } })
  const Label = schema('object', { required: ['key'], properties: { key: schema('string'), owner: schema('object'), link } })
  const Row = schema('object', {
    properties: { key: schema('string'), owner: schema('string'), seen: schema('string', { format: 'date' }) },
  })
  const ok = (status: number, value: object) => ({ responses: { [status]: { description: '', content: json(value) } } })
  const labels = {
    openapi: '3.1.0',
    info: { title: 'Labels', version: '1' },
    paths: {
      '/labels': {
        post: { requestBody: { content: json(schema('object', { properties: { key: schema('string'), link: {} } })) }, ...ok(201, Label) },
        get: ok(200, schema('array', { items: Row })),
      },
      '/labels/{key}': { get: { parameters, ...ok(200, Label) } },
    },
  }
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-reference-')), 'labels.json')
  writeFileSync(file, JSON.stringify(labels))
  const server = await startReference({ document: await loadDocument({ spec: file }) })
  const post = (value: object) =>
    fetch(`${server.url}/labels`, { method: 'POST', body: JSON.stringify(value), headers: { 'Content-Type': 'application/json' } })
  const made = await post({ key: '\ud800', owner: { id: 1 }, seen: 'then', link: { url: 'u', weight: 5 } })
  expect([made.status, await made.json()]).toEqual([201, { key: '\ud800', owner: { id: 1 }, link: { url: 'u' } }])
  expect(await (await fetch(`${server.url}/labels`)).json()).toEqual([{ key: '\ud800' }])
  await server.close()
})

test('the members that variants know are those of the bundled document', async () => {
  const [operation] = (await loadDocument()).operations
  const { assumed } = await loadDocument()
  const schemas = schemasOf(assumed)
  const walk = (of: unknown, place: string): string[] =>
    Object.entries(schemas.flatten(of as never).properties ?? {}).flatMap(([name, member]) => [
      `${place}.${name}`,
      ...walk(member, `${place}.${name}`),
    ])
  const places = (members: typeof requestMembers) => new Set(members.map(({ place }) => place))
  expect(places(requestMembers)).toEqual(new Set(walk(operation?.assumed.body?.content[0]?.schema, 'body')))
  const success = operation?.assumed.responses.find(({ status }) => status === '200')
  expect(places(answerMembers)).toEqual(new Set(walk(success?.content[0]?.schema, 'answer.body')))
})
