import type { Json } from '../../core/json'
import { writeBody } from '../../specs/bodies'
import { createDocument } from '../../specs/load'
import { parseText } from '../../specs/parse'
import { accused, exchange, owes } from '../fixtures'
import { createJudge } from '../judge'

/** What checks say of answers that the bundled document has none of. */

const book = {
  type: 'object',
  properties: {
    title: { type: 'string' },
    subtitle: { type: ['string', 'null'] },
    published: { type: 'string', format: 'date' },
    price: { type: 'number', multipleOf: 0.01 },
    weight: { type: 'number', format: 'float' },
    chapters: { type: 'array', items: { properties: { name: { type: ['string', 'null'] } } } },
  },
}
const tag = { type: 'object', required: ['name'], properties: { name: { type: ['string', 'null'] } } }
const marked = { type: 'object', properties: { marks: { type: 'object', additionalProperties: { type: ['string', 'null'] } } } }
const siteOf = (more: object) => ({ type: 'object', properties: { title: { type: 'string' }, home: { type: 'string', ...more } } })
const listOf = (type: string) => ({ type: 'array', items: { type } })
const album = { type: 'object', properties: { tags: listOf('string'), codes: listOf('integer') } }
/** @param more what it holds besides */
const orderOf = (more: object) => ({
  type: 'object',
  properties: {
    title: { type: 'string' },
    count: { type: 'integer' },
    paid: { type: 'boolean' },
    note: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    codes: { type: 'array', items: { type: 'integer' } },
    lines: { type: 'object', properties: { sku: { type: 'string' } } },
    scan: { type: 'string', format: 'binary' },
    ...more,
  },
})
const answeredOrder = orderOf({ scan: { type: 'string' }, page: { type: 'string' } })
const forms = ['application/x-www-form-urlencoded', 'multipart/form-data'] as const
const json = (schema: object) => ({ 'application/json': { schema } })
const answers = (content: object) => ({ responses: { 200: { description: 'ok', content } } })
const ofKind = (kind: string) => ({ required: ['kind'], properties: { kind: { const: kind }, side: { type: 'integer' } } })
const shapes = { properties: { parts: { type: 'array', items: { oneOf: [ofKind('square'), ofKind('circle')] } } } }
const hidden = { properties: { secret: { type: 'string', writeOnly: true } } }
const vault = {
  properties: { pair: { type: 'array', prefixItems: [{ properties: { secret: { type: 'string' } } }], items: hidden } },
  additionalProperties: hidden,
}
const paths = {
  '/books': {
    post: { operationId: 'add', requestBody: { content: json(book) }, ...answers(json(book)) },
    get: { operationId: 'list', ...answers(json({ type: 'object', properties: { items: { type: 'array', items: book } } })) },
  },
  '/imports': { post: { operationId: 'import', requestBody: { content: json(book) }, responses: { 204: { description: 'done' } } } },
  ...Object.fromEntries(
    forms.map((mediaType, i) => [
      `/orders${i}`,
      {
        post: {
          operationId: mediaType,
          requestBody: {
            content: { [mediaType]: { schema: orderOf(i === 1 ? { page: {} } : {}), encoding: { codes: { explode: false } } } },
          },
          ...answers(json(answeredOrder)),
        },
      },
    ]),
  ),
  '/page': {
    get: {
      operationId: 'page',
      parameters: ['limit', 'q'].map((name) => ({ name, in: 'query', schema: { type: 'integer' } })),
      ...answers(json({ type: 'array', items: { type: 'object' } })),
    },
  },
  '/albums': { post: { operationId: 'album', requestBody: { content: json(album) }, ...answers(json(album)) } },
  '/marks/{id}': { patch: { operationId: 'mark', requestBody: { content: json(marked) }, ...answers(json(marked)) } },
  '/sites': {
    post: { operationId: 'site', requestBody: { content: json(siteOf({})) }, ...answers(json(siteOf({ format: 'uri' }))) },
  },
  '/tags': { post: { operationId: 'tag', requestBody: { content: json(tag) }, ...answers(json(tag)) } },
  '/books/{id}': { patch: { operationId: 'change', requestBody: { content: json(book) }, ...answers(json(book)) } },
  '/books.csv': { get: { operationId: 'csv', ...answers({ 'text/csv': { schema: { type: 'string' } } }) } },
  '/books.xml': { get: { operationId: 'xml', ...answers({ 'application/xml': {} }) } },
  '/keys': {
    get: {
      operationId: 'key',
      ...answers(json({ properties: { name: { type: 'string' }, 'pass.word': { type: 'string', writeOnly: true } } })),
    },
  },
  '/logins': {
    get: {
      operationId: 'logins',
      ...answers(json({ type: 'array', items: { oneOf: [login('user', 'password'), login('robot', 'secret')] } })),
    },
  },
  '/shapes': { post: { operationId: 'shapes', requestBody: { content: json(shapes) }, ...answers(json(shapes)) } },
  '/vault': { get: { operationId: 'vault', ...answers(json(vault)) } },
  '/cover': { get: { operationId: 'cover', ...answers({ 'application/octet-stream': {} }) } },
  '/version': { get: { operationId: 'version', ...answers({ 'text/plain': { schema: { type: 'string', pattern: '^[0-9.]+$' } } }) } },
}
function login(kind: string, hidden: string) {
  const allOf = [{ properties: { [hidden]: { type: 'string', writeOnly: true } } }, { properties: { pin: { writeOnly: true } } }]
  return { required: ['kind'], properties: { kind: { const: kind } }, allOf }
}
const document = createDocument(parseText(JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths }), 'api.json'))

