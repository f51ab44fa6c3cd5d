import { join } from 'node:path'
import { type RuleSet, ruleSets } from '../generators/rules'
import { createDocument, loadDocument } from '../specs/load'
import { parseText } from '../specs/parse'
import { makePlan } from './plan'

let sets: readonly RuleSet[]
beforeAll(async () => {
  sets = ruleSets(await loadDocument({}), { seed: 3 })
})

const told = (maxRequests: number, seed = 3) => makePlan(sets, { seed, maxRequests })
const line = (plan: ReturnType<typeof makePlan>) =>
  [...plan.items].map((item) => item.cases.map(({ rule, index, fresh }) => `${rule.id} ${index} ${fresh}`).join())

test('the default budget holds every fixed case', () => {
  const plan = told(3000)
  expect(plan.cases).toBeLessThanOrEqual(3000)
  const sent = new Set([...plan.items].flatMap((item) => item.cases).map(({ rule, index }) => `${rule.id} ${index}`))
  const missing = sets
    .flatMap(({ rules }) => rules.flatMap((rule) => rule.fixed.map((_, index) => `${rule.id} ${index}`)))
    .filter((name) => !sent.has(name))
  expect(missing).toEqual([])
})

test('a plan counts the cases that it gives, where some take two requests too', async () => {
  const spec = join(__dirname, '..', 'test', 'small-documents', '01-things.yaml')
  const things = ruleSets(await loadDocument({ spec }), { seed: 3 })
  expect(things.flatMap(({ rules }) => rules).some(({ requests = 1, weight }) => requests > 1 && weight > 0)).toBe(true)
  for (const maxRequests of [300, 3000, 8000]) {
    const plan = makePlan(things, { seed: 3, maxRequests })
    expect([maxRequests, plan.cases]).toEqual([maxRequests, [...plan.items].reduce((sum, { cases }) => sum + cases.length, 0)])
  }
})

test('a small budget still reaches every rule first', () => {
  const rules = sets.flatMap((set) => set.rules)
  const plan = told(rules.length * 2)
  const ids = [...plan.items].map((item) => item.cases.map(({ rule }) => rule.id))
  const isLarge = (id: string) => id.includes(':size:')
  expect(new Set(ids.slice(0, rules.length + 60).flat()).size).toBe(rules.filter(({ id }) => !isLarge(id)).length)
  expect(new Set(ids.flat()).size).toBe(rules.length)
  // What they leave behind slows no other.
  expect(
    ids
      .slice(
        0,
        ids.findIndex((own) => own.some(isLarge)),
      )
      .flat().length,
  ).toBeGreaterThan(plan.cases - 30)
})

test('the plan depends on the seed alone', () => {
  expect(line(told(3000))).toEqual(line(told(3000)))
  expect(line(told(3000))).not.toEqual(line(told(3000, 4)))
})

test('about 700 of 3,000 requests go over fresh connections', () => {
  const fresh = [...told(3000).items].flatMap((item) => item.cases).filter((planned) => planned.fresh).length
  expect(fresh).toBeGreaterThan(600)
  expect(fresh).toBeLessThan(800)
})

test('the number of cases grows with the budget', () => {
  expect(told(10_000).cases).toBeGreaterThan(8000)
})

describe('several operations', () => {
  const schema = { type: 'object', required: ['a'], properties: { a: { type: 'string', maxLength: 9 }, b: { type: 'integer' } } }
  const responses = { 200: { description: 'done' }, 400: { description: 'refused' } }
  const post = (operationId: string) => ({ post: { operationId, requestBody: { content: { 'application/json': { schema } } }, responses } })
  const paths = { '/a': post('a'), '/b': post('b'), '/c': { get: { operationId: 'c', responses } } }
  const document = createDocument(parseText(JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths }), 'api.json'))
  const all = ruleSets(document, { seed: 1 })
  const tally = (maxRequests: number) => {
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 }
    for (const { cases } of makePlan(all, { seed: 1, maxRequests }).items)
      for (const { set } of cases) counts[set.subject.id] = (counts[set.subject.id] ?? 0) + 1
    return counts as { a: number; b: number; c: number }
  }

  test('share the budget; what one has no use for goes to the others', () => {
    const { a, b, c } = tally(600)
    expect(Math.abs(a - b)).toBeLessThanOrEqual(10)
    expect(a + b + c).toBeGreaterThan(540)
    expect(c).toBeLessThan(a)
    expect(c).toBeGreaterThan(10)
  })

  test('are each reached by a valid request, however small the budget is', () => {
    expect(tally(4)).toEqual({ a: 1, b: 1, c: 1 })
    for (const { cases } of makePlan(all, { seed: 1, maxRequests: 4 }).items) expect(cases[0]?.rule.id).toMatch(/^[abc] request:valid$/)
  })

  test('of many rules as many are derived as are asked for', () => {
    const few = ruleSets(document, { seed: 1, most: 6 })
    expect(few.map(({ rules }) => rules.length)).toEqual([6, 6, 6])
    expect(few.map(({ rules }) => rules[0]?.id)).toEqual(['a request:valid', 'b request:valid', 'c request:valid'])
    expect(few[0]?.rules.some(({ zone }) => zone === 'reject')).toBe(true)
    const ids = new Set(all.flatMap(({ rules }) => rules.map(({ id }) => id)))
    expect(few.flatMap(({ rules }) => rules.map(({ id }) => id)).filter((id) => !ids.has(id))).toEqual([])
  })
})
