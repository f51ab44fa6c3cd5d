import { isObject, valueAt } from '../core/json'
import type { Schema, SchemaObject } from '../core/operation'
import { loadDocument, resolve } from './load'
import { createValidator } from './validator'

/** Every schema object in a value, with its way. */
function* schemas(value: unknown, path: readonly string[] = []): Generator<[string, SchemaObject]> {
  if (!isObject(value)) return
  yield [path.join('.'), value as SchemaObject]
  for (const [key, member] of Object.entries(value)) yield* schemas(member, [...path, key])
}

const member = (document: unknown, table: string, name: string) =>
  valueAt(document, ['components', 'schemas', table, 'properties', name]) as SchemaObject

describe('the bundled API', () => {
  test('has one operation, as the page states it', async () => {
    const document = await loadDocument()
    expect(document.title).toBe('Creating a One-Click Experience Task')
    expect(document.operations).toHaveLength(1)
    const { documented } = document.operations[0]!
    expect(documented).toMatchObject({ id: 'createWorkshop', method: 'POST', path: '/v2/meshes/{mesh_id}/workshops' })
    expect(documented.parameters.map(({ name, in: location, required }) => [location, name, required])).toEqual([
      ['path', 'mesh_id', true],
      ['header', 'Content-Type', true],
      ['header', 'X-Auth-Token', true],
    ])
    expect(documented.body).toMatchObject({ required: true, content: [{ mediaType: 'application/json' }] })
    expect(documented.responses.map(({ status }) => status)).toEqual(['200', '400', '500'])
  })

  test('every example is valid under S, and no two are equal', async () => {
    const { assumed } = await loadDocument()
    const validator = createValidator(assumed)
    let seen = 0
    for (const [path, schema] of schemas(assumed)) {
      if (!Array.isArray(schema.examples)) continue
      seen += schema.examples.length
      expect(new Set(schema.examples).size).toBe(schema.examples.length)
      for (const example of schema.examples)
        expect({ path, example, errors: validator.errors(schema, example) }).toMatchObject({ errors: [] })
    }
    expect(seen).toBeGreaterThan(400)
  })

  test('the longest values are there', async () => {
    const { assumed } = await loadDocument()
    const longest = (table: string, name: string) => {
      const { examples, maxLength } = member(assumed, table, name)
      return [Math.max(...(examples as string[]).map((example) => [...example].length)), maxLength]
    }
    expect(longest('WorkshopMetadata', 'name')).toEqual([63, 63])
    expect(longest('WorkshopIngress', 'imageAddress')).toEqual([255, 255])
  })

  test('S only narrows D: what D states of a request still stands in S', async () => {
    const document = await loadDocument()
    const { documented, assumed } = document.operations[0]!
    const narrowed: string[] = []
    const compare = (d: unknown, s: unknown, path: string) => {
      if (!isObject(d) || !isObject(s)) return expect({ path, value: s }).toEqual({ path, value: d })
      for (const key of Object.keys(s)) if (!(key in d)) narrowed.push(`${path}.${key}`)
      for (const key of Object.keys(d)) compare(d[key], s[key], `${path}.${key}`)
    }
    const expand = (root: Readonly<Record<string, unknown>>, schema: Schema): unknown => {
      const resolved = resolve(root, schema)
      if (!isObject(resolved) || !isObject((resolved as SchemaObject).properties)) return resolved
      const properties = Object.entries((resolved as SchemaObject).properties!).map(([name, member]) => [name, expand(root, member)])
      return { ...resolved, properties: Object.fromEntries(properties) }
    }
    compare(
      expand(document.documented, documented.body!.content[0]!.schema),
      expand(document.assumed, assumed.body!.content[0]!.schema),
      'body',
    )
    for (const [index, parameter] of documented.parameters.entries()) compare(parameter, assumed.parameters[index], parameter.name)
    const bounds = new Set(narrowed.filter((path) => !/\.(examples|x-[\w-]+)$/.test(path)))
    expect([...bounds].sort()).toMatchInlineSnapshot(`
[
  "Content-Type.schema.enum",
  "body.properties.description.maxLength",
  "body.properties.description.minLength",
  "body.properties.description.pattern",
  "body.properties.metadata.properties.name.maxLength",
  "body.properties.metadata.properties.name.minLength",
  "body.properties.metadata.properties.name.pattern",
  "body.properties.spec.properties.ingress.properties.elbId.pattern",
  "body.properties.spec.properties.ingress.properties.elbIp.format",
  "body.properties.spec.properties.ingress.properties.imageAddress.maxLength",
  "body.properties.spec.properties.ingress.properties.imageAddress.minLength",
  "body.properties.spec.properties.ingress.properties.imageAddress.pattern",
  "body.properties.spec.properties.ingress.properties.port.maximum",
  "body.properties.spec.properties.ingress.properties.port.minimum",
  "body.properties.spec.properties.primaryCluster.pattern",
  "mesh_id.schema.pattern",
]
`)
  })

  test('every assumption has a reason, and every overlay action a place', async () => {
    const { assumptions } = await loadDocument()
    expect(assumptions.length).toBeGreaterThan(20)
    for (const { place, question, assumption, reason, source } of assumptions) {
      expect(place).toMatch(/^(path|header|body|answer|status)(\.|$)/)
      expect(question).toMatch(/\?/)
      expect(assumption).not.toBe('')
      expect(reason).not.toBe('')
      expect(source).toBe('specs/create-workshop.overlay.yaml')
    }
  })

  test.each([
    ['port', [0, 65536, 8.5, '8']],
    ['elbIp', ['1.2.3', '01.2.3.4', '1.2.3.256', '::1', '1.2.3.4 ', '']],
    ['elbId', ['C232AB00-9414-11EC-B3C8-9F6BDECED846', 'c232ab0094144a11b3c89f6bdeced846', '', '{c232ab00-9414-11ec-b3c8-9f6bdeced846}']],
    [
      'imageAddress',
      [
        '',
        'Nginx',
        'nginx:',
        'nginx@sha256:0',
        'a//b',
        '/a',
        'a/',
        'a..b',
        'a___b',
        'https://a/b',
        'a:0/b',
        'a:65536/b',
        `nginx:${'a'.repeat(129)}`,
      ],
    ],
  ])('%s: S refuses its neighbours', async (property, values) => {
    const { assumed } = await loadDocument()
    const validator = createValidator(assumed)
    const schema = member(assumed, 'WorkshopIngress', property)
    for (const value of values) expect({ value, valid: validator.errors(schema, value).length === 0 }).toEqual({ value, valid: false })
  })

  test('names and descriptions: S refuses their neighbours', async () => {
    const { assumed, operations } = await loadDocument()
    const validator = createValidator(assumed)
    const body = operations[0]!.assumed.body!.content[0]!.schema as SchemaObject
    const name = member(assumed, 'WorkshopMetadata', 'name')
    for (const value of ['', 'A', '-a', 'a-', 'a.b', 'a_b', 'ä', 'a'.repeat(64)]) expect(validator.errors(name, value)).not.toEqual([])
    const { description } = body.properties!
    for (const value of ['', ' a', 'a ', 'a\tb', 'a\nb', 'a\u00a0b', 'a\u200db', '\ud800', '\u0000', 'a'.repeat(256)]) {
      expect(validator.errors(description!, value)).not.toEqual([])
    }
  })
})
