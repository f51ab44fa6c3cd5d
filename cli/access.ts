import { AuthError, UsageError } from '../core/errors'
import { createMask } from '../core/mask'
import type { ApiDocument } from '../core/operation'
import { type RuleSet, tokenHeaderOf } from '../generators/rules'
import { createAkSk } from '../runner/auth/aksk'
import type { Auth, Placeholder } from '../runner/auth/auth'
import { issueByCommand } from '../runner/auth/command'
import { issueByPassword } from '../runner/auth/iam'
import { createRenewed } from '../runner/auth/renewed'
import type { TlsOptions } from '../runner/route'
import type { AuthConfig } from './config/config'

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
}

const usualHeader = 'X-Auth-Token'

/**
 * Gets the credential that a run begins with.
 * @throws AuthError if it is not to be had, with what to look at
 */
export async function openAccess(document: ApiDocument, { auth, token, tls, timeout }: AccessOptions): Promise<Access> {
  const access = { secrets: [] as string[], hidden: [] as string[] }
  const given = token ?? auth?.token
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
  const { iam, command } = auth
  if (iam) {
    access.hidden.push(iam.password)
    access.secrets.push(iam.password)
  }
  const issue = iam
    ? () => issueByPassword(iam, name, { tls, timeout, environment: process.env })
    : () => issueByCommand(command as string, name)
  const mask = createMask(access.hidden)
  const masked = () =>
    issue().catch((error: unknown) => {
      throw error instanceof AuthError ? new AuthError(mask(error.message)) : error
    })
  if (!iam && command === undefined) throw new UsageError('auth takes exactly one of token, iam, aksk, command')
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

/** What the client needs to put the credential in its place. */
export function credentialsOf(access: Access, sets: readonly RuleSet[]) {
  if (!access.auth) return {}
  const places = sets.flatMap(({ subject }): [string, Placeholder][] =>
    subject.token ? [[subject.id, { header: subject.token.header, value: subject.token.value }]] : [],
  )
  return { auth: { auth: access.auth, slots: new Map(places) } }
}
