import fc from 'fast-check'
import type { Json } from '../../core/json'
import type { Schema } from '../../core/operation'
import { createValidator } from '../../specs/validator'
import { probe } from '../random'
import { arbitrary, violations } from '.'

const sample = (schema: Schema, count = 200, options = {}): readonly Json[] => {
  const values = arbitrary(schema, options)
  return fc.sample(values, { numRuns: count, seed: 7 })
}

/** The smallest value under which a property fails. */
function shrunk(schema: Schema, fails: (value: Json) => boolean): Json {
  const details = fc.check(
    fc.property(arbitrary(schema), (value) => !fails(value)),
    { seed: 11, numRuns: 2000 },
  )
  expect(details.failed).toBe(true)
  return (details.counterexample as [Json])[0]
}

const order: Schema = {
  type: 'object',
  required: ['id', 'lines'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    lines: { type: 'array', minItems: 1, maxItems: 5, items: { $ref: '#/$defs/line' } },
    note: { type: ['string', 'null'], maxLength: 20 },
  },
  additionalProperties: false,
  $defs: {
    line: {
      type: 'object',
      required: ['sku', 'count'],
      properties: { sku: { type: 'string', pattern: '^[A-Z]{3}-\\d{4}$' }, count: { type: 'integer', minimum: 1, maximum: 99 } },
      additionalProperties: false,
    },
  },
}

test('the same seed gives the same values, whatever was drawn before', () => {
  const values = arbitrary(order)
  const first = values.generate(probe(3), 2).value
  for (let i = 0; i < 50; i++) values.generate(probe(100 + i), 2)
  expect(values.generate(probe(3), 2).value).toEqual(first)
  expect(arbitrary(order).generate(probe(3), 2).value).toEqual(first)
})

test.each<[string, Schema, readonly Json[]]>([
  ['both ends of an interval', { type: 'integer', minimum: 1, maximum: 65535 }, [1, 65535]],
  ['the shortest and the longest string', { type: 'string', minLength: 2, maxLength: 4, pattern: '^a+$' }, ['aa', 'aaaa']],
  ['each value of an enum', { enum: ['a', 'b', 'c', 1, null] }, ['a', 'b', 'c', 1, null]],
  ['an empty array', { type: 'array' }, [[]]],
  ['an exclusive end', { type: 'number', exclusiveMinimum: 0, maximum: 1 }, [Number.MIN_VALUE, 1]],
])('reaches early: %s', (_, schema, wanted) => {
  const values = sample(schema, 100)
  for (const value of wanted) expect(values).toContainEqual(value)
})

test('spreads over the branches of oneOf and anyOf', () => {
  const branches = Array.from({ length: 6 }, (_, i) => ({
    type: 'object',
    required: ['kind'],
    properties: { kind: { const: `k${i}` } },
  }))
  for (const keyword of ['oneOf', 'anyOf']) {
    const kinds = sample({ [keyword]: branches }, 300).map((value) => (value as { kind: string }).kind)
    for (let i = 0; i < 6; i++) expect(kinds.filter((kind) => kind === `k${i}`).length).toBeGreaterThan(15)
  }
})

test.each<[string, Schema, (value: Json) => boolean, Json]>([
  ['numbers to a bound', { type: 'integer', minimum: 10 }, (value) => (value as number) > 1000, 1001],
  ['multiples to multiples', { type: 'integer', multipleOf: 7, minimum: 0 }, (value) => (value as number) >= 100, 105],
  ['strings to the shortest', { type: 'string' }, (value) => (value as string).length >= 3, 'aaa'],
  ['objects to what is needed', order, () => true, { id: '', lines: [{ sku: 'AAA-0000', count: 1 }] }],
  [
    'alternatives to the simplest',
    { oneOf: [{ type: 'object', required: ['a'] }, { type: 'array', minItems: 1 }, { type: 'null' }] },
    () => true,
    null,
  ],
  ['items away', { type: 'array', items: { type: 'integer' } }, (value) => (value as number[]).some((item) => item > 5), [6]],
])('shrinks %s', (_, schema, fails, simplest) => {
  const value = shrunk(schema, fails)
  if (schema === order) expect({ ...(value as object), id: '' }).toEqual(simplest)
  else expect(value).toEqual(simplest)
})

