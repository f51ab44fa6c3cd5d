import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../core/report'
import { folder, main } from './cli'
import { account, staging } from './staging'

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
  const more = 'overlay: 1.0.0\ninfo: { title: more, version: "1" }\nactions: [{ target: $.info, update: { title: More } }]\n'
  writeFileSync(join(cwd, 'more.overlay.yaml'), more)
  writeFileSync(
    join(cwd, 'plumbline.config.yaml'),
    'spec: api.yaml\noverlays: [api.overlay.yaml, more.overlay.yaml]\nseed: 2\nrules: ["body.spec.ingress.port:type*"]\n',
  )
  await until('plumbline.config.yaml, more.overlay.yaml', 1)
  writeFileSync(join(cwd, 'more.overlay.yaml'), more.replace('More', 'Other'))
  await until('plumbline.config.yaml, more.overlay.yaml', 2)
  child.kill('SIGINT')
  expect(await ended).toBe(1)
}, 120_000)

test('a file that the document refers to is watched too', async () => {
  const cwd = folder()
  const thing = '{"type":"object","required":["name"],"properties":{"name":{"type":"string","maxLength":40}}}'
  const content = '{"application/json":{"schema":{"$ref":"parts/thing.json"}}}'
  const responses = `{"200":{"description":"","content":${content}},"400":{"description":""}}`
  const post = `{"operationId":"make","requestBody":{"required":true,"content":${content}},"responses":${responses}}`
  writeFileSync(join(cwd, 'api.json'), `{"openapi":"3.0.3","info":{"title":"Parts","version":"1"},"paths":{"/things":{"post":${post}}}}`)
  mkdirSync(join(cwd, 'parts'))
  writeFileSync(join(cwd, 'parts', 'thing.json'), thing)
  const child = spawn(process.execPath, [main, 'watch', '--spec', 'api.json', '--max-requests', '60', '--quiet'], { cwd })
  let text = ''
  child.stdout.on('data', (data) => {
    text += data
  })
  const runs = async (count: number) => {
    while (text.split('Watching api.json, parts/thing.json').length <= count && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await runs(1)
  writeFileSync(join(cwd, 'parts', 'thing.json'), thing.replace('40', '50'))
  await runs(2)
  child.kill('SIGINT')
  await new Promise((resolve) => child.once('close', resolve))
  expect(text.split('Watching api.json, parts/thing.json').length).toBeGreaterThan(2)
}, 60_000)

test('what failed comes first, in the order in which the target sees it', async () => {
  const cwd = folder()
  const { url, seen } = await staging({ variant: 'string-as-port-accepted' })
  const config = {
    target: url,
    auth: { iam: { url, user: account.user, password: account.password, domain: account.domain } },
    seed: 2,
    concurrency: 1,
    maxRequests: 150,
    rules: ['body.metadata.name:*', 'body.spec.ingress.port:*'],
  }
  writeFileSync(join(cwd, 'plumbline.config.json'), JSON.stringify(config))
  const child = spawn(process.execPath, [main, 'watch', '--quiet'], { cwd })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let text = ''
  child.stdout.on('data', (data) => {
    text += data
  })
  const runs = async (count: number) => {
    while (text.split('Watching ').length <= count && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await runs(1)
  const report: Report = JSON.parse(readFileSync(join(cwd, 'plumbline-report', 'report.json'), 'utf8'))
  const failed = new Set(report.findings.flatMap(({ rules }) => rules))
  const cases = report.rules.filter(({ id }) => failed.has(id)).reduce((sum, rule) => sum + rule.cases, 0)
  expect(cases).toBeGreaterThan(1)
  const before = seen.requests.length
  child.stdin.write('\n')
  await runs(2)
  child.kill('SIGINT')
  expect(await ended).toBe(1)
  const isText = ({ body }: { readonly body: string }) => typeof JSON.parse(body).spec?.ingress?.port === 'string'
  const first = (from: number) => seen.requests.slice(from, from + cases)
  expect(first(0).every(isText)).toBe(false)
  expect(first(before).map(isText)).toEqual(first(before).map(() => true))
}, 120_000)
