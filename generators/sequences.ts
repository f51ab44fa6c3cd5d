import { isDeepStrictEqual } from 'node:util'
import type { Case, Change } from '../core/case'
import type { Resource, Step } from '../core/dependence'
import { valueAt } from '../core/json'
import type { ApiDocument, Operation } from '../core/operation'
import { placeName } from '../core/place'
import { deriveSeed } from '../core/seed'
import { isJson } from '../specs/mediaType'
import { parentsOf } from './bases'
import { resourcesOf } from './dependences/resources'
import { marksOf } from './marks'
import { flat, type Member } from './members'
import { namedPlaces, withIds } from './naming'
import { otherValue } from './plain'
import { bodyOf } from './proofs'
import { label, random } from './random'
import { always, draft, type Marked, type Rule, type Sequence, type Subject } from './rule'
import type { BuildOptions, RuleSet } from './rules'
import { success } from './rules/accept'
import { typesOf } from './schema'
import type { RuleOptions } from './subject'

/** Bodies of refused creates that a sequence tries. */
const refusals = 6
/** Sequences that the seed draws, and their steps. */
const drawn = 4
const drawnSteps = 7

const keywords = ['found', 'absent', 'listed', 'changed', 'gone', 'unlisted', 'nothing-left', 'any-order'] as const
const idOf = (subject: Subject, keyword: string): string => `${subject.prefix}resource:${keyword}`

const valid = (set: RuleSet): Rule | undefined =>
  set.rules.find(({ zone, place, keyword, variant }) => zone === 'accept' && place === 'request' && keyword === 'valid' && !variant)

/**
 * Adds the rules about what operations make together: what was created is found and listed, what was changed is found so, what was removed is
 * gone, what was refused left nothing. They belong to the operation that creates. Only operations that are there are sent.
 * @param whole a set with all its rules
 */
export function withSequences(
  sets: readonly RuleSet[],
  document: ApiDocument,
  { seed, keep, most }: RuleOptions,
  whole: (set: RuleSet) => RuleSet,
): readonly RuleSet[] {
  if (sets.length < 2) return sets
  const byId = new Map(sets.map((set) => [set.subject.assumed, set]))
  const isAskedFor = ({ subject }: RuleSet) => keep !== undefined && keywords.some((keyword) => keep(idOf(subject, keyword)))
  const added = new Map<RuleSet, readonly Rule[]>()
  for (const resource of resourcesOf(document)) {
    const create = byId.get(resource.create)
    // A sequence takes all rules of its create: of many operations they are derived only if asked for.
    if (!create || (most !== undefined && !isAskedFor(create))) continue
    const { find, list, replace, patch, remove } = resource
    const there: Resource = {
      create: resource.create,
      ...(find && byId.has(find.consumer) ? { find } : {}),
      ...(list && byId.has(list) ? { list } : {}),
      ...(replace && byId.has(replace.consumer) ? { replace } : {}),
      ...(patch && byId.has(patch.consumer) ? { patch } : {}),
      ...(remove && byId.has(remove.consumer) ? { remove } : {}),
    }
    added.set(
      create,
      rulesOf(there, whole(create), byId, seed).filter(({ id }) => keep?.(id) ?? true),
    )
  }
  const removers = new Set([...added.keys()].length > 0 ? resourcesOf(document).map(({ remove }) => remove?.consumer) : [])
  return sets.map((set) => ({
    ...set,
    rules: [
      // Each deletes a thing that was created for it.
      ...(removers.has(set.subject.assumed) ? set.rules.map((rule) => ({ ...rule, requests: 2 })) : set.rules),
      ...(added.get(set) ?? []),
    ],
  }))
}

