import pc from 'picocolors'
import type { Emit } from '../core/event'
import { closing } from './closing'
import { createProgress } from './progress'
import type { Written } from './write'

/** A stream that may be a terminal. */
export type TerminalStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

export interface TerminalOptions {
  readonly stream: TerminalStream
  readonly colour: boolean
  /** No progress, and of each finding one line. */
  readonly quiet: boolean
}

/** Narrower than this nothing can be told; wider lines are hard to read. */
const narrowest = 56
const widest = 100

/**
 * Tells a run on a terminal: a progress bar while it goes (plain lines where the stream is no terminal), then the verdict, the findings
 * worst first, and the rules counted by zone. `written` tells where the reports lie.
 */
export function createTerminal({ stream, colour, quiet }: TerminalOptions): { emit: Emit; written(result: Written): void } {
  const colours = pc.createColors(colour)
  const progress = quiet ? undefined : createProgress(stream, colours)
  const width = () => Math.min(widest, Math.max(narrowest, stream.columns ?? 80))
  const say = (lines: readonly string[]) => stream.write(`${lines.join('\n')}\n`)
  return {
    emit(event) {
      progress?.(event)
      if (event.type === 'run-finished') say(closing(event.report, { width: width(), quiet, colours }))
    },
    written({ written }) {
      if (written.length > 0) say([`${colours.bold('Reports')}  ${written.join('\n         ')}`])
    },
  }
}
