import { createCalls } from '../contracts/pact/calls'
import { segments } from '../contracts/pact/pact'
import type { Mismatch, VerifiedInteraction } from '../contracts/pact/verifier'
import type { Exchange } from '../core/exchange'
import type { Finding, Severity } from '../core/finding'
import type { ApiDocument, Operation } from '../core/operation'
import type { DocumentedMember, Report, RuleResult } from '../core/report'
import { digest } from '../core/seed'
import { documentedMembers } from '../generators/documented'
import { ruleSets } from '../generators/rules'
import { curlLine, shownAnswer, shownRequest } from '../runner/shown'
import { packageInfo } from './package'

interface PactReportParts {
  readonly document: ApiDocument
  readonly spec?: string
  readonly overlays: readonly string[]
  readonly params: Readonly<Record<string, string>>
  readonly provider: string
  readonly target: string
  readonly interactions: readonly VerifiedInteraction[]
  readonly startedAt: string
  readonly seconds: number
  /** The command that verifies again. */
  readonly command: string
  readonly mask: (text: string) => string
}

/** What a verification found out, in the form of a run's report: a rule for each interaction, a finding for each expectation that was not met. */
export function pactReport(parts: PactReportParts): Report {
  const { document, interactions, target, mask } = parts
  const members = ruleSets(document, { seed: 0 }).flatMap(({ subject }) =>
    documentedMembers(subject).map((member) => ({ ...member, line: document.lineOf(subject.documented, member.place, member.statuses) })),
  )
  const callOf = createCalls(document)
  const told = interactions.map((interaction) => ({ interaction, called: calledBy(callOf, interaction) }))
  const findings = joined(
    told.flatMap((one) => (one.interaction.result === 'broken' && !unreached(one.interaction) ? findingsOf(one, members, parts) : [])),
  )
  const rules = told.map(({ interaction, called }) => ruleOf(interaction, called, findings))
  const untested = rules.filter(({ result }) => result === 'not tested')
  const verdict = findings.length > 0 ? 'findings' : untested.length > 0 ? 'not judged' : 'conforms'
  const pending = interactions.filter(({ result }) => result === 'pending')
  return {
    version: 1,
    tool: packageInfo(),
    verdict,
    exitCode: verdict === 'findings' ? 1 : verdict === 'conforms' ? 0 : 3,
    ...(verdict === 'not judged'
      ? { reason: mask(`${untested.length} of ${rules.length} interactions were not judged: ${untested[0]?.reason}`) }
      : {}),
    seed: 0,
    target: mask(target),
    document: {
      title: document.title,
      version: document.version,
      file: document.file,
      ...(parts.spec !== undefined ? { spec: parts.spec } : {}),
      overlays: parts.overlays,
      params: Object.fromEntries(Object.entries(parts.params).map(([name, value]) => [name, mask(value)])),
      operations: document.operations.map(({ documented }) => ({ id: documented.id, line: document.lineOf(documented, '') })),
    },
    startedAt: parts.startedAt,
    seconds: Number(parts.seconds.toFixed(3)),
    requests: interactions.filter(({ crossing }) => crossing && 'exchange' in crossing).length,
    creations: interactions.filter((one) => /^2/.test(String(exchangeOf(one)?.answer?.status))).length,
    command: mask(parts.command),
    rules,
    members,
    findings,
    silences: [],
    notes: pending.map(({ consumer, description, mismatches, error }) => ({
      kind: 'pending pact',
      message: mask(
        `${consumer}: ${description}: ${mismatches[0]?.mismatch ?? error ?? ''}; the pact was never verified on this branch, so it fails no build`,
      ),
      count: 1,
    })),
    notTestable: [],
    statistics: { latencyBuckets: [], zones: [], timeline: [] },
  }
}

const exchangeOf = ({ crossing }: VerifiedInteraction): Exchange | undefined =>
  crossing && 'exchange' in crossing ? crossing.exchange : undefined

/** Why nothing can be said of an interaction: the target was not there, or refused for another reason. */
export function unreached(interaction: VerifiedInteraction): string | undefined {
  const { crossing, result } = interaction
  if (result === 'kept' || !crossing) return undefined
  if ('stateFailed' in crossing) return `its provider state could not be set up: ${crossing.stateFailed}`
  const { exchange } = crossing
  return exchange.notReached ?? (exchange.fault?.kind === 'unreachable' ? exchange.fault.message : undefined)
}

function calledBy(callOf: ReturnType<typeof createCalls>, interaction: VerifiedInteraction): Operation | undefined {
  const request = exchangeOf(interaction)?.case.request
  if (!request) return undefined
  const path = request.target.replace(/\?.*/s, '')
  return callOf({ request: { method: request.method, path } })?.documented
}

const ruleId = ({ consumer, description }: VerifiedInteraction): string => `pact.${consumer}:${description}`

