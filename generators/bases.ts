import { isDeepStrictEqual } from 'node:util'
import type { Change } from '../core/case'
import { isObject, type Json, valueAt } from '../core/json'
import type { Operation } from '../core/operation'
import { deriveSeed } from '../core/seed'
import { isJson } from '../specs/mediaType'
import { withValues } from '../specs/wire'
import { edges } from './edges'
import { flat, type Member } from './members'
import { namedPlaces } from './naming'
import { plainValue } from './plain'
import type { Draft, Draw, Rule, Subject } from './rule'
import type { Schemas } from './schema'

/**
 * Spreads the cases of a rule over two valid requests to start from: the plain one, and the full one with every optional member and the last
 * of the media types, as a server may read each in a way of its own. What is asked for matters more than what it is asked beside, so that
 * the two take turns; only the first case of a `reject` rule goes with both. In every other turn of the full one it is but one of the optional
 * members that is there.
 * @param full what makes the full request of the plain one
 * @param seed says which of the optional members
 */
export function onBothBases(rule: Rule, full: readonly Change[], seed: number): Pick<Rule, 'fixed' | 'drawn'> {
  const { fixed, drawn } = rule
  if (full.length === 0 || rule.oneBase) return { fixed, ...(drawn ? { drawn } : {}) }
  const [first, ...rest] = fixed
  const beside = (draft: Draft): Draft => onFull(draft, full)
  const members = full.filter(setsMember)
  const start = deriveSeed(seed, rule.id) >>> 0
  const other = (draft: Draft, turn: number): Draft => {
    const one = members[(start + turn) % Math.max(members.length, 1)]
    return turn % 2 === 1 && members.length > 1 && one ? onFull(draft, [one]) : beside(draft)
  }
  const both = first && (rule.zone === 'reject' || fixed.length === 1) ? [first, beside(first)] : first ? [first] : []
  return {
    fixed: [...both, ...rest.map((draft, i) => ((i + both.length) % 2 === 1 ? other(draft, (i + both.length - 1) >> 1) : draft))],
    ...(drawn ? { drawn: eitherWay(drawn, full) } : {}),
  }
}

/** One half of the drawn cases goes with the full request. */
const eitherWay =
  (drawn: Draw, full: readonly Change[]): Draw =>
  (random, bias) => {
    const isFull = random.nextInt(0, 1) === 1
    const own = drawn(random, bias)
    return isFull ? joined(full, own) : own
  }

/**
 * Gives each case of a rule the optional members within which it changes something, each plain: a change of what is not there says nothing. Of
 * the drawn combinations of all members some are left without.
 */
export function withParents(rule: Rule, subject: Subject): Rule {
  const { body, plain } = subject
  if (!body || plain === undefined) return rule
  const { drawn } = rule
  return {
    ...rule,
    fixed: rule.fixed.map((draft) => ({
      ...draft,
      changes: (plain) => {
        const own = draft.changes(plain)
        const parents = parentsOf(subject, body, plain, own)
        return parents.length > 0 ? joined(parents, draft.changes(withValues(plain, parents))) : own
      },
    })),
    ...(drawn
      ? {
          drawn: (random, bias) => {
            const own = drawn(random, bias)
            const parents = parentsOf(subject, body, plain, own)
            return parents.length === 0 || (rule.place === body.place && random.nextInt(0, 3) > 0) ? own : joined(parents, own)
          },
        }
      : {}),
  }
}

type Setting = Change & { readonly set: Json }

/** What sets the members around some changes that are not there, outer ones first. */
export function parentsOf(subject: Subject, body: Member, plain: Json, changes: readonly Change[]): readonly Setting[] {
  const made: Setting[] = []
  let now = plain
  for (const change of changes) {
    if (change.at[0] !== 'body' || 'bytes' in change) continue
    const way = 'insert' in change ? change.at.slice(1) : change.at.slice(1, -1)
    if (valueAt(now, way) !== undefined) continue
    let member: Member | undefined = body
    for (const name of way) {
      member = member.children.find(({ at }) => at.at(-1) === name)
      if (!member) break
      if (valueAt(now, member.at.slice(1)) !== undefined) continue
      const setting = { at: member.at, set: settingOf(subject, member) }
      now = withValues(now, [setting])
      made.push(setting)
    }
  }
  return made
}

/** The plain value of a member; in a patch with all that is within, as what is mandatory in the whole need not be stated of a part. */
export function settingOf({ documented, schemas, seed }: Subject, outer: Member): Json {
  const plain = plainValue(schemas.assumed, outer, seed)
  if (documented.method.toUpperCase() !== 'PATCH') return plain
  const whole = wholeOf(outer, 3)
  return schemas.assumed.valid(outer.assumed, whole) ? whole : plain

  function wholeOf(member: Member, depth: number): Json {
    const value = plainValue(schemas.assumed, member, seed)
    if (!isObject(value) || depth === 0) return value
    return Object.fromEntries(member.children.map((child) => [child.name, wholeOf(child, depth - 1)]))
  }
}

/** What makes the full request of the plain one. */
export function fullOf(subject: Subject): readonly Change[] {
  const { body, plain, assumed, schemas } = subject
  const named = [...namedPlaces(subject)]
  // What holds the id of another thing is left to the rules that put one there that is.
  const isFree = (place: string) => !named.some((one) => one === place || one.startsWith(`${place}.`))
  const members = body
    ? flat(body).filter(
        ({ at, required, name, place }) =>
          !required && isFree(place) && at.length > 1 && name !== '[]' && isObject(valueAt(plain, at.slice(1, -1))),
      )
    : []
  const parameter = assumed.parameters.find(({ in: part, name }) => part === 'header' && name.toLowerCase() === 'content-type')
  const told = parameter ? edges(schemas.assumed, schemas.assumed.flatten(parameter.schema), '') : []
  const types = told.length > 0 ? told : jsonTypes(assumed, schemas.assumed)
  return [
    ...members.map((member): Change => ({ at: member.at, set: settingOf(subject, member) })),
    ...(types.length > 1 ? [{ at: ['header', parameter?.name ?? 'Content-Type'], set: types.at(-1) as Json } as const] : []),
  ]
}

/** Media types of which the first is sent, and the others have the same schema: a patch is written otherwise in each of its two languages. */
function jsonTypes({ body }: Operation, schemas: Schemas): readonly string[] {
  const [first, ...others] = (body?.content ?? []).filter(({ mediaType }) => isJson(mediaType))
  if (!first) return []
  const schema = schemas.flatten(first.schema)
  return [first, ...others.filter((other) => isDeepStrictEqual(schemas.flatten(other.schema), schema))].map(({ mediaType }) => mediaType)
}

/** The same draft on the full request. */
const onFull = (draft: Draft, full: readonly Change[]): Draft => ({
  ...draft,
  changes: (plain) => joined(full, draft.changes(withValues(plain, full.filter(setsMember)))),
  bare: draft.changes,
})

/** What is set at a place that the draft sets itself, or in a body that it replaces, says nothing. */
function joined(full: readonly Change[], own: readonly Change[]): readonly Change[] {
  const isWhole = own.some((change) => change.at.length === 1 && change.at[0] === 'body' && !('insert' in change))
  const places = new Set(own.filter((change) => !('insert' in change)).map(placeOf))
  return [...full.filter((change) => !(places.has(placeOf(change)) || (isWhole && change.at[0] === 'body'))), ...own]
}

const placeOf = ({ at }: Change): string => at.join('\0')

const setsMember = (change: Change): change is Setting => change.at[0] === 'body' && 'set' in change
