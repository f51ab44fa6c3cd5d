import type { Change } from '../core/case'
import type { Finding } from '../core/finding'
import type { DocsPlace } from '../core/place'
import type { Member, Report, RuleResult } from '../core/report'
import { digest } from '../core/seed'
import type { Zone } from '../core/zone'

/** A report like that of a real run, for tests and for looking at: findings of each severity, some 130 rules, silences, notes. */

const page = 'create-workshop.md'
const requestSection = 'Request Parameters'
const operation = 'CreateWorkshop'
const url = 'http://127.0.0.1:8080'
const target = '/v2/meshes/3f0c2c5e-8d1b-4c0e-9a57-2b6f1d9e4a10/workshops'

const docs = (line: number, section: string, text: string): DocsPlace => ({ page, line, section, text })

interface Documented {
  readonly place: string
  readonly type: string
  readonly required: boolean
  readonly docs: DocsPlace
}

const requestMembers: readonly Documented[] = [
  { place: 'path.mesh_id', type: 'string', required: true, docs: docs(14, 'URI, table 1', 'mesh_id | Yes | String | Mesh ID') },
  {
    place: 'header.Content-Type',
    type: 'string',
    required: true,
    docs: docs(20, `${requestSection}, table 2`, 'Content-Type | Yes | String | Message body type (format)'),
  },
  {
    place: 'header.X-Auth-Token',
    type: 'string',
    required: true,
    docs: docs(21, `${requestSection}, table 2`, 'X-Auth-Token | Yes | String | mandatory where a token is used'),
  },
  { place: 'body.description', type: 'string', required: false, docs: docs(27, `${requestSection}, table 3`, 'description | No | String') },
  { place: 'body.metadata', type: 'object', required: true, docs: docs(28, `${requestSection}, table 3`, 'metadata | Yes | object') },
  { place: 'body.metadata.name', type: 'string', required: true, docs: docs(34, `${requestSection}, table 4`, 'name | Yes | String') },
  { place: 'body.spec', type: 'object', required: true, docs: docs(29, `${requestSection}, table 3`, 'spec | Yes | object') },
  {
    place: 'body.spec.primaryCluster',
    type: 'string',
    required: true,
    docs: docs(40, `${requestSection}, table 5`, 'primaryCluster | Yes'),
  },
  { place: 'body.spec.ingress', type: 'object', required: true, docs: docs(41, `${requestSection}, table 5`, 'ingress | Yes | object') },
  {
    place: 'body.spec.ingress.elbId',
    type: 'string',
    required: true,
    docs: docs(47, `${requestSection}, table 6`, 'elbId | Yes | String'),
  },
  {
    place: 'body.spec.ingress.elbIp',
    type: 'string',
    required: true,
    docs: docs(48, `${requestSection}, table 6`, 'elbIp | Yes | String'),
  },
  {
    place: 'body.spec.ingress.port',
    type: 'integer',
    required: true,
    docs: docs(49, `${requestSection}, table 6`, 'port | Yes | Integer | Port of the gateway for access from outside'),
  },
  {
    place: 'body.spec.ingress.imageAddress',
    type: 'string',
    required: false,
    docs: docs(50, `${requestSection}, table 6`, 'imageAddress | No | String | Image of the task'),
  },
]

const answerOnly: readonly Documented[] = [
  {
    place: 'body.metadata.uid',
    type: 'string',
    required: true,
    docs: docs(67, 'Response Parameters, status 200, table 8', 'uid | String | unique; generated; a custom value has no effect'),
  },
  {
    place: 'body.metadata.creationTimestamp',
    type: 'string',
    required: true,
    docs: docs(68, 'Response Parameters, status 200, table 8', 'creationTimestamp | String | Time of creation'),
  },
  { place: 'body.status', type: 'object', required: true, docs: docs(61, 'Response Parameters, status 200, table 7', 'status | object') },
  {
    place: 'body.status.updateTime',
    type: 'string',
    required: true,
    docs: docs(87, 'Response Parameters, status 200, table 11', 'updateTime | String | Time of the last update'),
  },
]

