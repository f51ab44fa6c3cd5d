import { isDeepStrictEqual } from 'node:util'
import type { Case, Change, WireRequest } from '../core/case'
import { type Json, valueAt } from '../core/json'
import type { ApiDocument, Operation } from '../core/operation'
import { placeName } from '../core/place'
import type { Owes } from '../core/rule'
import { deriveSeed } from '../core/seed'
import { templatePattern } from '../specs/template'
import { type RequestModel, toWire, withValues } from '../specs/wire'
import { fullOf, onBothBases, withParents } from './bases'
import { CannotGenerate } from './json-schema'
import { flat, type Member } from './members'
import { namedPlaces, namingOf, referringOf, withIds, withNames } from './naming'
import { otherValue, plainValue, replaceAt } from './plain'
import { label, random } from './random'
import { always, type Draft, type Draw, draft, fixedRule, type Rule, type Subject } from './rule'
import { success } from './rules/accept'
import { ruleKinds } from './rules/index'
import { schemasOf } from './schema'
import { withSequences } from './sequences'
import { type RuleOptions, subjectOf } from './subject'

export interface BuildOptions {
  /** 0 unless given. */
  readonly attempt?: number
  /** In place of the draft's own: the shrinker's. */
  readonly changes?: readonly Change[]
  /** The draft as a change of the plain request, even if the case is one of the full request. */
  readonly bare?: boolean
  /** On the plain request itself, not on a variation of it; so is a case whose changes are given. */
  readonly plain?: boolean
  /** On a plain request whose values no other case has, as far as they may be chosen: what has to be unique is. */
  readonly renewed?: boolean
  readonly fresh?: boolean
  /** Values of path and query parameters, and of ids in the body by their places, that earlier answers gave, in place of the plain ones. */
  readonly params?: Readonly<Record<string, string>>
}

/** The rules of one operation, and how their cases become requests. */
export interface RuleSet {
  readonly subject: Subject
  readonly rules: readonly Rule[]
  /** A case, ready to send. */
  build(rule: Rule, index: number, options?: BuildOptions): Case
}

/** The methods that a document gives to a path: those of templates that it fits too, as `/keys/{id}` takes DELETE of `/keys/own`. */
function methodsByPath(document: ApiDocument): (path: string) => readonly string[] {
  const known = document.operations.map(({ documented: { method, path } }) => ({
    method,
    // Seen before the pattern, which takes longer.
    start: path.split('{')[0] as string,
    pattern: new RegExp(`^${templatePattern(path, '[^/]+').source}$`),
  }))
  return (path) => known.filter(({ start, pattern }) => path.startsWith(start) && pattern.test(path)).map(({ method }) => method)
}

/**
 * Derives the rules of every operation of a document.
 * @returns one set for each operation, in the document's order
 */
export function ruleSets(document: ApiDocument, options: RuleOptions): readonly RuleSet[] {
  const schemas = { documented: schemasOf(document.documented), assumed: schemasOf(document.assumed) }
  const { chosen = () => true } = options
  const methodsOf = methodsByPath(document)
  const sets = document.operations
    .filter(({ documented }) => chosen(documented))
    .map((pair) => {
      const others = methodsOf(pair.documented.path)
      const several = document.operations.length > 1
      try {
        const subject = subjectOf(pair, schemas, options, others, several)
        const naming = namingOf(document, pair.assumed, schemas.assumed)
        return ruleSet({ ...subject, naming, references: referringOf(document, pair.documented) }, options)
      } catch (error) {
        if (!(error instanceof CannotGenerate)) throw error
        return untestable(pair, schemas, options.seed, several, error)
      }
    })
  return withSequences(sets, document, options, (set) => (options.keep ? ruleSet(set.subject, { seed: options.seed }) : set))
}

/** An operation without a valid request: one rule, which says why it is not tested. */
function untestable(
  { documented, assumed }: { documented: Operation; assumed: Operation },
  schemas: Subject['schemas'],
  seed: number,
  several: boolean,
  reason: CannotGenerate,
): RuleSet {
  const subject: Subject = {
    id: documented.id,
    prefix: several ? `${documented.id} ` : '',
    documented,
    assumed,
    schemas,
    plain: undefined,
    model: { method: documented.method.toUpperCase(), path: documented.path, params: {}, query: [], headers: [] },
    others: [],
    tried: [],
    seed,
    tokens: [],
  }
  return {
    subject,
    rules: [fixedRule(subject, 'accept', 'request', 'valid', 'a valid request succeeds', [draft()], success)],
    build: () => {
      throw reason
    },
  }
}

