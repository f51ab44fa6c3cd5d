import { unicodeProperties } from './charset'

test.each(['L', 'M', 'P', 'C', 'Cn', 'Co', 'Noncharacter_Code_Point', 'Default_Ignorable_Code_Point', 'Script=Han'])(
  '\\p{%s} holds the very characters that a pattern takes one by one',
  (name) => {
    const takes = new RegExp(`^\\p{${name}}$`, 'u')
    const ranges: number[] = []
    for (let code = 0; code < 0x110000; code++) {
      if ((code >= 0xd800 && code < 0xe000) || !takes.test(String.fromCodePoint(code))) continue
      if (ranges.at(-1) === code - 1) ranges[ranges.length - 1] = code
      else ranges.push(code, code)
    }
    expect(unicodeProperties([name])).toEqual(ranges)
  },
)
