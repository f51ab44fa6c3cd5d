import type { Answer } from '../../core/exchange'
import { isObject } from '../../core/json'
import { createConnection } from '../connection'
import { createRoute, type TlsOptions } from '../route'

export interface FetchOptions {
  readonly tls: TlsOptions
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Seconds. */
  readonly timeout: number
}

const maxAnswerBytes = 1024 * 1024

/**
 * One request to a service beside the target, by the same certificates and proxies.
 * @returns the answer, or why there is none
 * @throws UsageError for a URL that is not http or https
 */
export async function fetchOnce(
  url: string,
  request: { readonly method: string; readonly headers: readonly string[]; readonly body?: Buffer },
  { tls, environment, timeout }: FetchOptions,
): Promise<Answer | string> {
  const { pathname, search, origin } = new URL(url)
  const route = createRoute(origin, tls, environment)
  const connection = createConnection({ ...route, maxAnswerBytes, now: Date.now, onSurplus() {} })
  try {
    const headers = [...request.headers, ...route.headers.flat()]
    const path = route.prefix + pathname + search
    const { answer, fault } = await connection.send({ ...request, path, headers }, { fresh: true, timeout })
    return answer ?? fault?.message ?? 'no answer'
  } finally {
    await connection.close()
  }
}

/** The JSON object that a service answered with; an empty one where it is none. */
export function parsed(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
