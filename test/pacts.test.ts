import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder } from './cli'

const root = join(__dirname, '..')
const committed = join(root, 'contracts', 'pacts')
const filesOf = (dir: string) => Object.fromEntries(readdirSync(dir).map((file) => [file, readFileSync(join(dir, file), 'utf8')]))

function writePacts(out: string, ...options: string[]): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-r', 'esbuild-register', 'contracts/consumers/writePacts.ts', ...options], {
      cwd: root,
      env: { ...process.env, PLUMBLINE_PACTS: out },
      stdio: 'ignore',
    })
    child.on('close', resolve)
  })
}

test.each([
  ['one worker', ['--maxWorkers=1']],
  ['four workers, tests in another order', ['--maxWorkers=4', '--randomize', '--seed=7']],
])('the pacts that the consumers write are the committed ones, byte for byte: %s', async (_, options) => {
  const out = folder()
  expect(await writePacts(out, ...options)).toBe(0)
  expect(filesOf(out)).toEqual(filesOf(committed))
})

test('each interaction of a consumer is in its pact', () => {
  const counts = Object.entries(filesOf(committed)).map(([file, text]) => [file, JSON.parse(text).interactions.length])
  expect(counts).toEqual([
    ['workshop-automation-workshop-api.json', 3],
    ['workshop-console-workshop-api.json', 3],
  ])
})
