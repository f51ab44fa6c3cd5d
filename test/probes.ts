import type { Change, WireRequest } from '../core/case'
import type { Json } from '../core/json'
import type { ApiDocument, SchemaObject } from '../core/operation'
import { bodyMember, flat, type Member } from '../generators/members'
import { schemasOf } from '../generators/schema'
import { type RequestModel, toWire } from '../specs/wire'

/** Requests that tell servers apart, one behind the other on one connection, and what is owed to the last of them. */
export interface Probe {
  readonly name: string
  readonly place: string
  /** `accept`: 200. `reject`: 400 with an error code. `either`: whatever is lawful. */
  readonly zone: 'accept' | 'reject' | 'either'
  readonly requests: readonly WireRequest[]
  /** The bytes come in two packets. */
  readonly inPackets?: true
}

export const token = 'secret-token-42'
export const model: RequestModel = {
  method: 'POST',
  path: '/v2/meshes/{mesh_id}/workshops',
  params: { mesh_id: '0c6a1b1e-2f3d-4b5c-8d7e-9f0a1b2c3d4e' },
  query: [],
  headers: [
    ['Content-Type', 'application/json'],
    ['X-Auth-Token', token],
  ],
  body: {
    description: 'a first task',
    metadata: { name: 'plain' },
    spec: {
      primaryCluster: '1d7b2c2f-3a4e-4c6d-9e8f-0a1b2c3d4e5f',
      ingress: {
        elbId: '2e8c3d3a-4b5f-4d7e-8f9a-1b2c3d4e5f60',
        elbIp: '10.20.30.40',
        port: 8080,
        imageAddress: 'swr.example.com/asm/demo:1.2',
      },
    },
  },
}

let named = 0
/** The plain request under a name and at a load balancer of its own, with changes. */
export function plain(...changes: readonly Change[]): WireRequest {
  named++
  const own: readonly Change[] = [
    { at: ['body', 'metadata', 'name'], set: `probe-${named.toString(36)}` },
    { at: ['body', 'spec', 'ingress', 'elbId'], set: `2e8c3d3a-4b5f-4d7e-8f9a-${named.toString(16).padStart(12, '0')}` },
  ]
  return toWire(model, [...own, ...changes])
}

const text = JSON.stringify(model.body)
const bytes = (body: string | Buffer): Change => ({ at: ['body'], bytes: Buffer.from(body).toString('base64') })
const ids = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
/** Of two members that hold the same: no other probe names this load balancer. */
const sameIds = '3f9d4e40-4b5f-4d7e-8f9a-1b2c3d4e5f60'

function ofMember({ at, place, documented, assumed, required }: Member): readonly Probe[] {
  const probe = (name: string, zone: Probe['zone'], change: Change): Probe => ({
    name: `${place}: ${name}`,
    place,
    zone,
    requests: [plain(change)],
  })
  const set = (value: Json) => probe(JSON.stringify(value).slice(0, 60), 'reject', { at, set: value })
  const name = at.at(-1)!
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const own = at.slice(1).reduce<Json>((value, key) => (value as Record<string, Json>)[key]!, model.body!)
  const wrong: readonly Json[] =
    documented.type === 'object'
      ? [null, 'text', 7, true, [], [own], JSON.stringify(own)]
      : documented.type === 'integer'
        ? [null, '8080', ' 8080 ', '8080x', '８０８０', '0x50', '', 8080.5, 8.2, true, false, [8080], [], {}]
        : [null, 7, 7.5, true, [own], [], { value: 'text' }]
  return [
    probe('missing', required ? 'reject' : 'accept', { at, remove: true }),
    ...wrong.map(set),
    ...(required ? [name.toUpperCase(), name.charAt(0).toUpperCase() + name.slice(1), ...(snake === name ? [] : [snake])] : []).map(
      (other) => probe(`as ${other}`, 'reject', { at, rename: other }),
    ),
    ...(documented.type === 'string' ? oddTexts : []).map((odd) => probe(JSON.stringify(odd).slice(0, 60), 'either', { at, set: odd })),
    ...(documented.type === 'integer' ? oddNumbers : []).map((odd) => probe(odd, 'either', { at, raw: odd })),
    ...(documented.type === 'object' ? oddNames : []).map((odd) => probe(`with ${odd}`, 'either', { at, insert: odd, raw: '"x"' })),
    ...examples(assumed).map((value) => probe(JSON.stringify(value).slice(0, 60), 'accept', { at, set: value })),
  ]
}

