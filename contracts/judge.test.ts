import { createDocument } from '../specs/load'
import { exchange, judged, judgeWith, now, owes, plainBody, successBody, verdict } from './fixtures'
import { createJudge } from './judge'
import { settingDefinitions, settingsWith } from './settings'

test('the documented success is in order, without a note', () => {
  expect(judged()).toEqual({ failures: [], notes: [], held: { operation: 'createWorkshop', status: '200' } })
})

describe('a judgement', () => {
  test('is the same however often it is asked for, remembered or not', () => {
    const judge = judgeWith()
    const one = exchange({ answer: { body: successBody(plainBody, { description: 'other', 'metadata.uid': null }) } })
    const first = judge.judge(one)
    expect(first.failures).toHaveLength(2)
    judge.remember(one)
    expect(judge.judge(one)).toEqual(first)
    expect(judge.judge({ ...one })).toEqual(first)
  })
  test('gives one failure where one explains the others', () => {
    const broken = { text: '<html>at f (/app/x.js:1:2)', headers: [] }
    expect(verdict({ answer: { status: 500, text: '<html>', headers: [] } })).toHaveLength(1)
    expect(verdict({ answer: { status: 201, text: '{"a":' } })).toEqual(['status status:201 answer.status'])
    expect(verdict({ owes: owes.reject, answer: { body: successBody(plainBody, { description: 'x' }) } })).toEqual([
      'status accepted answer.status',
    ])
    expect(verdict({ answer: { ...broken, status: 500 } })).toEqual([
      'leak stack-trace answer.body',
      'server-error status:500 answer.status',
    ])
  })
  test('keeps failures of different causes apart', () => {
    const body = successBody(plainBody, { 'metadata.creationTimestamp': 'never', description: 'other' })
    expect(verdict({ answer: { body, headers: [] } })).toEqual([
      'content-type missing answer.header.content-type',
      'echo changed answer.body.description',
      'times unparsable answer.body.metadata.creationTimestamp',
    ])
  })
})

test.each([
  ['text/html', true],
  ['text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8', true],
  ['application/xml;q=1, application/json;q=0.1, text/*', true],
  ['application/json, text/html, */*', false],
  ['*/*', false],
  ['application/xml', false],
])('an answer to Accept: %s may be a page: %p', (accept, isLawful) => {
  const headers = [...exchange().case.request.headers, ['Accept', accept] as const]
  const page = { text: '<html></html>', headers: [['Content-Type', 'text/html; charset=utf-8']] as const }
  expect(verdict({ headers, answer: page })).toEqual(isLawful ? [] : ['content-type not-json answer.header.content-type'])
  expect(verdict({ headers, owes: owes.reject, answer: { ...page, status: 400 } })).toHaveLength(isLawful ? 0 : 1)
  expect(verdict({ headers, answer: { ...page, status: 500 } })).toHaveLength(1)
})

describe('notes', () => {
  const notes = (parts: Parameters<typeof judged>[0]) => judged(parts).notes.map(({ kind }) => kind)
  const bare = { text: '', headers: [] }
  test('401 without WWW-Authenticate, 405 without Allow', () => {
    expect(notes({ owes: owes.refuse, answer: { ...bare, status: 401 } })).toEqual(['no-www-authenticate'])
    expect(notes({ owes: owes.refuse, answer: { ...bare, status: 401, headers: [['www-authenticate', 'Bearer']] } })).toEqual([])
    expect(notes({ owes: owes.refuse, method: 'PUT', answer: { ...bare, status: 405 } })).toEqual(['no-allow'])
    expect(notes({ owes: owes.refuse, method: 'PUT', answer: { ...bare, status: 405, headers: [['Allow', 'POST']] } })).toEqual([])
  })
  test('404 in place of 405', () => {
    expect(notes({ owes: owes.refuse, method: 'PUT', answer: { ...bare, status: 404 } })).toEqual(['404-for-405'])
    expect(notes({ owes: owes.refuse, answer: { ...bare, status: 404 } })).toEqual([])
  })
  test('a text without charset, an answer longer than was read, unknown members', () => {
    expect(notes({ owes: owes.refuse, answer: { status: 403, text: 'no', headers: [['Content-Type', 'text/plain']] } })).toEqual([
      'no-charset',
    ])
    expect(notes({ answer: { text: '{', cut: true } })).toEqual(['body-cut'])
    expect(judged({ answer: { body: successBody(plainBody, { 'spec.zone': 'a' }) } }).notes).toEqual([
      { kind: 'unknown-member', message: '`answer.body.spec.zone` of the 200 answer is not in the docs' },
    ])
  })
  test('members that only the request made up are not noted', () => {
    const sent = { ...plainBody, extra: { a: 1 } }
    expect(notes({ owes: owes.either, sent, answer: { body: successBody(sent) } })).toEqual([])
  })
})

