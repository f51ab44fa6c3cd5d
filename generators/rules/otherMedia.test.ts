import { createDocument } from '../../specs/load'
import { parseText } from '../../specs/parse'
import type { Rule } from '../rule'
import { type RuleSet, ruleSets } from '../rules'

test('a further JSON media type with a schema of its own is sent, valid and broken', () => {
  const one = { type: 'object', required: ['op'], properties: { op: { enum: ['add', 'remove'] }, path: { type: 'string' } } }
  const content = {
    'application/merge-patch+json': { schema: { type: 'object', properties: { name: { type: 'string' } } } },
    'application/json': { schema: { type: 'object', properties: { name: { type: 'string' } } } },
    'application/json-patch+json': { schema: { type: 'array', items: one, minItems: 1 } },
  }
  const patch = { operationId: 'change', requestBody: { required: true, content }, responses: { 200: { description: 'ok' } } }
  const text = JSON.stringify({ openapi: '3.1.0', info: { title: 'Any', version: '1' }, paths: { '/things': { patch } } })
  const [set] = ruleSets(createDocument(parseText(text, 'api.json')), { seed: 2 }) as [RuleSet]
  const rules = set.rules.filter(({ id }) => id.includes(':application/json-patch+json') && !id.startsWith('header'))
  expect(rules.map(({ id, zone }) => `${zone} ${id.replace(':application/json-patch+json', '')}`)).toEqual([
    'either body:media',
    ...['body:type', 'body:minItems', 'body.[]:type', 'body.[]:required', 'body.[].op:enum', 'body.[].path:type'].map(
      (id) => `reject ${id}`,
    ),
  ])
  for (const rule of rules)
    for (const [index] of rule.fixed.entries()) {
      const { request } = set.build(rule, index)
      expect(request.headers.filter(([name]) => name === 'Content-Type')).toEqual([['Content-Type', 'application/json-patch+json']])
      const isValid = set.subject.schemas.documented.valid(content['application/json-patch+json'].schema, JSON.parse(String(request.body)))
      expect([rule.id, index, isValid]).toEqual([rule.id, index, rule.zone === 'either'])
    }
  const words = rules.find(({ id }) => id.startsWith('body.[].op:enum')) as Rule
  expect(JSON.parse(String(set.build(words, 0).request.body))[0].op).toBe('no-such-value')
})
