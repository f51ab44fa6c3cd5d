import { randomUUID } from 'node:crypto'
import type { Wanted } from '../reports/write'

type Environment = Readonly<Record<string, string | undefined>>

/** Whether this is a job of GitHub Actions. */
export const inGithub = (env: Environment): boolean => env.GITHUB_ACTIONS === 'true'

/**
 * What a job on GitHub gets besides the reports that were asked for: the summary, put behind what the step's summary holds, and
 * annotations on standard output, unless a report is there.
 */
export function jobReports(env: Environment, stdoutIsTaken: boolean): readonly Wanted[] {
  const summary = env.GITHUB_STEP_SUMMARY
  return [
    ...(summary ? [{ format: 'markdown', file: summary, append: true } as const] : []),
    ...(inGithub(env) && !stdoutIsTaken ? [{ format: 'github' } as const] : []),
  ]
}

/**
 * Stops GitHub from obeying workflow commands in what is printed, since a target's texts are: `##[…]` is a command anywhere in a line.
 * The word that ends it must not be guessed by a target.
 * @returns what ends it
 */
export function stopCommands(stream: NodeJS.WritableStream): () => void {
  const word = randomUUID()
  stream.write(`::stop-commands::${word}\n`)
  return () => stream.write(`::${word}::\n`)
}
