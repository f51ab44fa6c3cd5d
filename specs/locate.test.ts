import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDocument, loadDocument } from './load'
import { parseText } from './parse'

describe('the line of the bundled document', () => {
  const lines = readFileSync(join(__dirname, 'create-workshop.openapi.yaml'), 'utf8').split('\n')

  test.each<[string, string, string[] | undefined, RegExp, RegExp]>([
    ['path.mesh_id', '- name: mesh_id', undefined, /name: mesh_id/, /parameters:/],
    ['header.x-auth-token', 'the header', undefined, /name: X-Auth-Token/, /text: Content-Type|text: "Content-Type/],
    ['body.description', 'a member of the body', undefined, /^ {16}description:$/, /properties:/],
    ['body.spec.ingress.port', 'through $refs', undefined, /^ {8}port:$/, /./],
    ['answer.body.metadata', 'of an answer', ['200'], /^ {18}metadata:$/, /./],
    ['answer.body.errorCode', 'of another answer', ['400'], /^ {18}errorCode:$/, /./],
    ['answer.status', 'of an answer as a whole', ['400'], /^ {8}"400":$/, /./],
    ['body.spec.nowhere', 'the nearest around it', undefined, /^ {16}spec:$/, /./],
    ['method', 'the operation', undefined, /^ {4}post:$/, /\/v2\/meshes/],
  ])('%s (%s)', async (place, _, statuses, line, before) => {
    const document = await loadDocument()
    const number = document.lineOf(document.operations[0]!.documented, place, statuses)
    expect(lines[number - 1]).toMatch(line)
    expect(lines[number - 2]).toMatch(before)
  })
})

const lineIn = (text: string, place: string, statuses?: string[]) => {
  const document = createDocument(parseText(text, 'api'))
  return document.lineOf(document.operations[0]!.documented, place, statuses)
}

test('of a JSON document, with names that have dots, lists, and schemas that are joined', () => {
  const schema = {
    allOf: [{ type: 'object' }, { properties: { 'a.b': { properties: { c: {} } }, a: {}, list: { items: { properties: { id: {} } } } } }],
  }
  const content = { 'text/plain': {}, 'application/json': { schema } }
  const responses = { 201: { description: 'Made', headers: { Location: {} } } }
  const text = JSON.stringify({ openapi: '3.1.0', paths: { '/a': { post: { requestBody: { content }, responses } } } }, null, 1)
  const at = (place: string, statuses?: string[]) => text.split('\n')[lineIn(text, place, statuses) - 1]!.trim()
  expect(at('body.a.b.c')).toBe('"c": {}')
  expect(at('body.a')).toBe('"a": {},')
  expect(at('body.list.[].id')).toBe('"id": {}')
  expect(at('body.other')).toBe('"requestBody": {')
  expect(at('answer.header.location', ['201'])).toBe('"Location": {}')
  expect(at('answer.body.x', ['404'])).toBe('"post": {')
})

test('a schema that holds itself ends', () => {
  const yaml = `openapi: 3.1.0
paths:
  /a:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } }
      responses: { 200: { description: Done } }
components:
  schemas:
    A:
      anyOf: [{ $ref: '#/components/schemas/A' }]
      properties:
        next:
          $ref: '#/components/schemas/A'
`
  expect(lineIn(yaml, 'body.next.next.next')).toBe(12)
  expect(lineIn(yaml, 'body.none')).toBe(5)
})
