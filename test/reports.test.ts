import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder, plumbline } from './cli'
import { problems } from './formats'

const files = {
  json: 'report.json',
  junit: 'junit.xml',
  sarif: 'report.sarif',
  har: 'report.har',
  ctrf: 'ctrf.json',
} as const

const asked = ['html', 'markdown', ...Object.keys(files)].flatMap((format) => ['--report', format])
const quick = ['--seed', '7', '--max-requests', '800', '--quiet']
const port = [...quick, '--rule', 'body.spec.ingress.port:*']
const read = (cwd: string, file: string) => readFileSync(join(cwd, 'plumbline-report', file), 'utf8')

describe('every report of a real run is valid under its published schema', () => {
  test.each([
    ['conforms', [], 0],
    ['takes a string as port', ['--break', 'string-as-port-accepted'], 1],
    ['closes connections', ['--break', 'first-of-connection-gives-drop'], 1],
    ['answers bytes that are no UTF-8', ['--break', 'answer-utf-16-not-told'], 1],
    ['is not there', ['--target', 'http://127.0.0.1:9'], 3],
  ])('of a target that %s', async (_, words, exit) => {
    const cwd = folder()
    const { code, stdout } = await plumbline(['run', ...words, ...quick, ...asked], { cwd })
    expect(code).toBe(exit)
    for (const [format, file] of Object.entries(files)) {
      expect({ file, problems: await problems[format as keyof typeof files](read(cwd, file)) }).toEqual({ file, problems: [] })
      expect(stdout).toContain(join('plumbline-report', file))
    }
    expect(stdout).toContain(join('plumbline-report', 'summary.md'))
  })
})

test('a finding points at the line of the document that the run used', async () => {
  const cwd = folder()
  await plumbline(['run', '--break', 'string-as-port-accepted', ...port, '--report', 'sarif=mine.sarif', '--report', 'github=notes.txt'], {
    cwd,
  })
  const [result] = JSON.parse(readFileSync(join(cwd, 'mine.sarif'), 'utf8')).runs[0].results
  const { artifactLocation, region } = result.locations[0].physicalLocation
  const document = readFileSync(join(__dirname, '..', 'specs', 'create-workshop.openapi.yaml'), 'utf8').split('\n')
  expect(artifactLocation.uri).toBe('specs/create-workshop.openapi.yaml')
  expect(document[region.startLine - 1]).toMatch(/^ +port:$/)
  expect(readFileSync(join(cwd, 'notes.txt'), 'utf8')).toMatch(
    new RegExp(`^::error file=specs/create-workshop.openapi.yaml,line=${region.startLine},title=`),
  )
  expect(existsSync(join(cwd, 'plumbline-report'))).toBe(false)
})

test('flaky findings that are allowed fail neither the run nor its reports', async () => {
  const cwd = folder()
  const { code } = await plumbline(['run', '--break', 'each-100th-gives-500', '--allow-flaky', ...quick, ...asked], { cwd })
  const { verdict, exitCode, findings } = JSON.parse(read(cwd, 'report.json'))
  expect({ code, verdict, exitCode, flaky: findings.map(({ flaky }: { flaky: boolean }) => flaky) }).toEqual({
    code: 0,
    verdict: 'findings',
    exitCode: 0,
    flaky: [true],
  })
  expect(read(cwd, 'junit.xml')).toMatch(/<testsuites [^>]* failures="0" errors="0"/)
  expect(JSON.parse(read(cwd, 'ctrf.json')).results.summary.failed).toBe(0)
  expect(JSON.parse(read(cwd, 'report.sarif')).runs[0].results[0].suppressions).toHaveLength(1)
  expect(await problems.sarif(read(cwd, 'report.sarif'))).toEqual([])
})

test('no report holds the token', async () => {
  const cwd = folder()
  const token = 'Zq8-secret/token+of=the.run'
  await plumbline(['run', '--break', 'token-in-every-answer', '--token', token, ...quick, ...asked, '--report', 'github=notes.txt'], {
    cwd,
  })
  const found = JSON.parse(read(cwd, 'report.json')).findings
  expect(found.length).toBeGreaterThan(0)
  const texts = [...Object.values(files), 'index.html', 'summary.md'].map((file) => read(cwd, file))
  for (const text of [...texts, readFileSync(join(cwd, 'notes.txt'), 'utf8')]) {
    expect(text).not.toContain('Zq8-secret')
    expect(text).not.toContain(Buffer.from(token).toString('base64').slice(2, -4))
  }
})

const onFull = existsSync('/dev/full') ? test : test.skip
onFull('a report that cannot be written is told, and changes no verdict', async () => {
  const cwd = folder()
  const { code, stdout, stderr } = await plumbline(['run', ...port, '--report', 'junit=/dev/full', '--report', 'har'], { cwd })
  expect(code).toBe(0)
  expect(stderr).toMatch(/^plumbline: \/dev\/full could not be written: .*\n$/)
  expect(stdout).toContain(join('plumbline-report', 'report.har'))
})

test('an unknown format is wrong usage; the help lists those there are', async () => {
  const { code, stderr } = await plumbline(['run', '--report', 'pdf'])
  const list = /html, json, junit, sarif, markdown, github, har, ctrf/
  expect(code).toBe(2)
  expect(stderr).toMatch(list)
  const help = await plumbline(['run', '--help'])
  expect(help.stdout.replace(/\s+/g, ' ')).toMatch(list)
})

describe('in a job of GitHub Actions', () => {
  const broken = ['run', '--break', 'string-as-port-accepted', ...port]

  test('the summary is put behind what is there, and annotations are printed where commands are obeyed', async () => {
    const cwd = folder()
    const summary = join(cwd, 'summary')
    writeFileSync(summary, 'before\n')
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary }
    const { code, stdout } = await plumbline([...broken, '--report', 'json'], { cwd, env })
    expect(code).toBe(1)
    expect(readFileSync(summary, 'utf8')).toMatch(/^before\n## ❌ The target breaks its documentation in 1 way\n/)
    const [, word, inside, after] = /^::stop-commands::(\S{20,})\n([\s\S]*)\n::\1::\n([\s\S]*)$/.exec(stdout) ?? []
    expect(word).toBeDefined()
    expect(inside).toContain('The target breaks its documentation')
    expect(after).toMatch(/^::error file=specs\/create-workshop\.openapi\.yaml,line=\d+,title=/)
  })

  test('a report on standard output stays whole', async () => {
    const { stdout, stderr } = await plumbline([...broken, '--report', 'json=-'], { env: { GITHUB_ACTIONS: 'true' } })
    expect(await problems.json(stdout)).toEqual([])
    expect(stderr).toMatch(/^::stop-commands::/)
  })

  test('a summary that cannot be written is told, and changes no verdict', async () => {
    const cwd = folder()
    mkdirSync(join(cwd, 'summary'))
    const env = { GITHUB_STEP_SUMMARY: join(cwd, 'summary') }
    const { code, stderr } = await plumbline(['run', ...port], { cwd, env })
    expect(code).toBe(0)
    expect(stderr).toContain(`${join(cwd, 'summary')} could not be written`)
  })

  test('annotations on demand, elsewhere too: they take standard output', async () => {
    const { code, stdout, stderr } = await plumbline([...broken, '--report', 'github'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^::error [^\n]*\n$/)
    expect(stderr).toContain('The target breaks its documentation')
  })
})
