import { schemasOf } from './schema'

const document = {
  components: {
    schemas: {
      Name: { type: 'string', minLength: 2 },
      Named: {
        type: 'object',
        required: ['name'],
        properties: { name: { $ref: '#/components/schemas/Name' }, tags: { items: { minLength: 1 } } },
      },
    },
  },
}
const { flatten, errors } = schemasOf(document)
const named = { $ref: '#/components/schemas/Named' }

test('what several parts of an allOf say of one member holds together', () => {
  const { properties = {}, required } = flatten({
    allOf: [named, { required: ['size'], properties: { name: { maxLength: 5 }, size: { type: 'integer' } } }],
  })
  expect(required).toEqual(['name', 'size'])
  expect(flatten(properties.name)).toEqual({ type: 'string', minLength: 2, maxLength: 5 })
  expect(flatten(properties.size)).toEqual({ type: 'integer' })
  const wrong = (name: string) => errors(properties.name as never, name).map(({ keyword }) => keyword)
  expect([wrong('a'), wrong('ab'), wrong('abcdef')]).toEqual([['minLength'], [], ['maxLength']])
})

test('items hold together too, and what is said twice is said once', () => {
  const list = { type: 'array', items: { required: ['a'] } }
  expect(flatten({ allOf: [list, { items: { required: ['b'] } }] }).items).toEqual({ allOf: [{ required: ['a'] }, { required: ['b'] }] })
  expect(flatten({ allOf: [list, { ...list }] }).items).toEqual({ required: ['a'] })
  expect(flatten({ allOf: [named, named] }).properties?.tags).toEqual({ items: { minLength: 1 } })
})
