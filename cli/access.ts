import { AuthError, UsageError } from '../core/errors'
import { credentialsIn } from '../core/forms'
import { ownMember, valueAt } from '../core/json'
import { createMask } from '../core/mask'
import type { ApiDocument, Parameter } from '../core/operation'
import { type Credentials, isCredential, takersOf, tokenHeaderOf, written } from '../generators/credential'
import type { RuleSet } from '../generators/rules'
import { createAkSk } from '../runner/auth/aksk'
import type { Auth, Placed, Placeholder } from '../runner/auth/auth'
import { type ClientCredentials, issueByClient } from '../runner/auth/clientCredentials'
import { issueByCommand } from '../runner/auth/command'
import { issueByPassword } from '../runner/auth/iam'
import { createRenewed } from '../runner/auth/renewed'
import type { CredentialParameter, Given } from '../specs/openapi/security'
import { type AuthConfig, authKinds, type SchemeAuth } from './config/config'
import type { Transport } from './transport'

/** Where the credentials of a run come from, and what must not be shown of them. */
export interface Access extends Credentials {
  /** None: the token is sent as it was given, or a made-up one. */
  readonly auth?: Auth
  /** By security scheme; one without sends its token as it was given. */
  readonly auths: ReadonlyMap<string, Auth>
  /** What no answer may show; grows as tokens are renewed. */
  readonly secrets: string[]
  /** What no report may show besides. */
  readonly hidden: string[]
}

interface AccessOptions extends Transport {
  readonly auth?: AuthConfig
  /** Goes before `auth`. */
  readonly token?: string
  /** Which schemes of the document they are for. */
  readonly given?: Given
}

const usualHeader = 'X-Auth-Token'

/** What a caller says of credentials. */
interface GivenOptions {
  readonly token?: string
  readonly auth?: AuthConfig
  readonly headers?: readonly (readonly [string, string])[]
  readonly params?: Readonly<Record<string, string>>
}

/** Which credentials of a document a caller has. */
export function givenBy({ token, auth, headers = [], params = {} }: GivenOptions): Given {
  const sent = new Set(headers.map(([name]) => name.toLowerCase()))
  return {
    named: ({ name, in: part, credential }) =>
      (token === undefined && auth?.schemes?.[credential.scheme] !== undefined) ||
      (part === 'header' && sent.has(name.toLowerCase())) ||
      ownMember(params, name) !== undefined,
    spare: (parameter) => {
      if (token !== undefined || auth?.token !== undefined) return true
      if (auth?.basic) return parameter.credential.kind === 'basic'
      if (auth?.oauth2) return parameter.credential.tokenUrl !== undefined || (auth.oauth2.tokenUrl !== undefined && isBearer(parameter))
      return auth !== undefined && auth.schemes === undefined && parameter.in === 'header'
    },
  }
}

const isBearer = ({ credential }: CredentialParameter): boolean => credential.kind === 'bearer'

/**
 * Gets the credentials that a run begins with.
 * @throws AuthError if one is not to be had, with what to look at
 */
export async function openAccess(document: ApiDocument, options: AccessOptions): Promise<Access> {
  const { auth, token, given } = options
  const shown = { secrets: [] as string[], hidden: [] as string[] }
  const known = { ...shown, ...(given ? { given } : {}) }
  if (token !== undefined) {
    shown.secrets.push(token)
    shown.hidden.push(token)
  }
  if (token !== undefined || !auth) return { ...known, auths: new Map(), ...(token !== undefined ? { token } : {}) }
  if (!auth.schemes) return { ...known, auths: new Map(), ...(await open(document, auth, shown, options)) }
  const tokens: Record<string, string> = {}
  const auths = new Map<string, Auth>()
  const stated = Object.keys(valueAt(document.assumed, ['components', 'securitySchemes']) ?? {})
  for (const [scheme, own] of Object.entries(auth.schemes)) {
    if (!stated.includes(scheme))
      throw new UsageError(`auth.schemes.${scheme}: the document has no such security scheme; it has ${stated.join(', ') || 'none'}`)
    const opened = await open(document, own, shown, options, scheme)
    if (opened.token !== undefined) tokens[scheme] = opened.token
    if (opened.auth) auths.set(scheme, opened.auth)
  }
  return { ...known, tokens, auths }
}

