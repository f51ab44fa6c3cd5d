import { AuthError, UsageError } from '../core/errors'
import { createMask } from '../core/mask'
import type { ApiDocument } from '../core/operation'
import { tokenHeaderOf, written } from '../generators/credential'
import type { RuleSet } from '../generators/rules'
import { createAkSk } from '../runner/auth/aksk'
import type { Auth, Placeholder } from '../runner/auth/auth'
import { type ClientCredentials, issueByClient } from '../runner/auth/clientCredentials'
import { issueByCommand } from '../runner/auth/command'
import { issueByPassword } from '../runner/auth/iam'
import { createRenewed } from '../runner/auth/renewed'
import type { Pace } from '../runner/rate'
import type { TlsOptions } from '../runner/route'
import { type AuthConfig, authKinds } from './config/config'

/** Where the credential of a run comes from, and what must not be shown of it. */
export interface Access {
  /** None: the token is sent as it was given, or a made-up one. */
  readonly auth?: Auth
  /** The token to begin with, where there is one in the header that the document names. */
  readonly token?: string
  /** What no answer may show; grows as tokens are renewed. */
  readonly secrets: string[]
  /** What no report may show besides. */
  readonly hidden: string[]
}

export interface AccessOptions {
  readonly auth?: AuthConfig
  /** Goes before `auth`. */
  readonly token?: string
  readonly tls: TlsOptions
  /** Seconds. */
  readonly timeout: number
  /** Spaces requests for tokens out among the run's. */
  readonly pace?: Pace
}

const usualHeader = 'X-Auth-Token'

/**
 * Gets the credential that a run begins with.
 * @throws AuthError if it is not to be had, with what to look at
 */
export async function openAccess(document: ApiDocument, { auth, token, tls, timeout, pace }: AccessOptions): Promise<Access> {
  const access = { secrets: [] as string[], hidden: [] as string[] }
  const basic = auth?.basic && `${auth.basic.user}:${auth.basic.password}`
  const given = token ?? auth?.token ?? basic
  if (given !== undefined) {
    access.secrets.push(given)
    access.hidden.push(given, ...(auth?.basic ? [auth.basic.password] : []))
  }
  if (given !== undefined || !auth) return { ...access, ...(given !== undefined ? { token: given } : {}) }
  const onSecret = (secret: string) => {
    access.secrets.push(secret)
    access.hidden.push(secret, secret.replace(/^\S+\s+/, ''))
  }
  if (auth.aksk) {
    const { accessKey, secretKey, securityToken } = auth.aksk
    access.hidden.push(secretKey, accessKey)
    access.secrets.push(secretKey)
    if (securityToken !== undefined) onSecret(securityToken)
    return { ...access, auth: createAkSk(auth.aksk) }
  }
  const own = document.operations.map(({ assumed }) => tokenHeaderOf(assumed)).find((name) => name !== undefined)
  const name = own ?? usualHeader
  const { iam, command, oauth2 } = auth
  if (oauth2) {
    access.hidden.push(oauth2.clientSecret)
    access.secrets.push(oauth2.clientSecret)
  }
  if (iam) {
    access.hidden.push(iam.password)
    access.secrets.push(iam.password)
  }
  const unstoppable = new AbortController().signal
  const issue = oauth2
    ? () => issueByClient(clientOf(document, oauth2), { tls, timeout, environment: process.env })
    : iam
      ? () => issueByPassword(iam, name, { tls, timeout, environment: process.env })
      : () => issueByCommand(command as string, name)
  const mask = createMask(access.hidden)
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
  return {
    ...access,
    auth: made,
    ...(header.toLowerCase() === own?.toLowerCase() && made.token !== undefined ? { token: made.token } : {}),
  }
}

/** Characters of a message that are shown. */
const longestMessage = 500

/** What a service said, on one line. Secrets are hidden before it is cut, so that none is cut in two. */
const readable = (message: string): string =>
  message.length > longestMessage ? `${oneLine(message).slice(0, longestMessage)}…` : oneLine(message)

const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?')

/** A bare token in the form in which the document's operations take it. */
function asTaken(document: ApiDocument, [name, value]: readonly [string, string]): readonly [string, string] {
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
): ClientCredentials {
  const told = document.operations
    .flatMap(({ assumed }) => assumed.parameters)
    .filter(({ credential }) => credential?.tokenUrl !== undefined)
  const url = tokenUrl ?? told[0]?.credential?.tokenUrl
  if (url === undefined) throw new UsageError('the document names no token URL of OAuth 2.0 client credentials; give auth.oauth2.tokenUrl')
  return {
    clientId,
    clientSecret,
    tokenUrl: url,
    scopes: scopes ?? [...new Set(told.flatMap(({ credential }) => credential?.scopes ?? []))],
  }
}

/** What the client needs to put the credential in its place. */
export function credentialsOf(access: Access, sets: readonly RuleSet[]) {
  if (!access.auth) return {}
  const places = sets.flatMap(({ subject }): [string, Placeholder][] =>
    subject.token ? [[subject.id, { header: subject.token.header, value: subject.token.value }]] : [],
  )
  return { auth: { auth: access.auth, slots: new Map(places) } }
}
