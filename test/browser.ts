import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Debian's package puts it there; elsewhere `PLUMBLINE_CHROMIUM` names it. */
const executablePath = process.env.PLUMBLINE_CHROMIUM || '/usr/bin/chromium'

const missing = `Chromium is not at ${executablePath}. Install it (apt-get install chromium), name it (PLUMBLINE_CHROMIUM=path), or leave the browser tests out (PLUMBLINE_NO_BROWSER=1).`

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Opens a headless Chromium with a fresh user data folder. Throws, with the way to install it, where there is none. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(missing)
  return chromium.launch({ executablePath, headless: true, args })
}

/** `describe` for tests that need the browser. With `PLUMBLINE_NO_BROWSER=1` they are not run, and a line says so. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (process.env.PLUMBLINE_NO_BROWSER !== '1') {
    describe(name, tests)
    return
  }
  process.stderr.write(`${name}: the browser tests were not run (PLUMBLINE_NO_BROWSER=1)\n`)
  test(`${name}: not run (PLUMBLINE_NO_BROWSER=1)`, () => {})
}
