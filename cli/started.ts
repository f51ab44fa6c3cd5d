import type { RunStarted } from '../core/event'
import { eventVersion } from '../core/event'
import type { ApiDocument } from '../core/operation'
import type { Report } from '../core/report'
import { ruleInfo } from '../core/rule'
import { dependencesAmong, dependenceWords } from '../generators/dependences/dependence'
import { documentedMembers } from '../generators/documented'
import type { RuleSet } from '../generators/rules'
import { packageInfo } from './package'
import type { Prepared } from './prepare'
import type { RunOptions } from './runOptions'

/** Where `report.json` lies unless the caller says otherwise. */
export const defaultReport = 'plumbline-report/report.json'

/** Members of answers that a report tells, of all operations together; and of one at least. */
const mostMembers = 20_000
const leastMembers = 30

interface Beginning {
  readonly options: RunOptions
  readonly document: ApiDocument
  readonly prepared: Prepared
  readonly target: string
  /** Time of the start, RFC 3339. */
  readonly at: string
  readonly mask: (text: string) => string
}

/** What is known before the first request: all that a report tells besides what the run finds out. */
export function startOf({ options, document, prepared, target, at, mask }: Beginning): RunStarted {
  const { seed, sets, all, makers, plan, leftOut, thinned, cautions } = prepared
  const { shard, params = {} } = options
  return {
    type: 'run-started',
    version: eventVersion,
    tool: packageInfo(),
    at,
    seed,
    target: mask(target),
    ...(options.target === undefined ? { embedded: options.break ?? 'reference' } : {}),
    command: `${options.command ?? 'npx plumbline-api run'} --seed ${seed}`,
    reportFile: options.reportFile ?? defaultReport,
    ...(shard ? { shard: { ...shard, rules: all.flatMap(({ rules }) => rules.map(({ id }) => id)) } } : {}),
    document: {
      title: document.title,
      version: document.version,
      file: document.file,
      ...(options.spec !== undefined ? { spec: options.spec } : {}),
      overlays: options.overlays ?? [],
      params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, mask(value)])),
      ...dependencesIn(document, makers),
      ...(options.remoteRefs ? { remoteRefs: true as const } : {}),
      ...(leftOut.length > 0 ? { leftOut } : {}),
      ...(thinned === undefined ? {} : { thinned }),
      operations: all.map(({ subject }) => ({ id: subject.id, line: document.lineOf(subject.documented, '') })),
    },
    rules: sets.flatMap(({ rules }) => rules.map(ruleInfo)),
    members: all.flatMap(({ subject }) =>
      documentedMembers(subject, Math.max(leastMembers, Math.floor(mostMembers / all.length))).map((member) => ({
        ...member,
        line: document.lineOf(subject.documented, member.place, member.statuses),
      })),
    ),
    silences: document.assumptions.map(({ source: _, ...silence }) => silence),
    warnings: [...document.warnings, ...(thinned === undefined ? [] : [thinned])],
    ...(cautions.length > 0 ? { cautions: cautions.map(mask) } : {}),
    planned: plan.cases,
  }
}

/** Which operations take ids from the answers of others, in words. */
function dependencesIn(document: ApiDocument, makers: readonly RuleSet[]): Pick<Report['document'], 'dependences'> {
  const words = dependencesAmong(document, new Set(makers.map(({ subject }) => subject.id))).map(dependenceWords)
  return words.length > 0 ? { dependences: words } : {}
}
