import type { Case, Change } from '../core/case'
import type { Judge, Judgement } from '../core/check'
import type { Emit } from '../core/event'
import type { Exchange } from '../core/exchange'
import type { Failure } from '../core/finding'
import { CannotGenerate } from '../generators/json-schema'
import type { Rule, Sequence } from '../generators/rule'
import type { BuildOptions, RuleSet } from '../generators/rules'
import { buildAhead, type Upcoming, type UpcomingItem } from './ahead'
import { type Client, NotSendable } from './client'
import type { Item, Plan, Planned } from './plan'
import { isCreation, Records, type Seen } from './record'
import { walk } from './sequence'
import { createStatistics } from './statistics'
import { createSupply, type SupplyParts } from './supply'
import { wholeRunTeller } from './whole-run'

/** What a run is made from; judge, client and emit come as values, so that runner, checks and reports need not know each other. */
export interface RunParts {
  readonly sets: readonly RuleSet[]
  /** All rules, where `sets` holds but a part of them. */
  readonly all?: readonly RuleSet[]
  readonly plan: Plan
  readonly judge: Judge
  readonly client: Client
  /** Which operations take what others answer, and the parameters that the caller pins; none: no ids are learnt. */
  readonly learning?: {
    readonly dependences: SupplyParts['dependences']
    readonly makers: readonly RuleSet[]
    readonly pinned: ReadonlySet<string>
  }
  /** Exchanges that turned out to be broken after they had been judged: bytes behind their answer. Filled by the client. */
  readonly leftovers: readonly Exchange[]
  readonly emit: Emit
  readonly show: Seen['show']
  readonly concurrency: number
  /** Tells whether no more may be created. */
  readonly quota?: { readonly spent: boolean }
  /** Seconds for the whole run. */
  readonly maxTime: number
  /** Failing cases that end the plan. */
  readonly maxFailures?: number
  /** Ends the run early; what was seen is still reported. */
  readonly signal?: AbortSignal
}

/** A way to send one more request outside the plan: for shrinking, confirming and the whole-run checks. */
export interface Again {
  readonly attempt: number
  readonly changes?: readonly Change[]
  /** As a change of the plain request alone. */
  readonly bare?: boolean
  /** On the plain request itself, not on a variation of it. */
  readonly plain?: boolean
  readonly fresh?: boolean
}

export interface Session extends Seen {
  /** Every rule that can be sent, those of other parts of the run too. */
  readonly known: readonly { readonly set: RuleSet; readonly rule: Rule }[]
  readonly emit: Emit
  /** Seconds since the start. */
  elapsed(): number
  /** Sends one more case and judges it; undefined when budget, time or the user ended the run, or it is not of the rule's zone. */
  again(set: RuleSet, rule: Rule, index: number, again: Again): Promise<{ exchange: Exchange; judgement: Judgement } | undefined>
}

const gone = ({ fault }: Exchange): Failure => ({
  check: 'no-fault',
  kind: 'gone',
  place: 'answer',
  message: `the target has stopped taking connections, right after what was sent to it: ${fault?.message ?? ''}`,
  expected: 'an HTTP answer',
  received: fault?.message ?? '',
  severity: 'critical',
  promise: 'every request gets a whole HTTP answer, in time',
  anywhere: true,
})

const outcomeOf = ({ answer, fault }: Exchange): string => String(answer?.status ?? fault?.kind)

/** Share of the time that the plan may take; the rest is for shrinking and confirming. */
const mainTime = 0.85
/** So many valid requests without one success, all refused for lack of rights or a missing precondition, end the run. */
const hopeless = 24
const unreachableTries = 5
/** So many times as many hangs as are under way, with no answer between, and the target has died. */
const silentTimes = 3

