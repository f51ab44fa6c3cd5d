import { AuthError, UsageError } from '../../core/errors'
import { type FetchOptions, fetchOnce, parsed } from './fetch'
import type { Issued } from './renewed'

export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string
  readonly tokenUrl: string
  readonly scopes: readonly string[]
}

/**
 * Asks an OAuth 2.0 server for an access token by client credentials (RFC 6749, 4.4). The client is named by HTTP Basic (2.3.1).
 * @throws AuthError that says what the server answered, UsageError for a URL that is none
 */
export async function issueByClient(
  { clientId, clientSecret, tokenUrl, scopes }: ClientCredentials,
  options: FetchOptions,
): Promise<Issued> {
  if (!/^https?:\/\/[^/@]+(\/|$)/i.test(tokenUrl))
    throw new UsageError(`the token URL ${tokenUrl} is not an http:// or https:// URL; give auth.oauth2.tokenUrl`)
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}) })
  const client = Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64')
  const headers = ['content-type', 'application/x-www-form-urlencoded', 'accept', 'application/json', 'authorization', `Basic ${client}`]
  const answer = await fetchOnce(tokenUrl, { method: 'POST', headers, body: Buffer.from(form.toString()) }, options)
  if (typeof answer === 'string') throw new AuthError(`the token server ${tokenUrl} gave no token: ${answer}`)
  const { access_token: token, expires_in: lives, error } = parsed(answer.body)
  if (answer.status !== 200 || typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    const said = typeof error === 'string' ? `: ${error}` : ''
    throw new AuthError(`the token server ${tokenUrl} gave the client ${clientId} no token, but ${answer.status}${said}; check auth.oauth2`)
  }
  return { header: ['Authorization', `Bearer ${token}`], ...(Number(lives) > 0 ? { lives: Number(lives) } : {}) }
}

const formEncoded = (text: string): string => new URLSearchParams({ a: text }).toString().slice(2)
