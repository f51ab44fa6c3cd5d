import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadDocument } from '../specs/load'
import type { Rule } from './rule'
import { type RuleSet, ruleSets } from './rules'

const schema = {
  type: 'object',
  required: ['a', 'n'],
  properties: {
    a: { type: 'string' },
    n: { type: 'integer' },
    small: { type: 'integer', format: 'int32' },
    ratio: { type: 'number', minimum: 0 },
    far: { type: 'integer', minimum: -5_000_000_000 },
    o: { type: 'object', properties: { p: { type: 'boolean' } } },
    list: { type: 'array', items: { type: 'string' }, maxItems: 3 },
    ports: { type: 'array', items: { type: 'integer', minimum: 1, maximum: 65_535 }, uniqueItems: true, maxItems: 8 },
  },
}

async function setOf(): Promise<RuleSet> {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'api.json')
  const responses = { 201: { description: 'made' }, 400: { description: 'refused' } }
  const post = { operationId: 'make', requestBody: { required: true, content: { 'application/json': { schema } } }, responses }
  writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title: 'Any', version: '1' }, paths: { '/things': { post } } }))
  return ruleSets(await loadDocument({ spec: file }), { seed: 2 })[0] as RuleSet
}

test('any document gives rules whose cases are of their zone, fixed and drawn', async () => {
  const set = await setOf()
  expect(set.rules.length).toBeGreaterThan(60)
  for (const rule of set.rules) {
    const count = rule.fixed.length + (rule.drawn ? 20 : 0)
    for (let i = 0; i < count; i++)
      expect({ rule: rule.id, holds: rule.holds(set.build(rule, i).request) }).toEqual({ rule: rule.id, holds: true })
  }
})

test('where no pattern says which characters a text may hold, odd ones are left open', async () => {
  const { rules, build } = await setOf()
  const sentBy = (zone: string) =>
    rules
      .filter((rule) => rule.zone === zone && rule.place === 'body.a')
      .flatMap((rule) => rule.fixed.map((_, i) => String(build(rule, i).request.body)))
  expect(sentBy('either').some((body) => body.includes('\\u0000'))).toBe(true)
  expect(sentBy('accept').length).toBeGreaterThan(0)
  expect(sentBy('accept').filter((body) => /\\u00[01]|.{5000}/.test(body))).toEqual([])
})

test('lists are sent with no item and with a few, no two of them alike', async () => {
  const line = { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 1 }, unit: { enum: ['g', 'l'] } } }
  const list = (items: object, more: object = {}) => ({ type: 'array', items, ...more })
  const loose = list({ type: 'object', properties: { a: { type: 'string' }, n: { type: 'integer' } } })
  const properties = {
    loose,
    tags: list({ type: 'string' }),
    lines: list(line),
    flags: list({ type: 'boolean' }),
    one: list({}, { maxItems: 1 }),
  }
  const [set] = (await setsOf({ order: { type: 'object', properties } })) as [RuleSet]
  const sent = (name: string) => {
    const rule = set.rules.find(({ id }) => id === `body.${name}:valid:items`)
    return (rule?.fixed ?? []).map((_, i) => JSON.parse(String(set.build(rule as Rule, i).request.body))[name] as unknown[])
  }
  expect(sent('tags').map(({ length }) => length)).toEqual([0, 2, 3])
  for (const list of sent('tags')) expect(new Set(list).size).toBe(list.length)
  expect(sent('lines').map(({ length }) => length)).toEqual([0, 2, 3])
  expect(sent('loose').map(({ length }) => length)).toEqual([0, 2, 3])
  for (const list of sent('loose').slice(1) as { a: string; n: number }[][]) {
    expect(new Set(list.map(({ a }) => a)).size).toBe(list.length)
    expect(new Set(list.map(({ n }) => n)).size).toBe(list.length)
  }
  for (const list of sent('lines') as { name: string }[][]) expect(new Set(list.map(({ name }) => name)).size).toBe(list.length)
  expect(new Set(sent('flags').map(({ length }) => length))).toEqual(new Set([0, 2]))
  expect(sent('one').filter(({ length }) => length > 1)).toEqual([])
})

