import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { command, environment, inFolder, node, seed } from '../processes'
import { medians } from '../statistics'

/** Seconds over those that `node -e 0` takes. */
export interface Start {
  readonly version: number
  readonly help: number
  /** Of a run, until its first request has come to the target. */
  readonly firstRequest: number
  /** What `node -e 0` takes itself. */
  readonly node: number
}

/** How long the command takes to do its first useful thing; medians of rounds in which all are measured one after another. */
export async function start({ rounds }: { readonly rounds: number }): Promise<Start> {
  const round = async (): Promise<Start> => {
    const bare = (await node(['-e', '0'])).seconds
    return {
      version: (await node([command, '--version'])).seconds - bare,
      help: (await node([command, '--help'])).seconds - bare,
      firstRequest: (await firstRequest()) - bare,
      node: bare,
    }
  }
  await round()
  const taken: Start[] = []
  for (let i = 0; i < rounds; i++) taken.push(await round())
  return medians(taken)
}

/** Seconds from the start of a run to the first bytes at its target; the run is ended there. */
const firstRequest = (): Promise<number> =>
  inFolder(async (folder) => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const came = new Promise<number>((resolve) => {
      server.on('connection', (socket) => socket.on('error', () => {}).once('data', () => resolve(performance.now())))
    })
    const started = performance.now()
    const child = spawn(process.execPath, [command, 'run', '--target', target, '--seed', String(seed)], {
      cwd: folder,
      env: environment,
      stdio: 'ignore',
    })
    const ended = once(child, 'exit')
    const early = ended.then(([code]) => {
      throw new Error(`the run ended with ${code} before its first request`)
    })
    try {
      return ((await Promise.race([came, early])) - started) / 1000
    } finally {
      early.catch(() => undefined)
      child.kill('SIGKILL')
      await ended
      server.close()
    }
  })
