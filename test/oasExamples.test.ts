import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(__dirname, '..')

/** Nothing is valid there: a member that must hold itself without end, and two alternatives of one shape of which exactly one must hold. */
const impossible = [
  'not made: directCircular request:valid: cannot generate: $ref at #/properties/parent',
  'not made: POST /potentially-undefined-formData request:valid: cannot generate: oneOf at #',
]

test('every example document loads, and gives requests that are valid or broken as said on the wire, by an independent validator', async () => {
  const script = join(root, 'test', 'oasExamples.ts')
  const { stdout } = await promisify(execFile)(process.execPath, ['-r', 'esbuild-register', script], { cwd: root, maxBuffer: 2 ** 26 })
  const lines = stdout.trimEnd().split('\n')
  const told = lines.filter((line) => line.startsWith('  ')).map((line) => line.trim())
  expect(told.filter((line) => !line.startsWith('unbroken: '))).toEqual(impossible)
  // What cannot be broken is listed, each with its reason.
  const reason = /^unbroken: .*: (no text on the wire breaks it|nothing breaks it alone: cannot generate: \S+ at .+)$/
  expect(told.filter((line) => line.startsWith('unbroken: ') && !reason.test(line))).toEqual([])
  const documents = lines.filter((line) => !line.startsWith('  '))
  expect(
    documents.filter(
      (line) => !/: [1-9]\d* operations, [1-9]\d* valid requests, [1-9]\d* broken; of \d+ constraints \d+ are broken$/.test(line),
    ),
  ).toEqual(['3.1/webhooks.json: there is nothing to test'])
  expect(documents.length).toBeGreaterThan(45)
}, 300_000)
