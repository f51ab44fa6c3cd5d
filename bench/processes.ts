import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from '../core/report'
import { requestsFor } from '../runner/plan'
import { packageRoot } from '../specs/files'
import type { Probed } from './probe'
import type { Served, Window } from './server'

const built = (...path: readonly string[]): string => join(packageRoot(), 'dist', ...path)

/** The built command. */
export const command = built('cli', 'main.js')
/** A built script of the bench, which is a process of its own. */
export const script = (name: string): string => built('bench', `${name}.js`)

/** The words that run a script of the bench from its source: what it imports is there for ES modules alone. */
export const source = (name: string): readonly string[] => ['--require', 'esbuild-register', join(packageRoot(), 'bench', `${name}.ts`)]

/** So that nothing of the caller's shell or CI changes what is measured. */
export const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(PLUMBLINE_|GITHUB_|NODE_|FORCE_COLOR|JEST_|https?_proxy$|all_proxy$)/i.test(name)),
)

interface Ended {
  readonly stdout: string
  /** Wall clock, from before the start to the end. */
  readonly seconds: number
}

/** Runs Node with these words, until it ends. @throws if it ends by a signal, or with a code that `allowed` does not hold; 0 alone by default */
export async function node(
  words: readonly string[],
  options: { readonly cwd?: string; readonly probe?: string; readonly allowed?: readonly number[] } = {},
): Promise<Ended> {
  const started = performance.now()
  const child = spawn(process.execPath, words, {
    ...(options.cwd !== undefined ? { cwd: options.cwd } : {}),
    env: { ...environment, ...(options.probe !== undefined ? { PLUMBLINE_PROBE: options.probe } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text))
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, seconds: (performance.now() - started) / 1000 }))
  const [{ code, seconds }] = await Promise.all([ended, once(child, 'close')])
  if (code === null || !(options.allowed ?? [0]).includes(code))
    throw new Error(`node ${words.join(' ')} ended with ${code}: ${texts.stderr.slice(0, 2000)}`)
  return { stdout: texts.stdout, seconds }
}

/** Runs Node with these words, and has the process tell what it took. */
export function probed(words: readonly string[], options: { readonly cwd?: string } = {}): Promise<Ended & Probed> {
  return inFolder(async (folder) => {
    const probe = join(folder, 'probe.json')
    const ended = await node(['--require', script('probe'), ...words], { ...options, probe, allowed: [0, 1, 3] })
    return { ...ended, ...(JSON.parse(readFileSync(probe, 'utf8')) as Probed) }
  })
}

/** A folder that is there as long as `use` goes on. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface Server {
  readonly url: string
  /** What has come since it was asked last: how many requests, and the seconds until they were answered, but for the last so many. */
  window(besides: number): Promise<Window>
  close(): Promise<void>
}

/** The reference server, or a variant of it, in a process of its own. */
async function serve(variant?: string): Promise<Server> {
  const child = fork(script('server'), variant === undefined ? [] : [variant], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const said = async <T>(): Promise<T> =>
    (
      await Promise.race([
        once(child, 'message'),
        ended.then(([code]) => {
          throw new Error(`the server ended with ${code}`)
        }),
      ])
    )[0] as T
  const { url } = await said<Served>()
  return {
    url,
    async window(besides) {
      const answer = said<Window>()
      child.send({ besides })
      return answer
    },
    async close() {
      child.kill()
      await ended.catch(() => undefined)
    },
  }
}

/** Uses a server, and ends it. */
export async function withServer<T>(use: (server: Server) => Promise<T>, variant?: string): Promise<T> {
  const server = await serve(variant)
  try {
    return await use(server)
  } finally {
    await server.close()
  }
}

interface Run extends Probed {
  readonly report: Report
  /** Cases of the plan that were sent and judged. */
  readonly cases: number
  /** Of the whole process. */
  readonly seconds: number
}

/**
 * Runs the suite as its users do, as a process of its own, all checks on.
 * @param cases of the plan
 * @param folder gets the reports
 */
export async function runSuite(url: string, cases: number, folder: string, nodeOptions: readonly string[] = []): Promise<Run> {
  const requests = String(requestsFor(cases))
  const words = ['run', '--target', url, '--seed', String(seed), '--concurrency', String(concurrency), '--max-requests', requests]
  const { stdout: _, ...took } = await probed([...nodeOptions, command, ...words, '--max-time', '36000', '--out', '.'], { cwd: folder })
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report
  const sent = report.rules.reduce((sum, rule) => sum + rule.cases + rule.notReached, 0)
  if (sent < cases * 0.9) throw new Error(`the run sent ${sent} of ${cases} cases: ${report.reason ?? report.verdict}`)
  return { ...took, report, cases: sent }
}

/** Of every run that is measured. */
export const seed = 1
/** Requests at the same time. */
export const concurrency = 8
