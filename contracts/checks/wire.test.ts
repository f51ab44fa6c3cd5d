import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { type AnswerParts, judged, owes, plainBody, successBody, verdict } from '../fixtures'

const text = JSON.stringify(successBody())
const json = (more: string) => [['Content-Type', `application/json${more}`]] as const
const coded = (coding: string) => [...json(''), ['Content-Encoding', coding]] as const
const umlaut = { ...plainBody, description: 'Größe – 大' }
const umlautText = JSON.stringify(successBody(umlaut))
const utf16 = Buffer.from(text, 'utf16le')

describe('well-formed', () => {
  test.each<[string, AnswerParts, string]>([
    ['cut JSON', { text: text.slice(0, -3) }, 'not-json answer.body'],
    ['text behind', { text: `${text}\n<!-- -->` }, 'not-json answer.body'],
    ['two documents', { text: `${text}${text}` }, 'not-json answer.body'],
    ['single quotes', { text: text.replaceAll('"', "'") }, 'not-json answer.body'],
    ['a trailing comma', { text: text.replace(/}$/, ',}') }, 'not-json answer.body'],
    ['NaN', { text: text.replace('8123', 'NaN') }, 'not-json answer.body'],
    ['a bare line end in a string', { text: text.replace('A first', 'A\nfirst') }, 'not-json answer.body'],
    ['a page under a JSON type', { text: '<html></html>' }, 'not-json answer.body'],
    ['an empty body', { text: '' }, 'empty answer.body'],
    ['an empty body without a type', { text: '', headers: [] }, 'empty answer.body'],
    ['a byte order mark', { text: `\ufeff${text}` }, 'bom answer.body'],
    ['a byte order mark without a type', { text: `\ufeff${text}`, headers: json(';charset=utf-8') }, 'bom answer.body'],
    ['a key twice', { text: text.replace('"port":8123', '"port":8123,"port":8123') }, 'duplicate-keys answer.body'],
    ['a key twice, escaped once', { text: text.replace('"port":8123', '"port":1,"por\\u0074":8123') }, 'duplicate-keys answer.body'],
    ['invalid UTF-8', { body: Buffer.from(text.replace('A first', 'A \xff first'), 'latin1') }, 'not-utf8 answer.body'],
    ['UTF-16, and says so', { body: utf16, headers: json(';charset=utf-16le') }, 'not-utf8 answer.body'],
    ['no such charset', { text, headers: json(';charset=utf-9') }, 'charset answer.header.content-type'],
    ['UTF-8 that says UTF-16', { text, headers: json(';charset=utf-16') }, 'charset answer.header.content-type'],
    ['plain text that says gzip', { text, headers: coded('gzip') }, 'encoding answer.header.content-encoding'],
    ['plain text that says br', { text, headers: coded('br') }, 'encoding answer.header.content-encoding'],
    ['plain text that says deflate', { text, headers: coded('deflate') }, 'encoding answer.header.content-encoding'],
    ['plain text that says zstd', { text, headers: coded('zstd') }, 'encoding answer.header.content-encoding'],
    ['a coding that is none', { text, headers: coded('utf-8') }, 'encoding answer.header.content-encoding'],
    ['gzip that is cut', { body: gzipSync(text).subarray(0, 50), headers: coded('gzip') }, 'encoding answer.header.content-encoding'],
    ['gzip that is not told', { body: gzipSync(text) }, 'not-utf8 answer.body'],
  ])('%s', (_, answer, failure) => {
    expect(verdict({ answer })).toEqual([`well-formed ${failure}`])
  })

  test.each<[string, AnswerParts]>([
    ['UTF-8 that says latin1', { text: umlautText, headers: json('; charset=iso-8859-1') }],
    ['UTF-8 that says ASCII', { text: umlautText, headers: json(';charset=us-ascii') }],
  ])('%s shows as soon as characters beyond ASCII are in it', (_, answer) => {
    expect(verdict({ sent: umlaut, answer })).toEqual(['well-formed charset answer.header.content-type'])
  })
  test('latin1 that says latin1 is still no UTF-8', () => {
    const sent = { ...plainBody, description: 'Größe' }
    const body = Buffer.from(JSON.stringify(successBody(sent)), 'latin1')
    expect(verdict({ sent, answer: { body, headers: json(';charset=iso-8859-1') } })).toEqual(['well-formed not-utf8 answer.body'])
  })

  test.each<[string, AnswerParts]>([
    ['a charset', { text, headers: json(';charset=utf-8') }],
    ['a quoted charset in capitals', { text, headers: json('; charset="UTF-8"') }],
    ['an empty parameter', { text, headers: json(';') }],
    ['another parameter', { text, headers: json('; version=1;charset=utf8') }],
    ['a type in capitals', { text, headers: [['CONTENT-TYPE', 'Application/JSON']] }],
    ['ASCII that says latin1', { text, headers: json(';charset=iso-8859-1') }],
    ['identity', { text, headers: coded('identity') }],
    ['gzip', { body: gzipSync(text), headers: coded('gzip') }],
    ['x-gzip', { body: gzipSync(text), headers: coded('x-gzip') }],
    ['deflate', { body: deflateSync(text), headers: coded('deflate') }],
    ['bare deflate', { body: deflateRawSync(text), headers: coded('Deflate') }],
    ['br', { body: brotliCompressSync(text), headers: coded('br') }],
    ['two codings', { body: gzipSync(brotliCompressSync(text)), headers: coded('br, gzip') }],
    ['zstd, which this client cannot read', { body: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]), headers: coded('zstd') }],
    ['blanks around', { text: `\r\n ${text} \n` }],
    ['escapes', { text: text.replace('A first', '\\u0041 first').replaceAll('/', '\\/') }],
    ['the same key in two objects', { text: text.replace('"port":8123', '"port":8123,"more":{"port":1}') }],
  ])('%s is lawful', (_, answer) => {
    expect(verdict({ answer })).toEqual([])
  })

  test('a body without end is told, one that is longer than the client reads is not tested', () => {
    expect(verdict({ answer: { text: text.slice(0, 20), cut: true, endless: true } })).toEqual(['well-formed too-long answer.body'])
    const bomb = gzipSync(Buffer.alloc(20_000_000))
    for (const answer of [
      { text: text.slice(0, 20), cut: true },
      { body: bomb, headers: coded('gzip') },
    ])
      expect(judged({ answer })).toMatchObject({
        failures: [],
        notes: [{ kind: 'body-cut' }],
        notReached: 'the answer is longer than this client reads',
      })
    // Its status counts all the same.
    expect(verdict({ owes: owes.reject, answer: { text: text.slice(0, 20), cut: true } })).toEqual(['status accepted answer.status'])
  })

  test('any answer that claims JSON must be JSON, whatever its shape', () => {
    for (const status of [401, 403, 404, 405, 415, 429]) {
      expect(verdict({ owes: owes.refuse, answer: { status, text: 'denied' } })).toEqual(['well-formed not-json answer.body'])
      expect(verdict({ owes: owes.refuse, answer: { status, text: 'denied', headers: [] } })).toEqual([])
      expect(verdict({ owes: owes.refuse, answer: { status, text: '<html>', headers: [['Content-Type', 'text/html']] } })).toEqual([])
      expect(verdict({ owes: owes.refuse, answer: { status, text: '' } })).toEqual([])
    }
    expect(verdict({ answer: { status: 401, text: 'denied' } })).toEqual(['well-formed not-json answer.body'])
  })

  test('a decompression bomb is not unpacked', () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    expect(verdict({ owes: owes.refuse, answer: { status: 401, body: bomb, headers: coded('gzip') } })).toEqual([])
  })

  test('nesting of a million levels is read to its end', () => {
    const deep = `{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`
    expect(verdict({ owes: owes.refuse, answer: { status: 401, text: deep } })).toEqual([])
  })
})

