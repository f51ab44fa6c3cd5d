import type { Token } from '../generators/credential'
import type { RuleSet } from '../generators/rules'
import type { Access } from './access'
import type { RunOptions } from './runOptions'

/** Tokens that stand for a real one: whoever shows them would show that. */
export const madeUpTokens = (sets: readonly RuleSet[]): readonly string[] =>
  sets.flatMap(({ subject }) => subject.tokens.filter((token) => isInHeader(token) && !token.real).map(({ value }) => value))

/** It stands where a signature would. */
export const isInHeader = ({ parameter }: Token): boolean => parameter.in === 'header'

/** Adds what a run's own requests hold to what no answer, and what no report may show. */
export function hideSecrets(
  { auth, secrets, hidden }: Access,
  sets: readonly RuleSet[],
  options: Pick<RunOptions, 'headers' | 'params'>,
): void {
  const own = secretsOf(sets, options)
  secrets.push(...own, ...madeUpTokens(sets))
  // A made-up token stands where a signature goes: the shown request says so.
  hidden.push(...own, ...(auth ? sets.flatMap(({ subject }) => subject.tokens.filter(isInHeader).map(({ value }) => value)) : []))
}

/** Only what the caller gave is a secret: a token that the suite made up grants nothing. */
export function secretsOf(sets: readonly RuleSet[], options: Pick<RunOptions, 'headers' | 'params'>): readonly string[] {
  const tokens = sets.flatMap(({ subject }) => subject.tokens.filter(({ real }) => real).map(({ value }) => value))
  const isSecret = ([name]: readonly [string, string]) => /auth|token|key|secret|cookie|signature/i.test(name)
  const headers = (options.headers ?? []).filter(isSecret).flatMap(([, value]) => [value, value.replace(/^\S+\s+/, '')])
  const params = Object.entries(options.params ?? {})
    .filter(isSecret)
    .map(([, value]) => value)
  return [...new Set([...tokens, ...headers, ...params])].filter((secret) => secret.length > 0)
}