const answerOrder = [
  'body.description',
  'body.metadata',
  'body.metadata.name',
  'body.metadata.uid',
  'body.metadata.creationTimestamp',
  'body.spec',
  'body.spec.primaryCluster',
  'body.spec.ingress',
  'body.spec.ingress.elbId',
  'body.spec.ingress.elbIp',
  'body.spec.ingress.port',
  'body.spec.ingress.imageAddress',
  'body.status',
  'body.status.updateTime',
]

function members(): Member[] {
  const documented = [...requestMembers, ...answerOnly]
  const answers = answerOrder.map((place) => {
    const member = documented.find((candidate) => candidate.place === place)!
    return { ...member, operation, place: `answer.${place}`, statuses: ['200'] }
  })
  const errorCode = docs(94, 'Response Parameters, status 400, table 12', 'errorCode | String | Error code')
  const error = (status: string) => ({
    operation,
    place: 'answer.body.errorCode',
    type: 'string',
    required: true,
    statuses: [status],
    docs: errorCode,
  })
  return [...requestMembers.map((member) => ({ ...member, operation })), ...answers, error('400'), error('500')]
}

interface Kind {
  readonly zone: Zone
  readonly keyword: string
  readonly variants: readonly string[]
  readonly promise: string
}

const ofAny: readonly Kind[] = [
  { zone: 'reject', keyword: 'type', variants: ['null', 'boolean', 'array', 'object'], promise: 'NAME must be TYPE, not VARIANT' },
]
const ofRequired: readonly Kind[] = [
  { zone: 'reject', keyword: 'required', variants: ['missing', 'renamed', 'other-case'], promise: 'NAME is mandatory' },
]
const ofString: readonly Kind[] = [
  { zone: 'reject', keyword: 'type', variants: ['number'], promise: 'NAME must be TYPE, not VARIANT' },
  { zone: 'accept', keyword: 'valid', variants: ['edges', 'characters'], promise: 'every valid NAME is taken and answered as it was sent' },
  {
    zone: 'either',
    keyword: 'free',
    variants: ['long', 'unicode', 'empty'],
    promise: 'an odd NAME is taken truly, or refused as documented',
  },
]
const ofInteger: readonly Kind[] = [
  { zone: 'reject', keyword: 'type', variants: ['string', 'fraction'], promise: 'NAME must be TYPE, not VARIANT' },
  { zone: 'accept', keyword: 'valid', variants: ['edges', 'well-known'], promise: 'every valid NAME is taken and answered as it was sent' },
  {
    zone: 'either',
    keyword: 'free',
    variants: ['zero', 'negative', 'huge', 'other-form'],
    promise: 'an odd NAME is taken truly, or refused as documented',
  },
]
const ofObject: readonly Kind[] = [
  { zone: 'reject', keyword: 'type', variants: ['string', 'number'], promise: 'NAME must be TYPE, not VARIANT' },
  {
    zone: 'either',
    keyword: 'free',
    variants: ['unknown-members', 'duplicate-keys'],
    promise: 'unknown members of NAME change nothing else',
  },
]
const ofHeader: readonly Kind[] = [
  { zone: 'reject', keyword: 'required', variants: ['missing', 'empty'], promise: 'the header NAME is mandatory' },
  { zone: 'accept', keyword: 'valid', variants: ['forms'], promise: 'every valid NAME is taken' },
]

function rulesOf(member: Documented): RuleResult[] {
  const name = member.place.split('.').at(-1)!
  const inBody = member.place.startsWith('body.')
  const kinds = !inBody
    ? ofHeader
    : [
        ...(member.required ? ofRequired : []),
        ...ofAny,
        ...(member.type === 'integer' ? ofInteger : member.type === 'object' ? ofObject : ofString),
      ]
  return kinds.flatMap((kind) =>
    kind.variants
      .filter((variant) => variant !== member.type)
      .map((variant) => rule(member.place, kind.keyword, variant, kind.zone, words(kind.promise, name, member.type, variant), member.docs)),
  )
}

const article = (noun: string) => (/^[aeio]/.test(noun) ? `an ${noun}` : noun === 'null' ? noun : `a ${noun}`)
const words = (promise: string, name: string, type: string, variant: string) =>
  promise.replace('NAME', name).replace('TYPE', article(type)).replace('VARIANT', article(variant))

