import { isObject, valueAt } from '../../core/json'
import type { Parameter } from '../../core/operation'
import { pointerSegments } from '../pointer'

type Members = Readonly<Record<string, unknown>>

/** A parameter that takes a credential. */
export type CredentialParameter = Parameter & { readonly credential: NonNullable<Parameter['credential']> }

/** Which credentials a caller has. */
export interface Given {
  /** It is given for this very scheme. */
  named(parameter: CredentialParameter): boolean
  /** There is one besides, for one scheme, which would fit this one. */
  spare(parameter: CredentialParameter): boolean
}

/** What an operation asks of its caller (OpenAPI 3.1, Security Requirement Object). */
interface Security {
  /** Where the credentials go, all of them; none: the operation takes none, or such as cannot be sent. Not required: it can be left out. */
  readonly parameters: readonly CredentialParameter[]
  /** The credentials that would do, each list by itself. */
  readonly alternatives: readonly (readonly CredentialParameter[])[]
  /** Names of schemes that are asked for and cannot be given, with the reason. */
  readonly missing: readonly { readonly scheme: string; readonly reason: string }[]
}

interface Scheme {
  readonly scheme: string
  readonly parameter?: CredentialParameter
  readonly reason?: string
}

/**
 * The credentials of an operation. Of several alternatives the first counts whose credentials are given; where none is, the first that could
 * be, those of one credential before others.
 */
export function readSecurity(document: Members, operation: Members, given?: Given): Security {
  const list = operation.security ?? document.security
  const stated = Array.isArray(list) ? list.filter(isObject).map((one) => Object.entries(one)) : []
  const read = stated.map((one) =>
    withoutClash(
      one.map(([scheme, scopes]) => ({ scheme, ...placeOf(document, scheme, Array.isArray(scopes) ? scopes.map(String) : []) })),
    ),
  )
  const asking = read.filter((one) => one.length > 0)
  if (asking.length === 0) return { parameters: [], alternatives: [], missing: [] }
  const possible = read.filter((one) => one.every(({ parameter }) => parameter))
  const alternatives = possible.map(parametersOf)
  const whole = possible.filter((one) => one.length > 0)
  const best =
    (given && whole.find((one) => isMet(parametersOf(one), given))) ??
    whole.find((one) => one.length === 1) ??
    whole[0] ??
    asking.find((one) => one.some(({ parameter }) => parameter)) ??
    (asking[0] as readonly Scheme[])
  const isOptional = read.length > asking.length
  const own = parametersOf(best)
  if (isOptional && own.length === 0) return { parameters: [], alternatives: [], missing: [] }
  const missing = best.flatMap(({ scheme, reason }) => (reason === undefined ? [] : [{ scheme, reason }]))
  // What another alternative does without is not mandatory.
  const isNeeded = (parameter: CredentialParameter) =>
    !alternatives.some((one) => one.every((other) => key(other) !== key(parameter) && own.some((mine) => key(mine) === key(other))))
  return { parameters: own.map((parameter) => ({ ...parameter, required: isNeeded(parameter) })), alternatives, missing }
}

/** Whether the caller has all credentials of an alternative. */
export function isMet(parameters: readonly CredentialParameter[], given: Given): boolean {
  const others = parameters.filter((parameter) => !given.named(parameter))
  return others.length === 0 || (others.length === 1 && given.spare(others[0] as CredentialParameter))
}

const key = ({ name, in: part, credential }: CredentialParameter): string => `${part} ${name.toLowerCase()} ${credential.kind}`

const parametersOf = (alternative: readonly Scheme[]): readonly CredentialParameter[] =>
  alternative.flatMap(({ parameter }) => (parameter ? [parameter] : []))

/** Two credentials in one place cannot be sent together. */
function withoutClash(alternative: readonly Scheme[]): readonly Scheme[] {
  const places = new Map<string, string>()
  return alternative.map((one) => {
    if (!one.parameter) return one
    const place = `${one.parameter.in} ${one.parameter.name.toLowerCase()}`
    const other = places.get(place)
    if (other !== undefined)
      return {
        scheme: one.scheme,
        reason: `it goes in ${one.parameter.in} ${one.parameter.name}, where ${other} goes too: one of them can be sent`,
      }
    places.set(place, one.scheme)
    return one
  })
}

function placeOf(document: Members, name: string, scopes: readonly string[]): Omit<Scheme, 'scheme'> {
  const scheme = followed(document, valueAt(document, ['components', 'securitySchemes', name]))
  if (!isObject(scheme)) return { reason: 'it is not among components.securitySchemes' }
  const place = (parameter: Pick<Parameter, 'name' | 'in'>, credential: Omit<CredentialParameter['credential'], 'scheme'>) => ({
    parameter: { required: true, schema: { type: 'string' }, ...parameter, credential: { scheme: name, ...credential } },
  })
  const kind = String(scheme.type)
  if (kind === 'apiKey') {
    const { name: key, in: location } = scheme
    if (typeof key !== 'string' || !['header', 'query', 'cookie'].includes(String(location)))
      return { reason: 'an apiKey has a name, and is in header, query or cookie' }
    return place({ name: key, in: location as Parameter['in'] }, { kind: 'apiKey' })
  }
  if (kind === 'http') {
    const way = String(scheme.scheme).toLowerCase()
    if (way !== 'basic' && way !== 'bearer') return { reason: `the HTTP scheme ${way} is not known; basic and bearer are` }
    return place({ name: 'Authorization', in: 'header' }, { kind: way })
  }
  if (kind === 'oauth2' || kind === 'openIdConnect') {
    const tokenUrl = valueAt(scheme, ['flows', 'clientCredentials', 'tokenUrl'])
    const from = typeof tokenUrl === 'string' ? { tokenUrl, scopes } : {}
    return place({ name: 'Authorization', in: 'header' }, { kind: 'bearer', ...from })
  }
  return { reason: `credentials of the type ${kind} are not sent; apiKey, http and oauth2 are` }
}

function followed(document: Members, value: unknown): unknown {
  let target = value
  for (let steps = 0; steps < 64 && isObject(target) && typeof target.$ref === 'string' && target.$ref.startsWith('#'); steps++)
    target = valueAt(document, pointerSegments(target.$ref))
  return target
}
