import type { Failure } from '../core/finding'
import { type Cause, type Investigated, lookInto, unexplained } from './causes'
import type { Rules } from './record'

const found = (kind: string, flaky = false) => ({
  failure: { check: 'c', kind, place: 'p', message: kind, severity: 'serious' } as Failure,
  flaky,
})

const lead = { rule: {}, exchange: { case: { changes: [], request: { target: '/' } } } }

test('what another finding explains is left out', () => {
  const [a, b] = [found('a'), found('b')]
  expect(unexplained([a, b], (cause, other) => cause === a && other === b)).toEqual([a])
})

test('of two that explain each other one is told', () => {
  expect(unexplained([found('a'), found('b'), found('c')], () => true)).toHaveLength(1)
})

test('nothing is explained by what is itself left out', () => {
  const [a, b, c] = [found('a'), found('b'), found('c')]
  expect(unexplained([a, b, c], (cause, other) => (cause === a && other === b) || (cause === b && other === c))).toEqual([a, c])
})

test('what now and then hits rules that have something in common is put down to no place', async () => {
  const cause = { buckets: [], place: 'body.spec', common: 'valid at body.spec.a, body.spec.b' } as Cause<Rules>
  const told = (flaky: boolean) =>
    lookInto<Rules>(
      [cause],
      {
        confirm: async () => ({ ...cause, ...found('a', flaky), count: 3, outOf: 90, lead, changes: [] }) as unknown as Investigated<Rules>,
        smallest: async (one) => one,
        hasBefore: () => false,
        judged: 1000,
      },
      () => false,
    )
  expect((await told(true)).map(({ place }) => place)).toEqual(['request'])
  expect((await told(false)).map(({ place }) => place)).toEqual(['body.spec'])
})

test.each([
  [1, 4, 'request'],
  [3, 300, 'request'],
  [2, 7, 'body.port'],
  [12, 300, 'body.port'],
])('what now and then hits %d of %d cases at one place, of 1000 in all, is put down to %s', async (count, outOf, place) => {
  const cause = { buckets: [], place: 'body.port' } as Cause<Rules>
  const [told] = await lookInto<Rules>(
    [cause],
    {
      confirm: async () => ({ ...cause, ...found('a', true), count, outOf, lead, changes: [] }) as unknown as Investigated<Rules>,
      smallest: async (one) => one,
      hasBefore: () => false,
      judged: 1000,
    },
    () => false,
  )
  expect(told?.place).toBe(place)
})

test('where the target is gone, all that was under way is named, and what cannot be decoded is shown', async () => {
  const fault = (kind: string, zone: string, target: string) => {
    const failure = { ...found(kind).failure, check: 'no-fault' }
    const exchange = { sentAt: target === '/long-ago/%' ? 0 : 100_000, case: { zone, changes: [], request: { target } } }
    const buckets = [{ rule: { owes: {} }, failure, count: 2 }]
    return { ...cause, buckets, failure, flaky: kind !== 'gone', exchange, lead: { ...lead, exchange }, changes: [], count: 2, outOf: 9 }
  }
  const cause = { buckets: [], place: 'request' } as Cause<Rules>
  const faults = [
    fault('gone', 'either', '/late'),
    fault('dropped', 'either', '/long-ago/%'),
    fault('dropped', 'accept', '/%zz'),
    fault('dropped', 'either', '/odd'),
  ]
  const [told, ...others] = await lookInto<Rules>(
    faults.map(() => cause),
    {
      confirm: async () => faults.shift() as unknown as Investigated<Rules>,
      smallest: async (one) => one,
      hasBefore: () => false,
      judged: 1000,
    },
    ({ failure }, other) => failure.kind === 'gone' && other.failure.kind === 'dropped',
  )
  expect(others).toEqual([])
  expect(told?.failure.message).toBe('gone; of the 4 requests under way, the one shown is the likeliest to have done it')
  expect(told).toMatchObject({ exchange: { case: { request: { target: '/%zz' } } }, count: 4, outOf: 9 })
})
