import type { Failure } from '../core/finding'
import type { RuleInfo } from '../core/rule'
import { causesOf } from './findings'

const members = ['body.description', 'body.name', 'body.spec.id', 'body.spec.ip', 'body.spec.port']
const variants = ['null', 'number', 'array', 'object']
const rules: RuleInfo[] = members.flatMap((place) => [
  ...variants.map(
    (variant): RuleInfo => ({
      id: `${place}:type:${variant}`,
      operation: 'op',
      zone: 'reject',
      place,
      keyword: 'type',
      variant,
      promise: '',
      owes: { success: 'forbidden', clientError: 'documented' },
    }),
  ),
  {
    id: `${place}:required`,
    operation: 'op',
    zone: 'reject',
    place,
    keyword: 'required',
    promise: '',
    owes: { success: 'forbidden', clientError: 'documented' },
  },
])
const tried = rules.map((rule) => ({ rule, judged: 3 }))
const failure = (kind: string, extra: Partial<Failure> = {}): Failure => ({
  check: 'status',
  kind,
  place: 'answer.status',
  message: kind,
  severity: 'serious',
  ...extra,
})
const failing = (wanted: (rule: RuleInfo) => boolean, what = failure('accepted')) =>
  rules.filter(wanted).map((rule) => ({ rule, failure: what, count: 3 }))

test('a failure of one rule is a cause at its place', () => {
  const causes = causesOf(
    failing(({ id }) => id === 'body.spec.port:type:null'),
    tried,
  )
  expect(causes.map(({ place }) => place)).toEqual(['body.spec.port'])
})

test('all rules of one member are one cause', () => {
  expect(
    causesOf(
      failing(({ place }) => place === 'body.name'),
      tried,
    ).map(({ place }) => place),
  ).toEqual(['body.name'])
})

test('one kind of value at every member is one cause', () => {
  const causes = causesOf(
    failing(({ variant }) => variant === 'null'),
    tried,
  )
  expect(causes).toHaveLength(1)
  expect(causes[0]?.common).toContain('null')
})

test('one kind of value at three members of many is one cause', () => {
  const causes = causesOf(
    failing(({ variant, place }) => variant === 'null' && ['body.description', 'body.name', 'body.spec.ip'].includes(place)),
    tried,
  )
  expect(causes).toHaveLength(1)
})

test('a part of the request whose members all fail is one cause', () => {
  const causes = causesOf(
    failing(({ place }) => place.startsWith('body.spec')),
    tried,
  )
  expect(causes.map(({ place }) => place)).toEqual(['body.spec'])
})

test('failures of every rule are one cause', () => {
  expect(
    causesOf(
      failing(() => true, failure('status:422')),
      tried,
    ),
  ).toHaveLength(1)
})

test('two members with nothing else in common are two causes', () => {
  const causes = causesOf(
    failing(({ id }) => id === 'body.name:type:null' || id === 'body.spec.port:type:array'),
    tried,
  )
  expect(causes.map(({ place }) => place).sort()).toEqual(['body.name', 'body.spec.port'])
})

test('other kinds of failure are other causes', () => {
  const causes = causesOf(
    [...failing(({ id }) => id === 'body.name:required'), ...failing(({ id }) => id === 'body.name:type:null', failure('status:500'))],
    tried,
  )
  expect(causes).toHaveLength(2)
})

test('a fault of the answer is one cause, whatever was sent', () => {
  const missing = failure('missing', { check: 'shape', place: 'answer.body.metadata.uid', anywhere: true })
  const type = failure('type', { check: 'shape', place: 'answer.body.metadata.uid', anywhere: true })
  const causes = causesOf(
    [...failing(({ place }) => place === 'body.name', missing), ...failing(({ place }) => place === 'body.spec.ip', type)],
    tried,
  )
  expect(causes.map(({ place }) => place)).toEqual(['answer.body.metadata.uid'])
})

test('crashes of several operations are told apart, unless their plain requests crash alike', () => {
  const crash = (received: string) => failure('status:500', { check: 'server-error', received })
  const of = (operation: string, place: string, received: string, keyword = 'type') => ({
    rule: {
      ...(rules[0] as RuleInfo),
      id: `${operation} ${place}`,
      operation,
      place,
      keyword,
      zone: place === 'request' ? 'accept' : 'reject',
    } as RuleInfo,
    failure: crash(received),
    count: 1,
  })
  const causes = (buckets: readonly ReturnType<typeof of>[]) =>
    causesOf(buckets, [...tried, ...buckets.map(({ rule }) => ({ rule, judged: 3 }))]).map(({ buckets: own }) =>
      own.map(({ rule }) => rule.operation),
    )
  const all = ['a', 'b', 'c', 'd']
  // One way to read the body, or one router, is behind them.
  expect(causes(all.map((op) => of(op, 'body.name', '500 "oops"')))).toEqual([all])
  expect(causes(all.map((op) => of(op, 'request', '500 "no database"')))).toEqual([all])
  expect(causes([of('a', 'request', '500 "no stream"'), of('b', 'request', '500 "no stream"')])).toEqual([['a'], ['b']])
  expect(causes([of('a', 'body.name', '500 "no stream"'), of('b', 'body.name', '500 "no cluster"')])).toEqual([['a'], ['b']])
  expect(
    causes(['x', 'y', 'z'].flatMap((member) => [of('a', `body.${member}`, '500'), of('b', `query.${member}`, '500', 'enum')])),
  ).toEqual([
    ['a', 'a', 'a'],
    ['b', 'b', 'b'],
  ])
})

test('each operation and each member of its answers is a cause of its own; what fails alike at three of them is one', () => {
  const of = (operation: string, place: string) => ({
    rule: { ...(rules[0] as RuleInfo), id: `${operation} ${place}`, operation },
    failure: failure('null', { check: 'shape', place: `answer.body.${place}`, anywhere: true }),
    count: 1,
  })
  const causes = (...buckets: readonly ReturnType<typeof of>[]) => causesOf(buckets, []).map(({ place, common }) => [place, common])
  expect(causes(of('find', 'tax'), of('list', '[].tax'))).toEqual([
    ['answer.body.tax', undefined],
    ['answer.body.[].tax', undefined],
  ])
  expect(causes(of('find', 'tax'), of('other', 'tax'))).toHaveLength(2)
  expect(causes(of('find', 'tax'), of('find', 'price'))).toHaveLength(2)
  // A check that sees several at once tells them at what holds them.
  expect(causes(of('find', 'a'), of('find', 'a.tax'))).toEqual([['answer.body.a', undefined]])
  expect(causes(of('find', 'a.tax'), of('find', 'a.net'), of('find', 'a.vat'))).toEqual([
    ['answer.body.a', 'at answer.body.a.net, answer.body.a.tax, answer.body.a.vat'],
  ])
})

test('a member taken wrongly by two operations is a cause of each, a target that goes down one of all', () => {
  const of = (operation: string, what: Failure) => ({
    rule: { ...(rules[0] as RuleInfo), id: `${operation} body.name`, operation },
    failure: what,
    count: 1,
  })
  const amount = (what: Failure) => causesOf([of('a', what), of('b', what)], []).length
  expect(amount(failure('accepted'))).toBe(2)
  expect(amount(failure('gone', { check: 'no-fault', place: 'answer', anywhere: true }))).toBe(1)
})
