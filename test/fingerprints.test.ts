import { run } from '../cli/conformance'

/** Runs that differ in all that must not show in a finding's id. */
const ways = [
  { seed: 1, concurrency: 8, maxRequests: 800 },
  { seed: 3, concurrency: 1, maxRequests: 1000 },
]

test.each([
  ['string-as-port-accepted', 1],
  ['null-spec-gives-500', 1],
  ['error-with-code-renamed', 1],
  ['unknown-member-of-ingress-gives-500', 2],
  ['one-in-100-gives-500', 1],
])('the findings of %s have the same ids whatever the seed, the concurrency and the budget', async (variant, amount) => {
  const ids: string[][] = []
  for (const way of ways) ids.push((await run({ break: variant, ...way })).findings.map(({ id }) => id).sort())
  expect(ids[0]).toHaveLength(amount)
  expect(ids).toEqual(ways.map(() => ids[0]))
})

test('different defects have different ids', async () => {
  const ids: string[] = []
  for (const variant of ['string-as-port-accepted', 'integer-as-description-accepted', 'null-spec-gives-500', 'string-spec-gives-drop'])
    ids.push(...(await run({ break: variant, seed: 1, maxRequests: 700 })).findings.map(({ id }) => id))
  expect(ids).toHaveLength(4)
  expect(new Set(ids).size).toBe(4)
})
