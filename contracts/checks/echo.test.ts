import type { Json } from '../../core/json'
import { exchange, judged, judgeWith, owes, plainBody, successBody, uid, verdict } from '../fixtures'

/** The accusations where this was sent as the description, and that came back. */
const told = (sent: string, received: Json | undefined, settings = {}) => {
  const body = { ...plainBody, description: sent }
  return verdict({ owes: owes.either, sent: body, answer: { body: successBody(body, { description: received }) } }, { settings })
}
const port = (sent: number | string, received: number | string) => {
  const text = (value: number | string) => JSON.stringify(plainBody).replace('8123', String(value))
  const answered = JSON.stringify(successBody(plainBody)).replace('8123', String(received))
  return verdict({ owes: owes.either, sentText: text(sent), answer: { text: answered } })
}
const umlauts = 'Größe – 大 😀'

describe('texts that come back otherwise', () => {
  test.each<[kind: string, sent: string, received: string]>([
    ['emptied', 'a task', ''],
    ['case', 'A Task', 'a task'],
    ['case', 'straße', 'STRASSE'],
    ['trimmed', ' a task', 'a task'],
    ['trimmed', 'a task \t\n', 'a task'],
    ['trimmed', '\u00a0a task\u200b', 'a task'],
    ['trimmed', 'a task ', 'a task'],
    ['line-ends', 'a\r\nb', 'a\nb'],
    ['line-ends', 'a\nb\n', 'a\r\nb\r\n'],
    ['line-ends', 'a\rb', 'a\nb'],
    ['spaces', 'a  b', 'a b'],
    ['spaces', 'a\nb', 'a b'],
    ['spaces', 'a\tb', 'a b'],
    ['normalised', 'e\u0301', '\u00e9'],
    ['normalised', '\u00e9', 'e\u0301'],
    ['normalised', '\ufb01n', 'fin'],
    ['escaped', 'a & b <i>', 'a &amp; b &lt;i&gt;'],
    ['escaped', `"it's"`, '&quot;it&#39;s&quot;'],
    ['escaped', 'a & b', 'a &amp;amp; b'],
    ['escaped', 'a b', 'a%20b'],
    ['escaped', 'a b', 'a+b'],
    ['escaped', 'say "hi"', 'say \\"hi\\"'],
    ['escaped', "it's", "it\\'s"],
    ['escaped', "it's", "it''s"],
    ['escaped', 'größe', 'gr\\u00f6\\u00dfe'],
    ['escaped', 'a task', '"a task"'],
    ['unescaped', 'a &amp; b', 'a & b'],
    ['unescaped', '%41', 'A'],
    ['unescaped', 'a+b', 'a b'],
    ['unescaped', 'a\\nb', 'a\nb'],
    ['re-encoded', umlauts, Buffer.from(umlauts, 'utf8').toString('latin1')],
    ['re-encoded', 'Größe', 'GrÃ¶ÃŸe'],
    ['re-encoded', 'Größe', 'Gr??e'],
    ['re-encoded', '大大大', '???'],
    ['re-encoded', '大', '???'],
    ['re-encoded', 'a 😀 b', 'a ?? b'],
    ['re-encoded', 'é 😀 b', 'é \ufffd b'],
    ['re-encoded', 'Größe', 'Gr\ufffd\ufffde'],
    ['re-encoded', 'a 大 b', "a ' b"],
    ['cut', 'a very long task', 'a very lon'],
    ['cut', 'a very long task', 'a very…'],
    ['cut', 'a very long task', 'a very ...'],
    ['cut', 'nul\0behind', 'nul'],
    ['cut', 'a task', 'task'],
    ['cut', 'Größe', 'Gr\ufffd'],
    ['stripped', 'a <b>bold</b> task', 'a bold task'],
    ['stripped', 'größer', 'grer'],
    ['stripped', 'a "b" c', 'a b c'],
    ['stripped', 'a\u0007b', 'ab'],
    ['stripped', 'a 😀 b', 'a  b'],
    ['padded', 'a task', 'a task (copy)'],
    ['changed', 'a task', 'something else'],
  ])('%s: %j → %j', (kind, sent, received) => {
    expect(told(sent, received)).toEqual([`echo ${kind} answer.body.description`])
  })
  test('a setting may take trimming, or normalisation, for lawful', () => {
    expect(told(' a', 'a', { trimming: 'lawful' })).toEqual([])
    expect(told('e\u0301', '\u00e9', { normalisation: 'lawful' })).toEqual([])
    expect(told('A', 'a', { trimming: 'lawful', normalisation: 'lawful' })).toHaveLength(1)
  })
})

