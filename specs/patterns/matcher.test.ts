import fc from 'fast-check'
import { matcherOf } from './matcher'

/** Each with a group that may come any number of times. */
const patterns = [
  '^(a+)+$',
  '^([a-z0-9]+-?)+$',
  '^([A-Za-z]+ ?)+$',
  '(ab|a)*b',
  '^(?:\\p{L}+[.’]?)+$',
  '^(\\w+\\s?)*$',
  '^(.a|[^b])*\\d$',
  '^(?!.*--)(?:[a-z]-?)*$',
  '^(?:(?!ab).)*$',
  '([\\w-.]+)+@',
  '(a){2,}b',
  '^(?:a{1,3}-){1,40}$',
  '^(a|b|ab)*(?=c)',
  '\\b(ab)+\\b',
  '(?<=-)(a)+',
  '(a+)*\\1-',
]
const texts = fc.string({ unit: fc.constantFrom(...'aaabbc-0. @_\n’é𝒳\ud800'), maxLength: 14 })

test.each(patterns)('%s: as RegExp says', (pattern) => {
  const expression = new RegExp(pattern, /\[\\w-/.test(pattern) ? '' : 'u')
  const matcher = matcherOf(pattern)!
  expect(matcher).not.toBeInstanceOf(RegExp)
  fc.assert(
    fc.property(texts, (text) => {
      expect(matcher.test(text)).toBe(expression.test(text))
    }),
    { numRuns: 500 },
  )
})

test('texts that RegExp would take years for', () => {
  for (const pattern of ['^(a+)+$', '^([a-z0-9]+-?)+$', '^([A-Za-z]+ ?)+$', '^(\\w+\\s?)*$', '^(?!.*--)(?:[a-z]+-?)*$']) {
    expect(matcherOf(pattern)!.test(`${'a'.repeat(100_000)}!`)).toBe(false)
    expect(matcherOf(pattern)!.test('a'.repeat(100_000))).toBe(true)
  }
})

test('texts that RegExp would take minutes for', () => {
  expect(matcherOf('[a-z]+@')!.test('a'.repeat(1_000_000))).toBe(false)
  expect(matcherOf('\\s+$')!.test(`${' '.repeat(1_000_000)}x`)).toBe(false)
  expect(matcherOf('^\\w*\\w*\\w*@$')!.test('a'.repeat(100_000))).toBe(false)
  expect(matcherOf('^[^@]+@[a-z.]+[a-z]+[a-z]+$')!.test(`a@${'a'.repeat(100_000)}!`)).toBe(false)
  expect(matcherOf('^((a{1,9}){1,9}){1,9}b$')!.test('a'.repeat(60))).toBe(false)
  expect(matcherOf('^x|\\s+$')!.test(`${' '.repeat(1_000_000)}y`)).toBe(false)
  expect(matcherOf(`^${'a?'.repeat(40)}${'a'.repeat(40)}$`)!.test('a'.repeat(39))).toBe(false)
  expect(matcherOf('^(?:a?){40}a{40}$')!.test('a'.repeat(39))).toBe(false)
  expect(matcherOf('^((a{1,9}){9}){9}b$')!.test('a'.repeat(300))).toBe(false)
})

test('one that is quick anyhow stays a RegExp; a malformed one is none', () => {
  expect(matcherOf('^[a-z](?:[-a-z]{0,61}[a-z])?$')).toBeInstanceOf(RegExp)
  expect(matcherOf('^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}$')).toBeInstanceOf(RegExp)
  expect(matcherOf('(a')).toBeUndefined()
})
