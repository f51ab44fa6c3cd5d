import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Schema, SchemaObject } from '../core/operation'
import { createDocument, loadDocument, resolve } from './load'
import { parseText } from './parse'
import { createValidator } from './validator'

const load = (text: string) => createDocument(parseText(text, 'api.yaml'))
const responses = { 200: { description: 'Done' } }
const json = (document: object) => JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, ...document })
const operation = (members: object) => json({ paths: { '/a': { post: { responses, ...members } } } })
const withSchema = (schema: unknown, version = '3.1.0', components = {}) =>
  json({
    openapi: version,
    paths: { '/a': { post: { requestBody: { content: { 'application/json': { schema } } }, responses } } },
    components: { schemas: components },
  })
const bodyOf = (text: string): SchemaObject => load(text).operations[0]!.documented.body!.content[0]!.schema as SchemaObject

describe('a document that cannot be used is told in one line, with its place', () => {
  test.each<[string, string, RegExp]>([
    ['neither JSON nor YAML', 'openapi: 3.1.0\npaths: {a: [}', /^api\.yaml:2:\d+: is neither JSON nor YAML: /],
    ['broken JSON', '{"openapi": "3.1.0",\n "paths": {]}', /^api\.yaml:2:\d+: is neither JSON nor YAML: /],
    ['a key twice', 'openapi: 3.1.0\nopenapi: 3.1.0', /^api\.yaml:2:1: is neither JSON nor YAML: .*unique/i],
    ['an unknown anchor', 'openapi: 3.1.0\npaths: *none', /^api\.yaml: cannot be read as YAML: .*none/],
    ['text', 'just a sentence', /^api\.yaml: holds no object/],
    ['a list', '- a\n- b', /^api\.yaml: holds no object/],
    ['nothing', '', /^api\.yaml: holds no object/],
    ['something else', 'name: a', /^api\.yaml: is no OpenAPI document: it has no `openapi: 3\.1\.0`/],
    ['an overlay', 'overlay: 1.0.0', /^api\.yaml: is an overlay, .*--overlay/],
    [
      'an unknown version',
      '\nopenapi: 4.0.0\npaths: {/a: {}}',
      /^api\.yaml:2:10: OpenAPI 4\.0\.0 is not known; 3\.0, 3\.1 and Swagger 2\.0 are/,
    ],
    ['a version that is a number', 'openapi: 3.1\npaths: {/a: {}}', /^api\.yaml:1:10: OpenAPI 3\.1 is not known/],
    ['no paths', 'openapi: 3.1.0', /^api\.yaml:1:1: has no paths/],
    ['no operation', 'openapi: 3.1.0\npaths: {/a: {summary: x}}', /^api\.yaml: has no operation under paths/],
    ['a path without a slash', 'openapi: 3.1.0\npaths:\n  a: {}', /^api\.yaml:3:6: the path a does not begin with \//],
    ['an operation without answers', 'openapi: 3.0.3\npaths:\n  /a:\n    get: {}', /^api\.yaml:4:10: GET \/a states no answers/],
    [
      'an operation with no answers in them',
      'openapi: 3.1.0\npaths:\n  /a:\n    get: {responses: {}}',
      /^api\.yaml:4:10: GET \/a states no answers/,
    ],
    ['a path item that is none', 'openapi: 3.1.0\npaths:\n  /a: 5', /^api\.yaml:3:7: an object was expected/],
  ])('%s', (_, text, message) => {
    expect(() => load(text)).toThrow(expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(message) }))
    expect(() => load(text)).not.toThrow(/\n/)
  })

  test.each<[string, object, RegExp]>([
    [
      'a reference to nowhere',
      { parameters: [{ $ref: '#/components/parameters/None' }] },
      /^api\.yaml:1:\d+: \$ref #\/components\/parameters\/None leads nowhere/,
    ],
    ['a reference to itself', { requestBody: { $ref: '#/paths/~1a/post/requestBody' } }, /leads only back to itself/],
    ['another file', { parameters: [{ $ref: 'other.yaml#/a' }] }, /\$ref other\.yaml#\/a is in another file, .* bundle it first/],
    ['a parameter without a name', { parameters: [{ in: 'query' }] }, /a parameter has no name/],
    [
      'a parameter nowhere',
      { parameters: [{ name: 'a', in: 'body' }] },
      /parameter a stands in body; it can be in path, query, header, cookie/,
    ],
  ])('%s', (_, members, message) => {
    expect(() => load(operation(members))).toThrow(expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(message) }))
  })

  test.each<[string, unknown, object, RegExp]>([
    [
      'nowhere',
      { properties: { a: { items: { $ref: '#/components/schemas/None' } } } },
      {},
      /^api\.yaml:1:\d+: \$ref #\/components\/schemas\/None leads nowhere/,
    ],
    [
      'itself',
      { $ref: '#/components/schemas/A' },
      { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } },
      /leads only back to itself/,
    ],
  ])('a reference of a schema to %s', (_, schema, components, message) => {
    expect(() => load(withSchema(schema, '3.1.0', components))).toThrow(message)
  })

  test('nested without end', () => {
    expect(() => load(`{openapi: ${'['.repeat(20_000)}`)).toThrow(/^api\.yaml: is nested too deeply$/)
    const schema = `${'{"items":'.repeat(30_000)}{}${'}'.repeat(30_000)}`
    expect(() => load(withSchema('here').replace('"here"', schema))).toThrow(/nested too deeply/)
  })

  test('aliases that multiply are refused', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(10)}]`)
    expect(() => load(`openapi: 3.1.0\na0: &a0 [x,x]\n${lines.join('\n')}`)).toThrow(/^api\.yaml: cannot be read as YAML: .*alias/)
  })
})

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('one that is not there, a folder, and bytes that are no text', async () => {
    await expect(loadDocument({ spec: join(folder, 'none.yaml') })).rejects.toThrow(/none\.yaml: cannot be read: there is no such file$/)
    await expect(loadDocument({ spec: folder })).rejects.toThrow(/cannot be read: it is a folder$/)
    writeFileSync(join(folder, 'latin1.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]))
    await expect(loadDocument({ spec: join(folder, 'latin1.yaml') })).rejects.toThrow(/is not UTF-8 text/)
  })

  test('a byte order mark is no part of the text; an overlay of the user is named as the user named it', async () => {
    const [spec, overlay] = [join(folder, 'api.json'), join(folder, 'overlay.yaml')]
    writeFileSync(spec, `\ufeff${operation({})}`)
    writeFileSync(overlay, 'overlay: 1.0.0\nactions: [{target: $.info, update: {version: "2"}}]')
    const document = await loadDocument({ spec, overlays: [overlay] })
    expect(document).toMatchObject({ file: spec, overlays: [overlay], version: '1' })
    expect(document.assumed).toMatchObject({ info: { version: '2' } })
  })

  test('the bundled document comes with its own overlay, by its path too', async () => {
    const byPath = await loadDocument({ spec: join(__dirname, 'create-workshop.openapi.yaml') })
    expect(byPath.overlays).toEqual(['specs/create-workshop.overlay.yaml'])
    expect(byPath).toEqual({ ...(await loadDocument()), lineOf: expect.any(Function) })
  })
})

describe('OpenAPI 3.0 becomes JSON Schema 2020-12', () => {
  test.each<[string, unknown, unknown]>([
    ['nullable', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    ['nullable: false', { type: 'string', nullable: false }, { type: 'string' }],
    ['nullable without a type', { nullable: true, maxLength: 3 }, { maxLength: 3 }],
    [
      'nullable beside an enum that has null',
      { type: 'string', nullable: true, enum: ['a', null] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      'nullable beside an enum that lacks null',
      { type: 'string', nullable: true, enum: ['a'] },
      { type: 'string', enum: ['a'], 'x-maybe-null': true },
    ],
    ['nullable beside allOf', { nullable: true, allOf: [{ type: 'string' }] }, { allOf: [{ type: 'string' }], 'x-maybe-null': true }],
    ['exclusiveMinimum: true', { minimum: 1, exclusiveMinimum: true }, { exclusiveMinimum: 1 }],
    ['exclusiveMaximum: false', { maximum: 1, exclusiveMaximum: false }, { maximum: 1 }],
    ['example', { example: 5 }, { examples: [5] }],
    [
      'members called like keywords',
      { properties: { nullable: { type: 'string' }, example: { example: 1 } } },
      { properties: { nullable: { type: 'string' }, example: { examples: [1] } } },
    ],
    ['data that looks like a schema', { enum: [{ nullable: true, example: 1 }] }, { enum: [{ nullable: true, example: 1 }] }],
    [
      'deep inside',
      { allOf: [{ items: { additionalProperties: { type: 'integer', nullable: true } } }] },
      { allOf: [{ items: { additionalProperties: { type: ['integer', 'null'] } } }] },
    ],
  ])('%s', (_, schema, converted) => {
    expect(bodyOf(withSchema(schema, '3.0.3'))).toEqual(converted)
  })

  test('keywords beside a $ref count in 3.1 only', () => {
    const schema = { $ref: '#/components/schemas/A', maxLength: 3, description: 'x' }
    expect(bodyOf(withSchema(schema, '3.0.3', { A: {} }))).toEqual({ $ref: '#/components/schemas/A', description: 'x' })
    expect(bodyOf(withSchema(schema, '3.1.0', { A: {} }))).toEqual(schema)
  })
})

describe('keywords that state nothing are dropped with a warning', () => {
  test.each<[string, object]>([
    ['required', { required: true }],
    ['type', { type: 'file' }],
    ['pattern', { pattern: '(?i)a' }],
    ['minLength', { minLength: -1 }],
    ['enum', { enum: 'a' }],
    ['items', { items: null }],
    ['properties', { properties: [] }],
    ['multipleOf', { multipleOf: 0 }],
    ['allOf', { allOf: [] }],
  ])('%s', (keyword, schema) => {
    const document = load(withSchema(schema))
    expect(document.warnings).toEqual([expect.stringMatching(new RegExp(`^api\\.yaml:1:\\d+: ${keyword} states nothing`))])
    expect(document.operations[0]!.documented.body!.content[0]!.schema).toEqual({})
  })

  test('a schema in another file fits any value', () => {
    const document = load(withSchema({ properties: { a: { $ref: 'other.yaml#/A' } } }))
    expect(document.warnings).toEqual([expect.stringMatching(/other\.yaml#\/A is in another file/)])
    expect(createValidator(document.documented).errors(document.operations[0]!.documented.body!.content[0]!.schema, { a: 1 })).toEqual([])
  })
})

describe('operations', () => {
  test('parameters of the path item merge with the operation’s; references are followed', () => {
    const { operations } = load(
      json({
        paths: { '/a/{id}': { $ref: '#/components/pathItems/A' } },
        components: {
          pathItems: {
            A: {
              parameters: [
                { name: 'id', in: 'path', schema: { type: 'string' } },
                { name: 'page', in: 'query', schema: { type: 'string' } },
                { name: 'X-A', in: 'header', schema: {} },
              ],
              get: {
                operationId: 'getA',
                parameters: [
                  { $ref: '#/components/parameters/Page' },
                  { name: 'x-a', in: 'header', required: true, content: { 'application/json': { schema: { type: 'integer' } } } },
                ],
                requestBody: { $ref: '#/components/requestBodies/B' },
                responses: {
                  200: { $ref: '#/components/responses/R' },
                  '4xx': { description: '' },
                  default: { description: 'Else' },
                  okay: {},
                  'x-a': {},
                },
              },
            },
          },
          parameters: { Page: { name: 'page', in: 'query', required: true, schema: { type: 'integer' } } },
          requestBodies: { B: { required: true, content: { 'text/plain': {} } } },
          responses: { R: { description: 'Done', content: { 'application/json': { schema: { $ref: '#/components/schemas/S' } } } } },
          schemas: { S: { type: 'string' } },
        },
      }),
    )
    expect(operations).toHaveLength(1)
    expect(operations[0]!.documented).toEqual(operations[0]!.assumed)
    expect(operations[0]!.documented).toMatchObject({
      id: 'getA',
      method: 'GET',
      parameters: [
        { name: 'id', in: 'path', required: true },
        { name: 'page', in: 'query', required: true, schema: { type: 'integer' } },
        { name: 'x-a', in: 'header', required: true, schema: { type: 'integer' } },
      ],
      body: { required: true, content: [{ mediaType: 'text/plain', schema: true }] },
      responses: [
        { status: '200', description: 'Done', content: [{ mediaType: 'application/json', schema: { $ref: '#/components/schemas/S' } }] },
        { status: '4XX' },
        { status: 'default' },
      ],
    })
  })

  test('what is odd but usable is told', () => {
    const { operations, warnings } = load(
      json({
        paths: {
          '/a/{id}': { get: { operationId: 'x', responses }, put: { operationId: 'x', responses: { ...responses, okay: {} } } },
          '/b': { get: { parameters: [{ name: 'id', in: 'path' }], responses } },
        },
      }),
    )
    expect(operations.map(({ documented: { id, parameters } }) => [id, parameters.map(({ name }) => name)])).toEqual([
      ['x', ['id']],
      ['PUT /a/{id}', ['id']],
      ['GET /b', []],
    ])
    expect(warnings.map((warning) => warning.replace(/^[^ ]+ /, ''))).toEqual(
      expect.arrayContaining([
        'path parameter id is not described; any text is taken to fit',
        expect.stringMatching(/operationId x is used twice/),
        'okay is no status code; it is left out',
        'path parameter id is not in /b; it is left out',
      ]),
    )
  })

  test('names that JavaScript knows are names like any other', () => {
    const document = load(
      `{"openapi": "3.1.0", "paths": {"/a": {"post": {"responses": {"200": {"description": "", "content": {"application/json": {"schema":
        {"type": "object", "properties": {"__proto__": {"type": "string", "example": "a"}, "constructor": {"type": "integer"}}, "required": ["__proto__"]}}}}}}}}}`,
    )
    const { schema } = document.operations[0]!.documented.responses[0]!.content[0]!
    const { errors } = createValidator(document.documented)
    expect(Object.keys((schema as SchemaObject).properties!)).toEqual(['__proto__', 'constructor'])
    expect(errors(schema, JSON.parse('{"__proto__": "a"}'))).toEqual([])
    expect(errors(schema, {})).toMatchObject([{ keyword: 'required' }])
  })
})

describe('resolve', () => {
  const document = {
    components: {
      schemas: { A: { $ref: '#/components/schemas/B' }, B: { type: 'string', description: 'b' }, 'a/b': { type: 'integer' }, No: false },
    },
  }
  const ref = (name: string, siblings = {}) => ({ $ref: `#/components/schemas/${name}`, ...siblings })

  test('follows chains, and gives the same object each time', () => {
    const schema = ref('A')
    expect(resolve(document, schema)).toBe(document.components.schemas.B)
    const described = ref('A', { description: 'a' })
    expect(resolve(document, described)).toEqual({ type: 'string', description: 'a' })
    expect(resolve(document, described)).toBe(resolve(document, described))
  })

  test('keywords beside a $ref count besides', () => {
    expect(resolve(document, ref('A', { maxLength: 3 }))).toEqual({ maxLength: 3, allOf: [ref('A')] })
  })

  test('escaped names, booleans, and schemas without a $ref', () => {
    expect(resolve(document, ref('a~1b'))).toEqual({ type: 'integer' })
    expect(resolve(document, ref('a%7E1b'))).toEqual({ type: 'integer' })
    expect(resolve(document, ref('No'))).toBe(false)
    expect(resolve(document, true)).toBe(true)
    const schema: Schema = { type: 'string' }
    expect(resolve(document, schema)).toBe(schema)
    expect(() => resolve(document, ref('None'))).toThrow(/leads nowhere/)
  })
})

