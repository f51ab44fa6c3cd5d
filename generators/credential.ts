import type { Operation, Parameter } from '../core/operation'
import type { CredentialParameter, Given } from '../specs/openapi/security'
import { label } from './random'

/** A credential in the place where an operation takes it. */
export interface Token {
  readonly parameter: Parameter
  /** As it is written there. */
  readonly value: string
  /** The caller gave it: only then is a garbage one sent. */
  readonly real: boolean
}

/** The credentials of a caller. */
export interface Credentials {
  /** For one scheme: the first whose own is not given. */
  readonly token?: string
  /** By security scheme. */
  readonly tokens?: Readonly<Record<string, string>>
  /** Which schemes they are for; none: the token is for any. */
  readonly given?: Given
}

export const isCredential = (parameter: Parameter): parameter is CredentialParameter => parameter.credential !== undefined

/** The parameters that take the credentials: what the security of the operation names, else a header that is called so. */
export function takersOf({ parameters }: Operation): readonly Parameter[] {
  const stated = parameters.filter(isCredential)
  if (stated.some(({ in: part }) => part === 'header')) return stated
  const called = parameters.find(({ in: part, name }) => part === 'header' && /token|authorization|api-?key/i.test(name))
  return called ? [...stated, called] : stated
}

/** The first header parameter that takes a credential. */
export const tokenHeaderOf = (operation: Operation): string | undefined =>
  takersOf(operation).find(({ in: part }) => part === 'header')?.name

/**
 * The credentials of an operation, those made up that the caller does not give.
 * @param has values that the caller gives parameters by name
 */
export function tokensOf(
  operation: Operation,
  { token, tokens = {}, given }: Credentials,
  has: (parameter: Parameter) => string | undefined,
  seed: number,
): readonly Token[] {
  let spare = token
  return takersOf(operation).map((parameter): Token => {
    const own = has(parameter)
    if (own !== undefined) return { parameter, value: own, real: true }
    const named = parameter.credential && tokens[parameter.credential.scheme]
    if (named !== undefined) return { parameter, value: written(parameter, named), real: true }
    if (spare === undefined || (given && isCredential(parameter) && !given.spare(parameter)))
      return { parameter, value: written(parameter, madeUp(parameter, seed)), real: false }
    const value = written(parameter, spare)
    spare = undefined
    return { parameter, value, real: true }
  })
}

const madeUp = ({ credential }: Parameter, seed: number): string =>
  credential?.kind === 'basic' ? `${label(seed, 'user')}:${label(seed, 'token')}` : label(seed, 'token')

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

/** Whether a header takes a credential. */
export const isToken = ({ tokens }: { readonly tokens: readonly Token[] }, name: string): boolean =>
  tokens.some(({ parameter }) => parameter.in === 'header' && parameter.name === name)
