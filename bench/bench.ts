import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../specs/files'
import { figuresOf, isReached, shown, targetOf } from './figures'
import { cpu } from './parts/cpu'
import { finding } from './parts/finding'
import { generator } from './parts/generator'
import { memory } from './parts/memory'
import { plan } from './parts/plan'
import { report } from './parts/report'
import { speed } from './parts/speed'
import { start } from './parts/start'
import { picture } from './picture'
import type { HistoryLine, Machine, PartName, Parts, Results } from './results'

const measures = { start, speed, cpu, memory, plan, report, finding, generator } satisfies {
  readonly [K in PartName]: (sizes: never) => Promise<Parts[K]>
}

export const partNames = Object.keys(measures) as readonly PartName[]

/** How much each part measures. */
export type Sizes = { readonly [K in PartName]: Parameters<(typeof measures)[K]>[0] }

const full: Sizes = {
  start: { rounds: 9 },
  speed: { cases: [3000, 20_000, 100_000], pairs: 5 },
  cpu: { cases: 20_000 },
  memory: { cases: [1000, 10_000, 100_000] },
  plan: { operations: [250, 1000], rounds: 3 },
  report: { cases: 100_000, rounds: 5 },
  finding: { sample: 40 },
  generator: { rounds: 9, cases: 3000 },
}

/**
 * Measures parts one after another; after each, `results/latest.json` and `results/latest.svg` in the folder hold it. At the end
 * `history.jsonl` gets a line.
 * @param say gets a line for each figure as it is known
 */
export async function bench(names: readonly PartName[], sizes: Sizes, folder: string, say: (line: string) => void): Promise<Results> {
  const machine = machineNow()
  if (machine.load > machine.cores / 2)
    say(`the machine is busy (load ${machine.load.toFixed(1)} on ${machine.cores} cores): these figures are worth little`)
  const [latest, svg, history] = [
    join(folder, 'results', 'latest.json'),
    join(folder, 'results', 'latest.svg'),
    join(folder, 'history.jsonl'),
  ]
  mkdirSync(join(folder, 'results'), { recursive: true })
  const lines: HistoryLine[] = existsSync(history)
    ? readFileSync(history, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : []
  let all: Results = existsSync(latest) ? JSON.parse(readFileSync(latest, 'utf8')) : {}
  let now: Results = {}
  for (const name of names) {
    say(`\n${name}`)
    const measured: Results = { [name]: { ...machine, result: await (measures[name] as (size: unknown) => Promise<unknown>)(sizes[name]) } }
    for (const figure of figuresOf(measured)) {
      const target = targetOf(figure)
      say(
        `${figure.what}: ${shown(figure.value, figure.unit)}${target === undefined ? '' : ` (${target}${isReached(figure) ? '' : ': missed'})`}`,
      )
    }
    all = { ...all, ...measured }
    now = { ...now, ...measured }
    writeFileSync(latest, `${JSON.stringify(all, null, 1)}\n`)
    writeFileSync(svg, picture(all, [...lines, historyLine(machine, now)]))
  }
  appendFileSync(history, `${JSON.stringify(historyLine(machine, now))}\n`)
  return now
}

const historyLine = (machine: Machine, results: Results): HistoryLine => ({
  ...machine,
  figures: Object.fromEntries(figuresOf(results).map(({ key, value }) => [key, Number(value.toPrecision(4))])),
})

function machineNow(): Machine {
  const git = (...words: readonly string[]) =>
    execFileSync('git', words, { cwd: packageRoot(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  const ownFiles = [':!bench/results', ':!bench/history.jsonl']
  const commit = () =>
    git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no', '--', '.', ...ownFiles) === '' ? '' : '+')
  return {
    at: new Date().toISOString(),
    commit: orElse(commit, 'unknown'),
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  }
}

/** What is measured from a copy without its history still counts. */
function orElse<T>(make: () => T, other: T): T {
  try {
    return make()
  } catch {
    return other
  }
}

/** `npm run bench`, `npm run bench -- NAME…`, `npm run bench -- memory --million`. */
async function main(words: readonly string[]): Promise<void> {
  const names = words.filter((word) => word !== '--million')
  const unknown = names.find((name) => !partNames.includes(name as PartName))
  if (unknown !== undefined) {
    process.stderr.write(
      `bench: there is no part ${unknown}; there are ${partNames.join(', ')}, and --million for memory at a million cases\n`,
    )
    process.exitCode = 2
    return
  }
  const million = words.includes('--million')
  const sizes: Sizes = million ? { ...full, memory: { cases: [...full.memory.cases, 1_000_000] } } : full
  const chosen = names.length > 0 ? partNames.filter((name) => names.includes(name)) : partNames
  await bench(chosen, sizes, join(packageRoot(), 'bench'), (line) => process.stdout.write(`${line}\n`))
}

if (require.main === module)
  main(process.argv.slice(2)).catch((error: Error) => {
    process.stderr.write(`bench: ${error.message}\n`)
    process.exitCode = 2
  })
