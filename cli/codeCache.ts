import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Script } from 'node:vm'

const cacheOf = (file: string): string => `${file}.cache`
/** V8 compares no more than the length of a source with that of the cache: its digest goes before the cache. */
const digestOf = (source: Buffer): Buffer => createHash('sha1').update(source).digest()
const digestBytes = 20

function read(file: string): { readonly source: string; readonly cachedData?: Buffer } {
  const bytes = readFileSync(file)
  // The build writes nothing but ASCII, which is read in half the time so.
  const source = bytes.toString('latin1')
  if (!existsSync(cacheOf(file))) return { source }
  const cache = readFileSync(cacheOf(file))
  return digestOf(bytes).equals(cache.subarray(0, digestBytes)) ? { source, cachedData: cache.subarray(digestBytes) } : { source }
}

/** Evaluates a CommonJS file. @returns also whether V8 took the cache beside it */
export function evaluate(file: string): { readonly script: Script; readonly exports: unknown; readonly isCached: boolean } {
  const { source, cachedData } = read(file)
  // Another version of V8 refuses the cache, and compiles.
  const script = new Script(Module.wrap(source), { filename: file, ...(cachedData ? { cachedData } : {}) })
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file))
  return { script, exports: module.exports, isCached: cachedData !== undefined && script.cachedDataRejected === false }
}

/**
 * Loads a CommonJS file of the build with the code that V8 has compiled of it before, which takes half the time of compiling it.
 * @param file absolute; its cache lies beside it, or it is compiled
 */
export const loadCached = (file: string): unknown => evaluate(file).exports

/**
 * Writes the cache of a file.
 * @param use runs the functions that are to be in the cache
 */
export async function writeCache<T>(file: string, use: (exports: T) => Promise<void>): Promise<void> {
  const { script, exports } = evaluate(file)
  await use(exports as T)
  writeFileSync(cacheOf(file), Buffer.concat([digestOf(readFileSync(file)), script.createCachedData()]))
}