test.each<[Schema, string]>([
  [false, 'cannot generate: false schema at #'],
  [{ type: 'integer', minimum: 5, maximum: 4 }, 'cannot generate: maximum at #'],
  [{ allOf: [{ type: 'string' }, { type: 'integer' }] }, 'cannot generate: type at #/allOf/1'],
  [{ type: 'object', required: ['a'], properties: { a: { type: 'string', pattern: 'x^' } } }, 'cannot generate: pattern at #/properties/a'],
  [{ type: 'array', items: { type: 'boolean' }, uniqueItems: true, minItems: 3 }, 'cannot generate: uniqueItems at #'],
  [{ $ref: '#/$defs/nowhere' }, 'cannot generate: $ref at #: "#/$defs/nowhere" is not there'],
  [
    { type: 'integer', minimum: 'three' } as unknown as Schema,
    'cannot generate: minimum at #: its value has not the shape of this keyword',
  ],
  [{ type: 'object', required: ['next'], properties: { next: { $ref: '#' } } }, 'cannot generate: $ref at #'],
  [{ $ref: '#' }, 'cannot generate: $ref at #'],
  [{ $dynamicAnchor: 'here', allOf: [{ $dynamicRef: '#here' }] }, 'cannot generate: $dynamicRef at #/allOf/0'],
  [{ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { anyOf: [{ $ref: '#/$defs/a' }] } } }, 'cannot generate: $ref at #/$defs/a'],
])('says what cannot be: %j', (schema, message) => {
  expect(() => arbitrary(schema)).toThrow(message)
})

test('a reference that leads back to itself bars what needs it, and no more', () => {
  const circle = { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }
  const schema: Schema = { type: 'object', properties: { x: { $ref: '#/$defs/a' }, y: { type: 'string' } }, $defs: circle }
  for (const value of sample(schema, 50)) expect(Object.keys(value as object)).not.toContain('x')
  expect(violations(schema).map(({ path, reason }) => [path, reason])).toEqual([
    ['#/type', undefined],
    ['#/properties/y/type', undefined],
  ])
  expect(sample({ anyOf: [{ type: 'string' }, { $ref: '#' }] }, 50).every((value) => typeof value === 'string')).toBe(true)
})

test('a schema lies within a document, and refers to others', () => {
  const document = { components: { schemas: { Port: { type: 'integer', minimum: 1, maximum: 9 } } } }
  const values = sample({ $ref: '#/components/schemas/Port' }, 30, { document })
  expect(values.every((value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 9)).toBe(true)
  const other = sample({ items: { $ref: 'https://example.com/port' }, type: 'array', minItems: 1 }, 30, {
    schemas: { 'https://example.com/port': { const: 80 } },
  })
  expect(new Set((other as number[][]).flat())).toEqual(new Set([80]))
})

test('objects get members that the schema does not name only where that is wanted', () => {
  const schema: Schema = { type: 'object', properties: { a: { type: 'integer' } } }
  const names = (additional: boolean) => new Set(sample(schema, 200, { additional }).flatMap((value) => Object.keys(value as object)))
  expect(names(false)).toEqual(new Set(['a']))
  expect(names(true).size).toBeGreaterThan(5)
})

test('recursive schemas yield values of some size, not of any', () => {
  const tree: Schema = { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } }, additionalProperties: false }
  const sizes = sample(tree, 300).map((value) => JSON.stringify(value).length)
  expect(Math.max(...sizes)).toBeGreaterThan(50)
  expect(Math.max(...sizes)).toBeLessThan(5000)
})

test('violations name each keyword with its place', () => {
  expect(violations(order).map(({ path, reason }) => (reason ? `${path} (${reason})` : path))).toEqual([
    '#/type',
    '#/required',
    '#/additionalProperties',
    '#/properties/id/type',
    '#/properties/id/format (format is an annotation here: pass { formats: true } to have it assert)',
    '#/properties/lines/type',
    '#/properties/lines/minItems',
    '#/properties/lines/maxItems',
    '#/$defs/line/type',
    '#/$defs/line/required',
    '#/$defs/line/additionalProperties',
    '#/$defs/line/properties/sku/type',
    '#/$defs/line/properties/sku/pattern',
    '#/$defs/line/properties/count/type',
    '#/$defs/line/properties/count/minimum',
    '#/$defs/line/properties/count/maximum',
    '#/properties/note/type',
    '#/properties/note/maxLength',
  ])
})

test('violations break that keyword and no other, at one place', () => {
  const { errors } = createValidator(order as Record<string, unknown>)
  for (const { keyword, path, values } of violations(order, { formats: true })) {
    for (const value of fc.sample(values as fc.Arbitrary<Json>, { numRuns: 30, seed: 5 })) {
      const broken = errors(order, value)
      expect(broken.length).toBeGreaterThan(0)
      for (const error of broken) expect([path, error.keyword]).toEqual([path, keyword])
    }
  }
})

test('why a keyword cannot be broken is told', () => {
  const told = (schema: Schema) => violations(schema).map(({ path, reason }) => [path, reason])
  expect(told({ type: 'integer', multipleOf: 0.5 })).toContainEqual([
    '#/multipleOf',
    expect.stringMatching(/^nothing breaks it alone: cannot generate: /),
  ])
  expect(told({ enum: ['a'], type: 'string' })).toContainEqual(['#/type', expect.stringContaining('cannot generate: ')])
})
