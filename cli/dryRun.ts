import type { WireRequest } from '../core/case'
import { createMask } from '../core/mask'
import { dependencesAmong, dependenceWords } from '../generators/dependences/dependence'
import { CannotGenerate } from '../generators/json-schema'
import type { RuleSet } from '../generators/rules'
import { shortList } from '../reports/text'
import { mayCreate } from '../runner/creates'
import { loadDocument } from '../specs/load'
import { credentialsAhead, givenBy } from './access'
import { isGuest, leftAlone } from './guest'
import { prepare, rateOf } from './prepare'
import type { RunOptions } from './runOptions'
import { secretsOf } from './secrets'

const mostDependences = 20

/**
 * Tells what a run would send, and sends nothing.
 * @returns lines for standard output
 * @throws UsageError as the run would
 */
export async function dryRun(options: RunOptions): Promise<readonly string[]> {
  const document = await loadDocument({ ...options, given: givenBy(options) })
  const { seed, sets, all, makers, leftOut, thinned, plan, maxRequests, maxCreates, createsPerMinute, maxTime } = prepare(
    document,
    options,
    credentialsAhead(options),
  )
  const mask = createMask(secretsOf(sets, options))
  const cases = [...plan.items].flatMap((item) => item.cases)
  const inZone = (zone: string) => cases.filter(({ rule }) => rule.zone === zone).length
  const maybe = cases.filter(mayCreate).length
  const sure = cases.filter(({ rule }) => rule.owes.success === 'required').length
  const deletes = options.cleanup && options.cleanup.when !== 'none' ? sure : 0
  const rate = options.rate === undefined ? undefined : rateOf(options.rate, options)
  const seconds = Math.max(
    rate === undefined ? 0 : (cases.length + deletes) / rate,
    createsPerMinute === undefined ? 0 : (sure * 60) / createsPerMinute,
  )
  const prefix = sets[0]?.subject.namePrefix
  const one = exampleOf(sets)
  return [
    `Target     ${options.target ?? 'the embedded reference server'}`,
    `Document   ${document.title} ${document.version}, ${document.file}; overlays: ${(options.overlays ?? []).join(', ') || 'none'}`,
    `Operations ${all.length} of ${document.operations.length}`,
    ...leftOut.map(({ reason, operations }) => `           without ${shortList(operations)}: ${reason}`),
    ...(thinned === undefined ? [] : [`           ${thinned}`]),
    ...leftAlone(sets, isGuest(options)).map(({ place, reason }) => `           without ${place}: ${reason}`),
    ...dependencesAmong(document, new Set(makers.map(({ subject }) => subject.id)))
      .slice(0, mostDependences)
      .map((dependence, index) => `${index === 0 ? 'Depends' : ''}`.padEnd(11) + dependenceWords(dependence)),
    `Rules      ${sets.reduce((sum, { rules }) => sum + rules.length, 0)}, seed ${seed}`,
    `Requests   ${cases.length} planned (accept ${inZone('accept')}, reject ${inZone('reject')}, either ${inZone('either')}); with resends and shrinking ${maxRequests} at most`,
    `Creates    ${sure} expected, up to ${maybe} if the target takes what the docs leave open${maxCreates === undefined ? '' : `; ${maxCreates} at most`}`,
    `Clean-up   ${cleanupWords(options)}`,
    `Names      ${prefix === undefined ? 'have no prefix' : `begin with ${prefix}`}`,
    `Time       ${seconds > 0 ? `${Math.ceil(seconds)} s at least${rate === undefined ? '' : `, at ${rate} requests a second`}${createsPerMinute === undefined ? '' : `, ${createsPerMinute} creates a minute`}` : 'as fast as the target answers'}${Number.isFinite(maxTime) ? `; ends after ${maxTime} s` : ''}`,
    ...(seconds > maxTime ? [`           that is more than --max-time: the plan would not be sent whole`] : []),
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
