#!/usr/bin/env node
import { join } from 'node:path'
import { loadCached } from './codeCache'

// A run goes on where what it prints is lost: its reports and its exit code are still owed. A reader that has seen enough (`| head`)
// is no failure, and who writes a report there tells it himself.
let told = false
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || told || process.stdout.listenerCount('error') > 1) return
  told = true
  process.stderr.write(`plumbline: standard output could not be written: ${error.message}\n`)
})
process.stderr.on('error', () => {})

// A token that was typed is not for everyone who lists processes.
process.title = 'plumbline'

const { createProgram } = loadCached(join(__dirname, 'program.js')) as typeof import('./program')

createProgram(() => loadCached(join(__dirname, 'run.js')) as typeof import('./run'))
  .parseAsync(process.argv)
  .catch(async (error: unknown) => {
    const { name, message, stack } = error as Error
    const { visible } = await import('../reports/text')
    // What a document or a target says may act on no terminal.
    const tell = (text: string) => process.stderr.write(`plumbline: ${text.split('\n').map(visible).join('\n')}\n`)
    if (name === 'AuthError') {
      tell(`no credential: ${message}`)
      process.exitCode = 3
      return
    }
    const known = name === 'UsageError' || name === 'NotSendable' || name === 'CannotGenerate'
    tell(known ? message : `unexpected failure, please report it: ${stack ?? message}`)
    process.exitCode = 2
  })
