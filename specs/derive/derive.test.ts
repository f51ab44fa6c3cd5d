import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { valueAt } from '../../core/json'
import { packageRoot } from '../files'
import { createDocument } from '../load'
import { parseText } from '../parse'
import { derivePage, stringifyDocument } from './index'

const specs = (file: string) => readFileSync(join(packageRoot(), 'specs', file), 'utf8')
const restated = specs('pages/create-workshop.txt')
const derive = (text: string) => derivePage(text, { page: 'page.txt' })

/** A document without its places on the page. */
const structure = (document: unknown): unknown =>
  document === undefined
    ? undefined
    : JSON.parse(JSON.stringify(document, (key, value) => (key === 'x-docs' || key === 'x-warnings' ? undefined : value)))

describe('the page of the bundled API', () => {
  test('derives to the committed document', () => {
    const { document } = derivePage(restated, { page: 'pages/create-workshop.txt' })
    expect(stringifyDocument(document)).toBe(specs('create-workshop.openapi.yaml'))
  })

  test('tells what could not become a fact', () => {
    expect(derive(restated).warnings).toEqual([
      { line: 18, message: 'Content-Type: "Range:" is empty' },
      { line: 19, message: expect.stringMatching(/^X-Auth-Token is marked as mandatory, but .* under a condition/) },
      { line: 46, message: expect.stringMatching(/^WorkshopMetadata names two different tables: this one and that of line 25/) },
    ])
  })

  const captions = [
    'Path Parameters',
    'Request header parameters',
    'Request body parameters',
    'WorkshopMetadata',
    'WorkshopSpec',
    'WorkshopIngress',
    'Response body parameters',
    'WorkshopMetadata',
    'WorkshopSpec',
    'WorkshopIngress',
    'WorkshopStatus',
    'Response body parameters',
    'Response body parameters',
  ]
  const captioned = (caption: (text: string, count: number) => string) => {
    let count = 0
    return restated.replace(/^\| Parameter \|/gm, (row) => `${caption(captions[count]!, ++count)}\n${row}`)
  }
  const heading =
    /^(Function|URI|Request Parameters|Response Parameters|Status Codes|Example .*|Error Codes|Calling Method|Authorization .*)$/gm

  test.each<[string, string]>([
    ['with captions', captioned((text, count) => `Table ${count} ${text}`)],
    [
      'as Markdown',
      captioned((text, count) => `\n**Table ${count}** ${text}\n`)
        .replace(/^(Creating .*)/, '# $1\n')
        .replace(heading, '\n## $1\n')
        .replace(/^(Status code: \d+)$/gm, '\n**$1**')
        .replace(/(Workshop\w+) object/g, '[$1](#table-of-it) object')
        .replace(/^(POST .*)$/m, '```\n$1\n```'),
    ],
    [
      'with CRLF, tabs, blanks and no-break spaces',
      restated.replace(/^\| /gm, '|\t').replace(/ \|$/gm, '\u00a0| ').replaceAll('\n', ' \r\n'),
    ],
    ['with a byte order mark and empty lines', `\ufeff\n${restated.replaceAll('\nStatus', '\n\n\nStatus')}`],
    ['without the outer pipes', restated.replace(/^\| (.*) \|$/gm, '$1').replace(/^\|(-.*)\|$/gm, '$1')],
  ])('gives the same structure %s', (_, text) => {
    expect(text).not.toBe(restated)
    expect(structure(derive(text).document)).toEqual(structure(derive(restated).document))
  })

  test('quotes each fact with its line', () => {
    const { document } = derive(restated)
    expect(valueAt(document, ['components', 'schemas', 'WorkshopIngress', 'properties', 'port', 'x-docs'])).toEqual({
      page: 'page.txt',
      line: 36,
      section: 'Request Parameters, table 5',
      text: 'port | Yes | Integer | Port on which the gateway can be reached from outside',
    })
    expect(valueAt(document, ['components', 'schemas', 'WorkshopMetadataResponse', 'properties', 'uid'])).toMatchObject({
      'x-docs': { line: 49, section: 'Response Parameters, status code 200, table 2' },
      'x-promises': ['unique', 'generated', 'custom-ignored'],
    })
  })
})

/** A page with the given parts; a part left out is plain. */
function page(parts: { uri?: string; request?: string; response?: string; status?: string }): string {
  return [
    'Doing Something',
    'URI',
    parts.uri ?? 'POST /v1/things',
    'Request Parameters',
    parts.request ?? 'None',
    'Response Parameters',
    parts.response ?? 'None',
    'Status Codes',
    '| Status Code | Description |',
    '|---|---|',
    parts.status ?? '| 200 | Done. |',
  ].join('\n')
}

