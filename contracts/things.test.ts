import type { Json } from '../core/json'
import { exchange } from './fixtures'
import { owedBy, type Thing } from './things'

const sent = (method: string, body: Json, type = 'application/json') =>
  exchange({ method, sent: body, headers: [['Content-Type', type]], answer: { status: 200, text: '{}' } })

const made = {
  data: { id: '1', attributes: { title: 'a', body: 'b', at: { street: 's', zip: '1' } } },
  size: { width: 1, height: 2 },
  name: 'n',
}
const left = (patch: Json, type?: string): Json | undefined => {
  const thing: Thing = { exchange: sent('POST', made), changed: sent('PATCH', patch, type), state: 'there', later: false }
  return owedBy(thing, () => undefined)[1]?.sent[0]
}

test.each<[string, Json, string | undefined, Json]>([
  ['members beside it', { name: 'm' }, undefined, { data: made.data, size: made.size }],
  ['nothing of what is null then', { size: null }, 'application/merge-patch+json', { data: made.data, name: 'n' }],
  ['nothing within what only looks like an envelope', { data: { attributes: {} } }, undefined, { size: made.size, name: 'n' }],
  ['nothing within what it names', { size: { width: 3 } }, undefined, { data: made.data, name: 'n' }],
  ['all that it does not name, in a merge patch', { size: { width: 3 } }, 'application/merge-patch+json', { ...made, size: { height: 2 } }],
  [
    'all that it does not name, in JSON:API',
    { data: { id: '1', attributes: { title: 'c' } } },
    'application/vnd.api+json',
    { ...made, data: { attributes: { body: 'b', at: made.data.attributes.at } } },
  ],
  [
    'no member of an attribute of JSON:API',
    { data: { attributes: { at: { zip: '2' } } } },
    'application/vnd.api+json',
    { ...made, data: { id: '1', attributes: { title: 'a', body: 'b' } } },
  ],
])('a patch leaves %s', (_, patch, type, expected) => {
  expect(left(patch, type)).toEqual(expected)
})

test('a patch of an envelope leaves what it does not name within', () => {
  const thing: Thing = {
    exchange: sent('POST', { data: { a: 1, b: 2 } }),
    changed: sent('PATCH', { data: { a: 3 } }),
    state: 'there',
    later: false,
  }
  expect(owedBy(thing, () => undefined)[1]?.sent[0]).toEqual({ data: { b: 2 } })
})

test('what replaces a thing leaves nothing of it', () => {
  const thing: Thing = { exchange: sent('POST', made), changed: sent('PUT', { name: 'm' }), state: 'there', later: false }
  expect(owedBy(thing, () => undefined).map((owed) => owed.sent[0])).toEqual([{ name: 'm' }])
})
