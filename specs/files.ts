import { existsSync, readFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UsageError } from '../core/errors'

const maxBytes = 128 * 1024 * 1024

/**
 * The text of a file that a user names, without a byte order mark.
 * @throws UsageError if it is not there, not readable, not UTF-8 or over 128 MiB
 */
export async function readText(file: string): Promise<string> {
  let bytes: Buffer
  try {
    const { size } = await stat(file)
    if (size > maxBytes) throw new UsageError(`is ${Math.round(size / 1024 / 1024)} MiB; at most 128 MiB are read`, file)
    bytes = await readFile(file)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`cannot be read: ${reason(error)}`, file)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError('is not UTF-8 text; save it as UTF-8', file)
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'EACCES' || code === 'EPERM') return 'no permission'
  return message
}

let root: string | undefined

/** The folder of this package: the same data files are found from the checkout, from `dist/` and from an installed tarball. */
export function packageRoot(): string {
  root ??= findRoot(__dirname)
  return root
}

function findRoot(folder: string): string {
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'plumbline-api') return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error('the package.json of plumbline-api is in none of the folders above')
  return findRoot(parent)
}
