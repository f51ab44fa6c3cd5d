import type { Operation, Schema } from '../../core/operation'
import { schemasOf } from '../schema'
import { listWay } from './answers'

const of = (...names: string[]): Schema => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, /s$|data|list/.test(name) ? { type: 'array', items: {} } : {}])),
})
const under = (name: string, inner: Schema): Schema => ({ type: 'object', properties: { [name]: inner } })

const beside = (data: Schema): Schema => ({ type: 'object', properties: { data, found_ones: { type: 'array', items: {} } } })

test.each<[string, string, Schema, readonly string[] | undefined]>([
  ['an array', '/orders', { type: 'array', items: {} }, []],
  ['an envelope', '/orders', of('items', 'total'), ['items']],
  ['an envelope with two arrays', '/orders', of('items', 'links'), ['items']],
  ['an envelope whose array is called as the path is', '/orders', of('id', 'orders'), ['orders']],
  ['an envelope in another', '/orders', under('data', of('items')), ['data', 'items']],
  ['a named page of things', '/orders', of('name', 'items'), ['items']],
  ['one array of whatever name', '/orders', of('found_ones', 'total'), ['found_ones']],
  ['a thing with items', '/orders/{orderId}', of('id', 'items'), undefined],
  ['a thing with an array of another name', '/orders/{orderId}', of('uuid', 'values', 'entries'), undefined],
  ['a thing in an envelope', '/orders/{orderId}', under('data', of('id', 'items')), undefined],
  ['a thing beside all that it leads to', '/orders/{orderId}', beside(of('id')), undefined],
  ['an answer about a page of things', '/orders', beside(of('name')), ['found_ones']],
  ['a thing that is found by its name', '/charts/{name}', of('name', 'data'), undefined],
  ['the one thing of its kind', '/cart', of('id', 'items'), undefined],
])('whether an answer is a list: %s', (_, path, schema, way) => {
  const responses = [{ status: '200', description: '', content: [{ mediaType: 'application/json', schema }] }]
  expect(listWay({ path, responses } as unknown as Operation, schemasOf({}))).toEqual(way)
})
