import { valueAt } from '../../core/json'
import { docsOf } from '../../core/operation'
import { nounOf } from '../dependences/paths'
import { flat, type Member } from '../members'
import { breaksOnly } from '../proofs'
import { bodyDraft, type Draft, draft, type Rule, type RuleKind, ruleId, type Subject } from '../rule'
import { clientError } from './malformed'

/** Each mandatory member left out, or sent under a name that is not its own. */
export const required: RuleKind = (subject) => (subject.body ? flat(subject.body).flatMap((member) => of(subject, member)) : [])

function of(subject: Subject, member: Member): readonly Rule[] {
  const isRoot = member.at.length < 2
  if (!member.required || member.name === '[]') return []
  const inner = member.children.filter((child) => child.required)
  const shared = {
    operation: subject.id,
    zone: 'reject' as const,
    place: member.place,
    keyword: 'required',
    ...docsOf(member.documented),
    owes: clientError,
    weight: 0,
    holds: breaksOnly(subject, member.at.slice(1, -1), ['required']),
  }
  const empty: readonly Rule[] =
    inner.length > 1
      ? [
          {
            ...shared,
            id: ruleId(subject, member.place, 'required', 'empty'),
            variant: 'empty',
            promise: `${isRoot ? 'the body' : member.name} has mandatory members: an empty object in its place is refused`,
            fixed: [draft({ at: member.at, set: {} }), draft({ at: member.at, set: { extra: 1 } })],
            holds: breaksOnly(subject, member.at.slice(1), ['required']),
          },
        ]
      : []
  const wrapped = (name: string): Draft => bodyDraft((text) => `{${JSON.stringify(name)}:${text}}`)
  if (isRoot && inner.length > 0)
    return [
      ...empty,
      {
        ...shared,
        id: ruleId(subject, member.place, 'required', 'wrapped'),
        variant: 'wrapped',
        promise: 'the body has mandatory members: an object around the right one in its place is refused',
        fixed: [nounOf(subject.documented.path), 'data', 'body'].map(wrapped),
        holds: breaksOnly(subject, [], ['required']),
      },
    ]
  if (isRoot) return empty
  return [
    {
      ...shared,
      id: ruleId(subject, member.place, 'required'),
      promise: `${member.name} is mandatory: a request without it is refused`,
      fixed: [draft({ at: member.at, remove: true })],
    },
    {
      ...shared,
      id: ruleId(subject, member.place, 'required', 'renamed'),
      variant: 'renamed',
      promise: `${member.name} is mandatory under this very name: another name or case does not count`,
      fixed: otherNames(member.name).map((name) => draft({ at: member.at, rename: name })),
    },
    ...moved(subject, member).map((fixed) => ({
      ...shared,
      id: ruleId(subject, member.place, 'required', 'moved'),
      variant: 'moved',
      promise: `${member.name} is mandatory at its own place: another does not count`,
      fixed,
    })),
    ...empty,
  ]
}

/** What readers of forms, and mappers of flat names, take for a member of an object: one beside the object, or at the top by its whole way. */
function moved(subject: Subject, { at }: Member): readonly (readonly Draft[])[] {
  const value = valueAt(subject.plain, at.slice(1))
  if (at.length < 3 || at.includes('0') || value === undefined) return []
  const raw = JSON.stringify(value)
  const name = at.at(-1) as string
  const to = (place: readonly string[], as: string): Draft => draft({ at, remove: true }, { at: place, insert: as, raw })
  const outer = at.slice(0, -2)
  return [[to(outer, name), ...(outer.length > 1 ? [to(['body'], name)] : []), to(['body'], at.slice(1).join('.'))]]
}

/** What careless readers take for the same name: other cases, other spellings, blanks around it. */
function otherNames(name: string): readonly string[] {
  const snake = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
  const names = [
    name.charAt(0).toUpperCase() + name.slice(1),
    name.toUpperCase(),
    name.toLowerCase(),
    snake,
    snake.replaceAll('_', '-'),
    `${name} `,
    ` ${name}`,
    `${name}s`,
    `${name}\u200b`,
    `_${name}`,
    name.replace(/Id$/, 'ID'),
  ]
  return [...new Set(names)].filter((other) => other !== name)
}
