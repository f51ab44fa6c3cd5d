import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import { run } from '../cli/conformance'
import { errorReply } from '../reference/replies'
import { startReference } from '../reference/server'
import { loadDocument } from '../specs/load'
import { folder } from './cli'
import { listen } from './sockets'

interface Book {
  readonly isbn: string
  readonly title: string
  readonly main?: boolean
  readonly kind?: string
  readonly pages?: number
}

const properties = { isbn: { type: 'string', pattern: '^97[89]-[0-9]{10}$' }, title: { type: 'string', minLength: 1, maxLength: 80 } }
const main = { type: 'boolean' }
const error = { type: 'object', required: ['message'], properties: { message: { type: 'string' } } }
const answer = (schema: object) => ({ description: 'an answer', content: { 'application/json': { schema } } })

/** @param refusal status of what is there already; @param more members of a book; @param condition what is asked of it besides */
function documentOf(refusal: number, more: object, condition: object): object {
  const book = { type: 'object', required: ['isbn', 'title'], properties: { ...properties, ...more }, ...condition }
  const made = { ...book, required: [...book.required, 'id'], properties: { ...book.properties, id: { type: 'integer' } } }
  const post = {
    operationId: 'addBook',
    requestBody: { required: true, content: { 'application/json': { schema: book } } },
    responses: { 201: answer(made), 400: answer(error), [refusal]: answer(error) },
  }
  return { openapi: '3.1.0', info: { title: 'Books', version: '1' }, paths: { '/books': { post } } }
}

const validatorOf = (more: object, condition: object) =>
  new Ajv2020().compile<Book>({ type: 'object', required: ['isbn', 'title'], properties: { ...properties, main, ...more }, ...condition })

/**
 * Runs at a server that takes an ISBN once, and one main book.
 * @param refusal its status for what is there already
 * @param conflicts books that it calls a conflict, whatever is there
 * @param more members that a book may have
 * @param condition what is asked of a book besides
 */
async function runAt(refusal: number, conflicts: (book: Book) => boolean = () => false, more: object = {}, condition: object = {}) {
  const isBook = validatorOf(more, condition)
  const known = new Set<string>()
  let hasMain = false
  const answerTo = (text: string): readonly [number, object] => {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return [400, { message: 'no JSON' }]
    }
    if (!isBook(value)) return [400, { message: 'no book' }]
    if (known.has(value.isbn) || (hasMain && value.main) || conflicts(value)) return [refusal, { message: 'there is such a book' }]
    known.add(value.isbn)
    hasMain ||= value.main === true
    const { isbn, title, main, kind, pages } = value
    return [201, { isbn, title, main, kind, pages, id: known.size }]
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const isHere = request.method === 'POST' && request.url === '/books'
    const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '')
    const [status, body] = isHere ? (isJson ? answerTo(Buffer.concat(chunks).toString()) : [415, {}]) : [404, {}]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  const spec = join(folder(), 'books.json')
  writeFileSync(spec, JSON.stringify(documentOf(refusal, more, condition)))
  const report = await run({ spec, target: `http://127.0.0.1:${await listen(server)}`, seed: 1, maxRequests: 2000 })
  return { report, titles: report.findings.map(({ title }) => title) }
}

describe.each([409, 422, 400])('a conflict is told by %s', (refusal) => {
  test('what has to be unique is, so that all is tested', async () => {
    const { report, titles } = await runAt(refusal)
    expect(titles).toEqual([])
    expect(report.exitCode).toBe(0)
    const untested = report.rules.filter(({ result }) => result !== 'kept').map(({ id }) => id)
    // Each of its values can be there once only.
    expect(untested.filter((id) => !id.startsWith('body.isbn:'))).toEqual([])
  })

  test('a value that never gets through is no conflict', async () => {
    const { titles } = await runAt(refusal, ({ title }) => title.length > 40)
    expect(titles).toEqual([
      expect.stringMatching(new RegExp(`^a request with body\\.title = "[^"]{41}" is valid, but was refused with ${refusal}$`)),
    ])
  })

  test('what there may be one of at a time is a conflict', async () => {
    const { report, titles } = await runAt(refusal, () => false, { main })
    expect([report.exitCode, titles]).toEqual([0, []])
  })
})

test('so it is where members depend on each other', async () => {
  const kind = { enum: ['paper', 'audio', 'film', 'game'] }
  const pages = { type: 'integer', minimum: 1 }
  const isPaper = { properties: { kind: { const: 'paper' } } }
  // biome-ignore lint/suspicious/noThenProperty: the keyword
  const condition = { required: ['isbn', 'title', 'kind'], if: isPaper, then: { required: ['pages'] } }
  const { report, titles } = await runAt(422, () => false, { kind, pages }, condition)
  expect(titles).toEqual([])
  expect(report.rules.find(({ id }) => id === 'body:required:then')).toMatchObject({ result: 'kept' })
})

test('a target that refuses now and then is not taken for one that tells of conflicts', async () => {
  for (const every of [2, 3, 5]) {
    let count = 0
    const { titles } = await runAt(422, () => ++count % every === 0)
    expect(titles).toEqual([expect.stringContaining('is valid, but was refused with 422')])
  }
})

test('each further try is another request, bodies that are sent as a whole too', async () => {
  const tried: string[] = []
  const same: string[] = []
  let count = 0
  const server = await startReference({
    document: await loadDocument(),
    hooks: [
      {
        validate: (next) => (value, call) => {
          const problems = next(value, call)
          if (problems.length > 0) return problems
          if (call.body.toString() === tried.at(-1)) same.push(call.body.toString())
          tried.push(call.body.toString())
          return ++count % 3 === 0 ? problems : [{ place: 'body', keyword: 'busy', message: 'busy' }]
        },
        refuse: (next) => (problems, call) =>
          problems[0]?.keyword === 'busy' ? errorReply(409, 'ASM.01010411', 'Busy') : next(problems, call),
      },
    ],
  })
  await run({ target: server.url, seed: 1, rules: ['body:valid:*', 'request:valid'], concurrency: 1, maxRequests: 200 })
  await server.close()
  expect(tried.length).toBeGreaterThan(100)
  expect(same).toEqual([])
})
