import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createWorkshopClient } from '../client'
import { launch } from './automation'

/** A server that fails so many times and then creates. */
async function failing(times: number) {
  let calls = 0
  const server = createServer((request, response) => {
    request.resume()
    const fails = ++calls <= times
    response.writeHead(fails ? 500 : 200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(fails ? { errorCode: 'ASM.01010000' } : { metadata: { uid: 'u-1' } }))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const client = createWorkshopClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'token' })
  return { client, calls: () => calls, [Symbol.asyncDispose]: () => new Promise<void>((closed) => void server.close(() => closed())) }
}

const job = { mesh: 'm', name: 'nightly', cluster: 'c', loadBalancer: { id: 'l', ip: '192.0.2.20', port: 9443 }, image: 'demo:1' }

test('a failure of the service is tried again', async () => {
  await using server = await failing(2)
  expect(await launch(server.client, job, { wait: 1 })).toEqual({ state: 'created', id: 'u-1', image: '' })
  expect(server.calls()).toBe(3)
})

test('a service that fails each time is given up', async () => {
  await using server = await failing(9)
  expect(await launch(server.client, job, { wait: 1 })).toEqual({ state: 'failed', code: 'ASM.01010000', attempts: 3 })
  expect(server.calls()).toBe(3)
})
