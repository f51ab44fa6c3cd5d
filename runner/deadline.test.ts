import { createDeadline } from './deadline'

test('the whole time holds until the first hang, then twenty times the slowest answer, between 2 s and the whole', () => {
  const deadline = createDeadline(10)
  deadline.answered(0.2)
  expect(deadline.seconds()).toBe(10)
  expect(deadline.believe('a', 10)).toBe(true)
  expect(deadline.seconds()).toBe(4)
  deadline.answered(0.01)
  expect(deadline.seconds()).toBe(4)
  deadline.answered(3)
  expect(deadline.seconds()).toBe(10)
})

test('never under 2 s, and never over the given time', () => {
  const deadline = createDeadline(10)
  deadline.believe('a', 10)
  expect(deadline.seconds()).toBe(2)
  const short = createDeadline(1)
  short.believe('a', 1)
  expect(short.seconds()).toBe(1)
})

test('a shortened wait is believed for rules that hang, for others after four second looks', () => {
  const deadline = createDeadline(10)
  deadline.believe('a', 10)
  expect(deadline.believe('a', 2)).toBe(true)
  expect(['b', 'c', 'd', 'e', 'f'].map((rule) => deadline.believe(rule, 2))).toEqual([false, false, false, false, true])
  expect(createDeadline(10).believe('b', 2)).toBe(false)
})
