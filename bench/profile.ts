/** A profile as V8 writes it (`--cpu-prof`). Times are microseconds of the monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly startTime: number
  /** Ids of the nodes that ran, one at each look. */
  readonly samples: readonly number[]
  /** Since the look before. */
  readonly timeDeltas: readonly number[]
}

export interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}

/** What processor time goes into. `native` is work outside of JavaScript: mostly the sockets' system calls. */
export const works = ['start', 'generate', 'serialise', 'send', 'judge', 'record', 'collect', 'native'] as const
export type Work = (typeof works)[number]

/** The work of a frame that stands in a folder; none: that of whoever calls it, such as `core/` and every library. */
function workOf(url: string): Work | undefined {
  const path = /\/dist\/(.*)/.exec(url)?.[1]
  if (path === undefined) return /\/node_modules\/undici\//.test(url) ? 'send' : undefined
  if (path.startsWith('specs/wire')) return 'serialise'
  if (path.startsWith('generators/')) return 'generate'
  if (path.startsWith('contracts/')) return 'judge'
  if (/^(reports|cli)\/|^runner\/(record|report|shown|statistics|whole-run)/.test(path)) return 'record'
  if (path.startsWith('runner/')) return 'send'
  return undefined
}

const nativeWork: Readonly<Record<string, Work>> = { '(garbage collector)': 'collect', '(program)': 'native' }

/**
 * Puts the time of a profile down to works: each look to the innermost frame that tells one; what none tells stands in Node's own
 * reading and writing.
 * @param firstRequestAt until then all is `start`, but for collecting
 * @returns microseconds; idle time is left out
 */
export function split({ nodes, startTime, samples, timeDeltas }: CpuProfile, firstRequestAt: number): Readonly<Record<Work, number>> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const told = new Map<number, Work | 'idle'>()
  const tell = (id: number, outer: Work): void => {
    const node = byId.get(id)
    if (!node) return
    const { functionName, url } = node.callFrame
    const own = nativeWork[functionName] ?? workOf(url) ?? outer
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
