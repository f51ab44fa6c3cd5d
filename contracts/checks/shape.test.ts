import type { Json } from '../../core/json'
import type { Owes } from '../../core/rule'
import { accused, judged, owes, plainBody, successBody, verdict } from '../fixtures'

const without = (path: string) => successBody(plainBody, { [path]: undefined })
const having = (path: string, value: Json) => successBody(plainBody, { [path]: value })
const full = successBody() as Record<string, Json>

/** The same with other names for members. */
const renamed = (value: Json, name: (key: string) => string): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [name(key), renamed(member, name)]))
    : value
const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

describe('one member', () => {
  const required = [
    'metadata',
    'metadata.name',
    'metadata.uid',
    'metadata.creationTimestamp',
    'spec',
    'spec.primaryCluster',
    'spec.ingress',
    'spec.ingress.elbId',
    'spec.ingress.elbIp',
    'spec.ingress.port',
    'status',
    'status.updateTime',
  ]
  test.each(required)('%s missing', (path) => {
    expect(verdict({ answer: { body: without(path) } })).toEqual([`shape missing answer.body.${path}`])
  })
  test.each(required)('%s null', (path) => {
    expect(verdict({ answer: { body: having(path, null) } })).toEqual([`shape null answer.body.${path}`])
  })
  test.each(required)('%s of another type', (path) => {
    expect(verdict({ answer: { body: having(path, [1]) } })).toEqual([`shape type answer.body.${path}`])
    const other = path.endsWith('port') ? '8123' : 17
    expect(verdict({ answer: { body: having(path, other) } })).toEqual([`shape type answer.body.${path}`])
  })
  test.each(['description', 'spec.ingress.imageAddress'])('%s, which was not sent, is null', (path) => {
    const { description: _, ...rest } = plainBody
    const { imageAddress: __, ...ingress } = plainBody.spec.ingress
    const sent = { ...rest, spec: { ...rest.spec, ingress } }
    expect(verdict({ sent, answer: { body: successBody(sent, { [path]: null }) } })).toEqual([`shape null answer.body.${path}`])
    expect(verdict({ sent, answer: { body: successBody(sent) } })).toEqual([])
    expect(verdict({ sent, answer: { body: successBody(sent, { [path]: 'filled-in' }) } })).toEqual([])
  })
  test('a fraction is no integer; 8123.0 is one', () => {
    expect(verdict({ answer: { body: having('spec.ingress.port', 8123.5) } })).toEqual(['shape type answer.body.spec.ingress.port'])
    expect(verdict({ answer: { text: JSON.stringify(full).replace('8123', '8.1230e3') } })).toEqual([])
  })
  test('an empty uid', () => {
    expect(verdict({ answer: { body: having('metadata.uid', '') } })).toEqual(['shape empty answer.body.metadata.uid'])
  })
})

describe('one cause, one failure', () => {
  test.each<[string, Json, string]>([
    ['an empty object', {}, 'missing-all answer.body'],
    ['other members alone', { ok: true, id: 'x' }, 'missing-all answer.body'],
    ['a list', [full], 'list answer.body'],
    ['an empty list', [], 'list answer.body'],
    ['null', null, 'null answer.body'],
    ['a text', 'created', 'type answer.body'],
    ['the object as text', JSON.stringify(full), 'type answer.body'],
    ['true', true, 'type answer.body'],
    ['wrapped', { data: full }, 'wrapped answer.body'],
    ['wrapped beside a code', { code: 0, message: 'ok', workshop: full }, 'wrapped answer.body'],
    ['wrapped in a list', { items: [full] }, 'wrapped answer.body'],
    ['metadata empty', having('metadata', {}), 'missing-all answer.body.metadata'],
    ['metadata wrapped', having('metadata', { data: full.metadata! }), 'wrapped answer.body.metadata'],
    ['snake case', renamed(full, snake), 'renamed answer.body'],
    ['capitals', renamed(full, (key) => key[0]!.toUpperCase() + key.slice(1)), 'renamed answer.body'],
    ['the id alone', { metadata: { uid: 'c56a' } }, 'missing answer.body'],
    ['flat', { ...(full.metadata as object), ...(full.spec as object) }, 'missing-all answer.body'],
  ])('%s', (_, body, failure) => {
    expect(verdict({ answer: { body } })).toEqual([`shape ${failure}`])
  })
})

describe('words', () => {
  const messageOf = (body: Json) => judged({ answer: { body } }).failures[0]?.message
  test('say where the member went', () => {
    expect(messageOf({ data: full })).toContain('one level down, under `data`')
    expect(messageOf(renamedMember('creationTimestamp', 'creation_timestamp'))).toBe(
      '`metadata.creationTimestamp` is missing from the answer; `creation_timestamp` is there',
    )
    expect(messageOf(renamedMember('name', 'title'))).toContain('what was sent for it came back as `title`')
    expect(messageOf(renamedMember('uid', 'id'))).toContain('`id` is there, which the docs do not name')
    expect(messageOf({ ...(without('metadata.uid') as object), extra: { uid: 'x' } } as never)).toContain('it is there as `extra.uid`')
    expect(messageOf(JSON.stringify(full))).toContain('encoded twice')
  })
  test('quote the docs and the value', () => {
    expect(judged({ answer: { body: having('metadata.uid', 5) } }).failures[0]).toMatchObject({
      message: '`metadata.uid` is number (5) where the docs state string',
      received: '5',
      docs: { line: expect.any(Number), text: expect.stringContaining('uid') },
      anywhere: true,
      severity: 'moderate',
    })
  })
  function renamedMember(from: string, to: string): Json {
    const { [from]: value, ...rest } = full.metadata as Record<string, Json>
    return { ...full, metadata: { ...rest, [to]: value! } }
  }
})

