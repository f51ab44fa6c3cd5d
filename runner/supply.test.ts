import type { Case } from '../core/case'
import type { Exchange } from '../core/exchange'
import { dependencesOf } from '../generators/dependences/dependence'
import { idsWanted } from '../generators/dependences/references'
import { type RuleSet, ruleSets } from '../generators/rules'
import { plainRule } from '../generators/sequences'
import { createDocument } from '../specs/load'
import { parseText } from '../specs/parse'
import { createSupply } from './supply'

const id = { type: 'string' }
const json = (properties: object) => ({ content: { 'application/json': { schema: { type: 'object', properties } } } })
const made = { responses: { 201: { description: 'made', ...json({ id }) } } }
const by = (name: string) => ({ parameters: [{ name, in: 'path', required: true, schema: id }], responses: { 200: { description: 'ok' } } })
const paths = {
  '/payments': { post: { operationId: 'pay', ...made } },
  '/payments/{id}': { get: { operationId: 'find', ...by('id') } },
  '/payments/{paymentId}/refunds': { post: { operationId: 'refund', ...by('paymentId') } },
  '/transfers': {
    post: {
      operationId: 'transfer',
      requestBody: json({
        fromPaymentId: id,
        toPaymentId: id,
        more: { type: 'array', items: { type: 'object', properties: { paymentId: id } } },
      }),
      ...made,
    },
  },
}
const document = createDocument(parseText(JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths }), 'api.json'))
const sets = ruleSets(document, { seed: 3 })
const setOf = (operation: string) => sets.find(({ subject }) => subject.id === operation) as RuleSet

const exchange = (of: Case, ordinal: number, status: number, body: object = {}): Exchange => ({
  case: of,
  ordinal,
  sentAt: 0,
  seconds: 0,
  freshConnection: false,
  answer: { status, statusText: '', headers: [], body: Buffer.from(JSON.stringify(body)), cut: false },
})

/** A supply from a target that counts what it makes. */
function start() {
  let count = 0
  const supply = createSupply({
    dependences: dependencesOf(document),
    references: idsWanted(document),
    sets,
    pinned: new Set(),
    send: async (of) => exchange(of, ++count, 201, { id: `p${count}` }),
  })
  const plain = (set: RuleSet) => set.build(plainRule(set), 0)
  const ids = (operation: string) => supply.for(setOf(operation), plain(setOf(operation)), 0)
  async function answered(operation: string, status: number, learnt?: Readonly<Record<string, string>>): Promise<void> {
    supply.answered(exchange({ ...plain(setOf(operation)), learnt: learnt ?? (await ids(operation)) ?? {} }, 99, status))
  }
  const lacks = (body: object, learnt?: Readonly<Record<string, string>>) => {
    const made = plain(setOf('transfer'))
    const request = { ...made.request, body: Buffer.from(JSON.stringify(body)) }
    return supply.lacks(setOf('transfer'), { ...made, request, ...(learnt ? { learnt } : {}) })
  }
  return { ids, answered, lacks }
}

test('each role in a body gets a thing of its own', async () => {
  expect(Object.values((await start().ids('transfer')) ?? {})).toEqual(['p1', 'p2', 'p3'])
})

test('what is there serves all, under the name that each has for it', async () => {
  const { ids } = start()
  expect([await ids('find'), await ids('refund'), await ids('find')]).toEqual([{ id: 'p1' }, { paymentId: 'p1' }, { id: 'p1' }])
})

test.each([404, 409])('after a %d another is made, whoever else was given the one before, and once', async (status) => {
  const { ids, answered } = start()
  const before = await ids('refund')
  await ids('find')
  await answered('refund', status, before)
  expect(await ids('find')).toEqual({ id: 'p2' })
  // A late answer about the one before says nothing of the new one.
  await answered('refund', status, before)
  expect(await ids('refund')).toEqual({ paymentId: 'p2' })
})

test('a conflict that stays is one of the target, not of the thing', async () => {
  const { ids, answered } = start()
  for (let i = 0; i < 100; i++) await answered('refund', 409)
  expect(await ids('refund')).toEqual({ paymentId: 'p65' })
})

test('what names a thing that was not learnt lacks it, wherever it does', () => {
  const { lacks } = start()
  expect(lacks({ fromPaymentId: 'x' })).toBe('body.fromPaymentId')
  expect(lacks({ fromPaymentId: 'x' }, { 'body.fromPaymentId': 'x' })).toBeUndefined()
  expect(lacks({ more: [{}, { paymentId: 'x' }] })).toBe('body.more.[].paymentId')
  expect(lacks({ fromPaymentId: null, more: [] })).toBeUndefined()
})
