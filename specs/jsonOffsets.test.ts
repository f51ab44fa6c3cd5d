import fc from 'fast-check'
import { findNodeAtLocation, parseTree } from 'jsonc-parser'
import { jsonOffsets } from './jsonOffsets'
import { parseText } from './parse'

/** Every path of a value, its own first. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inside = Array.isArray(value) ? value.map((item, i) => [i, item] as const) : Object.entries(value)
  return [path, ...inside.flatMap(([key, item]) => pathsOf(item, [...path, key]))]
}

test('places are those of a whole tree, whatever the value and the white space', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('', 1, '\t'), fc.constantFrom('', '\r\n '), (value, indent, around) => {
      const text = around + JSON.stringify(value, null, indent) + around
      const offsets = jsonOffsets(text)
      const tree = parseTree(text)!
      for (const path of pathsOf(JSON.parse(text))) {
        const node = findNodeAtLocation(tree, [...path])
        if (!node) continue
        const key = node.parent?.type === 'property' ? node.parent.offset : node.offset
        expect([path, offsets.value(path), offsets.key(path)]).toEqual([path, node.offset, key])
      }
    }),
    { seed: 1, numRuns: 400 },
  )
})

test.each([
  ['{"a":{"b":1}}', ['a', 'c'], 1],
  ['{"a":[1,2]}', ['a', 2], 1],
  ['{"a":1,"a":2}', ['a'], 7],
  ['{"\\u0061\\"\\\\":{"b" : [ "]", "\\\\" ]}}', ['a"\\', 'b', 1], 28],
  ['"x"', ['a'], 0],
])('%s at %j', (text, path, offset) => {
  expect(jsonOffsets(text).key(path)).toBe(offset)
})

test('lines of a document of 20 MB are found at once', () => {
  const member = {
    type: 'object',
    description: `a "quoted" \\ text ${'x'.repeat(300)}`,
    properties: { a: { type: 'string' }, b: { type: 'integer' } },
  }
  const schemas = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`S${i}`, member]))
  const text = JSON.stringify({ openapi: '3.1.0', components: { schemas } }, null, 1)
  expect(text.length).toBeGreaterThan(19_000_000)
  const parsed = parseText(text, 'large.json')
  const lines = Array.from({ length: 500 }, (_, i) => parsed.lineOf(['components', 'schemas', `S${i * 70}`, 'properties', 'b']))
  expect(text.split('\n')[lines[499]! - 1]!.trim()).toBe('"b": {')
})
