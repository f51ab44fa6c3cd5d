import type { Judge, RunFailure } from '../core/check'
import type { Emit } from '../core/event'
import type { Exchange } from '../core/exchange'
import type { ShownExchange } from '../core/finding'

/** One failure of each kind that only the whole run shows: of several members with the same one, the first is told. */
export const oneOfEach = (failures: readonly RunFailure[]): readonly RunFailure[] =>
  failures.filter(
    ({ failure }, i) => i === failures.findIndex((other) => other.failure.check === failure.check && other.failure.kind === failure.kind),
  )

/** Names a failure of the whole run over the events that tell it. */
export const wholeRunKey = ({ check, kind, place }: RunFailure['failure']): string => `${check} ${kind} ${place}`

/**
 * Tells what only the whole run shows whenever it changes, so that the log of a killed run holds it.
 * @param parts.elapsed seconds since the start of the run
 * @returns to be called after each exchange that the judge has remembered
 */
export function wholeRunTeller(parts: {
  readonly judge: Pick<Judge, 'finish'>
  readonly emit: Emit
  readonly elapsed: () => number
  readonly show: (exchange: Exchange) => ShownExchange | undefined
}): () => void {
  /** Of each failure the exchange that was told last. */
  const told = new Map<string, number>()
  let last = ''
  return () => {
    const found = parts.judge.finish()
    const state = found.map(({ failure, count, outOf }) => `${wholeRunKey(failure)} ${count} ${outOf}`).join('\n')
    if (state === last) return
    last = state
    parts.emit({
      type: 'whole-run-judged',
      failures: found.map(({ failure, exchange, count, outOf }) => {
        const key = wholeRunKey(failure)
        const other = told.get(key) === exchange.ordinal ? undefined : parts.show(exchange)
        told.set(key, exchange.ordinal)
        const { rule, index } = exchange.case
        const at = Math.max(0, parts.elapsed() - exchange.seconds)
        return { rule, index, request: exchange.ordinal, at, failure, count, outOf, ...(other ? { shown: other } : {}) }
      }),
    })
  }
}