describe('numbers that come back otherwise', () => {
  test.each<[string, number | string, number | string]>([
    ['wrapped', 65536 + 80, 80],
    ['wrapped', 40000, 40000 - 65536],
    ['wrapped', 300, 44],
    ['wrapped', 4294967296 + 8123, 8123 - 0],
    ['wrapped', 3_000_000_000, 3_000_000_000 - 4294967296],
    ['clamped', 70000, 65535],
    ['clamped', '1e30', '9223372036854775807'],
    ['clamped', -5, 0],
    ['rounded', '9007199254740990', '9007199000000000'],
    ['changed', 8123, 8080],
    ['changed', 8123, 8124 + 5],
  ])('%s: %j → %j', (kind, sent, received) => {
    expect(port(sent, received)).toEqual([`echo ${kind} answer.body.spec.ingress.port`])
  })
})

describe('lost members', () => {
  test('an optional member that was sent', () => {
    expect(told('x', undefined)).toEqual(['echo lost answer.body.description'])
    expect(verdict({ answer: { body: successBody(plainBody, { 'spec.ingress.imageAddress': undefined }) } })).toEqual([
      'echo lost answer.body.spec.ingress.imageAddress',
    ])
  })
  test('an empty one too, though some writers leave it out', () => {
    expect(told('', undefined)).toEqual(['echo lost answer.body.description'])
  })
  test('under another name, it is said', () => {
    const body = { ...(successBody(plainBody, { description: undefined }) as object), Description: plainBody.description }
    expect(judged({ answer: { body } }).failures[0]).toMatchObject({
      kind: 'lost',
      severity: 'critical',
      message: expect.stringContaining('`Description` is there'),
    })
  })
  test('a mandatory one is told by its shape alone', () => {
    expect(verdict({ answer: { body: successBody(plainBody, { 'spec.ingress.port': undefined }) } })).toEqual([
      'shape missing answer.body.spec.ingress.port',
    ])
    expect(verdict({ answer: { body: successBody(plainBody, { 'spec.ingress.port': '8123' }) } })).toEqual([
      'shape type answer.body.spec.ingress.port',
    ])
  })
})

