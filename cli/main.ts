#!/usr/bin/env node
import { createProgram } from './program'

createProgram()
  .parseAsync(process.argv)
  .catch((error: unknown) => {
    const { name, message, stack } = error as Error
    const known = name === 'UsageError' || name === 'NotSendable' || name === 'CannotGenerate'
    process.stderr.write(`plumbline: ${known ? message : `unexpected failure, please report it: ${stack ?? message}`}\n`)
    process.exitCode = 2
  })
