import type { Json } from '../core/json'
import type { Parameter, Schema } from '../core/operation'
import { writeBody } from './bodies'
import { serialise } from './parameters'
import { bodyReadings, parameterReadings, readingsOf } from './readings'

test.each<[string, unknown[]]>([
  ['abc', ['abc']],
  ['null', ['null', null]],
  ['8', ['8', 8]],
  [' 08', [' 08', 8]],
  ['8abc', ['8abc']],
  ['true', ['true', true]],
  ['yes', ['yes', true]],
  ['', ['', false, null]],
  ['[1]', ['[1]', [1]]],
])('a text may be taken for the value that it spells: %j', (text, values) => {
  expect(readingsOf(text)).toEqual(values)
})

const parameter = (of: Partial<Parameter>): Parameter => ({ name: 'p', in: 'query', required: false, schema: true as Schema, ...of })

test.each<[Partial<Parameter>, unknown, readonly string[]]>([
  [{}, [1, 'a'], ['array']],
  [{ explode: false }, ['a', 'b'], ['array']],
  [{ style: 'pipeDelimited', explode: false }, ['a', 'b'], ['array']],
  [{ style: 'spaceDelimited', explode: false }, ['a', 'b'], ['array']],
  [{ style: 'deepObject', explode: true }, { a: 'x', b: 2 }, ['object']],
  [{}, { a: 'x', b: 2 }, ['object']],
  [{ explode: false }, { a: 'x', b: 2 }, ['object']],
  [{ in: 'path' }, 'a b', ['string']],
  [{ in: 'path' }, ['a', 'b'], ['array']],
  [{ in: 'path', style: 'label', explode: true }, ['a', 'b'], ['array']],
  [{ in: 'path', style: 'matrix', explode: true }, ['a', 'b'], ['array']],
  [{ in: 'path', style: 'matrix' }, 'a', ['string']],
  [{ in: 'path', explode: true }, { a: 'x' }, ['object']],
  [{ in: 'header' }, ['a', 'b'], ['array']],
  [{ in: 'cookie' }, 'a', ['string']],
])('what a parameter is written as is among its readings: %j %j', (of, value, types) => {
  const one = parameter(of)
  const text = serialise(one, value as never)
  const request = {
    target: `/a/${one.in === 'path' ? text : 'x'}/b${one.in === 'query' ? `?${text}` : ''}`,
    headers: one.in === 'header' ? ([['p', text]] as const) : one.in === 'cookie' ? ([['Cookie', `c=d; ${text}`]] as const) : [],
  }
  expect(parameterReadings(one, '/a/{p}/b', types, request)).toContainEqual(value)
})

test('a parameter that is not there has no reading', () => {
  expect(parameterReadings(parameter({}), '/a', ['string'], { target: '/a?q=1', headers: [] })).toBeUndefined()
})

test.each(['application/x-www-form-urlencoded', 'multipart/form-data'])(
  'what a form is written as is among its readings: %s',
  (mediaType) => {
    const value = { text: 'a b&c=d', number: 5, list: ['x', 'y'], yes: true, 'odd "name"': 'é' }
    const media = { mediaType }
    expect(bodyReadings(media, writeBody(media, value)?.bytes as Buffer)).toContainEqual(value)
  },
)

test.each(['application/x-www-form-urlencoded', 'multipart/form-data'])(
  'a field that stands in a form several times is read as a list, as its first and as its last: %s',
  (mediaType) => {
    const found = bodyReadings({ mediaType }, writeBody({ mediaType }, { v: ['a', 'b', 'c'] })?.bytes as Buffer)
    expect(found).toEqual([{ v: 'a' }, { v: 'c' }, { v: ['a', 'b', 'c'] }])
  },
)

const encodings = [
  [{ explode: false }, ['a', 'b']],
  [{ style: 'pipeDelimited', explode: false }, [1, 2]],
  [{ style: 'deepObject', explode: true }, { 'x y': 'z' }],
  [{ mediaType: 'application/json' }, ['c', 3]],
] as const

test.each(
  encodings.flatMap(([own, value]) =>
    (['application/x-www-form-urlencoded', 'multipart/form-data'] as const).map((media) => [own, value, media] as const),
  ),
)('a member of a form with the encoding %j is read as it is written: %j in %s', (own, member, mediaType) => {
  const value = { member, list: ['d', 'e'] } as Json
  const media = { mediaType, encoding: { member: own } }
  const bytes = writeBody(media, value)?.bytes as Buffer
  expect(bodyReadings(media, bytes)).toContainEqual(value)
})
