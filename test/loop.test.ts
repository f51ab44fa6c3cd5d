import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../cli/conformance'
import { withProducers } from '../generators/dependences/resources'
import { startReference } from '../reference/server'
import { loadDocument } from '../specs/load'
import { parseText } from '../specs/parse'
import { mutationsOf } from './mutations'

const folder = join(__dirname, 'small-documents')
const documents = readdirSync(folder).sort()
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const scratch = mkdtempSync(join(tmpdir(), 'plumbline-loop-'))

/** All of them take minutes (`EVERY_MUTATION=1 npx jest test/loop.test.ts`); the test run takes each fifth, the same ones each time. */
const step = process.env.EVERY_MUTATION ? 1 : 5

/** Answers as one document promises, and is held against another. */
async function held(served: string, spec: string, options: Parameters<typeof run>[0]) {
  const server = await startReference({ document: await loadDocument({ spec: served }) })
  try {
    return await run({ spec, target: server.url, seed: 1, methods, settings: { unknownMembers: 'finding' }, ...options })
  } finally {
    await server.close()
  }
}

test.each(documents)('%s: its own server passes, and answers nothing undeclared; every change of a schema is noticed', async (name) => {
  const spec = join(folder, name)
  const own = await held(spec, spec, { maxRequests: 800 })
  expect(own.findings.map(({ rule, title }) => `${rule}: ${title}`)).toEqual([])
  expect({ exitCode: own.exitCode, reason: own.reason }).toMatchObject({ exitCode: 0 })
  const mutations = mutationsOf(parseText(readFileSync(spec, 'utf8'), name).data).filter((_, index) => (index + name.length) % step === 0)
  const missed: string[] = []
  const document = await loadDocument({ spec })
  for (const [index, mutation] of mutations.entries()) {
    const operations = [...withProducers(document, new Set([mutation.operation]))]
    const file = join(scratch, `${name}-${index}.json`)
    writeFileSync(file, JSON.stringify(mutation.document))
    const { exitCode } = await held(spec, file, {
      operations,
      maxRequests: 300,
      maxFailures: 1,
      rules: ['*body*', '*query.*', '*header.*', '*cookie.*', '*request:valid', '*resource:found', '*resource:listed'],
      skip: ['odd', 'malformed', 'size', 'nesting', 'encoding', 'unknown', 'twice', 'custom', 'spelling', 'concurrent', 'after-refused']
        .map((word) => `*:${word}*`)
        .concat('*body*:type*'),
    })
    if (exitCode !== 1) missed.push(mutation.name)
  }
  expect(missed).toEqual([])
})

test('there are enough documents', () => {
  expect(documents.length).toBeGreaterThanOrEqual(12)
  expect(documents.every((name, index) => name.startsWith(String(index + 1).padStart(2, '0')))).toBe(true)
})
