import fc from 'fast-check'
import type { Change } from '../core/case'
import type { Json } from '../core/json'
import { type RequestModel, toWire } from './wire'

const model = (body: Json): RequestModel => ({ method: 'POST', path: '/things', params: {}, query: [], headers: [], body })
const text = (body: Json, changes: readonly Change[]) => toWire(model(body), changes).body?.toString('utf8')

test('values that are set are written the same with and without a change that no value can hold', () => {
  const nothing: Change = { at: ['body', 'not there', 'at all'], remove: true }
  const key = fc.constantFrom('a', 'b', '0', '1', '__proto__', 'constructor')
  const values = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>
  const body = fc.dictionary(key, fc.oneof(values, fc.dictionary(key, values)), { noNullPrototype: true }) as fc.Arbitrary<Json>
  const change = fc
    .record({ at: fc.array(key, { minLength: 1, maxLength: 3 }), set: values })
    .map(({ at, set }): Change => ({ at: ['body', ...at], set }))
  fc.assert(
    fc.property(body, fc.array(change, { maxLength: 3 }), (plain, changes) => {
      // Members whose names are digits have another order in a value of JavaScript, which JSON does not mind.
      expect(JSON.parse(text(plain, changes) as string)).toEqual(JSON.parse(text(plain, [nothing, ...changes]) as string))
    }),
    { numRuns: 500 },
  )
})

test('a later change of another kind sees what was set before', () => {
  expect(
    text({ a: 1, b: { c: 2 } }, [
      { at: ['body', 'b', 'c'], set: 'x' },
      { at: ['body', 'b'], insert: 'c', raw: '1.0' },
      { at: ['body', 'a'], remove: true },
      { at: ['body', 'd'], set: null },
    ]),
  ).toBe('{"b":{"c":"x","c":1.0},"d":null}')
})

test('half a surrogate pair in a path or a query is replaced, as no URL can hold it', () => {
  const aimed = { ...model({}), path: '/things/{id}', params: { id: 'a\ud800' }, query: [['q', '\udc00']] as const }
  expect(toWire(aimed, []).target).toBe('/things/a%EF%BF%BD?q=%EF%BF%BD')
})