test('the plain ends of a range are in order', async () => {
  const names = ['minPrice', 'max_price', 'from', 'to', 'lowerBound', 'upperBound']
  const properties = Object.fromEntries(names.map((name, i) => [name, { type: i % 3 === 0 ? 'integer' : 'number', minimum: 0 }]))
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const [set] = (await setsOf({ search: { type: 'object', required: names, properties } }, seed)) as [RuleSet]
    const { minPrice, max_price, from, to, lowerBound, upperBound } = set.subject.plain as Record<string, number>
    expect([minPrice! < max_price!, from! < to!, lowerBound! < upperBound!]).toEqual([true, true, true])
  }
})

test('what lies within optional members is tested, however deep', async () => {
  const of = (properties: object, ...required: string[]) => ({ type: 'object', required, properties })
  const spot = of({ lat: { type: 'integer', minimum: -90 }, kind: { enum: ['a', 'b'] } }, 'lat')
  const line = of({ sku: { type: 'string' }, counts: { type: 'array', items: { type: 'integer', maximum: 9 } } }, 'sku')
  const [set] = (await setsOf({
    order: of({ to: of({ street: { type: 'string' }, spot }, 'street'), lines: { type: 'array', items: line } }),
  })) as [RuleSet]
  const sent = (id: string) => {
    const rule = set.rules.find((one) => one.id === id) as Rule
    return rule.fixed.map((_, i) => JSON.parse(String(set.build(rule, i).request.body)) as Record<string, unknown>)
  }
  for (const { to } of sent('body.to.spot.lat:minimum'))
    expect(to).toEqual({ street: expect.any(String), spot: { lat: expect.any(Number) } })
  for (const { to } of sent('body.to.spot.lat:required')) expect(to).toEqual({ street: expect.any(String), spot: {} })
  for (const { to } of sent('body.to.spot.kind:valid'))
    expect(to).toEqual({ street: expect.any(String), spot: { lat: expect.any(Number), kind: expect.stringMatching(/^[ab]$/) } })
  for (const { lines } of sent('body.lines.[].counts.[]:maximum'))
    expect(lines).toEqual([{ sku: expect.any(String), counts: [expect.any(Number)] }])
  const drawn = set.rules.find(({ id }) => id === 'body.to.spot.lat:valid') as Rule
  for (let i = drawn.fixed.length; i < drawn.fixed.length + 20; i++)
    expect(JSON.parse(String(set.build(drawn, i).request.body))).toMatchObject({ to: { spot: { lat: expect.any(Number) } } })
})

test('maps are sent with a few entries', async () => {
  const map = (additionalProperties: unknown, more: object = {}) => ({ type: 'object', additionalProperties, ...more })
  const properties = {
    labels: map({ type: 'string' }),
    counts: map({ type: 'integer' }),
    none: map(false),
    few: map(true, { maxProperties: 2 }),
    named: map({ type: 'string' }, { propertyNames: { pattern: '^[a-z_]{1,20}$' } }),
  }
  const [set] = (await setsOf({ order: { type: 'object', properties } })) as [RuleSet]
  const sent = (name: string) => {
    const rule = set.rules.find(({ id }) => id === `body.${name}:valid:entries`)
    return (rule?.fixed ?? []).map((_, i) => JSON.parse(String(set.build(rule as Rule, i).request.body))[name] as object)
  }
  const sizes = (name: string) => sent(name).map((one) => Object.keys(one).length)
  expect([sizes('labels'), sizes('counts'), sizes('few'), sizes('none')]).toEqual([[1, 2, 0, 3], [1, 2, 0, 3], [1, 2, 0], []])
  expect(sizes('named')).toEqual([1, 2, 0, 3])
  expect(sent('labels').map((one) => /[A-Z]/.test(JSON.stringify(Object.keys(one))))).toEqual([false, true, false, true])
  expect(Object.values(sent('counts')[3] as object).every(Number.isInteger)).toBe(true)
})

async function setsOf(schemas: Record<string, unknown>, seed = 2) {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'api.json')
  const responses = { 200: { description: 'made' }, 400: { description: 'refused' } }
  const paths = Object.fromEntries(
    Object.entries(schemas).map(([name, of]) => [
      `/${name}`,
      { post: { operationId: name, requestBody: { required: true, content: { 'application/json': { schema: of } } }, responses } },
    ]),
  )
  writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title: 'Any', version: '1' }, paths }))
  return ruleSets(await loadDocument({ spec: file }), { seed })
}

