import { spawn } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder, main } from './cli'

test('runs again when the document changes or Enter is pressed, what failed first, and ends with the latest exit code', async () => {
  const cwd = folder()
  const root = join(__dirname, '..')
  const document = readFileSync(join(root, 'specs', 'create-workshop.openapi.yaml'), 'utf8')
  writeFileSync(join(cwd, 'api.yaml'), document)
  const overlay = readFileSync(join(root, 'specs', 'create-workshop.overlay.yaml'), 'utf8')
  writeFileSync(
    join(cwd, 'plumbline.config.yaml'),
    'spec: api.yaml\noverlays: [api.overlay.yaml]\nseed: 2\nrules: ["body.spec.ingress.port:type*"]\n',
  )
  writeFileSync(join(cwd, 'api.overlay.yaml'), overlay)
  const child = spawn(process.execPath, [main, 'watch', '--break', 'string-as-port-accepted'], { cwd })
  let text = ''
  child.stdout.on('data', (data) => {
    text += data
  })
  child.stderr.on('data', (data) => {
    text += data
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const times = (words: string) => text.split(words).length - 1
  const until = async (words: string, count: number) => {
    while (times(words) < count && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const waiting = 'Watching api.yaml, api.overlay.yaml, plumbline.config.yaml'
  await until(waiting, 1)
  expect(times('The target breaks its documentation')).toBe(1)
  // As editors do it: a new file in the place of the old one.
  writeFileSync(join(cwd, 'api.yaml.new'), document.replace('operationId: createWorkshop', 'operationId: createTask'))
  renameSync(join(cwd, 'api.yaml.new'), join(cwd, 'api.yaml'))
  await until(waiting, 2)
  expect(times('The target breaks its documentation')).toBe(2)
  child.stdin.write('\n')
  await until(waiting, 3)
  writeFileSync(join(cwd, 'api.yaml'), 'openapi: [')
  await until('api.yaml:1', 1)
  writeFileSync(join(cwd, 'api.yaml'), document)
  await until(waiting, 5)
  child.kill('SIGINT')
  expect(await ended).toBe(1)
}, 120_000)
