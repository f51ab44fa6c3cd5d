import type { Case, Change } from '../core/case'
import type { Judge, Judgement } from '../core/check'
import type { Emit } from '../core/event'
import type { Exchange } from '../core/exchange'
import type { Failure } from '../core/finding'
import { CannotGenerate } from '../generators/json-schema'
import type { Rule, Sequence } from '../generators/rule'
import type { BuildOptions, RuleSet } from '../generators/rules'
import type { Upcoming } from './ahead'
import { type Client, NotSendable } from './client'
import type { Ending } from './ending'
import type { Planned } from './plan'
import { isCreation, type Records, type Seen } from './record'
import { walk } from './sequence'
import type { createStatistics } from './statistics'
import { createSupply, type SupplyParts } from './supply'
import { wholeRunTeller } from './wholeRun'

export interface CasesParts {
  readonly judge: Judge
  readonly client: Client
  /** Which operations take what others answer, and the parameters that the caller pins; none: no ids are learnt. */
  readonly learning?: {
    readonly dependences: SupplyParts['dependences']
    readonly references: SupplyParts['references']
    readonly makers: readonly RuleSet[]
    readonly pinned: ReadonlySet<string>
  }
  readonly emit: Emit
  readonly show: Seen['show']
  readonly concurrency: number
  readonly records: Records
  readonly statistics: ReturnType<typeof createStatistics>
  readonly ending: Ending
  /** Seconds for the whole run, and since its start. */
  readonly maxTime: number
  elapsed(): number
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

export interface Judged {
  readonly exchange: Exchange
  readonly judgement: Judgement
}

/** Sends cases, has what comes of them judged, and keeps it. */
interface Cases {
  /** Sends a case of the plan, with the requests that go before it. */
  execute(planned: Planned & Partial<Upcoming>, slot: number): Promise<void>
  /** Sends one more case; undefined when budget, time or the user ended the run, or it is not of the rule's zone. */
  again(set: RuleSet, rule: Rule, index: number, again: Again): Promise<Judged | undefined>
  /** Takes an exchange whose answer turned out to be broken after it had been judged. */
  take(exchange: Exchange): void
  /** The first connection of those that nothing but rows of requests goes over. */
  readonly rowSlot: number
  /** Rules whose cases cannot be sent, with the reason. */
  readonly notSendable: ReadonlyMap<string, string>
  readonly lastOrdinal: number
  readonly creations: number
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

type SequenceRule = Rule & { readonly sequence: Sequence }

const isSequence = (rule: Rule): rule is SequenceRule => rule.sequence !== undefined

export function createCases(parts: CasesParts): Cases {
  const { judge, client, emit, elapsed, records, ending, learning } = parts
  const notSendable = new Map<string, string>()
  let lastOrdinal = 0
  let creations = 0

  async function send(made: Case, slot: number): Promise<Exchange | undefined> {
    judge.sending(made)
    const exchange = await client.send(made, slot)
    if (exchange) lastOrdinal = Math.max(lastOrdinal, exchange.ordinal)
    else ending.denied()
    return exchange
  }

  /** A target that has answered and then takes no connection any more went down under what was sent to it. */
  function judged(exchange: Exchange): Judgement {
    ending.saw(exchange)
    const { ifPersistent, ...rest } = judge.judge(exchange)
    const set = records.rules.get(exchange.case.rule)?.set
    // Without an id of something that is there, not to be found says nothing.
    const isUnsupplied = set !== undefined && exchange.case.learnt === undefined && supply?.wants(set) === true
    const status = exchange.answer?.status ?? 0
    const isRefused = exchange.case.zone === 'accept' && status >= 400 && status < 500
    const lack = isRefused && set ? supply?.lacks(set, exchange.case) : undefined
    if (lack !== undefined)
      return { failures: [], notes: rest.notes, notReached: `no id was there for ${lack}, and a made-up one may be refused` }
    const judgement = ifPersistent && !isUnsupplied ? { ...rest, ifPersistent } : rest
    return exchange.fault?.kind === 'unreachable' && ending.answered ? { ...judgement, failures: [gone(exchange)] } : judgement
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

  /** Rows of requests, and creates that others wait for, go over connections of their own, numbered behind those of the workers' lanes. */
  const rowSlot = parts.concurrency ** 2
  const supplySlot = 2 * rowSlot
  const supply =
    learning &&
    createSupply({
      dependences: learning.dependences,
      references: learning.references,
      sets: learning.makers,
      pinned: learning.pinned,
      send: (made, slot) => sendBefore(made, supplySlot + slot),
    })

  /** A case with the ids that its path wants, of things that are there. */
  async function built(slot: number, set: RuleSet, rule: Rule, index: number, options: BuildOptions, ahead?: () => Case): Promise<Case> {
    const made = ahead ? ahead() : set.build(rule, index, options)
    const params = supply && (await supply.for(set, made, slot))
    return params ? set.build(rule, index, { ...options, params }) : made
  }

  async function follow(set: RuleSet, rule: SequenceRule, index: number, attempt: number, fresh: boolean): Promise<Judged | undefined> {
    const params = (await supply?.for(set, set.build(rule, 0), 0)) ?? {}
    const follower = judge.follow(rule.sequence.resource)
    return walk(rule, index, { follower, send: (made) => sendBefore(made, 0), params, attempt, fresh })
  }

  /** @returns whether there are any */
  async function sendPreceding(set: RuleSet, rule: Rule, index: number, slot: number, options: BuildOptions): Promise<boolean> {
    const preceding = rule.fixed[index]?.before ?? []
    for (const before of preceding) {
      const made = await built(slot, set, rule, index, { ...options, changes: before(set.subject.plain ?? null) })
      // What goes before need not be of the rule's zone.
      const exchange = await send({ ...made, owes: { success: 'allowed', clientError: 'any' } }, slot)
      if (exchange) remember(exchange)
    }
    return preceding.length > 0
  }

  function take(exchange: Exchange, known?: Judgement): Judgement {
    if (!known) remember(exchange)
    const judgement = known ?? judged(exchange)
    if (!known) supply?.answered(exchange)
    const at = elapsed()
    parts.statistics.add(exchange, at, judgement)
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
      ...(judgement.held ? { held: judgement.held } : {}),
      ...(exchange.case.beside ? { beside: true } : {}),
      ...(rule ? { shown: parts.show(exchange, rule) } : {}),
    })
    records.add(exchange, judgement, at)
    return judgement
  }