test('schemas that only solving satisfies are tested, contradictory ones are told and end nothing', async () => {
  const string = (pattern: string) => ({ type: 'object', required: ['a'], properties: { a: { type: 'string', pattern } } })
  const sets = await setsOf({
    lookahead: string('^(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d]{8,12}$'),
    contains: { type: 'object', required: ['a'], properties: { a: { type: 'array', contains: { const: 'x' }, minContains: 2 }, b: false } },
    contradictory: { type: 'object', required: ['a'], properties: { a: { type: 'integer', minimum: 5, maximum: 4 } } },
  })
  const [lookahead, contains, contradictory] = sets as [RuleSet, RuleSet, RuleSet]
  expect(lookahead.rules.map(({ id }) => id)).toContain('lookahead body.a:pattern')
  const broken = contains.rules.find(({ id }) => /^contains body\.a:(minContains|contains)$/.test(id))
  expect(broken?.fixed.length).toBeGreaterThan(0)
  for (const set of [lookahead, contains])
    for (const rule of set.rules)
      expect({ rule: rule.id, holds: rule.holds(set.build(rule, 0).request) }).toEqual({ rule: rule.id, holds: true })
  expect(contradictory.rules.map(({ id }) => id)).toEqual(['contradictory request:valid'])
  expect(() => contradictory.build(contradictory.rules[0] as RuleSet['rules'][number], 0)).toThrow('cannot generate: maximum at #')
})

test('limits that a schema excludes elsewhere are not drawn, and take no other rule with them', async () => {
  const [set] = (await setsOf({
    order: {
      type: 'object',
      required: ['n'],
      properties: { n: { type: 'integer', minimum: 1, maximum: 200, not: { enum: [1, 2, 199, 200] } }, x: {}, y: {} },
      if: { required: ['x'] },
      // biome-ignore lint/suspicious/noThenProperty: the keyword
      then: { required: ['y'] },
    },
  })) as [RuleSet]
  expect(set.rules.map(({ id }) => id)).toEqual(expect.arrayContaining(['request:valid', 'body.n:minimum', 'body:required:then']))
})

