import { writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { run } from '../cli/conformance'
import type { Report } from '../core/report'
import { folder } from './cli'
import { type Fault, ownWays, startOwnWays } from './ownWays'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function report(fault?: Fault, options: Partial<Parameters<typeof run>[0]> = {}): Promise<Report> {
  const spec = join(folder(), 'own-ways.json')
  writeFileSync(spec, JSON.stringify(ownWays))
  const { url, server } = await startOwnWays(fault)
  servers.push(server)
  return run({ spec, target: url, seed: 1, methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], ...options })
}

test('a server that keeps the document in ways of its own is left alone', async () => {
  const { findings, document, rules } = await report(undefined, { maxRequests: 1200 })
  expect(findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
  expect(document.dependences).toContain(
    'DELETE /silence/{silenceID} takes silenceID from answer.body.silenceID of POST /silences (inferred from paths and names)',
  )
  const results = new Map(rules.map(({ id, result }) => [id, result]))
  for (const id of [
    'alwaysFail request:valid',
    'makeSilence resource:gone',
    'findSilence request:valid',
    'keepItem request:valid',
    'chooseDays body:valid:form',
  ])
    expect([id, results.get(id)]).toEqual([id, 'kept'])
  // Which reports there are is not known.
  expect(results.get('findReport request:valid')).toBe('not tested')
  // The document states that it may not be served.
  expect(results.get('mirror request:valid')).toBe('not tested')
  expect(results.has('listSilences query.order:type')).toBe(false)
})

test.each([
  ['shifts-times', 'echo changed', 'makeSilence *'],
  ['another-ticket', 'echo changed', 'makeSilence *'],
  ['not-modified-at-all', 'status status:304', 'listSilences *'],
  ['health-missing', 'status refused:404', 'settings *', 'health *'],
  ['path-in-refusal', 'leak file-path', 'makeSilence *'],
  ['takes-any-order', 'status accepted', 'listSilences *'],
  ['one-order-unavailable', 'server-error status:503', 'listSilences *'],
  ['takes-any-label', 'status accepted', 'makeSilence body.labels*'],
  ['takes-any-day', 'status accepted', 'chooseDays *'],
  ['refuses-redirect', 'status refused:400', 'latest *'],
  ['deletes-nothing', 'sequence still-there', 'makeSilence resource:*'],
] as const)('%s is found', async (fault, what, ...rules) => {
  const found = await report(fault, { rules, maxRequests: 400 })
  expect([...new Set(found.findings.map(({ check, kind }) => `${check} ${kind}`))]).toEqual([what])
})

test('a finding names the line of the document that it rests on', async () => {
  const { findings } = await report('takes-any-order', { rules: ['listSilences query.order:*'], maxRequests: 300 })
  expect(findings.map(({ docs }) => docs)).toEqual([
    { page: expect.stringMatching(/own-ways\.json$/), line: expect.any(Number), section: 'listSilences' },
  ])
})
