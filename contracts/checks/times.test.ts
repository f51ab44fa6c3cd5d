import { exchange, judged, judgeWith, now, plainBody, successBody, verdict } from '../fixtures'

const iso = (ms: number) => new Date(ms).toISOString()
const times = (created: string, updated = created, headers: readonly (readonly [string, string])[] = []) => ({
  body: successBody(plainBody, { 'metadata.creationTimestamp': created, 'status.updateTime': updated }),
  headers: [['Content-Type', 'application/json'] as const, ...headers],
})
const created = (kind: string) => `times ${kind} answer.body.metadata.creationTimestamp`
const updated = (kind: string) => `times ${kind} answer.body.status.updateTime`
const minute = 60_000
const hour = 60 * minute

describe('unparsable', () => {
  test.each([
    'now',
    'yesterday',
    '05/05/2026',
    '2026-13-05T10:20:30Z',
    ' ',
    'null',
    'Tue May 05 2026 10:20:30 GMT+0000 (Coordinated Universal Time)',
  ])('%j', (text) => {
    expect(verdict({ answer: times(text, iso(now)) })).toEqual([created('unparsable')])
    expect(verdict({ answer: times(iso(now), text) })).toEqual([updated('unparsable')])
  })
})

describe('near the present', () => {
  test.each<[string, string]>([
    ['to the second', '2026-05-05T10:20:30Z'],
    ['with an offset', '2026-05-05T18:20:30+08:00'],
    ['as HTTP has it', 'Tue, 05 May 2026 10:20:30 GMT'],
    ['seconds', String(Math.floor(now / 1000))],
    ['milliseconds', String(now)],
    ['nine minutes slow', iso(now - 9 * minute)],
    ['nine minutes fast', iso(now + 9 * minute)],
    ['without a zone, in Auckland', '2026-05-05 22:20:30'],
    ['without a zone, in Honolulu', '2026-05-05 00:20:30.4'],
    ['the minute alone', '2026-05-05T10:20Z'],
    ['the day alone', '2026-05-05'],
  ])('%s', (_, text) => {
    expect(verdict({ answer: times(text) })).toEqual([])
  })
  test.each<[string, string]>([
    ['eleven minutes slow', iso(now - 11 * minute)],
    ['eleven minutes fast', iso(now + 11 * minute)],
    ['1970', '1970-01-01T00:00:00Z'],
    ['no time at all', '0001-01-01T00:00:00Z'],
    ['local time that says UTC', '2026-05-05T18:20:30Z'],
    [
      'seconds taken for milliseconds',
      String(Math.floor(now / 1000))
        .padEnd(13, '0')
        .replace(/^1/, '2'),
    ],
    ['without a zone, fifteen hours away', '2026-05-06 01:31:30'],
    ['far ahead', '2099-01-01T00:00:00Z'],
    ['the day before yesterday', '2026-05-03'],
  ])('far from it: %s', (_, text) => {
    expect(verdict({ answer: times(text, text) })).toEqual([created('skew'), updated('skew')])
  })
  test('the Date header is as good as the local clock', () => {
    const server = now - 3 * hour
    const date = [['Date', new Date(server).toUTCString()]] as const
    expect(verdict({ answer: times(iso(server), iso(server), date) })).toEqual([])
    expect(verdict({ answer: times(iso(now), iso(now), date) })).toEqual([])
    expect(verdict({ answer: times(iso(now - hour), iso(now - hour), date) })).toHaveLength(2)
  })
  test('a slow answer holds a time between sending and receipt', () => {
    expect(verdict({ seconds: 3600, answer: times(iso(now + 30 * minute)) })).toEqual([])
    expect(verdict({ seconds: 3600, answer: times(iso(now + 60 * minute)) })).toEqual([])
    expect(verdict({ seconds: 3600, answer: times(iso(now + 80 * minute)) })).toHaveLength(2)
  })
  test('how far is a setting', () => {
    expect(verdict({ answer: times(iso(now - 11 * minute)) }, { settings: { clockSkewMinutes: 15 } })).toEqual([])
    expect(verdict({ answer: times(iso(now - 2 * minute)) }, { settings: { clockSkewMinutes: 1 } })).toHaveLength(2)
  })
  test('the message tells how far, the failure the docs', () => {
    expect(judged({ answer: times('2026-05-05T18:20:30Z', iso(now)) }).failures[0]).toMatchObject({
      message: expect.stringContaining('8.0 hours from the present'),
      docs: { line: expect.any(Number) },
      anywhere: true,
    })
  })
})

