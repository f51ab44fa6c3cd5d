import type { Failure } from '../core/finding'
import { unexplained } from './causes'

const found = (kind: string, flaky = false) => ({
  failure: { check: 'c', kind, place: 'p', message: kind, severity: 'serious' } as Failure,
  flaky,
})

test('what another finding explains is left out', () => {
  const [a, b] = [found('a'), found('b')]
  expect(unexplained([a, b], (cause, other) => cause === a && other === b)).toEqual([a])
})

test('of two that explain each other one is told', () => {
  expect(unexplained([found('a'), found('b'), found('c')], () => true)).toHaveLength(1)
})

test('nothing is explained by what is itself left out', () => {
  const [a, b, c] = [found('a'), found('b'), found('c')]
  expect(unexplained([a, b, c], (cause, other) => (cause === a && other === b) || (cause === b && other === c))).toEqual([a, c])
})
