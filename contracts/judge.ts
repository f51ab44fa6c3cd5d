import type { Judge, Judgement } from '../core/check'
import type { Exchange } from '../core/exchange'
import type { ApiDocument } from '../core/operation'
import type { Check, IdMemory } from './check'
import { createChecks } from './checks'
import { type Context, createContext, isHeld } from './context'
import { createFollow } from './follow'
import { createSentMemory } from './memory'
import { notesOf } from './notes'
import { createPlans, isDocumentedError } from './plan'
import { precondition } from './precondition'
import { rememberOddities, rememberSent } from './remember'
import { tellable } from './secrets'
import { type Settings, settingsWith } from './settings'

export interface JudgeOptions {
  readonly document: ApiDocument
  /** Real tokens, as they stand in headers; may be empty. */
  readonly secrets: readonly string[]
  /** Tokens that are sent in place of the real one: to quote them is no leak. Those that a judged request sends are known anyway. */
  readonly sentTokens?: readonly string[]
  readonly settings?: Partial<Settings>
  /** The local clock, milliseconds since the epoch. */
  readonly now?: () => number
}

/** A judge whose memory of ids can be kept, and compared with that of other parts of a run (`repeatedIds`). */
export interface RunJudge extends Judge {
  ids(): readonly IdMemory[]
}

/**
 * Makes a judge of one run against a document. Exchanges of operations that the document does not hold are judged by what HTTP demands.
 * @throws UsageError from `judge` if a schema of the document cannot be compiled
 */
export function createJudge(options: JudgeOptions): RunJudge {
  const { document, secrets, now = Date.now } = options
  const settings = settingsWith(options.settings)
  const planOf = createPlans(document)
  const memory = createSentMemory()
  for (const token of options.sentTokens ?? []) memory.addToken(token)
  const isCookie = document.operations.some(({ documented }) =>
    (documented.credentials ?? [documented.parameters]).flat().some((parameter) => parameter.in === 'cookie' && parameter.credential),
  )
  const checks = createChecks(secrets, isCookie)
  const started = checks.flatMap(({ start }) => (start ? [start()] : []))
  let real: readonly string[] = []
  let known = 0
  function realTokens(): readonly string[] {
    if (known !== secrets.length) {
      known = secrets.length
      real = tellable(secrets)
    }
    return real
  }
  // An exchange is remembered, and judged right afterwards: it is prepared once.
  let latest: Context | undefined

  function contextOf(exchange: Exchange): Context {
    if (latest?.exchange !== exchange) latest = createContext(exchange, planOf(exchange.case.operation), settings, memory)
    return latest
  }

  const judge = (exchange: Exchange) => judgeContext(contextOf(exchange), checks)

  return {
    judge,

    follow: createFollow(planOf, judge),

    isOwnError: ({ operation }, body) => isDocumentedError(planOf(operation), body),

    sending(made) {
      rememberOddities(made.request, memory)
    },

    remember(exchange) {
      const context = contextOf(exchange)
      rememberSent(context, memory, realTokens())
      for (const check of started) check.remember(context)
    },

    finish: () => started.flatMap((check) => check.finish()),

    ids: () => started.flatMap((check) => check.dump?.() ?? []),

    get wants() {
      return Math.max(0, ...started.map((check) => check.wants?.(now()) ?? 0))
    },
  }
}

function judgeContext(context: Context, checks: readonly Check[]): Judgement {
  const stopped = precondition(context)
  const { failures } = context
  failures.length = 0
  const told = new Set<string>()
  for (const { id, look, everyAnswer, decisive, tells = [] } of checks) {
    if (!look || told.has(id) || (stopped && !everyAnswer)) continue
    const found = look(context)
    failures.push(...found)
    if (found.length > 0) for (const other of tells) told.add(other)
    if (decisive && found.length > 0) break
  }
  const held = stopped || !isHeld(context) ? undefined : context.response?.definition.status
  return {
    failures: [...failures],
    notes: notesOf(context),
    ...(held === undefined ? {} : { held: { operation: context.case.operation, status: held } }),
    ...(stopped ? { notReached: stopped.reason, ...(stopped.ifPersistent ? { ifPersistent: stopped.ifPersistent } : {}) } : {}),
  }
}
