import { createDocument } from '../../specs/load'
import { parseText } from '../../specs/parse'
import { accused, exchange, owes } from '../fixtures'
import { createJudge } from '../judge'

const headers = {
  'X-Total': { required: true, schema: { type: 'integer', minimum: 0 } },
  'X-Kinds': { schema: { type: 'array', items: { enum: ['a', 'b'] } } },
  Location: { schema: { type: 'string', format: 'uri' } },
  ETag: { schema: { type: 'string' } },
  'X-Next': { schema: { type: 'string', format: 'uri' } },
  'Content-Length': { required: true, schema: { type: 'integer' } },
  'Content-Type': { required: true, schema: { const: 'text/none' } },
}
const answers = {
  200: { description: 'ok', headers, content: { 'application/json': { schema: { type: 'array' } } } },
  302: { description: 'elsewhere', headers: { Location: { required: true, schema: { type: 'string' } } } },
  203: { description: 'ok', headers: { ETag: { schema: { type: 'string', pattern: '^[0-9a-f]+$' } } } },
  400: { description: 'no', headers: { 'X-Code': { $ref: '#/components/headers/Code' } } },
}
const document = createDocument(
  parseText(
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'T', version: '1' },
      paths: { '/things': { get: { operationId: 'things', responses: answers } } },
      components: { headers: { Code: { required: true, schema: { type: 'string', pattern: '^E[0-9]+$' } } } },
    }),
    'api.json',
  ),
)

type Pairs = readonly (readonly [string, string])[]

function accusedOf(status: number, told: Pairs, owed: (typeof owes)[keyof typeof owes] = owes.accept): readonly string[] {
  const json = ['Content-Type', 'application/json'] as const
  const answer = status === 200 ? { status, headers: [json, ...told], body: [] } : { status, headers: told, text: '' }
  return accused(
    createJudge({ document, secrets: [] }).judge(
      exchange({ case: { operation: 'things' }, method: 'GET', target: '/things', owes: owed, answer }),
    ),
  ).filter((one) => one.startsWith('response-header'))
}

const total = ['x-total', '0'] as const

test.each<[string, number, Pairs]>([
  ['what is mandatory, in whatever case', 200, [['X-TOTAL', ' 7 ']]],
  ['a list in one line', 200, [total, ['X-Kinds', 'a, b']]],
  ['a list in two lines', 200, [total, ['X-Kinds', 'a'], ['X-Kinds', 'b']]],
  ['a relative place', 200, [total, ['Location', '/things/1']]],
  ['a redirect that says where to', 302, [['Location', '/other']]],
  ['a tag', 200, [total, ['ETag', '"a-1"']]],
  ['a tag as the docs write it', 203, [['ETag', 'a1']]],
  ['a weak tag', 200, [total, ['ETag', 'W/""']]],
])('%s is as documented', (_, status, told) => {
  expect(accusedOf(status, told)).toEqual([])
})

test.each<[string, number, Pairs, string]>([
  ['missing', 200, [], 'response-header missing answer.header.x-total'],
  ['of another type', 200, [['X-Total', 'many']], 'response-header type answer.header.x-total'],
  ['below its minimum', 200, [['X-Total', '-1']], 'response-header minimum answer.header.x-total'],
  ['a list with another item', 200, [total, ['X-Kinds', 'a,c']], 'response-header enum answer.header.x-kinds'],
  ['of another format', 200, [total, ['X-Next', 'next']], 'response-header format answer.header.x-next'],
  ['a tag without quotes', 200, [total, ['ETag', 'a-1']], 'response-header grammar answer.header.etag'],
  ['a redirect to nowhere', 302, [], 'response-header missing answer.header.location'],
])('%s is not', (_, status, told, found) => {
  expect(accusedOf(status, told)).toEqual([found])
})

test('an error is held to its headers only where it is owed', () => {
  expect(accusedOf(400, [], owes.reject)).toEqual(['response-header missing answer.header.x-code'])
  expect(accusedOf(400, [['X-Code', 'F1']], owes.reject)).toEqual(['response-header pattern answer.header.x-code'])
  expect(accusedOf(400, [['X-Code', 'E1']], owes.reject)).toEqual([])
  expect(accusedOf(400, [], owes.refuse)).toEqual([])
})
