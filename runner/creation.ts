import type { Reply } from './connection'

/** Whether a request has created something: `unknown` where no answer tells, as a gateway may give up on what goes on behind it. */
type Creation = 'created' | 'refused' | 'unknown'

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Methods that change nothing (RFC 9110, 9.2.1). */
export const isSafe = (method: string): boolean => safe.has(method)

/** What a reply tells of the creation by its request. 503 says that nothing was begun (RFC 9110, 15.6.4). */
export function creationBy({ answer, fault }: Pick<Reply, 'answer' | 'fault'>): Creation {
  // Without a connection nothing was sent.
  if (!answer) return fault?.kind === 'unreachable' ? 'refused' : 'unknown'
  const { status } = answer
  if (status >= 200 && status <= 299) return 'created'
  return status === 408 || (status >= 500 && status !== 503) ? 'unknown' : 'refused'
}
