import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder, and those that it is in. Node's own `recursive` never ends where a file system takes no folders, as that of /proc.
 * @throws the system's error
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  const parent = dirname(resolve(folder))
  if (parent !== resolve(folder)) makeFolder(parent)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Others may be making it.
    if (!isFolder(folder)) throw error
  }
}

/** Why a folder cannot be made or written to; undefined if nothing is known to be in the way. Makes nothing. */
export function obstacle(folder: string): string | undefined {
  const path = resolve(folder)
  try {
    if (!statSync(path).isDirectory()) return `${path} is a file`
    accessSync(path, constants.W_OK)
    return undefined
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return obstacle(dirname(path))
    return code === 'EACCES' || code === 'EROFS' ? `${path} may not be written to` : message
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