  async function execute({ set, rule, index, fresh, made }: Planned & Partial<Upcoming>, slot: number): Promise<void> {
    try {
      if (isSequence(rule)) {
        const walked = await follow(set, rule, index, 0, fresh)
        if (walked && take(walked.exchange, walked.judgement).failures.length > 0) ending.failed()
        return
      }
      const isPreceded = await sendPreceding(set, rule, index, slot, { attempt: 5, fresh })
      const exchange = await send(await built(slot, set, rule, index, { fresh: fresh && !isPreceded }, made), slot)
      if (!exchange) return
      const judgement = take(exchange)
      ending.judged(exchange, rule.zone, judgement)
      if (judgement.failures.length > 0) ending.failed()
    } catch (error) {
      if (!isNotSent(error)) throw error
      notSendable.set(rule.id, error.message)
      emit({ type: 'rule-not-sendable', rule: rule.id, reason: error.message })
    }
  }

  async function again(set: RuleSet, rule: Rule, index: number, { attempt, changes, bare = false, plain = false, fresh = false }: Again) {
    if (ending.over(parts.maxTime) || ending.reason === 'gone') return undefined
    const tell = (exchange: Exchange) =>
      emit({ type: 'case-repeated', rule: rule.id, request: exchange.ordinal, at: elapsed(), outcome: outcomeOf(exchange) })
    try {
      if (isSequence(rule)) {
        const walked = await follow(set, rule, index, attempt, fresh)
        if (walked) tell(walked.exchange)
        return walked
      }
      const made = await built(0, set, rule, index, { attempt, fresh, bare, plain, ...(changes ? { changes } : {}) })
      if ((changes || bare || plain) && !rule.holds(made.request)) return undefined
      await sendPreceding(set, rule, index, 0, { attempt: attempt + 5 })
      const exchange = await send(made, 0)
      if (!exchange) return undefined
      remember(exchange)
      tell(exchange)
      return { exchange, judgement: judged(exchange) }
    } catch (error) {
      if (isNotSent(error)) return undefined
      throw error
    }
  }

  return {
    execute,
    again,
    take: (exchange) => void take(exchange),
    rowSlot,
    notSendable,
    get lastOrdinal() {
      return lastOrdinal
    },
    get creations() {
      return creations
    },
  }
}

const isNotSent = (error: unknown): error is NotSendable | CannotGenerate => error instanceof NotSendable || error instanceof CannotGenerate
