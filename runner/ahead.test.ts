import type { Case } from '../core/case'
import { buildAhead } from './ahead'
import type { Item, Planned } from './plan'

const item = (index: number): Item => ({ cases: [{ index } as Planned], inARow: false })
const caseOf = ({ index }: Planned) => ({ index }) as Case
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('gives every item once, in order, whether it was built ahead or not', async () => {
  const ahead = buildAhead([0, 1, 2, 3, 4].map(item).values(), caseOf)
  const given = [ahead.next(), ahead.next()]
  await turn()
  await turn()
  for (let one = ahead.next(); one; one = ahead.next()) given.push(one)
  expect(given.map((one) => one?.cases[0]?.made().index)).toEqual([0, 1, 2, 3, 4])
})

test('builds while nothing is asked for, each case once, and no more than it may hold', async () => {
  const built: number[] = []
  const ahead = buildAhead(Array.from({ length: 1000 }, (_, i) => item(i)).values(), (planned) => {
    built.push(planned.index)
    return caseOf(planned)
  })
  const first = ahead.next()
  for (let i = 0; i < 200; i++) await turn()
  expect(built).toEqual(Array.from({ length: 64 }, (_, i) => i + 1))
  first?.cases[0]?.made()
  const second = ahead.next()
  expect(second?.cases[0]?.made()).toBe(second?.cases[0]?.made())
  expect(built.filter((index) => index === 1)).toHaveLength(1)
  ahead.stop()
  await turn()
  await turn()
  expect(built).toHaveLength(65)
})

test('what cannot be built is thrown to whoever takes it', async () => {
  const ahead = buildAhead([0, 1, 2].map(item).values(), (planned) => {
    if (planned.index === 1) throw new Error('no such value')
    return caseOf(planned)
  })
  ahead.next()
  await turn()
  await turn()
  expect(() => ahead.next()?.cases[0]?.made()).toThrow('no such value')
  expect(ahead.next()?.cases[0]?.made().index).toBe(2)
})
