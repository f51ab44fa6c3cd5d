import { AuthError, UsageError } from '../../core/errors'
import { header } from '../../core/exchange'
import { isObject } from '../../core/json'
import { type FetchOptions, fetchOnce, parsed } from './fetch'
import type { Issued } from './renewed'

interface IamAccount {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly domain: string
  readonly project?: string
}

/**
 * Asks an identity service (Keystone v3, `POST /v3/auth/tokens`) for a token by password. The token comes in `X-Subject-Token`.
 * @param header name under which the API takes the token
 * @throws AuthError that says what the service answered, UsageError for a URL that is none
 */
export async function issueByPassword(account: IamAccount, name: string, options: FetchOptions): Promise<Issued> {
  if (!/^https?:\/\/[^/@]+(\/|$)/i.test(account.url)) throw new UsageError(`auth.iam.url ${account.url} is not an http:// or https:// URL`)
  const url = `${account.url.replace(/\/+$/, '').replace(/\/v3$/, '')}/v3/auth/tokens`
  const body = Buffer.from(JSON.stringify(grant(account)))
  const headers = ['content-type', 'application/json', 'accept', 'application/json']
  const answer = await fetchOnce(url, { method: 'POST', headers, body }, options)
  const who = `the user ${account.user} of ${account.domain}`
  if (typeof answer === 'string') throw new AuthError(`the identity service ${url} gave no token: ${answer}`)
  if (answer.status < 200 || answer.status > 299)
    throw new AuthError(`the identity service ${url} refused ${who} with ${answer.status}${said(answer.body)}; check auth.iam`)
  const token = header(answer, 'x-subject-token')
  if (!token) throw new AuthError(`the identity service ${url} answered ${answer.status} without X-Subject-Token`)
  const lives = lifetime(answer.body)
  return { header: [name, token], ...(lives === undefined ? {} : { lives }) }
}

const grant = ({ user, password, domain, project }: IamAccount) => ({
  auth: {
    identity: { methods: ['password'], password: { user: { name: user, password, domain: { name: domain } } } },
    scope: project === undefined ? { domain: { name: domain } } : { project: { name: project } },
  },
})

/** Seconds between issue and expiry by the service's own clock, as clocks differ. */
function lifetime(body: Buffer): number | undefined {
  const { token } = parsed(body)
  if (!isObject(token)) return undefined
  const seconds = (Date.parse(String(token.expires_at)) - Date.parse(String(token.issued_at))) / 1000
  return seconds > 0 ? seconds : undefined
}

function said(body: Buffer): string {
  const { error, error_msg } = parsed(body)
  const message = isObject(error) ? error.message : error_msg
  return typeof message === 'string' ? `: ${message}` : ''
}
