import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadDocument } from './load'
import { createValidator } from './validator'

const folder = mkdtempSync(join(tmpdir(), 'plumbline-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function load(text: string, others: Readonly<Record<string, string>> = {}) {
  const root = mkdtempSync(join(folder, 'api-'))
  for (const [name, content] of Object.entries({ 'api.yaml': text, ...others })) writeFileSync(join(root, name), content)
  return loadDocument({ spec: join(root, 'api.yaml') })
}

const text = `swagger: "2.0"
info: { title: Pets, version: "1" }
host: example.com
basePath: /v1
consumes: [application/json]
produces: [application/json]
parameters:
  Pet: { name: pet, in: body, required: true, schema: { $ref: '#/definitions/Pet' } }
  Limit: { name: limit, in: query, type: integer, maximum: 9 }
paths:
  /pets:
    get:
      parameters:
        - $ref: '#/parameters/Limit'
      responses:
        200:
          description: pets
          schema: { type: array, items: { $ref: '#/definitions/Pet' } }
    post:
      operationId: make
      parameters:
        - name: X-Trace
          in: header
          type: string
        - $ref: '#/parameters/Pet'
      responses:
        201: { description: made }
    put:
      operationId: form
      consumes: [application/x-www-form-urlencoded]
      parameters:
        - { name: a, in: formData, type: string, required: true }
      responses: { 200: { description: done } }
definitions:
  Pet:
    type: object
    required: [name]
    properties:
      name:
        type: string
        x-nullable: true
      kids: { type: array, items: { $ref: '#/definitions/Pet' } }
`

test('bodies, parameters, answers and schemas of Swagger 2.0', async () => {
  const { documented, operations } = await load(text)
  expect(operations.map(({ documented: { id } }) => id)).toEqual(['GET /pets', 'form', 'make'])
  const [list, form, make] = operations.map((operation) => operation.documented)
  expect(list?.parameters).toMatchObject([{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 9 } }])
  expect(make).toMatchObject({ parameters: [{ name: 'X-Trace', in: 'header' }], body: { required: true } })
  expect(form?.body?.content).toMatchObject([{ mediaType: 'application/x-www-form-urlencoded', schema: { required: ['a'] } }])
  const { errors } = createValidator({ ...documented })
  const schema = make?.body?.content[0]?.schema ?? false
  expect(errors(schema, { name: null, kids: [{ name: 'a' }] })).toEqual([])
  expect(errors(schema, { name: 'a', kids: [{}] })).toMatchObject([{ keyword: 'required' }])
})

test('places are lines of the file as it was written', async () => {
  const { operations, lineOf } = await load(text)
  const [list, , make] = operations.map((operation) => operation.documented)
  expect(lineOf(make!, '')).toBe(19)
  expect(lineOf(make!, 'header.X-Trace')).toBe(22)
  expect(lineOf(list!, 'query.limit')).toBe(14)
  expect(lineOf(make!, 'body.name')).toBe(39)
  expect(lineOf(list!, 'answer.body.[].kids', ['200'])).toBe(42)
})