test('settings: each has a default and a reason; a part of them may be given', () => {
  for (const { reason, values } of Object.values(settingDefinitions)) expect([reason.length > 40, values.length > 4]).toEqual([true, true])
  expect(settingsWith({ clockSkewMinutes: 3 })).toMatchObject({ clockSkewMinutes: 3, coercion: 'finding', constantSeconds: 5 })
})

describe('another document', () => {
  const string = { type: 'string' }
  const pet = {
    type: 'object',
    required: ['name', 'tags'],
    properties: { name: string, tags: { type: 'array', items: string }, owner: { $ref: '#/components/schemas/Owner' } },
  }
  const spec = {
    openapi: '3.1.0',
    info: { title: 'Pets', version: '1' },
    paths: {
      '/pets': {
        post: {
          operationId: 'createPet',
          requestBody: { required: true, content: { 'application/json': { schema: pet } } },
          responses: {
            '201': {
              description: 'made',
              content: {
                'application/json': {
                  schema: {
                    allOf: [
                      pet,
                      { type: 'object', required: ['id'], properties: { id: { type: 'integer', 'x-promises': ['unique', 'generated'] } } },
                    ],
                  },
                },
              },
            },
            '4XX': {
              description: 'no',
              content: { 'application/problem+json': { schema: { type: 'object', required: ['title'], properties: { title: string } } } },
            },
          },
        },
        get: { operationId: 'listPets', responses: { default: { description: 'whatever' } } },
      },
    },
    components: { schemas: { Owner: { type: 'object', properties: { name: string, pets: { type: 'array', items: pet } } } } },
  }
  const pets = createDocument({ file: 'pets.json', data: structuredClone(spec) as never, at: () => 'pets.json', lineOf: () => 1 })
  const sent = { name: 'Rex', tags: ['a', 'b'], owner: { name: 'Ann', pets: [{ name: 'Kit', tags: [] }] } }
  const of = (parts: Parameters<typeof judged>[0]) => verdict({ sent, case: { operation: 'createPet' }, ...parts }, { document: pets })
  const answered = (body: object) => of({ answer: { status: 201, body: { id: 7, ...sent, ...body } as never } })

  test('its own success, in arrays and `$ref`s too', () => {
    expect(answered({})).toEqual([])
    expect(answered({ tags: ['b', 'a'] })).toEqual([])
    expect(answered({ tags: ['a', 'c'] })).toEqual(['echo changed answer.body.tags.[]'])
    expect(answered({ tags: ['a'] })).toEqual(['echo changed answer.body.tags'])
    expect(answered({ owner: { name: 'Ann', pets: [{ name: 'kit', tags: [] }] } })).toEqual(['echo case answer.body.owner.pets.[].name'])
    expect(answered({ id: 'x' })).toEqual(['shape type answer.body.id'])
    expect(answered({ tags: [1, 'b'] })).toEqual(['shape type answer.body.tags.[]'])
    expect(of({ answer: { status: 200, body: {} } })).toEqual(['status status:200 answer.status'])
  })
  test('its own errors, by range', () => {
    const problem = (status: number, title: string, type = 'application/problem+json') =>
      of({ owes: owes.reject, answer: { status, body: { title } as never, headers: [['Content-Type', type]] } })
    expect(problem(422, 'no')).toEqual([])
    expect(problem(400, '')).toEqual(['error-shape empty answer.body.title'])
    expect(of({ owes: owes.reject, answer: { status: 418, body: {}, headers: [['Content-Type', 'application/problem+json']] } })).toEqual([
      'error-shape missing answer.body.title',
    ])
  })
  test('numbers that must be unique', () => {
    const judge = createJudge({ document: pets, secrets: [], now: () => now })
    for (const id of [1, 2, 1])
      judge.remember(exchange({ sent, case: { operation: 'createPet' }, answer: { status: 201, body: { id, ...sent } } }))
    expect(judge.finish()).toMatchObject([{ count: 1, outOf: 3, failure: { place: 'answer.body.id' } }])
  })
  test('an operation whose answers the document leaves open', () => {
    const list = (status: number) =>
      verdict({ case: { operation: 'listPets' }, answer: { status, text: 'x', headers: [] } }, { document: pets })
    expect([list(200), list(299)]).toEqual([[], []])
  })
})
