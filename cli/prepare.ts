import { UsageError } from '../core/errors'
import { type Json, ownMember } from '../core/json'
import type { ApiDocument } from '../core/operation'
import type { Credentials } from '../generators/credential'
import type { Subject } from '../generators/rule'
import type { RuleSet } from '../generators/rules'
import { typesOf } from '../generators/schema'
import { withinCreates } from '../runner/creates'
import { budgetFor, casesFor, type Item, makePlan, type Plan } from '../runner/plan'
import { shardOf } from '../runner/shard'
import { variablesIn } from '../specs/openapi/server'
import { type Chosen, choose } from './choose'
import { isGuest } from './guest'
import { defaults, type RunOptions } from './runOptions'

/** What a run sends, settled before its first request: the rules, their cases, and how many requests it may take. */
export interface Prepared extends Omit<Chosen, 'sets'> {
  readonly seed: number
  /** Of the whole run. */
  readonly all: readonly RuleSet[]
  /** Of the part that is sent, which is the whole where the run is not split. */
  readonly sets: readonly RuleSet[]
  readonly plan: Plan
  /** Parameters that were given, and break their own schema. */
  readonly cautions: readonly string[]
  /** Of the part, as is what follows. */
  readonly maxRequests: number
  readonly maxCreates: number | undefined
  readonly createsPerMinute: number | undefined
  /** Seconds for the run. */
  readonly maxTime: number
}

/** @throws UsageError for a parameter that the document does not have */
export function checkParams(document: ApiDocument, params: Readonly<Record<string, string>>): void {
  const servers = document.operations.flatMap(({ assumed: { server } }) => (server ? [server] : []))
  const variables = [...(document.server ? [document.server] : []), ...servers].flatMap(variablesIn)
  const names = new Set([...document.operations.flatMap(({ assumed }) => assumed.parameters.map(({ name }) => name)), ...variables])
  const unknown = Object.keys(params).find((name) => !names.has(name))
  if (unknown === undefined) return
  const shown = [...names].slice(0, mostNames)
  const others = names.size > shown.length ? ` and ${names.size - shown.length} more` : ''
  throw new UsageError(
    `--param ${unknown}: the document has no parameter of that name; it has ${shown.join(', ') || 'none'}${others}`,
    document.file,
  )
}

const mostNames = 10

/** @throws UsageError if no rule is left, and for a parameter that the document does not have */
export function prepare(document: ApiDocument, options: RunOptions, credentials: Credentials): Prepared {
  checkParams(document, options.params ?? {})
  const seed = options.seed ?? randomSeed()
  const each = options.confidence === undefined ? 0 : casesFor(options.confidence)
  const { sets: all, ...chosen } = choose(
    document,
    options,
    {
      seed,
      params: options.params ?? {},
      headers: options.headers ?? [],
      ...credentials,
      ...(options.prefix !== undefined ? { prefix: options.prefix } : {}),
      guest: isGuest(options),
    },
    options.maxRequests ?? (each > 0 ? undefined : defaults.maxRequests),
  )
  const maxRequests = options.maxRequests ?? (each > 0 ? budgetFor(all, each) : defaults.maxRequests)
  const whole = withinCreates(makePlan(all, { seed, maxRequests, each }), options.maxCreates)
  const { sets, plan } = options.shard ? shardOf(all, whole, options.shard) : { sets: all, plan: whole }
  return {
    ...chosen,
    seed,
    all,
    sets,
    cautions: [...new Set(all.flatMap(({ subject }) => oddParams(subject, options.params ?? {})))],
    plan: options.first ? startingWith(plan, options.first) : plan,
    ...shareOf(options, maxRequests, plan.cases, whole.cases),
    maxTime: options.maxTime ?? (each > 0 ? Number.POSITIVE_INFINITY : defaults.maxTime),
  }
}

/** A value as given is text: it may stand for a number or a word of JSON. */
function oddParams({ assumed, schemas }: Subject, params: Readonly<Record<string, string>>): string[] {
  return assumed.parameters.flatMap(({ name, in: part, schema, mediaType }) => {
    const given = ownMember(params, name)
    const types = typesOf(schemas.assumed.flatten(schema))
    if (given === undefined || mediaType !== undefined || types.some((type) => type === 'array' || type === 'object')) return []
    const values: Json[] = [given]
    if (types.join() !== 'string' && /^(-?(0|[1-9]\d*)(\.\d+)?|true|false|null)$/.test(given)) values.push(JSON.parse(given))
    if (values.some((value) => schemas.assumed.valid(schema, value))) return []
    return [`--param ${name}=${given}: not a value that the document takes for ${part}.${name}; valid requests may be refused for it`]
  })
}

/** Parts of a run share its rate, so that together they never take more. */
export const rateOf = (rate: number, { shard }: Pick<RunOptions, 'shard'>): number => rate / (shard?.of ?? 1)

const randomSeed = (): number => Math.floor(Math.random() * 2 ** 31)

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