function rule(place: string, keyword: string, variant: string, zone: Zone, promise: string, at?: DocsPlace): RuleResult {
  const id = `${place}:${keyword}:${variant}`
  const cases = 4 + (Number.parseInt(digest(6, id), 16) % 32)
  return {
    id,
    operation,
    zone,
    place,
    keyword,
    variant,
    promise,
    docs: at,
    cases,
    notReached: 0,
    result: 'kept',
    rulesOut: 1 - 0.05 ** (1 / cases),
    findings: [],
  }
}

const untested = (result: RuleResult, why: string, kind: 'not tested' | 'not run'): RuleResult => ({
  ...result,
  cases: 0,
  notReached: kind === 'not tested' ? 6 : 0,
  result: kind,
  reason: why,
  rulesOut: undefined,
})

const valid = {
  description: 'A task for the trial',
  metadata: { name: 'plumb-k3v9q' },
  spec: {
    primaryCluster: '0b9c7c1e-2f34-4b6a-8f7d-5a1e3c9d7b21',
    ingress: { elbId: '7d5e1a90-6c2b-4f83-b1aa-90f3e2c4d815', elbIp: '192.0.2.10', port: 8080, imageAddress: 'nginx:1.27' },
  },
}
const created = {
  ...valid,
  metadata: { name: 'plumb-k3v9q', uid: '5b1f0f0e-6a63-4a39-8f5e-0a8f5b0a7c11', creationTimestamp: '2026-03-02T09:14:07Z' },
  status: { updateTime: '2026-03-02T09:14:07Z' },
}

const requestHeaders: readonly (readonly [string, string])[] = [
  ['Content-Type', 'application/json'],
  ['X-Auth-Token', '***'],
]
const answerHeaders: readonly (readonly [string, string])[] = [
  ['Content-Type', 'application/json;charset=utf-8'],
  ['Date', 'Mon, 02 Mar 2026 09:14:07 GMT'],
  ['X-Request-Id', 'b7d0a8b2f0a94bd7'],
]

const request = (body: string, headers = requestHeaders, method = 'POST') => ({
  method,
  target,
  headers,
  body,
  bodyBytes: Buffer.byteLength(body),
})
const answer = (status: number, body: string, seconds = 0.012, headers = answerHeaders) => ({
  status,
  statusText: { 200: 'OK', 400: 'Bad Request', 500: 'Internal Server Error', 422: 'Unprocessable Entity' }[status] ?? '',
  headers,
  body,
  bodyBytes: Buffer.byteLength(body),
  seconds,
})

const curl = (body: string) =>
  `curl -sS -i -X POST '${url}${target}' -H 'Content-Type: application/json' -H "X-Auth-Token: $PLUMBLINE_TOKEN" --data-raw '${body}'`

type Draft = Pick<Finding, 'severity' | 'title' | 'check' | 'kind' | 'place' | 'promise' | 'message' | 'answerPlace'> & Partial<Finding>

function finding(draft: Draft): Finding {
  const id = digest(12, draft.check, draft.kind, draft.place)
  const rules = draft.rules ?? (draft.rule ? [draft.rule] : [])
  return {
    zone: 'reject',
    changes: [],
    steady: 'always',
    flaky: false,
    count: 12,
    outOf: 12,
    firstSeen: { request: 214, seconds: 0.9 },
    shrinkPath: [
      { changes: 4, bytes: 512 },
      { changes: 2, bytes: 404 },
      { changes: 1, bytes: 301 },
    ],
    replay: `npx plumbline-api replay plumbline-report/report.json ${id}`,
    ...draft,
    id,
    rules,
  }
}

const withPort = (raw: string) => JSON.stringify(valid).replace('"port":8080', `"port":${raw}`)
const without = (text: string, part: string) => text.replace(part, '')
const port = requestMembers.find((member) => member.place === 'body.spec.ingress.port')!.docs
const errorDocs = docs(94, 'Response Parameters, status 400, table 12', 'errorCode | String | Error code')

