import { createHash, createHmac } from 'node:crypto'
import { decoded, encodedStrictly } from '../../specs/pointer'
import type { Auth, Outgoing } from './auth'

interface AccessKey {
  readonly accessKey: string
  readonly secretKey: string
  /** Goes with temporary keys. */
  readonly securityToken?: string
}

const algorithm = 'SDK-HMAC-SHA256'

/** Signs every request with an access key. @param now milliseconds since the epoch */
export const createAkSk = (key: AccessKey, now: () => number = Date.now): Auth => ({
  credential: async (request) => ({ headers: sign(request, key, new Date(now())), id: key.accessKey }),
  refused: async () => false,
  taken() {},
  problem: () => undefined,
})

/**
 * The headers that sign a request by SDK-HMAC-SHA256 (the signing guide of Huawei Cloud's API gateway): `X-Sdk-Date`, for temporary keys
 * `X-Security-Token`, and `Authorization`. Host and these are signed, besides method, path, query and body.
 */
export function sign(
  { method, path, host, body }: Outgoing,
  { accessKey, secretKey, securityToken }: AccessKey,
  at: Date,
  also: readonly (readonly [string, string])[] = [],
): readonly (readonly [string, string])[] {
  const date = at.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const own: readonly (readonly [string, string])[] = [
    ['X-Sdk-Date', date],
    ...(securityToken === undefined ? [] : [['X-Security-Token', securityToken] as const]),
  ]
  const signed = [['host', host] as const, ...also, ...own]
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const names = signed.map(([name]) => name).join(';')
  const [route = '/', query = ''] = cut(path)
  const canonical = [
    method,
    canonicalPath(route),
    canonicalQuery(query),
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(body ?? ''),
  ].join('\n')
  const signature = createHmac('sha256', secretKey)
    .update([algorithm, date, sha256(canonical)].join('\n'))
    .digest('hex')
  return [...own, ['Authorization', `${algorithm} Access=${accessKey}, SignedHeaders=${names}, Signature=${signature}`]]
}

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')

function cut(path: string): [string, string] {
  const at = path.indexOf('?')
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)]
}

/** Each segment encoded anew (RFC 3986, 2.3), with a slash at the end. */
function canonicalPath(path: string): string {
  const encoded = path.split('/').map(encode).join('/')
  return encoded.endsWith('/') ? encoded : `${encoded}/`
}

function canonicalQuery(query: string): string {
  if (query === '') return ''
  const pairs = query.split('&').map((pair) => {
    const at = pair.indexOf('=')
    return (at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]).map(encode) as [string, string]
  })
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return pairs
    .sort((a, b) => order(a[0], b[0]) || order(a[1], b[1]))
    .map((pair) => pair.join('='))
    .join('&')
}

/** What is percent-encoded already is taken as what it stands for. */
function encode(text: string): string {
  return encodedStrictly(decoded(text))
}