const parts = (operation: string, method: string, sent: Json | undefined, type: string | undefined, text: string) => ({
  case: { operation },
  method,
  owes: owes.accept,
  ...(sent === undefined ? { sentText: '' } : { sent }),
  answer: { status: 200, headers: type === undefined ? [] : [['Content-Type', type] as const], text },
})

function accusedOf(...exchanges: readonly (Parameters<typeof exchange>[0] & object)[]): readonly string[] {
  const judge = createJudge({ document, secrets: [] })
  return exchanges.flatMap((one) => {
    const made = exchange(one)
    judge.remember(made)
    return accused(judge.judge(made))
  })
}

const read = (operation: string, type: string | undefined, text: string) => accusedOf(parts(operation, 'GET', undefined, type, text))

test.each<[string, string, string]>([
  ['csv', 'text/csv; charset=utf-8', 'a,b\n'],
  ['xml', 'text/xml', '<a/>'],
  ['xml', 'application/atom+xml', '<a/>'],
  ['cover', 'image/png', '\x89PNG'],
  ['version', 'text/plain', '1.2\n'],
])('%s as %s is as documented', (operation, type, text) => {
  expect(read(operation, type, text)).toEqual([])
})

test.each<[string, string | undefined, string, string]>([
  ['csv', 'text/html', '<p>', 'content-type other answer.header.content-type'],
  ['csv', undefined, 'a,b', 'content-type other answer.header.content-type'],
  ['xml', 'application/json', '{}', 'content-type other answer.header.content-type'],
  ['version', 'text/plain', 'v1', 'shape pattern answer.body'],
])('%s as %s is not', (operation, type, text, found) => {
  expect(read(operation, type, text)).toEqual([found])
})

const part = (range: string | undefined, length = 10) => {
  const { answer, ...asked } = parts('cover', 'GET', undefined, 'application/octet-stream', 'a'.repeat(length))
  const told = range === undefined ? [] : [['Content-Range', range] as const]
  return accusedOf({
    ...asked,
    headers: [['Range', 'bytes=0-9']],
    answer: { ...answer, status: 206, headers: [...answer.headers, ...told] },
  })
}

test.each<[string, string | undefined, number]>([
  ['does not say which', undefined, 10],
  ['is longer than it says', 'bytes 0-9/20', 11],
  ['is shorter than it says', 'bytes 5-15/20', 10],
  ['ends behind the whole', 'bytes 5-14/14', 10],
  ['ends before it begins', 'bytes 5-4/20', 10],
  ['is of no form', 'bytes=0-9/20', 10],
])('a part that %s', (_, range, length) => {
  expect(part(range, length)).toEqual(['well-formed part answer.header.content-range'])
})

test.each(['bytes 0-9/10', 'bytes 3-12/*', 'Bytes 3-12/13', 'rows 1-2/3'])('a part may be %s', (range) => {
  expect(part(range)).toEqual([])
})

test('a documented type that the request asks for is held to its schema', () => {
  const asking = { ...parts('version', 'GET', undefined, 'text/plain', 'v1'), headers: [['Accept', 'text/plain']] as const }
  expect(accusedOf(asking)).toEqual(['shape pattern answer.body'])
})

test('a writeOnly member of an answer is told, whatever else there is', () => {
  const { judge } = createJudge({ document, secrets: [] })
  const { failures, notes } = judge(
    exchange(parts('key', 'GET', undefined, 'application/json', '{"name":"a","pass.word":"b","password":"c"}')),
  )
  expect(failures.map(({ check, kind, place }) => [check, kind, place])).toEqual([['shape', 'write-only', 'answer.body.pass.word']])
  expect(notes.map(({ kind, message }) => [kind, message.split(' ')[0]])).toEqual([['unknown-member', '`answer.body.password`']])
})

