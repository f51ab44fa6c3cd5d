import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../specs/files'

/** Name and version of this package. */
export function packageInfo(): { readonly name: string; readonly version: string } {
  const { name, version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))
  return { name, version }
}
