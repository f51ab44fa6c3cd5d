import { MatchersV3 } from '@pact-foundation/pact'
import { createWorkshopClient, type WorkshopClient } from '../client'
import { consumerPact, freeName, headers, jsonAnswer, mesh, refusal, tasksOf, withServer } from '../consumerPact'
import { type Job, launch } from './automation'

const { integer, regex, string } = MatchersV3
const pact = consumerPact('workshop-automation')

const job: Job = {
  mesh: '7d9c1a52-0f0e-4b0a-9d6c-2a5a0c3b1e11',
  name: 'nightly',
  cluster: '0b7c2f0e-6f0c-4f6e-9a61-0c6f7a3d2f10',
  loadBalancer: { id: '5a1e8c3d-9d64-4f4c-8a0b-6b1f9a7e3c21', ip: '192.0.2.20', port: 9443 },
  image: 'registry.example.com/demo/bookinfo:1.2.3',
}

/** The tool's images are pinned by a tag. */
const image = (reference: string) => regex(/^\S+:\S+$/, reference)

const ingress = {
  elbId: string(job.loadBalancer.id),
  elbIp: string(job.loadBalancer.ip),
  imageAddress: image(job.image),
  port: integer(job.loadBalancer.port),
}
const metadata = { name: freeName(job.name) }
const spec = { primaryCluster: string(job.cluster), ingress }
const uid = 'c0ffee00-7777-4888-9999-aaaabbbbcccc'

const clientOf = (url: string): WorkshopClient => createWorkshopClient({ baseUrl: url, token: 'token' })

test('a task is created with its image', () =>
  pact()
    .given(...mesh(job.mesh, job.name))
    .uponReceiving('a request to create a task with an image')
    .withRequest('POST', tasksOf(job.mesh), (request) => request.headers(headers).jsonBody({ metadata, spec }))
    .willRespondWith(200, (response) =>
      response.headers(jsonAnswer).jsonBody({ metadata: { uid: string(uid) }, spec: { ingress: { imageAddress: image(job.image) } } }),
    )
    .executeTest(
      withServer(async (url) => {
        expect(await launch(clientOf(url), job)).toEqual({ state: 'created', id: uid, image: job.image })
      }),
    ))

test.each([
  ['without a name', { metadata: {}, spec }, { ...job, name: undefined }],
  ['without a cluster', { metadata, spec: { ingress } }, { ...job, cluster: undefined }],
])('a job %s is refused and not tried again', (what, body, wrong) =>
  pact()
    .given(...mesh(job.mesh, job.name))
    .uponReceiving(`a request to create a task ${what}`)
    .withRequest('POST', tasksOf(job.mesh), (request) => request.headers(headers).jsonBody(body))
    .willRespondWith(400, (response) => response.headers(jsonAnswer).jsonBody(refusal('ASM.00000001')))
    .executeTest(
      withServer(async (url) => {
        expect(await launch(clientOf(url), wrong as unknown as Job)).toEqual({ state: 'refused', code: 'ASM.00000001' })
      }),
    ),
)
