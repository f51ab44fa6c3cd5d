import { createHash } from 'node:crypto'
import type { Json } from '../../core/json'
import { exchange, judgeWith, now, owes, plainBody, successBody, target, uid, verdict } from '../fixtures'
import { repeatedIds } from './unique'

const text = JSON.stringify(plainBody)
const { name } = plainBody.metadata
const digest = (algorithm: string, input: string | Buffer, encoding: 'hex' | 'base64' | 'base64url' = 'hex') =>
  createHash(algorithm).update(input).digest(encoding)
const asUuid = (hex: string) => hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
const versioned = (hex: string, version: string) => asUuid(`${hex.slice(0, 12)}${version}${hex.slice(13, 16)}a${hex.slice(17, 32)}`)
const nameBased = (version: '3' | '5', space: string, input: string) =>
  versioned(
    digest(version === '3' ? 'md5' : 'sha1', Buffer.concat([Buffer.from(space.replaceAll('-', ''), 'hex'), Buffer.from(input)])),
    version,
  )
const sorted = JSON.stringify({
  description: plainBody.description,
  metadata: plainBody.metadata,
  spec: {
    ingress: {
      elbId: plainBody.spec.ingress.elbId,
      elbIp: plainBody.spec.ingress.elbIp,
      imageAddress: plainBody.spec.ingress.imageAddress,
      port: 8123,
    },
    primaryCluster: plainBody.spec.primaryCluster,
  },
})
const withUid = (value: Json) => ({ answer: { body: successBody(plainBody, { 'metadata.uid': value }) } })

describe('an id made out of the request', () => {
  test.each<[string, string]>([
    ['the name', name],
    ['the name, in capitals', name.toUpperCase()],
    ['the name with a suffix', `${name}-4711`],
    ['the name after a prefix', `workshop:${name}`],
    ['the name in hexadecimal digits', Buffer.from(name).toString('hex')],
    ['the name in base64', Buffer.from(name).toString('base64')],
    ['the name in base64, prefixed', `ws_${Buffer.from(name).toString('base64url')}`],
    ['md5 of the name', digest('md5', name)],
    ['md5 of the name as a UUID', asUuid(digest('md5', name))],
    ['sha1 of the name as a UUID of version 4', versioned(digest('sha1', name), '4')],
    ['sha256 of the name, shortened', digest('sha256', name).slice(0, 12)],
    ['sha256 of the name, prefixed', `ws-${digest('sha256', name).slice(0, 16)}`],
    ['sha1 of the body', digest('sha1', text)],
    ['sha256 of the body', digest('sha256', text)],
    ['sha512 of the body', digest('sha512', text)],
    ['sha256 of the body as a UUID', versioned(digest('sha256', text), '4')],
    ['sha256 of the body in base64', digest('sha256', text, 'base64')],
    ['md5 of the body in base64url', digest('md5', text, 'base64url')],
    ['sha256 of the body, sorted', digest('sha256', sorted)],
    ['a UUID of version 3 of the name', nameBased('3', '6ba7b810-9dad-11d1-80b4-00c04fd430c8', name)],
    ['a UUID of version 5 of the name', nameBased('5', '6ba7b811-9dad-11d1-80b4-00c04fd430c8', name)],
    ['a UUID of version 5 in the mesh', nameBased('5', target.split('/')[3]!, name)],
    ['a UUID of version 3 in the nil name space (Java)', nameBased('3', '00000000-0000-0000-0000-000000000000', name)],
    ['a UUID of version 3 without name space (Java)', versioned(digest('md5', name), '3')],
    ['a UUID of version 5 of the body', nameBased('5', '6ba7b812-9dad-11d1-80b4-00c04fd430c8', text)],
  ])('%s', (_, value) => {
    expect(verdict(withUid(value))).toEqual(
      ['made derived answer.body.metadata.uid'].map((one) => (value.toLowerCase() === name ? one.replace('derived', 'taken') : one)),
    )
  })
  test('written with blanks, hashed without', () => {
    const parts = { sentText: JSON.stringify(plainBody, null, 2), ...withUid(digest('sha256', text)) }
    expect(verdict(parts)).toEqual(['made derived answer.body.metadata.uid'])
  })
})

describe('taken from the request', () => {
  const sending = (path: 'uid' | 'creationTimestamp', value: Json) => ({ ...plainBody, metadata: { ...plainBody.metadata, [path]: value } })
  test.each(['plumbline-custom-value', '00000000-0000-4000-8000-000000000000'])('a uid of the caller: %s', (value) => {
    const sent = sending('uid', value)
    expect(verdict({ owes: owes.either, sent, answer: { body: successBody(sent, { 'metadata.uid': value }) } })).toEqual([
      'made taken answer.body.metadata.uid',
    ])
    expect(verdict({ owes: owes.either, sent, answer: { body: successBody(sent, { 'metadata.uid': value.toUpperCase() }) } })).toEqual([
      'made taken answer.body.metadata.uid',
    ])
    expect(verdict({ owes: owes.either, sent, answer: { body: successBody(sent) } })).toEqual([])
  })
  test('another member as uid', () => {
    expect(verdict(withUid(plainBody.spec.ingress.elbId))).toEqual(['made taken answer.body.metadata.uid'])
    const headers = [
      ['X-Request-Id', 'req-7f3a9c2b'],
      ['Content-Type', 'application/json'],
    ] as const
    expect(verdict({ ...withUid('req-7f3a9c2b'), headers })).toEqual(['made taken answer.body.metadata.uid'])
  })
  test('times of the caller, near the present or not', () => {
    for (const value of ['2001-02-03T04:05:06Z', new Date(now - 60_000).toISOString()]) {
      const sent = sending('creationTimestamp', value)
      expect(verdict({ owes: owes.either, sent, answer: { body: successBody(sent, { 'metadata.creationTimestamp': value }) } })).toEqual([
        'made taken answer.body.metadata.creationTimestamp',
      ])
      const status = { ...plainBody, status: { updateTime: value } }
      expect(verdict({ owes: owes.either, sent: status, answer: { body: successBody(status, { 'status.updateTime': value }) } })).toEqual([
        'made taken answer.body.status.updateTime',
      ])
    }
  })
})

