import { createHash } from 'node:crypto'
import type { Finding } from '../../core/finding'
import { conformingReport, manyFindings, sampleReport, unjudgedReport } from '../sample'
import { attacks, hostileReport } from '../sampleHostile'
import { renderHtml } from './page'

const page = renderHtml(sampleReport())
const inside = (html: string, tag: string) => [...html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))].map((match) => match[1]!)
const sha = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`
const text = (html: string) => html.replace(/<wbr>/g, '').replace(/<[^>]*>/g, '')

describe('the file', () => {
  test('allows its own style and its own script, and nothing else', () => {
    const policy = page.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/)![1]!.replaceAll('&#39;', "'")
    const [style, script] = [inside(page, 'style'), inside(page, 'script')]
    expect([style.length, script.length]).toEqual([1, 1])
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src '${sha(style[0]!)}'`,
      `script-src '${sha(script[0]!)}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ])
  })

  test('has no handlers, no styles of elements, and names no other file', () => {
    const tags = renderHtml(hostileReport()).match(/<[a-z][^>]*>/g)!
    for (const tag of tags) {
      const attributes = tag.replace(/"[^"]*"/g, '""')
      expect(attributes).not.toMatch(/\son\w+=/i)
      expect(attributes).not.toMatch(/\sstyle=/i)
      expect(attributes).not.toMatch(/\ssrc=/i)
      expect(tag).not.toMatch(/ href="(?!#|data:image\/svg)/)
    }
  })

  test.each(['findings', 'conforms', 'not judged'])('is well-formed for the verdict %s', (verdict) => {
    const html = renderHtml({ findings: sampleReport, conforms: conformingReport, 'not judged': unjudgedReport }[verdict]!())
    for (const tag of ['div', 'section', 'table', 'details', 'ul', 'dl', 'pre', 'code', 'span', 'figure'])
      expect([tag, html.match(new RegExp(`<${tag}[ >]`, 'g'))?.length]).toEqual([tag, html.match(new RegExp(`</${tag}>`, 'g'))?.length])
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('every link leads to an element or sets filters', () => {
    const ids = new Set([...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]!))
    for (const [, link] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(decodeURIComponent(link!.split('?')[0]!))
  })
})

function story(change: Partial<Finding>): string {
  const finding = { ...sampleReport().findings[0]!, rule: undefined, rules: [], ...change }
  return renderHtml(sampleReport({ findings: [finding], rules: [], members: [], silences: [] }))
}

const marked = (html: string) =>
  [...html.matchAll(/<span class="line[^"]*marked">([\s\S]*?)\n<\/span>/g)].map((match) => text(match[1]!).replace(/\s+/g, ' ').trim())
const request = (body: string) => ({
  method: 'POST',
  target: '/things/1',
  headers: [['A', 'b'] as const],
  body,
  bodyBytes: Buffer.byteLength(body),
})
const answer = (body: string) => ({ status: 200, headers: [], body, bodyBytes: Buffer.byteLength(body), seconds: 0.1 })

describe('what was changed and what is wrong', () => {
  test.each<[string, Partial<Finding>, string[]]>([
    [
      'a member that was set',
      { changes: [{ at: ['body', 'a', 'b'], set: 1 }], request: request('{"a":{"b":1,"c":2}}') },
      ['changed &quot;b&quot;: 1,'],
    ],
    [
      'a member that was left out',
      { changes: [{ at: ['body', 'a', 'b'], remove: true }], request: request('{"a":{"c":2}}') },
      ['&quot;b&quot; left out'],
    ],
    ['a renamed member', { changes: [{ at: ['body', 'a'], rename: 'A' }], request: request('{"A":2}') }, ['renamed &quot;A&quot;: 2']],
    ['an added member', { changes: [{ at: ['body'], insert: 'x', raw: '1' }], request: request('{"x":1}') }, ['added &quot;x&quot;: 1']],
    ['an item', { changes: [{ at: ['body', 'l', '[]'], set: 3 }], request: request('{"l":[3,4]}') }, ['changed 3,', 'changed 4']],
    ['a header', { changes: [{ at: ['header', 'a'], set: 'b' }], request: request('{}') }, ['changedA: b']],
    ['a header that was left out', { changes: [{ at: ['header', 'X'], remove: true }], request: request('{}') }, ['X left out']],
    ['a body of bytes', { changes: [{ at: ['body'], bytes: 'e30geA==' }], request: request('{} x') }, ['changed{} x']],
  ])('%s', (_, change, lines) => {
    expect(marked(story({ response: undefined, ...change }))).toEqual(lines)
  })

  test.each<[string, string, string, string[]]>([
    ['a wrong member', 'answer.body.a', '{"a":1,"b":2}', ['wrong &quot;a&quot;: 1,']],
    ['a missing member', 'answer.body.a.b', '{"a":{}}', ['&quot;b&quot; is not there']],
    ['a member whose parent is no object', 'answer.body.a.b', '{"a":"x"}', ['is not there &quot;a&quot;: &quot;x&quot;']],
    ['a member of a body that is no JSON', 'answer.body.a', '{"a":', ['wrong{&quot;a&quot;:']],
    ['a missing header', 'answer.header.x-y', '{}', ['x-y is not there']],
  ])('%s', (_, answerPlace, body, lines) => {
    expect(marked(story({ changes: [], request: undefined, answerPlace, response: answer(body) }))).toEqual(lines)
  })

  test('numbers and duplicate keys are shown as they were sent', () => {
    const html = text(
      story({ changes: [], request: request('{"a":9007199254740993,"a":-0,"b":8.0,"c":1e3,"d":"\\u0041"}'), response: undefined }),
    )
    for (const part of ['&quot;a&quot;: 9007199254740993', '&quot;a&quot;: -0', '8.0', '1e3', '\\u0041']) expect(html).toContain(part)
  })

  test('a value of the path is marked in the URL', () => {
    const html = story({
      changes: [{ at: ['path', 'id'], set: 'a b' }],
      request: { ...request(''), target: '/things/a%20b' },
      response: undefined,
    })
    expect(html.replaceAll('<wbr>', '')).toContain('/things/<mark>a%20b</mark>')
  })
})

test('the latency axis shows the part that was used, and few labels', () => {
  const { statistics } = sampleReport()
  const histogram = Array.from({ length: 41 }, (_, index) => (index >= 10 && index < 38 ? 5 : 0))
  const latencyBuckets = Array.from({ length: 40 }, (_, index) => (index + 1) / 1000)
  const zones = statistics.zones.map((zone) => ({ ...zone, histogram, latency: { p50: 0.0105, p95: 0.02, p99: 0.03, max: 0.038 } }))
  const html = renderHtml(sampleReport({ statistics: { ...statistics, latencyBuckets, zones } }))
  const figure = html.match(/<figure class="chart accept">[\s\S]*?<\/figure>/)![0]
  expect(figure).toContain('viewBox="0 0 2900 100"')
  expect(figure.match(/<rect/g)).toHaveLength(28)
  expect(figure).toContain('<line x1="150"')
  expect([...figure.matchAll(/<span>(\d+)<\/span>/g)].map((match) => match[1])).toEqual([
    '10',
    '13',
    '16',
    '19',
    '22',
    '25',
    '28',
    '31',
    '34',
    '37',
  ])
  expect(figure).toContain('half within 11 ms')
})

test('findings stand worst first, the first one open', () => {
  const ids = [...page.matchAll(/id="finding\/([^"]*)"/g)].map((match) => match[1])
  expect(ids).toEqual(sampleReport().findings.map((finding) => finding.id))
  expect(page.match(/<details class="finding[^>]* open>/g)).toHaveLength(1)
})

describe('bounds', () => {
  test('a line of 10 MB is shown by its beginning, with its size', () => {
    const html = renderHtml(hostileReport())
    expect(html.length).toBeLessThan(400_000)
    expect(html).toContain('The beginning of 10.0 MB.')
  })

  test('1,000 findings make a page of less than 3 MB', () => {
    const html = renderHtml(manyFindings(1000))
    expect(html.length).toBeLessThan(3_000_000)
    expect(html.match(/ id="finding\//g)).toHaveLength(1000)
  })

  test('a body that nests deeply is shown as it came', () => {
    expect(renderHtml(hostileReport())).toContain('[[[[[[[[')
  })

  test('bytes that are no UTF-8 are shown as such', () => {
    expect(text(renderHtml(hostileReport()))).toContain('\\xff\\xfeA\\x0a&lt;\\x80')
  })
})

test('no text from outside becomes HTML, and nothing invisible stays', () => {
  const html = renderHtml(hostileReport())
  expect(html.match(/<script/g)).toHaveLength(1)
  expect(html).not.toContain('<img')
  const shown = html.replace(/ data-copy="[^"]*"/g, '')
  expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/)
  expect(shown).toContain('\\u202e')
  expect(attacks.bidi).toMatch(/\u202e/)
})
