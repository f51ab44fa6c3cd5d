import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder } from '../../test/cli'
import { configSchemaFile, makeConfigSchema } from '../../test/configSchema'
import { loadConfig } from './load'

function write(text: string, name = 'plumbline.config.yaml'): string {
  const dir = folder()
  writeFileSync(join(dir, name), text)
  return dir
}

const yaml = `target: http://localhost:1
params: { mesh_id: m, other: o }
profiles:
  staging:
    target: https://\${HOST}/api
    spec: ./openapi.yaml
    overlays: [a.yaml]
    maxRequests: \${MOST:-50}
    params: { mesh_id: "\${MESH}", literal: "$\${MESH}" }
    auth: { token: "\${TOKEN}" }
`

test('a profile is laid over what holds for all, variables are filled in, files lie beside the config', async () => {
  const dir = write(yaml)
  const below = join(dir, 'a', 'b')
  mkdirSync(below, { recursive: true })
  const env = { HOST: 'h', MESH: 'x', TOKEN: '12345' }
  expect(await loadConfig({ profile: 'staging' }, env, below)).toEqual({
    target: 'https://h/api',
    spec: '../../openapi.yaml',
    overlays: ['../../a.yaml'],
    maxRequests: 50,
    params: { mesh_id: 'x', other: 'o', literal: '${MESH}' },
    auth: { token: '12345' },
  })
  expect(await loadConfig({}, {}, below)).toEqual({ target: 'http://localhost:1', params: { mesh_id: 'm', other: 'o' } })
})

test('without a file nothing is configured', async () => {
  expect(await loadConfig({}, {}, folder())).toEqual({})
})

test('an empty file, one of comments and JSON are read', async () => {
  expect(await loadConfig({}, {}, write('# nothing\n'))).toEqual({})
  expect(await loadConfig({}, {}, write('{"rate": 5}', 'plumbline.config.json'))).toEqual({ rate: 5 })
})

test.each([
  ['target: http://x\ntokn: a\n', {}, 'plumbline.config.yaml:2:7: tokn is unknown; there are '],
  ['profiles:\n  a:\n    rate: fast\n', {}, 'plumbline.config.yaml:3:11: profiles.a.rate must be number, not "fast"'],
  ['rate: 0\n', {}, 'plumbline.config.yaml:1:7: rate must be > 0, not 0'],
  ['target:\n', {}, 'plumbline.config.yaml:1:8: target has no value'],
  ['auth:\n  iam:\n    url: http://i\n', {}, 'plumbline.config.yaml:3:5: auth.iam lacks user'],
  ['auth: { token: a, command: b }\n', {}, 'plumbline.config.yaml:1:7: auth takes exactly one of token, basic, oauth2, iam, aksk, command'],
  ['cleanup: { delete: DELETE /a, when: later }\n', {}, 'cleanup.when must be one of each, end, none'],
  ['profiles:\n  s: { token: a }\n', {}, 'plumbline.config.yaml:2:15: profiles.s.token is unknown'],
  ['target: [\n', {}, 'plumbline.config.yaml:2:1: is neither JSON nor YAML'],
  ['auth:\n  token: ${NO_SUCH}\n', {}, 'plumbline.config.yaml:2:10: the environment variable NO_SUCH is not set'],
  ['profiles: { a: {}, b: {} }\n', { profile: 'c' }, 'plumbline.config.yaml:1:11: there is no profile "c"; there are a, b'],
  ['a: {}', { config: 'no.yaml' }, 'no.yaml: cannot be read: there is no such file'],
])('%j is refused with its line', async (text, options, message) => {
  await expect(loadConfig(options, {}, write(text))).rejects.toThrow(message)
})

test('a profile without any config file says how to get one', async () => {
  await expect(loadConfig({ profile: 'x' }, {}, folder())).rejects.toThrow('"plumbline init" writes one')
})

test('what another profile needs of the environment is not asked for', async () => {
  const dir = write('profiles:\n  a: { target: "${A}" }\n  b: { target: "${B}" }\n')
  expect(await loadConfig({ profile: 'b' }, { B: 'http://b' }, dir)).toEqual({ target: 'http://b' })
})

test('the published schema is that of the type', () => {
  expect(JSON.parse(require('node:fs').readFileSync(configSchemaFile, 'utf8'))).toEqual(makeConfigSchema())
})
