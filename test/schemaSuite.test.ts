import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(__dirname, '..')
const run = promisify(execFile)
const suite = (...args: string[]) =>
  run(process.execPath, ['-r', 'esbuild-register', join(root, 'test', 'schemaSuite.ts'), ...args], { cwd: root, maxBuffer: 2 ** 26 })

test('values of every group of the corpus are valid, and violations are not, by an independent validator', async () => {
  const { stdout } = await suite('--values', '15')
  expect(stdout.split('\n').filter((line) => line.startsWith('WRONG'))).toEqual([])
  expect(stdout).toMatch(/(\d{3,}) of \1 groups right/)
}, 180_000)

test('a folder that is not there is said', async () => {
  await expect(suite('no-such-folder')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no such folder: no-such-folder'),
  })
})
