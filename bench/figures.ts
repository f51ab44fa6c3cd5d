import { bytes, count } from '../reports/text'
import type { Results } from './results'

type Unit = 'ratio' | 'a second' | 'seconds' | 'microseconds' | 'bytes' | 'requests'

/** One number that the bench tells. */
interface Figure {
  /** Stable, for the history: `speed.3000.ratio`. */
  readonly key: string
  readonly what: string
  readonly value: number
  readonly unit: Unit
  readonly atLeast?: number
  readonly atMost?: number
}

const megabyte = 1024 * 1024

/** The figures of whatever has been measured, in the order in which they are told. */
export function figuresOf({ speed, cpu, memory, plan, start, report, finding, generator }: Results): readonly Figure[] {
  const figures: Figure[] = []
  const tell = (key: string, what: string, value: number | undefined, unit: Unit, target: Pick<Figure, 'atLeast' | 'atMost'> = {}) => {
    if (value !== undefined) figures.push({ key, what, value, unit, ...target })
  }
  for (const { cases, median } of speed?.result ?? []) {
    const of = `at ${count(cases)} cases`
    tell(`speed.${cases}.ratio`, `Share of the bare loop’s speed, ${of}`, median.ratio, 'ratio', { atLeast: 0.85 })
    tell(`speed.${cases}.wholeRatio`, `The same of the whole command, start and reports too, ${of}`, median.wholeRatio, 'ratio')
    tell(`speed.${cases}.suite`, `Cases sent and judged, ${of}`, median.suite, 'a second')
    tell(`speed.${cases}.suiteCpu`, `Processor time of the suite for a case, ${of}`, median.suiteCpu, 'microseconds')
    tell(`speed.${cases}.bareCpu`, `Processor time of the bare loop for a request, ${of}`, median.bareCpu, 'microseconds')
  }
  if (cpu)
    for (const [work, value] of [...Object.entries(cpu.result.perCase), ['threads', cpu.result.threads] as const])
      tell(`cpu.${work}`, `Processor time for a case: ${workWords[work] ?? work}`, value, 'microseconds')
  const sizes = memory?.result ?? []
  for (const { cases, peakRss, peakHeap } of sizes) {
    tell(`memory.${power(cases)}.rss`, `Peak memory (RSS) of ${count(cases)} cases`, peakRss, 'bytes', { atMost: 300 * megabyte })
    tell(`memory.${power(cases)}.heap`, `Peak JavaScript heap of ${count(cases)} cases`, peakHeap, 'bytes')
  }
  const [first, last] = [sizes[0], sizes.at(-1)]
  if (first && last && last.cases > first.cases) {
    const ofEach = `from ${count(first.cases)} to ${count(last.cases)} cases`
    tell(
      'memory.perCase',
      `Peak memory that each further case adds, ${ofEach}`,
      (last.peakRss - first.peakRss) / (last.cases - first.cases),
      'bytes',
    )
    tell(
      'memory.secondsPerCase',
      `Time that each further case adds, ${ofEach}`,
      ((last.seconds - first.seconds) / (last.cases - first.cases)) * 1e6,
      'microseconds',
    )
  }
  for (const { operations, bytes: size, seconds, peakRss } of plan?.result ?? []) {
    const document = `a document of ${count(operations)} operations (${bytes(size)})`
    tell(`plan.${operations}.seconds`, `Time to plan ${document}`, seconds, 'seconds')
    tell(`plan.${operations}.rss`, `Peak memory of planning ${document}`, peakRss, 'bytes')
  }
  tell('start.version', 'Start of `--version`, over that of Node', start?.result.version, 'seconds', { atMost: 0.1 })
  tell('start.help', 'Start of `--help`, over that of Node', start?.result.help, 'seconds')
  tell('start.firstRequest', 'Start of a run to its first request, over that of Node', start?.result.firstRequest, 'seconds', {
    atMost: 0.4,
  })
  if (report) {
    const of = `of ${count(report.result.cases)} cases`
    tell('report.seconds', `Time of the command that makes the HTML report ${of}`, report.result.seconds, 'seconds', { atMost: 1 })
    tell('report.bytes', `Size of the HTML report ${of}`, report.result.bytes, 'bytes', { atMost: 2 * megabyte })
  }
  if (finding) {
    const { variants, requests, seconds, shrinking } = finding.result
    const over = `over ${count(variants)} broken servers`
    tell('finding.requests', `Requests to the first finding, median ${over}`, requests.median, 'requests')
    tell('finding.requests.p90', 'The same, nine of ten', requests.p90, 'requests')
    tell('finding.seconds', `Time to the first finding, median ${over}`, seconds.median, 'seconds')
    tell('finding.seconds.p90', 'The same, nine of ten', seconds.p90, 'seconds')
    tell('finding.shrinking', `Requests of one shrinking, median ${over}`, shrinking?.median, 'requests', { atMost: 100 })
  }
  tell('generator.request', 'Making one request of the first API, as bytes, its zone proven', generator?.result.request, 'microseconds')
  tell('generator.own', 'Making one payload of ten members', generator?.result.own, 'microseconds')
  tell('generator.faker', 'The same by json-schema-faker', generator?.result.faker, 'microseconds')
  return figures
}

/** What processor time goes into, in words. */
export const workWords: Readonly<Record<string, string>> = {
  start: 'starting and planning, over all cases',
  generate: 'generating',
  serialise: 'serialising',
  send: 'sending and receiving',
  judge: 'judging',
  record: 'recording and reporting',
  collect: 'collecting garbage',
  native: 'in the system, mostly the sockets',
  threads: 'on other threads: compiling, collecting',
}

/** The power of ten that is nearest to a number of cases. */
const power = (cases: number): number => 10 ** Math.round(Math.log10(cases))

const digits = (value: number): string => String(Number(value.toPrecision(2)))

/** A value with its unit, two digits of it where more would not be true. */
export function shown(value: number, unit: Unit): string {
  if (unit === 'bytes') return Math.abs(value) < megabyte ? bytes(Math.round(value)) : `${Number((value / megabyte).toPrecision(3))} MB`
  if (unit === 'seconds') return Math.abs(value) < 1 ? `${Math.round(value * 1000)} ms` : `${Number(value.toPrecision(3))} s`
  if (unit === 'microseconds') return value < 1000 ? `${digits(value)} µs` : `${digits(value / 1000)} ms`
  if (unit === 'ratio') return value.toFixed(2)
  if (unit === 'requests') return count(value)
  return `${count(value)} ${unit}`
}

/** The figure's target in words, if it has one. */
export const targetOf = ({ atLeast, atMost, unit }: Figure): string | undefined =>
  atLeast !== undefined ? `at least ${shown(atLeast, unit)}` : atMost !== undefined ? `at most ${shown(atMost, unit)}` : undefined

/** Whether the figure reaches its target, if it has one. */
export const isReached = ({ value, atLeast, atMost }: Figure): boolean | undefined =>
  atLeast !== undefined ? value >= atLeast : atMost !== undefined ? value <= atMost : undefined
