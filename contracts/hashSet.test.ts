import { createHashSet } from './hashSet'

test('a text is new once', () => {
  const set = createHashSet()
  expect(set.add('a')).toBe(true)
  expect(set.add('a')).toBe(false)
  expect(set.has('a')).toBe(true)
  expect(set.has('b')).toBe(false)
  expect(set.size).toBe(1)
})

test('200,000 texts that differ little are all told apart', () => {
  const set = createHashSet()
  let fresh = 0
  for (let i = 0; i < 200_000; i++) if (set.add(`name-${i}`)) fresh++
  expect(fresh).toBe(200_000)
  expect(set.has('name-199999')).toBe(true)
  expect(set.has('name-200000')).toBe(false)
})

test('a dump starts a set that knows the same texts; a broken one starts an empty set', () => {
  const set = createHashSet()
  for (let i = 0; i < 5000; i++) set.add(`x${i}`)
  const again = createHashSet(set.dump())
  expect(again.size).toBe(5000)
  expect(again.add('x77')).toBe(false)
  expect(again.add('y')).toBe(true)
  expect(createHashSet('AAAAAAAAAAAAAAA=').size).toBe(0)
})

test('a full set takes nothing more, and does not take what is new for known', () => {
  const set = createHashSet('', 2)
  expect([set.add('a'), set.add('b'), set.add('c'), set.has('c')]).toEqual([true, true, true, false])
})
