import type { Change } from '../core/case'
import { smaller } from '../generators/smaller'

/** Requests that one shrinking may take. */
const budget = 80

/**
 * Goes down to the smallest list of changes that still fails in the same way.
 * @param fails sends a candidate; undefined when it cannot be sent (not of the zone, budget gone), which counts as not failing
 * @param mayShrink which changes may get a smaller value; all unless given
 * @returns the smallest, and the failing lists on the way to it
 */
export async function shrink(
  changes: readonly Change[],
  fails: (candidate: readonly Change[]) => Promise<boolean | undefined>,
  mayShrink?: (change: Change) => boolean,
): Promise<{ changes: readonly Change[]; path: readonly (readonly Change[])[] }> {
  let best = changes
  const path: (readonly Change[])[] = [changes]
  let sent = 0
  for (let found = true; found && sent < budget; ) {
    found = false
    for (const candidate of smaller(best, mayShrink)) {
      if (sent >= budget) break
      const failed = await fails(candidate)
      if (failed === undefined) continue
      sent++
      if (!failed) continue
      best = candidate
      path.push(best)
      found = true
      break
    }
  }
  return { changes: best, path }
}
