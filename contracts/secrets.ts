import type { WireRequest } from '../core/case'
import { credentialsIn, plainOf } from '../core/forms'

/** Shorter than this, a secret comes about by chance. */
const shortest = 8

/** The secrets that can be told from a word. */
export const tellable = (secrets: readonly string[]): readonly string[] => secrets.filter(({ length }) => length >= shortest)

/** What a request sends as a credential, or in place of one: values of headers, cookies and the query. */
const credentialsOf = (headers: WireRequest['headers'], query: string): readonly string[] => [
  ...headers.flatMap(([name, value]) => credentialsIn(name, value)),
  ...(query === '' ? [] : query.split('&')).map((pair) => pair.slice(pair.indexOf('=') + 1)),
]

const queryOf = (target: string): string => (target.includes('?') ? target.slice(target.indexOf('?') + 1) : '')

/** Most requests have the headers and the query of the one before. */
interface Latest {
  readonly headers: WireRequest['headers']
  readonly query: string
  readonly real: readonly string[]
  readonly found: readonly string[]
}
let latest: Latest | undefined

/**
 * Tokens of a request that hold a real one, but are none: whoever quotes them shows none.
 * @param real the same list as long as it holds the same
 */
export function nearMisses({ headers, target }: Pick<WireRequest, 'target' | 'headers'>, real: readonly string[]): readonly string[] {
  if (real.length === 0) return real
  const query = queryOf(target)
  if (latest?.headers !== headers || latest.query !== query || latest.real !== real)
    latest = { headers, query, real, found: missesIn(credentialsOf(headers, query), real) }
  return latest.found
}

function missesIn(tokens: readonly string[], real: readonly string[]): readonly string[] {
  const plain = real.map(plainOf)
  return tokens.filter((token) => {
    const own = plainOf(token)
    return plain.some((secret) => own.includes(secret)) && !plain.includes(own)
  })
}
