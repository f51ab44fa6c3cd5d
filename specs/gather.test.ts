import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadDocument } from './load'
import { createValidator } from './validator'

const folder = mkdtempSync(join(tmpdir(), 'plumbline-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes files below a folder of their own, and gives the path of the first. */
function files(texts: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(folder, 'api-'))
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return join(root, Object.keys(texts)[0] as string)
}

const head = 'openapi: 3.1.0\ninfo: { title: T, version: "1" }\n'

/** The document's one body. */
async function body(spec: string) {
  const document = await loadDocument({ spec })
  const [operation] = document.operations
  const schema = operation?.documented.body?.content[0]?.schema
  return { document, errors: (value: unknown) => createValidator({ ...document.documented }).errors(schema ?? false, value) }
}

test('a document of several files, in a circle, is one', async () => {
  const { document, errors } = await body(
    files({
      'openapi.yaml': `${head}paths:\n  /things/{id}: { $ref: 'paths/thing.yaml' }\ncomponents: { schemas: { Name: { type: string, maxLength: 3 } } }\n`,
      'paths/thing.yaml': `parameters: [{ $ref: '../common/parameters.json#/Id' }]
put:
  requestBody: { content: { application/json: { schema: { $ref: '../common/thing.yaml' } } } }
  responses: { 200: { $ref: '../common/parameters.json#/Done' } }
`,
      'common/parameters.json': `{ "Id": { "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } },
  "Done": { "description": "done", "content": { "application/json": { "schema": { "$ref": "thing.yaml#/$defs/Part" } } } } }`,
      'common/thing.yaml': `type: object
required: [name]
properties:
  name: { $ref: '../openapi.yaml#/components/schemas/Name' }
  children: { type: array, items: { $ref: 'thing.yaml' } }
  part: { $ref: '#/$defs/Part' }
$defs:
  Part: { type: integer, nullable: true, exclusiveMinimum: 0, examples: [{ $ref: here }] }
`,
    }),
  )
  expect(errors({ name: 'abc', children: [{ name: 'a', children: [] }], part: null })).toEqual([])
  expect(errors({ name: 'abcd' })).toMatchObject([{ keyword: 'maxLength' }])
  expect(errors({ name: 'a', children: [{ name: 1 }] })).toMatchObject([{ keyword: 'type' }])
  expect(errors({ name: 'a', part: 0 })).toMatchObject([{ keyword: 'exclusiveMinimum' }])
  const operation = document.operations[0]!.documented
  expect(operation).toMatchObject({
    method: 'PUT',
    parameters: [{ name: 'id', schema: { type: 'integer' } }],
    responses: [{ description: 'done' }],
  })
  // What another file states is found by the line that leads there.
  expect(document.lineOf(operation, 'body.name')).toBe(4)
})

test('names with a space, a percent sign or a tilde, and the same file by two ways', async () => {
  const { errors } = await body(
    files({
      'a b.yaml': `${head}paths: { /a: { post: { requestBody: { content: { application/json: { schema: { $ref: './100%25~x y.yaml#/a~1b' } } } }, responses: { 200: { description: '' } } } } }`,
      '100%~x y.yaml': `a/b: { type: object, properties: { n: { $ref: "sub/../100%25~x%20y.yaml#/c" } } }\nc: { type: integer }\n`,
    }),
  )
  expect(errors({ n: 1 })).toEqual([])
  expect(errors({ n: 'a' })).toMatchObject([{ keyword: 'type' }])
})

describe('a $ref that cannot be followed is told with its place', () => {
  const main = (ref: string) =>
    `${head}paths:\n  /a:\n    post:\n      requestBody:\n        content:\n          application/json:\n            schema:\n              $ref: '${ref}'\n      responses: { 200: { description: '' } }\n`
  test.each<[string, string, Record<string, string>, RegExp]>([
    ['no such file', 'none.yaml', {}, /main\.yaml:10:21: \$ref none\.yaml: .*none\.yaml: cannot be read: there is no such file$/],
    ['nowhere in the file', 'b.yaml#/x', { 'b.yaml': 'a: 1' }, /main\.yaml:10:21: \$ref b\.yaml#\/x leads nowhere$/],
    [
      'nowhere from there',
      'b.yaml',
      { 'b.yaml': 'type: object\nproperties:\n  a: {$ref: "#/none"}' },
      /b\.yaml:3:13: \$ref #\/none leads nowhere$/,
    ],
    ['a mistake there', 'b.yaml', { 'b.yaml': 'a: [' }, /b\.yaml:1:\d+: is neither JSON nor YAML/],
    ['an anchor', 'b.yaml#part', { 'b.yaml': '$anchor: part' }, /main\.yaml:10:21: \$ref b\.yaml#part names an anchor/],
    ['remote', 'https://example.com/a.yaml', {}, /main\.yaml:10:21: \$ref https:\/\/example\.com\/a\.yaml is remote; give --remote-refs/],
    ['another scheme', 'ftp://example.com/a', {}, /main\.yaml:10:21: \$ref ftp:\/\/example\.com\/a is no address of a file/],
  ])('%s', async (_, ref, others, message) => {
    await expect(loadDocument({ spec: files({ 'main.yaml': main(ref), ...others }) })).rejects.toThrow(message)
  })
})

describe('remote files', () => {
  let server: Server
  let url = ''
  beforeAll(async () => {
    const texts: Record<string, string> = {
      '/a.yaml': '{type: object, properties: {n: {$ref: b.json}}}',
      '/b.json': '{"type": "integer"}',
      '/disk.yaml': '{$ref: "file:///etc/hostname"}',
    }
    server = createServer(({ url: path }, response) => {
      const text = texts[path ?? '']
      response.writeHead(text === undefined ? 404 : 200).end(text)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())
  const main = (ref: string) =>
    files({
      'main.yaml': `${head}paths: { /a: { post: { requestBody: { content: { application/json: { schema: { $ref: '${url}${ref}' } } } }, responses: { 200: { description: '' } } } } }`,
    })

  test('are fetched where that is asked for, and what they refer to', async () => {
    const document = await loadDocument({ spec: main('/a.yaml'), remoteRefs: true })
    const schema = document.operations[0]!.documented.body!.content[0]!.schema
    expect(createValidator({ ...document.documented }).errors(schema, { n: 'a' })).toMatchObject([{ keyword: 'type' }])
  })

  test('that are not there, or lead to the disk', async () => {
    await expect(loadDocument({ spec: main('/none.yaml'), remoteRefs: true })).rejects.toThrow(
      /main\.yaml:3:\d+: \$ref .*none\.yaml: cannot be read: the server answers 404$/,
    )
    await expect(loadDocument({ spec: main('/disk.yaml'), remoteRefs: true })).rejects.toThrow(
      /disk\.yaml:1:\d+: .* leads from a remote file to the disk/,
    )
  })
})
