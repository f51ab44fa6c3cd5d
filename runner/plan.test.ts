import { type RuleSet, ruleSets } from '../generators/rules'
import { loadDocument } from '../specs/load'
import { makePlan } from './plan'

let sets: readonly RuleSet[]
beforeAll(async () => {
  sets = ruleSets(await loadDocument({}), { seed: 3 })
})

const told = (maxRequests: number, seed = 3) => makePlan(sets, { seed, maxRequests })
const line = (plan: ReturnType<typeof makePlan>) =>
  plan.items.map((item) => item.cases.map(({ rule, index, fresh }) => `${rule.id} ${index} ${fresh}`).join())

test('the default budget holds every fixed case', () => {
  const plan = told(3000)
  expect(plan.cases).toBeLessThanOrEqual(3000)
  const sent = new Set(plan.items.flatMap((item) => item.cases).map(({ rule, index }) => `${rule.id} ${index}`))
  const missing = sets
    .flatMap(({ rules }) => rules.flatMap((rule) => rule.fixed.map((_, index) => `${rule.id} ${index}`)))
    .filter((name) => !sent.has(name))
  expect(missing).toEqual([])
})

test('a small budget still reaches every rule first', () => {
  const rules = sets.flatMap((set) => set.rules)
  const plan = told(rules.length * 2)
  expect(new Set(plan.items.slice(0, rules.length + 60).flatMap((item) => item.cases.map(({ rule }) => rule.id))).size).toBe(rules.length)
})

test('the plan depends on the seed alone', () => {
  expect(line(told(3000))).toEqual(line(told(3000)))
  expect(line(told(3000))).not.toEqual(line(told(3000, 4)))
})

test('about 700 of 3,000 requests go over fresh connections', () => {
  const fresh = told(3000)
    .items.flatMap((item) => item.cases)
    .filter((planned) => planned.fresh).length
  expect(fresh).toBeGreaterThan(600)
  expect(fresh).toBeLessThan(1100)
})

test('the number of cases grows with the budget', () => {
  expect(told(10_000).cases).toBeGreaterThan(8000)
})
