import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = resolve(__dirname, '..')

/** Which folders a folder may import from, besides itself; the architecture in one table. */
const knows: Record<string, readonly string[]> = {
  core: [],
  specs: ['core'],
  generators: ['core', 'specs'],
  contracts: ['core', 'specs', 'generators'],
  runner: ['core', 'specs', 'generators'],
  reference: ['core', 'specs', 'generators'],
  reports: ['core'],
  cli: ['core', 'specs', 'generators', 'contracts', 'runner', 'reference', 'reports'],
  bench: ['core', 'specs', 'generators', 'runner', 'reference', 'reports', 'cli'],
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(root, folder, file))
}

test.each(Object.keys(knows))('%s imports only what it may know', (folder) => {
  const files = sources(folder)
  expect(files.length).toBeGreaterThan(0)
  const wrong = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:from|import|require)\s*\(?\s*'(\.[^']*)'/g)]
      .map(([, path]) => relative(root, resolve(dirname(file), path as string)).split('/')[0] as string)
      .filter((other) => other !== folder && !knows[folder]?.includes(other))
      .map((other) => `${relative(root, file)} imports ${other}`),
  )
  expect(wrong).toEqual([])
})
