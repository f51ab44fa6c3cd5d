import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { type Ended, folder, main, plumbline } from './cli'
import { account, staging } from './staging'

/** Few rules, all kinds of credentials among them. */
const few = { rules: ['header.X-Auth-Token:*', 'request:*', 'body.metadata.name:*', 'method:*', 'path.mesh_id:*'], seed: 3, maxTime: 40 }

/** A folder with a config file for an environment. */
function configured(config: unknown): string {
  const cwd = folder()
  writeFileSync(join(cwd, 'plumbline.config.json'), JSON.stringify(config))
  return cwd
}

const iam = (url: string) => ({ iam: { url, user: account.user, password: '${IAM_PASSWORD}', domain: account.domain, project: 'p' } })
const env = { IAM_PASSWORD: account.password }
const all = ['html', 'json', 'events', 'junit', 'sarif', 'markdown', 'har', 'ctrf'].flatMap((format) => ['--report', format])

/** Everything that a run left behind, and said. */
function left(cwd: string, { stdout, stderr }: Ended): string {
  const files = readdirSync(cwd, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) => entry.isFile())
  return [stdout, stderr, ...files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))].join('\n')
}

/** A secret in the forms in which it might stand in a file. */
const forms = (secret: string) => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').slice(0, -4),
  Buffer.from(secret).toString('hex'),
]

test('tokens of the identity service are renewed while the run goes, and no honest answer is called a defect', async () => {
  const { url, seen } = await staging({ tokenLives: 1.5, slow: 20 })
  const cwd = configured({ target: url, auth: iam(url), ...few, maxRequests: 500, concurrency: 2 })
  const ended = await plumbline(['run', ...all], { cwd, env })
  expect(ended.stdout).toContain('keeps its documentation')
  expect(ended.code).toBe(0)
  expect(seen.tokens.length).toBeGreaterThan(2)
  // Only what was sent without a token, or with a wrong one, was refused for it: a token was never used too long.
  const report = JSON.parse(readFileSync(join(cwd, 'plumbline-report', 'report.json'), 'utf8'))
  expect(report.rules.filter(({ reason }: { reason?: string }) => reason?.includes('401'))).toEqual([])
  const everything = left(cwd, ended)
  for (const secret of [account.password, ...seen.tokens]) for (const form of forms(secret)) expect(everything).not.toContain(form)
})

test('a token that is revoked is asked for anew, once', async () => {
  let refusals = 0
  const { url, seen } = await staging({
    before: ({ headers }) =>
      seen.tokens.length === 1 && seen.at.length > 50 && headers['x-auth-token'] === seen.tokens[0] && ++refusals > 0
        ? { status: 401, body: '{"error_code":"APIG.0301","error_msg":"revoked"}' }
        : undefined,
  })
  const cwd = configured({ target: url, auth: iam(url), ...few, maxRequests: 250 })
  const { code } = await plumbline(['run', '--quiet'], { cwd, env })
  expect({ code, tokens: seen.tokens.length }).toEqual({ code: 0, tokens: 2 })
  expect(refusals).toBeGreaterThan(0)
})

test('no file, line or event holds a secret, however the target echoes it', async () => {
  const { url, seen } = await staging({
    tokenLives: 2,
    echo: (credential) => ({
      'x-plain': credential,
      'x-json': JSON.stringify({ token: credential }).replaceAll('/', '\\/'),
      'x-url': encodeURIComponent(credential),
      'x-base64': Buffer.from(`token=${credential}&`).toString('base64'),
      'x-hex': Buffer.from(credential).toString('hex'),
    }),
  })
  const cwd = configured({ target: url, auth: iam(url), ...few, maxRequests: 150 })
  const ended = await plumbline(['run', ...all], { cwd, env })
  expect(ended.code).toBe(1)
  expect(ended.stdout).toContain('the token stands in')
  const everything = left(cwd, ended)
  expect(everything).toContain('$PLUMBLINE_TOKEN')
  for (const secret of [account.password, ...seen.tokens]) for (const form of forms(secret)) expect(everything).not.toContain(form)
})

test('a password that is refused ends with exit 3, and is not shown', async () => {
  const { url, seen } = await staging()
  const cwd = configured({ target: url, auth: iam(url) })
  const ended = await plumbline(['run'], { cwd, env: { IAM_PASSWORD: 'wrong-Password/1' } })
  expect(ended).toMatchObject({ code: 3, stdout: '' })
  expect(ended.stderr).toBe(
    `plumbline: no credential: the identity service ${url}/v3/auth/tokens refused the user ci of acme with 401: wrong password $PLUMBLINE_TOKEN; check auth.iam\n`,
  )
  expect(seen.at).toEqual([])
})

test('an identity service that is not there ends with exit 3', async () => {
  const ended = await plumbline(['run'], { cwd: configured({ target: 'http://127.0.0.1:9', auth: iam('http://127.0.0.1:9') }), env })
  expect(ended.code).toBe(3)
  expect(ended.stderr).toMatch(
    /^plumbline: no credential: the identity service http:\/\/127\.0\.0\.1:9\/v3\/auth\/tokens gave no token: .+\n$/,
  )
})

