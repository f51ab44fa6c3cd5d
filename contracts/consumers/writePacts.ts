import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { partsVariable } from './consumerPact'
import { type Part, writtenPacts } from './pactFiles'

// `npm run pacts [-- JEST-OPTIONS]`: runs the consumers' tests and, once all have passed, writes their pacts anew.
// PLUMBLINE_PACTS is the folder that they go to.

const root = join(__dirname, '..', '..')
const folder = process.env.PLUMBLINE_PACTS ?? join(root, 'contracts', 'pacts')
const options = process.argv.slice(2)
const stray = options.find((option) => !option.startsWith('--'))
if (stray !== undefined) {
  process.stderr.write(
    `npm run pacts: ${stray}: only options of Jest (--name=value) can be given, since a choice of tests makes pacts with holes\n`,
  )
  process.exit(2)
}

const parts = mkdtempSync(join(tmpdir(), 'plumbline-pacts-'))
try {
  const jest = require.resolve('jest/bin/jest')
  const { status } = spawnSync(process.execPath, [jest, ...options, 'contracts/consumers'], {
    cwd: root,
    env: { ...process.env, [partsVariable]: parts },
    stdio: 'inherit',
  })
  if (status !== 0) {
    process.stderr.write('npm run pacts: the tests failed; the pacts are as they were\n')
    process.exitCode = 1
  } else write(writtenPacts(readParts(parts)))
} finally {
  rmSync(parts, { recursive: true })
}

function readParts(from: string): Part[] {
  return readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(from, file), 'utf8')))
}

function write(pacts: ReadonlyMap<string, string>): void {
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(folder)) if (file.endsWith('.json') && !pacts.has(file)) rmSync(join(folder, file))
  for (const [file, text] of pacts) {
    writeFileSync(join(folder, file), text)
    process.stdout.write(`${join(folder, file)}\n`)
  }
}
