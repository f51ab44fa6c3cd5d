// Makes one file of the command `run`, and V8's code of it: to find, read and compile four hundred modules takes longer than all else
// before its first request.
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const outfile = 'dist/cli/run.js'
/** What few runs need is loaded by itself, when it is needed. */
const apart = /^(undici|yaml|cli-progress)$|^@scalar\/|\/reference\/server$/

rmSync(`${outfile}.cache`, { force: true })
await build({
  entryPoints: ['cli/run.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  supported: { 'dynamic-import': false },
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  plugins: [{ name: 'apart', setup: (to) => to.onResolve({ filter: apart }, ({ path }) => ({ path, external: true })) }],
})

const { createProgram } = createRequire(import.meta.url)('../dist/cli/program.js')
const { writeCache } = createRequire(import.meta.url)('../dist/cli/codeCache.js')
const folder = mkdtempSync(join(tmpdir(), 'plumbline-'))
const words = ['run', '--quiet', '--seed', '1', '--max-requests', '500', '--out', folder]
const write = process.stdout.write
await writeCache(resolve(outfile), async (exports) => {
  process.stdout.write = () => true
  await createProgram(() => exports).parseAsync(words, { from: 'user' })
})
process.stdout.write = write
// What the run found is not the build's.
process.exitCode = 0
rmSync(folder, { recursive: true })