describe('every OpenAPI 3 document of @readme/oas-examples loads', () => {
  const root = dirname(require.resolve('@readme/oas-examples/package.json'))
  const files = ['3.0', '3.1'].flatMap((version) =>
    ['json', 'yaml'].flatMap((kind) =>
      readdirSync(join(root, version, kind))
        .filter((file) => /\.(json|ya?ml)$/.test(file))
        .map((file) => join(version, kind, file)),
    ),
  )
  /** Documents that state no operation. */
  const empty = [/webhooks\.(json|yaml)$/]

  test('there are many', () => expect(files.length).toBeGreaterThan(60))

  test.each(files)('%s', async (file) => {
    const spec = join(root, file)
    if (empty.some((pattern) => pattern.test(file))) return expect(loadDocument({ spec })).rejects.toThrow(/nothing to test/)
    const document = await loadDocument({ spec })
    expect(document.operations.length).toBeGreaterThan(0)
    const { errors } = createValidator(document.documented)
    for (const { documented } of document.operations) {
      const schemas = [
        ...documented.parameters.map(({ schema }) => schema),
        ...[documented.body, ...documented.responses].flatMap((holder) => holder?.content.map(({ schema }) => schema) ?? []),
      ]
      for (const schema of schemas) {
        resolve(document.documented, schema)
        expect(Array.isArray(errors(schema, null))).toBe(true)
      }
    }
  })
})
