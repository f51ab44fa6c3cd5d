import { choose } from '../cli/choose'
import type { Schema } from '../core/operation'
import { arbitrary } from '../generators/json-schema'
import { random } from '../generators/random'
import { makePlan } from '../runner/plan'
import { loadDocument } from '../specs/load'
import { medians } from './statistics'

/** Microseconds of processor time. */
interface PayloadCost {
  readonly own: number
  readonly faker: number
}

export interface Generation extends PayloadCost {
  /** One request of the first API, as bytes, its zone proven. */
  readonly request: number
}

/** A payload of ten members. */
const payload: Schema = {
  type: 'object',
  required: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'],
  properties: {
    a: { type: 'integer', minimum: 1, maximum: 65535 },
    b: { type: 'string', minLength: 1, maxLength: 40 },
    c: { type: 'string', pattern: '^[a-z]{3,8}$' },
    d: { type: 'string', maxLength: 20 },
    e: { type: 'boolean' },
    f: { type: 'number', minimum: 0, maximum: 1000 },
    g: { enum: ['a', 'b', 'c'] },
    h: { type: 'integer' },
    i: { type: ['string', 'null'] },
    j: { type: 'string', format: 'date' },
  },
  additionalProperties: false,
}

/** Processor time of one call, in microseconds. */
function timed(count: number, make: () => unknown): number {
  const before = process.cpuUsage().user
  for (let i = 0; i < count; i++) make()
  return (process.cpuUsage().user - before) / count
}

/** What one payload takes, and what json-schema-faker takes for one of the same schema; medians of rounds, the first left out. */
export async function payloadCost(rounds = 5): Promise<PayloadCost> {
  // @ts-expect-error its types are for ES modules alone
  const { createGeneratorSync } = await import('json-schema-faker')
  const values = arbitrary(payload)
  const source = random('speed')
  const faker = createGeneratorSync()
  const round = (): PayloadCost => ({
    own: timed(4000, () => values.generate(source, 2)),
    faker: timed(200, () => faker.generate(payload)),
  })
  round()
  return medians(Array.from({ length: rounds }, round))
}

/** What one request takes in the order of a run, the second time through its plan, when all that is made once has been made. */
async function requestCost(cases: number): Promise<number> {
  const seed = 1
  const { sets } = choose(await loadDocument({}), {}, { seed, params: {}, headers: [] }, cases)
  const planned = [...makePlan(sets, { seed, maxRequests: cases }).items].flatMap((item) => item.cases)
  const build = () => {
    for (const { set, rule, index } of planned) set.build(rule, index)
  }
  build()
  return timed(1, build) / planned.length
}

/** Process of its own: prints what generation takes. */
async function main([rounds, cases]: readonly string[]): Promise<void> {
  const generation: Generation = { ...(await payloadCost(Number(rounds))), request: await requestCost(Number(cases)) }
  process.stdout.write(JSON.stringify(generation))
}

if (require.main === module) void main(process.argv.slice(2))
