import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'undici'
import { run } from '../cli/conformance'
import type { WireRequest } from '../core/case'
import { ruleSets } from '../generators/rules'
import { makePlan } from '../runner/plan'
import { loadDocument } from '../specs/load'

const connections = 8
const requests = 3000
const pairs = 5
const seed = 1

/** Cases per second of the suite beside a bare undici loop that sends the same bytes and judges nothing; the server is a process of its own. */
async function main(): Promise<void> {
  const { url, stop } = await serve()
  try {
    const wire = await sameRequests()
    await bare(url, wire)
    const ratios: { suite: number; bare: number; ratio: number }[] = []
    for (let i = 0; i < pairs; i++) {
      const loop = await bare(url, wire)
      const suite = await measured(url)
      ratios.push({ suite, bare: loop, ratio: suite / loop })
      process.stdout.write(
        `suite ${suite.toFixed(0)} cases/s, bare loop ${loop.toFixed(0)} requests/s, ratio ${(suite / loop).toFixed(2)}\n`,
      )
    }
    const median = ratios.sort((a, b) => a.ratio - b.ratio)[Math.floor(pairs / 2)]
    process.stdout.write(`median ratio ${median?.ratio.toFixed(2)}\n`)
    await writeFile('bench.json', `${JSON.stringify({ node: process.version, requests, connections, median, ratios }, null, 2)}\n`)
  } finally {
    stop()
  }
}

async function serve(): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, [join(__dirname, '..', 'cli', 'main.js'), 'serve', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  const url = /http:\S+?(?=;|\s)/.exec(String(line))?.[0]
  if (!url) throw new Error(`the server said ${line}`)
  return { url, stop: () => child.kill() }
}

/** The bytes of the cases that the suite's own plan would send. */
async function sameRequests(): Promise<readonly WireRequest[]> {
  const sets = ruleSets(await loadDocument({}), { seed })
  const { items } = makePlan(sets, { seed, maxRequests: requests })
  return [...items].flatMap(({ cases }) => cases).map(({ set, rule, index }) => set.build(rule, index).request)
}

async function bare(url: string, wire: readonly WireRequest[]): Promise<number> {
  let next = 0
  const started = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new Client(url)
      for (let request = wire[next++]; request; request = wire[next++]) {
        try {
          const { body } = await client.request({
            method: request.method as 'POST',
            path: request.target,
            headers: request.headers.flat(),
            body: request.body ?? null,
          })
          await body.dump()
        } catch {
          // Some cases close the connection, which is lawful; the loop goes on.
        }
      }
      await client.close()
    }),
  )
  return (wire.length / (performance.now() - started)) * 1000
}

async function measured(url: string): Promise<number> {
  let first = 0
  let last = 0
  let cases = 0
  await run({
    target: url,
    seed,
    concurrency: connections,
    maxRequests: requests,
    emit: (event) => {
      if (event.type === 'run-started') first = performance.now()
      if (event.type !== 'case-judged') return
      last = performance.now()
      cases++
    },
  })
  return (cases / (last - first)) * 1000
}

void main()
