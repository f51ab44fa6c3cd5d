import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(__dirname, '..')

/** Nothing is valid there: a member that must hold itself without end, and two alternatives of one shape of which exactly one must hold. */
const impossible = [
  'not made: directCircular request:valid: cannot generate: $ref at #/properties/parent',
  'not made: POST /potentially-undefined-formData request:valid: cannot generate: oneOf at #',
]

test('every example document loads, and gives requests whose bodies are valid or broken as said, by an independent validator', async () => {
  const script = join(root, 'test', 'oasExamples.ts')
  const { stdout } = await promisify(execFile)(process.execPath, ['-r', 'esbuild-register', script], { cwd: root, maxBuffer: 2 ** 26 })
  const lines = stdout.trimEnd().split('\n')
  expect(lines.filter((line) => line.startsWith('  ')).map((line) => line.trim())).toEqual(impossible)
  const documents = lines.filter((line) => !line.startsWith('  '))
  expect(documents.filter((line) => !/: [1-9]\d* operations, [1-9]\d* valid requests, [1-9]\d* broken$/.test(line))).toEqual([
    '3.1/webhooks.json: there is nothing to test',
  ])
  expect(documents.length).toBeGreaterThan(45)
}, 300_000)