test.each([
  ['of an access key', { accessKey: 'AKIDEXAMPLE', secretKey: 'sk/secret+key=1' }],
  ['of a temporary access key', { accessKey: 'AKIDEXAMPLE', secretKey: 'sk/secret+key=1', securityToken: 'security/token+1==' }],
])('requests are signed with the key %s', async (_, accessKey) => {
  const { url, seen } = await staging({ accessKey })
  const cwd = configured({ target: `${url}`, auth: { aksk: accessKey }, ...few, maxRequests: 300, out: 'out' })
  const ended = await plumbline(['run', ...all], { cwd })
  expect(`${ended.code} ${ended.stdout}`).toMatch(/^0 /)
  expect(seen.creates.length).toBeGreaterThan(50)
  // The config file itself holds the keys here.
  writeFileSync(join(cwd, 'plumbline.config.json'), '')
  const everything = left(cwd, ended)
  for (const secret of [accessKey.secretKey, ...('securityToken' in accessKey ? [accessKey.securityToken] : [])])
    for (const form of forms(secret)) expect(everything).not.toContain(form)
})

test('a command prints the header, and is run again after a 401', async () => {
  const { url, seen } = await staging({ tokenLives: 1 })
  const script = `curl -s -D - -o /dev/null -X POST ${url}/v3/auth/tokens -d "$BODY" | tr -d '\\r' | sed -n 's/^x-subject-token: /X-Auth-Token: /p'`
  const body = {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: account.user, password: account.password, domain: { name: account.domain } } },
      },
    },
  }
  const cwd = configured({ target: url, auth: { command: script }, ...few, maxRequests: 300, concurrency: 2, rate: 100 })
  const ended = await plumbline(['run'], { cwd, env: { BODY: JSON.stringify(body) } })
  expect(`${ended.code} ${ended.stdout}`).toMatch(/^0 /)
  expect(seen.tokens.length).toBeGreaterThan(1)
  const everything = left(cwd, ended)
  for (const token of seen.tokens) for (const form of forms(token)) expect(everything).not.toContain(form)
})

test('a command that fails ends with exit 3', async () => {
  const cwd = configured({ target: 'http://127.0.0.1:9', auth: { command: 'exit 7' } })
  expect(await plumbline(['run'], { cwd })).toMatchObject({
    code: 3,
    stderr: 'plumbline: no credential: the command of auth.command ended with 7; run it by hand\n',
  })
})

test('a finding is replayed with a credential of its own', async () => {
  const { url } = await staging({ variant: 'string-as-port-accepted', tokenLives: 2 })
  const cwd = configured({ target: url, auth: iam(url), maxRequests: 100, seed: 3, rules: ['body.spec.ingress.port:*'] })
  expect((await plumbline(['run', '--quiet'], { cwd, env })).code).toBe(1)
  const again = await plumbline(['replay', 'plumbline-report/report.json'], { cwd, env })
  expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining('still fails') })
})

test('a self-signed environment is reached through a proxy, and by its identity service too', async () => {
  const cwd = folder()
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=staging -addext subjectAltName=IP:127.0.0.1'
  execFileSync('openssl', [...words.split(' '), '-keyout', join(cwd, 'key.pem'), '-out', join(cwd, 'ca.pem')], { stdio: 'ignore' })
  const tls = { key: readFileSync(join(cwd, 'key.pem'), 'utf8'), cert: readFileSync(join(cwd, 'ca.pem'), 'utf8') }
  const { url, seen } = await staging({ tls })
  const tunnels: string[] = []
  const proxy = createServer()
  proxy.on('connect', (request, socket) => {
    tunnels.push(`${request.headers['proxy-authorization']} ${request.url}`)
    const { hostname, port } = new URL(`http://${request.url}`)
    const out = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n')
      out.pipe(socket).pipe(out)
    })
    out.on('error', () => socket.destroy())
    socket.on('error', () => out.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as AddressInfo
  const config = { target: url, auth: iam(url), rules: ['header.X-Auth-Token:*'], cacert: 'ca.pem', seed: 3 }
  writeFileSync(join(cwd, 'plumbline.config.json'), JSON.stringify(config))
  const proxied = { ...env, https_proxy: `http://me:proxy-Secret@127.0.0.1:${port}`, no_proxy: '' }
  const ended = await plumbline(['run'], { cwd, env: proxied })
  expect(`${ended.code} ${ended.stdout}${ended.stderr}`).toMatch(/^0 /)
  expect(new Set(tunnels)).toEqual(new Set([`Basic ${Buffer.from('me:proxy-Secret').toString('base64')} ${new URL(url).host}`]))
  expect(seen.tokens.length).toBe(1)
  expect(left(cwd, ended)).not.toContain('proxy-Secret')
  const distrustful = await plumbline(['run', '--config', 'none.json'], { cwd, env: proxied })
  expect(distrustful.code).toBe(2)
  writeFileSync(join(cwd, 'plumbline.config.json'), JSON.stringify({ ...config, cacert: undefined }))
  const refused = await plumbline(['run'], { cwd, env: proxied })
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringMatching(/gave no token: .*(self-signed|certificate)/) })
  proxy.closeAllConnections()
  proxy.close()
})

const onLinux = process.platform === 'linux' ? test : test.skip
onLinux('a token that was typed is not shown where processes are listed', async () => {
  const { url } = await staging({ slow: 200 })
  const child = spawn(process.execPath, [main, 'run', '--target', url, '--token', 'typed-Secret-1', '--max-time', '5'], { cwd: folder() })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  expect(readFileSync(`/proc/${child.pid}/cmdline`, 'latin1').replaceAll('\0', '')).toBe('plumbline')
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('close', resolve))
})
