import fc from 'fast-check'
import { createPace, createQuota } from './rate'

/** A clock that moves on when all sleep. */
function clock() {
  let time = 0
  const sleepers: { at: number; wake: () => void }[] = []
  const sleep = (milliseconds: number) => new Promise<void>((wake) => sleepers.push({ at: time + milliseconds, wake }))
  async function run(): Promise<void> {
    for (;;) {
      for (let i = 0; i < 20; i++) await Promise.resolve()
      const [next] = sleepers.sort((a, b) => a.at - b.at)
      if (!next) return
      sleepers.shift()
      time = Math.max(time, next.at)
      next.wake()
    }
  }
  return { now: () => time, sleep, run }
}

const { signal } = new AbortController()

/** The most of these times in any span of so many milliseconds. */
const most = (times: readonly number[], span: number) =>
  Math.max(0, ...times.map((start) => times.filter((time) => time >= start && time < start + span).length))

test('no second holds more requests than asked, and none is wasted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0.5, max: 50, noNaN: true }), fc.integer({ min: 1, max: 16 }), async (rate, workers) => {
      const { now, sleep, run } = clock()
      const pace = createPace(rate, now, sleep)
      const times: number[] = []
      const work = async () => {
        for (let i = 0; i < 20; i++) {
          await pace(signal)
          times.push(now())
          await sleep(i % 7)
        }
      }
      const all = Promise.all(Array.from({ length: workers }, work))
      await run()
      await all
      expect(most(times, 1000)).toBeLessThanOrEqual(Math.ceil(rate))
      expect(now()).toBeLessThan(((times.length + 1) * 1060) / rate + 200)
    }),
    { numRuns: 40 },
  )
})

test('no minute and no run holds more creates than asked, whatever becomes of the requests', async () => {
  const quotas = fc.record({ max: fc.integer({ min: 1, max: 60 }), perMinute: fc.integer({ min: 1, max: 20 }) })
  await fc.assert(
    fc.asyncProperty(quotas, fc.infiniteStream(fc.boolean()), async ({ max, perMinute }, outcomes) => {
      const { now, sleep, run } = clock()
      const quota = createQuota({ max, perMinute, now, sleep })
      const creates: number[] = []
      let tried = 0
      const work = async () => {
        while (tried++ < 200 && (await quota.enter(signal))) {
          await sleep(1 + (tried % 5) * 100)
          const created = outcomes.next().value === true
          if (created) creates.push(now())
          quota.leave(created)
        }
      }
      const all = Promise.all(Array.from({ length: 8 }, work))
      await run()
      await all
      expect(creates.length).toBeLessThanOrEqual(max)
      expect(most(creates, 59_999)).toBeLessThanOrEqual(perMinute)
      expect(tried >= 200 || quota.spent).toBe(true)
    }),
    { numRuns: 40 },
  )
})

test('what waits goes on when the run ends', async () => {
  const ending = new AbortController()
  const quota = createQuota({ max: 1, sleep: () => new Promise(() => {}) })
  expect(await quota.enter(ending.signal)).toBe(true)
  const waiting = quota.enter(ending.signal)
  ending.abort()
  expect(await waiting).toBe(false)
})
