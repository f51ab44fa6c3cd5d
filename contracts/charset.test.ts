import { textsIn } from './charset'

const bytes = Buffer.from([0x41, 0x80, 0x9f, 0xe4])

test.each([
  ['iso-8859-1', ['A\x80\x9fä', 'A€Ÿä']],
  ['latin1', ['A\x80\x9fä', 'A€Ÿä']],
  ['windows-1252', ['A€Ÿä', 'A\x80\x9fä']],
  ['iso-8859-15', ['A\x80\x9fä']],
])('%s', (charset, texts) => {
  expect(textsIn(bytes, charset)).toEqual(texts)
})

test('bytes that are none of a charset, and what is no charset', () => {
  expect(() => textsIn(bytes, 'utf-8')).toThrow('not valid')
  expect(() => textsIn(bytes, 'nonsense')).toThrow('nonsense')
})
