import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { folder, main, plumbline } from './cli'
import { listen, rawServer } from './sockets'

/** A run must end by itself, whatever the target, the disk or the terminal do. */
const limit = 30_000
const quick = ['--seed', '1', '--rule', 'body.spec.ingress.port:*']
const broken = ['run', '--break', 'string-as-port-accepted', ...quick]

/** @returns the exit code; a process that has not ended in time is killed, and has none */
function ended(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = ''
  child.stderr?.on('data', (data) => {
    stderr += data
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), limit)
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stderr })
    }),
  )
}

const silent = () => listen(createServer(() => {}))

describe('a run ends', () => {
  test('at a target that takes connections and never answers a TLS handshake', async () => {
    const words = ['run', '--target', `https://127.0.0.1:${await silent()}`, '--timeout', '0.5', ...quick]
    const child = spawn(process.execPath, [main, ...words], { cwd: folder(), stdio: ['ignore', 'ignore', 'pipe'] })
    expect(await ended(child)).toEqual({ code: 3, stderr: '' })
  })

  test('behind a proxy that never answers', async () => {
    const child = spawn(process.execPath, [main, 'run', '--target', 'https://127.0.0.1:9', '--timeout', '0.5', ...quick], {
      cwd: folder(),
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, https_proxy: `http://127.0.0.1:${await silent()}`, no_proxy: '' },
    })
    expect(await ended(child)).toEqual({ code: 3, stderr: '' })
  })

  test('at a target that never answers a request', async () => {
    const words = ['run', '--target', `http://127.0.0.1:${await silent()}`, '--timeout', '0.5', '--max-time', '3', ...quick]
    const child = spawn(process.execPath, [main, ...words], { cwd: folder(), stdio: ['ignore', 'ignore', 'pipe'] })
    expect((await ended(child)).code).toBe(1)
  })

  test.each([1, 60])('and sends no more, where what hears its events fails at event %i', async (nth) => {
    const server = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'))
    const code = `let n = 0
      require(${JSON.stringify(join(main, '..', '..'))})
        .run({ target: ${JSON.stringify(server.url)}, seed: 1, emit: () => { if (++n === ${nth}) throw new Error('no') } })
        .catch(({ message }) => process.exitCode = message === 'no' ? 7 : 8)`
    const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'ignore', 'pipe'] })
    expect(await ended(child)).toEqual({ code: 7, stderr: '' })
    expect(server.seen.length).toBeLessThan(nth + 50)
  })
})

describe('the verdict and the reports stand', () => {
  const full = existsSync('/dev/full') ? test : test.skip

  full('where the disk under standard output is full', async () => {
    const cwd = folder()
    const child = spawn(process.execPath, [main, 'run', ...quick], { cwd, stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] })
    const { code, stderr } = await ended(child)
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^plumbline: standard output could not be written: ENOSPC.*\n$/),
    })
    expect(existsSync(join(cwd, 'plumbline-report', 'index.html'))).toBe(true)
  })

  full('where a report does not fit there', async () => {
    const words = [...broken, '--report', 'json=-', '--quiet']
    const child = spawn(process.execPath, [main, ...words], { cwd: folder(), stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] })
    const { code, stderr } = await ended(child)
    expect(code).toBe(1)
    expect(stderr.split('\n').filter((line) => line.startsWith('plumbline: '))).toEqual([
      expect.stringMatching(/^plumbline: - could not be written: ENOSPC/),
    ])
  })

  full('where standard error is full, too', async () => {
    const fd = openSync('/dev/full', 'w')
    expect((await ended(spawn(process.execPath, [main, ...broken], { cwd: folder(), stdio: ['ignore', fd, fd] }))).code).toBe(1)
  })

  test('where the reader of standard output has gone', async () => {
    const cwd = folder()
    const child = spawn(process.execPath, [main, ...broken], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout?.once('data', () => child.stdout?.destroy())
    expect(await ended(child)).toEqual({ code: 1, stderr: '' })
    expect(existsSync(join(cwd, 'plumbline-report', 'report.json'))).toBe(true)
  })
})

test('SIGTERM ends a run that waits, with the report of what was seen', async () => {
  const cwd = folder()
  const server = createHttp((_, response) => response.writeHead(429, { 'retry-after': '3600' }).end())
  const words = ['run', '--target', `http://127.0.0.1:${await listen(server)}`, ...quick]
  const child = spawn(process.execPath, [main, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout?.once('data', () => setTimeout(() => child.kill('SIGTERM'), 1500))
  expect((await ended(child)).code).toBe(3)
  expect(existsSync(join(cwd, 'plumbline-report', 'report.json'))).toBe(true)
})

test('a run that cannot begin leaves the event log of an earlier one as it is', async () => {
  const cwd = folder()
  const words = ['run', ...quick, '--report', 'events=log.ndjson', '--quiet']
  expect((await plumbline(words, { cwd })).code).toBe(0)
  expect((await plumbline([...words, '--spec', 'none.yaml'], { cwd })).code).toBe(2)
  expect((await plumbline(['report', 'log.ndjson', '--report', 'json=-'], { cwd })).code).toBe(0)
})
