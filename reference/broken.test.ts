import { connect } from 'node:net'
import type { WireRequest } from '../core/case'
import type { ApiDocument } from '../core/operation'
import { loadDocument } from '../specs/load'
import { type Probe, plain, probesOf, token } from '../test/probes'
import { startReference } from './server'
import type { Variant } from './variant'
import { variants } from './zoo'

let document: ApiDocument
const warned: unknown[] = []
let probes: readonly Probe[]
/** What honest servers answer to each probe: the plain one, a lenient one and a strict one. */
const honest = new Map<Probe, Set<string>>()
/** What they answer to a plain request with values of its own. */
let honestOwn: string

beforeAll(async () => {
  document = await loadDocument()
  jest.spyOn(process, 'emitWarning').mockImplementation((warning) => void warned.push(warning))
  probes = probesOf(document)
  for (const probe of probes) honest.set(probe, new Set())
  for (const variant of [undefined, 'lenient', 'strict']) {
    const server = await startReference({ document, variant, token })
    const tell = createTeller(server.url)
    for (const probe of probes) honest.get(probe)?.add(await tell(probe.requests, probe.inPackets))
    honestOwn = await tellOwn(tell, 0)
    await server.close()
  }
})

/** Tells the answer to a request as text, without what differs from answer to answer as it should: fresh uids, present times, request ids. */
function createTeller(url: string) {
  const seen = new Set<string>()
  return async (requests: readonly WireRequest[], inPackets = false): Promise<string> => {
    const from = Date.now() - 1
    const raw = await exchange(Number(new URL(url).port), requests, inPackets)
    const present = (time: string) => Date.parse(time) >= from && Date.parse(time) <= Date.now() + 1
    const length = raw.replace(/<\w+>$/, '').length - raw.indexOf('\r\n\r\n') - 4
    return raw
      .replace(/^Date: .*\r\n/gm, '')
      .replace(/^Content-Length: (\d+)/m, (text, told: string) => (Number(told) === length ? 'Content-Length: true' : text))
      .replace(/"errorMsg":"Invalid request: (?:[^"\\]|\\.)*"/g, '"errorMsg":"MESSAGE"')
      .replace(/"request_id":"[0-9a-f]{32}"/g, '"request_id":"ID"')
      .replace(/"uid":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"/g, (text, uid: string) => {
        const fresh = !seen.has(uid) && !requests.some(({ body }) => body?.includes(uid))
        seen.add(uid)
        return fresh && uid[14] === '4' ? '"uid":"UID"' : text
      })
      .replace(/"(creationTimestamp|updateTime)":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/g, (text, key: string, time: string) =>
        present(time) ? `"${key}":"TIME"` : text,
      )
  }
}

/** All the bytes that come back, as Latin-1, on a connection of its own. */
function exchange(port: number, requests: readonly WireRequest[], inPackets: boolean): Promise<string> {
  const sent = Buffer.concat(requests.map((request, i) => bytesOf(request, i === requests.length - 1 ? 'close' : 'keep-alive')))
  return new Promise((done) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    const finish = (ending: string) => {
      socket.destroy()
      done(Buffer.concat(chunks).toString('latin1') + ending)
    }
    socket.setTimeout(1500, () => finish('<silence>'))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => finish('<end>'))
    socket.on('error', () => finish('<reset>'))
    const cut = sent.length - (inPackets ? 20 : 0)
    socket.write(sent.subarray(0, cut))
    if (cut < sent.length) setTimeout(() => socket.write(sent.subarray(cut)), 30)
  })
}

function bytesOf({ method, target, headers, body }: WireRequest, connection: string): Buffer {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: localhost',
    `Connection: ${connection}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  if (body || ['POST', 'PUT', 'PATCH'].includes(method)) lines.push(`Content-Length: ${body?.length ?? 0}`)
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)])
}

const globs = (finds: Variant['finds']): readonly string[] => [finds?.place ?? '*'].flat()
/** Probes of the places that a variant names come first. */
function ordered({ finds }: Variant): readonly Probe[] {
  const near = globs(finds).map((glob) => glob.replaceAll('*', ''))
  const isNear = ({ place }: Probe) => near.some((text) => text !== '' && (place.includes(text) || text.includes(place)))
  return [probes[0]!, ...probes.filter(isNear), ...probes.filter((probe) => !isNear(probe))]
}

/** The first answer of a variant that no honest server gives. */
async function firstDifference(variant: Variant): Promise<string | undefined> {
  const server = await startReference({ document, variant: variant.name, token })
  try {
    const tell = createTeller(server.url)
    for (const probe of ordered(variant)) {
      const told = await tell(probe.requests, probe.inPackets)
      if (!honest.get(probe)?.has(told)) return `${probe.name}: ${told}`
    }
    return await differenceSideBySide(tell)
  } finally {
    await server.close()
  }
}

/** The answer to a plain request with values of its own, which are masked. */
async function tellOwn(tell: ReturnType<typeof createTeller>, count: number): Promise<string> {
  const request = plain(
    { at: ['body', 'description'], set: `text ${10_000 + count}` },
    { at: ['body', 'spec', 'ingress', 'port'], set: 20_000 + count },
    { at: ['body', 'spec', 'primaryCluster'], set: `1d7b2c2f-3a4e-4c6d-9e8f-0a1b2c3${10_000 + count}` },
    { at: ['body', 'spec', 'ingress', 'elbIp'], set: `10.20.${count >> 8}.${count & 255}` },
  )
  const { description, metadata, spec } = JSON.parse(String(request.body))
  const told = await tell([request])
  return [description, metadata.name, spec.primaryCluster, spec.ingress.elbIp, spec.ingress.port].reduce<string>(
    (text, own) => text.replace(JSON.stringify(own), '"OWN"'),
    told,
  )
}

/** The plain request again and again, several at a time. */
async function differenceSideBySide(tell: ReturnType<typeof createTeller>): Promise<string | undefined> {
  for (let count = 0; count < 1280; count += 16) {
    const told = await Promise.all(Array.from({ length: 16 }, (_, i) => tellOwn(tell, count + i)))
    const odd = told.find((each) => each !== honestOwn)
    if (odd) return `request ${count}: ${odd}`
  }
  return undefined
}

afterEach(() => {
  // A server that fails by itself shows a defect of its own, not the one that its variant names.
  expect(warned.splice(0)).toEqual([])
})

// What shows only where calls follow on each other, is shown by them.
const broken = variants.filter(({ kind, siblings }) => kind === 'broken' && !siblings)

test.each([...new Set(broken.map(({ family }) => family))])(
  '%s: every broken variant gives an answer that no honest server gives',
  async (family) => {
    const honestAlways: string[] = []
    for (const variant of broken.filter((each) => each.family === family)) {
      if (!(await firstDifference(variant))) honestAlways.push(variant.name)
    }
    expect(honestAlways).toEqual([])
  },
  300_000,
)
