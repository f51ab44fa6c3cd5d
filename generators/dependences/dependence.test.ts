import { createDocument } from '../../specs/load'
import { parseText } from '../../specs/parse'
import { ruleSets } from '../rules'
import { dependencesAmong, dependenceWords } from './dependence'
import { resourcesOf } from './resources'

const json = (schema: object) => ({ description: '', content: { 'application/json': { schema } } })
const made = (properties: object) => ({ 201: json({ type: 'object', properties }) })
const ok = { responses: { 200: json({ type: 'object' }) } }
const string = { type: 'string' }
const documentOf = (paths: object) =>
  createDocument(parseText(JSON.stringify({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths }), 'a.json'))
const words = (paths: object) => {
  const document = documentOf(paths)
  return dependencesAmong(document, new Set(document.operations.map(({ documented }) => documented.id))).map(dependenceWords)
}

test.each<[string, object, string[]]>([
  [
    'an id in what the answer wraps',
    {
      '/pets': { post: { responses: made({ data: { type: 'object', properties: { ID: string } } }) } },
      '/pets/{pet_id}/toys/{toy}': { get: ok },
    },
    ['GET /pets/{pet_id}/toys/{toy} takes pet_id from answer.body.data.ID of POST /pets (inferred from paths and names)'],
  ],
  [
    'a name that the request gives',
    {
      '/user': { post: { requestBody: json({ type: 'object', properties: { username: string } }), responses: { 200: json({}) } } },
      '/user/{username}': { get: ok },
    },
    ['GET /user/{username} takes username from answer.header.Location of POST /user (inferred from paths and names)'],
  ],
  [
    'an id from a list, where nothing creates',
    {
      '/pets': { get: { responses: { 200: json({ type: 'array', items: { type: 'object', properties: { id: string } } }) } } },
      '/pets/{id}': { get: ok },
    },
    ['GET /pets/{id} takes id from answer.body.0.id of GET /pets (inferred from paths and names)'],
  ],
  [
    'a link',
    {
      '/orders': {
        post: {
          responses: {
            201: { ...json({ type: 'object' }), links: { it: { operationId: 'one', parameters: { n: '$response.body#/order/no' } } } },
          },
        },
      },
      '/o/{n}': { get: { operationId: 'one', ...ok } },
    },
    ['GET /o/{n} takes n from answer.body.order.no of POST /orders (declared by the link it)'],
  ],
  [
    'a verb behind the id',
    {
      '/v1/shelves': { post: { responses: made({ name: string, shelf: string }) } },
      '/v1/shelves/{shelf}:archive': { post: { ...ok, operationId: 'archive' } },
    },
    ['POST /v1/shelves/{shelf}:archive takes shelf from answer.body.shelf of POST /v1/shelves (inferred from paths and names)'],
  ],
  [
    'paths that name the format at their end',
    {
      '/accounts/{account}/calls.json': { post: { responses: made({ sid: string }) } },
      '/accounts/{account}/calls/{sid}.json': { get: ok },
    },
    [
      'GET /accounts/{account}/calls/{sid}.json takes sid from answer.body.sid of POST /accounts/{account}/calls.json (inferred from paths and names)',
    ],
  ],
  [
    'the id of a parent, and of a thing that a role is told of',
    {
      '/accounts': { post: { responses: made({ id: string }) } },
      '/pics': { post: { responses: made({ id: string }) } },
      '/': { post: { responses: made({ id: string }) } },
      '/folders': {
        post: {
          requestBody: json({
            type: 'object',
            properties: { title: string, parentId: string, folderId: string, fromAccountId: string, topicId: string },
          }),
          responses: made({ id: string, parentId: string }),
        },
      },
    },
    [
      'POST /folders takes body.parentId from answer.body.id of POST /folders (inferred from paths and names)',
      'POST /folders takes body.fromAccountId from answer.body.id of POST /accounts (inferred from paths and names)',
    ],
  ],
  ['nothing of a path that none creates', { '/search': { post: ok, get: ok }, '/settings/{key}': { get: ok } }, []],
])('%s', (_, paths, expected) => {
  expect(words(paths)).toEqual(expected)
})

test('a POST and a GET of one path are no resource by themselves', () => {
  const list = { responses: { 200: json({ type: 'array', items: {} }) } }
  expect(resourcesOf(documentOf({ '/search': { post: ok, get: list } }))).toEqual([])
  expect(resourcesOf(documentOf({ '/things': { post: { responses: made({}) }, get: list } }))).toHaveLength(1)
})

test('ids are looked for in documents whose schemas hold themselves', () => {
  const node = { $ref: '#/components/schemas/Node' }
  const content = { 'application/json': { schema: node } }
  const made = { description: 'made', content }
  const parameters = [{ name: 'nodeId', in: 'path', required: true, schema: { type: 'string' } }]
  const document = createDocument(
    parseText(
      JSON.stringify({
        openapi: '3.1.0',
        info: { title: 't', version: '1' },
        paths: {
          '/nodes': { post: { operationId: 'make', requestBody: { content }, responses: { 201: made } } },
          '/nodes/{nodeId}': { get: { operationId: 'find', parameters, responses: { 200: made } } },
        },
        components: { schemas: { Node: { type: 'object', properties: { data: node, node, value: { type: 'boolean' } } } } },
      }),
      'a.json',
    ),
  )
  expect(ruleSets(document, { seed: 1 }).map(({ subject }) => subject.id)).toEqual(['make', 'find'])
})
