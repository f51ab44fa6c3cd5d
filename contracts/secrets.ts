import type { WireRequest } from '../core/case'
import { credentialsIn, plainOf } from '../core/forms'

/** Shorter than this, a secret comes about by chance. */
const shortest = 8

/** The secrets that can be told from a word. */
export const tellable = (secrets: readonly string[]): readonly string[] => secrets.filter(({ length }) => length >= shortest)

/** What a request sends as a credential, or in place of one: values of headers, cookies and the query. */
const credentialsOf = ({ target, headers }: Pick<WireRequest, 'target' | 'headers'>): readonly string[] => [
  ...headers.flatMap(([name, value]) => credentialsIn(name, value)),
  ...(target.includes('?') ? target.slice(target.indexOf('?') + 1).split('&') : []).map((pair) => pair.slice(pair.indexOf('=') + 1)),
]

/** Tokens of a request that hold a real one, but are none: whoever quotes them shows none. */
export function nearMisses(request: Pick<WireRequest, 'target' | 'headers'>, real: readonly string[]): readonly string[] {
  if (real.length === 0) return []
  const plain = real.map(plainOf)
  return credentialsOf(request).filter((token) => {
    const own = plainOf(token)
    return plain.some((secret) => own.includes(secret)) && !plain.includes(own)
  })
}
