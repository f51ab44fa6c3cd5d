import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** All folders that the tests make lie in one, which goes with them. */
export default function setup(): void {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-tests-'))
  process.env.TMPDIR = folder
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
}
