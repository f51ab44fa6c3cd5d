import { UsageError } from '../core/errors'
import type { ApiDocument, Operation } from '../core/operation'
import type { Report } from '../core/report'
import type { Rule } from '../generators/rule'
import { type RuleSet, ruleSets } from '../generators/rules'
import type { RuleOptions } from '../generators/subject'
import { makePlan, roomOf } from '../runner/plan'
import { isUnsafe } from '../specs/unsafe'

/** What a caller chooses of a document. */
export interface Choice {
  /** Globs of operationIds, or of `METHOD /path`. */
  readonly operations?: readonly string[]
  readonly tags?: readonly string[]
  readonly methods?: readonly string[]
  /** Globs of rule ids to run, and to leave out; `*` stands for any text. */
  readonly rules?: readonly string[]
  readonly skip?: readonly string[]
}

export interface Chosen {
  readonly sets: readonly RuleSet[]
  /** The chosen operations, those too of which no rule is run. */
  readonly makers: readonly RuleSet[]
  /** Operations that are not sent, by the reason. */
  readonly leftOut: NonNullable<Report['document']['leftOut']>
  /** The requests are too few for all rules: what is left out, in words. */
  readonly thinned?: string
}

/** With fewer requests than this for each operation, its rules are chosen before they are derived: most could not be sent. */
const manyRules = 50

/**
 * The operations and rules that the caller chose. What is unsafe (PUT, PATCH, DELETE) has to be chosen by operation, tag or method.
 * @param maxRequests of the run; none: every rule is kept
 * @throws UsageError if nothing is left
 */
export function choose(document: ApiDocument, choice: Choice, options: RuleOptions, maxRequests?: number): Chosen {
  const { chosen, rest, isNamed: named, words } = chosenOperations(document, choice)
  const wanted = (choice.rules ?? []).map(glob)
  const unwanted = (choice.skip ?? []).map(glob)
  const ids = new Set(chosen.map(({ id }) => id))
  const share = maxRequests === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(roomOf(maxRequests) / chosen.length))
  const isThinned = chosen.length > 1 && share < manyRules
  const makers = ruleSets(document, {
    ...options,
    chosen: ({ id }) => ids.has(id),
    methods: (choice.methods ?? []).map((method) => method.toUpperCase()),
    ...(wanted.length > 0 || unwanted.length > 0
      ? { keep: (id) => (wanted.length === 0 || matches(wanted, id)) && !matches(unwanted, id) }
      : {}),
    ...(isThinned ? { most: share } : {}),
  })
  const kept = chosen.length > 1 && maxRequests !== undefined ? within(makers, options.seed, maxRequests) : makers
  const sets = kept.filter(({ rules }) => rules.length > 0)
  if (sets.length === 0) {
    const globs = [...(choice.rules ?? []).map((rule) => `--rule ${rule}`), ...(choice.skip ?? []).map((rule) => `--skip ${rule}`)]
    if (globs.length === 0) throw new UsageError('the document has no operation that can be tested')
    const hint =
      rest.some(({ method }) => isUnsafe(method)) && !named
        ? ' (those of PUT, PATCH and DELETE want --method, --tag or --operation too)'
        : ''
    throw new UsageError(`no rule is left by ${globs.join(' ')}; "plumbline rules" lists them${hint}`)
  }
  const thinned =
    isThinned && makers.some(({ rules }) => rules.length >= share)
      ? `of each ${sharedWords(share)}`
      : maxRequests !== undefined && count(kept) < count(makers)
        ? leftWords(makers, kept, options.seed, maxRequests)
        : undefined
  return {
    sets,
    makers,
    leftOut: leftOut(rest, named ? words.join(' ') : undefined),
    ...(thinned === undefined ? {} : { thinned: `${maxRequests} requests are few for ${chosen.length} operations: ${thinned}` }),
  }
}

const count = (sets: readonly RuleSet[]): number => sets.reduce((sum, { rules }) => sum + rules.length, 0)

/** The rules of which a run of so many requests sends a case. */
function sent(sets: readonly RuleSet[], seed: number, maxRequests: number): ReadonlySet<Rule> {
  const { items } = makePlan(
    sets.filter(({ rules }) => rules.length > 0),
    { seed, maxRequests },
  )
  const rules = new Set<Rule>()
  for (const { cases } of items) for (const { rule } of cases) rules.add(rule)
  return rules
}

