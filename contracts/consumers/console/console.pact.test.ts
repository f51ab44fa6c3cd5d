import { MatchersV3 } from '@pact-foundation/pact'
import { createWorkshopClient } from '../client'
import { consumerPact, freeName, headers, jsonAnswer, mesh, refusal, tasksOf, withServer } from '../consumerPact'
import { createTask, type Form } from './console'

const { integer, number, string } = MatchersV3
const pact = consumerPact('workshop-console')

const form: Form = {
  mesh: '7d9c1a52-0f0e-4b0a-9d6c-2a5a0c3b1e11',
  name: 'bookinfo',
  description: '',
  cluster: '0b7c2f0e-6f0c-4f6e-9a61-0c6f7a3d2f10',
  loadBalancer: '5a1e8c3d-9d64-4f4c-8a0b-6b1f9a7e3c21',
  address: '192.0.2.10',
  port: '8080',
}

const sent = {
  metadata: { name: freeName('bookinfo') },
  spec: {
    primaryCluster: string(form.cluster),
    ingress: { elbId: string(form.loadBalancer), elbIp: string(form.address), port: integer(8080) },
  },
}

const time = '2026-01-02T03:04:05Z'
const uid = 'c0ffee00-1111-4222-8333-444455556666'

/** What the console shows of a task, and no more. A number of 8080.0 is shown like 8080. */
const shown = {
  metadata: { name: string('bookinfo'), uid: string(uid), creationTimestamp: string(time) },
  spec: { ingress: { elbIp: string(form.address), port: number(8080) } },
  status: { updateTime: string(time) },
}

const row = { id: uid, name: 'bookinfo', description: '', address: '192.0.2.10:8080', created: time, updated: time }

test('a created task is shown with its id, address and state', () =>
  pact()
    .given(...mesh(form.mesh, form.name))
    .uponReceiving('a request to create a task')
    .withRequest('POST', tasksOf(form.mesh), (request) => request.headers(headers).jsonBody(sent))
    .willRespondWith(200, (response) => response.headers(jsonAnswer).jsonBody(shown))
    .executeTest(
      withServer(async (url) => {
        const client = createWorkshopClient({ baseUrl: url, token: 'token' })
        expect(await createTask(client, form)).toEqual(row)
      }),
    ))

test('the description comes back with the task', () =>
  pact()
    .given(...mesh(form.mesh, form.name))
    .uponReceiving('a request to create a task with a description')
    .withRequest('POST', tasksOf(form.mesh), (request) =>
      request.headers(headers).jsonBody({ ...sent, description: string('for the demo') }),
    )
    .willRespondWith(200, (response) => response.headers(jsonAnswer).jsonBody({ ...shown, description: string('for the demo') }))
    .executeTest(
      withServer(async (url) => {
        const client = createWorkshopClient({ baseUrl: url, token: 'token' })
        expect(await createTask(client, { ...form, description: 'for the demo' })).toEqual({ ...row, description: 'for the demo' })
      }),
    ))

test('a form without a port is refused, and the console says by which code', () =>
  pact()
    .given(...mesh(form.mesh, form.name))
    .uponReceiving('a request to create a task with a port that is no number')
    .withRequest('POST', tasksOf(form.mesh), (request) =>
      request.headers(headers).jsonBody({ ...sent, spec: { ...sent.spec, ingress: { ...sent.spec.ingress, port: null } } }),
    )
    .willRespondWith(400, (response) => response.headers(jsonAnswer).jsonBody(refusal('ASM.00000001')))
    .executeTest(
      withServer(async (url) => {
        const client = createWorkshopClient({ baseUrl: url, token: 'token' })
        expect(await createTask(client, { ...form, port: 'eighty' })).toEqual({ refused: 'ASM.00000001' })
      }),
    ))
