import { dirname } from 'node:path'
import { causesOf, explains } from '../contracts/findings'
import { createJudge } from '../contracts/judge'
import type { Settings } from '../contracts/settings'
import { againstBaseline, allowingFlaky, type KnownFinding } from '../core/baseline'
import type { Emit, RunStarted } from '../core/event'
import { eventVersion } from '../core/event'
import type { Exchange } from '../core/exchange'
import { createDeepMask, createMask } from '../core/mask'
import type { ApiDocument } from '../core/operation'
import type { Report } from '../core/report'
import { ruleInfo } from '../core/rule'
import { dependencesAmong, dependencesOf, dependenceWords } from '../generators/dependence'
import { documentedMembers } from '../generators/documented'
import type { RuleSet } from '../generators/rules'
import { createClient } from '../runner/client'
import { withinCreates } from '../runner/creates'
import { investigate, linger, persistentRefusals } from '../runner/investigate'
import type { Cleaned } from '../runner/ledger/cleaner'
import { sleepByClock } from '../runner/patience'
import { budgetFor, casesFor, type Item, makePlan, type Plan } from '../runner/plan'
import { createPace, createQuota } from '../runner/rate'
import { makeReport } from '../runner/report'
import { sendPlan } from '../runner/run'
import { type Shard, shardOf } from '../runner/shard'
import { createShow } from '../runner/shown'
import { loadDocument } from '../specs/load'
import { credentialsFor, credentialsOf, givenBy, openAccess } from './access'
import { type Choice, choose } from './choose'
import type { AuthConfig, CleanupConfig } from './config/config'
import { isGuest, leftAlone } from './guest'
import { keepHouse, keptAsAsked, ledgerName } from './housekeeping'
import { certificate } from './options'
import { packageInfo } from './package'
import { isInHeader, madeUpTokens, secretsOf } from './secrets'
import { placeOfTarget } from './targetPlace'

export interface RunOptions extends Choice {
  /** Origin and base path of the server to test; none: the embedded reference server. */
  readonly target?: string
  /** Variant of the embedded server (see `zoo`). */
  readonly break?: string
  /** OpenAPI document, JSON or YAML; none: the bundled API. */
  readonly spec?: string
  /** Fetch what `$ref`s of the document name by `http:` and `https:`. */
  readonly remoteRefs?: boolean
  /** OpenAPI overlays, laid over the document in order. */
  readonly overlays?: readonly string[]
  readonly token?: string
  /** Where the credential comes from, unless `token` is given. */
  readonly auth?: AuthConfig
  readonly headers?: readonly (readonly [string, string])[]
  /** Values of path, query and header parameters. */
  readonly params?: Readonly<Record<string, string>>
  /** 32-bit integer; random unless given. */
  readonly seed?: number
  /** Requests on the wire at most, resends too. Default 3000. */
  readonly maxRequests?: number
  /** Seconds at most. Default 60. */
  readonly maxTime?: number
  /** Seconds until an answer counts as a hang. Default 10. */
  readonly timeout?: number
  /** Requests at the same time. Default 8. */
  readonly concurrency?: number
  /** Requests a second at most, those of the clean-up too; none: as fast as the target answers. */
  readonly rate?: number
  /** Resources that are created at most, in all and in any 60 seconds. */
  readonly maxCreates?: number
  readonly createsPerMinute?: number
  /** Failing cases that end the plan; none: it is sent whole. */
  readonly maxFailures?: number
  /** Contested oracles that are decided otherwise than by default (see `contracts/settings.ts`). */
  readonly settings?: Partial<Settings>
  /** Failure rate, 0–1, that each kept rule must rule out at 95 %: sets the number of its cases, and the request budget. */
  readonly confidence?: number
  /** Accept any certificate. */
  readonly insecure?: boolean
  /** PEM file of a certificate authority to trust besides. */
  readonly cacert?: string
  readonly emit?: Emit
  /** Aborting ends the run; what was seen is still reported. */
  readonly signal?: AbortSignal
  /** The command that repeats the run, for the report; the seed is added. */
  readonly command?: string
  /** Where `report.json` will lie, for replay lines. */
  readonly reportFile?: string
  /** Findings that do not repeat each time let the run pass. */
  readonly allowFlaky?: boolean
  /** What every created name begins with; further letters that the seed gives follow. */
  readonly prefix?: string
  /** How what the run creates is deleted; none: it is not. */
  readonly cleanup?: CleanupConfig
  /** Where the ledger of what the run creates is kept; default: beside the reports. */
  readonly ledgerFolder?: string
  /** Ids of rules that are sent before all others. */
  readonly first?: readonly string[]
  /** Send this part of the run alone; its event log is for `merge`. Rate, requests and creates are shared among the parts. */
  readonly shard?: Shard
  /** Findings that are known: only others fail. */
  readonly baseline?: { readonly file: string; readonly known: readonly KnownFinding[] }
}

