import { readFileSync } from 'node:fs'

/** A profile as V8 writes it (`--cpu-prof`). Times are microseconds of the monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly startTime: number
  /** Ids of the nodes that ran, one at each look. */
  readonly samples: readonly number[]
  /** Since the look before. */
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  /** `lineNumber`: of the function's beginning, from 0. */
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

/** What processor time goes into. `native` is work outside of JavaScript: mostly the sockets' system calls. */
export const works = ['start', 'generate', 'serialise', 'send', 'judge', 'record', 'collect', 'native'] as const
export type Work = (typeof works)[number]

/** The work of a source file, by its folder; none: that of whoever calls it, such as `core/` and every library. */
function workOf(path: string): Work | undefined {
  if (path.startsWith('node_modules/')) return path.startsWith('node_modules/undici/') ? 'send' : undefined
  if (path.startsWith('specs/wire')) return 'serialise'
  if (path.startsWith('generators/')) return 'generate'
  if (path.startsWith('contracts/')) return 'judge'
  if (/^(reports|cli)\/|^runner\/(record|report|shown|statistics|wholeRun)/.test(path)) return 'record'
  if (path.startsWith('runner/')) return 'send'
  return undefined
}

/** The source file of a frame: below the package or its `dist/`. Of a file that the build has bundled, a comment goes before each source. */
function sourceOf({ url, lineNumber }: ProfileNode['callFrame'], bundles: Map<string, readonly string[]>): string | undefined {
  const path = /\/(?:dist\/(?!.*node_modules)|(?=node_modules\/))(.*)/.exec(url)?.[1]
  if (path !== bundle) return path
  const file = url.replace(/^file:\/\//, '')
  const lines = bundles.get(file) ?? readFileSync(file, 'latin1').split('\n')
  bundles.set(file, lines)
  for (let at = Math.min(lineNumber, lines.length - 1); at >= 0; at--) {
    const source = /^\/\/ ([\w@./-]+\.(?:[cm]?[jt]s|json))$/.exec(lines[at] as string)?.[1]
    if (source !== undefined) return source
  }
  return undefined
}

const bundle = 'cli/run.js'

const nativeWork: ReadonlyMap<string, Work> = new Map([
  ['(garbage collector)', 'collect'],
  ['(program)', 'native'],
])

/**
 * Puts the time of a profile down to works: each look to the innermost frame that tells one; what none tells stands in Node's own
 * reading and writing.
 * @param firstRequestAt until then all is `start`, but for collecting
 * @returns microseconds; idle time is left out
 */
export function split({ nodes, startTime, samples, timeDeltas }: CpuProfile, firstRequestAt: number): Readonly<Record<Work, number>> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const told = new Map<number, Work | 'idle'>()
  const bundles = new Map<string, readonly string[]>()
  const tell = (id: number, outer: Work): void => {
    const node = byId.get(id)
    if (!node) return
    const { functionName } = node.callFrame
    const source = sourceOf(node.callFrame, bundles)
    const own = nativeWork.get(functionName) ?? (source === undefined ? undefined : workOf(source)) ?? outer
    told.set(id, functionName === '(idle)' ? 'idle' : own)
    for (const child of node.children ?? []) tell(child, own)
  }
  if (nodes[0]) tell(nodes[0].id, 'send')
  const times = Object.fromEntries(works.map((work) => [work, 0])) as Record<Work, number>
  let now = startTime
  for (const [index, sample] of samples.entries()) {
    now += timeDeltas[index] ?? 0
    const work = told.get(sample) ?? 'send'
    if (work === 'idle') continue
    // A look tells of the time until the next.
    times[now < firstRequestAt && work !== 'collect' ? 'start' : work] += Math.max(0, timeDeltas[index + 1] ?? 0)
  }
  return times
}
