import { caseOfNoRule } from '../core/case'
import type { Answer, Fault } from '../core/exchange'
import { createDeadline } from './deadline'
import { createResends, type Learnt, retryAfter } from './resend'

const answer = (status: number, headers: Record<string, string>, body = ''): Answer => ({
  status,
  statusText: '',
  headers: Object.entries(headers),
  body: Buffer.from(body),
  cut: false,
})

test.each([
  [{}, undefined],
  [{ 'Retry-After': '2' }, 2000],
  [{ 'retry-after': ' 0 ' }, undefined],
  [{ 'Retry-After': '3600' }, 300_000],
  [{ 'Retry-After': '1.5' }, 1500],
  [{ 'Retry-After': '-1' }, undefined],
  [{ 'Retry-After': 'soon' }, undefined],
  [{ 'Retry-After': 'Thu, 01 Jan 1970 00:00:05 GMT' }, 4000],
  [{ 'Retry-After': 'Thu, 01 Jan 1970 00:00:05 GMT', Date: 'Thu, 01 Jan 1970 00:00:03 GMT' }, 2000],
  [{ 'Retry-After': 'Thu, 01 Jan 1970 00:00:05 GMT', Date: 'Thu, 01 Jan 1970 00:00:09 GMT' }, undefined],
])('Retry-After in %j asks for %s ms', (headers, milliseconds) => {
  expect(retryAfter(answer(429, headers as Record<string, string>), 1000)).toBe(milliseconds)
})

describe('a target that goes down', () => {
  const learnt = (): Learnt => ({
    deadline: createDeadline(10),
    answered: true,
    accepted: true,
    gone: false,
    conflictsPassed: 0,
    conflictsStayed: new Map(),
    repeated: new Map(),
    served: 1,
    singledOut: new Map(),
  })
  const failed = (kind: Fault['kind'], freshConnection: boolean) => ({
    fault: { kind, message: '', partial: false },
    sentAt: 0,
    seconds: 0,
    freshConnection,
  })
  /** What becomes of a case whose connection is closed or not, and that then reaches nobody. */
  function outcome(wasClosed: boolean) {
    const made = caseOfNoRule('find', 'any', { method: 'GET', target: '/', headers: [] })
    const next = createResends(
      made,
      learnt(),
      () => 0,
      () => false,
      false,
    )
    let step = next(wasClosed ? failed('closed', false) : failed('unreachable', true), 10)
    for (let tries = 0; step.again && tries < 20; tries++) step = next(failed('unreachable', true), 10)
    return step
  }
  test('took along what was under way', () => {
    expect(outcome(true)).toEqual({ again: false, asKept: true })
  })
  test('cannot be reached by what came later', () => {
    expect(outcome(false)).toEqual({ again: false })
  })
})