test('a writeOnly member is told wherever it is: in lists, in the alternative that a value is', () => {
  const told = (...logins: readonly object[]) => read('logins', 'application/json', JSON.stringify(logins))
  expect(told({ kind: 'user', password: 'a', pin: 1 }, { kind: 'robot', secret: 'a' }, { kind: 'robot', secret: 'b' })).toEqual([
    'shape write-only answer.body.[].password',
    'shape write-only answer.body.[].pin',
    'shape write-only answer.body.[].secret',
  ])
  expect(told({ kind: 'user', secret: 'a' }, { kind: 'robot', password: 'a' })).toEqual([])
  expect(told({ kind: 'user', password: null, pin: '' })).toEqual([])
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`more${i}`, i]))
  expect(told({ kind: 'user', ...many, password: 'a' })).toEqual(['shape write-only answer.body.[].password'])
  expect(read('vault', 'application/json', '{"x":{"secret":"a"},"pair":[{"secret":"a"}]}')).toEqual([
    'shape write-only answer.body.x.secret',
  ])
})

test('items of several kinds come back with more beside what was sent, and without what was null', () => {
  const sent: Json = { parts: [{ kind: 'square', side: 1, note: null }, { kind: 'circle' }] }
  const answered = (...told: readonly object[]) =>
    accusedOf(parts('shapes', 'POST', sent, 'application/json', JSON.stringify({ parts: told })))
  expect(answered({ kind: 'square', side: 1, turned: false }, { kind: 'circle', side: 0 })).toEqual([])
  expect(answered({ kind: 'square', side: 2 }, { kind: 'circle' })).toEqual(['echo changed answer.body.parts.[]'])
  expect(answered({ kind: 'square', side: 1 })).not.toEqual([])
})

test('a list may hold what was sent, whatever its format', () => {
  const odd = { title: 'odd', published: '2015-\u200d09-08' }
  const list = (item: object) => parts('list', 'GET', undefined, 'application/json', JSON.stringify({ items: [item] }))
  const add = parts('add', 'POST', odd, 'application/json', JSON.stringify(odd))
  expect(accusedOf(add, list(odd))).toEqual([])
  const imported = { ...parts('import', 'POST', odd, undefined, ''), answer: { status: 204, headers: [], text: '' } }
  expect(accusedOf(imported, list(odd))).toEqual([])
  expect(accusedOf(add, list({ ...odd, published: 'then' }))).toEqual(['shape format answer.body.items.[].published'])
  expect(accusedOf(list(odd))).toEqual(['shape format answer.body.items.[].published'])
})

test.each(['add', 'change'])('a member that is null may be left out of the answer, and none may be answered as null: %s', (operation) => {
  const answered = (sent: Json, text: string) => accusedOf(parts(operation, 'POST', sent, 'application/json', text))
  expect(answered({ title: 'a', subtitle: null }, '{"title":"a"}')).toEqual([])
  expect(answered({ title: 'a' }, '{"title":"a","subtitle":null}')).toEqual([])
  expect(answered({ title: 'a', subtitle: null }, '{"title":"a","subtitle":""}')).toHaveLength(1)
  expect(answered({ title: 'a', subtitle: 'b' }, '{"title":"a"}')).toEqual(['echo lost answer.body.subtitle'])
  expect(answered({ title: 'a', subtitle: 'b' }, '{"title":"a","subtitle":null}')).toHaveLength(1)
})

test('what a PATCH names in a map may be put beside what is there', () => {
  const answered = (method: string, sent: object, marks: object) =>
    accusedOf(parts('mark', method, { marks: sent } as Json, 'application/json', JSON.stringify({ marks })))
  expect(answered('PATCH', {}, { a: 'b' })).toEqual([])
  expect(answered('PATCH', { c: 'd', e: null }, { a: 'b', c: 'd' })).toEqual([])
  expect(answered('PATCH', { c: 'd' }, { a: 'b', c: 'e' })).toHaveLength(1)
  expect(answered('PATCH', { c: 'd' }, { a: 'b' })).toHaveLength(1)
  expect(answered('POST', { c: 'd' }, { a: 'b', c: 'd' })).toHaveLength(1)
})

