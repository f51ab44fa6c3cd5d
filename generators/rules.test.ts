import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import type { Case } from '../core/case'
import type { ApiDocument } from '../core/operation'
import { loadDocument } from '../specs/load'
import type { Rule } from './rule'
import { type RuleSet, ruleSets } from './rules'
import { smaller } from './smaller'

let document: ApiDocument
let set: RuleSet
const drawnEach = 15

beforeAll(async () => {
  document = await loadDocument({})
  set = ruleSets(document, { seed: 7 })[0] as RuleSet
})

/** A validator of the test's own, so that the generators' guard is not its own judge. */
function bodyValidator(which: 'documented' | 'assumed') {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const root = document[which] as Record<string, unknown>
  ajv.addSchema({ $id: 'doc', ...root })
  return ajv.compile({ $ref: 'doc#/paths/~1v2~1meshes~1{mesh_id}~1workshops/post/requestBody/content/application~1json/schema' })
}

const cases = (rule: Rule): Case[] => Array.from({ length: rule.fixed.length + (rule.drawn ? drawnEach : 0) }, (_, i) => set.build(rule, i))
const json = (made: Case): unknown => JSON.parse(made.request.body?.toString('utf8') ?? '')

test('every accept body is valid under the assumptions', () => {
  const valid = bodyValidator('assumed')
  const rules = set.rules.filter(({ zone }) => zone === 'accept')
  expect(rules.length).toBeGreaterThan(10)
  for (const rule of rules)
    for (const made of cases(rule)) {
      if (!valid(json(made))) throw new Error(`${rule.id} #${made.index}: ${made.request.body} ${JSON.stringify(valid.errors)}`)
    }
})

test('every reject body breaks the documented schema at the place and in the keyword that its rule names, and nowhere else', () => {
  const valid = bodyValidator('documented')
  const rules = set.rules.filter(({ zone, place, keyword }) => zone === 'reject' && place.startsWith('body') && keyword !== 'malformed')
  expect(rules.length).toBeGreaterThan(80)
  for (const rule of rules)
    for (const made of cases(rule)) {
      expect(valid(json(made))).toBe(false)
      if (rule.keyword === 'several') {
        expect(new Set(valid.errors?.map((error) => JSON.stringify([error.instancePath, error.params]))).size).toBeGreaterThan(1)
        continue
      }
      const own = rule.place.split('.').slice(1)
      const at = rule.keyword === 'required' && rule.variant !== 'empty' ? own.slice(0, -1) : own
      for (const { instancePath, keyword } of valid.errors ?? []) {
        expect({ rule: rule.id, at: instancePath }).toEqual({ rule: rule.id, at: at.map((part) => `/${part}`).join('') })
        expect(keyword).toBe(rule.keyword)
      }
    }
})

test('what is smaller and still of its zone keeps the promise of the zone', () => {
  const documented = bodyValidator('documented')
  const assumed = bodyValidator('assumed')
  let tried = 0
  for (const rule of set.rules.filter(({ place, keyword }) => place.startsWith('body') && keyword !== 'malformed')) {
    const made = set.build(rule, rule.fixed.length + 1)
    for (const changes of smaller(made.changes)) {
      const shrunk = set.build(rule, 0, { changes, attempt: 9 })
      if (!rule.holds(shrunk.request)) continue
      tried++
      if (rule.zone === 'accept') expect(assumed(json(shrunk))).toBe(true)
      if (rule.zone === 'reject') expect(documented(json(shrunk))).toBe(false)
    }
  }
  expect(tried).toBeGreaterThan(50)
})

test('an Accept of the user is left alone, and none of his headers is part of a case', () => {
  const given = [
    ['Accept', 'application/vnd.mesh.v2+json'],
    ['X-Key', 's3cret-of-mine'],
  ] as const
  const own = ruleSets(document, { seed: 7, headers: given })[0] as RuleSet
  expect(set.rules.map(({ id }) => id)).toContain('request:valid:accept-header')
  expect(own.rules.map(({ id }) => id)).not.toContain('request:valid:accept-header')
  const moved = own.rules.find(({ id }) => id === 'request:valid:header-order') as Rule
  const { request, changes } = own.build(moved, 0)
  expect(request.headers.at(-1)).toEqual(['Content-Type', 'application/json'])
  expect(JSON.stringify(changes)).not.toContain('s3cret')
})

test('malformed bodies are no JSON', () => {
  const rules = set.rules.filter(({ keyword }) => keyword === 'malformed')
  expect(rules.length).toBeGreaterThanOrEqual(12)
  for (const rule of rules) for (const made of cases(rule)) expect(() => json(made)).toThrow(SyntaxError)
})

