import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../cli/conformance'
import type { Report } from '../core/report'
import { emptyReply, gatewayReply, jsonReply, withHeaders } from '../reference/replies'
import { startReference } from '../reference/server'
import type { Hooks, Stages, Thing } from '../reference/stages'
import { merged } from '../reference/store'
import { loadDocument } from '../specs/load'
import { folder, plumbline } from './cli'

const things = join(__dirname, 'small-documents', '01-things.yaml')
const secured = join(__dirname, 'small-documents', '02-secured-jobs.yaml')

/** Runs the sequences alone at a server that answers as the document promises, but for some changes. */
async function sequences(spec: string, hooks: Hooks = {}, seed = 1): Promise<Report> {
  const server = await startReference({ document: await loadDocument({ spec }), hooks: [hooks] })
  try {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
    return await run({ spec, target: server.url, seed, methods, rules: ['* resource:*'], maxRequests: 500 })
  } finally {
    await server.close()
  }
}

const kinds = ({ findings }: Report) => findings.map(({ check, kind }) => `${check} ${kind}`)
const isList = (path: string) => path.endsWith('s')

test('what is created is found and listed, what is changed is found so, what is deleted is gone, what is refused leaves nothing', async () => {
  const report = await sequences(things)
  expect(report).toMatchObject({ exitCode: 0, findings: [] })
  expect(report.rules.map(({ id, result }) => [id, result])).toEqual(
    ['found', 'absent', 'listed', 'changed', 'gone', 'unlisted', 'nothing-left', 'any-order'].map((keyword) => [
      `makeThing resource:${keyword}`,
      'kept',
    ]),
  )
  expect(report.document.dependences).toEqual(
    ['GET', 'PUT', 'DELETE'].map(
      (method) => `${method} /things/{thingId} takes thingId from answer.body.id of POST /things (inferred from paths and names)`,
    ),
  )
})

/** The value of a thing, as it is found, changed. */
const found = (change: (value: Record<string, unknown>) => unknown): Hooks => ({
  succeed: (next) => (task, call) =>
    next(call.method === 'GET' && !isList(call.path) ? (change({ ...(task as object) }) as never) : task, call),
})

const broken: readonly (readonly [string, string, Hooks])[] = [
  ['a delete that leaves the thing', 'sequence still-there', { remove: () => () => {} }],
  [
    'a delete that finds nothing',
    'sequence not-found',
    { receive: (next) => (call) => (call.method === 'DELETE' ? emptyReply(404) : next(call)) },
  ],
  [
    'a change that finds nothing',
    'sequence not-found',
    { receive: (next) => (call) => (call.method === 'PUT' || call.method === 'PATCH' ? emptyReply(404) : next(call)) },
  ],
  ['a list that forgets', 'sequence not-listed', { list: (next) => (call) => next(call)?.slice(0, -1) }],
  ['a create that stores nothing', 'sequence not-found', { keep: () => (value) => ({ value }) as Thing }],
  [
    "the thing of another's",
    'sequence mixed-up',
    (() => {
      const made: Thing[] = []
      return {
        keep: (next) => (value, call, reply) => {
          made.unshift(next(value, call, reply))
          return made[0] as Thing
        },
        find: (next) => (call) => {
          const own = next(call)
          return call.method === 'GET' && own !== undefined && own !== 'free' ? (made[1] ?? own) : own
        },
      } satisfies Hooks
    })(),
  ],
  [
    'a change that is not stored',
    'sequence changed-changed',
    {
      find: (next) => (call) => {
        const thing = next(call)
        return call.method === 'PUT' && typeof thing === 'object' ? { ...thing } : thing
      },
    },
  ],
  ['a member that is lost in the store', 'sequence found-lost', found(({ colour: _, ...rest }) => rest)],
  ['what is not there, told otherwise than documented', 'error-shape missing', { absent: () => () => jsonReply(404, {}) }],
  [
    'a member that is another in the store',
    'sequence found-changed',
    found((value) => ({ ...value, size: 1 + (Number(value.size) % 100) })),
  ],
  [
    'a refused create that leaves something',
    'sequence left-behind',
    {
      refuse: (next: Stages['refuse'], stages: Stages) => (problems, call) => {
        const reply = next(problems, call)
        if (call.method !== 'POST' || !call.body.toString('utf8').startsWith('{')) return reply
        const sent = JSON.parse(call.body.toString('utf8'))
        const kept = merged(stages.create(sent, call) as never, { name: sent.name })
        stages.keep(kept, call, { ...reply, status: 201, body: Buffer.from(JSON.stringify(kept)) })
        return reply
      },
    },
  ],
]

