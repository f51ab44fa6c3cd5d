import type { Operation } from '../core/operation'
import { takesIds } from './naming'
import { schemasOf } from './schema'

test.each<[string, object, boolean]>([
  ['10', { type: 'integer', maximum: 10 }, true],
  ['11', { type: 'integer', maximum: 10 }, false],
  ['ab', { type: 'integer' }, false],
  ['ab', { type: 'string', pattern: '^[a-z]+$' }, true],
  ['A1', { type: 'string', pattern: '^[a-z]+$' }, false],
])('the learnt id %s is one that %j takes or not', (id, schema, isTaken) => {
  const operation = { parameters: [{ name: 'id', in: 'path', required: true, schema }] } as unknown as Operation
  expect(takesIds(operation, schemasOf({ openapi: '3.1.0' }), { id, other: '' })).toBe(isTaken)
})
