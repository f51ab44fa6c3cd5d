import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { packageRoot } from './files'
import { parseText } from './parse'
import { readYaml } from './yaml'
import { yamlOffsets } from './yamlOffsets'

/** As the careful reader has it, which follows YAML 1.2 to the letter. */
const carefully = (text: string): unknown => parse(text, { merge: true })

const yamlFiles = [
  ...['2.0', '3.0', '3.1'].map((version) => join('node_modules/@readme/oas-examples', version, 'yaml')),
  'specs',
  'pipelines',
].flatMap((folder) =>
  readdirSync(join(packageRoot(), folder))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(packageRoot(), folder, name)),
)

test.each(yamlFiles)('%s is read as the careful reader reads it', (file) => {
  const text = readFileSync(file, 'utf8')
  expect(parseText(text, file).data).toEqual(carefully(text))
})

// Scalars on which YAML 1.1, YAML 1.2 and their readers differ.
const scalars =
  '1_000 0b11 0o17 017 0x1F 0x1f_f 1e3 1.e3 .5 5. -.5 +1 +.inf -.INF .NaN .nan ~ null Null NULL nil true True yes on y off 12:30 190:20:30 2024-01-01 2024-01-01T10:00:00Z 1.0 1__0 _1 1_ -1_0 1.5_0 0 00 08 -08 1e1000 9007199254740993 ='
    .split(/ +/)
    .filter((scalar) => scalar !== '')

test.each(scalars)('the scalar %s is read as the careful reader reads it', (scalar) => {
  for (const text of [`a: ${scalar}\n`, `a: [${scalar}]\n`, `a:\n- ${scalar}\n- b\n`, `{"a": ${scalar}, b: ${scalar}}`])
    expect(parseText(text, 'a.yaml').data).toEqual(carefully(text))
})

const texts = [
  'a: &x {b: 1}\nc: *x\n',
  'a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n',
  '%YAML 1.1\n---\na: yes\n',
  'a: >-\n  folded\n  text\n\n  more\nb: |\n  kept\n\n',
  "a: \"x\\u00e9\\n\\\n  y\"\nb: 'it''s'\n",
  '? a\n: b\n',
  'a: # a comment\n  - b # another\n  -\n    c: d\n',
  '__proto__: {a: 1}\nconstructor: 2\n',
  'a: !!str 12\nb: !!int "3"\n',
  '---\na: 1\n...\n',
  '200: ok\n1.5: b\ntrue: c\n',
  'a: x\u00a0y\nb: \ud83d\ude00\n',
]

test.each(texts)('%j is read as the careful reader reads it', (text) => {
  expect(parseText(text, 'a.yaml').data).toEqual(carefully(text))
})

test('whatever is written as YAML is read as the careful reader reads it', () => {
  const key = fc.oneof(fc.string(), fc.constantFrom('a', 'null', '1', '-', 'y'))
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(...scalars),
      fc.string({ unit: 'binary' }),
      fc.double().map((n) => n + 0),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    ),
  }))
  fc.assert(
    fc.property(fc.dictionary(key, value, { minKeys: 1 }), fc.constantFrom(0, 40, 80), (data, lineWidth) => {
      const text = stringify(data, { lineWidth })
      expect(parseText(text, 'a.yaml').data).toEqual(carefully(text))
    }),
    { numRuns: 500, seed: 7 },
  )
})

test('a mistake is told at its place', () => {
  expect(() => parseText('a: 1\nb: [1, 2\nc: 3\n', 'x.yaml')).toThrow(/^x\.yaml:\d+:\d+: is neither JSON nor YAML: /)
  expect(() => parseText('a: 1\na: 2\n', 'x.yaml')).toThrow('x.yaml:2:1')
  expect(() => parseText(`a: &x [1]\nb: [${'*x, '.repeat(2000)}]\n`, 'x.yaml')).toThrow('cannot be read as YAML')
})

test('the way back to the lines holds for YAML and for JSON', () => {
  for (const text of ['a:\n  b: 1\n  c:\n    - x\n    - y: 2\n', '{"a":\n{"b": 1,\n"c": [\n"x",\n{"y": 2}]}}']) {
    const file = parseText(text, 'f')
    expect(file.lineOf(['a', 'c'])).toBe(3)
    expect(file.at(['a', 'c', 0])).toBe(text.startsWith('{') ? 'f:4:1' : 'f:4:7')
    expect(file.lineOf(['a', 'c', 1, 'y'])).toBe(5)
    expect(file.at(['nowhere'])).toBe('f:1:1')
  }
})

// Texts with anchors are for the careful reader alone.
const withoutAnchors = yamlFiles.filter((file) => !/[-:] &\w/.test(readFileSync(file, 'utf8')))

test.each(withoutAnchors)('the quick way back to the lines of %s is the careful one', (file) => {
  const text = readFileSync(file, 'utf8')
  const [quick, careful] = [yamlOffsets(text), readYaml(text, file).offsets]
  const line = (offset: number) => text.slice(0, offset).split('\n').length
  const walk = (value: unknown, path: readonly (string | number)[]) => {
    // Where nothing stands, nothing begins.
    const places = value === null ? [quick.key(path)] : [quick.key(path), quick.value(path)]
    const others = value === null ? [careful.key(path)] : [careful.key(path), careful.value(path)]
    if (places.some((place, i) => place !== others[i])) expect([path, ...places.map(line)]).toEqual([path, ...others.map(line)])
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, Array.isArray(value) ? Number(key) : key])
  }
  walk(parseText(text, file).data, [])
})