test('the same seed gives the same bytes, another seed others', () => {
  const bytes = (of: RuleSet) =>
    of.rules.flatMap((rule) => [0, rule.fixed.length + 2].map((i) => JSON.stringify(of.build(rule, i).request)))
  const again = ruleSets(document, { seed: 7 })[0] as RuleSet
  const other = ruleSets(document, { seed: 8 })[0] as RuleSet
  expect(bytes(again)).toEqual(bytes(set))
  expect(bytes(other)).not.toEqual(bytes(set))
})

test('names are unique over cases and attempts, but where equal payloads are sent on purpose', () => {
  const seen = new Map<string, string>()
  for (const rule of set.rules.filter(({ place }) => place !== 'body.metadata.name')) {
    for (let index = 0; index < rule.fixed.length; index++)
      for (const attempt of [0, 1, 10]) {
        const made = set.build(rule, index, { attempt, changes: [] })
        const { name } = (json(made) as { metadata: { name: string } }).metadata
        const from = `${rule.id} ${rule.fixed[index]?.sameName ?? index} ${attempt}`
        expect(seen.get(name) ?? from).toBe(from)
        seen.set(name, from)
      }
  }
})

test('every run sends the edges, powers of two and well-known values of a member', () => {
  const rule = set.rules.find(({ id }) => id === 'body.spec.ingress.port:valid') as Rule
  const ports = rule.fixed.map((_, i) => (json(set.build(rule, i)) as { spec: { ingress: { port: number } } }).spec.ingress.port)
  expect(ports).toEqual(expect.arrayContaining([1, 2, 65534, 65535, 32767, 32768, 255, 256, 80, 443, 8080]))
  const names = set.rules.find(({ id }) => id === 'body.metadata.name:valid') as Rule
  const all = names.fixed.map((_, i) => (json(set.build(names, i)) as { metadata: { name: string } }).metadata.name)
  expect(all).toEqual(expect.arrayContaining([expect.stringMatching(/^.{63}$/), expect.stringMatching(/^.$/)]))
  for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789') {
    expect(all.some((name) => name.startsWith(character))).toBe(true)
    expect(all.some((name) => name.endsWith(character))).toBe(true)
    expect(all.some((name) => name.slice(1, -1).includes(character))).toBe(true)
  }
  expect(all.some((name) => name.slice(1, -1).includes('-'))).toBe(true)
})

test('rule ids are unique', () => {
  const ids = set.rules.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('odd tokens are owed a refusal where a real one is known and mandatory', async () => {
  const zone = (of: ApiDocument, token?: string) =>
    ruleSets(of, { seed: 1, ...(token ? { token } : {}) })[0]?.rules.find(
      ({ id }) => id.endsWith('header.X-Key:odd') || id === 'header.X-Auth-Token:odd',
    )?.zone
  expect([zone(document), zone(document, 'real-token-0123456789')]).toEqual(['either', 'reject'])
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'api.json')
  const secured = (security: unknown) => ({
    openapi: '3.0.3',
    info: { title: 'Keys', version: '1' },
    components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
    paths: { '/a': { get: { operationId: 'a', security, responses: { 200: { description: 'a' } } } } },
  })
  for (const [security, owed] of [
    [[{ key: [] }], 'reject'],
    [[{}, { key: [] }], 'either'],
  ]) {
    writeFileSync(file, JSON.stringify(secured(security)))
    const given = { named: () => false, spare: () => true }
    expect(zone(await loadDocument({ spec: file, given }), 'real-token-0123456789')).toBe(owed)
  }
})

test('a garbage token is sent only beside a real one', () => {
  const garbage = (token?: string) =>
    ruleSets(document, { seed: 1, ...(token ? { token } : {}) })[0]?.rules.filter(({ keyword }) => keyword === 'garbage')
  expect(garbage()).toEqual([])
  expect(garbage('real-token-0123456789')).toHaveLength(1)
})

test('a method is tried at a path unless the document gives it to that path, or to a template that the path fits', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-rules-')), 'keys.json')
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }
  const responses = { 200: { description: '' } }
  const paths = {
    '/keys/own': { get: { operationId: 'own', responses } },
    '/keys/{id}': { delete: { operationId: 'remove', parameters: [id], responses } },
    '/keys': { put: { operationId: 'all', responses } },
  }
  writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title: 'Keys', version: '1' }, paths }))
  const sets = ruleSets(await loadDocument({ spec: file }), { seed: 1, methods: ['GET', 'PUT', 'DELETE'] })
  const tried = (operation: string) =>
    sets
      .find(({ subject }) => subject.id === operation)
      ?.rules.filter(({ keyword, variant }) => keyword === 'method' && /^(GET|PUT|DELETE)$/.test(variant ?? ''))
      .map(({ variant }) => variant)
      .sort()
  expect([tried('own'), tried('remove'), tried('all')]).toEqual([['PUT'], ['GET', 'PUT'], ['DELETE', 'GET']])
})
