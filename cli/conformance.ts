import { dirname } from 'node:path'
import { mostRead } from '../contracts/body'
import { causesOf, explains } from '../contracts/findings'
import { createJudge } from '../contracts/judge'
import { againstBaseline, allowingFlaky } from '../core/baseline'
import type { Case } from '../core/case'
import type { Judge } from '../core/check'
import type { Emit } from '../core/event'
import type { Exchange } from '../core/exchange'
import { createDeepMask, createMask } from '../core/mask'
import { once } from '../core/once'
import type { Report } from '../core/report'
import { dependencesOf } from '../generators/dependences/dependence'
import { idsWanted } from '../generators/dependences/references'
import type { BuildOptions, RuleSet } from '../generators/rules'
import { unbrokenIn } from '../generators/rules/solved'
import { plainRule } from '../generators/sequences'
import { type ClientOptions, createClient } from '../runner/client'
import { investigate, linger } from '../runner/investigate'
import { sleepByClock } from '../runner/patience'
import { createBudget } from '../runner/plan'
import { createQuota } from '../runner/rate'
import { persistentRefusals } from '../runner/refusals'
import { makeReport } from '../runner/report'
import { sendPlan } from '../runner/run'
import { createShow } from '../runner/shown'
import { loadDocument } from '../specs/load'
import { credentialsFor, credentialsOf, givenBy, openAccess } from './access'
import { isGuest, leftAlone } from './guest'
import { cleaned, type Housekeeping, keepHouse, ledgerName } from './housekeeping'
import { type Prepared, prepare, rateOf } from './prepare'
import { defaults, type RunOptions } from './runOptions'
import { hideSecrets } from './secrets'
import { defaultReport, startOf } from './started'
import { placeOfTarget } from './targetPlace'
import { transportOf } from './transport'

/** Milliseconds that a timer can count. */
const longestTimer = 2 ** 31 - 1

/**
 * Holds a running API against its documentation.
 * @returns the report; `report.exitCode` is 0 (conforms), 1 (findings) or 3 (could not be judged)
 * @throws UsageError for a bad document, overlay or option
 */
export async function run(options: RunOptions = {}): Promise<Report> {
  const setting = await settle(options)
  const { document, access, prepared, embedded, place, concurrency, mask, quota, elapsed } = setting
  const { sets, all, makers, plan, maxTime } = prepared
  const house = houseOf(setting)
  const emit = maskedEmit(options, access.hidden, mask)
  const tidy = once(async () => house?.finish((progress) => emit({ type: 'cleanup-progressed', ...progress })))
  const judge = createJudge({ document, secrets: access.secrets, settings: options.settings })
  const leftovers: Exchange[] = []
  let throttled = false
  const budget = createBudget(prepared.maxRequests)
  const client = createClient({
    ...clientOptions(setting, judge, house),
    budget,
    onLeftover: (exchange) => leftovers.push(exchange),
    onPatience: (event) => {
      throttled = true
      emit({ type: 'patience', at: elapsed(), ...event })
    },
  })
  // Neither Ctrl-C nor the end of the time waits for a target that asks for patience. The runner itself looks at the clock before.
  const stop = () => client.stop()
  const timer = Number.isFinite(maxTime) ? setTimeout(stop, Math.min(maxTime * 1000 + 200, longestTimer)) : undefined
  options.signal?.addEventListener('abort', stop)
  try {
    const started = startOf({ ...setting, target: place.target })
    emit(started)
    if (house) emit({ type: 'ledger-begun', file: house.ledger.file })
    const session = await sendPlan({
      sets,
      all,
      plan,
      judge,
      client,
      learning: {
        dependences: dependencesOf(document),
        references: idsWanted(document),
        makers,
        pinned: new Set(Object.keys(options.params ?? {})),
      },
      leftovers,
      emit,
      show: createShow(place, mask),
      concurrency,
      maxTime,
      quota,
      isLow: budget.isLow,
      maxFailures: options.maxFailures,
      signal: options.signal,
    })
    await persistentRefusals(session)
    if (!session.ended()) await linger(session, judge, sets, options.signal)
    const { findings, wholeRun } = await investigate(session, judge, causesOf, explains)
    const made = makeReport({ started, session, findings, wholeRun, mask, seconds: elapsed(), throttled })
    const judged = held(withUntestable(made, sets, options), options)
    const report = house ? cleaned(judged, house.ledger.file, await tidy()) : judged
    for (const finding of report.findings) emit({ type: 'finding-made', finding })
    const ended = session.ended()
    if (options.shard) emit({ type: 'shard-ended', ids: judge.ids(), ...(ended !== undefined ? { ended } : {}), throttled })
    emit({ type: 'run-finished', report })
    return report
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', stop)
    await client.close()
    await tidy()
    await embedded?.close()
  }
}

type Setting = Awaited<ReturnType<typeof settle>>

/** Settles all that a run needs before its first request. */
async function settle(options: RunOptions) {
  const given = givenBy(options)
  const document = await loadDocument({ ...options, given })
  const transport = transportOf({
    ...options,
    timeout: options.timeout ?? defaults.timeout,
    rate: options.rate === undefined ? undefined : rateOf(options.rate, options),
  })
  const access = await openAccess(document, { ...options, given, ...transport })
  const prepared = prepare(document, options, credentialsFor(access))
  const embedded = options.target === undefined ? await startEmbedded(document, options.break, access.token) : undefined
  const place = placeOfTarget(options.target ?? embedded?.url ?? '', document, options.params ?? {})
  const at = new Date().toISOString()
  const clock = performance.now()
  hideSecrets(access, prepared.sets, options)
  return {
    options,
    document,
    transport,
    access,
    prepared,
    embedded,
    place,
    concurrency: options.concurrency ?? defaults.concurrency,
    mask: createMask(access.hidden),
    quota: quotaOf(prepared),
    at,
    /** Seconds since the start. */
    elapsed: () => (performance.now() - clock) / 1000,
  }
}

