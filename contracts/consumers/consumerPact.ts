import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { MatchersV3, PactV4 } from '@pact-foundation/pact'
import { makeConsumerPact } from '@pact-foundation/pact-core'

// Pact tells its makers of each use unless this is set.
process.env.PACT_DO_NOT_TRACK = 'true'

const provider = 'workshop-api'

/** Folder in which each test file writes its part of the pacts; `npm run pacts` makes the pacts from them. */
export const partsVariable = 'PLUMBLINE_PACT_PARTS'

/**
 * What a consumer's test file begins its interactions with. Each file writes into a folder of its own: workers that write one file lose
 * interactions of each other.
 */
export function consumerPact(consumer: string): () => ReturnType<PactV4['addInteraction']> {
  const parts = process.env[partsVariable]
  const dir = mkdtempSync(join(parts ?? tmpdir(), 'plumbline-pact-'))
  if (parts === undefined) afterAll(() => rmSync(dir, { recursive: true }))
  return () => new PactV4({ consumer, provider, dir, logLevel: 'error' }).addInteraction()
}

/** Milliseconds in which the mock server must have noted a request that it has answered. */
const patience = 5000

/**
 * A test for `executeTest`. The mock server notes a request behind its answer, and a test that ends at once can be told that nothing came:
 * here it ends once the mock server has noted what it was to get.
 */
export const withServer =
  (run: (url: string) => Promise<void>) =>
  async ({ url, port }: { readonly url: string; readonly port: number }) => {
    await run(url)
    const servers = makeConsumerPact('any', 'any')
    for (const end = Date.now() + patience; !servers.mockServerMatchedSuccessfully(port) && Date.now() < end; ) await pause(5)
  }

const { fromProviderState, regex, string } = MatchersV3

/** The provider state in which tasks can be created in a mesh, for `given`. */
export const mesh = (id: string, name: string): [string, { readonly mesh_id: string; readonly name: string }] => [
  'a mesh without a task of this name',
  { mesh_id: id, name },
]

/** The URL of the tasks of the mesh that the provider state names. */
export const tasksOf = (id: string) => fromProviderState('/v2/meshes/${mesh_id}/workshops', `/v2/meshes/${id}/workshops`)

/** A task's name, which the provider state may change to one that is free. */
export const freeName = (name: string) => fromProviderState('${name}', name)

export const headers = { 'Content-Type': 'application/json', 'X-Auth-Token': string('token') }

/** Media types are the same whatever their case and parameters. */
export const jsonAnswer = { 'Content-Type': regex(/^application\/json(;.*)?$/i, 'application/json') }

/** A refusal says why by a code. */
export const refusal = (code: string) => ({ errorCode: regex(/^\S.*$/, code) })
