import { isObject } from '../../core/json'
import type { Parameter } from '../../core/operation'
import { pointerSegments, valueAt } from '../pointer'

type Members = Readonly<Record<string, unknown>>

/** What an operation asks of its caller (OpenAPI 3.1, Security Requirement Object). */
export interface Security {
  /** Where the credential goes; none: the operation takes none, or one that cannot be sent. */
  readonly parameter?: Parameter
  /** Names of schemes that are asked for and cannot be given, with the reason. */
  readonly missing: readonly { readonly scheme: string; readonly reason: string }[]
}

/**
 * The credential of an operation. Of several alternatives the first that can be given counts; where none is an alternative too, the
 * credential may be left out.
 */
export function readSecurity(document: Members, operation: Members): Security {
  const list = operation.security ?? document.security
  const alternatives = Array.isArray(list) ? list.filter(isObject).map((one) => Object.entries(one)) : []
  if (alternatives.length === 0 || alternatives.every((one) => one.length === 0)) return { missing: [] }
  const isOptional = alternatives.some((one) => one.length === 0)
  const read = alternatives
    .filter((one) => one.length > 0)
    .map((one) =>
      one.map(([scheme, scopes]) => ({ scheme, ...placeOf(document, scheme, Array.isArray(scopes) ? scopes.map(String) : []) })),
    )
  const best =
    read.find((one) => one.length === 1 && one[0]?.parameter) ?? read.find((one) => one.some(({ parameter }) => parameter)) ?? read[0] ?? []
  const first = best.find(({ parameter }) => parameter)
  const missing = best
    .filter((one) => one !== first)
    .map(({ scheme, reason = 'only one credential is sent; give the other with --header or --param' }) => ({ scheme, reason }))
  if (isOptional && !first) return { missing: [] }
  return { ...(first?.parameter ? { parameter: { ...first.parameter, required: !isOptional } } : {}), missing }
}

function placeOf(document: Members, name: string, scopes: readonly string[]): { readonly parameter?: Parameter; readonly reason?: string } {
  const scheme = followed(document, valueAt(document, ['components', 'securitySchemes', name]))
  if (!isObject(scheme)) return { reason: 'it is not among components.securitySchemes' }
  const place = (parameter: Pick<Parameter, 'name' | 'in' | 'credential'>) => ({
    parameter: { required: true, schema: { type: 'string' }, ...parameter },
  })
  const kind = String(scheme.type)
  if (kind === 'apiKey') {
    const { name: key, in: location } = scheme
    if (typeof key !== 'string' || !['header', 'query', 'cookie'].includes(String(location)))
      return { reason: 'an apiKey has a name, and is in header, query or cookie' }
    return place({ name: key, in: location as Parameter['in'], credential: { kind: 'apiKey' } })
  }
  if (kind === 'http') {
    const way = String(scheme.scheme).toLowerCase()
    if (way !== 'basic' && way !== 'bearer') return { reason: `the HTTP scheme ${way} is not known; basic and bearer are` }
    return place({ name: 'Authorization', in: 'header', credential: { kind: way } })
  }
  if (kind === 'oauth2' || kind === 'openIdConnect') {
    const tokenUrl = valueAt(scheme, ['flows', 'clientCredentials', 'tokenUrl'])
    const from = typeof tokenUrl === 'string' ? { tokenUrl, scopes } : {}
    return place({ name: 'Authorization', in: 'header', credential: { kind: 'bearer', ...from } })
  }
  return { reason: `credentials of the type ${kind} are not sent; apiKey, http and oauth2 are` }
}

function followed(document: Members, value: unknown): unknown {
  let target = value
  for (let steps = 0; steps < 64 && isObject(target) && typeof target.$ref === 'string' && target.$ref.startsWith('#'); steps++)
    target = valueAt(document, pointerSegments(target.$ref))
  return target
}