/** @param scheme the security scheme for which it is; none: whatever the document asks for */
async function open(
  document: ApiDocument,
  auth: AuthConfig | SchemeAuth,
  { secrets, hidden }: Pick<Access, 'secrets' | 'hidden'>,
  { tls, timeout, pace }: AccessOptions,
  scheme?: string,
): Promise<Pick<Access, 'token' | 'auth'>> {
  const given = auth.token ?? (auth.basic && `${auth.basic.user}:${auth.basic.password}`)
  if (given !== undefined) {
    secrets.push(given)
    hidden.push(given, ...(auth.basic ? [auth.basic.password] : []))
    return { token: given }
  }
  const onSecret = (secret: string) => {
    secrets.push(secret)
    hidden.push(...credentialsIn('', secret))
  }
  const { iam, aksk } = auth as AuthConfig
  if (aksk) {
    const { accessKey, secretKey, securityToken } = aksk
    hidden.push(secretKey, accessKey)
    secrets.push(secretKey)
    if (securityToken !== undefined) onSecret(securityToken)
    return { auth: createAkSk(aksk) }
  }
  const own =
    scheme === undefined
      ? document.operations.map(({ assumed }) => tokenHeaderOf(assumed)).find((name) => name !== undefined)
      : takersIn(document, scheme).find(({ in: part }) => part === 'header')?.name
  if (own === undefined && scheme !== undefined)
    throw new UsageError(`auth.schemes.${scheme}: no operation takes it in a header, where oauth2 and command put it; give its token`)
  const name = own ?? usualHeader
  const { command, oauth2 } = auth
  for (const secret of [oauth2?.clientSecret, iam?.password])
    if (secret !== undefined) {
      hidden.push(secret)
      secrets.push(secret)
    }
  const unstoppable = new AbortController().signal
  const issue = oauth2
    ? () => issueByClient(clientOf(document, oauth2, scheme), { tls, timeout, environment: process.env })
    : iam
      ? () => issueByPassword(iam, name, { tls, timeout, environment: process.env })
      : () => issueByCommand(command as string, name)
  const mask = createMask(hidden)
  const masked = async () => {
    if (command === undefined) await pace?.(unstoppable)
    return issue()
      .then((issued) => ({ ...issued, header: asTaken(document, issued.header) }))
      .catch((error: unknown) => {
        throw error instanceof AuthError ? new AuthError(readable(mask(error.message))) : error
      })
  }
  if (!iam && !oauth2 && command === undefined) throw new UsageError(`auth takes exactly one of ${authKinds.join(', ')}`)
  let header = name
  const made = await createRenewed(async () => {
    const issued = await masked()
    header = issued.header[0]
    return issued
  }, onSecret)
  // A token under another header than the document's leaves nothing to miss nearly.
  const isOwn = header.toLowerCase() === own?.toLowerCase()
  return { auth: made, ...(isOwn && made.token !== undefined ? { token: made.token } : {}) }
}

/** The parameters that take the credential of a scheme. */
const takersIn = (document: ApiDocument, scheme: string) =>
  document.operations.flatMap(({ assumed }) => takersOf(assumed)).filter(({ credential }) => credential?.scheme === scheme)

/** Characters of a message that are shown. */
const longestMessage = 500

/** What a service said, on one line. Secrets are hidden before it is cut, so that none is cut in two. */
const readable = (message: string): string =>
  message.length > longestMessage ? `${oneLine(message).slice(0, longestMessage)}…` : oneLine(message)

const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?')

/** A bare token in the form in which the document's operations take it. */
export function asTaken(document: ApiDocument, [name, value]: readonly [string, string]): readonly [string, string] {
  const parameters = document.operations.flatMap(({ assumed }) => assumed.parameters)
  const taker = parameters.find(
    (parameter) => parameter.credential?.kind === 'bearer' && parameter.name.toLowerCase() === name.toLowerCase(),
  )
  return [name, taker && !value.includes(' ') ? written(taker, value) : value]
}

/** Where the token is to be had and what for, as the config says or else the document. */
function clientOf(
  document: ApiDocument,
  { clientId, clientSecret, tokenUrl, scopes }: NonNullable<AuthConfig['oauth2']>,
  scheme: string | undefined,
): ClientCredentials {
  const told = document.operations
    .flatMap(({ assumed }) => assumed.parameters)
    .filter(({ credential }) => credential?.tokenUrl !== undefined && (scheme === undefined || credential.scheme === scheme))
  const url = tokenUrl ?? told[0]?.credential?.tokenUrl
  if (url === undefined) throw new UsageError('the document names no token URL of OAuth 2.0 client credentials; give auth.oauth2.tokenUrl')
  return {
    clientId,
    clientSecret,
    tokenUrl: url,
    scopes: scopes ?? [...new Set(told.flatMap(({ credential }) => credential?.scopes ?? []))],
  }
}

/** What stands for a credential that nobody has asked for yet. */
const standIn = 'a-token-to-be-issued'

/** What rules are derived with where nothing is sent, as `credentialsFor` gives it for a run. */
export function credentialsAhead(options: GivenOptions): Credentials {
  const { token, auth } = options
  const given = givenBy(options)
  const issued = ({ token: own, basic }: SchemeAuth) => own ?? (basic ? `${basic.user}:${basic.password}` : standIn)
  if (token !== undefined || !auth) return { given, ...(token !== undefined ? { token } : {}) }
  if (!auth.schemes) return { given, ...(auth.aksk ? {} : { token: issued(auth) }) }
  return { given, tokens: Object.fromEntries(Object.entries(auth.schemes).map(([scheme, own]) => [scheme, issued(own)])) }
}

/** What rules are derived with. */
export const credentialsFor = ({ token, tokens, given }: Access): Credentials => ({
  ...(token !== undefined ? { token } : {}),
  ...(tokens ? { tokens } : {}),
  ...(given ? { given } : {}),
})

/** What the client needs to put the credentials in their places. */
export function credentialsOf({ auth, auths, given }: Access, sets: readonly RuleSet[]): { readonly auth?: readonly Placed[] } {
  const slots = (isTaker: (parameter: Parameter) => boolean) =>
    new Map(
      sets.flatMap(({ subject }): [string, Placeholder][] => {
        const taker = subject.tokens.find(({ parameter }) => parameter.in === 'header' && isTaker(parameter))
        return taker ? [[subject.id, { header: taker.parameter.name, value: taker.value }]] : []
      }),
    )
  const isSpare = (parameter: Parameter) => !isCredential(parameter) || given === undefined || given.spare(parameter)
  const placed = [
    ...(auth ? [{ auth, slots: slots(isSpare), everywhere: true }] : []),
    ...[...auths].map(([scheme, own]) => ({ auth: own, slots: slots(({ credential }) => credential?.scheme === scheme) })),
  ]
  return placed.length > 0 ? { auth: placed } : {}
}
