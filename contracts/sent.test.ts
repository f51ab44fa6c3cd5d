import fc from 'fast-check'
import { visit } from 'jsonc-parser'
import { hasDuplicateKeys } from './sent'

/** Read event by event, as slow as it is sure. */
function told(text: string): boolean {
  const open: Set<string>[] = []
  let found = false
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty(key) {
      if (open.at(-1)?.has(key)) found = true
      open.at(-1)?.add(key)
    },
  })
  return found
}

test.each([
  ['{"a":1,"a":2}', true],
  ['{"a":1,"b":{"c":[{"d":1,"d":1}]}}', true],
  ['{"a":1,"\\u0061":2}', true],
  ['{"__proto__":1,"__proto__":2}', true],
  ['{"a":1,"b":{"a":1}}', false],
  ['{"a" :\n1, "b"\t:"12:30"}', false],
  ['{"a":"\\":","a":1}', true],
  ['{"a":"x\\" : y","b":"\\\\"}', false],
  ['[{"a":1},{"a":1}]', false],
  ['":"', false],
])('%s holds a key twice: %p', (text, expected) => {
  expect(hasDuplicateKeys(text, JSON.parse(text))).toBe(expected)
})

test('whatever the texts and blanks in it', () => {
  const word = fc.constantFrom('a', 'b', ':', '"', '":', '" :', '\\', '\\":', '__proto__', '\n', 'é')
  const blank = fc.constantFrom('', ' ', '\n\t', '\r\n')
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      word.map((text) => JSON.stringify(text)),
      fc.constantFrom('1', 'null', 'true'),
      fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
      fc
        .array(fc.tuple(word, blank, blank, tie('value')), { maxLength: 4 })
        .map((members) => `{${members.map(([key, before, after, inner]) => `${JSON.stringify(key)}${before}:${after}${inner}`).join()}}`),
    ),
  }))
  fc.assert(
    fc.property(value, (text) => hasDuplicateKeys(text, JSON.parse(text)) === told(text)),
    { numRuns: 500 },
  )
})
