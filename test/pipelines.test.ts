import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Report } from '../core/report'
import { type Ended, folder, main } from './cli'
import { account, staging } from './staging'

const root = join(__dirname, '..')
const read = (file: string) => parse(readFileSync(join(root, file), 'utf8'))

/** Runs a script of a pipeline by the shell that would run it. */
function script(shell: string, text: string, cwd: string, env: Record<string, string>): Promise<Ended> {
  return new Promise((resolve) => {
    const { GITHUB_ACTIONS: _, GITHUB_STEP_SUMMARY: __, PLUMBLINE_TOKEN: ___, ...own } = process.env
    const child = spawn(shell, ['-c', text], { cwd, env: { ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (data) => {
      stdout += data
    })
    child.stderr.on('data', (data) => {
      stderr += data
    })
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

const plumbline = `${process.execPath} ${main}`
const action = read('action.yml')

/** The environment of the action's step: its inputs, by their defaults or as given. */
function inputs(given: Record<string, string>, cwd: string): Record<string, string> {
  const [step] = action.runs.steps
  const values = Object.entries(step.env as Record<string, string>).map(([name, text]) => {
    const [, input = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(text) ?? []
    expect(Object.keys(action.inputs)).toContain(input)
    return [name, given[input] ?? String(action.inputs[input].default).replace('${{ github.run_id }}', '16012345678')]
  })
  return { ...Object.fromEntries(values), PLUMBLINE_COMMAND: plumbline, GITHUB_OUTPUT: join(cwd, 'output') }
}

const few = '--break string-as-port-accepted --rule body.spec.ingress.port:type* --max-requests 200 --quiet'

test('the action runs, gives its outputs, and fails the job on findings', async () => {
  const cwd = folder()
  const ended = await script('bash', action.runs.steps[0].run, cwd, inputs({ args: few }, cwd))
  expect(`${ended.code} ${ended.stderr}`).toBe('1 ')
  const outputs = Object.fromEntries(
    readFileSync(join(cwd, 'output'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('=')),
  )
  expect(outputs).toEqual({ 'exit-code': '1', report: 'plumbline-report/report.json', verdict: 'findings', findings: '1' })
  for (const [name, { value }] of Object.entries<{ value: string }>(action.outputs)) expect(value).toBe(`\${{ steps.run.outputs.${name} }}`)
  const report: Report = JSON.parse(readFileSync(join(cwd, 'plumbline-report', 'report.json'), 'utf8'))
  expect(report.seed).toBe(16012345678 % 2147483648)
})

test('shards of the action do not fail their jobs, and their merge does', async () => {
  const cwd = folder()
  const run = action.runs.steps[0].run
  const shards = ['1', '2'].map((index) =>
    script('bash', run, cwd, inputs({ args: few, shard: `${index}/2`, out: `shards/shard-${index}` }, cwd)),
  )
  for (const { code, stderr } of await Promise.all(shards)) expect(`${code} ${stderr}`).toBe('0 ')
  const merged = await script('bash', run, cwd, inputs({ merge: 'shards/shard-1 shards/shard-2 ' }, cwd))
  expect(`${merged.code} ${merged.stderr}`).toBe('1 ')
  const wrong = await script('bash', run, cwd, inputs({ args: '--nonsense', shard: '1/2' }, cwd))
  expect(wrong.code).toBe(2)
})

test('the matrix of GitHub gives each shard its part, and merges all', () => {
  const { shard, merge } = read('pipelines/github-matrix.yml').jobs
  const { index } = shard.strategy.matrix
  expect(index).toEqual(Array.from({ length: 16 }, (_, i) => i + 1))
  const known = Object.keys(action.inputs)
  for (const { with: given = {}, uses } of [...shard.steps, ...merge.steps])
    if (String(uses).includes('plumbline')) expect(known).toEqual(expect.arrayContaining(Object.keys(given)))
  expect(shard.steps.at(-1).with.shard).toBe(`\${{ matrix.index }}/${index.length}`)
})

/** A folder with `plumbline` on the path, and a config with a profile named staging. */
function prepared(): { cwd: string; env: Record<string, string> } {
  const cwd = folder()
  mkdirSync(join(cwd, 'bin'))
  writeFileSync(join(cwd, 'bin', 'plumbline'), `#!/bin/sh\nexec ${plumbline} "$@"\n`, { mode: 0o755 })
  const rules = 'rules: ["body.spec.ingress.port:type*"]\nmaxRequests: 300\n'
  writeFileSync(join(cwd, 'plumbline.config.yaml'), `profiles:\n  staging:\n    ${rules.trim().replaceAll('\n', '\n    ')}\n`)
  return { cwd, env: { PATH: `${join(cwd, 'bin')}:${process.env.PATH}` } }
}

test('the jobs of GitLab run a shard each, and merge them', async () => {
  const { cwd, env } = prepared()
  const pipeline = read('pipelines/gitlab-ci.yml')
  const ci = { ...env, PLUMBLINE: plumbline, CI_PIPELINE_IID: '7', CI_NODE_TOTAL: '2' }
  const shard = (index: string) => script('sh', pipeline.shard.script.join('\n'), cwd, { ...ci, CI_NODE_INDEX: index })
  for (const { code, stderr } of await Promise.all([shard('1'), shard('2')])) expect(`${code} ${stderr}`).toBe('0 ')
  const merged = await script('sh', pipeline.merge.script.join('\n'), cwd, ci)
  expect(`${merged.code} ${merged.stderr}`).toBe('0 ')
  expect(readFileSync(join(cwd, pipeline.merge.artifacts.reports.junit), 'utf8')).toContain('<testsuites')
})

test('the pods of the Indexed Job run a shard each', async () => {
  const { cwd, env } = prepared()
  const { spec } = read('pipelines/kubernetes-job.yaml')
  const [{ command, args }] = spec.template.spec.containers
  expect([spec.completionMode, spec.completions, spec.parallelism]).toEqual(['Indexed', 16, 16])
  expect(args[0]).toContain(`/${spec.completions}"`)
  const local = String(args[0])
    .replaceAll('/reports/', `${cwd}/reports/`)
    .replace('/config/plumbline.config.yaml', 'plumbline.config.yaml')
    .replace('/16"', '/2"')
  const pods = ['0', '1'].map((index) => script(command[0], local, cwd, { ...env, SEED: '3', JOB_COMPLETION_INDEX: index }))
  for (const { code, stderr } of await Promise.all(pods)) expect(`${code} ${stderr}`).toBe('0 ')
  const merged = await script('sh', 'plumbline merge reports/shard-*', cwd, env)
  expect(`${merged.code} ${merged.stderr}`).toBe('0 ')
})

test('the end of a pod ends its run, and what it created is deleted', async () => {
  const { url, tasks, seen } = await staging({ slow: 30 })
  const { cwd, env } = prepared()
  const config = {
    target: url,
    auth: { iam: { url, user: account.user, password: account.password, domain: account.domain } },
    cleanup: { delete: 'DELETE /v2/meshes/{mesh_id}/workshops/{metadata.name}' },
  }
  writeFileSync(join(cwd, 'plumbline.config.yaml'), JSON.stringify({ profiles: { staging: config } }))
  const [{ command, args }] = read('pipelines/kubernetes-job.yaml').spec.template.spec.containers
  const local = String(args[0]).replaceAll('/reports/', `${cwd}/reports/`).replace('/config/plumbline.config.yaml', 'plumbline.config.yaml')
  const { PLUMBLINE_TOKEN: _, ...own } = process.env
  const pod = spawn(command[0], ['-c', local], { cwd, env: { ...own, ...env, SEED: '3', JOB_COMPLETION_INDEX: '0' }, stdio: 'ignore' })
  const ended = new Promise((resolve) => pod.once('close', resolve))
  while (seen.creates.length < 3 && pod.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10))
  pod.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(seen.creates.length).toBeGreaterThan(2)
  expect([...tasks]).toEqual([])
})

test('Jenkins and the Dockerfile name what there is', () => {
  const jenkins = readFileSync(join(root, 'pipelines', 'Jenkinsfile'), 'utf8')
  expect(jenkins).toContain('plumbline-report/junit.xml')
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
  expect(dockerfile).toMatch(/^USER node$/m)
  expect(dockerfile).toContain(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin.plumbline)
})
