import { bytes, columns, cut, duration, percent, visible, wrap, wrapCommand } from './text'

describe('visible', () => {
  test.each([
    ['plain text, ünïcode 漢字 🙂', 'plain text, ünïcode 漢字 🙂'],
    ['a\nb\tc\r', 'a\\nb\\tc\\r'],
    ['\u001b[31mred', '\\u001b[31mred'],
    ['\u202egnp.exe\u2066', '\\u202egnp.exe\\u2066'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['half \ud800', 'half \\ud800'],
    ['no character \uffff', 'no character \\uffff'],
    ['no-break\u00a0space', 'no-break\\u00a0space'],
    ['\u2028\u2029\u0085', '\\u2028\\u2029\\u0085'],
    ['fillers \u3164\u115f', 'fillers \\u3164\\u115f'],
  ])('%j', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })
})

test('a cut text never ends in half a character', () => {
  expect(cut('ab🙂', 3)).toEqual({ text: 'ab', left: 2 })
  expect(cut('ab🙂', 4)).toEqual({ text: 'ab🙂', left: 0 })
})

describe('wrap', () => {
  test('breaks at spaces and after commas, never within a number', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three'])
    expect(wrap('"a":1,"b":2', 7)).toEqual(['"a":1,', '"b":2'])
    expect(wrap('about 1,204 of', 9)).toEqual(['about', '1,204 of'])
  })

  test('breaks a long word, and counts wide characters twice', () => {
    expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh'])
    expect(wrap('漢字漢字', 4)).toEqual(['漢字', '漢字'])
    expect(columns('e\u0301🙂')).toBe(3)
  })

  test('no line is wider than the width', () => {
    const text = 'a bb ccc, dddddddddddddddddddddd 漢字漢字漢字漢字漢字 {"x":"yyyyyyyyyyyyyyyyyyyyyyyy","z":1}'
    for (let width = 2; width < 60; width++) for (const line of wrap(text, width)) expect(columns(line)).toBeLessThanOrEqual(width)
  })
})

describe('wrapCommand', () => {
  test('breaks before options, outside of quotes', () => {
    const command = `curl -sS -X POST 'http://a/b' -H 'A: b -c d' --data-raw '{"x": "y -z"}'`
    expect(wrapCommand(command, 30)).toEqual([
      'curl -sS \\',
      "  -X POST 'http://a/b' \\",
      "  -H 'A: b -c d' \\",
      `  --data-raw '{"x": "y -z"}'`,
    ])
  })

  test('the lines join to the same command', () => {
    const command = `curl -d $'it\\'s -x here' -H "a \\" -b" -e plain\\ -word 'tail'`
    const joined = wrapCommand(command, 10)
      .map((line) => line.replace(/ \\$/, '').trimStart())
      .join(' ')
    expect(joined).toBe(command)
    expect(wrapCommand(command, 10).some((line) => /^ *-x|^ *-b|^ *-word/.test(line))).toBe(false)
  })

  test('what it cannot break safely stays as it is', () => {
    expect(wrapCommand('a  b\nc', 4)).toEqual(['a  b\nc'])
  })
})

test('figures', () => {
  expect([0.0004, 0.012, 0.9994, 1.24, 59.96, 119.6, 250].map(duration)).toEqual([
    '0.4 ms',
    '12 ms',
    '999 ms',
    '1.2 s',
    '1 min 0 s',
    '2 min 0 s',
    '4 min 10 s',
  ])
  expect([1, 312, 8192, 10 * 1024 * 1024].map(bytes)).toEqual(['1 byte', '312 bytes', '8.0 KB', '10.0 MB'])
  expect([0.0086, 0.095, 0.3].map(percent)).toEqual(['0.86 %', '9.5 %', '30 %'])
})
