import { createDeadline } from './deadline'

const of = (rule: string, operation = 'op') => ({ rule, operation })

test('the whole time holds until the first hang, then twenty times what is usual, between 1 s and the whole', () => {
  const deadline = createDeadline(10)
  for (let i = 0; i < 19; i++) deadline.answered(0.2)
  expect(deadline.seconds('op')).toBe(10)
  expect(deadline.believe(of('a'), 10)).toBe(true)
  expect(deadline.seconds('op')).toBeCloseTo(20 * 0.256)
  deadline.answered(3)
  expect(deadline.seconds('op')).toBeCloseTo(20 * 0.256)
  for (let i = 0; i < 5; i++) deadline.answered(3)
  expect(deadline.seconds('op')).toBe(10)
})

test('never under 1 s, and never over the given time', () => {
  const deadline = createDeadline(10)
  deadline.believe(of('a'), 10)
  expect(deadline.seconds('op')).toBe(1)
  const short = createDeadline(0.5)
  short.believe(of('a'), 0.5)
  expect(short.seconds('op')).toBe(0.5)
})

test('a shortened wait is believed for rules that hang, for others after three second looks', () => {
  const deadline = createDeadline(10)
  deadline.believe(of('a'), 10)
  deadline.answered(0.01)
  expect(deadline.believe(of('a'), 2)).toBe(true)
  expect(['b', 'c', 'd', 'e'].map((rule) => deadline.believe(of(rule), 2))).toEqual([false, false, false, true])
  expect(createDeadline(10).believe(of('b'), 2)).toBe(false)
})

test('a shortened wait is believed of every rule while nothing is answered', () => {
  const deadline = createDeadline(10)
  deadline.believe(of('a'), 10)
  expect(deadline.believe(of('b'), 1)).toBe(true)
})

test('the wait of another operation is shortened only while nothing is answered', () => {
  const deadline = createDeadline(10)
  deadline.answered(0.01)
  deadline.believe(of('a'), 10)
  expect([deadline.seconds('op'), deadline.seconds('other')]).toEqual([1, 1])
  deadline.answered(0.01)
  expect([deadline.seconds('op'), deadline.seconds('other')]).toEqual([1, 10])
})