test('what is stated of a body otherwise than of one member is broken in one keyword, too', async () => {
  const [set] = (await setsOf({
    order: {
      type: 'object',
      required: ['kind', 'lines'],
      properties: {
        kind: { enum: ['card', 'cash'] },
        pay: {
          anyOf: [
            { type: 'string', minLength: 3 },
            { type: 'object', required: ['iban'], properties: { iban: { type: 'string' } } },
          ],
        },
        lines: { type: 'array', prefixItems: [{ type: 'integer' }], items: { type: 'string' }, contains: { const: 'x' } },
        tags: { type: 'object', propertyNames: { maxLength: 3 }, additionalProperties: { type: 'boolean' } },
      },
      if: { properties: { kind: { const: 'card' } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword
      then: { required: ['pay'] },
      dependentSchemas: { pay: { properties: { tags: { minProperties: 1 } } } },
      additionalProperties: false,
    },
  })) as [RuleSet]
  const ids = set.rules.filter(({ zone }) => zone === 'reject').map(({ id }) => id)
  expect(ids).toEqual(
    expect.arrayContaining([
      'body:additionalProperties',
      'body:required:then',
      'body.pay:anyOf',
      'body.pay:minLength:anyOf.0',
      'body.pay:required:anyOf.1',
      'body.lines.[]:type',
      'body.tags:maxLength:propertyNames',
      'body.tags.*:type',
      'body.tags:minProperties:dependentSchemas.pay',
    ]),
  )
  expect(new Set(ids).size).toBe(ids.length)
  const schema = set.subject.documented.body?.content[0]?.schema ?? true
  const wrong = set.rules
    .filter(({ zone, keyword }) => zone === 'reject' && keyword !== 'malformed')
    .flatMap((rule) => rule.fixed.map((_, i) => [rule.id, String(set.build(rule, i).request.body)] as const))
    .filter(([id, body]) => id.startsWith('body') && set.subject.schemas.documented.valid(schema, JSON.parse(body)))
  expect(wrong).toEqual([])
})

test('forms and parameters are broken where no reading of the wire is valid, and nowhere else', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'api.json')
  const form = {
    type: 'object',
    required: ['n'],
    properties: {
      n: { type: 'integer', minimum: 1 },
      s: { type: 'string', maxLength: 3 },
      t: { type: 'string' },
      l: { type: 'array', items: { enum: ['a', 'b', 'c'] } },
    },
  }
  const parameters = [
    { name: 'sort', in: 'query', required: true, schema: { enum: ['up', 'down'] } },
    { name: 'word', in: 'query', schema: { type: 'string' } },
    { name: 'words', in: 'query', schema: { type: 'array', items: { type: 'string' }, maxItems: 2 } },
    { name: 'ids', in: 'query', schema: { type: 'array', items: { type: 'integer', minimum: 1 }, maxItems: 20 } },
    { name: 'page', in: 'query', schema: { type: 'integer', default: 1 } },
    { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } },
    { name: 'tags', in: 'cookie', schema: { type: 'array', items: { enum: ['a', 'b'] }, maxItems: 2 } },
  ]
  const responses = { 200: { description: 'done' }, 400: { description: 'refused' } }
  const body = { required: true, content: { 'application/x-www-form-urlencoded': { schema: form } } }
  const xml = { required: true, content: { 'application/xml': { schema: form } } }
  const paths = {
    '/things/{id}': { post: { operationId: 'make', parameters, requestBody: body, responses } },
    '/xml': { post: { operationId: 'xml', requestBody: xml, responses } },
  }
  writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title: 'Any', version: '1' }, paths }))
  const [make, other] = ruleSets(await loadDocument({ spec: file }), { seed: 2 }) as [RuleSet, RuleSet]
  const sent = (id: string) => {
    const rule = make.rules.find((one) => one.id === `make ${id}`)
    return (rule?.fixed ?? []).map((_, i) => make.build(rule as RuleSet['rules'][number], i).request)
  }
  expect(sent('query.sort:valid').map(({ target }) => target.split('?')[1])).toEqual(['sort=up', 'sort=down'])
  expect(sent('query.sort:required').map(({ target }) => target.includes('sort'))).toEqual([false])
  expect(sent('query.sort:enum').length).toBeGreaterThan(0)
  expect(sent('query.word:type')).toEqual([])
  const queries = (id: string) => sent(id).map(({ target }) => new URLSearchParams(target.split('?')[1]))
  expect(queries('query.words:odd').map((query) => query.getAll('words'))).toEqual(expect.arrayContaining([['a'], ['b', 'c'], ["'"]]))
  expect(queries('query.ids:valid').map((query) => query.getAll('ids').length)).toEqual([1, 2, 3, 20])
  expect(queries('query.ids:maxItems').every((query) => query.getAll('ids').length > 20)).toBe(true)
  const names = queries('request:together').map((query) => [...new Set(query.keys())].filter((name) => name !== 'sort'))
  expect(names.map(({ length }) => length)).toEqual([4, 2, 2, 2, 2, 2, 2])
  expect(new Set(names.map((some) => some.join())).size).toBe(names.length)
  expect(sent('path.id:type').map(({ target }) => target.split('?')[0])).toContain('/things/abc')
  expect(sent('path.id:minimum').every(({ target }) => /^\/things\/(0|-)/.test(target))).toBe(true)
  expect(sent('cookie.tags:maxItems').every(({ headers }) => headers.some(([name]) => name === 'Cookie'))).toBe(true)
  expect(sent('body:valid:form').map(({ body: bytes }) => String(bytes))).toEqual(
    expect.arrayContaining([
      expect.stringContaining('t=a+b%2Bc'),
      expect.stringContaining('%F0%9F%98%80'),
      expect.stringMatching(/l=\w&l=\w/),
    ]),
  )
  expect(sent('body.n:type').map(({ body: bytes }) => new URLSearchParams(String(bytes)).get('n'))).toContainEqual(
    expect.stringMatching(/^(true|false)$/),
  )
  expect(sent('body.s:maxLength').every(({ body: bytes }) => [...(new URLSearchParams(String(bytes)).get('s') ?? '')].length > 3)).toBe(
    true,
  )
  expect(sent('body:required').length).toBeGreaterThan(0)
  expect(() => other.build(other.rules[0] as RuleSet['rules'][number], 0)).toThrow('a body of application/xml')
})