const defaultReport = 'plumbline-report/report.json'

export const defaults = { maxRequests: 3000, maxTime: 60, timeout: 10, concurrency: 8 } as const

/** Milliseconds that a timer can count. */
const longestTimer = 2 ** 31 - 1

/** Bytes of an answer that are read at most. */
const maxAnswerBytes = 8 * 1024 * 1024

/**
 * Holds a running API against its documentation.
 * @returns the report; `report.exitCode` is 0 (conforms), 1 (findings) or 3 (could not be judged)
 * @throws UsageError for a bad document, overlay or option
 */
export async function run(options: RunOptions = {}): Promise<Report> {
  const given = givenBy(options)
  const document = await loadDocument({ ...options, given })
  const seed = options.seed ?? randomSeed()
  const params = options.params ?? {}
  const ca = options.cacert === undefined ? undefined : certificate(options.cacert)
  const tls = { insecure: options.insecure ?? false, ...(ca !== undefined ? { ca } : {}) }
  const timeout = options.timeout ?? defaults.timeout
  // Parts of a run share its rate, so that together they never take more.
  const rate = options.rate === undefined ? undefined : options.rate / (options.shard?.of ?? 1)
  const paced = rate === undefined ? {} : { pace: createPace(rate, undefined, sleepByClock) }
  const access = await openAccess(document, { ...options, given, tls, timeout, ...paced })
  const { token } = access
  const each = options.confidence === undefined ? 0 : casesFor(options.confidence)
  const {
    sets: all,
    makers,
    leftOut,
    thinned,
  } = choose(
    document,
    options,
    {
      seed,
      params,
      headers: options.headers ?? [],
      ...credentialsFor(access),
      ...(options.prefix !== undefined ? { prefix: options.prefix } : {}),
      guest: isGuest(options),
    },
    options.maxRequests ?? (each > 0 ? undefined : defaults.maxRequests),
  )
  const wholeRequests = options.maxRequests ?? (each > 0 ? budgetFor(all, each) : defaults.maxRequests)
  const whole = withinCreates(makePlan(all, { seed, maxRequests: wholeRequests, each }), options.maxCreates)
  const { sets, plan } = options.shard ? shardOf(all, whole, options.shard) : { sets: all, plan: whole }
  const ordered = options.first ? startingWith(plan, options.first) : plan
  const { maxRequests, maxCreates, createsPerMinute } = shareOf(options, wholeRequests, plan.cases, whole.cases)
  const embedded = options.target === undefined ? await startEmbedded(document, options.break, token) : undefined
  const place = placeOfTarget(options.target ?? embedded?.url ?? '', document, params)
  const { target } = place
  const concurrency = options.concurrency ?? defaults.concurrency
  const startedAt = new Date().toISOString()
  const clock = performance.now()
  const { secrets, hidden } = access
  for (const secret of secretsOf(sets, options)) {
    secrets.push(secret)
    hidden.push(secret)
  }
  secrets.push(...madeUpTokens(sets))
  // A made-up token stands where a signature goes: the shown request says so.
  if (access.auth) for (const { subject } of sets) hidden.push(...subject.tokens.filter(isInHeader).map(({ value }) => value))
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
          { document, cleanup: options.cleanup, ...place, sets, access, tls, timeout, concurrency, mask, ...paced },
          ledgerName(options.ledgerFolder ?? dirname(options.reportFile ?? defaultReport)),
        )
      : undefined
  let tidied = house === undefined
  const tidy = () => {
    tidied = true
    return house?.finish() ?? Promise.resolve(undefined)
  }
  const builders = new Map(sets.flatMap((set) => set.rules.map((rule) => [rule.id, { set, rule }] as const)))
  const client = createClient({
    ...place,
    timeout,
    concurrency,
    ...credentialsOf(access, sets),
    ...(house ? { onCreating: house.onCreating } : {}),
    ...paced,
    ...(quota ? { quota } : {}),
    ramp: options.target !== undefined,
    budget: { take: () => sent++ < maxRequests },
    maxAnswerBytes,
    onLeftover: (exchange) => leftovers.push(exchange),
    tls,
    onPatience: (event) => {
      throttled = true
      emit({ type: 'patience', at: (performance.now() - clock) / 1000, ...event })
    },
    rename: (made) => {
      const known = builders.get(made.rule)
      if (!known) return made
      const plain = made.varied === undefined
      const draft = known.set.build(known.rule, made.index, { attempt: made.attempt, plain })
      const own = JSON.stringify(draft.changes) === JSON.stringify(made.changes) ? {} : { changes: made.changes }
      const learnt = made.learnt ? { params: made.learnt } : {}
      return known.set.build(known.rule, made.index, { attempt: made.attempt + 1, fresh: made.fresh, plain, ...own, ...learnt })
    },
  })
  const maxTime = options.maxTime ?? (each > 0 ? Number.POSITIVE_INFINITY : defaults.maxTime)
  // Neither Ctrl-C nor the end of the time waits for a target that asks for patience. The runner itself looks at the clock before.
  const stop = () => client.stop()
  const timer = Number.isFinite(maxTime) ? setTimeout(stop, Math.min(maxTime * 1000 + 200, longestTimer)) : undefined
  options.signal?.addEventListener('abort', stop)
  try {
    const judge = createJudge({ document, secrets, ...(options.settings ? { settings: options.settings } : {}) })
    const started = startOf(document, { sets, all }, plan.cases, {
      at: startedAt,
      seed,
      target: mask(target),
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
        ...(leftOut.length > 0 ? { leftOut } : {}),
        ...(thinned === undefined ? {} : { thinned }),
        ...dependencesIn(document, makers),
        ...(options.remoteRefs ? { remoteRefs: true as const } : {}),
        operations: all.map(({ subject }) => ({ id: subject.id, line: document.lineOf(subject.documented, '') })),
      },
    })
    emit(started)
    if (house) emit({ type: 'ledger-begun', file: house.ledger.file })
    const session = await sendPlan({
      sets,
      all,
      plan: ordered,
      judge,
      client,
      learning: { dependences: dependencesOf(document), makers, pinned: new Set(Object.keys(params)) },
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
    const told = { ...made, notTestable: [...made.notTestable, ...prefixed(sets), ...leftAlone(sets, isGuest(options))] }
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

/** The same plan, some rules first. */
function startingWith(plan: Plan, first: readonly string[]): Plan {
  const early = new Set(first)
  const isEarly = ({ cases }: Item) => early.has(cases[0]?.rule.id ?? '')
  return {
    ...plan,
    items: {
      *[Symbol.iterator]() {
        for (const item of plan.items) if (isEarly(item)) yield item
        for (const item of plan.items) if (!isEarly(item)) yield item
      },
    },
  }
}

/** What one part of a run may take of what the whole may: at the same time they never take more. */
function shareOf(options: RunOptions, maxRequests: number, cases: number, all: number) {
  const { shard, maxCreates, createsPerMinute } = options
  if (!shard) return { maxRequests, maxCreates, createsPerMinute }
  const least = (amount: number) => Math.max(1, Math.floor(amount))
  return {
    maxRequests: least((maxRequests * cases) / Math.max(1, all)),
    maxCreates: maxCreates === undefined ? undefined : least(maxCreates / shard.of),
    createsPerMinute: createsPerMinute === undefined ? undefined : least(createsPerMinute / shard.of),
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

/** Something that should be gone is still there. */
export const cleanupFailed = ({ cleanup }: Report): boolean => cleanup?.left.some(({ reason }) => reason !== keptAsAsked) ?? false

/** Members of answers that a report tells, of all operations together; and of one at least. */
const mostMembers = 20_000
const leastMembers = 30

/** What is known before the first request: all that a report tells besides what the run finds out. */
function startOf(
  document: ApiDocument,
  { sets, all }: { readonly sets: readonly RuleSet[]; readonly all: readonly RuleSet[] },
  planned: number,
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
    warnings: [...document.warnings, ...(parts.document.thinned === undefined ? [] : [parts.document.thinned])],
    planned,
  }
}

/** Which operations take ids from the answers of others, in words. */
function dependencesIn(document: ApiDocument, makers: readonly RuleSet[]): Pick<Report['document'], 'dependences'> {
  const words = dependencesAmong(document, new Set(makers.map(({ subject }) => subject.id))).map(dependenceWords)
  return words.length > 0 ? { dependences: words } : {}
}

const randomSeed = (): number => Math.floor(Math.random() * 2 ** 31)

async function startEmbedded(document: Awaited<ReturnType<typeof loadDocument>>, variant: string | undefined, token: string | undefined) {
  const { startReference } = await import('../reference/server')
  return startReference({ document, ...(variant !== undefined ? { variant } : {}), ...(token !== undefined ? { token } : {}) })
}