/** Leaves out rules that the requests are too few for: a run says nothing of a target where rules of its own are not run. */
function within(sets: readonly RuleSet[], seed: number, maxRequests: number): readonly RuleSet[] {
  const kept = sent(sets, seed, maxRequests)
  // Where some are left out, the room of each operation is another.
  return kept.size === count(sets)
    ? sets
    : within(
        sets.map((set) => ({ ...set, rules: set.rules.filter((rule) => kept.has(rule)) })),
        seed,
        maxRequests,
      )
}

const sharedWords = (share: number): string =>
  `${share === 1 ? 'one rule is' : `at most ${share} rules are`} tested, as the seed draws them, and sequences of requests only where --rule asks for them; more --max-requests test more`

function leftWords(all: readonly RuleSet[], kept: readonly RuleSet[], seed: number, maxRequests: number): string {
  const enough = enoughFor(all, seed, maxRequests)
  const more = enough === undefined ? 'more --max-requests test more' : `from --max-requests ${enough} on, none is`
  return `${count(all) - count(kept)} of ${count(all)} rules are left out, as the seed draws them; ${more}`
}

/** Requests that send a case of every rule, to the next tenth; undefined: more than anybody would send. */
function enoughFor(sets: readonly RuleSet[], seed: number, tooFew: number): number | undefined {
  for (let requests = tooFew; requests < tooFew * 100; requests = Math.ceil(requests * 1.1))
    if (sent(sets, seed, requests).size === count(sets)) return requests
  return undefined
}

/**
 * The operations that are sent, and the others.
 * @throws UsageError if nothing is sent
 */
export function chosenOperations(document: ApiDocument, choice: Choice) {
  const isChosen = chooserOf(choice)
  const all = document.operations.map(({ documented }) => documented)
  const chosen = all.filter((operation) => isChosen?.(operation) ?? !isUnsafe(operation.method))
  const words = wordsOf(choice)
  if (chosen.length === 0)
    throw new UsageError(
      isChosen
        ? `no operation is left by ${words.join(' ')}; the operations are ${namesOf(all)}`
        : 'the document has PUT, PATCH and DELETE alone, which are sent only if chosen: give --method, --tag or --operation',
      document.file,
    )
  return { chosen, rest: all.filter((operation) => !chosen.includes(operation)), isNamed: isChosen !== undefined, words }
}

/** Whether an operation is chosen; undefined: nobody chose. Each kind of choice narrows, within a kind any will do. */
function chooserOf({ operations = [], tags = [], methods = [] }: Choice): ((operation: Operation) => boolean) | undefined {
  if (operations.length + tags.length + methods.length === 0) return undefined
  const patterns = operations.map(glob)
  const upper = methods.map((method) => method.toUpperCase())
  return ({ id, method, path, tags: own = [] }) =>
    (patterns.length === 0 || matches(patterns, id) || matches(patterns, `${method} ${path}`)) &&
    (tags.length === 0 || tags.some((tag) => own.includes(tag))) &&
    (upper.length === 0 || upper.includes(method))
}

function wordsOf({ operations = [], tags = [], methods = [] }: Choice): readonly string[] {
  const option = (name: string, values: readonly string[]) => values.map((value) => `--${name} ${value}`)
  return [...option('operation', operations), ...option('tag', tags), ...option('method', methods)]
}

const leftOut = (operations: readonly Operation[], words: string | undefined): Chosen['leftOut'] => {
  if (operations.length === 0) return []
  const reason =
    words === undefined
      ? 'PUT, PATCH and DELETE change or remove what is there: they are sent only if chosen by --operation, --tag or --method'
      : `not chosen by ${words}`
  return [{ reason, operations: operations.map(({ method, path }) => `${method} ${path}`) }]
}

const namesOf = (operations: readonly Operation[]): string => {
  const names = operations.slice(0, 5).map(({ id }) => id)
  return `${names.join(', ')}${operations.length > names.length ? ` and ${operations.length - names.length} more` : ''}`
}

const matches = (patterns: readonly RegExp[], text: string): boolean => patterns.some((pattern) => pattern.test(text))

/** A glob as a pattern: `*` is any text, dots and slashes too. */
export const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  )
