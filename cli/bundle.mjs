// Makes one file of the command line and one of the command `run`, and V8's code of them: to find, read and compile four hundred modules
// takes longer than all else before the first request of a run.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { build } from 'esbuild'

/** What few runs need is loaded by itself, when it is needed. */
const apart = {
  name: 'apart',
  setup: (to) =>
    to.onResolve({ filter: /^(undici|yaml|cli-progress)$|^@scalar\/|\/reference\/server$/ }, ({ path }) => ({ path, external: true })),
}

/** Each command is loaded by itself. */
const lazyApart = {
  name: 'lazy apart',
  setup: (to) =>
    to.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) =>
      kind === 'dynamic-import'
        ? { path: `./${relative(resolve('cli'), resolve(resolveDir, path)).replaceAll('\\', '/')}`, external: true }
        : undefined,
    ),
}

/** undici loads it in any case, and uses it where HTTP/2 is allowed, which it is not. */
const withoutHttp2 = {
  name: 'without HTTP/2',
  setup(to) {
    to.onResolve({ filter: /^node:http2$/ }, () => ({ path: 'http2', namespace: 'none' }))
    to.onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'exports.constants = {}' }))
  },
}

/** It is read as ASCII; esbuild leaves the texts of tagged templates as they are. */
function toAscii(file) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, escaped))
}

async function bundle(name, plugins) {
  const outfile = resolve(`dist/cli/${name}.js`)
  rmSync(`${outfile}.cache`, { force: true })
  await build({
    entryPoints: [`cli/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    plugins,
  })
  toAscii(outfile)
  return outfile
}

const program = await bundle('program', [lazyApart])
const run = await bundle('run', [apart, withoutHttp2])

const { writeCache } = createRequire(import.meta.url)('../dist/cli/codeCache.js')
const folder = mkdtempSync(join(tmpdir(), 'plumbline-'))
const words = ['run', '--quiet', '--seed', '1', '--max-requests', '500', '--out', folder]
const write = process.stdout.write
await writeCache(program, ({ createProgram }) =>
  writeCache(run, async (exports) => {
    process.stdout.write = () => true
    await createProgram(() => exports).parseAsync(words, { from: 'user' })
  }),
)
process.stdout.write = write
// What the run found is not the build's.
process.exitCode = 0
rmSync(folder, { recursive: true })
