import type { Change } from '../core/case'
import { type Finding, severities } from '../core/finding'
import { digest } from '../core/seed'
import { answerOnly, docs, requestMembers, requestSection, target, url } from './sampleMembers'

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

/** Findings of each severity, worst first. */
export function findings(): Finding[] {
  const noName = without(JSON.stringify(valid), '"name":"plumb-k3v9q"')
  const stringPort = withPort('"8080"')
  const longText = 'plumb '.repeat(180)
  const long = JSON.stringify({ ...valid, description: longText })
  const custom = JSON.stringify({ ...valid, metadata: { name: 'plumb-k3v9q', uid: '00000000-0000-4000-8000-000000000001' } })
  const remove: Change = { at: ['body', 'metadata', 'name'], remove: true }
  const all = [
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
      wholeRun: true,
      steady: '2 of 1204',
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
  const rank = ({ severity, flaky }: Finding) => severities.indexOf(severity) * 2 + Number(flaky)
  return all.sort((a, b) => rank(a) - rank(b))
}
