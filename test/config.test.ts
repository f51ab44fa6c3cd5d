import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import { parse } from 'yaml'
import { folder, plumbline } from './cli'
import { configSchemaFile } from './configSchema'

test('what the config file says holds, and flags win', async () => {
  const cwd = folder()
  writeFileSync(
    join(cwd, 'plumbline.config.yaml'),
    'seed: 5\nmaxRequests: 40\nrules: ["path.mesh_id:*"]\nout: elsewhere\nreports: [json]\nheaders: { X-Api-Key: "${KEY}" }\nparams: { mesh_id: 0b7c2f0e-6f0c-4f6e-9a61-0c6f7a3d2f10 }\n',
  )
  const env = { KEY: 'a-key-nobody-sees' }
  const { code, stdout } = await plumbline(['run', '--seed', '6', '--quiet'], { cwd, env })
  expect({ code, stdout }).toMatchObject({ stdout: expect.stringContaining('elsewhere/report.json') })
  const text = readFileSync(join(cwd, 'elsewhere', 'report.json'), 'utf8')
  const report = JSON.parse(text)
  expect(report).toMatchObject({ seed: 6, document: { params: { mesh_id: '0b7c2f0e-6f0c-4f6e-9a61-0c6f7a3d2f10' } } })
  expect(report.rules.every(({ id }: { id: string }) => id.startsWith('path.mesh_id:'))).toBe(true)
  expect(text).not.toContain(env.KEY)
})

test('a mistake in the config file ends with its line and exit 2', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'plumbline.config.yaml'), 'profiles:\n  staging:\n    auth: { tokn: x }\n')
  const { code, stderr } = await plumbline(['run', '--profile', 'staging'], { cwd })
  expect(code).toBe(2)
  expect(stderr).toBe(
    'plumbline: plumbline.config.yaml:3:19: profiles.staging.auth.tokn is unknown; there are token, basic, oauth2, command, iam, aksk, schemes\n',
  )
})

test('init writes a config that is valid, once', async () => {
  const cwd = folder()
  const first = await plumbline(['init'], { cwd })
  expect(first).toMatchObject({ code: 0, stderr: '' })
  const made = readFileSync(join(cwd, 'plumbline.config.yaml'), 'utf8')
  const valid = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(configSchemaFile, 'utf8')))
  expect({ valid: valid(parse(made)), errors: valid.errors }).toEqual({ valid: true, errors: null })
  const again = await plumbline(['init'], { cwd })
  expect(again).toMatchObject({ code: 2, stderr: 'plumbline: plumbline.config.yaml: is there already; it is left as it is\n' })
  const rules = await plumbline(['rules', '--profile', 'staging'], { cwd, env: { PLUMBLINE_TOKEN: 't' } })
  expect(rules.code).toBe(0)
})

test('a config in TypeScript is read where Node reads it, and says so where not', async () => {
  const cwd = folder()
  writeFileSync(
    join(cwd, 'plumbline.config.ts'),
    'const seed: number = 9\nexport default { seed, maxRequests: 30, rules: ["path.*"], reports: ["json"] }\n',
  )
  const { code, stderr } = await plumbline(['run', '--quiet'], { cwd })
  if ((process.features as { typescript?: unknown }).typescript)
    expect(JSON.parse(readFileSync(join(cwd, 'plumbline-report', 'report.json'), 'utf8')).seed).toBe(9)
  else
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^plumbline: plumbline\.config\.ts: Node .* does not read TypeScript; use Node 22/),
    })
})