test.each(broken)('%s is found: %s', async (_, kind, hooks) => {
  const report = await sequences(things, hooks)
  expect(kinds(report)).toContain(kind)
  expect(report.exitCode).toBe(1)
  const finding = report.findings.find((one) => `${one.check} ${one.kind}` === kind)
  expect(finding).toMatchObject({
    rule: expect.stringContaining('makeThing resource:'),
    flaky: false,
    request: { method: expect.any(String) },
  })
  expect(finding?.before?.length).toBeGreaterThan(0)
})

/** Things that are replaced by PUT, and changed in part by PATCH. */
const both = join(folder(), 'both.yaml')
const patch = `    patch:
      operationId: patchThing
      requestBody: { required: true, content: { application/merge-patch+json: { schema: { $ref: "#/components/schemas/Part" } } } }
      responses:
        "200": { description: it, content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } } }
        "400": { $ref: "#/components/responses/Bad" }
        "404": { $ref: "#/components/responses/Bad" }
`
const part =
  '    Part: { type: object, properties: { name: { type: string, minLength: 1 }, size: { type: integer, minimum: 1, maximum: 9 } } }\n'
const text = readFileSync(things, 'utf8')
writeFileSync(both, text.replace(/(\n {4})delete:/, `\n${patch}$1delete:`).replace('  schemas:\n', `  schemas:\n${part}`))

const patched = (change: (thing: Thing) => Thing): Hooks => ({
  find: (next) => (call) => {
    const thing = next(call)
    return call.method === 'PATCH' && typeof thing === 'object' ? change(thing) : thing
  },
})

test.each<[string, Hooks, readonly string[]]>([
  ['kept', {}, []],
  ['not stored', patched((thing) => ({ ...thing })), ['sequence changed-changed']],
  [
    'stored, with what it leaves out lost',
    patched((thing) => Object.assign(thing, { value: { ...(thing.value as object), size: 50 } })),
    ['sequence changed-changed'],
  ],
])('what PATCH has changed is found beside what PUT has: %s', async (_, hooks, wrong) => {
  const report = await sequences(both, hooks)
  expect(kinds(report)).toEqual(wrong)
  expect(report.findings.every(({ title }) => title.includes('changed thing'))).toBe(true)
})

const lag = 150
/** What was made or deleted shows after a while. */
function lagging(): Hooks {
  const gone = new Map<Thing, number>()
  const shows = (thing: Thing) => Date.now() - thing.exchange.sentAt > lag && !(Date.now() - (gone.get(thing) ?? Date.now()) > lag)
  return {
    list: (next) => (call) => next(call)?.filter(shows),
    find: (next) => (call) => {
      const own = next(call)
      return own === undefined || own === 'free' || shows(own) || call.method !== 'GET' ? own : undefined
    },
    remove: () => (thing) => void gone.set(thing, Date.now()),
  }
}

/** GET of one thing answered otherwise. */
const gets = (status: number): Hooks => ({
  receive: (next) => (call) => (call.method === 'GET' && !isList(call.path) ? gatewayReply(status) : next(call)),
})

