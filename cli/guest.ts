import type { RuleSet } from '../generators/rules'
import { unsafeMethods } from '../specs/unsafe'
import type { RunOptions } from './runOptions'

/** Whether others may have things at the target: it is not on this machine, or what the run creates there is not to stay. */
export const isGuest = ({ target, cleanup }: Pick<RunOptions, 'target' | 'cleanup'>): boolean =>
  target !== undefined && (cleanup !== undefined || !isLocal(target))

const isLocal = (target: string): boolean =>
  /^https?:\/\/(localhost|[^/:]*\.localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)([:/?#]|$)/i.test(target)

/** What a guest leaves alone, for the report. */
export function leftAlone(sets: readonly RuleSet[], isTheGuest: boolean): readonly { readonly place: string; readonly reason: string }[] {
  if (!isTheGuest) return []
  return sets.flatMap(({ subject: { prefix, documented, others, tried } }) => {
    const known = [...others.map((method) => method.toUpperCase()), documented.method.toUpperCase(), ...tried]
    const methods = unsafeMethods.filter((method) => !known.includes(method))
    if (methods.length === 0) return []
    const reason = `${methods.join(', ')} on this URL might change or remove what others have there: sent only if --method names them besides ${documented.method.toUpperCase()}`
    return [{ place: `${prefix}method`, reason }]
  })
}