const examples = (schema: SchemaObject): readonly Json[] => (schema.examples ?? []) as readonly Json[]
const oddNames = ['unknown', '__proto__', 'constructor', 'uid', 'creationTimestamp']
const oddNumbers = [
  '0',
  '-0',
  '-1',
  '-8080',
  '65536',
  '70000',
  '2147483648',
  '-3000000000',
  '4294967297',
  '9007199254740993',
  '18446744073709551616',
  '1e400',
  '8e3',
  '8080.0',
]
const oddTexts = [
  '',
  ' ',
  '  padded  ',
  'UPPER',
  'a\r\nb',
  'a\tb',
  'a\u0000b',
  '\u0001',
  '\u00a0a\u3000b',
  'a\u200bb',
  'a\u202eb',
  '\ue000',
  '\uffff',
  '\ud800',
  'e\u0301',
  'é漢😀\u{1fa90}',
  '漢',
  '😀',
  'it\'s 100% \\ "x" ${x} {{x}}',
  "' or 1=1; --",
  '<script>',
  '../../etc',
  '010.0.0.1',
  'C232AB00-9414-11EC-B3C8-9F6BDECED846',
  'a'.repeat(64),
  'a'.repeat(300),
  'a'.repeat(1200),
  'a'.repeat(5000),
  'a'.repeat(70_000),
]

const malformed = [
  `${text} x`,
  `${text}{}`,
  text.replace(/\}$/, ',}'),
  `/* note */${text}`,
  text.replaceAll('"', "'"),
  text.replace('"spec"', 'spec'),
  text.slice(0, -1),
  text.slice(0, 40),
  text.replace(':8080', ':+8080'),
  text.replace(':8080', ':08080'),
  text.replace('first', 'fi\trst'),
  text.replace('first', 'fi\\xrst'),
  'description: a\nmetadata: {name: a}\nspec: 1',
  '{',
  'x',
  '<a/>',
]
const otherBodies = ['[]', 'null', '7', '"text"', 'true', `[${text}]`, '{}']
const large = (size: number): string => text.replace('a first task', 'a'.repeat(size - text.length + 12))
const nested = (depth: number): string => text.replace(/\}$/, `,"deep":${'['.repeat(depth)}${']'.repeat(depth)}}`)

