import type { WireRequest } from '../core/case'
import { createMask } from '../core/mask'
import { dependencesAmong, dependenceWords } from '../generators/dependence'
import { CannotGenerate } from '../generators/json-schema'
import type { RuleSet } from '../generators/rules'
import { shortList } from '../reports/text'
import { mayCreate, withinCreates } from '../runner/creates'
import { budgetFor, casesFor, makePlan } from '../runner/plan'
import { shardOf } from '../runner/shard'
import { loadDocument } from '../specs/load'
import { givenBy } from './access'
import { choose } from './choose'
import { defaults, type RunOptions } from './conformance'
import { isGuest, leftAlone } from './guest'
import { secretsOf } from './secrets'

const mostDependences = 20

/**
 * Tells what a run would send, and sends nothing.
 * @returns lines for standard output
 * @throws UsageError as the run would
 */
export async function dryRun(options: RunOptions): Promise<readonly string[]> {
  const document = await loadDocument({ ...options, given: givenBy(options) })
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31)
  const each = options.confidence === undefined ? 0 : casesFor(options.confidence)
  const { sets, makers, leftOut, thinned } = choose(
    document,
    options,
    {
      seed,
      params: options.params ?? {},
      headers: options.headers ?? [],
      ...(options.token !== undefined ? { token: options.token } : {}),
      ...(options.prefix !== undefined ? { prefix: options.prefix } : {}),
      guest: isGuest(options),
    },
    options.maxRequests ?? (each > 0 ? undefined : defaults.maxRequests),
  )
  const maxRequests = options.maxRequests ?? (each > 0 ? budgetFor(sets, each) : defaults.maxRequests)
  const whole = withinCreates(makePlan(sets, { seed, maxRequests, each }), options.maxCreates)
  const { plan, sets: kept } = options.shard ? shardOf(sets, whole, options.shard) : { plan: whole, sets }
  const mask = createMask(secretsOf(sets, options))
  const cases = [...plan.items].flatMap((item) => item.cases)
  const inZone = (zone: string) => cases.filter(({ rule }) => rule.zone === zone).length
  const maybe = cases.filter(mayCreate).length
  const sure = cases.filter(({ rule }) => rule.owes.success === 'required').length
  const deletes = options.cleanup && options.cleanup.when !== 'none' ? sure : 0
  const { rate, createsPerMinute, maxCreates } = options
  const seconds = Math.max(
    rate === undefined ? 0 : (cases.length + deletes) / rate,
    createsPerMinute === undefined ? 0 : (sure * 60) / createsPerMinute,
  )
  const prefix = sets[0]?.subject.namePrefix
  const one = exampleOf(sets)
  return [
    `Target     ${options.target ?? 'the embedded reference server'}`,
    `Document   ${document.title} ${document.version}, ${document.file}; overlays: ${(options.overlays ?? []).join(', ') || 'none'}`,
    `Operations ${sets.length} of ${document.operations.length}`,
    ...leftOut.map(({ reason, operations }) => `           without ${shortList(operations)}: ${reason}`),
    ...(thinned === undefined ? [] : [`           ${thinned}`]),
    ...leftAlone(sets, isGuest(options)).map(({ place, reason }) => `           without ${place}: ${reason}`),
    ...dependencesAmong(document, new Set(makers.map(({ subject }) => subject.id)))
      .slice(0, mostDependences)
      .map((dependence, index) => `${index === 0 ? 'Depends' : ''}`.padEnd(11) + dependenceWords(dependence)),
    `Rules      ${kept.reduce((sum, { rules }) => sum + rules.length, 0)}, seed ${seed}`,
    `Requests   ${cases.length} planned (accept ${inZone('accept')}, reject ${inZone('reject')}, either ${inZone('either')}); with resends and shrinking ${maxRequests} at most`,
    `Creates    ${sure} expected, up to ${maybe} if the target takes what the docs leave open${maxCreates === undefined ? '' : `; ${maxCreates} at most`}`,
    `Clean-up   ${cleanupWords(options)}`,
    `Names      ${prefix === undefined ? 'have no prefix' : `begin with ${prefix}`}`,
    `Time       ${seconds > 0 ? `${Math.ceil(seconds)} s at least${rate === undefined ? '' : `, at ${rate} requests a second`}${createsPerMinute === undefined ? '' : `, ${createsPerMinute} creates a minute`}` : 'as fast as the target answers'}; ends after ${options.maxTime ?? defaults.maxTime} s`,
    ...(seconds > (options.maxTime ?? defaults.maxTime)
      ? [`           that is more than --max-time: the plan would not be sent whole`]
      : []),
    ...(one ? [`For one    ${one.method} ${mask(one.target)} ${mask(one.body?.toString('utf8') ?? '')}`.trimEnd()] : []),
    'Nothing was sent.',
  ]
}

/** A request as it would be sent. */
function exampleOf(sets: readonly RuleSet[]): WireRequest | undefined {
  for (const { rules, build } of sets) {
    try {
      if (rules[0]) return build(rules[0], 0).request
    } catch (error) {
      if (!(error instanceof CannotGenerate)) throw error
    }
  }
  return undefined
}

function cleanupWords({ cleanup, target }: RunOptions): string {
  if (!cleanup || target === undefined) return 'none: what is created stays'
  const when = { each: 'after each create', end: 'at the end', none: 'not' }[cleanup.when ?? 'end']
  return `${when}, by ${cleanup.delete}`
}
