import { markdownText, renderMarkdown } from './markdown'
import { conformingReport, manyFindings, sampleReport, unjudgedReport } from './sample'
import { attacks, hostileReport } from './sampleHostile'
import { samples } from './samples'

test.each([
  ['a|b', 'a\\|b'],
  ['`code` *bold* _it_ [x](y) ~~no~~', '\\`code\\` \\*bold\\* \\_it\\_ \\[x\\](y) \\~\\~no\\~\\~'],
  ['<img src=x>&lt;', '&lt;img src=x&gt;&amp;lt;'],
  ['@owner fixes #12', '@<!-- -->owner fixes #<!-- -->12'],
  ['http://a.example www.b.example', 'http:<!-- -->//a.example www<!-- -->.b.example'],
  ['$x$', '<span>$</span>x<span>$</span>'],
  ['a\nb\u202e', 'a\\\\nb\\\\u202e'],
  ['\\', '\\\\'],
])('markdown of %j', (text, escaped) => {
  expect(markdownText(text)).toBe(escaped)
})

test.each(samples)('a report %s fits a job summary', (_, make) => {
  expect(Buffer.byteLength(renderMarkdown(make()))).toBeLessThan(512 * 1024)
})

test('the verdict, a table of the findings, each in full, the zones', () => {
  const text = renderMarkdown(sampleReport())
  expect(text).toMatch(/^## ❌ The target breaks its documentation in 10 ways\n/)
  expect(text).toContain(
    '| serious | A port sent as text is accepted | body.spec.ingress.port | create-workshop.md:49 Request Parameters, table 6 | 24 of 24 requests |',
  )
  expect(text).toContain('3 of 10 requests, flaky |')
  expect(text.match(/<details>/g)).toHaveLength(10)
  expect(text).toMatch(/```text\nPromised {2}port must be an integer/)
  expect(text).toContain('| accept | 17 | 368 | 14 | 0 | 0 | 3 |')
  expect(text).toContain('--seed 1729384756')
})

test.each([
  [conformingReport(), '## ✅ The target keeps its documentation'],
  [unjudgedReport(), '## ❔ The target could not be judged'],
])('verdict %#', (report, words) => {
  expect(renderMarkdown(report).startsWith(words)).toBe(true)
})

test('says why it could not be judged', () => {
  expect(renderMarkdown(unjudgedReport())).toContain('Give one with --token, or in PLUMBLINE\\_TOKEN.')
})

test('of a thousand findings the worst, and how many more there are', () => {
  const text = renderMarkdown(manyFindings(1000))
  expect(text.match(/^\| (critical|serious)/gm)).toHaveLength(200)
  expect(text).toContain('and 800 more findings in the other reports.')
  expect(text.match(/<details>/g)).toHaveLength(30)
})

test('nothing of a hostile target is HTML, code that ends early, or a control', () => {
  const text = renderMarkdown(hostileReport())
  const outside = text
    .split(/^(`{3,})text\n[\s\S]*?^\1$/gm)
    .filter((_, index) => index % 2 === 0)
    .join('')
  expect(outside).toContain('&lt;script&gt;')
  expect(outside.replace(/<!-- -->|<\/?(details|summary|span)>/g, '')).not.toMatch(/<|[^\\]`/)
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\ud800-\udfff]/u)
})

test('a fence is longer than any in what it holds', () => {
  const [one] = sampleReport().findings
  const text = renderMarkdown(sampleReport({ findings: [{ ...one!, received: `\`\`\`\`\n${attacks.script}` }] }))
  expect(text).toMatch(/^`````text\nPromised[\s\S]*?````\\n<script>[\s\S]*?^`````$/m)
})
