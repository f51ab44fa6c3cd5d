import type { Change } from '../core/case'
import type { Finding, Severity, ShownAnswer } from '../core/finding'
import { type DocsPlace, placeName } from '../core/place'
import type { Report, RuleResult } from '../core/report'
import { type Zone, zones } from '../core/zone'
import { bytes, count, counted, cut, duration, shorten } from './text'

/** The results of a rule, the one that needs a reader first. */
export const results = ['broken', 'not tested', 'not run', 'kept'] as const satisfies readonly RuleResult['result'][]

/** What a zone's requests are, for people. */
export const zoneMeaning: Readonly<Record<Zone, string>> = {
  accept: 'valid requests: the target owes the documented success',
  reject: 'requests that break a documented rule: the target owes the documented client error',
  either: 'requests that the docs leave open: the target owes any documented answer, and the truth',
}

/** How many findings there are of each severity. */
export function bySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { critical: 0, serious: 0, moderate: 0, minor: 0 }
  for (const finding of findings) counts[finding.severity] += 1
  return counts
}

/** The rules of one zone, counted by result, and their cases. */
interface ZoneCount {
  readonly zone: Zone
  readonly rules: number
  readonly cases: number
  readonly results: Readonly<Record<RuleResult['result'], number>>
}

/** Rules and cases counted by zone, in the zones' order; a zone without rules is left out. */
export function byZone(rules: readonly RuleResult[]): ZoneCount[] {
  return zones.flatMap((zone) => {
    const inside = rules.filter((rule) => rule.zone === zone)
    const counts: Record<RuleResult['result'], number> = { broken: 0, 'not tested': 0, 'not run': 0, kept: 0 }
    for (const rule of inside) counts[rule.result] += 1
    const cases = inside.reduce((sum, rule) => sum + rule.cases, 0)
    return inside.length > 0 ? [{ zone, rules: inside.length, cases, results: counts }] : []
  })
}

/** The verdict as a headline and the sentence under it. */
export function verdictWords(report: Report): { readonly headline: string; readonly sentence: string } {
  const tested = report.rules.filter((rule) => rule.cases > 0).length
  const broken = report.rules.filter((rule) => rule.result === 'broken').length
  const evidence = `${counted(report.requests, 'request')} tested ${count(tested)} of ${counted(report.rules.length, 'rule')}`
  // Whoever forgets to name a target must not take this for a word on their own.
  if (report.verdict === 'conforms' && report.embedded === 'reference' && report.document.spec !== undefined)
    return {
      headline: 'The server that was made from the document keeps it',
      sentence: `${evidence}; none was broken. Name a server of your own by --target.`,
    }
  if (report.verdict === 'conforms') return { headline: 'The target keeps its documentation', sentence: `${evidence}; none was broken.` }
  if (report.verdict === 'not judged') return { headline: 'The target could not be judged', sentence: `${evidence}.` }
  const all = report.findings.length
  const known = report.baseline?.known ?? 0
  const ways = `The target breaks its documentation in ${counted(all, known === all ? 'known way' : 'way')}`
  const headline = known > 0 && known < all ? `${ways}, ${known} of them known` : ways
  const passes =
    report.exitCode === 0
      ? ` The run passes: ${report.allowFlaky ? 'what is known, or fails now and then, is allowed' : 'what is known is borne'}.`
      : ''
  return { headline, sentence: `${evidence}; ${broken === 1 ? '1 was' : `${broken} were`} broken.${passes}` }
}

/** Where the docs state something: `page:line`. */
export const docsName = (docs: DocsPlace): string => `${docs.page}:${docs.line}`

/** One change of the plain valid request in words: the place, what was done to it, and with what. */
interface ChangeWords {
  readonly place: string
  readonly did: string
  readonly value?: string
}

export function changeWords(change: Change): ChangeWords {
  const place = placeName(change.at)
  if ('bytes' in change) {
    const body = Buffer.from(change.bytes, 'base64')
    return { place, did: `replaced by ${bytes(body.length)}:`, value: body.toString('utf8') }
  }
  if ('set' in change) return { place, did: 'set to', value: JSON.stringify(change.set) }
  if ('remove' in change) return { place, did: 'left out' }
  if ('rename' in change) return { place, did: 'sent under the name', value: JSON.stringify(change.rename) }
  if ('insert' in change) return { place, did: 'also given', value: `${JSON.stringify(change.insert)}: ${change.raw}` }
  return { place, did: 'sent as', value: change.raw }
}

/** The beginning of an answer in one line. */
export function answerWords(answer: ShownAnswer): string {
  if (answer.status === undefined) return `${answer.fault ?? 'nothing'} (after ${duration(answer.seconds)})`
  const { text, left } = cut(answer.body ?? '', 160)
  const body =
    answer.body === undefined
      ? answer.bodyBase64 === undefined
        ? ''
        : `${bytes(answer.bodyBytes ?? 0)} that are not UTF-8`
      : `${text}${left > 0 ? '…' : ''}`
  const fault = answer.fault === undefined ? '' : `; then ${answer.fault}`
  return `${answer.status} ${answer.statusText ?? ''}  ${body}${fault}`.replace(/ +$/, '')
}

/** What was sent, a line for each change. */
export function sentWords(finding: Finding): string[] {
  const { changes, check, request } = finding
  if (changes.length === 0)
    return [check === 'pact' && request ? `${request.method} ${shorten(request.target, 120)}` : 'the plain valid request']
  return changes.slice(0, 8).map((change) => {
    const { place, did, value } = changeWords(change)
    return `${place} ${did}${value === undefined ? '' : ` ${shorten(value, 120)}`}`
  })
}

/** Whether a finding repeats, in words. */
export const steadiness = (finding: Finding): string =>
  finding.check === 'pact'
    ? 'each interaction is sent once'
    : finding.wholeRun
      ? 'it shows in several answers together'
      : finding.steady === 'not repeated'
        ? 'not repeated: the run ended before it could be sent again'
        : finding.flaky
          ? 'flaky: sent again, it does not fail each time'
          : 'sent again, it fails each time'

/** Which of all requests the one is that a finding shows. */
export const whichRequest = ({ before = [], wholeRun }: Finding): string =>
  before.length > 0 ? 'the last of a sequence' : wholeRun ? 'one whose answer shows it' : 'the smallest that fails'

/** How often a finding was seen, in words. */
export const howOften = (finding: Finding): string => `${count(finding.count)} of ${counted(finding.outOf, 'request')}`

/** Why a finding does not fail the run. */
export const borneWords = (finding: Finding): string =>
  finding.baseline?.state === 'known' ? (standingWords(finding) ?? '') : 'flaky, which is allowed'

/** How a finding stands to the baseline, in words; none where there was no baseline. */
export function standingWords({ baseline }: Finding): string | undefined {
  if (!baseline) return undefined
  const { state, reason = '', owner = '', since, expires = '' } = baseline
  if (state === 'new') return 'new: the baseline does not have it'
  const told = `${reason} (${owner}${since === undefined ? '' : `, since ${since}`})`
  return state === 'known' ? `known until ${expires}: ${told}` : `known, but expired on ${expires}: ${told}`
}
