import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiDocument } from '../../core/operation'
import { loadDocument } from '../../specs/load'
import { checkPacts } from './check'
import { parsePact } from './pact'

// biome-ignore lint/suspicious/noExplicitAny: lies of any shape are planted in it
type Draft = any

const honest = () => JSON.parse(readFileSync(join(__dirname, '..', 'pacts', 'workshop-console-workshop-api.json'), 'utf8'))
const images = () => JSON.parse(readFileSync(join(__dirname, '..', 'pacts', 'workshop-automation-workshop-api.json'), 'utf8'))

/** The pact of the console with one interaction: the plain creation. */
function plain(): Draft {
  const pact = honest()
  pact.interactions = pact.interactions.filter(({ description }: Draft) => description === 'a request to create a task')
  return pact
}

/** The same in an older version of the format. */
function older(version: 2 | 3): Draft {
  const pact = plain()
  const [interaction] = pact.interactions
  for (const side of [interaction.request, interaction.response]) {
    side.body = side.body.content
    side.headers = Object.fromEntries(Object.entries(side.headers).map(([name, values]) => [name, (values as string[])[0]]))
    delete side.generators
    if (version === 2)
      side.matchingRules = Object.fromEntries(
        Object.entries(side.matchingRules.body ?? {}).map(([path, rule]) => [`$.body${path.slice(1)}`, (rule as Draft).matchers[0]]),
      )
  }
  delete interaction.type
  if (version === 2) {
    interaction.providerState = interaction.providerStates[0].name
    delete interaction.providerStates
  }
  pact.metadata = version === 2 ? { pactSpecificationVersion: '2.0.0' } : { pactSpecification: { version: '3.0.0' } }
  return pact
}

let document: ApiDocument
beforeAll(async () => {
  document = await loadDocument({ overlays: [] })
})

async function told(pact: Draft) {
  const parsed = parsePact(JSON.stringify(pact, null, 2), 'lies.json')
  const lies = await checkPacts(document, [parsed])
  return lies.map(({ level, place, message, at, docs }) => ({
    level,
    place,
    message,
    line: Number(parsed.where(at).split(':')[1]),
    docs: docs?.line,
  }))
}

const findings = async (pact: Draft) => (await told(pact)).filter(({ level }) => level === 'finding')

test.each([
  ['version 4', plain],
  ['version 3', () => older(3)],
  ['version 2', () => older(2)],
  ['all of the console', honest],
  ['all of the automation', images],
])('an honest pact is left alone: %s', async (_, make) => {
  expect(await told(make())).toEqual([])
})

type Plant = (pact: Draft, interaction: Draft) => void

