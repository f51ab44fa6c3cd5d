import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { evaluate, loadCached, writeCache } from './codeCache'

interface Loaded {
  readonly answer: () => string
}

const fileOf = (source: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'file.js')
  writeFileSync(file, source)
  return file
}
const source = (answer: string): string => `exports.answer = () => require('node:path').basename(__filename) + ${JSON.stringify(answer)}`

test('a file is loaded without a cache, and with one', async () => {
  const file = fileOf(source('a'))
  expect((loadCached(file) as Loaded).answer()).toBe('file.jsa')
  await writeCache<Loaded>(file, async ({ answer }) => void answer())
  expect(readFileSync(`${file}.cache`).length).toBeGreaterThan(100)
  expect((loadCached(file) as Loaded).answer()).toBe('file.jsa')
  expect(evaluate(file).isCached).toBe(true)
})

test('the cache of another source of the same length is not used, nor one that is broken', async () => {
  const file = fileOf(source('a'))
  await writeCache<Loaded>(file, async ({ answer }) => void answer())
  writeFileSync(file, source('b'))
  expect((loadCached(file) as Loaded).answer()).toBe('file.jsb')
  expect(evaluate(file).isCached).toBe(false)
  writeFileSync(`${file}.cache`, 'broken')
  expect((loadCached(file) as Loaded).answer()).toBe('file.jsb')
})
