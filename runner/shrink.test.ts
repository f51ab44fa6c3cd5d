import type { Change } from '../core/case'
import { shrink } from './shrink'

const set = (name: string, value: string | number): Change => ({ at: ['body', name], set: value })
const lastSet = (changes: readonly Change[], name: string) =>
  changes.map((change) => (change.at[1] === name && 'set' in change ? change.set : undefined)).find((value) => value !== undefined)

test('drops what does not matter and finds the edge of a number', async () => {
  const { changes, path } = await shrink(
    [set('a', 'x'), set('port', 60_000), set('b', 'y'), set('c', 'z'), set('d', 'w')],
    async (candidate) => Number(lastSet(candidate, 'port')) > 32_767,
  )
  expect(changes).toEqual([set('port', 32_768)])
  expect(path.length).toBeGreaterThan(2)
})

test('finds the character that breaks a text', async () => {
  const { changes } = await shrink([set('text', 'hello wörld 😀 and more')], async (candidate) =>
    String(lastSet(candidate, 'text')).includes('😀'),
  )
  expect(changes).toEqual([set('text', '😀')])
})

test('finds the length at which a text breaks', async () => {
  const { changes } = await shrink(
    [set('text', 'é'.repeat(255))],
    async (candidate) => [...String(lastSet(candidate, 'text'))].length > 128,
  )
  expect([...String(lastSet(changes, 'text'))]).toHaveLength(129)
})

test('a candidate that cannot be sent is passed over', async () => {
  const { changes } = await shrink([set('n', 100)], async (candidate) => (Number(lastSet(candidate, 'n')) < 10 ? undefined : true))
  expect(Number(lastSet(changes, 'n'))).toBeGreaterThanOrEqual(10)
})

test('ends after a bounded number of requests', async () => {
  let sent = 0
  await shrink([set('text', 'x'.repeat(5000))], async (candidate) => {
    sent++
    return String(lastSet(candidate, 'text')).length > 4000
  })
  expect(sent).toBeLessThanOrEqual(80)
})