/** Sends the plan: workers take items in order, each over its own connection. */
export async function sendPlan(parts: RunParts): Promise<Session> {
  const { plan, judge, client, emit } = parts
  const records = new Records(parts.sets)
  const statistics = createStatistics()
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  const notSendable = new Map<string, string>()
  let ended: ReturnType<Session['ended']>
  let last = 0
  let creations = 0
  let passed = 0
  let refused = 0
  let failed = 0
  let unreachable = 0
  let silent = 0
  let answered = false

  const over = (limit: number): boolean => {
    if (parts.signal?.aborted) ended ??= 'interrupted'
    else if (elapsed() > limit) ended ??= 'time'
    return parts.signal?.aborted === true || elapsed() > limit
  }

  async function send(made: Case, slot: number): Promise<Exchange | undefined> {
    judge.sending(made)
    const exchange = await client.send(made, slot)
    if (exchange) last = Math.max(last, exchange.ordinal)
    else if (!over(parts.maxTime)) ended ??= parts.quota?.spent ? 'creates' : 'budget'
    return exchange
  }

  /** A target that has answered and then takes no connection any more went down under what was sent to it. */
  function judged(exchange: Exchange): Judgement {
    if (exchange.answer) answered = true
    const { ifPersistent, ...rest } = judge.judge(exchange)
    const set = records.rules.get(exchange.case.rule)?.set
    // Without an id of something that is there, not to be found says nothing.
    const isUnsupplied = set !== undefined && exchange.case.learnt === undefined && supply?.wants(set) === true
    const judgement = ifPersistent && !isUnsupplied ? { ...rest, ifPersistent } : rest
    return exchange.fault?.kind === 'unreachable' && answered ? { ...judgement, failures: [gone(exchange)] } : judgement
  }

  const tellWholeRun = wholeRunTeller({
    judge,
    emit,
    elapsed,
    show: (exchange) => {
      const rule = records.rules.get(exchange.case.rule)?.rule
      return rule && parts.show(exchange, rule)
    },
  })
  function remember(exchange: Exchange): void {
    judge.remember(exchange)
    tellWholeRun()
  }

  /** A request that others follow on: its own answer is not judged by a rule. */
  async function sendBefore(made: Case, slot: number): Promise<Exchange | undefined> {
    const exchange = await send(made, slot)
    if (!exchange) return undefined
    remember(exchange)
    if (isCreation(exchange)) creations++
    return exchange
  }

  const { learning } = parts
  /** Rows of requests, and creates that others wait for, go over connections of their own, numbered behind those of the workers' lanes. */
  const lanes = parts.concurrency ** 2
  const rowSlot = (slot: number) => lanes + slot
  const supplySlot = (slot: number) => 2 * lanes + slot
  const supply =
    learning &&
    createSupply({
      dependences: learning.dependences,
      sets: learning.makers,
      pinned: learning.pinned,
      send: (made, slot) => sendBefore(made, supplySlot(slot)),
    })

  /** A case with the ids that its path wants, of things that are there. */
  async function built(slot: number, set: RuleSet, rule: Rule, index: number, options: BuildOptions, ahead?: () => Case): Promise<Case> {
    const made = ahead ? ahead() : set.build(rule, index, options)
    const params = supply && (await supply.for(set, made, slot))
    return params ? set.build(rule, index, { ...options, params }) : made
  }

  const isSequence = (rule: Rule): rule is Rule & { readonly sequence: Sequence } => rule.sequence !== undefined

  async function follow(set: RuleSet, rule: Rule & { readonly sequence: Sequence }, index: number, attempt: number, fresh: boolean) {
    const params = (await supply?.for(set, set.build(rule, 0), 0)) ?? {}
    const follower = judge.follow(rule.sequence.resource)
    return walk(rule, index, { follower, send: (made) => sendBefore(made, 0), params, attempt, fresh })
  }

  function take(exchange: Exchange, known?: Judgement): Judgement {
    if (!known) remember(exchange)
    const judgement = known ?? judged(exchange)
    if (!known) supply?.answered(exchange)
    const at = elapsed()
    statistics.add(exchange, at, judgement.failures.length > 0)
    if (!known && isCreation(exchange)) creations++
    const rule = records.isLead(exchange, judgement.failures) ? records.rules.get(exchange.case.rule)?.rule : undefined
    emit({
      type: 'case-judged',
      rule: exchange.case.rule,
      index: exchange.case.index,
      zone: exchange.case.zone,
      request: exchange.ordinal,
      at,
      seconds: exchange.seconds,
      outcome: outcomeOf(exchange),
      ...(judgement.notReached !== undefined ? { notReached: judgement.notReached } : {}),
      notes: judgement.notes,
      failures: judgement.failures,
      ...(exchange.case.beside ? { beside: true } : {}),
      ...(rule ? { shown: parts.show(exchange, rule) } : {}),
    })
    records.add(exchange, judgement, at)
    return judgement
  }

  async function execute({ set, rule, index, fresh, made }: Planned & Partial<Upcoming>, slot: number): Promise<void> {
    try {
      let usesFresh = fresh
      if (isSequence(rule)) {
        const walked = await follow(set, rule, index, 0, fresh)
        if (walked && take(walked.exchange, walked.judgement).failures.length > 0) failed++
        return
      }
      for (const before of rule.fixed[index]?.before ?? []) {
        const first = await built(slot, set, rule, index, { attempt: 5, changes: before(set.subject.plain ?? null), fresh })
        const exchange = await send(first, slot)
        if (exchange) remember(exchange)
        usesFresh = false
      }
      const exchange = await send(await built(slot, set, rule, index, { fresh: usesFresh }, made), slot)
      if (!exchange) return
      const judgement = take(exchange)
      if (exchange.answer) unreachable = 0
      silent = exchange.fault?.kind === 'timeout' ? silent + 1 : exchange.answer ? 0 : silent
      if (silent >= silentTimes * parts.concurrency) ended ??= 'silent'
      if (exchange.fault?.kind === 'unreachable') unreachable++
      else if (rule.zone === 'accept' && judgement.notReached) refused++
      else if (rule.zone === 'accept') passed++
      if (unreachable >= unreachableTries) ended ??= answered ? 'gone' : 'unreachable'
      if (judgement.failures.length > 0) failed++
      if (parts.maxFailures !== undefined && failed >= parts.maxFailures) ended ??= 'failures'
      if (refused >= hopeless && passed === 0) ended ??= 'no rights'
    } catch (error) {
      if (!(error instanceof NotSendable || error instanceof CannotGenerate)) throw error
      notSendable.set(rule.id, error.message)
      emit({ type: 'rule-not-sendable', rule: rule.id, reason: error.message })
    }
  }

  /** Items sent at the same time share the workers' limit, on connections of their own. */
  async function together({ cases }: UpcomingItem, slot: number): Promise<void> {
    const width = Math.min(cases.length, parts.concurrency, client.limit())
    let next = 0
    await Promise.all(
      Array.from({ length: width }, async (_, lane) => {
        for (let planned = cases[next++]; planned; planned = cases[next++]) await execute(planned, slot + lane * parts.concurrency)
      }),
    )
  }

  /** Over a connection that nothing else goes over. */
  async function inARow({ cases }: UpcomingItem, slot: number): Promise<void> {
    for (const planned of cases) {
      if (ended || over(parts.maxTime * mainTime)) return
      await execute(planned, rowSlot(slot))
    }
  }

  // What follows on another request follows on it alone where nothing else is under way.
  const goesAlone = ({ cases: [first] }: Item) => first?.rule.fixed[first.index]?.before !== undefined || first?.rule.sequence !== undefined
  for (const item of plan.items) {
    if (goesAlone(item)) for (const planned of item.cases) if (!ended && !over(parts.maxTime * mainTime)) await execute(planned, 0)
  }

  function* others(): Generator<Item> {
    for (const item of plan.items) if (!goesAlone(item)) yield item
  }
  const ahead = buildAhead(others(), ({ set, rule, index, fresh }) => set.build(rule, index, { fresh }))
  let broken = false
  let sentAll = false
  async function work(slot: number): Promise<void> {
    while (!ended && !broken && !over(parts.maxTime * mainTime)) {
      if (slot >= client.limit() && !sentAll) {
        await new Promise((resolve) => setTimeout(resolve, 10))
        continue
      }
      const item = ahead.next()
      if (!item) {
        sentAll = true
        return
      }
      if (item.inARow) await inARow(item, slot)
      else if (item.cases.length > 1) await together(item, slot)
      else await execute(item.cases[0] as Upcoming, slot)
    }
  }
  const workers = Array.from({ length: parts.concurrency }, (_, slot) =>
    work(slot).catch((error: unknown) => {
      // What breaks one worker ends all of them: the others must not send on for a run that has failed.
      broken = true
      throw error
    }),
  )
  await Promise.all(workers).finally(() => ahead.stop())
  for (const exchange of parts.leftovers) take(exchange)

  // What ends later, ends the looking into findings, not the plan.
  const planEnded = ended
  return {
    records,
    known: (parts.all ?? parts.sets).flatMap((set) => set.rules.map((rule) => ({ set, rule }))),
    emit,
    show: parts.show,
    statistics,
    elapsed,
    notSendable,
    ended: () => planEnded,
    lastOrdinal: () => last,
    creations: () => creations,
    async again(set, rule, index, { attempt, changes, bare = false, plain = false, fresh = false }) {
      if (over(parts.maxTime) || ended === 'gone') return undefined
      try {
        if (isSequence(rule)) {
          const walked = await follow(set, rule, index, attempt, fresh)
          if (walked)
            emit({
              type: 'case-repeated',
              rule: rule.id,
              request: walked.exchange.ordinal,
              at: elapsed(),
              outcome: outcomeOf(walked.exchange),
            })
          return walked
        }
        const made = await built(0, set, rule, index, { attempt, fresh, bare, plain, ...(changes ? { changes } : {}) })
        if ((changes || bare || plain) && !rule.holds(made.request)) return undefined
        for (const before of rule.fixed[index]?.before ?? []) {
          const exchange = await send(
            await built(0, set, rule, index, { attempt: attempt + 5, changes: before(set.subject.plain ?? null) }),
            0,
          )
          if (exchange) remember(exchange)
        }
        const exchange = await send(made, 0)
        if (!exchange) return undefined
        remember(exchange)
        emit({ type: 'case-repeated', rule: rule.id, request: exchange.ordinal, at: elapsed(), outcome: outcomeOf(exchange) })
        return { exchange, judgement: judged(exchange) }
      } catch (error) {
        if (error instanceof NotSendable || error instanceof CannotGenerate) return undefined
        throw error
      }
    },
  }
}
