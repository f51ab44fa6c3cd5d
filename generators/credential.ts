import type { Operation, Parameter } from '../core/operation'

/** The header parameter that takes the credential: what the security of the operation names, else one that is called so. */
export const tokenHeaderOf = ({ parameters }: Operation): string | undefined =>
  (
    parameters.find(({ in: part, credential }) => part === 'header' && credential) ??
    parameters.find(({ in: part, name }) => part === 'header' && /token|authorization|api-?key/i.test(name))
  )?.name

/**
 * A token as its parameter takes it (RFC 6750, 2.1; RFC 7617, 2): behind `Bearer`, or as `Basic`, unless it comes in that form already.
 * @param token for Basic `user:password`
 */
export function written({ credential }: Pick<Parameter, 'credential'>, token: string): string {
  if (credential?.kind === 'bearer') return /^bearer /i.test(token) ? token : `Bearer ${token}`
  if (credential?.kind === 'basic') return /^basic /i.test(token) ? token : `Basic ${Buffer.from(token).toString('base64')}`
  return token
}

/** The token within the value of its parameter. */
export function bare({ credential }: Pick<Parameter, 'credential'>, value: string): string {
  if (credential?.kind === 'bearer') return value.replace(/^bearer +/i, '')
  if (credential?.kind === 'basic') return Buffer.from(value.replace(/^basic +/i, ''), 'base64').toString('utf8')
  return value
}
