import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Pact, parsePact } from '../contracts/pact/pact'
import { UsageError } from '../core/errors'
import { readText } from '../specs/files'

/**
 * Reads pacts.
 * @param paths files, or folders whose `.json` files are all pacts
 * @throws UsageError for a file that is none, and for a folder without any
 */
export function readPacts(paths: readonly string[]): Promise<Pact[]> {
  return Promise.all(paths.flatMap(filesOf).map(async (file) => parsePact(await readText(file), file)))
}

/** What of a pact is neither checked nor verified. */
export const skippedLines = ({ skipped }: Pact): readonly string[] =>
  skipped.map(({ description, reason }) => `  - skipped: "${description}" is ${reason}`)

function filesOf(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path]
  const files = readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort()
  if (files.length === 0) throw new UsageError('holds no pact (.json)', path)
  return files.map((name) => join(path, name))
}