const lawful: readonly (readonly [string, string, () => Hooks])[] = [
  ['what is not there, told by 410', things, () => ({ absent: () => () => emptyReply(410) })],
  ['what is not there, told by 403', things, () => ({ absent: () => () => gatewayReply(403) })],
  ['a store that is behind', things, lagging],
  [
    'a list in pages',
    things,
    () => ({
      list: (next) => (call) => next(call)?.slice(0, 1),
      succeed: (next) => (task, call) => withHeaders(next(task, call), Array.isArray(task) ? { Link: '</things?page=2>; rel="next"' } : {}),
    }),
  ],
  [
    'a list whose items are nested too deeply to be written again',
    things,
    () => ({
      serialise: () => (value) => {
        const text = JSON.stringify(value)
        return Array.isArray(value) ? text.replace('[{', `[{"more":${'['.repeat(20_000)}${']'.repeat(20_000)},`) : text
      },
    }),
  ],
  [
    'a list that may not be read',
    things,
    () => ({ receive: (next) => (call) => (call.method === 'GET' && isList(call.path) ? gatewayReply(403) : next(call)) }),
  ],
  ['things that may not be read', things, () => gets(403)],
  ['things that are hidden from who may not read them', secured, () => gets(404)],
  ['a deletion for later', secured, lagging],
  ['a deletion for much later', secured, () => ({ remove: () => () => {} })],
  [
    'deleted things that are kept and marked',
    things,
    () => {
      const removed = new Set<unknown>()
      return {
        remove: () => (thing) => void removed.add((thing.value as { id: string }).id),
        serialise: () => (value) =>
          JSON.stringify(value, (_, inner) => (removed.has(inner?.id) ? { ...inner, deletedAt: '2026-01-01' } : inner)),
      }
    },
  ],
  [
    'deletes that are hidden from who may not send them',
    secured,
    () => ({ receive: (next) => (call) => (call.method === 'DELETE' ? gatewayReply(404) : next(call)) }),
  ],
  [
    'deletes that may not be sent',
    things,
    () => ({ receive: (next) => (call) => (call.method === 'DELETE' ? emptyReply(403) : next(call)) }),
  ],
]

test.each(lawful)('%s is left alone', async (_, spec, hooks) => {
  const report = await sequences(spec, hooks())
  expect(kinds(report)).toEqual([])
  expect(report.exitCode).not.toBe(1)
})

test('the same seed sends the same sequences', async () => {
  const sent: string[][] = []
  for (const seed of [7, 7, 8]) {
    const own: string[] = []
    const names = new Map<string, string>()
    await sequences(
      things,
      {
        receive: (next) => (call) => {
          const path = call.path.replace(/(?<=things\/).+/, (id) => names.get(id) ?? names.set(id, `#${names.size}`).get(id)!)
          own.push(`${call.method} ${path} ${call.body.toString('utf8')}`)
          return next(call)
        },
      },
      seed,
    )
    sent.push(own)
  }
  expect(sent[1]).toEqual(sent[0])
  expect(sent[2]).not.toEqual(sent[0])
})

test('the calls beside the bundled one are tested where they are asked for; a finding is replayed as a sequence', async () => {
  const cwd = folder()
  const siblings = ['--overlay', join(__dirname, '../specs/workshop-siblings.overlay.yaml')]
  const chosen = [...siblings, '--method', 'GET', '--method', 'POST', '--method', 'DELETE', '--rule', '* resource:*', '--seed', '3']
  const ran = await plumbline(['run', '--break', 'delete-leaves-the-task', ...chosen], { cwd })
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('a deleted workshop is still in the list') })
  expect(ran.stdout).toContain('After')
  const replayed = await plumbline(['replay', 'plumbline-report/report.json'], { cwd })
  expect(replayed).toMatchObject({ code: 1, stdout: expect.stringContaining('still fails: a deleted workshop is still in the list') })
  const lists = await plumbline(['rules', ...siblings], { cwd })
  expect(lists.stdout).toContain('createWorkshop resource:unlisted')
  expect(lists.stdout).toContain('DELETE /v2/meshes/{mesh_id}/workshops/{workshop} takes workshop from answer.body.metadata.name')
})