const request = (...rows: string[]) => ['| Parameter | Mandatory | Type | Description |', '|---|---|---|---|', ...rows].join('\n')
const answer = (...rows: string[]) => ['| Parameter | Type | Description |', '|---|---|---|', ...rows].join('\n')

/** The only operation, its body, an answer and the components. */
function parts(text: string) {
  const { document, warnings } = derive(text)
  const [path] = Object.values(document.paths as object) as [Record<string, unknown>]
  const [operation] = Object.values(path) as [Record<string, unknown>]
  const schemaOf = (holder: unknown) => structure(valueAt(holder, ['content', 'application/json', 'schema']))
  return {
    operation,
    warnings: warnings.map(({ message }) => message),
    body: schemaOf(operation.requestBody) as Record<string, unknown> | undefined,
    answer: (status: string) => schemaOf(valueAt(operation, ['responses', status])),
    schemas: structure(valueAt(document, ['components', 'schemas']) ?? {}) as Record<string, unknown>,
  }
}

describe('objects', () => {
  test('several levels and several answers, each with tables of its own', () => {
    const {
      schemas,
      answer: of,
      warnings,
    } = parts(
      page({
        request: `${request('| a | Yes | A object | x |', '| d | No | D object | x |')}
${request('| b | Yes | Array of B objects | x |')}
${request('| c | No | Map<String,C> | x |')}
${request('| leaf | No | Array of strings | x |')}
${request('| last | Yes | String | x |')}`,
        response: `Status code: 200\n${answer('| a | A object | x |')}\n${answer('| b | String | x |')}
Status code: 400\n${answer('| error | Problem object | x |')}\n${answer('| code | String | x |')}
Status code: 500\n${answer('| error | Problem object | x |')}\n${answer('| code | String | x |')}
Status code: 204`,
      }),
    )
    expect(Object.keys(schemas)).toEqual(['A', 'B', 'C', 'D', 'AResponse', 'Problem', 'ProblemResponse500'])
    expect(schemas.B).toMatchObject({ properties: { c: { additionalProperties: { $ref: '#/components/schemas/C' } } } })
    expect(schemas.D).toMatchObject({ required: ['last'] })
    expect(of('400')).toMatchObject({ properties: { error: { $ref: '#/components/schemas/Problem' } } })
    expect(of('500')).toMatchObject({ properties: { error: { $ref: '#/components/schemas/ProblemResponse500' } } })
    expect(of('204')).toBeUndefined()
    expect(warnings).toEqual([expect.stringMatching(/^A names two different tables/)])
  })

  test('an object used twice has one table, or one for each use', () => {
    const rows = request('| first | Yes | End object | x |', '| second | Yes | End object | x |', '| third | Yes | Other object | x |')
    const end = request('| port | Yes | Integer | x |')
    const other = request('| name | Yes | String | x |')
    const once = parts(page({ request: [rows, end, other].join('\n') }))
    expect(once.warnings).toEqual([])
    expect(Object.keys(once.schemas)).toEqual(['End', 'Other'])
    const each = parts(page({ request: [rows, end, end, other].join('\n') }))
    expect(each.warnings).toEqual([])
    expect(each.schemas.Other).toMatchObject({ properties: { name: { type: 'string' } } })
  })

  test('an object within itself', () => {
    const { schemas, warnings } = parts(
      page({ request: `${request('| root | Yes | Node object | x |')}\n${request('| children | No | Array of Node objects | x |')}` }),
    )
    expect(warnings).toEqual([])
    expect(schemas.Node).toMatchObject({ properties: { children: { items: { $ref: '#/components/schemas/Node' } } } })
  })

  test('an object whose table stands in the request only', () => {
    const table = request('| name | Yes | String | x |')
    const { answer: of, warnings } = parts(
      page({
        request: `${request('| a | Yes | A object | x |')}\n${table}`,
        response: `Status code: 200\n${answer('| a | A object | x |')}`,
      }),
    )
    expect(warnings).toEqual([])
    expect(of('200')).toMatchObject({ properties: { a: { $ref: '#/components/schemas/A' } } })
  })

  test('a body that is an array', () => {
    const { answer: of } = parts(
      page({ response: `Status code: 200\n${answer('| [items] | Array of A objects | x |')}\n${answer('| name | String | x |')}` }),
    )
    expect(of('200')).toMatchObject({ type: 'array', items: { $ref: '#/components/schemas/A' } })
  })

  test('one line for several status codes', () => {
    const { answer: of, warnings } = parts(page({ response: `Status code: 400, 404 and 500\n${answer('| code | String | x |')}` }))
    for (const status of ['400', '404', '500']) expect(of(status)).toMatchObject({ properties: { code: { type: 'string' } } })
    expect(warnings).toEqual([])
  })

  test.each<[string, Parameters<typeof page>[0], RegExp]>([
    ['a reference to no table', { request: request('| a | Yes | A object | x |') }, /^A has no table/],
    [
      'a table that nothing refers to',
      { request: `${request('| a | Yes | String | x |')}\n${request('| b | Yes | String | x |')}` },
      /^nothing refers to the table/,
    ],
    [
      'one name with two tables',
      {
        request: `${request('| a | Yes | A object | x |', '| b | Yes | A object | x |')}
Table 2 A\n${request('| one | Yes | String | x |')}\nTable 3 A\n${request('| two | Yes | String | x |')}`,
      },
      /^A names two different tables/,
    ],
    ['an unknown type', { request: request('| a | Yes | Wibble | x |') }, /^a: the type "Wibble" is not known/],
    ['a mark that is none', { request: request('| a | Perhaps | String | x |') }, /^a: "Perhaps" under Mandatory/],
    ['a name twice', { request: request('| a | Yes | String | x |', '| a | No | Integer | x |') }, /^a is in this table already/],
    ['a row without a name', { request: request('| | Yes | String | x |') }, /^the row has no name/],
    ['a table without the column Mandatory', { request: answer('| a | String | x |') }, /no column Mandatory/],
    ['too many cells', { request: request('| a | Yes | String | x | y |') }, /more cells than its table has columns/],
    ['a path parameter without a row', { uri: 'GET /v1/things/{thing_id}' }, /^no table describes the path parameter thing_id/],
    [
      'a row for no path parameter',
      { uri: `GET /v1/things\nTable 1 Path Parameters\n${request('| thing_id | Yes | String | x |')}` },
      /^thing_id stands among the path parameters, but not in/,
    ],
    ['tables below no status code', { response: answer('| a | String | x |') }, /^no status code stands above/],
    ['a status code twice', { response: 'Status code: 200\nStatus code: 200' }, /^status code 200 has two parts/],
    ['a status that is none', { status: '| 200 | Done. |\n| many | Others. |' }, /^many is no status code/],
    ['a second URI', { uri: 'POST /v1/things\nPOST /v2/things' }, /^a second URI/],
    ['a row outside of any table', { request: '| a | Yes | String | x |' }, /^a row stands outside of any table/],
  ])('a warning for %s', (_, of, message) => {
    const { warnings } = derive(page(of))
    expect(warnings.map((warning) => warning.message)).toContainEqual(expect.stringMatching(message))
    for (const { line } of warnings) expect(line).toBeGreaterThan(0)
  })
})