function ruleSet(subject: Subject, { keep = () => true, most = Number.POSITIVE_INFINITY }: RuleOptions): RuleSet {
  const full = fullOf(subject)
  const named = namedPlaces(subject)
  const variations = variationsOf(subject)
  const variedBodies = variations.map((changes) => withChanges(subject.plain ?? null, changes))
  return { subject, rules: most === Number.POSITIVE_INFINITY ? candidates().map(confirmed).filter(isFilled) : drawnRules(), build }

  function candidates(enough = Number.POSITIVE_INFINITY): readonly Rule[] {
    const rules: Rule[] = []
    for (const [index, kind] of ruleKinds.entries()) {
      rules.push(...kind(subject).filter((rule) => keep(rule.id) && (rule.zone === 'reject' || !named.has(rule.place) || mayBeNone(rule))))
      if (index >= leastKinds && rules.length >= enough) break
    }
    return rules
  }

  /** Whether a rule says which ids of other things are valid, of which null is one. */
  function mayBeNone({ zone, place, keyword }: Rule): boolean {
    const reference = subject.references?.[place]
    return zone === 'accept' && keyword === 'valid' && reference !== undefined && subject.schemas.assumed.valid(reference.schema, null)
  }

  /** What would not be sent is not derived. */
  function drawnRules(): readonly Rule[] {
    const [first, ...others] = candidates(2 * most)
    const order = others.map((rule) => [deriveSeed(subject.seed, 'most', rule.id), rule] as const).sort(([a], [b]) => a - b)
    const rules: Rule[] = []
    for (const rule of [...(first ? [first] : []), ...order.map(([, rule]) => rule)]) {
      if (rules.length >= most) break
      const made = confirmed(rule)
      if (isFilled(made)) rules.push(made)
    }
    return rules
  }

  /** Leaves out what the validator cannot confirm: the zone is proven, not trusted. A rule of which nothing can be proven, or made, is left out whole. */
  function confirmed(rule: Rule): Rule | undefined {
    try {
      return proven(rule)
    } catch (error) {
      if (!(error instanceof CannotGenerate)) throw error
      return undefined
    }
  }

  function proven(rule: Rule): Rule {
    const model = modelOf(rule, 0, 0, [])
    const { fixed: made, drawn } = onBothBases(withParents(rule, subject), full, subject.seed)
    const holds = (draft: Draft) => rule.holds(toWire(model, draft.changes(subject.plain ?? null)))
    const own =
      rule.zone === 'reject' || named.size === 0 ? made : made.filter((draft) => !draft.changes(subject.plain ?? null).some(isOfNamed))
    const fixed = rule.holds === always ? own : own.filter(holds)
    const { drawn: _, ...rest } = rule
    return { ...rest, fixed, ...(drawn && !named.has(rule.place) && (fixed.length > 0 || canDraw(rule, drawn, model)) ? { drawn } : {}) }
  }

  function isOfNamed(change: Change): boolean {
    const { at } = change
    if ('set' in change && change.set === null) return false
    return named.has(placeName(at.map((part, i) => (i > 0 && part === '0' ? '[]' : part))))
  }

  function canDraw(rule: Rule, drawn: Draw, model: RequestModel): boolean {
    const rng = random(subject.seed, rule.id, 'probe')
    try {
      return Array.from({ length: maxTries }).some(() => rule.holds(toWire(model, drawn(rng, undefined))))
    } catch (error) {
      if (error instanceof CannotGenerate) return false
      throw error
    }
  }

  function modelOf(rule: Rule, index: number, attempt: number, varied: readonly Change[], params?: BuildOptions['params']): RequestModel {
    if (params) return supplied(modelOf(rule, index, attempt, varied), params, subject, index % 2 === 1)
    const { usedOnce } = subject
    const model = bodyOf(rule, index, attempt, varied)
    if (!usedOnce) return model
    const seed = deriveSeed(subject.seed, rule.id, nameOf(rule, index), attempt)
    const own = new Map(usedOnce.map(({ name, made }) => [name, made(seed)]))
    return { ...model, headers: model.headers.map(([name, value]) => [name, own.get(name) ?? value]) }
  }

  function bodyOf(rule: Rule, index: number, attempt: number, varied: readonly Change[]): RequestModel {
    const { identity, plain } = subject
    if (plain === undefined) return subject.model
    const body = variedBodies[variations.indexOf(varied)] ?? withChanges(plain, varied)
    if (!identity) return body === plain ? subject.model : { ...subject.model, body }
    const name = (subject.namePrefix ?? '') + label(subject.seed, rule.id, nameOf(rule, index), attempt)
    return { ...subject.model, body: replaceAt(body, identity, name) }
  }

  function nameOf(rule: Rule, index: number): string | number {
    return rule.fixed[index]?.sameName ?? index
  }

  /** What an answer holds of another request shows only where the two differ: cases take turns, as the seed has it. */
  function variationOf(rule: Rule, index: number): readonly Change[] {
    const turn = (deriveSeed(subject.seed, 'plain', rule.id, nameOf(rule, index)) >>> 0) % (variations.length + 1)
    return variations[turn] ?? []
  }

  function renewedOf(rule: Rule, index: number, attempt: number): readonly Change[] {
    return variation(subject, otherValue, deriveSeed(subject.seed, 'renewed', rule.id, index, attempt)) ?? []
  }

  function build(rule: Rule, index: number, options: BuildOptions = {}): Case {
    const { attempt = 0, changes, bare = false, plain = false, renewed = false, fresh = false, params } = options
    const own = bare || plain || changes ? [] : variationOf(rule, index)
    const varied = renewed ? renewedOf(rule, index, attempt) : own
    const model = modelOf(rule, index, attempt, varied, params)
    const drafted = changes ? { made: changes, request: toWire(model, changes) } : draftOf(rule, index, model, bare, params)
    const made = withPrefix(rule, model, drafted.made)
    const request = made === drafted.made ? drafted.request : toWire(model, made)
    // With other values beside it, what a fixed case changes may mean another thing: another branch of `oneOf` may hold then.
    if (varied.length > 0 && rule.fixed[index] && !rule.holds(request))
      return build(rule, index, { ...options, plain: true, renewed: false })
    return {
      operation: subject.id,
      rule: rule.id,
      index,
      attempt,
      zone: rule.zone,
      owes: owesOf(rule, request.body?.length ?? 0),
      request,
      changes: made,
      ...(varied.length > 0 ? { varied } : {}),
      ...(!changes && !bare && (rule.fixed[index]?.bare || made.some((change) => full.includes(change))) ? { beside: true } : {}),
      ...(params ? { learnt: params } : {}),
      fresh,
      ...(rule.fixed[index]?.inPackets && request.body ? { inPackets: true } : {}),
    }
  }

  /** Names that a case sets by itself bear the prefix too, as far as the case stays what its rule says. */
  function withPrefix(rule: Rule, model: RequestModel, changes: readonly Change[]): readonly Change[] {
    const { namePrefix, identity } = subject
    if (namePrefix === undefined || identity === undefined) return changes
    const place = ['body', ...identity].join('.')
    const prefixed = changes.map((change): Change => {
      if (!('set' in change) || typeof change.set !== 'string' || change.at.join('.') !== place) return change
      return { ...change, set: prefixedName(namePrefix, change.set) }
    })
    if (JSON.stringify(prefixed) === JSON.stringify(changes)) return changes
    if (rule.holds(toWire(model, prefixed))) return prefixed
    return rule.zone === 'accept' ? changes.filter((_, index) => prefixed[index] === changes[index]) : changes
  }

  function draftOf(
    rule: Rule,
    index: number,
    model: RequestModel,
    bare: boolean,
    params: BuildOptions['params'],
  ): { made: readonly Change[]; request: WireRequest } {
    const fixed = rule.fixed[index] ?? (rule.drawn ? undefined : fixedAgain(rule, index))
    if (fixed) return written(((bare && fixed.bare) || fixed.changes)(model.body ?? null))
    if (rule.drawn) {
      // Later draws are biased towards small and extreme values less and less, as fast-check's own runner does.
      const bias = 2 + Math.floor(Math.log(index + 2) / Math.log(10))
      const rng = random(subject.seed, rule.id, index)
      for (let i = 0; i < maxTries; i++) {
        const drawn = written(rule.drawn(rng, bias))
        if (rule.holds(drawn.request)) return drawn
      }
    }
    return written(fixedAgain(rule, index)?.changes(model.body ?? null) ?? [])

    function written(drafted: readonly Change[]) {
      const made = params && (subject.references || subject.naming) ? drafted.map((change) => withIds(change, subject, params)) : drafted
      return { made, request: toWire(model, made) }
    }
  }
}