test('what the answer cannot hold need not come back', () => {
  const odd = { title: 'odd', home: 'not an address' }
  const answered = (text: string) => accusedOf(parts('site', 'POST', odd, 'application/json', text))
  expect(answered('{"title":"odd","home":"https://example.com/"}')).toEqual([])
  expect(answered('{"title":"odd"}')).toEqual([])
  expect(answered('{"title":"even"}')).toEqual(['echo changed answer.body.title'])
  const other = { ...odd, home: 'https://example.org/' }
  expect(accusedOf(parts('site', 'POST', other, 'application/json', '{"title":"odd"}'))).toEqual(['echo lost answer.body.home'])
})

test.each([
  [{ 400: {} }, ['status status:422 answer.status']],
  [{ '4XX': {} }, []],
  [{ 401: {}, 403: {}, 404: {}, 409: {}, 429: {} }, []],
])('where the docs state %j, wrong parameters may be refused with 422 unless another status is stated for them', (refusals, found) => {
  const stated = { 200: { description: 'ok' }, ...Object.fromEntries(Object.keys(refusals).map((code) => [code, { description: 'no' }])) }
  const own = { '/things': { post: { operationId: 'thing', requestBody: { content: json(tag) }, responses: stated } } }
  const api = createDocument(parseText(JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: own }), 'api.json'))
  const refused = {
    ...parts('thing', 'POST', { name: 5 }, undefined, ''),
    owes: owes.reject,
    answer: { status: 422, headers: [], text: '' },
  }
  expect(accused(createJudge({ document: api, secrets: [] }).judge(exchange(refused)))).toEqual(found)
})

test.each([
  [412, 'If-Match', '*', 'a precondition is not met (412)'],
  [428, 'X-Other', '*', undefined],
  [410, 'X-Other', '*', 'what the URL names is gone (410)'],
  [412, 'X-Other', '*', undefined],
  [428, 'If-Match', '*', undefined],
])('%d to a request with %s says nothing of its rule where it answers its conditions', (status, name, value, reason) => {
  const made = exchange({
    ...parts('album', 'POST', {}, undefined, ''),
    headers: [[name, value]],
    answer: { status, headers: [], text: '' },
  })
  const judgement = createJudge({ document, secrets: [] }).judge(made)
  expect(judgement.notReached).toBe(reason)
  expect(judgement.failures.length > 0).toBe(reason === undefined)
})

test('428 says nothing of its rule where the docs know of conditions', () => {
  const parameters = [{ name: 'If-Match', in: 'header', schema: { type: 'string' } }]
  const own = { '/me': { put: { operationId: 'put', parameters, responses: { 200: { description: 'ok' } } } } }
  const api = createDocument(parseText(JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: own }), 'api.json'))
  const made = exchange({ ...parts('put', 'PUT', undefined, undefined, ''), headers: [], answer: { status: 428, headers: [], text: '' } })
  expect(createJudge({ document: api, secrets: [] }).judge(made).notReached).toBe('a precondition is not met (428)')
})

test.each([
  [{ title: 'no', status: 400 }, []],
  [{ title: 'no' }, []],
  [{ title: 'no', status: 500 }, ['error-shape other-status answer.body.status']],
])('a problem of status 400 may be %j or not', (problem, found) => {
  const content = { 'application/problem+json': { schema: { type: 'object', properties: { status: { type: 'integer' } } } } }
  const stated = { 200: { description: 'ok' }, 400: { description: 'no', content } }
  const own = { '/things': { post: { operationId: 'thing', requestBody: { content: json(tag) }, responses: stated } } }
  const api = createDocument(parseText(JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: own }), 'api.json'))
  const headers = [['Content-Type', 'application/problem+json']] as const
  const refused = {
    ...parts('thing', 'POST', { name: 5 }, undefined, ''),
    owes: owes.reject,
    answer: { status: 400, headers, text: JSON.stringify(problem) },
  }
  expect(accused(createJudge({ document: api, secrets: [] }).judge(exchange(refused)))).toEqual(found)
})

test('an empty list or object may be left out, one that holds something may not', () => {
  const answered = (sent: object) => accusedOf(parts('album', 'POST', sent as Json, 'application/json', '{"codes":[1]}'))
  expect(answered({ codes: [1], tags: [] })).toEqual([])
  expect(answered({ codes: [1], tags: ['a'] })).toEqual(['echo lost answer.body.tags'])
  expect(accusedOf(parts('mark', 'PUT', { marks: {} }, 'application/json', '{}'))).toEqual([])
})

test('a mandatory member that is null may not be left out', () => {
  const sent = { name: null }
  expect(accusedOf(parts('tag', 'POST', sent, 'application/json', '{}'))).toEqual(['shape missing answer.body.name'])
})

