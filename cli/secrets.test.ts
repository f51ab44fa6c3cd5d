import { commandLine } from './options'
import { secretsOf } from './secrets'

const hidden = (name: string, value: string) => secretsOf([], { headers: [[name, value]] })

test.each([
  ['Authorization', 'Bearer abc.def', ['abc.def']],
  ['X-Password', 'hunter2', ['hunter2']],
  ['X-Session-Id', 'sess10n', ['sess10n']],
  ['X-Credential', 'cr3dential', ['cr3dential']],
  ['X-Access-Code', 'c0de', ['c0de']],
  ['X-CSRF-Token', 'f0rgery', ['f0rgery']],
  ['Cookie', 'lang=en; jwt=abc.defghi.jkl', ['abc.defghi.jkl']],
  ['Authorization', 'Basic am9lOmh1bnRlcjJzZWNyZXQ=', ['am9lOmh1bnRlcjJzZWNyZXQ=', 'joe:hunter2secret', 'hunter2secret']],
])('%s: %s is hidden', (name, value, secrets) => {
  expect(hidden(name, value)).toEqual(secrets)
  expect(commandLine(['--header', `${name}: ${value}`], [])).toBe(`npx plumbline-api --header '${name}: …'`)
})

test.each([
  ['Accept', 'application/json'],
  ['X-Tenant-Id', '0f3c2b1a-77b6-4a44-b1ab-13ab9a8ff44f'],
  ['X-Country-Code', 'DE-BY'],
  ['X-Passenger', 'anyone'],
  ['X-Token-Type', 'bearer'],
  ['X-Use-Session', 'true'],
])('%s: %s is shown', (name, value) => {
  expect(hidden(name, value)).toEqual([])
})