describe('parameters and bodies', () => {
  test('path, query and headers', () => {
    const { operation } = parts(
      page({
        uri: `GET https://host.example.com/v1/things/{thing_id}/parts?limit={limit}
${request('| thing_id | Yes | String | x |')}
${request('| limit | No | Integer | Page size. Range: 1-100. Default: 10 |', '| tags | No | Array of strings | x |')}`,
        request: request('| X-Language | No | String | x |'),
      }),
    )
    expect(operation).toMatchObject({
      operationId: 'listParts',
      parameters: [
        { name: 'thing_id', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 10 } },
        { name: 'tags', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
        { name: 'X-Language', in: 'header', required: false },
      ],
    })
    expect(operation.requestBody).toBeUndefined()
  })

  test('a body without a mandatory member is optional', () => {
    expect(parts(page({ request: request('| a | No | String | x |') })).operation.requestBody).toMatchObject({ required: false })
    expect(parts(page({ request: request('| a | Yes | String | x |') })).operation.requestBody).toMatchObject({ required: true })
  })

  test('headers of an answer', () => {
    const { operation, answer: of } = parts(
      page({ response: `Status code: 200\n${answer('| X-Request-Id | String | x |')}\n${answer('| a | String | x |')}` }),
    )
    expect(valueAt(operation, ['responses', '200', 'headers'])).toMatchObject({ 'X-Request-Id': { schema: { type: 'string' } } })
    expect(of('200')).toMatchObject({ properties: { a: { type: 'string' } } })
  })

  test('what the derived document states loads as an operation', () => {
    const { document } = derive(
      page({ request: request('| a | Yes | String | x |'), response: `Status code: 200\n${answer('| a | String | x |')}` }),
    )
    const loaded = createDocument(parseText(stringifyDocument(document), 'derived.yaml'))
    expect(parse(stringifyDocument(document))).toEqual(document)
    expect(loaded.operations[0]!.documented).toMatchObject({ id: 'createThing', method: 'POST', path: '/v1/things' })
    expect(loaded.warnings).toEqual([])
  })

  test.each([
    ['String', { type: 'string' }],
    ['Integer', { type: 'integer' }],
    ['Long', { type: 'integer', format: 'int64' }],
    ['Double', { type: 'number', format: 'double' }],
    ['Float', { type: 'number', format: 'float' }],
    ['boolean', { type: 'boolean' }],
    ['Object', { type: 'object' }],
    ['Array of strings', { type: 'array', items: { type: 'string' } }],
    ['Array of integers', { type: 'array', items: { type: 'integer' } }],
    ['[String]', { type: 'array', items: { type: 'string' } }],
    ['Integer[]', { type: 'array', items: { type: 'integer' } }],
    ['Array<Long>', { type: 'array', items: { type: 'integer', format: 'int64' } }],
    ['Array of arrays of strings', { type: 'array', items: { type: 'array', items: { type: 'string' } } }],
    ['Map<String,String>', { type: 'object', additionalProperties: { type: 'string' } }],
    ['Map&lt;String, Integer&gt;', { type: 'object', additionalProperties: { type: 'integer' } }],
    ['Array of Map<String,String> objects', { type: 'array', items: { type: 'object', additionalProperties: { type: 'string' } } }],
  ])('the type %s', (type, schema) => {
    const { body, warnings } = parts(page({ request: request(`| a | Yes | ${type} | x |`) }))
    expect(warnings).toEqual([])
    expect(body).toMatchObject({ properties: { a: { ...schema, description: 'x' } } })
  })

  test.each([
    ['POST /v2/meshes/{mesh_id}/workshops', 'createWorkshop'],
    ['GET /v2/meshes/{mesh_id}/workshops', 'listWorkshops'],
    ['GET /v2/meshes/{mesh_id}', 'showMesh'],
    ['DELETE /v2/meshes/{mesh_id}/workshops/{workshop}', 'deleteWorkshop'],
    ['PUT /v1/policies/{id}', 'updatePolicy'],
    ['POST /v1/virtual-gateways', 'createVirtualGateway'],
    ['GET /', 'listRoot'],
  ])('the operation %s is called %s', (uri, id) => {
    expect(parts(page({ uri })).operation.operationId).toBe(id)
  })
})

