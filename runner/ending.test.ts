import { createEnding } from './ending'
import { createBudget } from './plan'

const endingOf = (isLow: () => boolean) => createEnding({ concurrency: 1, maxTime: 60, isLow, elapsed: () => 0 })

test('what is left of a request budget is kept for what has failed, and else sent', () => {
  const budget = createBudget(100)
  const ending = endingOf(budget.isLow)
  for (let i = 0; i < 95; i++) expect(budget.take()).toBe(true)
  ending.failed()
  expect([ending.saving(), ending.reason]).toEqual([false, undefined])
  budget.take()
  budget.take()
  expect([ending.saving(), ending.reason]).toEqual([true, 'budget'])
  expect(endingOf(budget.isLow).saving()).toBe(false)
  expect([1, 2, 3, 4].map(() => budget.take())).toEqual([true, true, true, false])
})