test('the plain request has what is mandatory without being described', async () => {
  const properties = { a: { type: 'string' } }
  const inner = { type: 'object', required: ['b'], properties: { c: { type: 'integer' } } }
  const sets = await setsOf({
    open: { type: 'object', required: ['a', 'team'], properties },
    deep: { type: 'object', required: ['a', 'inner'], properties: { ...properties, inner } },
    held: { type: 'object', required: ['team'], properties, additionalProperties: { type: 'integer', minimum: 7 } },
  })
  expect(sets.map(({ subject }) => subject.plain)).toEqual([
    { a: expect.any(String), team: expect.any(String) },
    { a: expect.any(String), inner: { b: expect.any(String) } },
    expect.objectContaining({ team: expect.any(Number) }),
  ])
  for (const { rules, build } of sets)
    for (const rule of rules) expect([rule.id, rule.holds(build(rule, 0).request)]).toEqual([rule.id, true])
})

test('the plain request keeps alternatives that ask for more than the mandatory members', async () => {
  const properties = { a: { type: 'string' }, b: { type: 'integer' } }
  const [set] = (await setsOf({ either: { type: 'object', properties, oneOf: [{ required: ['a'] }, { required: ['b'] }] } })) as [RuleSet]
  const valid = set.rules.find(({ id }) => id === 'request:valid') as RuleSet['rules'][number]
  const body = JSON.parse(String(set.build(valid, 0).request.body)) as object
  expect(Object.keys(body)).toHaveLength(1)
})

describe('null in place of a member', () => {
  const zones = async (schema: object, { mediaType = 'application/json', openapi = '3.1.0' } = {}) => {
    const file = join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'api.json')
    const patch = {
      operationId: 'change',
      requestBody: { content: { [mediaType]: { schema } } },
      responses: { 200: { description: 'ok' } },
    }
    const components = {
      schemas: { Text: { type: 'string', minLength: 2 }, Sum: { type: 'object', properties: { a: { type: 'integer' } } } },
    }
    writeFileSync(file, JSON.stringify({ openapi, info: { title: 'Any', version: '1' }, paths: { '/me': { patch } }, components }))
    const { rules, build } = ruleSets(await loadDocument({ spec: file }), { seed: 2 })[0] as RuleSet
    const sent = rules.flatMap((rule) => rule.fixed.map((_, i) => ({ rule, request: build(rule, i).request })))
    const ofNull = (of: string) =>
      new Set(
        sent
          .filter(({ rule, request }) => rule.keyword !== 'twice' && String(request.body).includes(`"${of}":null`) && rule.holds(request))
          .map(({ rule }) => rule.zone),
      )
    return Object.fromEntries(['a', 'b'].map((name) => [name, [...ofNull(name)]]))
  }
  const ofText = { type: 'object', required: ['a'], properties: { a: { type: 'string' }, b: { type: 'string', minLength: 1 } } }
  const ref = { $ref: '#/components/schemas/Text' }
  const both = (of: object) => ({ type: 'object', properties: { a: of, b: of } })

  test.each<[string, object, Parameters<typeof zones>[1], { a: string[]; b: string[] }]>([
    ['is refused', ofText, {}, { a: ['reject'], b: ['reject'] }],
    ['takes it away in a merge patch', ofText, { mediaType: 'application/merge-patch+json' }, { a: ['reject'], b: ['either'] }],
    [
      'takes it away where alternatives state its type',
      { type: 'object', properties: { a: { anyOf: [{ type: ['string', 'number', 'boolean'] }, { type: ['array', 'object'] }] } } },
      { mediaType: 'application/merge-patch+json' },
      { a: [], b: [] },
    ],
    [
      'may be meant by nullable beside a reference',
      both({ ...ref, nullable: true }),
      { openapi: '3.0.3' },
      { a: ['either'], b: ['either'] },
    ],
    [
      'may be meant by nullable beside allOf',
      both({ allOf: [ref], nullable: true }),
      { openapi: '3.0.1' },
      { a: ['either'], b: ['either'] },
    ],
    [
      'may be meant by nullable beside an enum',
      both({ type: 'string', enum: ['x'], nullable: true }),
      { openapi: '3.0.3' },
      { a: ['either'], b: ['either'] },
    ],
  ])('%s', async (_, schema, options, expected) => {
    expect(await zones(schema, options)).toEqual(expected)
  })
})

test('what is left open is not told as refused', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'api.json')
  const parameters = ['path', 'query'].map((part) => ({ name: part, in: part, required: true, schema: { type: 'integer', minimum: 1 } }))
  const get = { operationId: 'find', parameters, responses: { 200: { description: 'ok' } } }
  writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title: 'Any', version: '1' }, paths: { '/things/{path}': { get } } }))
  const { rules } = ruleSets(await loadDocument({ spec: file }), { seed: 2 })[0] as RuleSet
  const told = (id: string) => rules.find((rule) => rule.id === id)
  expect(told('query.query:minimum')).toMatchObject({ zone: 'reject', promise: expect.stringMatching(/breaks it is refused$/) })
  expect(told('path.path:minimum')).toMatchObject({ zone: 'either', promise: expect.stringMatching(/breaks it is taken or refused/) })
})