function ruleOf(interaction: VerifiedInteraction, called: Operation | undefined, findings: readonly Finding[]): RuleResult {
  const { consumer, description, result } = interaction
  const id = ruleId(interaction)
  const reason = unreached(interaction)
  const other = interaction.mismatches.find(({ type }) => type === 'StatusMismatch')
  const status = Number(other?.expected ?? exchangeOf(interaction)?.answer?.status ?? 0)
  return {
    id,
    operation: called?.id ?? '',
    zone: status >= 400 ? 'reject' : status >= 200 ? 'accept' : 'either',
    place: `pact.${consumer}`,
    keyword: description,
    promise: `${consumer} gets what it expects from ${description}`,
    ...(called?.docs ? { docs: called.docs } : {}),
    cases: reason === undefined ? 1 : 0,
    notReached: reason === undefined ? 0 : 1,
    seconds: exchangeOf(interaction)?.seconds ?? 0,
    result: reason !== undefined ? 'not tested' : result === 'broken' ? 'broken' : 'kept',
    ...(reason === undefined ? {} : { reason }),
    findings: findings.filter(({ rules }) => rules.includes(id)).map((finding) => finding.id),
  }
}

interface Fault {
  readonly kind: string
  readonly place: string
  readonly message: string
  readonly severity: Severity
  readonly expected?: string
  readonly received?: string
}

function findingsOf(
  { interaction, called }: { readonly interaction: VerifiedInteraction; readonly called: Operation | undefined },
  members: readonly DocumentedMember[],
  parts: PactReportParts,
): Finding[] {
  const { consumer, description, error } = interaction
  const { mask, target, command } = parts
  const exchange = exchangeOf(interaction)
  const status = interaction.mismatches.find(({ type }) => type === 'StatusMismatch')
  // The rest of an answer of another status follows from that, and all of one that never came.
  const faults =
    exchange?.fault || error !== undefined ? [noAnswer(exchange, error)] : (status ? [status] : interaction.mismatches).flatMap(faultsOf)
  return faults.map(({ kind, place, message, severity, expected, received }): Finding => {
    const operation = called?.id ?? ''
    const member = members.find((one) => one.operation === operation && one.place === place)
    const docs = member?.docs ?? called?.docs
    const curl = exchange && curlLine(target, exchange.case.request, mask)
    return {
      id: digest(10, operation, 'pact', kind, place),
      severity,
      title: mask(message),
      rule: ruleId(interaction),
      check: 'pact',
      kind,
      place,
      promise: `${consumer} relies on ${place}, for ${description}`,
      ...(docs ? { docs } : {}),
      message: mask(message),
      ...(expected === undefined ? {} : { expected: mask(expected) }),
      ...(received === undefined ? {} : { received: mask(received) }),
      answerPlace: place,
      ...(exchange ? { request: shownRequest(exchange.case.request, mask), response: shownAnswer(exchange, mask) } : {}),
      ...(curl === undefined ? {} : { curl }),
      changes: [],
      steady: 'not repeated',
      flaky: false,
      count: 1,
      outOf: 1,
      firstSeen: { request: exchange?.ordinal ?? 1, seconds: 0 },
      rules: [ruleId(interaction)],
      replay: mask(command),
      shrinkPath: [],
    }
  })
}

const noAnswer = (exchange: Exchange | undefined, error = ''): Fault => ({
  kind: 'no-answer',
  place: 'answer',
  message: exchange?.fault?.message ?? error,
  severity: 'critical',
})

const textOf = (value: unknown): string | undefined => (value === undefined || value === null ? undefined : String(value))

function faultsOf({ type, mismatch, path = '$', key, expected, actual }: Mismatch): Fault[] {
  const both = {
    ...(textOf(expected) === undefined ? {} : { expected: textOf(expected)! }),
    ...(textOf(actual) === undefined ? {} : { received: textOf(actual)! }),
  }
  if (type === 'StatusMismatch')
    return [
      {
        kind: 'status',
        place: 'answer.status',
        message: `the answer is ${String(actual)} where ${String(expected)} is expected`,
        severity: 'critical',
        ...both,
      },
    ]
  if (type === 'HeaderMismatch')
    return [
      {
        kind: 'header',
        place: `answer.header.${key ?? path}`,
        message: `answer.header.${key ?? path}: ${mismatch}`,
        severity: 'moderate',
        ...both,
      },
    ]
  const place = ['answer.body', ...segments(path).map((segment) => (/^\d+$/.test(segment) ? '[]' : segment))].join('.')
  const missing = /missing the following keys: (.+)$/.exec(mismatch)?.[1]?.split(', ')
  if (missing)
    return missing.map((name) => ({
      kind: 'missing',
      place: `${place}.${name}`,
      message: `${place}.${name} is missing from the answer`,
      severity: 'serious',
    }))
  return [
    { kind: type === 'BodyTypeMismatch' ? 'content-type' : 'value', place, message: `${place}: ${mismatch}`, severity: 'serious', ...both },
  ]
}

/** One finding for each cause, whichever consumers met it. */
function joined(findings: readonly Finding[]): Finding[] {
  const byId = new Map<string, Finding[]>()
  for (const finding of findings) byId.set(finding.id, [...(byId.get(finding.id) ?? []), finding])
  return [...byId.values()].map((same) => {
    const first = same[0]!
    if (same.length === 1) return first
    const consumers = [...new Set(same.map(({ promise }) => promise.split(' relies on ')[0]))]
    const promise = `${consumers.join(' and ')} ${consumers.length === 1 ? 'relies' : 'rely'} on ${first.place}, in ${same.length} interactions`
    return { ...first, promise, count: same.length, outOf: same.length, rules: same.flatMap(({ rules }) => rules) }
  })
}
