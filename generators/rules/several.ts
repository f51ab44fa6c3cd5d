import type { Change } from '../../core/case'
import { type Json, valueAt } from '../../core/json'
import { flat, jsonSchema, type Member } from '../members'
import { bodyOf, isRemoval, mayBeNull } from '../proofs'
import { type Draft, draft, type Rule, type RuleKind, ruleId, type Subject } from '../rule'
import { typesOf } from '../schema'
import { clientError } from './malformed'

/** Pairs of members that are broken together, at most. */
const mostPairs = 6

/** Several things wrong at once: a reader that looks at one may be led past the other. */
export const several: RuleKind = (subject) => {
  const { body, plain } = subject
  if (!body || plain === undefined) return []
  const members = flat(body).filter((member) => member.at.length > 1 && !member.at.includes('0') && isReached(member, plain))
  const inner = members.filter(({ children }) => children.length === 0)
  const objects = members.filter(({ children, required }) => required && children.some((child) => child.required))
  const nullable = inner.filter((member) => !typesOf(member.documented).includes('null') && !mayBeNull(subject, member))
  const mandatory = inner.filter(({ required }) => required)
  const removed = ({ at }: Member): Change => ({ at, remove: true })
  const isNull = ({ at }: Member): Change => ({ at, set: null })
  const siblings = objects
    .map(({ children }) => nullable.filter((member) => member.required && children.includes(member)))
    .filter(({ length }) => length > 1)
  const cases: Readonly<Record<string, readonly Draft[]>> = {
    missing: [...pairs(mandatory), ...(mandatory.length > 2 ? [mandatory] : [])].map((of) => draft(...of.map(removed))),
    null: [nullable.filter(({ required }) => !required), ...siblings, nullable]
      .filter(({ length }) => length > 1)
      .map((of) => draft(...of.map(isNull))),
    type: pairs(inner).map((of) => draft(...of.map(wrong))),
    empty: objects.length > 1 ? [draft(...outermost(objects).map(({ at }): Change => ({ at, set: {} })))] : [],
    mixed: pairs(mandatory).map(([one, other]) => draft(removed(one), wrong(other))),
  }
  return Object.entries(cases).flatMap(([variant, fixed]) => (fixed.length === 0 ? [] : [ruleOf(subject, variant, fixed)]))
}

/** What holds it is there in the plain request. */
const isReached = ({ at }: Member, plain: Json): boolean => at.length === 2 || valueAt(plain, at.slice(1, -1)) !== undefined

/** Each with the one behind it, the last with the first. */
function pairs(members: readonly Member[]): readonly (readonly [Member, Member])[] {
  if (members.length < 2) return []
  const all = members.map((one, i) => [one, members[(i + 1) % members.length] as Member] as const)
  return (members.length === 2 ? all.slice(0, 1) : all).slice(0, mostPairs)
}

const outermost = (members: readonly Member[]): readonly Member[] =>
  members.filter(({ at }) => !members.some((other) => other.at.length < at.length && other.at.every((part, i) => part === at[i])))

/** A value of a type that none of the member's is. */
function wrong({ at, documented }: Member): Change {
  const types = typesOf(documented)
  return { at, set: types.includes('boolean') ? [] : types.includes('string') ? true : { value: 1 } }
}

const words: Readonly<Record<string, string>> = {
  missing: 'without several of its mandatory members',
  null: 'with several members that are null',
  type: 'with several members of a wrong type',
  empty: 'whose objects are all empty',
  mixed: 'with a member of a wrong type beside one that is missing',
}

function ruleOf(subject: Subject, variant: string, fixed: readonly Draft[]): Rule {
  const schema = jsonSchema(subject.documented)
  return {
    id: ruleId(subject, 'body', 'several', variant),
    operation: subject.id,
    zone: 'reject',
    place: 'body',
    keyword: 'several',
    variant,
    promise: `a body ${words[variant]} is refused`,
    ...(subject.documented.docs ? { docs: subject.documented.docs } : {}),
    owes: clientError,
    fixed,
    weight: 0,
    holds(request) {
      const body = bodyOf(request)
      return body !== undefined && schema !== undefined && !subject.schemas.documented.valid(schema, body) && !isRemoval(subject, body)
    },
  }
}
