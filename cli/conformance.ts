import { dirname } from 'node:path'
import { mostRead } from '../contracts/body'
import { causesOf, explains } from '../contracts/findings'
import { createJudge } from '../contracts/judge'
import { againstBaseline, allowingFlaky } from '../core/baseline'
import type { Emit, RunStarted } from '../core/event'
import { eventVersion } from '../core/event'
import type { Exchange } from '../core/exchange'
import { createDeepMask, createMask } from '../core/mask'
import type { ApiDocument } from '../core/operation'
import type { Report } from '../core/report'
import { ruleInfo } from '../core/rule'
import { dependencesAmong, dependencesOf, dependenceWords } from '../generators/dependences/dependence'
import { idsWanted } from '../generators/dependences/references'
import { documentedMembers } from '../generators/documented'
import type { BuildOptions, RuleSet } from '../generators/rules'
import { unbrokenIn } from '../generators/rules/solved'
import { createClient } from '../runner/client'
import { investigate, linger } from '../runner/investigate'
import type { Cleaned } from '../runner/ledger/cleaner'
import { sleepByClock } from '../runner/patience'
import { createQuota } from '../runner/rate'
import { persistentRefusals } from '../runner/refusals'
import { makeReport } from '../runner/report'
import { sendPlan } from '../runner/run'
import { createShow } from '../runner/shown'
import { loadDocument } from '../specs/load'
import { credentialsFor, credentialsOf, givenBy, openAccess } from './access'
import { isGuest, leftAlone } from './guest'
import { keepHouse, keptAsAsked, ledgerName } from './housekeeping'
import { packageInfo } from './package'
import { type Prepared, prepare, rateOf } from './prepare'
import { defaults, type RunOptions } from './runOptions'
import { hideSecrets } from './secrets'
import { placeOfTarget } from './targetPlace'
import { transportOf } from './transport'

const defaultReport = 'plumbline-report/report.json'

/** Milliseconds that a timer can count. */
const longestTimer = 2 ** 31 - 1

/**
 * Holds a running API against its documentation.
 * @returns the report; `report.exitCode` is 0 (conforms), 1 (findings) or 3 (could not be judged)
 * @throws UsageError for a bad document, overlay or option
 */
export async function run(options: RunOptions = {}): Promise<Report> {
  const given = givenBy(options)
  const document = await loadDocument({ ...options, given })
  const params = options.params ?? {}
  const transport = transportOf({
    ...options,
    timeout: options.timeout ?? defaults.timeout,
    ...(options.rate === undefined ? {} : { rate: rateOf(options.rate, options) }),
  })
  const access = await openAccess(document, { ...options, given, ...transport })
  const prepared = prepare(document, options, credentialsFor(access))
  const { seed, sets, all, makers, plan, maxRequests, maxCreates, createsPerMinute, maxTime } = prepared
  const embedded = options.target === undefined ? await startEmbedded(document, options.break, access.token) : undefined
  const place = placeOfTarget(options.target ?? embedded?.url ?? '', document, params)
  const concurrency = options.concurrency ?? defaults.concurrency
  const startedAt = new Date().toISOString()
  const clock = performance.now()
  hideSecrets(access, sets, options)
  const { secrets, hidden } = access
  const mask = createMask(hidden)
  const deepMask = createDeepMask(mask)
  // What a report holds is masked where it is made; a mask put over it again could hit its own text.
  const emit: Emit = (event) =>
    options.emit?.(hidden.length === 0 || event.type === 'finding-made' || event.type === 'run-finished' ? event : deepMask(event))
  const leftovers: Exchange[] = []
  let sent = 0
  let throttled = false
  const quota =
    maxCreates === undefined && createsPerMinute === undefined
      ? undefined
      : createQuota({
          ...(maxCreates !== undefined ? { max: maxCreates } : {}),
          ...(createsPerMinute !== undefined ? { perMinute: createsPerMinute } : {}),
          sleep: sleepByClock,
        })
  const house =
    options.cleanup && options.target !== undefined
      ? keepHouse(
          { document, cleanup: options.cleanup, ...place, ...transport, sets, access, concurrency, mask },
          ledgerName(options.ledgerFolder ?? dirname(options.reportFile ?? defaultReport)),
        )
      : undefined
  let tidied = house === undefined
  const tidy = () => {
    tidied = true
    return house?.finish() ?? Promise.resolve(undefined)
  }
  const judge = createJudge({ document, secrets, ...(options.settings ? { settings: options.settings } : {}) })
  const builders = new Map(sets.flatMap((set) => set.rules.map((rule) => [rule.id, { set, rule }] as const)))
  const client = createClient({
    ...place,
    ...transport,
    concurrency,
    ...credentialsOf(access, sets),
    ...(house ? { onCreating: house.onCreating } : {}),
    ...(quota ? { quota } : {}),
    ramp: options.target !== undefined,
    budget: { take: () => sent++ < maxRequests },
    maxAnswerBytes: mostRead,
    isOwnError: judge.isOwnError,
    onLeftover: (exchange) => leftovers.push(exchange),
    onPatience: (event) => {
      throttled = true
      emit({ type: 'patience', at: (performance.now() - clock) / 1000, ...event })
    },
    rename: (made) => {
      const known = builders.get(made.rule)
      if (!known) return made
      const learnt = made.learnt ? { params: made.learnt } : {}
      const isOf = (how: BuildOptions) => {
        const { changes } = known.set.build(known.rule, made.index, { attempt: made.attempt, ...how, ...learnt })
        return JSON.stringify(changes) === JSON.stringify(made.changes)
      }
      // A whole body holds the name, and must be written anew with another.
      const own = isOf({ plain: made.varied === undefined }) || isOf({ renewed: true }) ? {} : { changes: made.changes }
      return known.set.build(known.rule, made.index, { attempt: made.attempt + 1, fresh: made.fresh, renewed: true, ...own, ...learnt })
    },
  })
  // Neither Ctrl-C nor the end of the time waits for a target that asks for patience. The runner itself looks at the clock before.
  const stop = () => client.stop()
  const timer = Number.isFinite(maxTime) ? setTimeout(stop, Math.min(maxTime * 1000 + 200, longestTimer)) : undefined
  options.signal?.addEventListener('abort', stop)
  try {
    const started = startOf(document, prepared, {
      at: startedAt,
      seed,
      target: mask(place.target),
      ...(embedded ? { embedded: options.break ?? 'reference' } : {}),
      command: `${options.command ?? 'npx plumbline-api run'} --seed ${seed}`,
      reportFile: options.reportFile ?? defaultReport,
      ...(options.shard ? { shard: { ...options.shard, rules: all.flatMap(({ rules }) => rules.map(({ id }) => id)) } } : {}),
      document: {
        title: document.title,
        version: document.version,
        file: document.file,
        ...(options.spec !== undefined ? { spec: options.spec } : {}),
        overlays: options.overlays ?? [],
        params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, mask(value)])),
        ...dependencesIn(document, makers),
        ...(options.remoteRefs ? { remoteRefs: true as const } : {}),
        ...(prepared.leftOut.length > 0 ? { leftOut: prepared.leftOut } : {}),
        ...(prepared.thinned === undefined ? {} : { thinned: prepared.thinned }),
        operations: all.map(({ subject }) => ({ id: subject.id, line: document.lineOf(subject.documented, '') })),
      },
    })
    emit(started)
    if (house) emit({ type: 'ledger-begun', file: house.ledger.file })
    const session = await sendPlan({
      sets,
      all,
      plan,
      judge,
      client,
      learning: { dependences: dependencesOf(document), references: idsWanted(document), makers, pinned: new Set(Object.keys(params)) },
      leftovers,
      emit,
      show: createShow(place, mask),
      concurrency,
      maxTime,
      ...(quota ? { quota } : {}),
      ...(options.maxFailures !== undefined ? { maxFailures: options.maxFailures } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    })
    await persistentRefusals(session)
    if (!session.ended()) await linger(session, judge, sets, options.signal)
    const { findings, wholeRun } = await investigate(session, judge, causesOf, explains)
    const seconds = (performance.now() - clock) / 1000
    const made = makeReport({ started, session, findings, wholeRun, mask, seconds, throttled })
    const told = { ...made, notTestable: [...made.notTestable, ...prefixed(sets), ...unbroken(sets), ...leftAlone(sets, isGuest(options))] }
    const held = options.baseline ? againstBaseline(told, options.baseline.file, options.baseline.known) : told
    const judged = options.allowFlaky ? allowingFlaky(held) : held
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
    if (!tidied) await tidy()
    await embedded?.close()
  }
}