describe('lawful ids', () => {
  test.each([
    'c56a4180-65aa-42ec-a945-5fd21dec0538',
    '01HX3V7Y6Z8Q9W0E1R2T3Y4U5I',
    '1',
    '4711',
    '8123',
    'ws-1f',
    'dGhpcyBpcyBub3QgaXQ',
    '507f1f77bcf86cd799439011',
    'cjld2cjxh0000qzrmn831i7rn',
  ])('%s', (value) => {
    expect(verdict(withUid(value))).toEqual([])
  })
  test('a short name, or one of hexadecimal digits, is in many ids by chance', () => {
    for (const short of ['a', 'c5', '0538', '5fd21dec', '65aa-42ec']) {
      const sent = { ...plainBody, metadata: { name: short } }
      expect(verdict({ sent, answer: { body: successBody(sent) } })).toEqual([])
    }
  })
  test('a name that stands in the id of another request too belongs to the form of ids', () => {
    const made = (name: string, uid: string) => {
      const sent = { ...plainBody, metadata: { name } }
      return exchange({ sent, answer: { body: successBody(sent, { 'metadata.uid': uid }) } })
    }
    const judge = judgeWith()
    const kinds = [
      made('a-name-1', 'projects/7/workshops:4711'),
      made('workshops', 'projects/7/workshops:4712'),
      made('a-name-2', 'projects/7/a-name-2:4713'),
    ].map((one) => judge.judge(one).failures.map(({ kind }) => kind))
    expect(kinds).toEqual([[], [], ['derived']])
  })
  test('a counter that meets a small number that was sent', () => {
    const sent = { ...plainBody, metadata: { ...plainBody.metadata, uid: 1 } }
    expect(verdict({ owes: owes.either, sent, answer: { body: successBody(sent, { 'metadata.uid': '1' }) } })).toEqual([])
  })
})

describe('unique', () => {
  const answered = (value: Json | undefined, parts = {}) =>
    exchange({ answer: { body: successBody(plainBody, { 'metadata.uid': value }) }, ...parts })
  const judgeOf = (...exchanges: ReturnType<typeof exchange>[]) => {
    const judge = judgeWith()
    for (const one of exchanges) judge.remember(one)
    return judge
  }
  test('ids that all differ are in order', () => {
    expect(judgeOf(...['a', 'b', 'c', 'A'].map((value) => answered(value))).finish()).toEqual([])
  })
  test('an id seen twice is told with the exchange that showed it', () => {
    const second = answered('a')
    const [found, ...rest] = judgeOf(answered('a'), answered('b'), second, answered('a')).finish()
    expect(rest).toEqual([])
    expect(found).toMatchObject({
      count: 2,
      outOf: 4,
      failure: {
        check: 'unique',
        kind: 'repeated',
        place: 'answer.body.metadata.uid',
        severity: 'critical',
        anywhere: true,
        docs: { text: expect.stringContaining('unique') },
      },
    })
    expect(found?.exchange).toBe(second)
  })
  test('an id seen again is told with the plainest request that showed it', () => {
    const odd = answered('a', { case: { zone: 'either', changes: [{ at: ['body', 'extra'], set: 'x' }] } })
    const plain = answered('a')
    expect(judgeOf(answered('a'), odd, plain, odd).finish()[0]?.exchange).toBe(plain)
  })
  test('one id for all is told so', () => {
    expect(judgeOf(answered(uid), answered(uid), answered(uid)).finish()[0]?.failure).toMatchObject({
      kind: 'constant',
      message: expect.stringContaining('all 3 answers'),
    })
  })
  test('finish may be called again after more', () => {
    const judge = judgeOf(answered('a'))
    expect(judge.finish()).toEqual([])
    judge.remember(answered('a'))
    expect(judge.finish()).toHaveLength(1)
  })
  test('what is no new object does not count: lists, errors, missing and empty ids', () => {
    const list = { owes: owes.harmless, method: 'GET' }
    const judge = judgeOf(
      answered('a'),
      answered('a', list),
      answered(undefined),
      answered(undefined),
      answered(''),
      answered(''),
      answered(null),
      answered(null),
    )
    judge.remember(exchange({ answer: { status: 400, body: { errorCode: 'a' } } }))
    judge.remember(exchange({ answer: { text: '{' } }))
    judge.remember(exchange({ fault: { kind: 'closed', message: '', partial: false } }))
    expect(judge.finish()).toEqual([])
  })
  test('an id that is a number counts like its text', () => {
    expect(judgeOf(answered(5), answered('5')).finish()).toHaveLength(1)
  })
  test('parts of a run can be compared', () => {
    const [one, two, three] = [['a', 'b'], ['c', 'b'], ['d']].map((values) => judgeOf(...values.map((value) => answered(value))).ids())
    expect(repeatedIds([one!, three!])).toEqual([])
    expect(repeatedIds([one!, two!, three!])).toEqual([{ key: 'createWorkshop answer.body.metadata.uid', count: 1, distinct: 4, outOf: 5 }])
  })
})