function ofWhole(): readonly Probe[] {
  const probe = (place: string, zone: Probe['zone'], ...changes: readonly Change[]): Probe => ({
    name: `${place}: ${JSON.stringify(changes).slice(0, 80)}`,
    place,
    zone,
    requests: [plain(...changes)],
  })
  const header = (name: string) => ['header', name] as const
  const type = header('Content-Type')
  const auth = header('X-Auth-Token')
  const image = ['body', 'spec', 'ingress', 'imageAddress'] as const
  const port = ['body', 'spec', 'ingress', 'port'] as const
  const charset: Change = { at: type, set: 'application/json;charset=utf-8' }
  return [
    probe('body', 'accept'),
    probe(
      'body',
      'accept',
      { at: ['body', 'description'], remove: true },
      { at: ['body', 'spec', 'ingress', 'imageAddress'], remove: true },
    ),
    probe('body', 'accept', bytes(JSON.stringify({ spec: (model.body as Record<string, Json>).spec, metadata: { name: 'spec-first' } }))),
    ...malformed.map((body) => probe('body', 'reject', bytes(body))),
    ...otherBodies.map((body) => probe('body', 'reject', bytes(body))),
    probe('body', 'reject', { at: ['body'], remove: true }),
    probe('body', 'either', { at: ['body'], insert: 'unknown', raw: '1' }),
    probe('body', 'either', { at: ['body'], insert: '__proto__', raw: '{}' }),
    probe('body', 'either', { at: ['body'], insert: 'description', raw: '"twice"' }),
    probe('body', 'either', { at: ['body', 'metadata'], insert: 'uid', raw: `"${ids}"` }),
    probe('body', 'either', { at: ['body', 'metadata'], insert: 'creationTimestamp', raw: '"2001-01-01T00:00:00Z"' }),
    probe('body', 'either', { at: ['body'], insert: 'status', raw: '{"updateTime":"2001-01-01T00:00:00Z"}' }),
    ...[text.replace(/,/, ',,'), text.replace(/,/, ';'), text.replace(/,/, ', # x\n'), text.replace(/\}$/, ',"extra":1_000}')].map(
      (other) => probe('body', 'reject', bytes(other)),
    ),
    probe('body', 'either', bytes(`\ufeff${text}`)),
    probe('body', 'either', bytes(Buffer.from(text.replace('first', 'f\u00ffrst'), 'latin1'))),
    ...[1100, 17_000, 65_536, 66_000, 1_000_000, 2_200_000].map((size) => probe('body', 'either', bytes(large(size)))),
    ...[12, 70, 300, 1000, 5000].map((depth) => probe('body', 'either', bytes(nested(depth)))),
    probe('body', 'either', ...Array.from({ length: 1100 }, (_, i): Change => ({ at: ['body'], insert: `extra${i}`, raw: '1' }))),
    probe('body', 'reject', { at: ['body', 'description'], set: null }, { at: image, set: null }),
    probe('body', 'reject', ...['elbId', 'elbIp'].map((name): Change => ({ at: ['body', 'spec', 'ingress', name], remove: true }))),
    probe('body.spec.ingress.port', 'reject', { at: image, remove: true }, { at: port, set: '8080' }),
    probe('body.spec.ingress.port', 'reject', { at: port, remove: true }, { at: ['body', 'spec'], insert: 'port', raw: '8080' }),
    probe('body', 'reject', bytes(`{"data":${text}}`)),
    probe('body.spec.ingress.elbIp', 'reject', { at: ['body', 'spec', 'ingress', 'elbIp'], set: [10, 20, 30, 40] }),
    probe('header.Content-Type', 'accept', charset),
    probe('request', 'accept', { at: type, remove: true }, { at: type, set: 'application/json' }),
    ...['*/*', 'application/json;q=0.9'].map((set) => probe('request', 'accept', { at: header('Accept'), set })),
    probe('header.X-Auth-Token', 'either', { at: auth, remove: true }, bytes('{"a":')),
    probe('header.Content-Type', 'either', { at: type, remove: true }, { at: ['body'], remove: true }),
    probe('body.spec.primaryCluster', 'reject', charset, { at: ['body', 'spec', 'primaryCluster'], remove: true }),
    probe('body', 'reject', charset, bytes(`${text} x`)),
    probe('header.X-Auth-Token', 'either', charset, { at: auth, remove: true }),
    ...[
      '٣٤',
      '2024-01-01',
      'x #y',
      "wait... it's -- so",
      'https://example.com/a?b=1 me@example.com',
      'http://example.com/',
      '4111 1111 1111 1111',
      'password=a',
      '**a** [b](c) :smile:',
      'class',
    ].map((set) => probe('body.description', 'accept', { at: ['body', 'description'], set })),
    ...['a\\ud83d\\ude00b', 'caf\\u00e9', 'caf\\u00E9', 'a \\u0026 b'].map((text) =>
      probe('body.description', 'accept', { at: ['body', 'description'], raw: `"${text}"` }),
    ),
    probe('body.spec.ingress.imageAddress', 'accept', { at: ['body', 'spec', 'ingress', 'imageAddress'], raw: '"a\\/b"' }),
    probe('body.description', 'either', { at: ['body', 'description'], set: `Z${'\u0301\u0323\u035b\u0489'.repeat(30)}` }),
    probe('body', 'either', { at: ['body'], insert: 'e'.repeat(5000), raw: '1' }),
    probe('body', 'either', ...Array.from({ length: 150 }, (_, i): Change => ({ at: ['body'], insert: `extra${i}`, raw: '1' }))),
    ...['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'application/vnd.api+json', 'application/jsonx', ''].map(
      (other) => probe('header.Content-Type', 'either', { at: type, set: other }),
    ),
    ...['application/json; charset=klingon', 'application/json; version=1', 'APPLICATION/JSON'].map((other) =>
      probe('header.Content-Type', 'either', { at: type, set: other }),
    ),
    probe('header.Content-Type', 'accept', { at: type, rename: 'content-type' }),
    probe('header.X-Auth-Token', 'accept', { at: auth, rename: 'x-auth-token' }),
    probe('header.X-Auth-Token', 'accept', { at: auth, rename: 'X-AUTH-TOKEN' }),
    probe(
      'body.spec',
      'accept',
      { at: ['body', 'spec', 'primaryCluster'], set: sameIds },
      { at: ['body', 'spec', 'ingress', 'elbId'], set: sameIds },
    ),
    probe('header.Content-Type', 'either', { at: type, remove: true }),
    probe('header.X-Auth-Token', 'either', { at: auth, remove: true }),
    probe('header.X-Auth-Token', 'either', { at: auth, remove: true }),
    ...['', 'garbage', 'secret-other', token.toUpperCase(), "'", 'x'.repeat(1000)].map((other) =>
      probe('header.X-Auth-Token', 'either', { at: auth, set: other }),
    ),
    ...[[], [{ at: ['body', 'description'], set: '漢'.repeat(255) }], [{ at: ['body', 'spec'], remove: true }]].map((others) =>
      probe('header.Accept-Encoding', 'either', { at: header('Accept-Encoding'), set: 'gzip' }, ...(others as Change[])),
    ),
    ...[3000, 6000].map((size) => probe('header.X-Filler', 'either', { at: header('X-Filler'), set: 'x'.repeat(size) })),
    ...['%41', '%00', 'a%2Fb', "'", '%ff', 'x'.repeat(600), 'x'.repeat(5000), 'unknown'].map((raw) =>
      probe('path.mesh_id', 'either', { at: ['path', 'mesh_id'], raw }),
    ),
    ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'].map((method) =>
      probe('method', 'either', { at: ['method'], set: method }),
    ),
  ]
}

