import { spawn } from 'node:child_process'
import { AuthError } from '../../core/errors'
import type { Issued } from './renewed'

/** Seconds that the command may take. */
const patience = 60

/**
 * Runs a command, by the shell, that prints a header (`Name: value`) or a bare token as its first line. What it says on standard error is
 * shown as it comes.
 * @param name of the header for a bare token
 * @throws AuthError
 */
export async function issueByCommand(command: string, name: string): Promise<Issued> {
  const { code, stdout } = await new Promise<{ code: number | null; stdout: string }>((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'inherit'], timeout: patience * 1000 })
    let stdout = ''
    child.stdout.on('data', (data) => {
      stdout += data
    })
    child.on('error', () => resolve({ code: null, stdout: '' }))
    child.on('close', (code) => resolve({ code, stdout }))
  })
  if (code !== 0) throw new AuthError(`the command of auth.command ended with ${code ?? `nothing within ${patience} s`}; run it by hand`)
  const line = stdout
    .split(/\r?\n/)
    .find((text) => text.trim() !== '')
    ?.trim()
  if (line === undefined) throw new AuthError('the command of auth.command printed nothing; it should print a header, "Name: value"')
  const [, printed = name, value = line] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): +(.+)$/.exec(line) ?? []
  if (!/^[\x20-\x7e]+$/.test(value)) throw new AuthError('the command of auth.command printed characters that no header can hold')
  return { header: [printed, value] }
}