/** Other values for the members of the plain request, as plain as its own. */
const variationsOf = (subject: Subject): readonly (readonly Change[])[] =>
  Array.from({ length: variationCount }, (_, i) => variation(subject, plainValue, deriveSeed(subject.seed, 'plain', i))).filter(
    (changes) => changes !== undefined,
  )

/** @returns undefined if there is none */
function variation(subject: Subject, making: typeof plainValue, seed: number): readonly Change[] | undefined {
  const { body, plain, identity, schemas } = subject
  if (!body || plain === undefined) return undefined
  const named = namedPlaces(subject)
  const isName = ({ at }: Member) =>
    identity !== undefined && at.length === identity.length + 1 && identity.every((part, i) => at[i + 1] === part)
  const changes = flat(body)
    .filter((member) => member.children.length === 0 && !isName(member) && !named.has(member.place))
    .filter((member) => valueAt(plain, member.at.slice(1)) !== undefined)
    .map((member) => ({ at: member.at, set: making(schemas.assumed, member, seed) }))
    .filter(({ at, set }) => !isDeepStrictEqual(set, valueAt(plain, at.slice(1))))
  const isValid = (some: readonly Change[]) => schemas.assumed.valid(body.assumed, withChanges(plain, some))
  if (isValid(changes)) return changes
  // Where some depend on each other, those that do not are varied.
  const alone: (Change & { readonly set: Json })[] = []
  for (const change of changes) if (isValid([...alone, change])) alone.push(change)
  return alone.length > 0 ? alone : undefined
}