function findings(): Finding[] {
  const noName = without(JSON.stringify(valid), '"name":"plumb-k3v9q"')
  const stringPort = withPort('"8080"')
  const longText = 'plumb '.repeat(180)
  const long = JSON.stringify({ ...valid, description: longText })
  const custom = JSON.stringify({ ...valid, metadata: { name: 'plumb-k3v9q', uid: '00000000-0000-4000-8000-000000000001' } })
  const remove: Change = { at: ['body', 'metadata', 'name'], remove: true }
  return [
    finding({
      severity: 'moderate',
      title: 'An error answer has no errorCode',
      check: 'error-shape',
      kind: 'missing',
      place: 'answer.body.errorCode',
      answerPlace: 'answer.body.errorCode',
      promise: 'A 400 answer carries errorCode, a String.',
      docs: errorDocs,
      message: 'The 400 answer has no member errorCode; it has error_msg only.',
      expected: 'a member errorCode that is a non-empty string',
      received: 'no member errorCode',
      rule: 'body.spec:type:string',
      rules: [
        'body.spec:type:string',
        'body.spec:type:number',
        'body.metadata:type:string',
        'body.metadata:type:number',
        'body.spec.ingress:type:string',
      ],
      changes: [{ at: ['body', 'spec'], set: '' }],
      request: request(JSON.stringify({ description: valid.description, metadata: valid.metadata, spec: '' })),
      response: answer(400, '{"error_msg":"spec: cannot unmarshal string into object"}'),
      curl: curl(JSON.stringify({ description: valid.description, metadata: valid.metadata, spec: '' })),
      count: 61,
      outOf: 640,
    }),
    finding({
      severity: 'critical',
      title: 'A task is created without its mandatory name',
      check: 'status',
      kind: 'accepted',
      place: 'body.metadata.name',
      answerPlace: 'answer.status',
      promise: 'name is mandatory: a request without it is refused with 400.',
      docs: requestMembers.find((member) => member.place === 'body.metadata.name')!.docs,
      message: 'The request leaves out a mandatory member and was answered 200: the task exists, under an empty name.',
      expected: '400 with errorCode',
      received: '200 OK',
      rule: 'body.metadata.name:required:missing',
      rules: ['body.metadata.name:required:missing', 'body.metadata.name:required:renamed', 'body.metadata.name:required:other-case'],
      changes: [remove],
      request: request(noName),
      response: answer(200, JSON.stringify({ ...created, metadata: { ...created.metadata, name: '' } })),
      curl: curl(noName),
      count: 31,
      outOf: 31,
      firstSeen: { request: 57, seconds: 0.3 },
    }),
    finding({
      severity: 'critical',
      title: 'A long description ends in an internal error',
      check: 'server-error',
      kind: 'status:500',
      place: 'body.description',
      answerPlace: 'answer.status',
      zone: 'either',
      promise: 'A description of any length is taken, or refused with 400; the target never fails by itself.',
      docs: requestMembers.find((member) => member.place === 'body.description')!.docs,
      message: 'A description of 1,080 characters was answered 500, with a stack trace that names a file of the server.',
      expected: '200, or 400 with errorCode',
      received: '500 Internal Server Error',
      rule: 'body.description:free:long',
      changes: [{ at: ['body', 'description'], set: longText }],
      request: request(long),
      response: answer(
        500,
        'panic: value too long for type character varying(1024)\n\ngoroutine 118 [running]:\nmain.(*Store).Insert(0xc000124000, {0xc0001c6000, 0x438})\n\t/srv/app/store.go:114 +0x2f1\nmain.create(0xc00018e0e0)\n\t/srv/app/create.go:58 +0x1c4',
        0.231,
        [['Content-Type', 'text/plain; charset=utf-8']],
      ),
      curl: curl(long),
      count: 9,
      outOf: 14,
      shrinkPath: [
        { changes: 3, bytes: 9120 },
        { changes: 1, bytes: 4480 },
        { changes: 1, bytes: 1730 },
        { changes: 1, bytes: 1371 },
      ],
    }),
    finding({
      severity: 'serious',
      title: 'A port sent as text is accepted',
      check: 'status',
      kind: 'accepted',
      place: 'body.spec.ingress.port',
      answerPlace: 'answer.body.spec.ingress.port',
      promise: 'port must be an integer, not a string.',
      docs: port,
      message: 'The string "8080" was taken where an Integer is documented, and answered as the string "8080".',
      expected: '400 with errorCode',
      received: '200 OK with "port": "8080"',
      rule: 'body.spec.ingress.port:type:string',
      changes: [{ at: ['body', 'spec', 'ingress', 'port'], set: '8080' }],
      request: request(stringPort),
      response: answer(200, JSON.stringify(created).replace('"port":8080', '"port":"8080"')),
      curl: curl(stringPort),
      count: 24,
      outOf: 24,
    }),
    finding({
      severity: 'serious',
      title: "The caller's own uid takes effect",
      check: 'server-made',
      kind: 'custom-taken',
      place: 'answer.body.metadata.uid',
      answerPlace: 'answer.body.metadata.uid',
      zone: 'either',
      promise: 'uid is generated by the service; a custom value has no effect.',
      docs: answerOnly[0]!.docs,
      message: 'The uid of the request came back in the answer.',
      expected: 'a uid made by the service',
      received: '"00000000-0000-4000-8000-000000000001", as sent',
      rule: 'body.metadata:free:unknown-members',
      changes: [{ at: ['body', 'metadata'], insert: 'uid', raw: '"00000000-0000-4000-8000-000000000001"' }],
      request: request(custom),
      response: answer(200, JSON.stringify({ ...created, metadata: { ...created.metadata, uid: '00000000-0000-4000-8000-000000000001' } })),
      curl: curl(custom),
      count: 6,
      outOf: 6,
    }),
    finding({
      severity: 'serious',
      title: 'No answer to an empty X-Auth-Token',
      check: 'answered',
      kind: 'timeout',
      place: 'header.X-Auth-Token',
      answerPlace: 'answer',
      promise: 'Every request is answered: one without a token is refused with a client error.',
      docs: requestMembers[2]!.docs,
      message: 'No answer came within 10 seconds.',
      expected: 'any 4xx',
      received: 'nothing within 10 s',
      rule: 'header.X-Auth-Token:required:empty',
      changes: [{ at: ['header', 'X-Auth-Token'], set: '' }],
      request: request(JSON.stringify(valid), [
        ['Content-Type', 'application/json'],
        ['X-Auth-Token', ''],
      ]),
      response: { fault: 'timeout: no whole answer within 10 s', seconds: 10 },
      curl: curl(JSON.stringify(valid)).replace('"X-Auth-Token: $PLUMBLINE_TOKEN"', "'X-Auth-Token;'"),
      steady: '3 of 10',
      flaky: true,
      count: 3,
      outOf: 10,
    }),
    finding({
      severity: 'moderate',
      title: 'A refused elbIp is answered 422, which is not documented',
      check: 'status',
      kind: 'status:422',
      place: 'body.spec.ingress.elbIp',
      answerPlace: 'answer.status',
      promise: 'A request with wrong parameters is refused with 400.',
      docs: docs(112, 'Status Codes', '400 | The request is refused because of wrong parameters.'),
      message: '422 is not among the documented statuses 200, 400 and 500.',
      expected: '400',
      received: '422 Unprocessable Entity',
      rule: 'body.spec.ingress.elbIp:type:number',
      changes: [{ at: ['body', 'spec', 'ingress', 'elbIp'], set: 0 }],
      request: request(JSON.stringify(valid).replace('"192.0.2.10"', '0')),
      response: answer(422, '{"errorCode":"ASM.01010001","errorMsg":"elbIp is not an address"}'),
      curl: curl(JSON.stringify(valid).replace('"192.0.2.10"', '0')),
      count: 8,
      outOf: 8,
    }),
    finding({
      severity: 'moderate',
      title: 'One uid was given to two tasks',
      check: 'unique',
      kind: 'repeated',
      place: 'answer.body.metadata.uid',
      answerPlace: 'answer.body.metadata.uid',
      zone: undefined,
      promise: 'uid is unique.',
      docs: answerOnly[0]!.docs,
      message: 'The uid 5b1f0f0e-6a63-4a39-8f5e-0a8f5b0a7c11 came in the answers to the requests 118 and 902.',
      response: answer(200, JSON.stringify(created)),
      shrinkPath: [],
      count: 2,
      outOf: 1204,
      flaky: true,
      steady: '1 of 5',
    }),
    finding({
      severity: 'minor',
      title: 'updateTime is not a time',
      check: 'times',
      kind: 'format',
      place: 'answer.body.status.updateTime',
      answerPlace: 'answer.body.status.updateTime',
      zone: 'accept',
      promise: 'updateTime is the time of the last update.',
      docs: answerOnly[3]!.docs,
      message: '"just now" is no time in any of the known forms.',
      expected: 'a time, e.g. RFC 3339',
      received: '"just now"',
      rule: 'body.description:valid:edges',
      rules: ['body.description:valid:edges', 'body.metadata.name:valid:edges', 'body.spec.ingress.port:valid:edges'],
      request: request(JSON.stringify(valid)),
      response: answer(200, JSON.stringify({ ...created, status: { updateTime: 'just now' } })),
      curl: curl(JSON.stringify(valid)),
      count: 1204,
      outOf: 1204,
    }),
    finding({
      severity: 'minor',
      title: 'Text behind the JSON is overlooked',
      check: 'status',
      kind: 'accepted',
      place: 'body',
      answerPlace: 'answer.status',
      promise: 'The body is one JSON object: a body with text behind it is refused with 400.',
      docs: docs(24, requestSection, 'The body is a JSON object with these members'),
      message: 'The body is no JSON text and was answered 200.',
      expected: '400 with errorCode',
      received: '200 OK',
      rule: 'body:syntax:text-behind',
      changes: [{ at: ['body'], bytes: Buffer.from(`${JSON.stringify(valid)} x`).toString('base64') }],
      request: request(`${JSON.stringify(valid)} x`),
      response: answer(200, JSON.stringify(created)),
      curl: curl(`${JSON.stringify(valid)} x`),
      count: 5,
      outOf: 5,
    }),
  ]
}

