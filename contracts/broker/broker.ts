import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

// `npm run broker [-- --port N]`: installs the real Pact Broker beside this file, unless it is there, and serves it on 127.0.0.1 until it is
// stopped. PACT_BROKER_DATABASE_URL, PACT_BROKER_BASIC_AUTH_USERNAME and PACT_BROKER_BASIC_AUTH_PASSWORD configure it. Exit code 2 without Ruby.

const env = { ...process.env, BUNDLE_GEMFILE: join(__dirname, 'Gemfile'), BUNDLE_PATH: join(__dirname, 'vendor'), BUNDLE_FROZEN: 'true' }

void main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`npm run broker: ${error.message}\n`)
  process.exitCode = 2
})

async function main(words: readonly string[]): Promise<void> {
  const port = await portOf(words)
  install()
  const url = `http://127.0.0.1:${port}`
  const broker = spawn('bundle', ['exec', 'puma', '--quiet', '--bind', `tcp://127.0.0.1:${port}`, 'config.ru'], {
    cwd: __dirname,
    env: { ...env, PACT_BROKER_BASE_URL: url },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => broker.kill('SIGTERM'))
  await answers(`${url}/diagnostic/status/heartbeat`, broker)
  process.stdout.write(`The Pact Broker serves ${url}; press Ctrl-C to stop\n`)
  process.exitCode = await new Promise<number>((ended) => broker.on('exit', (code, signal) => ended(signal ? 0 : (code ?? 0))))
}

/** The port that is asked for; 0 is any free one. */
async function portOf([option, value = '', ...more]: readonly string[]): Promise<number> {
  if (option === undefined) return 9292
  if (option !== '--port' || !/^\d{1,5}$/.test(value) || more.length > 0) throw new Error('the only option is --port N')
  if (value !== '0') return Number(value)
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address ? address.port : 0
}

function install(): void {
  if (spawnSync('bundle', ['--version'], { env }).status !== 0)
    throw new Error(
      'Ruby 3.1 or newer with Bundler is needed (apt-get install ruby-full build-essential libyaml-dev); with Docker: docker compose -f contracts/broker/compose.yaml up',
    )
  if (spawnSync('bundle', ['check'], { cwd: __dirname, env }).status === 0) return
  process.stdout.write('Installing the Pact Broker from rubygems.org, which takes about a minute\n')
  const { status } = spawnSync('bundle', ['install', '--quiet', '--jobs', '4'], { cwd: __dirname, env, stdio: 'inherit' })
  if (status !== 0) throw new Error('bundle install failed; building the gems needs ruby-dev, build-essential and libyaml-dev')
}

/** Waits until the broker, which first makes its database, answers. */
async function answers(url: string, broker: ChildProcess): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; await pause(200)) {
    if (broker.exitCode !== null || broker.signalCode !== null) throw new Error('the broker ended before it answered; is the port taken?')
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return
  }
  broker.kill('SIGKILL')
  throw new Error('the broker did not answer within 120 s')
}
