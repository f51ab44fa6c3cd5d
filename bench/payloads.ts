import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { choose } from '../cli/choose'
import type { WireRequest } from '../core/case'
import { makePlan } from '../runner/plan'
import { loadDocument } from '../specs/load'

/** Process of its own: writes the requests that a run of this seed and `--max-requests` plans, one a line, in the plan's order. */
async function main([file, seedText, requestsText]: readonly string[]): Promise<void> {
  const [seed, maxRequests] = [Number(seedText), Number(requestsText)]
  const { sets } = choose(await loadDocument({}), {}, { seed, params: {}, headers: [] }, maxRequests)
  const out = openSync(file as string, 'w')
  for (const { cases } of makePlan(sets, { seed, maxRequests }).items)
    for (const { set, rule, index } of cases) {
      const { body, ...request } = set.build(rule, index).request
      writeSync(out, `${JSON.stringify({ ...request, ...(body ? { body: body.toString('base64') } : {}) })}\n`)
    }
  closeSync(out)
}

/** The requests that a file holds, as bytes. */
export const readPayloads = (file: string): readonly WireRequest[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { body, ...request } = JSON.parse(line)
      return { ...request, ...(body === undefined ? {} : { body: Buffer.from(body, 'base64') }) }
    })

if (require.main === module) void main(process.argv.slice(2))
