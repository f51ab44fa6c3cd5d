import { UsageError } from '../core/errors'
import type { ApiDocument, Operation } from '../core/operation'
import type { Report } from '../core/report'
import { deriveSeed } from '../core/seed'
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
/** Share of the rules of each operation that is tried next, where the requests are too few for all. */
const thinner = 0.8

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
  const derived = (most?: number) =>
    ruleSets(document, {
      ...options,
      chosen: ({ id }) => ids.has(id),
      methods: (choice.methods ?? []).map((method) => method.toUpperCase()),
      ...(wanted.length > 0 || unwanted.length > 0
        ? { keep: (id) => (wanted.length === 0 || matches(wanted, id)) && !matches(unwanted, id) }
        : {}),
      ...(most !== undefined ? { most } : {}),
    })
  const fits = (made: readonly RuleSet[]) => chosen.length === 1 || maxRequests === undefined || reachesAll(made, options.seed, maxRequests)
  const share = maxRequests === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(roomOf(maxRequests) / chosen.length))
  const early = chosen.length > 1 && share < manyRules ? share : undefined
  const all = derived(early)
  let most = early
  let makers = all
  while (!fits(makers) && (most ?? share) > 1) {
    most = Math.max(1, Math.floor(Math.min(most ?? share, longest(makers)) * thinner))
    makers = all.map((set) => ({ ...set, rules: fewer(set, most as number, options.seed) }))
  }
  const sets = makers.filter(({ rules }) => rules.length > 0)
  if (sets.length === 0) {
    const globs = [...(choice.rules ?? []).map((rule) => `--rule ${rule}`), ...(choice.skip ?? []).map((rule) => `--skip ${rule}`)]
    if (globs.length === 0) throw new UsageError('the document has no operation that can be tested')
    const hint =
      rest.some(({ method }) => isUnsafe(method)) && !named
        ? ' (those of PUT, PATCH and DELETE want --method, --tag or --operation too)'
        : ''
    throw new UsageError(`no rule is left by ${globs.join(' ')}; "plumbline rules" lists them${hint}`)
  }
  return {
    sets,
    makers,
    leftOut: leftOut(rest, named ? words.join(' ') : undefined),
    ...(maxRequests !== undefined && most !== undefined && longest(makers) >= most
      ? {
          thinned: thinnedWords(maxRequests, chosen.length, most, {
            sequences: early !== undefined,
            enough: early === undefined ? enough(all, options.seed, maxRequests) : undefined,
          }),
        }
      : {}),
  }
}

/** So many rules of an operation, its first among them, as the seed draws them; and its sequences. */
function fewer({ rules }: RuleSet, most: number, seed: number): readonly Rule[] {
  const [first, ...others] = rules.filter(({ sequence }) => !sequence)
  const chance = (rule: Rule) => deriveSeed(seed, 'most', rule.id)
  const drawn = others.sort((a, b) => chance(a) - chance(b)).slice(0, most - 1)
  const kept = new Set([...(first ? [first] : []), ...drawn])
  return rules.filter((rule) => rule.sequence !== undefined || kept.has(rule))
}

const longest = (sets: readonly RuleSet[]): number =>
  Math.max(0, ...sets.map(({ rules }) => rules.filter(({ sequence }) => !sequence).length))

/** Whether a run of so many requests sends a case of every rule. */
function reachesAll(sets: readonly RuleSet[], seed: number, maxRequests: number): boolean {
  const left = new Set(sets.flatMap(({ rules }) => rules))
  for (const { cases } of makePlan(
    sets.filter(({ rules }) => rules.length > 0),
    { seed, maxRequests },
  ).items) {
    for (const { rule } of cases) left.delete(rule)
    if (left.size === 0) return true
  }
  return left.size === 0
}

/** Requests that send a case of every rule, to the next tenth; undefined: more than anybody would send. */
function enough(sets: readonly RuleSet[], seed: number, tooFew: number): number | undefined {
  for (let requests = tooFew; requests < tooFew * 100; requests = Math.ceil(requests * 1.1))
    if (reachesAll(sets, seed, requests)) return requests
  return undefined
}

function thinnedWords(
  maxRequests: number,
  operations: number,
  share: number,
  left: { readonly sequences: boolean; readonly enough?: number | undefined },
): string {
  const rules = share === 1 ? 'one rule is' : `at most ${share} rules are`
  const sequences = left.sequences ? ', and sequences of requests only where --rule asks for them' : ''
  const more = left.enough === undefined ? 'more --max-requests test more' : `from --max-requests ${left.enough} on, all are`
  return `${maxRequests} requests are few for ${operations} operations: of each ${rules} tested, as the seed draws them${sequences}; ${more}`
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
        ? `no operation is left by ${words.join(' ')}; there are ${namesOf(all)}`
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
