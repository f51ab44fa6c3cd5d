import { ruleSets } from '../generators/rules'
import { loadDocument } from '../specs/load'
import { mayCreate, withinCreates } from './creates'
import { makePlan } from './plan'

test('of few creates each rule whose values must be taken gets one, before what may be taken', async () => {
  const sets = ruleSets(await loadDocument({}), { seed: 4 })
  const whole = makePlan(sets, { seed: 4, maxRequests: 600 })
  const alone = [...whole.items].flatMap(({ cases: [first, ...others] }) => (first && others.length === 0 ? [first] : []))
  const owed = alone.filter(({ rule, index }) => rule.zone === 'accept' && index === 0).map(({ rule }) => rule.id)
  expect(owed.length).toBeGreaterThan(10)
  const maxCreates = Math.ceil(owed.length / 0.8) + 2
  const plan = withinCreates(whole, maxCreates)
  const cases = [...plan.items].flatMap((item) => item.cases)
  const sent = new Set(cases.map(({ rule }) => rule.id))
  expect(owed.filter((id) => !sent.has(id))).toEqual([])
  expect(cases.filter(mayCreate).length).toBeLessThanOrEqual(maxCreates * 0.8)
  const harmless = (items: typeof plan.items) => [...items].flatMap((item) => item.cases).filter((planned) => !mayCreate(planned)).length
  expect(harmless(plan.items)).toBe(harmless(whole.items))
})
