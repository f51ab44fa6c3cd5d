import type { Options } from 'cli-progress'
import type { Colors } from 'picocolors/types'
import type { CleaningProgress, Emit, Event } from '../core/event'
import type { TerminalStream } from './terminal'
import { columns, count, counted, duration, shorten, visible, wrap } from './text'

/** What is known of a run while it goes. */
interface Tally {
  planned: number
  rules: number
  judged: number
  failing: number
  findings: number
  at: number
  doing: string
}

function take(tally: Tally, event: Event): void {
  if (event.type === 'run-started') Object.assign(tally, { planned: event.planned, rules: event.rules.length })
  else if (event.type === 'case-judged') {
    tally.judged += 1
    tally.at = event.at
    tally.doing = ''
    if (event.failures.length > 0) tally.failing += 1
  } else if (event.type === 'patience') tally.doing = `waiting ${duration(event.seconds)}: ${visible(event.reason)}`
  else if (event.type === 'shrink-started') tally.doing = `shrinking ${visible(event.rule)}`
  else if (event.type === 'cleanup-progressed') tally.doing = cleaningWords(event)
  else if (event.type === 'finding-made') tally.findings += 1
}

function started(event: Event, stream: TerminalStream): string[] {
  if (event.type !== 'run-started') return []
  const plan = `${counted(event.rules.length, 'rule')}, ${counted(event.planned, 'request')} planned, seed ${event.seed}`
  const name = 'Plumbline  '
  const cautions = (event.cautions ?? []).map((caution) => `Note: ${visible(caution)}`)
  const lines = [visible(shorten(event.target, 400)), plan, ...cautions].flatMap((line) => wrap(line, (stream.columns ?? 80) - name.length))
  return lines.map((line, index) => `${index === 0 ? name : ' '.repeat(name.length)}${line}`)
}

/** What a clean-up does that goes on. */
export const cleaningWords = ({ left, absent }: CleaningProgress): string =>
  absent === left && left > 0
    ? `waiting for ${count(left)} created, not found by DELETE yet`
    : `deleting what was created, ${count(left)} left`

/** Where there are but lines, one after three seconds, and then each ten. */
export const isWorthALine = ({ seconds }: CleaningProgress): boolean => seconds % 10 === 3

/** A bar that is drawn anew in place. */
function live(stream: TerminalStream, colours: Colors): Emit {
  const tally: Tally = { planned: 0, rules: 0, judged: 0, failing: 0, findings: 0, at: 0, doing: '' }
  const draw: Options['format'] = (_, { progress }) => {
    const size = 20
    const full = Math.round(Math.min(1, progress) * size)
    const found =
      tally.findings > 0 ? counted(tally.findings, 'finding') : tally.failing > 0 ? `${count(tally.failing)} failing` : 'none failing'
    const start = `${Math.floor(Math.min(1, progress) * 100)
      .toString()
      .padStart(3)} %  ${count(tally.judged)} of ${count(tally.planned)}  ${duration(tally.at)}  `
    const left = (stream.columns ?? 80) - size - 2 - columns(start) - columns(found)
    const doing = tally.doing && left > 6 ? `  ${shorten(tally.doing, left - 4)}` : ''
    const bar = `${colours.green('━'.repeat(full))}${colours.dim('━'.repeat(size - full))}`
    return `${bar} ${start}${tally.failing > 0 ? colours.red(found) : found}${colours.dim(doing)}`
  }
  // Where no terminal looks on, there is no bar to load.
  const { SingleBar } = require('cli-progress') as typeof import('cli-progress')
  const bar = new SingleBar({
    format: draw,
    stream,
    clearOnComplete: true,
    hideCursor: true,
    fps: 12,
    linewrap: false,
    gracefulExit: false,
  })
  // Ends of lines and the cursor are given back to the terminal, whichever way the process ends. (With its wrapping left on, a line
  // would be cut by its length with the colours in it.)
  const restore = () => bar.stop()
  return (event) => {
    take(tally, event)
    if (event.type === 'run-started') {
      stream.write(`${started(event, stream).join('\n')}\n`)
      process.once('exit', restore)
      bar.start(Math.max(1, event.planned), 0)
    } else if (event.type === 'run-finished') {
      process.off('exit', restore)
      bar.stop()
    } else bar.update(Math.min(tally.judged, tally.planned))
  }
}

/** A line for each tenth of the plan, and one for each wait. */
function plain(stream: TerminalStream): Emit {
  const tally: Tally = { planned: 0, rules: 0, judged: 0, failing: 0, findings: 0, at: 0, doing: '' }
  let told = 0
  const say = (text: string) => {
    for (const line of wrap(text, (stream.columns ?? 80) - 2)) stream.write(`  ${line}\n`)
  }
  return (event) => {
    take(tally, event)
    for (const line of started(event, stream)) stream.write(`${line}\n`)
    const tenth = Math.min(10, Math.floor((tally.judged / Math.max(1, tally.planned)) * 10))
    if (event.type === 'case-judged' && tenth > told) {
      told = tenth
      say(
        `${String(tenth * 10).padStart(3)} %  ${count(tally.judged)} of ${count(tally.planned)} requests, ${count(tally.failing)} failing, ${duration(tally.at)}`,
      )
    }
    if ((event.type === 'patience' && event.seconds >= 1) || (event.type === 'cleanup-progressed' && isWorthALine(event))) say(tally.doing)
  }
}

/** Tells a run's progress on a stream: by a live bar where it is a terminal, else by plain lines. */
export const createProgress = (stream: TerminalStream, colours: Colors): Emit =>
  stream.isTTY && process.env.TERM !== 'dumb' ? live(stream, colours) : plain(stream)
