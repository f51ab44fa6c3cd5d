import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export const main = join(__dirname, '..', 'dist', 'cli', 'main.js')

/** A new empty folder. */
export const folder = (): string => mkdtempSync(join(tmpdir(), 'plumbline-'))

/**
 * Runs the built command as a process of its own, without a terminal.
 * @param options `interrupt`: sends SIGINT once this text was printed
 */
export function plumbline(
  words: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; interrupt?: RegExp } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const { PLUMBLINE_TOKEN: _, FORCE_COLOR: __, GITHUB_ACTIONS: ___, GITHUB_STEP_SUMMARY: ____, ...env } = process.env
    const child = spawn(process.execPath, [main, ...words], {
      cwd: options.cwd ?? folder(),
      env: { ...env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    let interrupted = false
    child.stdout.on('data', (data) => {
      stdout += data
      if (options.interrupt?.test(stdout) && !interrupted) {
        interrupted = true
        child.kill('SIGINT')
      }
    })
    child.stderr.on('data', (data) => {
      stderr += data
    })
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