function quotaOf({ maxCreates, createsPerMinute }: Prepared) {
  if (maxCreates === undefined && createsPerMinute === undefined) return undefined
  return createQuota({ max: maxCreates, perMinute: createsPerMinute, sleep: sleepByClock })
}

/** What keeps account of what is created; undefined: nothing is to be deleted, or it goes with the embedded server. */
function houseOf({ options, document, transport, access, prepared, place, concurrency, mask }: Setting): Housekeeping | undefined {
  const { cleanup, target, ledgerFolder, reportFile = defaultReport } = options
  if (!cleanup || target === undefined) return undefined
  return keepHouse(
    { document, cleanup, ...place, ...transport, sets: prepared.sets, access, concurrency, mask },
    ledgerName(ledgerFolder ?? dirname(reportFile)),
  )
}

function clientOptions(
  { options, transport, access, prepared: { sets }, place, concurrency, quota }: Setting,
  { isOwnError }: Judge,
  house: Housekeeping | undefined,
): Omit<ClientOptions, 'budget'> {
  return {
    ...place,
    ...transport,
    concurrency,
    ...credentialsOf(access, sets),
    onCreating: house?.onCreating,
    quota,
    ramp: options.target !== undefined,
    maxAnswerBytes: mostRead,
    isOwnError,
    ...renewals(sets),
  }
}

/** Makes a case anew under another name, for a target that has the name already; and plain requests with values that no other has. */
function renewals(sets: readonly RuleSet[]): Required<Pick<ClientOptions, 'rename' | 'plainAnew'>> {
  let count = 0
  const builders = new Map(sets.flatMap((set) => set.rules.map((rule) => [rule.id, { set, rule }] as const)))
  return { rename, plainAnew }

  function plainAnew(made: Case): Case {
    const known = builders.get(made.rule)
    if (!known) return made
    const attempt = ofPlain + ++count
    return known.set.build(plainRule(known.set), 0, { attempt, renewed: true, ...(made.learnt ? { params: made.learnt } : {}) })
  }

  function rename(made: Case): Case {
    const known = builders.get(made.rule)
    if (!known) return made
    const build = (how: BuildOptions) =>
      known.set.build(known.rule, made.index, { ...how, ...(made.learnt ? { params: made.learnt } : {}) })
    const isOf = (how: BuildOptions) => JSON.stringify(build({ attempt: made.attempt, ...how }).changes) === JSON.stringify(made.changes)
    // A whole body holds the name, and must be written anew with another.
    const own = isOf({ plain: made.varied === undefined }) || isOf({ renewed: true }) ? {} : { changes: made.changes }
    const anew = { attempt: made.attempt + 1, fresh: made.fresh, ...own }
    const renewed = build({ ...anew, renewed: true })
    // With other values beside it, what is broken on a condition need not be.
    return known.rule.holds(renewed.request) ? renewed : build(anew)
  }
}

/** Attempts of plain requests that are sent beside the plan are far from any other's. */
const ofPlain = 6_000_000

/** What a report holds is masked where it is made; a mask put over it again could hit its own text. */
function maskedEmit({ emit }: RunOptions, hidden: readonly string[], mask: (text: string) => string): Emit {
  const deepMask = createDeepMask(mask)
  return (event) => emit?.(hidden.length === 0 || event.type === 'finding-made' || event.type === 'run-finished' ? event : deepMask(event))
}

/** The report with what no request of this run could test. */
const withUntestable = (report: Report, sets: readonly RuleSet[], options: RunOptions): Report => ({
  ...report,
  notTestable: [...report.notTestable, ...prefixed(sets), ...unbroken(sets), ...leftAlone(sets, isGuest(options))],
})

/** The report held against what may fail without failing the run. */
function held(report: Report, { baseline, allowFlaky }: RunOptions): Report {
  const known = baseline ? againstBaseline(report, baseline.file, baseline.known) : report
  return allowFlaky ? allowingFlaky(known) : known
}

/** Positions of names that the prefix fills are tested by nothing. */
const prefixed = (sets: readonly RuleSet[]): Report['notTestable'] =>
  sets.flatMap(({ subject: { namePrefix: prefix, identity } }) =>
    prefix && identity
      ? [
          {
            place: ['body', ...identity].join('.'),
            reason: `its first ${prefix.length} characters are the prefix ${prefix} of this run's names`,
          },
        ]
      : [],
  )

/** Of many constraints within alternatives some are broken by no rule. */
const unbroken = (sets: readonly RuleSet[]): Report['notTestable'] =>
  sets.flatMap(({ subject }) => {
    const count = unbrokenIn(subject)
    return count === 0
      ? []
      : [
          {
            place: `${subject.prefix}body`,
            reason: `${count} constraints in alternatives, or behind many others, are broken by no request: there are too many`,
          },
        ]
  })

async function startEmbedded(document: Awaited<ReturnType<typeof loadDocument>>, variant: string | undefined, token: string | undefined) {
  const { startReference } = await import('../reference/server')
  return startReference({ document, ...(variant !== undefined ? { variant } : {}), ...(token !== undefined ? { token } : {}) })
}