function rules(all: readonly Finding[]): RuleResult[] {
  const plain = requestMembers.flatMap(rulesOf)
  const whole = [
    rule(
      'body',
      'syntax',
      'text-behind',
      'reject',
      'a body with text behind the JSON is refused',
      docs(24, requestSection, 'The body is a JSON object'),
    ),
    rule(
      'body',
      'syntax',
      'cut-short',
      'reject',
      'a body that ends too early is refused',
      docs(24, requestSection, 'The body is a JSON object'),
    ),
    rule('body', 'free', 'large', 'either', 'a large body is taken truly, or refused as HTTP allows'),
    rule('method', 'enum', 'other', 'reject', 'only POST creates', docs(11, 'URI', 'POST /v2/meshes/{mesh_id}/workshops')),
    rule('method', 'enum', 'reading', 'either', 'reading the URL creates nothing', docs(11, 'URI', 'POST /v2/meshes/{mesh_id}/workshops')),
  ]
  return [...plain, ...whole].map((result) => {
    const hit = all.filter((one) => one.rules.includes(result.id)).map((one) => one.id)
    if (hit.length > 0) return { ...result, result: 'broken' as const, findings: hit, rulesOut: undefined }
    if (result.place === 'path.mesh_id' && result.zone === 'reject')
      return untested(result, 'every case was answered 404 by a gateway', 'not tested')
    if (result.variant === 'huge' || result.variant === 'duplicate-keys')
      return untested(result, 'the budget of 3,000 requests ended first', 'not run')
    return result
  })
}

const latencyBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

/** A report of a run with findings. `change` replaces members of it. */
export function sampleReport(change: Partial<Report> = {}): Report {
  const all = findings()
  return {
    version: 1,
    tool: { name: 'plumbline-api', version: '0.1.0' },
    verdict: 'findings',
    exitCode: 1,
    seed: 1729384756,
    target: url,
    document: {
      title: 'One-click experience tasks',
      version: 'v2',
      file: 'specs/create-workshop.openapi.yaml',
      overlays: ['specs/create-workshop.overlay.yaml'],
      params: { mesh_id: '3f0c2c5e-8d1b-4c0e-9a57-2b6f1d9e4a10' },
    },
    startedAt: '2026-03-02T09:14:06.218Z',
    seconds: 11.4,
    requests: 2987,
    creations: 1204,
    command: `npx plumbline-api run --target ${url} --token "$PLUMBLINE_TOKEN" --seed 1729384756`,
    rules: rules(all),
    members: members(),
    findings: all,
    silences: silences(),
    notes: [
      { kind: 'unknown-member', message: 'Answers carry a member the docs do not list: status.phase.', count: 1204 },
      { kind: 'no-www-authenticate', message: 'A 401 answer has no WWW-Authenticate header (RFC 9110, 11.6.1).', count: 12 },
      { kind: 'no-allow', message: 'A 405 answer has no Allow header (RFC 9110, 10.2.1).', count: 18 },
    ],
    notTestable: [
      { place: 'header.Content-Type', reason: 'The docs give a range for it but leave the range empty.' },
      { place: 'answer.500', reason: 'An internal error cannot be provoked on purpose.' },
    ],
    statistics: {
      latencyBuckets,
      zones: [
        {
          zone: 'accept',
          requests: 1187,
          statuses: { 200: 1187 },
          latency: { p50: 0.0112, p95: 0.038, p99: 0.092, max: 0.231 },
          histogram: [0, 4, 96, 412, 438, 190, 34, 11, 2, 0, 0, 0, 0],
        },
        {
          zone: 'reject',
          requests: 1342,
          statuses: { 200: 60, 400: 1203, 401: 18, 404: 40, 405: 10, 422: 8, timeout: 3 },
          latency: { p50: 0.0031, p95: 0.0124, p99: 0.044, max: 10 },
          histogram: [38, 310, 620, 271, 66, 24, 8, 2, 0, 0, 0, 0, 3],
        },
        {
          zone: 'either',
          requests: 458,
          statuses: { 200: 188, 400: 255, 413: 6, 500: 9 },
          latency: { p50: 0.0068, p95: 0.051, p99: 0.187, max: 0.402 },
          histogram: [2, 41, 128, 139, 81, 42, 14, 8, 3, 0, 0, 0, 0],
        },
      ],
      timeline: [312, 344, 338, 301, 322, 96, 40, 288, 341, 330, 275].map((requests, second) => ({
        second,
        requests,
        failures: [4, 12, 9, 3, 8, 1, 0, 11, 7, 5, 2][second]!,
      })),
    },
    ...change,
  }
}

