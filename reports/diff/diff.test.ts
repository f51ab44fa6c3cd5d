import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import type { ReportDiff } from '../../core/diff'
import { describeInBrowser, openBrowser } from '../../test/browser'
import { columns } from '../text'
import { renderDiffMarkdown } from './markdown'
import { renderDiffHtml } from './page'
import { hostileDiff, noDiff, sampleDiff } from './sample'
import { renderDiffTerminal } from './terminal'

const diff = sampleDiff()
const texts = [...diff.added, ...diff.fixed, ...diff.still].map(({ id }) => id)

test('a terminal is told each finding, the behaviour and the rules, within its width', () => {
  const text = renderDiffTerminal(diff, { width: 72, colour: false })
  for (const id of texts) expect(text).toContain(id)
  expect(text).toContain('refuses 0 and −1')
  expect(text).toContain('broken → kept')
  for (const line of text.split('\n')) expect(columns(line)).toBeLessThanOrEqual(72)
  expect(renderDiffTerminal(noDiff(), { width: 72, colour: false })).toMatch(/No new findings\n$/)
})

test('what a target says can neither colour the terminal nor become Markdown or HTML', () => {
  expect(renderDiffTerminal(hostileDiff(), { width: 80, colour: false })).not.toMatch(/[\u001b\u202e\u0007]/)
  const markdown = renderDiffMarkdown(hostileDiff())
  expect(markdown).not.toMatch(/<(script|img|\/)/i)
  expect(markdown.split('\n').filter((line) => line.startsWith('|') && !line.endsWith('|'))).toEqual([])
})

test('Markdown has a row for each finding', () => {
  const markdown = renderDiffMarkdown(diff)
  for (const id of texts) expect(markdown.split('\n').filter((line) => line.includes(`| ${id} |`))).toHaveLength(1)
})

describeInBrowser('the comparison in Chromium', () => {
  const axe = createRequire(__filename)('axe-core').source as string
  let browser: Browser
  let folder: string
  const troubles: string[] = []

  beforeAll(async () => {
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'plumbline-diff-'))
  })
  afterAll(async () => {
    await browser?.close()
    if (folder) await rm(folder, { recursive: true })
  })

  async function open(shown: ReportDiff, width = 1280, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const file = join(folder, 'diff.html')
    await writeFile(file, renderDiffHtml(shown))
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
    const page = await context.newPage()
    page.on('console', (message) => troubles.push(message.text()))
    page.on('request', (request) => {
      if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) troubles.push(request.url())
    })
    await page.goto(pathToFileURL(file).href)
    return page
  }

  test('tells what is new, fixed and still there; the figures lead to it', async () => {
    const page = await open(diff)
    expect(await page.locator('h1').textContent()).toBe('2 new findings, 1 fixed')
    expect(await page.locator('#added .finding h3').allTextContents()).toEqual(diff.added.map(({ title }) => title))
    expect(await page.locator('#fixed .finding h3').allTextContents()).toEqual(diff.fixed.map(({ title }) => title))
    expect(await page.locator('#behaviour').textContent()).toContain('refuses 0 and −1')
    for (const link of await page.locator('.tiles a').all())
      expect(await page.locator((await link.getAttribute('href')) ?? 'none').count()).toBe(1)
    await page.locator('#added summary').first().click()
    expect(await page.locator('#added .story').first().isVisible()).toBe(true)
    await page.context().close()
    expect(troubles).toEqual([])
  })

  test.each([
    ['a change of every kind', sampleDiff(), 'light', 1280],
    ['a change of every kind', sampleDiff(), 'dark', 360],
    ['a hostile target', hostileDiff(), 'dark', 1280],
    ['a hostile target', hostileDiff(), 'light', 360],
    ['nothing', noDiff(), 'light', 1280],
  ] as const)('axe finds nothing: %s, %s %s', async (_, shown, scheme, width) => {
    const page = await open(shown, width, scheme)
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true')
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    await page.evaluate(axe)
    const { violations } = await page.evaluate<AxeResults>(
      "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })",
    )
    await page.context().close()
    expect(violations.map(({ id, nodes }) => ({ id, at: nodes[0]?.html }))).toEqual([])
    expect(troubles).toEqual([])
  })
})
