import type { SchemaObject } from '../core/operation'
import { edges } from './edges'
import { schemasOf } from './schema'

const textsOf = (schema: SchemaObject, plain: string): readonly string[] =>
  edges(schemasOf({ openapi: '3.1.0' }), { type: 'string', ...schema }, plain) as readonly string[]

test('the lengths that a pattern alone allows are sent', () => {
  const texts = textsOf({ pattern: '^(0|[1-9][0-9]{0,17})$' }, '42')
  expect(texts).toContain('0')
  const longest = texts.filter(({ length }) => length === 18)
  // It is no power of ten: a number that is read as a double comes back as another.
  expect(longest.map((text) => String(Number(text)))).not.toEqual(longest)
  expect(longest).toHaveLength(1)
})