function silences(): Report['silences'] {
  return [
    {
      place: 'body.spec.ingress.port',
      question: 'Which ports are allowed?',
      assumption: '1 to 65535',
      reason: 'A TCP port is a 16-bit number, and 0 is reserved.',
      observed: 'takes 0 and −1 as well; refuses from 65536',
    },
    {
      place: 'body.metadata.name',
      question: 'Which characters and lengths may a name have?',
      assumption: 'a DNS label in lower case, 1 to 63 characters',
      reason: 'The name becomes the name of a workload, which RFC 1123 binds.',
      observed: 'refuses names over 63 characters; takes upper case',
    },
    {
      place: 'body.spec.ingress.elbIp',
      question: 'IPv4, IPv6, or both?',
      assumption: 'an IPv4 address',
      reason: 'The load balancers of the service have IPv4 addresses.',
      observed: 'takes IPv6 too',
    },
    {
      place: 'body.description',
      question: 'How long may a description be?',
      assumption: '1 to 255 characters of letters, marks, numbers, punctuation, symbols and plain spaces',
      reason: 'The least that any honest implementation takes.',
      observed: 'takes up to 1,024 characters, then fails with 500',
    },
    {
      place: 'answer.body.metadata.creationTimestamp',
      question: 'Which form does a time have?',
      assumption: 'any of the usual ones',
      reason: 'The docs say "time", no more.',
      observed: 'RFC 3339 in UTC, whole seconds',
    },
    {
      place: 'header.X-Auth-Token',
      question: 'Is the token mandatory, or only where it is the means of authentication?',
      assumption: 'a request without one may be refused with any 4xx',
      reason: 'The page marks it mandatory, and says in the same row that it is needed only with a token.',
      observed: '401 without one; no answer to an empty one, at times',
    },
    {
      place: 'body.metadata',
      question: 'Are unknown members refused?',
      assumption: 'either is lawful',
      reason: 'The docs do not say.',
    },
  ]
}

/** A report of a run that found nothing. */
export function conformingReport(): Report {
  const { rules: all, statistics, ...rest } = sampleReport()
  const kept = all.map((result) =>
    result.result === 'broken' ? { ...result, result: 'kept' as const, findings: [], rulesOut: 0.06 } : result,
  )
  const timeline = statistics.timeline.map((second) => ({ ...second, failures: 0 }))
  return { ...rest, verdict: 'conforms', exitCode: 0, findings: [], rules: kept, statistics: { ...statistics, timeline } }
}

