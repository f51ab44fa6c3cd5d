import type { Json } from '../core/json'
import type { Parameter } from '../core/operation'
import { writeBody } from './bodies'
import { serialise } from './parameters'

const list = ['blue', 'black']
const object = { R: 100, G: 200 }

/** The table of OpenAPI 3.1, Style Examples, and the forms that percent-encoding gives beside it. */
test.each<[Parameter['in'], string, boolean, Json, string]>([
  ['path', 'simple', false, 'a b', 'a%20b'],
  ['path', 'simple', false, list, 'blue,black'],
  ['path', 'simple', false, object, 'R,100,G,200'],
  ['path', 'simple', true, object, 'R=100,G=200'],
  ['path', 'label', false, 'blue', '.blue'],
  ['path', 'label', false, list, '.blue,black'],
  ['path', 'label', true, list, '.blue.black'],
  ['path', 'label', true, object, '.R=100.G=200'],
  ['path', 'matrix', false, '', ';c'],
  ['path', 'matrix', false, 'blue', ';c=blue'],
  ['path', 'matrix', false, list, ';c=blue,black'],
  ['path', 'matrix', true, list, ';c=blue;c=black'],
  ['path', 'matrix', true, object, ';R=100;G=200'],
  ['query', 'form', true, 'a&b', 'c=a%26b'],
  ['query', 'form', true, list, 'c=blue&c=black'],
  ['query', 'form', false, list, 'c=blue,black'],
  ['query', 'form', true, object, 'R=100&G=200'],
  ['query', 'form', false, object, 'c=R,100,G,200'],
  ['query', 'form', true, [], ''],
  ['query', 'spaceDelimited', false, list, 'c=blue%20black'],
  ['query', 'pipeDelimited', false, list, 'c=blue%7Cblack'],
  ['query', 'deepObject', true, object, 'c%5BR%5D=100&c%5BG%5D=200'],
  ['header', 'simple', false, list, 'blue,black'],
  ['header', 'simple', true, object, 'R=100,G=200'],
  ['cookie', 'form', false, list, 'c=blue,black'],
  ['cookie', 'form', true, list, 'c=blue; c=black'],
])('in %s, %s, explode %s: %j is %s', (location, style, explode, value, text) => {
  expect(serialise({ name: 'c', in: location, style, explode }, value)).toBe(text)
})

test('what a parameter does not state is as OpenAPI has it', () => {
  expect(serialise({ name: 'c', in: 'query' }, list)).toBe('c=blue&c=black')
  expect(serialise({ name: 'c', in: 'path' }, list)).toBe('blue,black')
  expect(serialise({ name: 'c', in: 'query', mediaType: 'application/json' }, object)).toBe('c=%7B%22R%22%3A100%2C%22G%22%3A200%7D')
})

test('forms are read back by the platform as they were written', async () => {
  const value = { name: 'a&b "c"', tags: ['x', 'é'], deep: { n: 1 } }
  for (const mediaType of ['application/x-www-form-urlencoded', 'multipart/form-data']) {
    const { bytes, contentType } = writeBody({ mediaType }, value) as { bytes: Buffer; contentType: string }
    const form = await new Response(bytes, { headers: { 'Content-Type': contentType } }).formData()
    expect(form.get('name')).toBe('a&b "c"')
    expect(form.getAll('tags')).toEqual(['x', 'é'])
    const deep = form.get('deep')
    expect(JSON.parse(typeof deep === 'string' ? deep : '')).toEqual({ n: 1 })
  }
})

test('a file of a form has a name and a type, so that it is read as one', async () => {
  const form = {
    mediaType: 'multipart/form-data',
    files: { photo: 'application/octet-stream', scan: 'image/tiff' },
    partTypes: { scan: 'image/png' },
  }
  const { bytes, contentType } = writeBody(form, { photo: 'abc', scan: 'x', note: 'y' }) as { bytes: Buffer; contentType: string }
  const read = await new Response(bytes, { headers: { 'Content-Type': contentType } }).formData()
  const told = ['photo', 'scan', 'note'].map((name) => {
    const part = read.get(name)
    return part !== null && typeof part === 'object' ? [part.name, part.type] : part
  })
  expect(told).toEqual([['file', 'application/octet-stream'], ['file', 'image/png'], 'y'])
})

test('members of a form are written in the style that their encoding states', () => {
  const encoding = { csv: { explode: false }, ssv: { style: 'spaceDelimited', explode: false }, deep: { style: 'deepObject' } }
  const media = { mediaType: 'application/x-www-form-urlencoded', encoding }
  const { bytes } = writeBody(media, { csv: [1, 2], ssv: ['a', 'b'], deep: { k: 'v' }, none: [3, 4] }) as { bytes: Buffer }
  expect([...new URLSearchParams(bytes.toString())]).toEqual([
    ['csv', '1,2'],
    ['ssv', 'a b'],
    ['deep[k]', 'v'],
    ['none', '3'],
    ['none', '4'],
  ])
})

test('text is written as it is, what is not known not at all', () => {
  expect(writeBody({ mediaType: 'text/plain; charset=utf-8' }, 'é')?.bytes.toString()).toBe('é')
  expect(writeBody({ mediaType: 'application/xml' }, 'a')).toBeUndefined()
})