describe('lawful', () => {
  test('members that the docs do not name, anywhere', () => {
    const body = { ...(having('metadata.labels', { a: '1' }) as object), apiVersion: 'v1', kind: 'Workshop', errors: [] }
    const judgement = judged({ answer: { body } })
    expect(judgement.failures).toEqual([])
    expect(judgement.notes.map(({ kind }) => kind)).toEqual(['unknown-member', 'unknown-member', 'unknown-member', 'unknown-member'])
    expect(verdict({ answer: { body } }, { settings: { unknownMembers: 'finding' } })).toHaveLength(4)
  })
  test('a value outside the assumptions that comes back as it was sent', () => {
    const sent = { ...plainBody, spec: { ...plainBody.spec, ingress: { ...plainBody.spec.ingress, port: 70000 } }, description: '' }
    expect(verdict({ owes: owes.either, sent, answer: { body: successBody(sent) } })).toEqual([])
  })
  test('what is not the documented success has no shape', () => {
    expect(verdict({ owes: owes.harmless, method: 'GET', answer: { body: [] } })).toEqual([])
  })
})

describe('error-shape', () => {
  const error = (body: Json | undefined, owed: Owes = owes.reject, text?: string) =>
    verdict({ owes: owed, answer: { status: 400, ...(text === undefined ? { body: body as Json } : { text }) } })
  test.each<[string, Json, string]>([
    ['no members', {}, 'missing answer.body.errorCode'],
    ['another name', { error_code: 'ASM.1', error_msg: 'no' }, 'missing answer.body.errorCode'],
    ['a framework', { statusCode: 400, error: 'Bad Request', message: 'x' }, 'missing answer.body.errorCode'],
    ['null', { errorCode: null }, 'null answer.body.errorCode'],
    ['a number', { errorCode: 4711 }, 'type answer.body.errorCode'],
    ['empty', { errorCode: '' }, 'empty answer.body.errorCode'],
    ['blank', { errorCode: '  ' }, 'empty answer.body.errorCode'],
    ['a list', [{ errorCode: 'ASM.1' }], 'list answer.body'],
    ['null itself', null, 'null answer.body'],
    ['a text', 'no', 'type answer.body'],
    ['wrapped', { error: { errorCode: 'ASM.1' } }, 'wrapped answer.body'],
  ])('%s', (_, body, failure) => {
    expect(error(body)).toEqual([`error-shape ${failure}`])
    expect(error(body, owes.either)).toEqual([`error-shape ${failure}`])
  })
  test.each<[string, Json]>([
    ['documented', { errorCode: 'ASM.01010001' }],
    ['more members', { errorCode: 'ASM.01010001', errorMsg: 'no', details: [1] }],
  ])('%s is in order', (_, body) => {
    expect(error(body)).toEqual([])
    expect(error(body, owes.refuse)).toEqual([])
  })
  test('no body, or no JSON, is told once', () => {
    expect(error(undefined, owes.reject, '')).toEqual(['well-formed empty answer.body'])
    expect(error(undefined, owes.reject, '{"errorCode":')).toEqual(['well-formed not-json answer.body'])
    expect(verdict({ owes: owes.reject, answer: { status: 400, text: '<html>', headers: [['Content-Type', 'text/html']] } })).toEqual([
      'content-type not-json answer.header.content-type',
    ])
  })
  test('where every client error will do, a 400 still owes its code, unless a gateway or HTTP itself refuses', () => {
    const plain = { status: 400, text: 'Bad Request', headers: [['Content-Type', 'text/plain']] } as const
    expect(verdict({ owes: owes.refuse, answer: plain })).toEqual(['error-shape missing answer.body'])
    expect(verdict({ owes: owes.refuse, answer: { status: 400, body: { message: 'no' } } })).toEqual([
      'error-shape missing answer.body.errorCode',
    ])
    expect(verdict({ owes: { ...owes.refuse, httpMayRefuse: true }, answer: plain })).toEqual([])
    expect(verdict({ owes: owes.eitherAny, sent: { a: 'x'.repeat(20_000) }, answer: plain })).toEqual([])
    expect(
      verdict({ owes: owes.refuse, answer: { status: 400, body: { error_code: 'APIG.0201', error_msg: 'no', request_id: 'a' } } }),
    ).toEqual([])
  })
  test('other client errors have any shape', () => {
    for (const status of [401, 403, 404, 405, 406, 411, 413, 415, 431])
      expect(verdict({ owes: owes.refuse, answer: { status, body: { message: 'no' } } })).toEqual([])
    expect(verdict({ owes: { ...owes.either, also: [413] }, answer: { status: 413, text: 'large', headers: [] } })).toEqual([])
  })
  test('a failure is one cause, whatever rule shows it', () => {
    const { failures } = judged({ owes: owes.reject, answer: { status: 400, body: {} } })
    expect(accused({ failures })).toHaveLength(1)
    expect(failures[0]).toMatchObject({ anywhere: true, docs: { line: expect.any(Number) } })
  })
})