test('an operation without a valid request does not end the run of the others', async () => {
  const cwd = folder()
  const spec = join(cwd, 'api.json')
  const time = { type: 'string', format: 'date-time', 'x-promises': ['created-at'] }
  const made = { type: 'object', required: ['at'], properties: { at: time } }
  const q = { name: 'q', in: 'query', required: true, schema: { type: 'string', minLength: 3, maxLength: 2 } }
  writeFileSync(
    spec,
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 't', version: '1' },
      paths: {
        '/a': {
          post: {
            operationId: 'make',
            requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
            responses: { 201: { description: 'made', content: { 'application/json': { schema: made } } }, 400: { description: 'bad' } },
          },
        },
        '/b': { get: { operationId: 'none', parameters: [q], responses: { 200: { description: 'ok' } } } },
      },
    }),
  )
  // A time on the full minute may be told in minutes, and is not waited for.
  const now = Date.now()
  const at = new Date(Math.floor(now / 1000) % 60 === 0 ? now - 1000 : now).toISOString().replace(/\.\d+/, '')
  const server = await startReference({
    document: await loadDocument({ spec }),
    hooks: [{ succeed: (next) => (task, call) => next(call.method === 'POST' ? { at } : task, call) }],
  })
  try {
    const report = await run({ spec, target: server.url, seed: 1, rules: ['* request:valid'], maxRequests: 60 })
    const result = (rule: string) => report.rules.find(({ id }) => id === rule)?.result
    expect(report.findings.map(({ check }) => check)).toEqual(['times'])
    expect(result('none request:valid')).not.toBe('kept')
  } finally {
    await server.close()
  }
})

test('what was sent in a form is found as it was sent', async () => {
  const spec = join(folder(), 'orders.json')
  const order = {
    type: 'object',
    required: ['title', 'count'],
    properties: { title: { type: 'string' }, count: { type: 'integer' }, tags: { type: 'array', minItems: 1, items: { type: 'string' } } },
  }
  const made = { type: 'object', required: ['id'], properties: { id: { type: 'string', readOnly: true } } }
  const answer = (schema: object) => ({ 200: { description: 'ok', content: { 'application/json': { schema } } } })
  const body = { required: true, content: { 'application/x-www-form-urlencoded': { schema: order } } }
  const id = { name: 'orderId', in: 'path', required: true, schema: { type: 'string' } }
  const paths = {
    '/orders': { post: { operationId: 'order', requestBody: body, responses: answer(made) } },
    '/orders/{orderId}': { get: { operationId: 'look', parameters: [id], responses: answer({ allOf: [order, made] }) } },
  }
  writeFileSync(spec, JSON.stringify({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths }))
  const changing = (other: object) =>
    sequences(
      spec,
      found((value) => ({ ...value, ...other })),
    )
  expect(await changing({})).toMatchObject({ exitCode: 0, findings: [] })
  expect(kinds(await changing({ count: -7 }))).toEqual(['sequence found-changed'])
  expect(kinds(await changing({ title: undefined }))).toHaveLength(1)
})

test('what callers name by an id that they choose among few is made again, which breaks nothing', async () => {
  const spec = join(folder(), 'rooms.json')
  const parameters = [{ name: 'code', in: 'path', required: true, schema: { type: 'string' } }]
  const Room = { type: 'object', required: ['code'], properties: { code: { type: 'string', enum: ['east'] }, note: { type: 'string' } } }
  const content = { 'application/json': { schema: Room } }
  const absent = { 404: { description: '' } }
  const paths = {
    '/rooms': { post: { requestBody: { required: true, content }, responses: { 201: { description: '', content } } } },
    '/rooms/{code}': {
      get: { parameters, responses: { 200: { description: '', content }, ...absent } },
      delete: { parameters, responses: { 204: { description: '' }, ...absent } },
    },
  }
  writeFileSync(spec, JSON.stringify({ openapi: '3.1.0', info: { title: 'Rooms', version: '1' }, paths }))
  const report = await sequences(spec)
  expect(kinds(report)).toEqual([])
  const anyOrder = report.rules.find(({ id }) => id.endsWith('resource:any-order'))
  expect(anyOrder).toMatchObject({ result: 'not tested', reason: expect.stringContaining('two creates named what they make alike') })
})
