import { distinct } from './distinct'

test.each([
  [[], true],
  [[1, '1', true, 'true', null, 'null', [1], { a: 1 }], true],
  [[1, 2, 1], false],
  [[0, -0], false],
  [
    [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
    ],
    false,
  ],
  [[{ a: 1 }, { a: 1, b: null }], true],
  [
    [
      [1, 2],
      [2, 1],
    ],
    true,
  ],
  [[JSON.parse('{"__proto__":1}'), {}], true],
])('%j: %s', (items, isDistinct) => {
  expect(distinct(items)).toBe(isDistinct)
})

test('very many objects', () => {
  expect(distinct(Array.from({ length: 50_000 }, (_, id) => ({ id, name: `n${id}` })))).toBe(true)
})
