import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname, relative } from 'node:path'
import type { Report } from '../core/report'
import { createTerminal } from '../reports/terminal'
import { writeReports } from '../reports/write'
import { bundled } from '../specs/load'
import { colour } from './colour'
import { type ConfigOptions, findConfig } from './config/load'
import { run } from './conformance'
import { type Options, runOptions } from './options'

/** Milliseconds in which several changes are one: editors write a file in steps. */
const together = 150

/**
 * Runs, and runs again when the document, an overlay or the config file changes, or when Enter is pressed; the rules that failed come first.
 * Ends with Ctrl-C, with the exit code of the latest run.
 */
export async function watchCommand(load: () => Promise<Options & ConfigOptions>, words: readonly string[]): Promise<void> {
  let options = await load()
  const terminal = createTerminal({ stream: process.stdout, colour: colour(process.stdout), quiet: options.quiet ?? false })
  const config = options.config ?? findConfig(process.cwd())
  let failing: readonly string[] = []
  let current: AbortController | undefined
  let again = true
  let ended = false
  let wake = () => {}
  const rerun = () => {
    again = true
    // What is under way tells of what has changed since.
    current?.abort()
    wake()
  }
  const watchers = new Map<string, FSWatcher>()
  /** Files that the document refers to. */
  const referred = new Set<string>()
  /** The config may name other files than before. */
  const watchFiles = () => {
    const files = new Set([options.spec, ...options.overlay, config, ...referred].filter((file) => file !== undefined))
    for (const [file, watcher] of watchers) {
      if (files.has(file)) continue
      watcher.close()
      watchers.delete(file)
    }
    for (const file of files) {
      if (watchers.has(file)) continue
      try {
        watchers.set(file, watchFile(file, rerun))
      } catch {
        // There is no such folder, which the run tells.
      }
    }
  }
  watchFiles()
  process.stdin.on('data', rerun)
  process.stdin.resume()
  const end = () => {
    if (ended) process.exit(130)
    ended = true
    current?.abort()
    wake()
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  while (!ended) {
    again = false
    current = new AbortController()
    try {
      options = await load()
      watchFiles()
      referred.clear()
      const { signal } = current
      const onFile = (path: string) => referred.add(path)
      const report = await run({ ...runOptions(options, words), first: failing, signal, emit: terminal.emit, onFile })
      if (!current.signal.aborted || report.findings.length > 0) failing = failingRules(report)
      if (!current.signal.aborted) {
        const { failed } = await writeReports(report, { dir: options.out, formats: [{ format: 'html' }, { format: 'json' }] })
        for (const { file, message } of failed) process.stderr.write(`plumbline: ${file} could not be written: ${message}\n`)
        process.exitCode = report.exitCode
      }
    } catch (error) {
      // A document in the middle of being written may be wrong for a moment.
      const { name, message } = error as Error
      if (name !== 'UsageError' && name !== 'AuthError') throw error
      process.stderr.write(`plumbline: ${message}\n`)
      process.exitCode = 2
    }
    watchFiles()
    current = undefined
    if (again || ended) continue
    const subject = [...watchers.keys()].map((file) => relative(process.cwd(), file)).join(', ') || bundled.spec
    process.stdout.write(`Watching ${subject}; Enter runs again, Ctrl-C ends\n`)
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
  for (const watcher of watchers.values()) watcher.close()
  process.stdin.pause()
}

const failingRules = ({ findings }: Report): readonly string[] => [...new Set(findings.flatMap(({ rules }) => rules))]

/** The folder is watched, as editors put a new file in the place of the old one. */
function watchFile(file: string, changed: () => void): FSWatcher {
  let timer: NodeJS.Timeout | undefined
  const watcher = watch(dirname(file), (_, name) => {
    if (name !== null && name !== basename(file)) return
    clearTimeout(timer)
    timer = setTimeout(changed, together)
  })
  // A folder that goes away tells nothing more.
  return watcher.on('error', () => watcher.close())
}