test('what is wrong is told with its line; another version is not known', async () => {
  await expect(
    load(text.replace("items: { $ref: '#/definitions/Pet' } }\n    post", "items: { $ref: '#/definitions/None' } }\n    post")),
  ).rejects.toThrow(/api\.yaml:18:\d+: \$ref #\/components\/schemas\/None leads nowhere/)
  await expect(load('swagger: "1.2"\npaths: { /a: {} }')).rejects.toThrow(/api\.yaml:1:10: Swagger 1\.2 is not known; 2\.0 is$/)
  await expect(load('swagger: 2.0\ninfo: {}\npaths: { /a: { get: { responses: { 200: { description: d } } } } }')).resolves.toBeDefined()
})

test('several files', async () => {
  const document = await load(
    `swagger: "2.0"
info: { title: T, version: "1" }
paths: { /a: { $ref: 'a.yaml' } }`,
    {
      'a.yaml': `post:
  parameters: [{ $ref: 'common.yaml#/parameters/B' }, { $ref: 'common.yaml#/parameters/Q' }]
  responses: { 200: { $ref: 'common.yaml#/responses/Done' } }`,
      'common.yaml': `parameters:
  B: { name: b, in: body, schema: { $ref: '#/definitions/T' } }
  Q: { name: q, in: query, type: integer }
responses: { Done: { description: done, schema: { $ref: '#/definitions/T' } } }
definitions: { T: { type: object, properties: { t: { type: integer, maximum: 3, exclusiveMaximum: true }, again: { $ref: '#/definitions/T' } } } }`,
    },
  )
  const { parameters, body, responses } = document.operations[0]!.documented
  expect(parameters).toMatchObject([{ name: 'q', schema: { type: 'integer' } }])
  const { errors } = createValidator({ ...document.documented })
  for (const content of [body?.content, responses[0]?.content])
    expect(errors(content?.[0]?.schema ?? true, { again: { t: 3 } })).toMatchObject([{ keyword: 'exclusiveMaximum' }])
})

describe('every Swagger 2.0 document of @readme/oas-examples loads', () => {
  const root = join(dirname(require.resolve('@readme/oas-examples/package.json')), '2.0')
  const files = ['json', 'yaml'].flatMap((kind) => readdirSync(join(root, kind)).map((file) => join(kind, file)))
  test.each(files)('%s', async (file) => {
    expect((await loadDocument({ spec: join(root, file) })).operations.length).toBeGreaterThan(0)
  })
})

test('what an operation itself consumes and produces, forms, files, lists, and discriminators', async () => {
  const { operations, documented } = await load(`swagger: "2.0"
info: { title: T, version: "1" }
consumes: [application/json]
produces: [application/json, text/plain]
parameters: { Up: { name: up, in: formData, type: string, required: true } }
responses: { Bad: { description: bad, schema: { $ref: '#/definitions/Error' } } }
paths:
  /list: { get: { operationId: list, parameters: [{ name: t, in: query, type: array, collectionFormat: tsv, items: { type: integer } }, { name: p, in: query, type: array, collectionFormat: pipes, items: { type: integer } }], responses: { 200: { description: d } } } }
  /form: { post: { operationId: form, parameters: [{ name: n, in: formData, type: integer, maximum: 5 }, { name: l, in: formData, type: array, collectionFormat: multi, items: { type: string, enum: [a] } }, { $ref: '#/parameters/Up' }], responses: { 200: { description: d } } } }
  /file: { post: { operationId: file, consumes: [application/x-www-form-urlencoded, multipart/form-data], parameters: [{ name: f, in: formData, type: file }], responses: { 200: { description: d } } } }
  /down: { get: { operationId: down, produces: [application/pdf], responses: { 200: { description: d, schema: { type: file } }, 400: { $ref: '#/responses/Bad' } } } }
  /cat: { post: { operationId: cat, parameters: [{ name: c, in: body, schema: { $ref: '#/definitions/Cat' } }], responses: { 200: { description: d } } } }
definitions:
  Error: { type: object }
  Animal: { type: object, discriminator: kind, required: [kind], properties: { kind: { type: string } } }
  Cat: { allOf: [{ $ref: '#/definitions/Animal' }, { type: object }] }
`)
  const [list, form, file, down, cat] = ['list', 'form', 'file', 'down', 'cat'].map(
    (id) => operations.find(({ documented: one }) => one.id === id)?.documented,
  )
  expect(list?.parameters).toMatchObject([
    { name: 't', style: 'tabDelimited', explode: false },
    { name: 'p', style: 'pipeDelimited', explode: false },
  ])
  expect(form?.body).toMatchObject({
    required: true,
    content: [
      {
        mediaType: 'application/x-www-form-urlencoded',
        schema: { required: ['up'], properties: { n: { maximum: 5 }, l: { items: { enum: ['a'] } }, up: { type: 'string' } } },
      },
    ],
  })
  expect(file?.body).toMatchObject({ required: false, content: [{ mediaType: 'multipart/form-data' }] })
  expect(down?.responses).toMatchObject([
    { status: '200', content: [{ mediaType: 'application/pdf' }] },
    { status: '400', content: [{ mediaType: 'application/pdf' }, { mediaType: 'application/json' }] },
  ])
  const { valid } = createValidator({ ...documented })
  expect([{ kind: 'Cat' }, { kind: 'Dog' }].map((value) => valid(cat?.body?.content[0]?.schema ?? false, value))).toEqual([true, false])
})