describe('a page that is no such page', () => {
  test.each<[string, string, RegExp]>([
    ['empty', ' \n\t', /^page\.txt: is empty/],
    ['HTML', '<!DOCTYPE html>\n<html></html>', /^page\.txt:1: is HTML: save the page as text or as Markdown$/],
    ['prose', 'Hello\nthis is a letter', /^page\.txt: is no page of an API reference: a heading URI with a line such as POST/],
    ['no method', 'Title\nURI\nsee below', /^page\.txt:2: is no page of an API reference: a line under the heading URI/],
    ['no answers', 'Title\nURI\nGET /v1/things', /^page\.txt: is no page of an API reference: it has neither Response Parameters nor/],
    [
      'no status code',
      'Title\nURI\nGET /v1/things\nResponse Parameters\nNone',
      /^page\.txt: is no page of an API reference: it states no status code/,
    ],
    ['JSON', '{"openapi": "3.1.0"}', /^page\.txt: is no page of an API reference/],
    ['control characters', '\u0000\u0001\u0002', /^page\.txt: is no page of an API reference/],
  ])('%s', (_, text, message) => {
    expect(() => derive(text)).toThrow(expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(message) }))
  })

  test('objects nested beyond measure end in one clear sentence', () => {
    const tables = Array.from({ length: 30_000 }, (_, index) => request(`| a | Yes | A${index} object | x |`))
    expect(() => derive(page({ request: tables.join('\n') }))).toThrow(/nests its objects too deeply|longer than any page/)
  })

  test('a hostile line takes no time to speak of', () => {
    for (const line of [
      '| '.repeat(100_000),
      `a${' '.repeat(500_000)}b`,
      '['.repeat(200_000),
      '<a '.repeat(100_000),
      'a`'.repeat(99_999),
      '#'.repeat(300_000),
    ]) {
      expect(derive(page({ request: `${request('| a | Yes | String | x |')}\n${line}` })).document).toBeDefined()
    }
    const words = 'time range value length 1 '.repeat(20_000)
    expect(derive(page({ request: request(`| a | Yes | String | ${words} |`) })).warnings).toContainEqual({
      line: expect.any(Number),
      message: expect.stringMatching(/too long/),
    })
  })
})
