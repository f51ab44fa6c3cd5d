import { valueAt } from '../../core/json'
import type { Schema } from '../../core/operation'
import { createDocument } from '../load'
import { parseText } from '../parse'
import { createValidator } from '../validator'

const user = {
  type: 'object',
  required: ['id', 'name', 'password'],
  properties: {
    id: { type: 'string', readOnly: true },
    name: { type: 'string' },
    password: { type: 'string', writeOnly: true },
    friends: { type: 'array', items: { $ref: '#/components/schemas/User' } },
    made: { $ref: '#/components/schemas/Time' },
  },
  additionalProperties: false,
}

function load(schema: object, schemas: object = {}) {
  const content = { 'application/json': { schema } }
  const text = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: { '/users': { post: { requestBody: { content }, responses: { 201: { description: 'Made', content } } } } },
    components: { schemas: { User: user, Time: { type: 'string', readOnly: true }, ...schemas } },
  })
  const document = createDocument(parseText(text, 'api.yaml'))
  const { body, responses } = document.operations[0]!.documented
  const { errors } = createValidator(document.documented as Record<string, unknown>)
  const told = (of: unknown, value: unknown) =>
    errors(of as Schema, value).map(({ keyword, params }) => `${keyword} ${params.missingProperty ?? params.additionalProperty ?? ''}`)
  const request = body!.content[0]!.schema
  const answer = responses[0]!.content[0]!.schema
  return {
    document,
    request,
    answer,
    inRequest: (value: unknown) => told(request, value),
    inAnswer: (value: unknown) => told(answer, value),
  }
}

test.each<[string, object]>([
  ['told in place', user],
  ['behind a reference', { $ref: '#/components/schemas/User' }],
  ['joined', { allOf: [{ $ref: '#/components/schemas/User' }, { required: ['id', 'password'] }] }],
])('a readOnly member is not asked for in requests, a writeOnly one not in answers: %s', (_, schema) => {
  const { inRequest, inAnswer } = load(schema)
  expect(inRequest({ name: 'a', password: 'b' })).toEqual([])
  expect(inRequest({ name: 'a' })).toContain('required password')
  expect(inAnswer({ id: '1', name: 'a' })).toEqual([])
  expect(inAnswer({ name: 'a' })).toContain('required id')
})

test('they stay allowed, at any depth', () => {
  const { inRequest, inAnswer } = load({ $ref: '#/components/schemas/User' })
  expect(inRequest({ id: '1', name: 'a', password: 'b', made: 5, friends: [{ name: 'c', password: 'd' }] })).toEqual([])
  expect(inRequest({ name: 'a', password: 'b', friends: [{ name: 'c' }] })).toEqual(['required password'])
  expect(inRequest({ name: 'a', password: 'b', age: 1 })).toEqual(['additionalProperties age'])
  expect(inAnswer({ id: '1', name: 'a', password: 'b', friends: [{ id: '2', name: 'c' }] })).toEqual([])
})

test('the list of required names may stand beside the reference that has the members', () => {
  const { inRequest } = load({
    type: 'object',
    properties: { a: { type: 'string', readOnly: true }, b: { type: 'string' } },
    allOf: [{ required: ['a', 'b'] }],
  })
  expect(inRequest({ b: 'x' })).toEqual([])
  expect(inRequest({})).toEqual(['required b'])
})

test('a schema without such members is the document’s own', () => {
  const { document, request } = load({ type: 'object', properties: { a: { type: 'string' } } })
  const stated = ['paths', '/users', 'post', 'requestBody', 'content', 'application/json', 'schema']
  expect(request).toBe(valueAt(document.documented, stated))
  expect(JSON.stringify(document.documented)).not.toContain('x-without')
})
