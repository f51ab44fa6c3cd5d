import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../cli/conformance'
import { startReference } from '../reference/server'
import { loadDocument } from '../specs/load'

const folder = join(__dirname, 'odd-documents')
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE']

/** What few documents have and all may: each is served as it promises, so that nothing may be found, and all must be reached. */
test.each(readdirSync(folder).sort())('%s', async (name) => {
  const spec = join(folder, name)
  const server = await startReference({ document: await loadDocument({ spec }) })
  try {
    const report = await run({ spec, target: server.url, seed: 1, methods, maxRequests: 1500 })
    expect(report.findings.map(({ rule, title }) => `${rule}: ${title}`)).toEqual([])
    const left = report.rules.filter(({ result }) => result === 'not tested')
    expect({ exitCode: report.exitCode, reason: report.reason, left, notTestable: report.notTestable }).toEqual({
      exitCode: 0,
      reason: undefined,
      left: [],
      notTestable: [],
    })
  } finally {
    await server.close()
  }
})