test('a media type is sent with bodies of its own schema alone, and a condition is one that holds', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'api.json')
  const flat = { type: 'object', properties: { a: { type: 'string' } } }
  const content = {
    'application/merge-patch+json': { schema: flat },
    'application/vnd.own+json': { schema: structuredClone(flat) },
    'application/json-patch+json': { schema: { type: 'array', items: { type: 'object' } } },
  }
  const parameters = ['If-Match', 'If-Unmodified-Since'].map((name) => ({ name, in: 'header', required: true, schema: { type: 'string' } }))
  const patch = { operationId: 'change', parameters, requestBody: { required: true, content }, responses: { 200: { description: 'ok' } } }
  writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title: 'Any', version: '1' }, paths: { '/me': { patch } } }))
  const { rules, build } = ruleSets(await loadDocument({ spec: file }), { seed: 2 })[0] as RuleSet
  const sent = rules.filter(({ zone }) => zone === 'accept').flatMap((rule) => rule.fixed.map((_, i) => build(rule, i).request))
  const told = (of: string) => new Set(sent.flatMap(({ headers }) => headers.filter(([name]) => name === of).map(([, value]) => value)))
  expect(told('Content-Type')).toEqual(new Set(['application/merge-patch+json', 'application/vnd.own+json']))
  expect(told('If-Match')).toEqual(new Set(['*']))
  expect(Date.parse([...told('If-Unmodified-Since')].join())).toBeGreaterThan(Date.UTC(2099, 0))
})

test('within alternatives, too, what lies next to a pattern or a type is sent', async () => {
  const card = { type: 'object', required: ['kind', 'month'], properties: { kind: { const: 'card' }, month: { type: 'integer' } } }
  const code = { type: 'string', pattern: '^[A-Z]{2}[0-9]{2}$' }
  const bank = { type: 'object', required: ['kind', 'code'], properties: { kind: { const: 'bank' }, code } }
  const [set] = (await setsOf({ pay: { type: 'object', required: ['by'], properties: { by: { oneOf: [card, bank] } } } })) as [RuleSet]
  const sent = (id: string) => {
    const rule = set.rules.find((one) => one.id === id) as Rule
    return rule.fixed.map((_, i) => JSON.parse(String(set.build(rule, i).request.body)).by as { code?: string; month?: unknown })
  }
  expect(sent('body.by.month:type:oneOf.0').map(({ month }) => month)).toContain('7')
  expect(sent('body.by.code:pattern:oneOf.1').filter(({ code }) => /[A-Z]{2}[0-9]{2}/i.test(code ?? '')).length).toBeGreaterThan(0)
})

test('where no success is JSON, its own media types are asked for', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'api.json')
  const get = (operationId: string, ...types: string[]) => ({
    get: { operationId, responses: { 200: { description: 'ok', content: Object.fromEntries(types.map((type) => [type, {}])) } } },
  })
  const paths = { '/a': get('a', 'text/csv', 'application/vnd.own+json'), '/b': get('b', 'text/csv', 'application/json'), '/c': get('c') }
  writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title: 'Any', version: '1' }, paths }))
  const document = await loadDocument({ spec: file })
  const asked = (headers: readonly (readonly [string, string])[]) =>
    ruleSets(document, { seed: 2, headers }).map(
      ({ rules, build }) =>
        build(rules.find(({ id }) => / request:valid$/.test(id)) as Rule, 0).request.headers.find(([name]) => name === 'Accept')?.[1],
    )
  expect(asked([])).toEqual(['text/csv, application/vnd.own+json, */*;q=0.5', undefined, undefined])
  const varied = ruleSets(document, { seed: 2 }).map(
    ({ rules }) => rules.find(({ id }) => / request:valid:accept-header$/.test(id))?.fixed.length,
  )
  expect(varied.every((count) => count !== undefined && count > 0)).toBe(true)
  expect(asked([['Accept', 'text/csv']])).toEqual(['text/csv', 'text/csv', 'text/csv'])
})
