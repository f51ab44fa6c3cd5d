import { dirname } from 'node:path'
import { createJudge } from '../contracts/judge'
import type { Change } from '../core/case'
import { UsageError } from '../core/errors'
import type { Exchange } from '../core/exchange'
import type { Finding } from '../core/finding'
import { withoutScheme } from '../core/forms'
import { parseJson, valueAt } from '../core/json'
import { createMask, masked } from '../core/mask'
import { bare, type Token } from '../generators/credential'
import { listWay } from '../generators/dependences/answers'
import { dependencesOf } from '../generators/dependences/dependence'
import { idsWanted } from '../generators/dependences/references'
import { resourcesOf, withProducers } from '../generators/dependences/resources'
import { type RuleSet, ruleSets } from '../generators/rules'
import { plainRule } from '../generators/sequences'
import { startReference } from '../reference/server'
import { visible } from '../reports/text'
import { createClient } from '../runner/client'
import { type Session, sendPlan } from '../runner/run'
import { createShow } from '../runner/shown'
import { loadDocument } from '../specs/load'
import { unsafeMethods } from '../specs/unsafe'
import { credentialsFor, credentialsOf, givenBy, openAccess } from './access'
import { keepHouse, ledgerName, leftWords, sayProgress } from './housekeeping'
import { type TargetOptions, targetOf } from './options'
import { readReport } from './reportFile'
import { hideSecrets } from './secrets'
import { placeOfTarget } from './targetPlace'
import { transportOf } from './transport'

/** Times that a flaky failure is looked for, at most. */
const mostTries = 300
/** Plain requests that show what only several show: ids and times. */
const wholeRunTries = 40
/** As many of them as the finding has looked at, at most. */
const mostWholeRunTries = 3000

/**
 * Sends the smallest cases of a report again, under new names.
 * Exit code 1 if one still fails, 0 if all are mended, 3 if one could not be judged.
 */
export async function replayCommand(
  file: string,
  id: string | undefined,
  options: TargetOptions & { readonly timeout: number; readonly rate?: number },
): Promise<void> {
  const report = await readReport(file)
  const findings = report.findings.filter((finding) => id === undefined || finding.id === id)
  if (id !== undefined && findings.length === 0)
    throw new UsageError(`there is no finding ${id}; there are ${report.findings.map((finding) => finding.id).join(', ') || 'none'}`, file)
  const given = targetOf(options)
  const credentials = givenBy({ ...given, params: report.document.params })
  const document = await loadDocument({
    ...(report.document.spec !== undefined ? { spec: report.document.spec } : {}),
    overlays: report.document.overlays,
    remoteRefs: report.document.remoteRefs ?? false,
    given: credentials,
  })
  const transport = transportOf(options)
  const access = await openAccess(document, { ...given, given: credentials, ...transport })
  const { token } = access
  const toSend = new Set(findings.map(({ rule }) => rule))
  const operations = new Set(report.rules.filter(({ id }) => toSend.has(id)).map(({ operation }) => operation))
  const leftOut = new Set(report.document.leftOut?.flatMap((one) => one.operations))
  // What a list shows has to be made anew.
  const creates = resourcesOf(document).filter(({ list }) => list !== undefined && operations.has(list.id))
  const wanted = withProducers(document, new Set([...operations, ...creates.map(({ create }) => create.id)]))
  const sets = ruleSets(document, {
    chosen: ({ id, method, path }) => operations.size === 0 || operations.has(id) || (wanted.has(id) && !leftOut.has(`${method} ${path}`)),
    methods: unsafeMethods,
    seed: report.seed,
    params: report.document.params,
    headers: given.headers,
    ...credentialsFor(access),
    ...(options.prefix !== undefined ? { prefix: options.prefix } : {}),
  })
  const embedded =
    report.embedded !== undefined && given.target === undefined
      ? await startReference({
          document,
          ...(report.embedded === 'reference' ? {} : { variant: report.embedded }),
          ...(token !== undefined ? { token } : {}),
        })
      : undefined
  const place = placeOfTarget(given.target ?? embedded?.url ?? report.target, document, report.document.params)
  hideSecrets(access, sets, given)
  const mask = createMask(access.hidden)
  const judge = createJudge({ document, secrets: access.secrets })
  const house =
    options.cleanup && !embedded
      ? keepHouse(
          { document, cleanup: options.cleanup, ...place, ...transport, sets, access, concurrency: 1, mask },
          ledgerName(dirname(file)),
        )
      : undefined
  const client = createClient({
    ...place,
    ...transport,
    ...(house ? { onCreating: house.onCreating } : {}),
    concurrency: 1,
    budget: { take: () => true },
    isOwnError: judge.isOwnError,
    ...credentialsOf(access, sets),
  })
  try {
    const session = await sendPlan({
      sets,
      plan: { items: [], cases: 0 },
      judge,
      client,
      learning: {
        dependences: dependencesOf(document),
        references: idsWanted(document),
        makers: sets,
        pinned: new Set(Object.keys(report.document.params)),
      },
      leftovers: [],
      emit: () => {},
      show: createShow(place, mask),
      concurrency: 1,
      maxTime: Number.POSITIVE_INFINITY,
    })
    let failing = 0
    let unjudged = 0
    for (const finding of findings) {
      const listed = creates.find(({ list }) =>
        sets.some(({ subject, rules }) => subject.assumed === list && rules.some(({ id }) => id === finding.rule)),
      )
      const maker = listed && sets.find(({ subject }) => subject.assumed === listed.create)
      const { word, message } = await replayed(session, judge, sets, finding, maker)
      if (word === 'not judged') unjudged++
      if (word === 'still fails') failing++
      process.stdout.write(`${finding.id} ${word}: ${visible(mask(message))}\n`)
    }
    if (findings.length === 0 && report.verdict === 'not judged') {
      unjudged++
      process.stdout.write(`The report has no findings, as its run was not judged: ${report.reason ?? 'it could not be'}\n`)
    } else if (findings.length === 0) process.stdout.write('The report has no findings.\n')
    process.exitCode = failing > 0 ? 1 : unjudged > 0 ? 3 : 0
  } finally {
    await client.close()
    const cleaned = await house?.finish(sayProgress)
    if (house && cleaned && options.cleanup?.when !== 'none') {
      process.stderr.write(leftWords(cleaned, house.ledger.file))
      if (cleaned.left.length > 0 && !process.exitCode) process.exitCode = 3
    }
    await embedded?.close()
  }
}