describe('swaps and strangers', () => {
  const { elbId } = plainBody.spec.ingress
  const { primaryCluster } = plainBody.spec
  test('a swap is one failure', () => {
    const body = successBody(plainBody, { 'spec.primaryCluster': elbId, 'spec.ingress.elbId': primaryCluster })
    const { failures } = judged({ answer: { body } })
    expect(failures.map(({ kind, place }) => `${kind} ${place}`)).toEqual(['swapped answer.body.spec.primaryCluster'])
    expect(failures[0]?.message).toContain('`spec.ingress.elbId`')
  })
  test('a neighbour in its place', () => {
    expect(verdict({ answer: { body: successBody(plainBody, { description: plainBody.metadata.name }) } })).toEqual([
      'echo swapped answer.body.description',
    ])
  })
  test("another request's whole answer is one failure, at the name", () => {
    const other = {
      description: 'the other',
      metadata: { name: 'pb-other-one' },
      spec: {
        primaryCluster: '11111111-aaaa-4bbb-8ccc-dddddddddddd',
        ingress: { ...plainBody.spec.ingress, elbIp: '10.0.0.1', port: 9001 },
      },
    }
    const judge = judgeWith()
    const crossed = exchange({ answer: { body: successBody(other) } })
    expect(judge.judge(crossed).failures.map(({ kind, place }) => `${kind} ${place}`)).toEqual(['changed answer.body.metadata.name'])
    const alike = { ...other, metadata: { name: `${plainBody.metadata.name}-2` } }
    judge.remember(exchange({ sent: alike }))
    expect(judge.judge(exchange({ answer: { body: successBody(alike) } })).failures.map(({ kind, place }) => `${kind} ${place}`)).toEqual([
      'mixed-up answer.body.metadata.name',
    ])
    judge.remember(exchange({ sent: other }))
    const [failure] = judge.judge(crossed).failures
    expect(failure).toMatchObject({
      kind: 'mixed-up',
      place: 'answer.body.metadata.name',
      message: expect.stringContaining('which another request of this run sent'),
    })
  })

  test('an answer to no request at all is one failure, however its members differ', () => {
    const blank = {
      'metadata.name': '',
      'spec.primaryCluster': '',
      'spec.ingress.elbId': '',
      'spec.ingress.elbIp': '0.0.0.0',
      'spec.ingress.port': 0,
    }
    const body = successBody(plainBody, blank)
    expect(verdict({ owes: owes.either, answer: { body } })).toEqual(['echo changed answer.body.metadata.name'])
  })

  const { description: _, ...bare } = plainBody
  const filled = (description: string) => exchange({ sent: bare, answer: { body: successBody(bare, { description }) } })
  const sending = (description: string) => exchange({ sent: { ...plainBody, description } })
  const run = (...exchanges: ReturnType<typeof exchange>[]) => {
    const judge = judgeWith()
    return exchanges.map((one) => {
      judge.remember(one)
      return judge.judge(one).failures.map(({ kind, place }) => `${kind} ${place}`)
    })
  }
  test('what other requests sent, in a member that this one did not send', () => {
    const results = run(
      sending('first text of mine'),
      filled('first text of mine'),
      sending('second text of mine'),
      filled('second text of mine'),
    )
    expect(results.at(-1)).toEqual(['foreign answer.body.description'])
  })
  test('a default is lawful, also one that some request happens to send', () => {
    const results = run(
      filled('A default text'),
      sending('A default text'),
      sending('something else'),
      filled('A default text'),
      filled('made from pb-x7k2'),
    )
    expect(results.flat()).toEqual([])
  })
})

