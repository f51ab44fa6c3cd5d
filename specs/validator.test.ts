import { createValidator } from './validator'

const document = {
  openapi: '3.1.0',
  components: {
    schemas: {
      Tree: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', minLength: 1 }, children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } },
      },
      'odd/name': { type: 'integer', maximum: 3 },
    },
  },
}

describe('validator', () => {
  const { errors, answerErrors } = createValidator(document)

  test('a valid value has no errors', () => {
    expect(errors({ type: 'string' }, 'a')).toEqual([])
    expect(errors(true, undefined)).toEqual([])
  })

  test('tells every broken keyword, with its place in the value', () => {
    const schema = { type: 'object', required: ['a/b', 'c'], properties: { 'a/b': { type: 'integer', maximum: 5 }, c: { type: 'string' } } }
    expect(errors(schema, { 'a/b': 'x' }).map(({ keyword, instancePath, params }) => ({ keyword, instancePath, params }))).toEqual([
      { keyword: 'required', instancePath: [], params: { missingProperty: 'c' } },
      { keyword: 'type', instancePath: ['a/b'], params: { type: 'integer' } },
    ])
  })

  test('each pattern is held by itself, also where a group of it may be repeated', () => {
    for (const [pattern, value] of [
      ['^(a+)+$', 'aa'],
      ['^(b+)+$', 'bb'],
      ['^(c-?)*$', 'c-c'],
    ]) {
      expect(errors({ type: 'string', pattern }, value)).toEqual([])
      expect(errors({ type: 'string', pattern }, 'x')).toMatchObject([{ keyword: 'pattern' }])
    }
  })

  test('multiples are those of decimals, not of doubles', () => {
    for (const value of [5.1, 0.07, 1234.56, 0, -2.3]) expect(errors({ multipleOf: 0.01 }, value)).toEqual([])
    for (const value of [5.123, 1e-3, Number.POSITIVE_INFINITY])
      expect(errors({ multipleOf: 0.01 }, value)).toMatchObject([{ keyword: 'multipleOf', message: 'must be multiple of 0.01' }])
    expect(errors({ multipleOf: 0 }, 3)).toEqual([])
  })

  test('references resolve against the document, also in cycles and with escaped names', () => {
    const schema = { $ref: '#/components/schemas/Tree' }
    expect(errors(schema, { name: 'a', children: [{ name: 'b' }] })).toEqual([])
    expect(errors(schema, { name: 'a', children: [{ name: 'b', children: [{}] }] })).toMatchObject([
      { keyword: 'required', instancePath: ['children', '0', 'children', '0'], schemaPath: '#/required' },
    ])
    expect(errors({ properties: { a: { $ref: '#/components/schemas/odd~1name' } } }, { a: 4 })).toMatchObject([
      { keyword: 'maximum', instancePath: ['a'] },
    ])
  })

  test('null is taken where it may be meant; all else is told as it would be without', () => {
    const schema = { properties: { a: { $ref: '#/components/schemas/odd~1name', 'x-maybe-null': true } } }
    expect(errors(schema, { a: null })).toEqual([])
    expect(errors(schema, { a: 4 })).toMatchObject([{ keyword: 'maximum', instancePath: ['a'] }])
    expect(errors({ properties: { 'x-maybe-null': { type: 'string' } } }, { 'x-maybe-null': null })).toMatchObject([{ keyword: 'type' }])
  })

  test('a member called $ref in data is data', () => {
    const value = { $ref: '#/nowhere' }
    expect(errors({ const: value }, value)).toEqual([])
    expect(errors({ enum: [value] }, 1)).toMatchObject([{ keyword: 'enum' }])
  })

  test.each([
    ['email', ['joe@localhost', 'joe@xn--bcher-kva.example'], ['joe', 'joe@']],
    ['duration', ['PT6.5S', 'PT-6H', 'P1D', 'P3W', 'P1YT1,5H'], ['P', 'PT', '6.5', 'P1', 'PT6', 'P1DT', '1D']],
    ['byte', ['aGk', 'aGk=', 'aGk_-w==', 'aGkh\r\naGkh', ''], ['aGk!', 'a', 'aGkha', '====']],
    ['uri', ['https://ü.de/x', 'urn:a:b'], ['https://x.de/a b', '/x', 'x']],
    ['url', ['https://ü.de/x'], ['x', 'https://x.de/a b']],
    ['uri-reference', ['/ü', '../x'], ['a b']],
    ['hostname', ['a_b.example.com', 'localhost', 'bücher.example', 'a.example.'], ['', 'a b', 'a..b', 'http://a', '.a', 'a!']],
    ['date', ['2024-02-29'], ['2024-02-30', '2024-2-3']],
    ['date-time', ['2024-01-01T00:00:00z', '2024-01-01T00:00:00.5+01:00'], ['2024-01-01T00:00:00', '2024-01-01T25:00:00Z']],
  ])('an answer may have what any reader of a format takes: %s', (format, taken, refused) => {
    for (const value of taken) expect([value, answerErrors({ anyOf: [{ format }, { type: 'null' }] }, value)]).toEqual([value, []])
    for (const value of refused) expect([value, answerErrors({ format }, value)]).toMatchObject([value, [{ keyword: 'format' }]])
    expect(errors({ format: 'email' }, 'joe@localhost')).toMatchObject([{ keyword: 'format' }])
  })

  test('keywords of 2020-12, formats and code points', () => {
    expect(errors({ prefixItems: [{ type: 'string' }], items: false }, ['a', 1])).not.toEqual([])
    expect(errors({ format: 'ipv4' }, '1.2.3.256')).toMatchObject([{ keyword: 'format' }])
    expect(errors({ format: 'no such format' }, 'x')).toEqual([])
    expect(errors({ maxLength: 2 }, '😀😀')).toEqual([])
    expect(errors({ pattern: '^\\p{L}$' }, 'é')).toEqual([])
    expect(errors({ pattern: '^[\\w-.]+$' }, 'a-b')).toEqual([])
  })

  test('members inherited from Object are not members of a value', () => {
    expect(errors({ required: ['constructor'] }, {})).toMatchObject([{ keyword: 'required' }])
    expect(errors({ properties: { toString: { type: 'string' } } }, {})).toEqual([])
  })

  test('members that Ajv would trip on are ignored: id, $schema', () => {
    expect(errors({ id: 'x', type: 'string', $schema: 'http://json-schema.org/draft-04/schema#' }, 'a')).toEqual([])
  })

  test('a reference to nowhere is a usage error', () => {
    expect(() => errors({ $ref: '#/components/schemas/None' }, 1)).toThrow(/cannot be used.*None/)
  })

  test('a schema object is compiled once: later changes of it are not seen', () => {
    const schema: { type: string } = { type: 'string' }
    expect(errors(schema, 1)).toHaveLength(1)
    schema.type = 'integer'
    expect(errors(schema, 1)).toHaveLength(1)
  })
})
