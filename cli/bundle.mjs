// Makes one file of the command `run`: to find, read and compile four hundred modules takes longer than all else before its first request.
import { build } from 'esbuild'

/** What few runs need is loaded by itself, when it is needed. */
const apart = /^(undici|yaml|jsonc-parser|cli-progress)$|^@scalar\/|\/reference\/server$/

await build({
  entryPoints: ['cli/run.ts'],
  outfile: 'dist/cli/run.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  supported: { 'dynamic-import': false },
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  plugins: [{ name: 'apart', setup: (to) => to.onResolve({ filter: apart }, ({ path }) => ({ path, external: true })) }],
})