/** Name of the lie, the place that a finding must name, a word of its message, and the change. */
const lies: readonly (readonly [string, string, RegExp, Plant])[] = [
  ['unknown path', 'path', /know no POST \/v3/, (_, { request }) => (request.path = '/v3/meshes/m/workshops')],
  ['unknown method', 'path', /know no PUT/, (_, { request }) => (request.method = 'PUT')],
  ['unknown status', 'answer.status', /no answer 201/, (_, { response }) => (response.status = 201)],
  ['unknown member of the answer', 'answer.body.owner', /promise no member/, (_, { response }) => (response.body.content.owner = 'me')],
  [
    'unknown member deep in the answer',
    'answer.body.spec.ingress.host',
    /promise no member/,
    (_, { response }) => (response.body.content.spec.ingress.host = 'h'),
  ],
  ['error code in a success', 'answer.body.errorCode', /promise no member/, (_, { response }) => (response.body.content.errorCode = 'E')],
  ['unknown member of the request', 'body.spec.size', /know no member/, (_, { request }) => (request.body.content.spec.size = 1)],
  ['unknown query parameter', 'query.dryRun', /know no query parameter/, (_, { request }) => (request.query = { dryRun: ['true'] })],
  [
    'wrong type in the answer',
    'answer.body.spec.ingress.port',
    /must be integer/,
    (_, { response }) => (response.body.content.spec.ingress.port = '8080'),
  ],
  ['null in the answer', 'answer.body.metadata.uid', /must be string/, (_, { response }) => (response.body.content.metadata.uid = null)],
  ['list for an object in the answer', 'answer.body.status', /must be object/, (_, { response }) => (response.body.content.status = [])],
  [
    'wrong type in the request',
    'body.spec.ingress.port',
    /must be integer/,
    (_, { request }) => (request.body.content.spec.ingress.port = '8080'),
  ],
  [
    'fraction for an integer',
    'body.spec.ingress.port',
    /must be integer/,
    (_, { request }) => (request.body.content.spec.ingress.port = 80.5),
  ],
  [
    'missing mandatory member',
    'body.metadata.name',
    /mandatory and not sent/,
    (_, { request }) => delete request.body.content.metadata.name,
  ],
  ['missing body', 'body', /no body/, (_, { request }) => delete request.body],
  ['missing token', 'header.X-Auth-Token', /mandatory and not sent/, (_, { request }) => delete request.headers['X-Auth-Token']],
  [
    'another media type sent',
    'header.content-type',
    /mime-type/,
    (_, { request }) => {
      request.headers['Content-Type'] = ['text/plain']
      request.body = { content: 'name=bookinfo', contentType: 'text/plain', encoded: false }
      request.matchingRules = {}
    },
  ],
  [
    'another media type expected',
    'answer.header.content-type',
    /mime-type/,
    (_, { response }) => {
      response.headers['Content-Type'] = ['application/xml']
      response.body = { content: '<task/>', contentType: 'application/xml', encoded: false }
      response.matchingRules = {}
    },
  ],
  [
    'header that is promised nowhere',
    'answer.header.x-task-id',
    /not defined/,
    (_, { response }) => (response.headers['X-Task-Id'] = ['1']),
  ],
  [
    'matcher of another type in the answer',
    'answer.body.metadata.name',
    /"integer" lets only integer/,
    (_, { response }) => (response.matchingRules.body['$.metadata.name'].matchers = [{ match: 'integer' }]),
  ],
  [
    'matcher of another type in the request',
    'body.spec.ingress.port',
    /"regex" lets only string/,
    (_, { request }) => (request.matchingRules.body['$.spec.ingress.port'].matchers = [{ match: 'regex', regex: '\\d+' }]),
  ],
  [
    'matcher for null',
    'answer.body.metadata.uid',
    /"null" lets only null/,
    (_, { response }) => (response.matchingRules.body['$.metadata.uid'].matchers = [{ match: 'null' }]),
  ],
  [
    'matcher at an unknown member',
    'answer.body.metadata.owner',
    /promise nowhere/,
    (_, { response }) => (response.matchingRules.body['$.metadata.owner'] = { matchers: [{ match: 'type' }] }),
  ],
  [
    'class of statuses that is not documented',
    'answer.status',
    /no answer whose status is .*redirect/,
    (_, { response }) => (response.matchingRules.status = { matchers: [{ match: 'statusCode', status: 'redirect' }] }),
  ],
  [
    'generator of another type',
    'body.spec.ingress.port',
    /generator Uuid makes string/,
    (_, { request }) => (request.generators.body['$.spec.ingress.port'] = { type: 'Uuid' }),
  ],
  [
    'literal for what the server makes',
    'answer.body.metadata.uid',
    /makes this value anew/,
    (_, { response }) => delete response.matchingRules.body['$.metadata.uid'],
  ],
  [
    'literal that was not sent',
    'answer.body.spec.ingress.port',
    /comes back unchanged/,
    (_, { response }) => {
      delete response.matchingRules.body['$.spec.ingress.port']
      response.body.content.spec.ingress.port = 9090
    },
  ],
  [
    'form that was not sent',
    'answer.body.spec.ingress.elbIp',
    /comes back unchanged/,
    (_, { response }) => (response.matchingRules.body['$.spec.ingress.elbIp'].matchers = [{ match: 'regex', regex: '^10\\.' }]),
  ],
  [
    'refusal of a valid request',
    'answer.status',
    /keeps all that is documented/,
    (_, interaction) => {
      delete interaction.providerStates
      interaction.response = { status: 400 }
    },
  ],
  [
    'body that is JSON in base64',
    'body.metadata',
    /mandatory/,
    (_, { request }) => {
      delete request.body.content.metadata
      request.body = {
        content: Buffer.from(JSON.stringify(request.body.content)).toString('base64'),
        contentType: 'application/json',
        encoded: 'base64',
      }
    },
  ],
]

test.each(lies)('a planted lie is found, at its place and at no other: %s', async (_, place, message, plant) => {
  const pact = plain()
  plant(pact, pact.interactions[0])
  const found = await findings(pact)
  expect(found.map((one) => one.place)).toEqual([place])
  expect(found[0]!.message).toMatch(message)
  // An unknown path has no place in the docs; all else has.
  if (place !== 'path') expect(found[0]!.docs).toBeGreaterThan(0)
})

test.each([2, 3] as const)('a lie is found in version %d, with its line', async (version) => {
  const pact = older(version)
  pact.interactions[0].request.body.spec.ingress.port = '8080'
  const line =
    JSON.stringify(pact, null, 2)
      .split('\n')
      .findIndex((text) => text.includes('"port": "8080"')) + 1
  expect(await findings(pact)).toEqual([expect.objectContaining({ place: 'body.spec.ingress.port', line, docs: 36 })])
})

test('a matching rule of version 2 is held against the docs too', async () => {
  const pact = older(2)
  pact.interactions[0].response.matchingRules['$.body.metadata.name'] = { match: 'type', min: 1 }
  expect(await findings(pact)).toEqual([])
  pact.interactions[0].response.matchingRules['$.body.metadata.name'] = { match: 'regex', regex: '\\d+' }
  pact.interactions[0].response.matchingRules['$.body.spec.ingress.port'] = { match: 'regex', regex: '\\d+' }
  expect((await findings(pact)).map(({ place }) => place)).toEqual(['answer.body.metadata.name', 'answer.body.spec.ingress.port'])
})

