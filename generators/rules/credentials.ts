import type { Change } from '../../core/case'
import type { Owes } from '../../core/rule'
import { serialise } from '../../specs/parameters'
import { bare, type Token, written } from '../credential'
import { draft, fixedRule, type Rule, type RuleKind, type Subject } from '../rule'

/** A gateway may answer for the API: any client error, of any shape. */
const anyClientError: Owes = { success: 'forbidden', clientError: 'any' }

/** Credentials in the query or a cookie left out, empty or wrong, one at a time; those in headers are headers like others. */
export const credentials: RuleKind = (subject) =>
  subject.tokens.filter(({ parameter }) => parameter.in !== 'header' && parameter.required).flatMap((token) => of(subject, token))

function of(subject: Subject, token: Token): readonly Rule[] {
  const { parameter } = token
  const { in: part, name } = parameter
  const at = [part, name]
  const set = (value: string): Change => (part === 'cookie' ? { at, raw: serialise(parameter, value) } : { at, set: value })
  const rule = (keyword: string, promise: string, changes: readonly Change[]) =>
    fixedRule(
      subject,
      'reject',
      `${part}.${name}`,
      keyword,
      promise,
      changes.map((change) => draft(change)),
      anyClientError,
    )
  return [
    rule('required', `the credential ${name} is mandatory: a request without it is refused`, [{ at, remove: true }]),
    rule('empty', `the credential ${name} is mandatory: an empty one is refused`, [set('')]),
    ...(token.real ? [rule('garbage', 'a credential that was never issued is refused', garbageFor(token).map(set))] : []),
  ]
}

/** Credentials next to the real one, so that a check of the beginning, the length or the case alone shows. */
export function garbageFor({ parameter, value }: Token): readonly string[] {
  const token = bare(parameter, value)
  const last = token.at(-1) === 'x' ? 'y' : 'x'
  const swapped = [...token].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('')
  const others = [
    'x',
    'garbage',
    'null',
    'undefined',
    token.slice(0, -1) + last,
    token.slice(0, -1),
    `${token}x`,
    token.slice(0, Math.ceil(token.length / 2)),
    [...token].reverse().join(''),
    swapped,
  ]
  return [...new Set(others)].filter((other) => other !== token && other !== '').map((other) => written(parameter, other))
}