describe('content-type', () => {
  test.each<[string, AnswerParts, string]>([
    ['none', { text, headers: [] }, 'missing'],
    ['an empty one', { text, headers: [['Content-Type', '']] }, 'missing'],
    ['text/plain for JSON', { text, headers: [['Content-Type', 'text/plain; charset=utf-8']] }, 'wrong'],
    ['text/html for JSON', { text, headers: [['Content-Type', 'text/html']] }, 'wrong'],
    ['application/xml for JSON', { text, headers: [['Content-Type', 'application/xml']] }, 'wrong'],
    ['no media type at all', { text, headers: [['Content-Type', 'json']] }, 'wrong'],
    ['two of them', { text, headers: [...json(''), ['content-type', 'text/html']] }, 'twice'],
    ['a page', { text: '<!doctype html><p>Hello', headers: [['Content-Type', 'text/html']] }, 'not-json'],
    ['plain text', { text: 'created', headers: [['Content-Type', 'text/plain']] }, 'not-json'],
  ])('%s', (_, answer, kind) => {
    expect(verdict({ answer })).toEqual([`content-type ${kind} answer.header.content-type`])
    const status = 400
    const asError = text === answer.text ? { ...answer, text: '{"errorCode":"ASM.1"}' } : answer
    expect(verdict({ owes: owes.reject, answer: { ...asError, status } })).toEqual([`content-type ${kind} answer.header.content-type`])
  })
  test('a missing type does not hide a missing member', () => {
    const body = successBody(plainBody, { 'metadata.uid': undefined })
    expect(verdict({ answer: { body, headers: [] } })).toEqual([
      'content-type missing answer.header.content-type',
      'shape missing answer.body.metadata.uid',
    ])
  })
  test('types built on JSON are lawful, and noted', () => {
    const judgement = judged({ answer: { text, headers: [['Content-Type', 'application/vnd.mesh+json']] } })
    expect(judgement).toMatchObject({ failures: [], notes: [{ kind: 'json-type' }] })
  })
  test('the same type twice is lawful', () => {
    expect(verdict({ answer: { text, headers: [...json(''), ...json('')] } })).toEqual([])
  })
  test('errors of any shape need no type', () => {
    expect(verdict({ owes: owes.refuse, answer: { status: 401, text: 'no', headers: [] } })).toEqual([])
    expect(verdict({ owes: owes.refuse, answer: { status: 400, text: '{"errorCode":"ASM.1"}', headers: [] } })).toEqual([])
  })
})