/** The report with what became of what was created. What is left fails a run that would have passed. */
const cleaned = (report: Report, ledger: string, result: Cleaned | undefined): Report =>
  result ? withCleanup({ ...report, cleanup: { ledger, ...result } }) : report

/** A report that tells of a clean-up that failed. */
export function withCleanup(report: Report): Report {
  if (!cleanupFailed(report) || !report.cleanup) return report
  const { left, created, ledger } = report.cleanup
  return {
    ...report,
    exitCode: report.exitCode === 0 ? 3 : report.exitCode,
    reason: `${left.length} of ${created} created resources could not be deleted; they are in ${ledger}. ${report.reason ?? ''}`.trim(),
  }
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

/** Something that should be gone is still there. */
export const cleanupFailed = ({ cleanup }: Report): boolean => cleanup?.left.some(({ reason }) => reason !== keptAsAsked) ?? false

/** Members of answers that a report tells, of all operations together; and of one at least. */
const mostMembers = 20_000
const leastMembers = 30

/** What is known before the first request: all that a report tells besides what the run finds out. */
function startOf(
  document: ApiDocument,
  { sets, all, plan, thinned }: Prepared,
  parts: Pick<RunStarted, 'at' | 'seed' | 'target' | 'embedded' | 'shard' | 'command' | 'reportFile' | 'document'>,
): RunStarted {
  return {
    type: 'run-started',
    version: eventVersion,
    tool: packageInfo(),
    ...parts,
    rules: sets.flatMap(({ rules }) => rules.map(ruleInfo)),
    members: all.flatMap(({ subject }) =>
      documentedMembers(subject, Math.max(leastMembers, Math.floor(mostMembers / all.length))).map((member) => ({
        ...member,
        line: document.lineOf(subject.documented, member.place, member.statuses),
      })),
    ),
    silences: document.assumptions.map(({ source: _, ...silence }) => silence),
    warnings: [...document.warnings, ...(thinned === undefined ? [] : [thinned])],
    planned: plan.cases,
  }
}

/** Which operations take ids from the answers of others, in words. */
function dependencesIn(document: ApiDocument, makers: readonly RuleSet[]): Pick<Report['document'], 'dependences'> {
  const words = dependencesAmong(document, new Set(makers.map(({ subject }) => subject.id))).map(dependenceWords)
  return words.length > 0 ? { dependences: words } : {}
}

async function startEmbedded(document: Awaited<ReturnType<typeof loadDocument>>, variant: string | undefined, token: string | undefined) {
  const { startReference } = await import('../reference/server')
  return startReference({ document, ...(variant !== undefined ? { variant } : {}), ...(token !== undefined ? { token } : {}) })
}