test('what a lawful server need not honour is a note', async () => {
  const strict = plain()
  strict.interactions[0].request.body.content.spec.ingress.port = 70_000
  strict.interactions[0].response.body.content.spec.ingress.port = 70_000
  const form = plain()
  form.interactions[0].response.matchingRules.body['$.metadata.creationTimestamp'].matchers = [
    { match: 'datetime', format: "yyyy-MM-dd'T'HH:mm:ssX" },
  ]
  const header = plain()
  header.interactions[0].request.headers['X-Trace'] = ['1']
  const state = plain()
  state.interactions[0].providerStates[0].params = { mesh_id: 'm' }
  const refused = plain()
  refused.interactions[0].response = { status: 400 }
  const all = await Promise.all([strict, form, header, state, refused].map(told))
  expect(all.map((notes) => notes.map(({ level, place }) => `${level} ${place}`))).toEqual([
    ['note body.spec.ingress.port'],
    ['note answer.body.metadata.creationTimestamp'],
    ['note header.x-trace'],
    ['note body.metadata.name'],
    ['note answer.status'],
  ])
})

test('another API: an honest pact is left alone, and lies are found there too', async () => {
  const of = (schema: object) => ({ description: 'd', content: { 'application/json': { schema } } })
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'pets.json')
  const kind = { type: 'string', enum: ['cat', 'dog'] }
  const pet = {
    type: 'object',
    properties: { id: { type: 'integer' }, kind, owner: { type: 'string', nullable: true }, weight: { type: 'number' } },
  }
  const paths = {
    '/pets': {
      get: {
        parameters: [{ name: 'tag', in: 'query', schema: { type: 'array', items: { type: 'string' } } }],
        responses: { 200: of({ type: 'array', items: pet }) },
      },
    },
    '/pets/{id}': {
      get: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: { 200: of(pet), 400: { description: 'd' } },
      },
    },
  }
  writeFileSync(file, JSON.stringify({ openapi: '3.0.3', info: { title: 'Pets', version: '1' }, paths }))
  const pets = await loadDocument({ spec: file, overlays: [] })
  const get = (description: string, path: string, response: object, query?: string) => ({
    description,
    request: { method: 'get', path, query },
    response,
  })
  const interactions = [
    get(
      'list',
      '/pets',
      {
        status: 200,
        body: [{ id: 1, kind: 'cat', owner: null, weight: 3 }],
        matchingRules: { '$.body': { min: 1 }, '$.body[*].*': { match: 'type' } },
      },
      'tag=a&tag=b',
    ),
    get('a wrong id is refused', '/pets/seven', { status: 400 }),
    get('LIE enum', '/pets/7', { status: 200, body: { kind: 'cow' } }),
    get('LIE form', '/pets/7', {
      status: 200,
      body: { kind: 'cat' },
      matchingRules: { '$.body.kind': { match: 'regex', regex: 'cow|horse' } },
    }),
    get('LIE id', '/pets/seven', { status: 200 }),
    get('LIE null', '/pets/7', { status: 200, body: { id: null } }),
  ]
  const pact = parsePact(JSON.stringify({ consumer: { name: 'shop' }, provider: { name: 'pets' }, interactions }), 'shop.json')
  const lies = await checkPacts(pets, [pact])
  expect(lies.map(({ interaction, place }) => `${interaction.description}: ${place}`)).toEqual([
    'LIE enum: answer.body.kind',
    'LIE form: answer.body.kind',
    'LIE id: path.id',
    'LIE null: answer.body.id',
  ])
})

test('what is no HTTP is skipped, and said to be', () => {
  const pact = plain()
  pact.interactions.push({ type: 'Asynchronous/Messages', description: 'a task was made', contents: {} })
  const messages = { ...older(3), interactions: undefined, messages: [{ description: 'a task was made', contents: {} }] }
  expect(parsePact(JSON.stringify(pact), 'p.json').skipped).toEqual([
    { description: 'a task was made', reason: 'Asynchronous/Messages, not HTTP' },
  ])
  expect(parsePact(JSON.stringify(messages), 'p.json')).toMatchObject({ interactions: [], skipped: [{ reason: 'a message, not HTTP' }] })
})

test.each([
  ['no JSON', '{', /neither JSON nor YAML/],
  ['another JSON', '{"openapi":"3.1.0"}', /is no pact/],
  ['a version to come', JSON.stringify({ ...plain(), metadata: { pactSpecification: { version: '5.0' } } }), /version 5/],
  [
    'an interaction without a status',
    '{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":[{"request":{"method":"GET","path":"/"},"response":{}}]}',
    /p.json:1:\d+: its response has no status/,
  ],
])('what is no pact is refused in one line: %s', (_, text, message) => {
  expect(() => parsePact(text, 'p.json')).toThrow(message)
})
