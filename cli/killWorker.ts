import { join } from 'node:path'
import type { KillRow } from '../core/kill'
import { findVariant, namesPromise } from '../reference/zoo'
import { packageRoot } from '../specs/files'
import { bundledSiblings } from '../specs/load'
import { run } from './conformance'
import { enoughFailures, type KillJob } from './killTable'

/** What variants that differ only for a wrong token take for the right one. */
const token = 'Zoo-Token/0123456789+abcdefABCDEF=='

/** The calls beside the bundled one, and what they show. */
const besideOthers = {
  overlays: [join(packageRoot(), bundledSiblings)],
  methods: ['GET', 'POST', 'DELETE'],
  rules: ['* resource:*', '* request:valid'],
  maxRequests: 400,
}

/** Child process of the kill table: one run for each message. */
process.on('message', async ({ variant, seed }: KillJob) => {
  const of = findVariant(variant)
  const { kind, promise } = of
  const started = performance.now()
  const shrinking: number[] = []
  let shrunk: string | undefined
  const report = await run({
    break: variant,
    seed,
    emit: (event) => {
      if (event.type === 'shrink-started') {
        shrunk = event.rule
        shrinking.push(0)
      } else if (event.type === 'case-repeated' && event.rule === shrunk) shrinking[shrinking.length - 1]!++
    },
    ...(of.needsToken ? { token } : {}),
    ...(of.siblings ? besideOthers : {}),
    ...(kind === 'broken' ? { maxFailures: enoughFailures } : {}),
  })
  const named =
    kind === 'broken' && report.findings.length > 0 ? report.findings.slice(0, 2).some((found) => namesPromise(of, found)) : undefined
  const [first] = report.findings.map(({ firstSeen }) => firstSeen).sort((a, b) => a.request - b.request)
  const row: KillRow = {
    variant,
    kind,
    promise,
    seed,
    verdict: report.verdict,
    right: kind === 'broken' ? report.exitCode === 1 : report.exitCode === 0,
    findings: report.findings.map(({ title, rule, place, check, steady, changes }) => ({
      title,
      ...(rule ? { rule } : {}),
      place,
      check,
      steady,
      changes: changes.length,
    })),
    ...(named !== undefined ? { named } : {}),
    requests: report.requests,
    seconds: (performance.now() - started) / 1000,
    ...(first ? { firstRequest: first.request, firstSeconds: first.seconds } : {}),
    ...(shrinking.length > 0 ? { shrinking } : {}),
    ...(report.reason ? { reason: report.reason } : {}),
  }
  process.send?.(row)
})

// Whatever a variant has left open must not keep the process.
process.on('disconnect', () => process.exit())
