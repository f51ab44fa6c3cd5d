import { AuthError } from '../../core/errors'
import { createRenewed } from './renewed'

function source(lives?: number) {
  let time = 0
  let issued = 0
  let down = false
  const secrets: string[] = []
  const issue = async () => {
    if (down) throw new AuthError('the service is down')
    return { header: ['X-Auth-Token', `token ${++issued}`] as const, ...(lives === undefined ? {} : { lives }) }
  }
  return {
    secrets,
    make: () =>
      createRenewed(
        issue,
        (secret) => secrets.push(secret),
        () => time,
      ),
    pass: (seconds: number) => {
      time += seconds * 1000
    },
    fail: (yes: boolean) => {
      down = yes
    },
    issued: () => issued,
  }
}
const request = { method: 'GET', path: '/', host: 'h' }

test('a token is renewed before it expires, once for all who ask', async () => {
  const { make, pass, issued, secrets } = source(100)
  const auth = await make()
  pass(79)
  expect((await auth.credential(request)).headers).toEqual([['X-Auth-Token', 'token 1']])
  pass(2)
  const all = await Promise.all(Array.from({ length: 5 }, () => auth.credential(request)))
  expect(new Set(all.map(({ id }) => id)).size).toBe(1)
  expect(issued()).toBe(2)
  expect(secrets).toEqual(['token 1', 'token 2'])
})

test('a refused token is renewed once, whoever was refused with it', async () => {
  const { make, issued } = source()
  const auth = await make()
  const old = await auth.credential(request)
  expect(await Promise.all([1, 2, 3].map(() => auth.refused(old, false)))).toEqual([true, true, true])
  expect(issued()).toBe(2)
})

test('a request that is refused for itself does not ask for a token each time', async () => {
  const { make, issued } = source()
  const auth = await make()
  for (let i = 0; i < 50; i++) {
    if (await auth.refused(await auth.credential(request), false)) await auth.refused(await auth.credential(request), true)
    auth.taken(await auth.credential(request), false)
  }
  expect(issued()).toBe(2)
})

test('what cannot be renewed is told, and not asked for again at once', async () => {
  const { make, pass, fail, issued } = source(10)
  const auth = await make()
  fail(true)
  pass(9)
  expect((await auth.credential(request)).id).toBe('1')
  expect(auth.problem()).toBe('the service is down')
  fail(false)
  await auth.credential(request)
  expect(issued()).toBe(1)
  pass(6)
  expect((await auth.credential(request)).id).toBe('2')
  expect(auth.problem()).toBeUndefined()
})
