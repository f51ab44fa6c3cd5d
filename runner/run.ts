import type { Exchange } from '../core/exchange'
import type { Rule } from '../generators/rule'
import type { RuleSet } from '../generators/rules'
import { buildAhead, type Upcoming, type UpcomingItem } from './ahead'
import { type Again, type CasesParts, createCases, type Judged } from './cases'
import { createEnding, type EndingParts } from './ending'
import type { Item, Plan } from './plan'
import { Records, type Seen } from './record'
import { createStatistics } from './statistics'

/** What a run is made from; judge, client and emit come as values, so that runner, checks and reports need not know each other. */
interface RunParts extends Omit<CasesParts, 'records' | 'statistics' | 'ending' | 'elapsed'>, Omit<EndingParts, 'elapsed'> {
  readonly sets: readonly RuleSet[]
  /** All rules, where `sets` holds but a part of them. */
  readonly all?: readonly RuleSet[]
  readonly plan: Plan
  /** Exchanges that turned out to be broken after they had been judged: bytes behind their answer. Filled by the client. */
  readonly leftovers: readonly Exchange[]
}

export interface Session extends Seen {
  /** Every rule that can be sent, those of other parts of the run too. */
  readonly known: readonly { readonly set: RuleSet; readonly rule: Rule }[]
  readonly emit: RunParts['emit']
  /** Seconds since the start. */
  elapsed(): number
  /** Sends one more case and judges it; undefined when budget, time or the user ended the run, or it is not of the rule's zone. */
  again(set: RuleSet, rule: Rule, index: number, again: Again): Promise<Judged | undefined>
}

/** Share of the time that the plan may take; the rest is for shrinking and confirming. */
const mainTime = 0.85

/** Sends the plan: workers take items in order, each over its own connection. */
export async function sendPlan(parts: RunParts): Promise<Session> {
  const { plan, client, concurrency } = parts
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  const records = new Records(parts.sets)
  const statistics = createStatistics()
  const ending = createEnding({ ...parts, elapsed })
  const cases = createCases({ ...parts, elapsed, records, statistics, ending })
  const isOver = () => ending.reason !== undefined || ending.saving() || ending.over(parts.maxTime * mainTime)

  /** Items sent at the same time share the workers' limit, on connections of their own. */
  async function together(item: UpcomingItem, slot: number): Promise<void> {
    const width = Math.min(item.cases.length, concurrency, client.limit())
    let next = 0
    await Promise.all(
      Array.from({ length: width }, async (_, lane) => {
        for (let planned = item.cases[next++]; planned; planned = item.cases[next++])
          await cases.execute(planned, slot + lane * concurrency)
      }),
    )
  }

  /** Over a connection that nothing else goes over. */
  async function inARow(item: Item, slot: number): Promise<void> {
    for (const planned of item.cases) {
      if (isOver()) return
      await cases.execute(planned, slot)
    }
  }

  const ahead = buildAhead(others(plan), ({ set, rule, index, fresh }) => set.build(rule, index, { fresh }))
  // The first answer of all may fail as no other does, so that it is one that is judged.
  const opening = ahead.next()
  if (opening) await inARow(opening, 0)
  // What follows on another request follows on it alone where nothing else is under way.
  for (const item of plan.items) if (goesAlone(item)) await inARow(item, 0)

  let broken = false
  let sentAll = false
  async function work(slot: number): Promise<void> {
    while (!broken && !isOver()) {
      if (slot >= client.limit() && !sentAll) {
        await new Promise((resolve) => setTimeout(resolve, 10))
        continue
      }
      const item = ahead.next()
      if (!item) {
        sentAll = true
        return
      }
      if (item.inARow) await inARow(item, cases.rowSlot + slot)
      else if (item.cases.length > 1) await together(item, slot)
      else await cases.execute(item.cases[0] as Upcoming, slot)
    }
  }
  const workers = Array.from({ length: concurrency }, (_, slot) =>
    work(slot).catch((error: unknown) => {
      // What breaks one worker ends all of them: the others must not send on for a run that has failed.
      broken = true
      throw error
    }),
  )
  await Promise.all(workers).finally(() => ahead.stop())
  for (const exchange of parts.leftovers) cases.take(exchange)

  // What ends later, ends the looking into findings, not the plan.
  const ended = ending.reason
  return {
    records,
    known: (parts.all ?? parts.sets).flatMap((set) => set.rules.map((rule) => ({ set, rule }))),
    emit: parts.emit,
    show: parts.show,
    statistics,
    elapsed,
    notSendable: cases.notSendable,
    ended: () => ended,
    lastOrdinal: () => cases.lastOrdinal,
    creations: () => cases.creations,
    again: cases.again,
  }
}

const goesAlone = ({ cases: [first] }: Item): boolean =>
  first?.rule.fixed[first.index]?.before !== undefined || first?.rule.sequence !== undefined

/** The other items in their order, but for a plain valid request, which is the very first. */
function* others({ items }: Plan): Generator<Item> {
  let opening: Item | undefined
  for (const item of items) {
    if (!isPlain(item)) continue
    opening = item
    yield item
    break
  }
  for (const item of items) if (item !== opening && !goesAlone(item)) yield item
}

const isPlain = ({ cases: [first, ...more] }: Item): boolean =>
  first?.rule.zone === 'accept' && first.rule.place === 'request' && first.rule.variant === undefined && more.length === 0
