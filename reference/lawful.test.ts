import { gunzipSync } from 'node:zlib'
import { Agent, type Dispatcher } from 'undici'
import type { WireRequest } from '../core/case'
import type { Json } from '../core/json'
import { isObject } from '../core/json'
import type { ApiDocument } from '../core/operation'
import { loadDocument } from '../specs/load'
import { type Probe, probesOf, token } from '../test/probes'
import { startReference } from './server'
import { variants } from './zoo'

interface Answer {
  readonly status: number
  readonly text: string
}

let document: ApiDocument
let probes: readonly Probe[]

beforeAll(async () => {
  document = await loadDocument()
  probes = probesOf(document).filter(({ requests }) => requests.length === 1)
})

/** Sends as a patient client does: again after a closed connection, a throttle, or a moment of unavailability. */
async function send(agent: Dispatcher, origin: string, request: WireRequest): Promise<Answer | undefined> {
  for (let attempt = 0; attempt < 60; attempt++) {
    try {
      const {
        statusCode: status,
        headers,
        body,
      } = await agent.request({
        origin,
        path: request.target,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers.flat(),
        body: request.body ?? null,
      })
      const bytes = Buffer.from(await body.arrayBuffer())
      const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8')
      const isBusy =
        status === 429 ||
        (status === 409 && text.includes('being changed')) ||
        (status >= 502 && status <= 504 && (headers['retry-after'] !== undefined || !text.includes('"errorCode"')))
      if (!isBusy) return { status, text }
    } catch (error) {
      // Only a large body may be refused by closing, so that nothing of the answer is seen.
      if (attempt > 20) {
        if (!request.body || request.body.length <= 64 * 1024) throw error
        return undefined
      }
    }
    await new Promise((done) => setTimeout(done, 20 + 5 * attempt))
  }
  throw new Error('busy for ever')
}

/** Whether an answer holds what was sent, member by member. */
function holds(answered: unknown, sent: Json): boolean {
  if (!isObject(sent)) return answered === sent
  return isObject(answered) && Object.entries(sent).every(([key, member]) => holds(answered[key], member))
}

function wrongOf({ zone, requests }: Probe, answer: Answer | undefined): string | undefined {
  const request = requests[0]!
  if (!answer) return undefined
  const shown = `${answer.status} ${answer.text.slice(0, 200)}`
  // A large body may be refused for its size.
  if (answer.status === 413 && (request.body?.length ?? 0) > 1024) return undefined
  if (zone === 'accept') {
    if (answer.status !== 200) return shown
    return holds(JSON.parse(answer.text), JSON.parse(String(request.body))) ? undefined : `untrue: ${shown}`
  }
  if (zone === 'reject') return answer.status === 400 && JSON.parse(answer.text).errorCode ? undefined : shown
  return answer.status < 500 ? undefined : shown
}

/** Names that were sent once may exist, so that each variant gets a share of its own that no other request of it repeats. */
const uses = (index: number) => (_: Probe, i: number) => i < 130 || i % 4 === index % 4

test.each(variants.filter(({ kind }) => kind === 'lawful').map(({ name }, i) => [name, i] as const))(
  '%s accepts what must be accepted, refuses what must be refused, and never fails',
  async (variant, index) => {
    const server = await startReference({ document, variant, token })
    const agent = new Agent({ connections: 8, pipelining: 1 })
    try {
      const waiting = probes.filter(uses(index))
      const wrong: string[] = []
      const lane = async () => {
        for (let probe = waiting.shift(); probe; probe = waiting.shift()) {
          const found = wrongOf(probe, await send(agent, server.url, probe.requests[0]!))
          if (found) wrong.push(`${probe.name}: ${found}`)
        }
      }
      await Promise.all(Array.from({ length: 8 }, lane))
      expect(wrong).toEqual([])
    } finally {
      await agent.destroy()
      await server.close()
    }
  },
)