/** A request behind another one. */
const series: readonly Probe[] = [
  {
    name: 'in two packets',
    place: 'request',
    zone: 'accept',
    requests: [plain()],
    inPackets: true,
  },

  {
    name: 'without a token, behind one with it',
    place: 'header.X-Auth-Token',
    zone: 'either',
    requests: [plain(), plain({ at: ['header', 'X-Auth-Token'], remove: true })],
  },
  {
    name: 'valid, behind 110 of its kind',
    place: 'body',
    zone: 'accept',
    requests: Array.from({ length: 111 }, () => plain()),
  },
  { name: 'the same for the third time', place: 'body', zone: 'either', requests: Array(3).fill(plain()) },
  { name: 'valid, behind a malformed one', place: 'body', zone: 'accept', requests: [plain(bytes('{')), plain()] },
  { name: 'valid, behind a large one', place: 'body', zone: 'accept', requests: [plain(bytes(large(66_000))), plain()] },
  {
    name: 'valid, behind one without a token',
    place: 'body',
    zone: 'accept',
    requests: [plain({ at: ['header', 'X-Auth-Token'], remove: true }), plain()],
  },
]

/** Requests that tell the bundled API's variants apart: one change each. */
export function probesOf(document: ApiDocument): readonly Probe[] {
  const root = bodyMember(document.operations[0]!, schemasOf(document.documented), schemasOf(document.assumed))!
  return [...ofWhole(), ...flat(root).slice(1).flatMap(ofMember), ...series]
}
