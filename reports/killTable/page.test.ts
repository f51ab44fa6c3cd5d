import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { type KillRow, killSummary } from '../../core/kill'
import { describeInBrowser, openBrowser } from '../../test/browser'
import { renderKillTable } from './page'

const tool = { name: 'plumbline-api', version: '0.1.0' }
const broken: KillRow = {
  variant: 'string-as-port-accepted',
  kind: 'broken',
  promise: 'port is an integer: a string in its place is refused',
  seed: 1,
  verdict: 'findings',
  right: true,
  findings: [
    {
      title: 'port = "8080" was accepted',
      rule: 'body.spec.ingress.port:type:string',
      place: 'body.spec.ingress.port',
      check: 'status',
      steady: 'always',
      changes: 1,
    },
  ],
  named: true,
  requests: 2794,
  seconds: 3.2,
  firstRequest: 45,
  firstSeconds: 0.21,
}
const missed: KillRow = {
  ...broken,
  variant: 'never-<b>seen</b>',
  right: false,
  verdict: 'conforms',
  findings: [],
  named: undefined,
  firstRequest: undefined,
  firstSeconds: undefined,
}
const lawful: KillRow = {
  ...missed,
  variant: 'refuses-odd-names',
  kind: 'lawful',
  right: true,
  promise: 'names outside ASCII may be refused',
}
const alarm: KillRow = { ...broken, variant: 'throttles', kind: 'lawful', right: false, promise: 'a target may throttle', named: undefined }
const rows = [broken, { ...broken, seed: 2, firstRequest: 95, firstSeconds: 0.5, named: false }, missed, lawful, alarm]

test('the figures of a table', () => {
  expect(killSummary(rows)).toEqual({
    broken: 3,
    found: 2,
    otherName: 1,
    toldOften: 0,
    lawful: 2,
    falseAlarms: 1,
    firstRequest: 45,
    firstSeconds: 0.21,
  })
  expect(killSummary([])).toEqual({ broken: 0, found: 0, otherName: 0, toldOften: 0, lawful: 0, falseAlarms: 0 })
})

test('each variant with each seed: found by which rule, after how many requests and seconds; figures at the top; nothing is markup', () => {
  const page = renderKillTable(rows, tool)
  expect(page).toContain('<h1 id="verdict">2 of 3 broken servers found, 1 false alarm at 2 lawful servers</h1>')
  const found = page.slice(page.indexOf('id="found"'))
  expect(found.replace(/<wbr>/g, '')).toMatch(
    /string-as-port-accepted[\s\S]*body\.spec\.ingress\.port:type:string[\s\S]*>1<[\s\S]*>45<[\s\S]*>210 ms<[\s\S]*>2,794<[\s\S]*>3\.2 s</,
  )
  expect(page.indexOf('never-&lt;b>')).toBeLessThan(page.indexOf('id="false-alarms"'))
  expect(page).not.toContain('<b>seen')
  expect(page).not.toContain('<script')
})

test('a table without false alarms and misses is good; an empty one says so', () => {
  expect(renderKillTable([broken, lawful], tool)).toContain('class="summary good"')
  expect(renderKillTable(rows, tool)).toContain('class="summary bad"')
  expect(renderKillTable([], tool)).toContain('No runs')
})

describeInBrowser('the kill table in Chromium', () => {
  const axe = createRequire(__filename)('axe-core').source as string

  test.each(['light', 'dark'] as const)('axe finds nothing, %s, and no width is too small', async (colorScheme) => {
    const browser = await openBrowser()
    try {
      const page = await (await browser.newContext({ colorScheme, bypassCSP: true })).newPage()
      await page.setContent(renderKillTable(rows, tool))
      await page.evaluate(axe)
      const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run())
      expect(violations.map(({ id, nodes }) => ({ id, html: nodes.map((node) => node.html) }))).toEqual([])
      for (const width of [360, 1280, 2560]) {
        await page.setViewportSize({ width, height: 900 })
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      }
    } finally {
      await browser.close()
    }
  })
})
