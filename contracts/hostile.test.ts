import fc from 'fast-check'
import { createDocument } from '../specs/load'
import { parseText } from '../specs/parse'
import { exchange, judgeWith, plainBody, successBody } from './fixtures'

/** Answers that are made to break their reader: whatever a target puts where, it is judged. */

const names = ['toString', 'valueOf', 'toJSON', '__proto__', 'constructor', 'hasOwnProperty', 'length', 'then', '']
const scalar = fc.constantFrom('', '\0', '\ud800', '0', 'NaN', ...names, -0, 1e21, 2 ** 53, true, null)
const { hostile } = fc.letrec<{ hostile: unknown }>((tie) => ({
  hostile: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('hostile'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom(...names), tie('hostile')), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
  ),
}))
const places = ['description', 'metadata', 'metadata.name', 'metadata.uid', 'metadata.creationTimestamp', 'spec', 'spec.ingress']
const others = ['spec.ingress.port', 'spec.ingress.elbIp', 'status', 'status.updateTime', 'errorCode']
const mark = 'a-place-of-its-own'

test('whatever stands at a place of an answer, it is judged', () => {
  fc.assert(
    fc.property(fc.constantFrom(...places, ...others), hostile, hostile, (place, first, second) => {
      const judge = judgeWith()
      for (const value of [first, second, first]) {
        const text = JSON.stringify(successBody(plainBody, { [place]: mark })).replace(JSON.stringify(mark), () => JSON.stringify(value))
        for (const status of [200, 400]) {
          const one = exchange({ answer: { status, text } })
          judge.remember(one)
          judge.judge(one)
        }
      }
      judge.finish()
    }),
    { numRuns: 300 },
  )
})

const thing = { type: 'object', properties: { id: {}, name: { type: 'string' }, files: {}, tags: { items: {} } } }
const json = { content: { 'application/json': { schema: thing } } }
const own = createDocument(
  parseText(
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'T', version: '1' },
      paths: { '/things': { post: { operationId: 'add', requestBody: json, responses: { 200: { description: '', ...json } } } } },
    }),
    'own.json',
  ),
)

test('the same for a document that lets an answer hold anything', () => {
  fc.assert(
    fc.property(hostile, hostile, (sent, answered) => {
      const judge = judgeWith({ document: own })
      const body = (value: unknown) =>
        `{"id":${JSON.stringify(value)},"name":"a","files":${JSON.stringify(value)},"tags":[${JSON.stringify(value)}]}`
      for (const value of [answered, sent, answered]) {
        const one = exchange({ case: { operation: 'add' }, sentText: body(sent), answer: { text: body(value) } })
        judge.remember(one)
        judge.judge(one)
      }
      judge.finish()
    }),
    { numRuns: 300 },
  )
})
