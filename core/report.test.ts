import { type RuleResult, untestedReasons } from './report'

test('why rules could not be tested, the commonest reason first', () => {
  const rule = (result: RuleResult['result'], reason?: string) => ({ result, reason }) as RuleResult
  const rules = [
    rule('not tested', 'rare'),
    rule('kept'),
    rule('not tested', 'common'),
    rule('broken', 'rare'),
    rule('not run', 'rare'),
    rule('not tested', 'common'),
    rule('not tested'),
  ]
  expect(untestedReasons(rules)).toEqual([
    ['common', 2],
    ['rare', 1],
    ['no answer told', 1],
  ])
  expect(untestedReasons([])).toEqual([])
})
