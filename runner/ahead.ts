import type { Case } from '../core/case'
import type { Item, Planned } from './plan'

/** A case to send: built already, or when it is asked for. */
export interface Upcoming extends Planned {
  /** @throws what its rule throws if it cannot make it */
  readonly made: () => Case
}

export interface UpcomingItem extends Item {
  readonly cases: readonly Upcoming[]
}

/** So many items are held: a slow answer leaves time to build them. */
const most = 64

/**
 * Gives items in their order, and builds the cases of the next ones whenever there is nothing else to do: while answers are awaited.
 * @param build makes a case of nothing but what is asked for
 */
export function buildAhead(items: Iterator<Item>, build: (planned: Planned) => Case): { next(): UpcomingItem | undefined; stop(): void } {
  const waiting: UpcomingItem[] = []
  let turn: NodeJS.Immediate | undefined
  let isOver = false
  /** What the plan itself threw: whoever comes behind the last item meets it. */
  let failed: { readonly error: unknown } | undefined

  function pull(): UpcomingItem | undefined {
    const { done, value } = items.next()
    if (!done) return { ...value, cases: value.cases.map(upcoming) }
    isOver = true
    return undefined
  }

  function upcoming(planned: Planned): Upcoming {
    let made: Case | undefined
    return {
      ...planned,
      made: () => {
        made ??= build(planned)
        return made
      },
    }
  }

  /** One item in each turn of the event loop: answers come first. */
  function goOn(): void {
    turn = undefined
    try {
      const item = pull()
      if (!item) return
      waiting.push(item)
      buildAll(item)
    } catch (error) {
      isOver = true
      failed = { error }
    }
    fill()
  }

  function buildAll({ cases }: UpcomingItem): void {
    try {
      for (const { made } of cases) made()
    } catch {
      // Whoever takes the case meets the error.
    }
  }

  function fill(): void {
    if (!isOver && !turn && waiting.length < most) turn = setImmediate(goOn)
  }

  return {
    next() {
      const item = waiting.shift() ?? (isOver ? undefined : pull())
      if (!item && failed) throw failed.error
      fill()
      return item
    },
    stop() {
      isOver = true
      clearImmediate(turn)
    },
  }
}