describe('order', () => {
  test.each<[string, string, string]>([
    ['the same', iso(now), iso(now)],
    ['later', iso(now), iso(now + 5)],
    ['cut to the second', iso(now), '2026-05-05T10:20:30Z'],
    ['filled up with zeros', iso(now), '2026-05-05T10:20:30.000Z'],
    ['to the minute', iso(now), '2026-05-05T10:20Z'],
    ['another offset', '2026-05-05T18:20:30+08:00', '2026-05-05T10:20:30Z'],
    ['seconds beside milliseconds', String(now), String(Math.floor(now / 1000))],
    ['without a zone, elsewhere', '2026-05-05T10:20:30Z', '2026-05-05 06:20:30'],
  ])('%s', (_, from, to) => {
    expect(verdict({ answer: times(from, to) })).toEqual([])
  })
  test.each<[string, string, string]>([
    ['a millisecond before', iso(now), iso(now - 1)],
    ['a second before', '2026-05-05T10:20:30Z', '2026-05-05T10:20:29Z'],
    ['a second before, at the coarser step', '2026-05-05T10:20:30.100Z', '2026-05-05T10:20:29Z'],
    ['an hour of offset too many', '2026-05-05T10:20:30Z', '2026-05-05T10:20:30+00:05'],
  ])('%s', (_, from, to) => {
    expect(verdict({ answer: times(from, to) })).toEqual([updated('order')])
  })
})

describe('over the run', () => {
  const start = now + 7
  /** Answers at these seconds, each with the text for its second. */
  const run = (seconds: readonly number[], text: (second: number) => string, updatedText = text) => {
    let clock = start
    const judge = judgeWith({ now: () => clock })
    for (const second of seconds) {
      clock = start + second * 1000
      judge.remember(exchange({ at: clock, answer: times(text(second), updatedText(second)) }))
    }
    return { judge, later: (more: number) => (clock += more * 1000) }
  }
  const stopped = () => iso(start)
  const running = (second: number) => iso(start + second * 1000)
  const kinds = (judge: ReturnType<typeof judgeWith>) =>
    judge
      .finish()
      .filter(({ failure }) => failure.check === 'times')
      .map(({ failure, count, outOf }) => [failure.kind, failure.place, count, outOf])

  test('a clock that stands still', () => {
    const { judge } = run([0, 2, 4, 6], stopped, running)
    expect(kinds(judge)).toEqual([['constant', 'answer.body.metadata.creationTimestamp', 4, 4]])
    expect(judge.wants).toBe(0)
    expect(judge.finish()[0]?.exchange.sentAt).toBe(start + 6000)
  })
  test('an update time alone that stands still', () => {
    expect(kinds(run([0, 6], running, stopped).judge)).toEqual([['constant', 'answer.body.status.updateTime', 2, 2]])
  })
  test('a clock that goes', () => {
    const { judge } = run([0, 2, 4, 6], running)
    expect(kinds(judge)).toEqual([])
    expect(judge.wants).toBe(0)
  })
  test('a quick run wants to go on until it can tell, and sends another', () => {
    const { judge, later } = run([0, 0.5, 1], stopped, running)
    expect(kinds(judge)).toEqual([])
    expect(judge.wants).toBeCloseTo(4)
    later(3)
    expect(judge.wants).toBeCloseTo(1)
    later(3)
    expect(judge.wants).toBeGreaterThan(0)
    judge.remember(exchange({ at: start + 7000, answer: times(stopped(), running(7)) }))
    expect(judge.wants).toBe(0)
    expect(kinds(judge)).toHaveLength(1)
  })
  test('one answer with another time ends the waiting', () => {
    const { judge } = run([0, 1], (second) => iso(start + Math.floor(second) * 1000))
    expect(judge.wants).toBe(0)
  })
  test('two steps of a coarse time must have passed', () => {
    expect(kinds(run([0, 6], () => '2026-05-05T10:20Z').judge)).toEqual([])
    expect(run([0, 6], () => '2026-05-05T10:20Z').judge.wants).toBe(0)
    expect(kinds(run([0, 121], () => '2026-05-05T10:20Z').judge)).toHaveLength(1)
    expect(kinds(run([0, 3600], () => '2026-05-05').judge)).toEqual([])
  })
  test('a time on the full minute may be one told in minutes', () => {
    const { judge } = run([0, 6], () => '2026-05-05T10:20:00Z')
    expect(kinds(judge)).toEqual([])
    expect(judge.wants).toBe(0)
  })
  test('what is told for itself is not told again', () => {
    const { judge } = run([0, 6], () => '1970-01-01T00:00:01Z')
    expect(kinds(judge)).toEqual([])
    expect(judge.wants).toBe(0)
  })
  test('without answers nothing waits', () => {
    expect(judgeWith().wants).toBe(0)
    expect(judgeWith().finish()).toEqual([])
  })
})