function rulesOf(resource: Resource, create: RuleSet, byOperation: ReadonlyMap<unknown, RuleSet>, seed: number): readonly Rule[] {
  const { subject } = create
  const { find, list, remove } = resource
  const marks = marksOf(subject)
  const plain = valid(create) ?? plainRule(create)
  const broken = marks || subject.identity ? refused(create, seed) : []
  if (!find && !list) return []
  // A patch without members, as of JSON Patch, says in its own way what it changes.
  const changes = (['replace', 'patch'] as const).filter((does) => {
    const body = byOperation.get(resource[does]?.consumer)?.subject.body
    return body !== undefined && (does === 'replace' || body.children.some(({ name }) => name !== '[]'))
  })
  const bodies = subject.body ? [0, 1, 2, 3] : [0]
  const step = (does: Step['does'], thing = 0, body = 0): Step => ({ does, thing, body })
  const each = (...steps: readonly Step['does'][]) => bodies.map((body) => steps.map((does) => step(does, 0, body)))
  const few = <T>(cases: readonly T[]) => cases.slice(0, 2)
  const of = (keyword: (typeof keywords)[number], zone: Rule['zone'], promise: string, cases: Sequence['cases']): Rule => ({
    id: idOf(subject, keyword),
    operation: subject.id,
    zone,
    place: 'resource',
    keyword,
    promise,
    ...(subject.documented.docs ? { docs: subject.documented.docs } : {}),
    owes: success,
    fixed: cases.map(() => draft()),
    weight: 0,
    asIs: true,
    oneBase: true,
    holds: always,
    requests: Math.ceil(cases.reduce((sum, steps) => sum + steps.length, 0) / Math.max(1, cases.length)) + 1,
    sequence: { resource, cases, make: (step, index, options) => make(keyword, step, index, options) },
  })
  return [
    ...(find ? [of('found', 'accept', 'what was created is found, as it was sent', each('create', 'find'))] : []),
    ...(find && statesAbsence(find.consumer)
      ? [of('absent', 'accept', 'what nobody made is not found, and the answer says so as documented', few(each('create', 'find', 'miss')))]
      : []),
    ...(list ? [of('listed', 'accept', 'what was created is in the list', few(each('create', 'list')))] : []),
    ...(find && changes.length > 0
      ? [
          of(
            'changed',
            'accept',
            'what was changed is found as it was sent',
            // The first case looks at each, of a thing that has something to lose.
            [
              [step('create', 0, bodies[1]), ...changes.flatMap((does) => [step(does), step('find')])],
              ...changes.flatMap((does) => each('create', does, 'find').slice(1, 2)),
            ],
          ),
        ]
      : []),
    ...(find && remove
      ? [of('gone', 'accept', 'what was deleted is not found any more', each('create', 'find', 'remove', 'find').slice(0, 3))]
      : []),
    ...(list && remove
      ? [of('unlisted', 'accept', 'what was deleted is not in the list any more', few(each('create', 'remove', 'list')))]
      : []),
    ...(list && broken.length > 0
      ? [
          of(
            'nothing-left',
            'accept',
            'a create that is refused leaves nothing in the list',
            broken.map((_, body) => [step('list'), step('refuse', 0, body), step('list')]),
          ),
        ]
      : []),
    of('any-order', 'accept', 'several things are found, listed and deleted each by itself, in any order', orders()),
  ]

  /** Steps in an order that the seed draws; in the end all is looked at. */
  function orders(): Sequence['cases'] {
    return Array.from({ length: drawn }, (_, index) => {
      const rng = random(seed, subject.id, 'sequence', index)
      const made = [0, 1]
      const steps: Step[] = [step('create', 0), step('create', 1)]
      const removed = new Set<number>()
      while (steps.length < drawnSteps) {
        const there = made.filter((thing) => !removed.has(thing))
        const choices: Step[] = [
          ...(find ? made.map((thing) => step('find', thing)) : []),
          ...(list ? [step('list')] : []),
          ...(remove ? there.map((thing) => step('remove', thing)) : []),
          ...(made.length < 3 ? [step('create', made.length, bodies.at(-1))] : []),
        ]
        const next = choices[rng.nextInt(0, choices.length - 1)] as Step
        steps.push(next)
        if (next.does === 'create') made.push(next.thing)
        if (next.does === 'remove') removed.add(next.thing)
      }
      return [...steps, ...(find ? made.map((thing) => step('find', thing)) : []), ...(list ? [step('list')] : [])]
    })
  }

  function make(
    keyword: string,
    { does, thing, body }: Step,
    index: number,
    { attempt, params, fresh }: Parameters<Sequence['make']>[2],
  ): Marked {
    const options = { params, fresh }
    if (does === 'find' || does === 'miss' || does === 'remove' || does === 'list') {
      const operation = does === 'list' ? list : (does === 'remove' ? remove : find)?.consumer
      const set = byOperation.get(operation) as RuleSet
      const rule = valid(set) ?? plainRule(set)
      return { made: { ...set.build(rule, 0, options), attempt } }
    }
    const unique = deriveSeed(subject.id, keyword, index, thing, does, attempt) >>> 0
    if (does === 'replace' || does === 'patch') {
      // A patch leaves what it does not name.
      const isPartial = does === 'patch' && body === 0
      return { made: { ...changing(byOperation.get(resource[does]?.consumer) as RuleSet, unique, options, isPartial), attempt } }
    }
    const text = label(seed, subject.id, keyword, index, thing, does, attempt)
    const from = does === 'refuse' ? { rule: broken[body] as Rule, at: 0 } : bodyAt(body)
    const first = create.build(from.rule, from.at, { ...options, attempt: unique })
    const same = (a: Change, b: Change) => a.at.join('\0') === b.at.join('\0')
    const all = marks?.(text) ?? []
    // What breaks the body stays as it is.
    const own = does === 'refuse' ? all.filter((change) => !first.changes.some((other) => same(change, other))) : all
    const others = first.changes.filter((change) => !own.some((other) => same(change, other)))
    const made = own.length > 0 ? create.build(from.rule, from.at, { ...options, attempt: unique, changes: [...others, ...own] }) : first
    const isMarked = own.length > 0 && from.rule.holds(made.request)
    const kept = isMarked ? made : first
    return { made: { ...kept, attempt }, ...markIn(kept, own, isMarked) }
  }

  /** A change of all members that can be others than before, or of one of them. */
  function changing(set: RuleSet, unique: number, options: Pick<BuildOptions, 'params' | 'fresh'>, isPartial: boolean): Case {
    const { body, plain, schemas, identity } = set.subject
    const rule = valid(set) ?? plainRule(set)
    const kept = new Set([...(identity ? [placeName(['body', ...identity])] : []), ...namedPlaces(set.subject)])
    const changes = flat(body as Member)
      .filter(({ at, place, children }) => children.length === 0 && at.length > 1 && !kept.has(place))
      .filter(({ at, assumed }) => typesOf(assumed)[0] !== 'array' && (!at.includes('0') || valueAt(plain, at.slice(1)) !== undefined))
      .map((member): Change => ({ at: member.at, set: otherValue(schemas.assumed, member, unique) }))
    const others = changes.filter((change) => 'set' in change && !isDeepStrictEqual(change.set, valueAt(plain, change.at.slice(1))))
    const sent = isPartial ? others.slice(0, 1) : changes
    const parents = parentsOf(set.subject, body as Member, plain ?? null, sent)
    const whole = [...parents.map((change) => withIds(change, set.subject, options.params ?? {})), ...sent]
    const made = set.build(rule, 0, { ...options, attempt: unique, changes: whole })
    return rule.holds(made.request) ? made : set.build(rule, 0, { ...options, attempt: unique, renewed: true })
  }

  function markIn(made: Case, own: readonly Change[], isMarked: boolean): Pick<Marked, 'mark'> {
    const [first] = own
    if (isMarked && first && 'set' in first) return { mark: String(first.set) }
    const body = bodyOf(made.request)
    const name = subject.identity && valueAt(body, subject.identity)
    return typeof name === 'string' && name.length >= 8 ? { mark: name } : {}
  }

  function bodyAt(body: number): { rule: Rule; at: number } {
    const ofBody = create.rules.filter(({ zone, place, keyword }) => zone === 'accept' && place === 'body' && keyword === 'valid')
    const kinds = ofBody.find(({ variant }) => variant === undefined)
    const whole = ofBody.find(({ variant }) => variant === 'combination')
    // All members come first; then, of a body of several kinds, each kind.
    if (body === 0 || !(whole ?? kinds)) return { rule: plain, at: 0 }
    return body === 1 || !kinds ? { rule: (whole ?? kinds) as Rule, at: body - 1 } : { rule: kinds, at: body - 2 }
  }
}

/** What the answer to an id of nothing holds is documented. */
const statesAbsence = ({ responses }: Operation): boolean =>
  responses.some(({ status, content }) => status === '404' && content.some(({ mediaType }) => isJson(mediaType)))

/** Requests that break one rule of the body, and can still bear a mark. */
function refused({ rules, build }: RuleSet, seed: number): readonly Rule[] {
  return rules
    .filter((rule) => rule.zone === 'reject' && rule.place.startsWith('body.') && rule.owes.success === 'forbidden')
    .filter((rule) => rule.fixed.length > 0 && build(rule, 0).changes.every((change) => !('bytes' in change)))
    .map((rule) => [deriveSeed(seed, 'refused', rule.id), rule] as const)
    .sort(([a], [b]) => a - b)
    .slice(0, refusals)
    .map(([, rule]) => rule)
}

/** The plain request of an operation whose own rules are not asked for. */
export const plainRule = ({ subject }: RuleSet): Rule => ({
  id: `${subject.prefix}request:valid`,
  operation: subject.id,
  zone: 'accept',
  place: 'request',
  keyword: 'valid',
  promise: 'a valid request succeeds',
  owes: success,
  fixed: [draft()],
  weight: 0,
  holds: always,
})