test('of a key sent twice in an item of a list, each value is true, and no other', () => {
  const sentText = '{"chapters":[{"name":"a"},{"name":null,"name":"b"}]}'
  const of = (name: Json) => {
    const text = JSON.stringify({
      chapters: [
        { no: 1, name: 'a' },
        { no: 2, name },
      ],
    })
    return accusedOf({ ...parts('add', 'POST', {}, 'application/json', text), sentText })
  }
  expect([of('b'), of(null)]).toEqual([[], []])
  expect(of('c')).toEqual(['echo changed answer.body.chapters.[].name'])
})

describe.each(forms)('what a form holds comes back: %s', (mediaType) => {
  const sent = {
    title: 'a b+c',
    count: 12,
    paid: true,
    note: '',
    tags: ['x', 'y'],
    codes: [1, 0, 1, 0, 1, 0, 1, 0, 1, 0],
    lines: { sku: '7' },
    scan: 'bytes',
    page: 'more bytes',
  }
  const media = { mediaType, encoding: { codes: { explode: false } }, files: { scan: 'application/octet-stream' } }
  const of = (answered: object) => {
    const { bytes, contentType } = writeBody(media, sent) as NonNullable<ReturnType<typeof writeBody>>
    const one = parts(mediaType, 'POST', undefined, 'application/json', JSON.stringify(answered))
    return accusedOf(Object.assign(one, { headers: [['Content-Type', contentType] as const], sentBytes: bytes }))
  }
  test.each<[string, object]>([
    ['as it was sent', sent],
    ['an empty text left out', { ...sent, note: undefined }],
    ['of a file what the server will', { ...sent, scan: 'https://files.example.com/1', page: '2' }],
  ])('%s', (_, answered) => {
    expect(of(answered)).toEqual([])
  })
  test.each<[string, object]>([
    ['unescaped answer.body.title', { title: 'a b c' }],
    ['escaped answer.body.title', { title: 'a+b%2Bc' }],
    ['changed answer.body.count', { count: 13 }],
    ['changed answer.body.paid', { paid: false }],
    ['changed answer.body.tags', { tags: ['x'] }],
    ['changed answer.body.tags.[]', { tags: ['x', 'z'] }],
    ['changed answer.body.codes.[]', { codes: [1, 0, 1, 0, 1, 0, 1, 0, 1, 1] }],
    ['changed answer.body.lines.sku', { lines: { sku: '8' } }],
    ['lost answer.body.title', { title: undefined }],
  ])('%s', (found, other) => {
    expect(of({ ...sent, ...other })).toEqual([`echo ${found}`])
  })
})

test('a list of texts may come in another order, other lists may not', () => {
  const of = (sent: Json, received: Json) => accusedOf(parts('album', 'POST', sent, 'application/json', JSON.stringify(received)))
  expect(of({ tags: ['b', 'a'] }, { tags: ['a', 'b'] })).toEqual([])
  expect(of({ tags: ['b', 'a'] }, { tags: ['a'] })).toHaveLength(1)
  expect(of({ tags: ['b', 'a'] }, { tags: ['a', 'c'] })).not.toEqual([])
  expect(of({ codes: [2, 1] }, { codes: [1, 2] })).not.toEqual([])
})

test.each<[string, number, readonly string[]]>([
  ['limit=2', 10, []],
  ['limit=2', 11, ['page-size too-many answer.body']],
  ['limit=20', 20, []],
  ['limit=20', 21, ['page-size too-many answer.body']],
  ['limit=0', 30, []],
  ['limit=-1', 30, []],
  ['limit=2&limit=3', 30, []],
  ['q=2', 30, []],
])('a list asked for by %s may hold %d items or not', (query, count, found) => {
  const text = JSON.stringify(Array.from({ length: count }, (_, id) => ({ id })))
  expect(accusedOf({ ...parts('page', 'GET', undefined, 'application/json', text), target: `/page?${query}` })).toEqual(found)
})

test('a number of single precision may be rounded to it, and no further', () => {
  const answered = (weight: number) => accusedOf(parts('change', 'PATCH', { weight: 0.1 }, 'application/json', JSON.stringify({ weight })))
  expect([Math.fround(0.1), 0.1].map(answered)).toEqual([[], []])
  expect(answered(0.100001)).toHaveLength(1)
})

test('prices are multiples of a hundredth as JSON writes them', () => {
  expect(accusedOf(parts('list', 'GET', undefined, 'application/json', '{"items":[{"price":5.1}]}'))).toEqual([])
  expect(accusedOf(parts('list', 'GET', undefined, 'application/json', '{"items":[{"price":5.123}]}'))).toEqual([
    'shape multipleOf answer.body.items.[].price',
  ])
})
