#!/usr/bin/env node
import { createProgram } from './program'

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

// A token that was typed is not for everyone who lists processes.
process.title = 'plumbline'

createProgram()
  .parseAsync(process.argv)
  .catch((error: unknown) => {
    const { name, message, stack } = error as Error
    if (name === 'AuthError') {
      process.stderr.write(`plumbline: no credential: ${message}\n`)
      process.exitCode = 3
      return
    }
    const known = name === 'UsageError' || name === 'NotSendable' || name === 'CannotGenerate'
    process.stderr.write(`plumbline: ${known ? message : `unexpected failure, please report it: ${stack ?? message}`}\n`)
    process.exitCode = 2
  })
