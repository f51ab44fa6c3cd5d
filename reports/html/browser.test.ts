import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Report } from '../../core/report'
import { describeInBrowser, openBrowser } from '../../test/browser'
import { baselinedReport, conformingReport, manyFindings, sampleReport, unjudgedReport } from '../sample'
import { hostileReport } from '../sampleHostile'
import { renderHtml } from './page'

const axe = createRequire(__filename)('axe-core').source as string

describeInBrowser('the HTML report in Chromium', () => {
  let browser: Browser
  let folder: string
  let files = 0
  /** What a page may not do: ask the network, complain, or break its policy. */
  let troubles: string[] = []

  beforeAll(async () => {
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'plumbline-html-'))
  })
  afterAll(async () => {
    await browser?.close()
    if (folder) await rm(folder, { recursive: true })
  })
  beforeEach(() => {
    troubles = []
  })
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close()
    expect(troubles).toEqual([])
  })

  async function open(report: Report, { hash = '', ...options }: BrowserContextOptions & { hash?: string } = {}): Promise<Page> {
    files += 1
    const file = join(folder, `${files}.html`)
    await writeFile(file, renderHtml(report))
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', ...options })
    const page = await context.newPage()
    page.on('console', (message) => troubles.push(message.text()))
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('request', (request) => {
      if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) troubles.push(request.url())
    })
    await page.goto(`${pathToFileURL(file).href}${hash}`)
    return page
  }

  const hashOf = (page: Page) => decodeURIComponent(new URL(page.url()).hash)
  const shown = (page: Page, kind: string) => page.locator(`[data-item="${kind}"]:not([hidden])`).count()
  const current = (page: Page) => page.locator('.finding.current').getAttribute('id')
  /** The page follows its own links in an event that comes after the click. */
  const followed = async (page: Page, act: () => Promise<unknown>) => {
    const done = page.evaluate('new Promise((resolve) => addEventListener("hashchange", () => setTimeout(resolve), { once: true }))')
    await act()
    await done
  }
  const wide = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  const openAll = (page: Page) => page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true')
  const first = sampleReport().findings

  describe('content', () => {
    test('can be read with scripts off', async () => {
      const page = await open(sampleReport(), { javaScriptEnabled: false })
      expect(await page.locator('h1').textContent()).toBe('The target breaks its documentation in 10 ways')
      expect(await page.locator('.finding h3').allTextContents()).toEqual(first.map((finding) => finding.title))
      expect(await page.locator('.finding').nth(1).locator('.story').isVisible()).toBe(false)
      await page.locator('.finding').nth(1).locator('summary').first().click()
      expect(await page.locator('.finding').nth(1).locator('.story').isVisible()).toBe(true)
      expect(await page.locator('.needs-script:visible').count()).toBe(0)
    })

    test('a finding tells its whole story', async () => {
      const page = await open(sampleReport(), { hash: `#finding/${first[2]!.id}` })
      const card = page.locator('.finding').nth(2)
      const text = ((await card.textContent()) ?? '').replace(/\s+/g, ' ')
      for (const part of [
        'port must be an integer, not a string.',
        'create-workshop.md:49',
        'Request Parameters, table 6',
        'body.spec.ingress.port set to "8080"',
        'POST /v2/meshes/',
        '200 OK',
        'sent again, it fails each time',
        '24 of 24',
        'request 214, after 900 ms',
        '4 changes, 512 bytes',
        'curl -sS',
        'npx plumbline-api replay',
      ])
        expect(text).toContain(part)
      expect(await card.locator('.request .line.marked').allInnerTexts()).toEqual([expect.stringContaining('"port": "8080"')])
      expect(await card.locator('.answer .line.marked').allInnerTexts()).toEqual([expect.stringContaining('"port": "8080"')])
    })

    test('the contract, the traffic, the silences and the notes are there', async () => {
      const page = await open(sampleReport())
      const port = page.locator('.tree.request tr', { hasText: 'port' }).first()
      expect(await port.locator('.pill[href]').count()).toBe(4)
      expect(await page.locator('.tree.answer').textContent()).toMatch(/errorCode/)
      expect(await page.locator('#traffic svg[role="img"]').count()).toBe(4)
      expect(await page.locator('.statuses').textContent()).toMatch(/timeout/)
      expect(await page.locator('#silences').textContent()).toContain('refuses names over 63 characters')
      expect(await page.locator('#notes').textContent()).toContain('WWW-Authenticate')
    })

    test('a report held against a baseline tells new from known, filters by it, and names what is fixed', async () => {
      const report = baselinedReport()
      const page = await open(report)
      expect(await page.locator('h1').textContent()).toMatch(/in 10 ways, 4 of them known/)
      expect(await page.locator('.finding .standing').allTextContents()).toEqual(report.findings.map(({ baseline }) => baseline!.state))
      expect(await page.locator('.gone').allTextContents()).toEqual([
        expect.stringContaining('description is cut'),
        expect.stringContaining('one answer in 200'),
      ])
      await page.locator('.finding').nth(2).locator('summary').first().click()
      expect(await page.locator('.finding').nth(2).textContent()).toContain('known until 2026-06-30: the gateway converts it')
      await page.locator('[data-filter="baseline"][data-value="new"]').click()
      expect(await shown(page, 'finding')).toBe(report.baseline!.new)
      expect(hashOf(page)).toContain('baseline=new')
    })

    test.each([
      ['conforms', conformingReport(), 'The target keeps its documentation'],
      ['not judged', unjudgedReport(), 'the token is not valid for this mesh'],
    ])('the verdict "%s"', async (_, report, words) => {
      const page = await open(report)
      expect(await page.locator('#summary').textContent()).toContain(words)
      expect(await page.locator('.finding').count()).toBe(0)
    })

    test('buttons copy the commands as they are', async () => {
      const page = await open(sampleReport(), { permissions: ['clipboard-read', 'clipboard-write'] })
      const copy = page.locator('.finding').first().getByRole('button', { name: 'Copy the curl command' })
      await copy.click()
      // The clipboard answers in its own time, and the button's word goes back; what was said to screen readers stays.
      await page.locator('#said', { hasText: /^Copied$/ }).waitFor({ state: 'attached' })
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(first[0]!.curl)
    })

    test('prints everything on white, without controls', async () => {
      const page = await open(sampleReport(), { colorScheme: 'dark' })
      await page.emulateMedia({ media: 'print' })
      expect(await page.locator('.bar').isVisible()).toBe(false)
      expect(await page.locator('.finding').nth(5).locator('.story').isVisible()).toBe(true)
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
    })
  })

  describe('search and filters', () => {
    test('search narrows findings, rules and silences; Escape clears it', async () => {
      const page = await open(sampleReport())
      await page.locator('#search').fill('UID')
      expect(await shown(page, 'finding')).toBe(6)
      expect(hashOf(page)).toBe('#?q=uid')
      expect(await page.locator('#said').textContent()).toContain('6 of 10 findings')
      await page.locator('#search').fill('no such words')
      expect(await page.locator('[data-empty="finding"]').isVisible()).toBe(true)
      await page.keyboard.press('Escape')
      expect(await shown(page, 'finding')).toBe(10)
      expect(hashOf(page)).toBe('')
    })

    test('filters by severity and steadiness add up', async () => {
      const page = await open(sampleReport())
      await page.getByRole('button', { name: 'serious 3' }).click()
      expect(await shown(page, 'finding')).toBe(3)
      await page.getByRole('button', { name: 'moderate 3' }).click()
      expect(await shown(page, 'finding')).toBe(6)
      await page.getByRole('button', { name: 'flaky 1' }).click()
      expect(await shown(page, 'finding')).toBe(1)
      expect(await page.locator('h2 [data-count="finding"]').textContent()).toBe('1 of 10')
      expect(hashOf(page)).toBe('#?severity=serious,moderate&steady=flaky')
      await page.getByRole('button', { name: 'Remove the filter severity serious' }).click()
      expect(await shown(page, 'finding')).toBe(0)
      await page.getByRole('button', { name: 'Clear all filters' }).click()
      expect(await shown(page, 'finding')).toBe(10)
    })

    test('rules by result and zone; the fold of the kept ones follows', async () => {
      const page = await open(sampleReport())
      expect(await page.locator('.kept-rules').getAttribute('open')).toBe(null)
      await page.locator('[data-filter="result"][data-value="kept"]').click()
      await page.locator('[data-filter="zone"][data-value="accept"]').click()
      expect(await shown(page, 'rule')).toBe(14)
      expect(await page.locator('tr[data-item="rule"]:visible').count()).toBe(14)
      expect(await page.locator('.kept-rules [data-left]').textContent()).toBe('14 of 108')
    })

    test('a cell of the contract lists its rules, and back undoes it', async () => {
      const page = await open(sampleReport())
      await followed(page, () => page.locator('.tree.request a[aria-label^="body.spec.ingress.port, reject"]').click())
      expect(await shown(page, 'rule')).toBe(9)
      expect(hashOf(page)).toBe('#rules?place=body.spec.ingress.port&zone=reject')
      expect(await page.locator('#rules-title').evaluate((title) => title === title.ownerDocument.activeElement)).toBe(true)
      await followed(page, () => page.goBack())
      expect(await shown(page, 'rule')).toBe(131)
    })

    test('a broken member of the answer leads to its findings', async () => {
      const page = await open(sampleReport())
      await followed(page, () => page.locator('.tree.answer a[aria-label^="answer.body.metadata.uid"]').click())
      expect(await shown(page, 'finding')).toBe(2)
    })
  })

  describe('deep links', () => {
    test('to a finding: it is opened, marked and in view', async () => {
      const page = await open(sampleReport(), { hash: `#finding/${first[7]!.id}` })
      const card = page.locator('.finding').nth(7)
      expect(await card.getAttribute('open')).toBe('')
      expect(await current(page)).toBe(`finding/${first[7]!.id}`)
      expect(await card.evaluate((one) => Math.round(one.getBoundingClientRect().top))).toBeLessThan(200)
    })

    test('to a rule in the fold', async () => {
      const page = await open(sampleReport(), { hash: '#rule/body.spec.ingress.port:type:null' })
      expect(await page.locator('tr.current').textContent()).toContain('body.spec.ingress.port:type:null')
      expect(await page.locator('tr.current').isVisible()).toBe(true)
    })

    test('to a state of the filters, and with it to a finding', async () => {
      const page = await open(sampleReport(), { hash: `#finding/${first[2]!.id}?severity=serious&q=integer` })
      expect(await page.locator('#search').inputValue()).toBe('integer')
      expect(await shown(page, 'finding')).toBe(1)
      expect(await current(page)).toBe(`finding/${first[2]!.id}`)
    })

    test('to a finding that its filters hide: the filters give way', async () => {
      const page = await open(sampleReport(), { hash: `#finding/${first[2]!.id}?severity=minor` })
      expect(await shown(page, 'finding')).toBe(10)
      expect(await current(page)).toBe(`finding/${first[2]!.id}`)
    })

    test('to nothing, or broken ones, do no harm', async () => {
      const page = await open(sampleReport(), { hash: '#finding/%E0%A4%A?severity=%FF&x=1&q=%' })
      expect(await page.locator('h1').isVisible()).toBe(true)
    })

    test('from a rule to its finding', async () => {
      const page = await open(sampleReport())
      await followed(page, () => page.locator('tr[id="rule/body.spec.ingress.port:type:string"] a').click())
      expect(await current(page)).toBe(`finding/${first[2]!.id}`)
    })
  })

  describe('keyboard', () => {
    test('j and k walk through the findings that are shown', async () => {
      const page = await open(sampleReport())
      await page.keyboard.press('j')
      expect(await current(page)).toBe(`finding/${first[0]!.id}`)
      await page.keyboard.press('j')
      expect(await current(page)).toBe(`finding/${first[1]!.id}`)
      expect(hashOf(page)).toBe(`#finding/${first[1]!.id}`)
      expect(await page.locator('.finding.current').getAttribute('open')).toBe('')
      await page.keyboard.press('k')
      await page.keyboard.press('k')
      expect(await current(page)).toBe(`finding/${first[0]!.id}`)
      await page.locator('[data-filter="severity"][data-value="minor"]').click()
      await page.keyboard.press('j')
      expect(await current(page)).toBe(`finding/${first[8]!.id}`)
    })

    test('/ goes to the search, where letters are letters', async () => {
      const page = await open(sampleReport())
      await page.keyboard.press('/')
      await page.keyboard.type('jk?')
      expect(await page.locator('#search').inputValue()).toBe('jk?')
      expect(await page.locator('#help').isVisible()).toBe(false)
    })

    test('? opens the help; there single keys can be turned off', async () => {
      const page = await open(sampleReport())
      await page.keyboard.press('?')
      expect(await page.locator('#help').isVisible()).toBe(true)
      await page.getByLabel('Single keys are shortcuts').uncheck()
      await page.keyboard.press('Escape')
      expect(await page.locator('#help').isVisible()).toBe(false)
      await page.keyboard.press('j')
      expect(await page.locator('.finding.current').count()).toBe(0)
      await page.reload()
      await page.keyboard.press('j')
      expect(await page.locator('.finding.current').count()).toBe(0)
    })

    test('o opens and closes all', async () => {
      const page = await open(sampleReport())
      await page.keyboard.press('o')
      expect(await page.locator('.finding[open]').count()).toBe(10)
      expect(await page.locator('[data-action="toggle-all"]').textContent()).toBe('Close all')
      await page.keyboard.press('o')
      expect(await page.locator('.finding[open]').count()).toBe(0)
    })
  })

  describe('themes', () => {
    const ground = (page: Page) => page.evaluate('getComputedStyle(document.body).backgroundColor')

    test('follow the system, or the toggle, which is remembered', async () => {
      const page = await open(sampleReport(), { colorScheme: 'dark' })
      const dark = await ground(page)
      await page.locator('[data-action="theme"]').click()
      const light = await ground(page)
      expect(light).not.toBe(dark)
      await page.reload()
      expect(await ground(page)).toBe(light)
      await page.keyboard.press('t')
      expect(await ground(page)).toBe(dark)
      expect(await page.locator('[data-action="theme"]').getAttribute('aria-label')).toBe('Theme: dark')
    })

    test.each([
      { colorScheme: 'light' as const, width: 360, name: 'sample', report: sampleReport() },
      { colorScheme: 'dark' as const, width: 1280, name: 'sample', report: sampleReport() },
      { colorScheme: 'dark' as const, width: 360, name: 'hostile', report: hostileReport() },
      { colorScheme: 'light' as const, width: 1280, name: 'hostile', report: hostileReport() },
      { colorScheme: 'light' as const, width: 1280, name: 'baselined', report: baselinedReport() },
    ])('axe finds nothing: $name, $colorScheme, $width px', async ({ colorScheme, width, report }) => {
      const page = await open(report, { colorScheme, viewport: { width, height: 900 } })
      await openAll(page)
      await page.locator('#search').fill('a')
      await page.evaluate(axe)
      const run =
        "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })"
      const { violations } = await page.evaluate<AxeResults>(run)
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([])
    })

    test('axe finds nothing in the help', async () => {
      const page = await open(conformingReport())
      await page.keyboard.press('?')
      await page.evaluate(axe)
      const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })")
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([])
    })
  })

  test.each([320, 360, 1280, 3840])('nothing sticks out at %d px', async (width) => {
    for (const report of [sampleReport(), hostileReport()]) {
      const page = await open(report, { viewport: { width, height: 900 } })
      await openAll(page)
      expect(await wide(page)).toBeLessThanOrEqual(0)
    }
  })

  describe('a hostile target', () => {
    test('is shown, and does nothing', async () => {
      const page = await open(hostileReport())
      await openAll(page)
      for (const card of await page.locator('.finding summary').all()) await card.hover()
      expect(await page.evaluate('window.attacked')).toBe(undefined)
      expect(await page.locator('img').count()).toBe(0)
      expect(await page.locator('body').textContent()).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u001b]/)
      expect(await page.locator('.finding h3').first().textContent()).toContain('<script>window.attacked=1</script>')
    })

    test('would find no way to run a script', async () => {
      const page = await open(sampleReport())
      const inject = `(() => { try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.attacked=1">') } catch (error) { return error.name } })()`
      expect(await page.evaluate(inject)).toBe('TypeError')
      expect(troubles.splice(0).join()).toContain('TrustedHTML')
    })

    test('links to its rule work, whatever it is called', async () => {
      const page = await open(hostileReport())
      await followed(page, () => page.locator('.finding').first().locator('a.rule').first().click())
      expect(await page.locator('tr.current').count()).toBe(1)
    })
  })

  describe('1,000 findings', () => {
    test('the first twenty are listed, the rest is behind a fold that search and keys open', async () => {
      const page = await open(manyFindings(1000))
      expect(await page.locator('.finding:visible').count()).toBe(20)
      await page.locator('#search').fill('(999)')
      expect(await page.locator('.finding:visible').count()).toBe(1)
      await page.keyboard.press('Escape')
      await page.locator('#search').blur()
      for (let press = 0; press < 25; press++) await page.keyboard.press('j')
      expect(await page.locator('.finding.current').isVisible()).toBe(true)
      expect(await page.locator('.finding').nth(24).getAttribute('class')).toContain('current')
    })

    test('a link leads to the last one', async () => {
      const report = manyFindings(1000)
      const last = report.findings.at(-1)!
      const page = await open(report, { hash: `#finding/${last.id}` })
      expect(await page.locator('.finding.current .promise').isVisible()).toBe(true)
    })
  })
})