/** A report of a target that refused everything. */
export function unjudgedReport(): Report {
  const { rules: all, ...rest } = conformingReport()
  return {
    ...rest,
    verdict: 'not judged',
    exitCode: 3,
    reason:
      '2,411 of 2,411 valid requests were answered 401: the token is not valid for this mesh. Give one with --token, or in PLUMBLINE_TOKEN.',
    rules: all.map((result) => untested(result, 'every case was answered 401', 'not tested')),
  }
}

/** A report with `amount` findings of every severity, each with an id of its own. */
export function manyFindings(amount: number): Report {
  const base = findings()
  const all = Array.from({ length: amount }, (_, index) => {
    const one = base[index % base.length]!
    const id = digest(12, one.id, index)
    return { ...one, id, title: `${one.title} (${index + 1})`, replay: one.replay.replace(one.id, id) }
  })
  return sampleReport({ findings: all })
}

const bidi = '\u202e\u2066'

/** Texts by which a target or a document might attack a report. */
export const attacks = {
  script: '<script>window.attacked=1</script>',
  image: '<img src=x onerror="window.attacked=1">',
  close: '</script></style></textarea><script>window.attacked=1</script>',
  attribute: '" onmouseover="window.attacked=1" x="',
  bidi: `${bidi}gnp.exe`,
  control: '\u001b[2J\u001b]0;attacked\u0007\u0000\u0008',
  surrogate: '\ud800',
} as const

/** A report in which every text that a target or a document can shape is an attack. */
export function hostileReport(): Report {
  const attack = Object.values(attacks).join(' ')
  const line = 'A'.repeat(10 * 1024 * 1024)
  const [one, ...others] = findings()
  const hostile: Finding = {
    ...one!,
    severity: 'critical',
    title: attack,
    promise: attack,
    message: attack,
    expected: attack,
    received: attack,
    place: attack,
    answerPlace: `answer.body.${attack}`,
    docs: { page: attack, line: 1, section: attack, text: attack },
    rules: [attack],
    rule: attack,
    changes: [
      { at: ['body', attack], set: attack },
      { at: ['header', attack], raw: attack },
    ],
    request: { method: attack, target: attack, headers: [[attack, attack]], body: JSON.stringify({ [attack]: attack }), bodyBytes: 12 },
    response: {
      status: 200,
      statusText: attack,
      headers: [[attack, attack]],
      body: `{"${'x'.repeat(9)}": "${line}"}`,
      bodyBytes: line.length,
      seconds: 0.1,
    },
    curl: `curl '${attack}'`,
    replay: attack,
  }
  const deep: Finding = {
    ...one!,
    id: 'deep',
    title: 'An answer that nests deeply',
    response: { status: 200, headers: [], body: '['.repeat(6000), bodyBytes: 6000, seconds: 0.1 },
  }
  const binary: Finding = {
    ...one!,
    id: 'binary',
    title: 'An answer of bytes',
    response: {
      status: 200,
      headers: [],
      bodyBase64: Buffer.from([0xff, 0xfe, 0x41, 0x0a, 0x3c, 0x80]).toString('base64'),
      bodyBytes: 6,
      seconds: 0.1,
    },
  }
  const report = sampleReport({
    target: attack,
    command: attack,
    reason: attack,
    findings: [hostile, deep, binary, ...others],
    silences: [{ place: attack, question: attack, assumption: attack, reason: attack, observed: attack }],
    notes: [{ kind: attack, message: attack, count: 1 }],
    notTestable: [{ place: attack, reason: attack }],
    document: { title: attack, version: attack, file: attack, overlays: [attack], params: { [attack]: attack } },
  })
  const rules: RuleResult[] = [
    { ...report.rules[0]!, id: attack, place: attack, promise: attack, reason: attack, result: 'broken', findings: [one!.id] },
  ]
  const statistics = { ...report.statistics, zones: report.statistics.zones.map((zone) => ({ ...zone, statuses: { [attack]: 3 } })) }
  const extra: Member = { operation: attack, place: `answer.body.${attack}`, statuses: [attack], type: attack, required: true }
  return { ...report, rules: [...rules, ...report.rules], members: [...report.members!, extra], statistics }
}
