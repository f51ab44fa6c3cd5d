import { label } from '../generators/random'
import { deriveSeed } from './seed'

test('equal parts give equal seeds, on every machine and in every version', () => {
  expect(deriveSeed(1, 'rule', 0)).toBe(deriveSeed(1, 'rule', 0))
  expect([deriveSeed('a'), deriveSeed(1, 'rule', 0), deriveSeed(1, 'rule', 1, 2), deriveSeed(-7, 'x', 2 ** 40)]).toMatchInlineSnapshot(`
[
  1115917740,
  -1230311812,
  -111606560,
  -168655086,
]
`)
})

test('the numbers at the end give seeds that are spread evenly, and differ', () => {
  const count = 100_000
  const seeds = Array.from({ length: count }, (_, i) => deriveSeed(1, 'rule', i))
  expect(new Set(seeds).size).toBe(count)
  for (let bit = 0; bit < 32; bit++) {
    const share = seeds.filter((seed) => (seed >>> bit) & 1).length / count
    expect(Math.abs(share - 0.5)).toBeLessThan(0.01)
  }
  // Neighbours have half of their bits in common.
  const flips = seeds.slice(1).reduce((sum, seed, i) => sum + ones(seed ^ (seeds[i] as number)), 0) / (count - 1)
  expect(Math.abs(flips - 16)).toBeLessThan(0.1)
})

const ones = (word: number): number => (word >>> 0).toString(2).replaceAll('0', '').length

test('labels of cases and attempts are all different', () => {
  const labels = new Set<string>()
  for (const rule of ['a', 'b'])
    for (let index = 0; index < 50_000; index++) for (let attempt = 0; attempt < 4; attempt++) labels.add(label(3, rule, index, attempt))
  expect(labels.size).toBe(400_000)
})