describe('what is true', () => {
  test.each<[string, string, string]>([
    ['another spelling of a number', '8123', '8.123E3'],
    ['a whole number with a fraction of zero', '8123.0', '8123'],
    ['minus zero', '-0', '0'],
    ['an integer that doubles cannot hold', '9007199254740993', '9007199254740992'],
    ['an integer beyond 64 bits', '123456789012345678901', '1.2345678901234568e20'],
  ])('%s', (_, sent, received) => {
    expect(port(sent, received)).toEqual([])
  })
  test('escapes, and the order of members', () => {
    const { metadata, ...rest } = successBody() as Record<string, Json>
    const text = JSON.stringify({ ...rest, metadata }).replace('A first', '\\u0041 first')
    expect(verdict({ answer: { text } })).toEqual([])
  })
  test.each(['\ufffd', '\ufffd\ufffd\ufffd', '\ud800'])('a surrogate alone as %j', (received) => {
    const sentText = JSON.stringify(plainBody).replace('A first', '\\ud800 first')
    const answered = JSON.stringify(successBody()).replace('A first', `${JSON.stringify(received).slice(1, -1)} first`)
    expect(verdict({ owes: owes.either, sentText, answer: { text: answered } })).toEqual([])
  })
  test('a surrogate alone as something else is a lie', () => {
    const sentText = JSON.stringify(plainBody).replace('A first', '\\ud800 first')
    expect(verdict({ owes: owes.either, sentText, answer: { body: successBody() } })).toHaveLength(1)
  })
  test('a body of invalid UTF-8 is exempt', () => {
    const sentBytes = Buffer.from(JSON.stringify(plainBody).replace('A first', '\xff first'), 'latin1')
    expect(verdict({ owes: owes.either, sentBytes, answer: { body: successBody(plainBody, { description: 'whatever' }) } })).toEqual([])
  })
  test('a byte order mark in the request is none of its values', () => {
    expect(verdict({ owes: owes.either, sentText: `\ufeff${JSON.stringify(plainBody)}` })).toEqual([])
  })
  test('of a key sent twice, each value is true, and no other', () => {
    const sentText = JSON.stringify(plainBody).replace('"port":8123', '"port":1,"port":8123,"port":9')
    const of = (value: number) =>
      verdict({ owes: owes.either, sentText, answer: { body: successBody(plainBody, { 'spec.ingress.port': value }) } })
    expect([of(1), of(8123), of(9)]).toEqual([[], [], []])
    expect(of(2)).toEqual(['echo changed answer.body.spec.ingress.port'])
  })
  test('an object sent twice, one of them without a member', () => {
    const sentText = JSON.stringify(plainBody).replace('"metadata":', '"metadata":null,"metadata":')
    expect(verdict({ owes: owes.either, sentText })).toEqual([])
  })
  test('what one of two objects of a name lacks may be filled in', () => {
    const { imageAddress: _, ...ingress } = plainBody.spec.ingress as Record<string, Json>
    const sentText = JSON.stringify(plainBody).replace(/\}\}\}$/, `},"ingress":${JSON.stringify(ingress)}}}`)
    const of = (imageAddress: string) =>
      verdict({ owes: owes.either, sentText, answer: { body: successBody(plainBody, { 'spec.ingress.imageAddress': imageAddress }) } })
    expect(JSON.parse(sentText).spec.ingress).toEqual(ingress)
    expect([of('a-default'), of(String(plainBody.spec.ingress.imageAddress))]).toEqual([[], []])
  })
  test('a receiver may believe the charset of the request', () => {
    const sent = { ...plainBody, description: 'Größe' }
    const headers = [['Content-Type', 'application/json; charset=iso-8859-1']] as const
    const read = Buffer.from('Größe').toString('latin1')
    const of = (description: string) =>
      verdict({ owes: owes.eitherAny, headers, sent, answer: { body: successBody(sent, { description }) } })
    // 0x9F is a control in ISO 8859-1, and a letter where browsers' rules hold.
    expect([of('Größe'), of(read), of(read.replace('\x9f', 'Ÿ'))]).toEqual([[], [], []])
    expect(of('Gr??e')).toEqual(['echo re-encoded answer.body.description'])
  })
  test('unknown members, `__proto__` among them, need not come back', () => {
    const sentText = JSON.stringify(plainBody).replace(/}$/, ',"extra":1,"__proto__":{"port":1},"constructor":{}}')
    expect(verdict({ owes: owes.either, sentText })).toEqual([])
    const nested = JSON.stringify(plainBody).replace('{', `{"extra":${'['.repeat(5000)}${']'.repeat(5000)},`)
    expect(verdict({ owes: owes.either, sentText: nested })).toEqual([])
  })
  test('what the server makes is not an echo', () => {
    const sent = { ...plainBody, metadata: { ...plainBody.metadata, uid: 'my-own-uid-of-mine' } }
    expect(verdict({ owes: owes.either, sent, answer: { body: successBody(sent, { 'metadata.uid': uid }) } })).toEqual([])
  })
  test('the documented members of a broken answer are not compared', () => {
    expect(verdict({ answer: { body: { data: successBody({ ...plainBody, description: 'other' }) } } })).toEqual([
      'shape wrapped answer.body',
    ])
  })
})

test('a failure shows both values around the first difference, and the docs', () => {
  const sent = { ...plainBody, description: `${'a'.repeat(300)}b${'c'.repeat(100)}` }
  const [failure] = judged({ sent, answer: { body: successBody(sent, { description: `${'a'.repeat(300)}x${'c'.repeat(100)}` }) } }).failures
  expect(failure).toMatchObject({
    kind: 'changed',
    expected: expect.stringContaining('ab'),
    received: expect.stringContaining('ax'),
    docs: { text: expect.stringContaining('description') },
  })
  expect(failure!.message.length).toBeLessThan(400)
})