interface Replayed {
  /** `not judged`: nothing that was sent reached the rule, as the target is down, refuses the token, or throttles. */
  readonly word: 'mended' | 'still fails' | 'not judged'
  readonly message: string
}

/**
 * Sends the case of a finding again.
 * @param maker what creates the things of the list that the finding is about
 */
async function replayed(
  session: Session,
  judge: ReturnType<typeof createJudge>,
  sets: readonly RuleSet[],
  finding: Finding,
  maker: RuleSet | undefined,
): Promise<Replayed> {
  const set = sets.find(({ rules }) => rules.some(({ id }) => id === finding.rule))
  const rule = set?.rules.find(({ id }) => id === finding.rule)
  if (!set || !rule) throw new UsageError(`finding ${finding.id}: the document has no rule ${finding.rule} any more`)
  // Names must be new for a target that remembers the run: attempts of this replay are far from any other's.
  const first = 10_000 + (Math.floor(Date.now() / 1000) % 1_000_000) * 1000
  const { case: made } = finding
  const wanted = Math.max(wholeRunTries, finding.outOf)
  const tries = !made
    ? Math.min(wanted, mostWholeRunTries)
    : finding.flaky
      ? Math.min(mostTries, Math.ceil((3 * finding.outOf) / Math.max(finding.count, 1)))
      : 1
  const changes = made?.changes?.map((change) => unmasked(change, set.subject.tokens))
  let judged = 0
  let reason = 'nothing could be sent'
  const foundTogether = () =>
    judge.finish().find(({ failure }) => failure.check === finding.check && failure.kind === finding.kind)?.failure.message
  let nextLook = wholeRunTries
  if (maker) await session.again(maker, plainRule(maker), 0, { attempt: first - 1 })
  for (let i = 0; i < tries; i++) {
    const sent = await session.again(set, rule, made?.index ?? 0, {
      attempt: first + i * 10,
      fresh: made?.fresh ?? i % 2 === 0,
      ...(changes ? { changes } : {}),
    })
    if (!sent) continue
    // Of a list without things nothing can be said.
    const isEmpty = maker !== undefined && isEmptyList(sent.exchange, set)
    const { notReached = isEmpty ? 'the list is empty' : undefined } = sent.judgement
    if (notReached === undefined) judged++
    else reason = notReached
    const failure = sent.judgement.failures.find(
      ({ check, kind }) => check === finding.check && (kind === finding.kind || finding.kind === 'gone'),
    )
    if (failure) return { word: 'still fails', message: failure.message }
    // Many need far fewer answers than the run had.
    if (made || i + 1 < nextLook) continue
    nextLook *= 2
    const together = foundTogether()
    if (together !== undefined) return { word: 'still fails', message: together }
  }
  const whole = foundTogether()
  if (whole !== undefined) return { word: 'still fails', message: whole }
  if (!made && wanted > tries)
    return { word: 'not judged', message: `it took ${finding.outOf} answers to show, and ${tries} are too few: ${finding.title}` }
  if (judged === 0) return { word: 'not judged', message: `${reason}: ${finding.title}` }
  // Whoever refuses every request, for its token or its path, refuses what must be refused, too.
  const control = await session.again(set, plainRule(set), 0, { attempt: first - 2 })
  const { notReached } = control?.judgement ?? { notReached: 'the plain request could not be sent' }
  return notReached === undefined
    ? { word: 'mended', message: finding.title }
    : { word: 'not judged', message: `the plain request was ${notReached}: ${finding.title}` }
}

function isEmptyList({ answer }: Exchange, { subject }: RuleSet): boolean {
  const way = listWay(subject.assumed, subject.schemas.assumed)
  const list = way && valueAt(parseJson(answer?.body), way)
  return Array.isArray(list) && list.length === 0
}

/** A change with the credential where its mask stands: that of its place, or else the first. */
function unmasked(change: Change, tokens: readonly Token[]): Change {
  const real = tokens.filter((token) => token.real)
  const { parameter, value } =
    real.find((token) => token.parameter.in === change.at[0] && token.parameter.name === change.at[1]) ?? real[0] ?? {}
  if (!parameter || value === undefined) return change
  const token = parameter.credential?.kind === 'basic' ? withoutScheme(value) : bare(parameter, value)
  return JSON.parse(JSON.stringify(change), (_, inner) => (typeof inner === 'string' ? inner.split(masked).join(token) : inner))
}
