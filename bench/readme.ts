import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../specs/files'
import { figuresOf, shown, targetOf } from './figures'
import type { Results } from './results'

const [begin, end] = ['<!-- figures: npm run bench:readme -->', '<!-- end of figures -->']

/** The figures that say most; the others are in the picture and in `latest.json`. */
const told =
  /^(speed\.\d+\.(ratio|wholeRatio)|speed\.20000\.suite|memory\.(1000|100000|1000000)\.rss|plan\.1000\.|start\.|report\.|finding\.(requests|seconds|shrinking)$|generator\.)/

/**
 * A README with the table of these results between its marks.
 * @throws if the marks are not there
 */
export function filled(readme: string, results: Results): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the README has no place for the figures: put ${begin} and ${end} into it`)
  const figures = figuresOf(results).filter(({ key }) => told.test(key))
  const rows = figures.map((figure) => `| ${figure.what} | ${shown(figure.value, figure.unit)} | ${targetOf(figure) ?? ''} |`)
  const machines = [...new Set(Object.values(results).map(({ node, cpu, cores }) => `Node ${node} on ${cores} cores of ${cpu}`))]
  const loads = Object.values(results).map(({ load }) => load)
  const [least, most] = [Math.min(...loads), Math.max(...loads)]
  const table = ['| what | measured | target |', '| --- | --- | --- |', ...rows].join('\n')
  return `${readme.slice(0, from + begin.length)}\n\n${machines.join('; ')}, at a load of ${least === most ? least : `${least} to ${most}`}:\n\n${table}\n\n![The figures, and where the processor time goes](bench/results/latest.svg)\n\n${readme.slice(to)}`
}

/** `npm run bench:readme`: puts the figures of `results/latest.json` into the README. */
function main(): void {
  const file = join(packageRoot(), 'README.md')
  const results = JSON.parse(readFileSync(join(packageRoot(), 'bench', 'results', 'latest.json'), 'utf8')) as Results
  writeFileSync(file, filled(readFileSync(file, 'utf8'), results))
}

if (require.main === module) main()
