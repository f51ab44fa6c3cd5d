import { join } from 'node:path'
import { makePlan } from '../runner/plan'
import { packageRoot } from '../specs/files'
import { loadDocument } from '../specs/load'
import { choose } from './choose'

const overlays = [join(packageRoot(), 'specs', 'workshop-siblings.overlay.yaml')]
const options = { seed: 1, params: {}, headers: [] }

test('says what so few requests leave out, and from how many on nothing is', async () => {
  const document = await loadDocument({ overlays })
  const choice = { methods: ['GET', 'POST'] }
  const sequences = (chosen: ReturnType<typeof choose>) => chosen.sets.flatMap(({ rules }) => rules).filter(({ sequence }) => sequence)
  const few = choose(document, choice, options, 60)
  expect(few.thinned).toMatch(
    /^60 requests are few for 2 operations: of each at most \d+ rules are tested, .* sequences .*; more --max-requests test more$/,
  )
  expect(sequences(few)).toEqual([])
  const more = choose(document, choice, options, 400)
  expect(sequences(more).length).toBeGreaterThan(0)
  const enough = Number(/from --max-requests (\d+) on, none is/.exec(more.thinned ?? '')?.[1])
  const all = choose(document, choice, options, enough)
  expect(all.thinned).toBeUndefined()
  expect(sequences(all).length).toBeGreaterThan(0)
  for (const [{ sets }, maxRequests] of [
    [few, 60],
    [more, 400],
    [all, enough],
  ] as const) {
    const planned = new Set([...makePlan(sets, { seed: 1, maxRequests }).items].flatMap(({ cases }) => cases.map(({ rule }) => rule.id)))
    expect(sets.flatMap(({ rules }) => rules.map(({ id }) => id)).filter((id) => !planned.has(id))).toEqual([])
  }
})