/** A body in which members have other values. */
const withChanges = (body: Json, changes: readonly Change[]): Json =>
  withValues(
    body,
    changes.filter((change) => 'set' in change),
  )

/** A request with values of parameters that earlier answers gave. */
const supplied = (
  { body: plain, ...model }: RequestModel,
  values: Readonly<Record<string, string>>,
  subject: Subject,
  isFull: boolean,
): RequestModel => ({
  ...model,
  ...bodyWith(withNames(plain, subject, values, isFull)),
  params: Object.fromEntries(Object.entries(model.params).map(([name, value]) => [name, values[name] ?? value])),
  query: model.query.map(([name, value]) => [name, values[name] ?? value] as const),
})

const bodyWith = (body: Json | undefined) => (body === undefined ? {} : { body })

const fixedAgain = ({ fixed }: Rule, index: number): Draft | undefined => fixed[index % Math.max(fixed.length, 1)]

/** As long as the name was, where it is longer than the prefix. An empty one stays empty. */
function prefixedName(prefix: string, name: string): string {
  if (name === '' || name.startsWith(prefix)) return name
  const points = [...name]
  return prefix + (points.length > prefix.length ? points.slice(prefix.length).join('') : name)
}

const maxTries = 50
const variationCount = 4
/** Kinds of rules that are asked in any case, so that not only valid requests are sent. */
const leastKinds = 3

const isFilled = (rule: Rule | undefined): rule is Rule => rule !== undefined && (rule.fixed.length > 0 || rule.drawn !== undefined)
const kibibyte = 1024

/** Large bodies may be refused for their size alone, valid ones too; where the zone leaves it open, in other ways as well. */
function owesOf(rule: Rule, bytes: number): Owes {
  if (rule.zone === 'reject' || bytes < kibibyte) return rule.owes
  if (rule.zone === 'accept') return { ...rule.owes, also: [...(rule.owes.also ?? []), 413] }
  return { ...rule.owes, also: [...(rule.owes.also ?? []), 413], ...(bytes >= 16 * kibibyte ? { clientError: 'any' as const } : {}) }
}
