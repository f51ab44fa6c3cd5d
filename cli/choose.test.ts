import { join } from 'node:path'
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
    /^60 requests are few for 2 operations: of each at most 27 rules are tested, .* sequences .*--max-requests \d+ on/,
  )
  expect(sequences(few)).toEqual([])
  const enough = Number(/--max-requests (\d+)/.exec(few.thinned ?? '')?.[1])
  expect(choose(document, choice, options, enough - 1).thinned).toBeDefined()
  const all = choose(document, choice, options, enough)
  expect(all.thinned).toBeUndefined()
  expect(sequences(all).length).toBeGreaterThan(0)
})
