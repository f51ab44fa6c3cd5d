import type { Case } from '../../core/case'

/** A request as it is about to be written, its credential still missing. */
export interface Outgoing {
  readonly method: string
  /** Path and query as they reach the target, base path included. */
  readonly path: string
  /** As the Host header says. */
  readonly host: string
  readonly body?: Buffer
}

/** A credential for one request. */
export interface Credential {
  readonly headers: readonly (readonly [string, string])[]
  /** Tells credentials apart; the same for each signature by one key. */
  readonly id: string
}

/** Where credentials come from. */
export interface Auth {
  /** The token to derive near-miss tokens from; none: there is no token to miss nearly. */
  readonly token?: string
  /** The credential for a request; a stale one is renewed first. */
  credential(request: Outgoing): Promise<Credential>
  /**
   * The target answered 401 to this credential.
   * @param renewed the request had been refused before, and came with a renewed credential
   * @returns whether another is to be had
   */
  refused(credential: Credential, renewed: boolean): Promise<boolean>
  /** The target answered otherwise. */
  taken(credential: Credential, renewed: boolean): void
  /** Why the latest renewal failed. */
  problem(): string | undefined
}

/** Where a credential stands in the cases of an operation: a header and what a case holds there in its place. */
export interface Placeholder {
  readonly header: string
  readonly value: string
}

/** A credential, and where it goes. */
export interface Placed {
  readonly auth: Auth
  /** By operation. */
  readonly slots: ReadonlyMap<string, Placeholder>
  /** Operations without a place for it get it besides their own headers. */
  readonly everywhere?: boolean
}

/** What is sent in place of a case's headers. */
export interface Authorised {
  readonly headers: readonly (readonly [string, string])[]
  /** None: the case is meant to come without credentials, or with others. */
  readonly credentials?: readonly { readonly auth: Auth; readonly credential: Credential }[]
}

/** Puts each credential where a case has left its place; a case that changed that place (no token, an empty or a wrong one) is sent as it is. */
export async function authorise(placed: readonly Placed[], made: Case, outgoing: Outgoing): Promise<Authorised> {
  let { headers } = made.request
  const credentials: { auth: Auth; credential: Credential }[] = []
  for (const { auth, slots, everywhere } of placed) {
    const slot = slots.get(made.operation)
    const isSlot = ([name, value]: readonly [string, string]) =>
      slot !== undefined && name.toLowerCase() === slot.header.toLowerCase() && value === slot.value
    if (slot ? !headers.some(isSlot) : !everywhere) continue
    const credential = await auth.credential(outgoing)
    const own = headers.filter((pair) => !isSlot(pair))
    const taken = new Set(own.map(([name]) => name.toLowerCase()))
    // A header that a case sets on purpose stays as the case has it.
    const isSet = credential.headers.some(([name]) => taken.has(name.toLowerCase()))
    headers = isSet ? own : [...own, ...credential.headers]
    if (!isSet) credentials.push({ auth, credential })
  }
  return { headers, ...(credentials.length > 0 ? { credentials } : {}) }
}
