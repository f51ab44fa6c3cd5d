import type { Case } from '../../core/case'
import type { Answer } from '../../core/exchange'
import { loadDocument } from '../../specs/load'
import { createUndoing } from './undo'

const template = 'DELETE /v2/meshes/{mesh_id}/workshops/{metadata.name}'
const mask = (text: string) => text.replaceAll('s3cret', '$')

async function undoing(how: string | Parameters<typeof createUndoing>[1] = template) {
  return createUndoing(await loadDocument({}), typeof how === 'string' ? { delete: how } : how, new Map(), mask)
}

async function caseOf(body: string, target = '/v2/meshes/m1/workshops'): Promise<Case> {
  const [pair] = (await loadDocument({})).operations
  return { operation: pair!.documented.id, request: { method: 'POST', target, headers: [], body: Buffer.from(body) } } as unknown as Case
}

const answerOf = (body: string): Answer => ({ status: 200, statusText: '', headers: [], body: Buffer.from(body), cut: false })
const paths = (undos: readonly { path: string }[]) => undos.map(({ path }) => path.replace('/v2/meshes/', ''))

test.each([
  ['the name of the request', '{"metadata":{"name":"a"}}', '{"metadata":{"name":"a"}}', ['m1/workshops/a']],
  ['encoded', '{"metadata":{"name":"a/../b?c"}}', '{}', ['m1/workshops/a%2F..%2Fb%3Fc']],
  ['a number', '{"metadata":{"name":5}}', '{"metadata":{"name":"5"}}', ['m1/workshops/5']],
  ['of a body that goes on after its end', '{"metadata":{"name":"a"}} x', '{}', ['m1/workshops/a']],
  ['of a body that ends early', '{"metadata":{"name":"a"},"spec":{', '{}', ['m1/workshops/a']],
  [
    'of an answer that writes it otherwise',
    '{"metadata":{"name":" A"}}',
    '{"metadata":{"name":"a"}}',
    ['m1/workshops/%20A', 'm1/workshops/a'],
  ],
  [
    'of the first of two',
    '{"metadata":{"name":"a"},"metadata":{"name":"b"}}',
    '{"metadata":{"name":"a"}}',
    ['m1/workshops/b', 'm1/workshops/a'],
  ],
  ['made by the server', '{}', '{"metadata":{"name":"made"}}', ['m1/workshops/made']],
  ['not that of somebody else', '{"metadata":{"name":"a"}}', '{"metadata":{"name":"production"}}', ['m1/workshops/a']],
  ['not a way out', '{}', '{"metadata":{"name":".."}}', []],
  ['not an empty one', '{"metadata":{"name":""}}', '{"metadata":{"name":""}}', []],
  ['not a secret', '{}', '{"metadata":{"name":"s3cret"}}', []],
])('%s', async (_, sent, received, expected) => {
  const made = await undoing()
  expect(paths(made.of(await caseOf(sent), answerOf(received)))).toEqual(expected)
})

test('an answer to a request that should create nothing shows whether it has', async () => {
  const made = await undoing()
  const sent = await caseOf('{"metadata":{"name":"name-1"}}')
  expect(made.isShown(sent, answerOf('[{"metadata":{"name":"name-1"}}]'))).toBe(true)
  expect(made.isShown(sent, answerOf('[{"metadata":{"name":"another"}}]'))).toBe(false)
  expect(made.isShown(sent)).toBe(false)
})

test('path parameters are those that were sent', async () => {
  const made = await undoing()
  expect(paths(made.of(await caseOf('{"metadata":{"name":"a"}}', '/v2/meshes/other%20mesh/workshops')))).toEqual([
    'other%20mesh/workshops/a',
  ])
})

test('an id that the server makes, and what is asked until it is gone', async () => {
  const made = await undoing({ delete: 'DELETE /things/{metadata.uid}', gone: 'GET /meshes/{mesh_id}/things' })
  const undos = made.of(await caseOf('{"metadata":{"name":"a","uid":"mine"}}'), answerOf('{"metadata":{"uid":"u1"}}'))
  expect(undos).toEqual([{ method: 'DELETE', path: '/things/mine', gone: { path: '/meshes/m1/things', name: 'mine' } }])
})

test.each([
  ['nothing', 'the document has no operation nothing'],
  ['GET /things', 'is not a method and a path'],
  ['DELETE things', 'is not a method and a path'],
])('%s is refused', async (how, message) => {
  await expect(undoing(how)).rejects.toThrow(message)
})
