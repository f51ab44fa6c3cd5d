import { closeSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Emit, Event } from '../../core/event'
import { makeFolder } from '../folder'

/** A longer line is cut, unless it holds the whole report, or all that is known before the run. */
const longestLine = 256 * 1024
const longestText = 2000
const mostItems = 100

/**
 * Writes a run's events as they happen, one JSON object a line (NDJSON). Each line is handed to the operating system before the run
 * goes on: nothing waits in memory, and a killed process loses at most the line it was writing.
 * A log that cannot be written never breaks the run: the first error ends it, and is told by `failed`.
 * @param file where to write; `-` is standard output
 */
export function createEventLog(file: string): { emit: Emit; close(): void; failed(): string | undefined } {
  let failure: string | undefined
  let to: number | undefined
  const guarded = (act: () => void) => {
    if (failure !== undefined) return
    try {
      act()
    } catch (error) {
      failure = (error as Error).message
    }
  }
  if (file === '-')
    process.stdout.on('error', (error) => {
      failure ??= error.message
    })
  return {
    emit: (event) =>
      guarded(() => {
        // Not before the first event: a run that cannot begin leaves an earlier log as it is.
        if (file !== '-' && to === undefined) {
          makeFolder(dirname(file))
          to = openSync(file, 'w')
        }
        const bytes = Buffer.from(`${lineOf(event)}\n`)
        if (to === undefined) process.stdout.write(bytes)
        else for (let at = 0; at < bytes.length; ) at += writeSync(to, bytes, at)
      }),
    close() {
      if (to !== undefined) closeSync(to)
    },
    failed: () => failure,
  }
}

/** What they hold is not a target's text, and is no longer true when it is cut. */
const whole: ReadonlySet<Event['type']> = new Set(['run-started', 'run-finished', 'shard-ended'])

function lineOf(event: Event): string {
  const line = JSON.stringify(event)
  if (line.length <= longestLine || whole.has(event.type)) return line
  // What a cut would make wrong is left out: the command, and the case as data.
  return JSON.stringify(event, (name, value) => {
    if (name === 'curl' || name === 'case') return undefined
    if (typeof value === 'string') return value.slice(0, longestText)
    return Array.isArray(value) ? value.slice(0, mostItems) : value
  })
}
