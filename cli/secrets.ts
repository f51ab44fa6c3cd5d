import { credentialsIn } from '../core/forms'
import type { Token } from '../generators/credential'
import type { RuleSet } from '../generators/rules'
import type { Access } from './access'
import type { RunOptions } from './runOptions'

/** Tokens that stand for a real one: whoever shows them would show that. */
const madeUpTokens = (sets: readonly RuleSet[]): readonly string[] =>
  sets.flatMap(({ subject }) => subject.tokens.filter((token) => isInHeader(token) && !token.real).map(({ value }) => value))

/** It stands where a signature would. */
const isInHeader = ({ parameter }: Token): boolean => parameter.in === 'header'

/** Adds what a run's own requests hold to what no answer, and what no report may show. */
export function hideSecrets(
  { auth, secrets, hidden }: Access,
  sets: readonly RuleSet[],
  options: Pick<RunOptions, 'headers' | 'params'>,
): void {
  secrets.push(...secretsOf(sets, options, isCredential).filter((secret) => !isWord(secret)), ...madeUpTokens(sets))
  // A made-up token stands where a signature goes: the shown request says so.
  const placeholders = auth ? sets.flatMap(({ subject }) => subject.tokens.filter(isInHeader).map(({ value }) => value)) : []
  hidden.push(...secretsOf(sets, options), ...placeholders)
}

/** By its name, a header or parameter holds what grants access. */
const isCredential = (name: string): boolean =>
  /auth|token|key|secret|cookie|signature|passw|pwd|passphrase|credential|jwt|(?:access|pass|pin|security)[-_]?code/i.test(name)

/** It holds what is better not shown; an answer may lawfully tell it. */
export const isPrivate = (name: string): boolean => isCredential(name) || /session|csrf|xsrf/i.test(name)

/** What comes in any text: `password` may be one. */
const isWord = (text: string): boolean => /^[a-z]+$/i.test(text)

/** A setting, whatever its name says: to hide it would hide it everywhere. */
const isSetting = (text: string): boolean => /^(?:|true|false|yes|no|on|off|none|null|basic|bearer|\d{1,3})$/i.test(text)

/**
 * What the caller gave that grants access: a token that the suite made up grants nothing.
 * @param isNamed which headers and parameters hold such, by their names
 */
export function secretsOf(
  sets: readonly RuleSet[],
  { headers = [], params = {} }: Pick<RunOptions, 'headers' | 'params'>,
  isNamed: (name: string) => boolean = isPrivate,
): readonly string[] {
  const tokens = sets.flatMap(({ subject }) =>
    subject.tokens
      .filter(({ real }) => real)
      .flatMap(({ parameter, value }) => credentialsIn(parameter.in === 'header' ? parameter.name : '', value)),
  )
  const own = headers.filter(([name]) => isNamed(name)).flatMap(([name, value]) => credentialsIn(name, value))
  const values = Object.entries(params).flatMap(([name, value]) => (isNamed(name) ? [value] : []))
  return [...new Set([...tokens, ...own, ...values])].filter((secret) => !isSetting(secret))
}
