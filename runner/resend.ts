import type { Case } from '../core/case'
import { type Answer, header } from '../core/exchange'
import { unavailability } from '../core/gateway'
import type { Json } from '../core/json'
import type { Reply } from './connection'
import { isSafe } from './creation'
import type { Deadline } from './deadline'

/** What follows a reply. */
export type Next =
  | {
      readonly again: false
      readonly notReached?: string
      /** So often the target was taken to ask for patience by mistake. */
      readonly mistaken?: number
      /** Refused as what is there already is, though not with 409. */
      readonly conflict?: true
      /** Not this reply is what became of the case, but the one that was kept. */
      readonly asKept?: true
    }
  | {
      readonly again: true
      /** Over a new socket. */
      readonly fresh: boolean
      /** Under a new name, as the target may have acted on this one. */
      readonly rename: boolean
      /** Wait for the whole `--timeout`, even if it is shortened at present. */
      readonly patient?: boolean
      /** The target asked for patience: why, for how many milliseconds if it said, and whether fewer requests at the same time may help. */
      readonly slowDown?: { readonly reason: string; readonly wait?: number; readonly fewer: boolean }
      /** Behind all who wait, not before them. */
      readonly last?: boolean
      /** Milliseconds to wait for this case alone. */
      readonly pause?: number
      /** This reply is kept: it may turn out to be what became of the case. */
      readonly keep?: true
      /** In place of the case: a plain request with values of its own, or that one once more. */
      readonly instead?: Trial
    }

type Trial = 'plain' | 'same'

/** What the whole run has learnt of the target; shared by all cases. */
export interface Learnt {
  readonly deadline: Deadline
  /** Some request was answered. */
  answered: boolean
  /** A body of less than 16 KiB was accepted. */
  accepted: boolean
  /** No connection could be made of late, after all patience. */
  gone: boolean
  /** Cases that met a conflict (409), and passed under another name and other values. */
  conflictsPassed: number
  /** Of each rule: by how many more cases stayed in conflict, whatever their names. */
  readonly conflictsStayed: Map<string, number>
  /** Of each operation: the status that a payload gets which is there already; none: it is taken again, or refused with 409. */
  readonly repeated: Map<string, number | undefined>
  /** Answers that asked for no patience. */
  served: number
  /** Of each rule: cases that were asked for patience again and again while others were served, since waiting has last helped one. */
  readonly singledOut: Map<string, number>
}

/** Bytes of a body that a server may refuse unread: what then is still on the way can turn the refusal into a reset (RFC 9112, 9.6). */
const refusedEarly = 16 * 1024
const triesThrottled = 12
const triesUnavailable = 4
/** Tries in vain, between which others were served: it is not the number of requests that the target minds. */
const triesSingledOut = 4
/** With so many of them in a rule, its next are taken for such at once. */
const casesSingledOut = 2
/** Milliseconds. */
const firstPause = 50
/** Milliseconds: what is asked for beyond this may be meant for one request alone, which is tried again soon. */
const longWait = 10_000
const longPause = 500
const triesConflict = 3
/** With so many of them the conflict is none of names. */
const conflictsThatStay = 4
const triesLarge = 3
const triesUnreachable = 7
const longestWait = 300_000

/** So many conflicts that passed: things have to differ in more than what was seen to differ. */
const conflictsThatPass = 8

/** Many frameworks refuse what is there already as they refuse what is wrong. */
const maybeConflicts: ReadonlySet<number> = new Set([400, 422])
/**
 * What tells that such a refusal is for what is there already: plain requests pass, and are refused when they are sent again. Twice each, as a
 * target that fails now and then may do the like by chance.
 */
const trial: readonly Trial[] = ['plain', 'plain', 'same', 'same', 'plain', 'same', 'same']

/** Whether a case had better go with values of its own from the start: its first try would be in vain, or refused for another reason than its own. */
export const wantsRenewal = ({ operation, owes, request }: Case, { conflictsPassed, repeated }: Learnt): boolean =>
  !owes.conflict &&
  !isSafe(request.method) &&
  ((conflictsPassed >= conflictsThatPass && owes.success !== 'forbidden') || repeated.get(operation) !== undefined)

/** Whether a JSON object is an error as the API documents it. */
export type IsOwnError = (made: Case, body: Readonly<Record<string, Json>>) => boolean

/**
 * Follows one case over its resends, and says after each reply whether the case is sent again. Each reason has its own number of tries.
 * @param isPlainThere plain requests can be made to see what the target does with what is there
 * @returns a function that takes the reply and the seconds that were allowed for it
 */
export function createResends(
  made: Case,
  learnt: Learnt,
  now: () => number,
  isOwnError: IsOwnError,
  isPlainThere: boolean,
): (reply: Reply, allowed: number) => Next {
  const tries = { throttled: 0, singledOut: 0, unavailable: 0, conflict: 0, large: 0, unreachable: 0, reused: 0 }
  const large = (made.request.body?.length ?? 0) >= refusedEarly
  const over: Next = { again: false }
  // Equal payloads sent on purpose stay equal.
  const rename = !made.owes.conflict
  let servedBefore = 0
  /** It was under way when its connection ended: if the target is gone then, it was there when the target went. */
  let wasClosed = false
  const stayed = () => learnt.conflictsStayed.get(made.rule) ?? 0
  const { operation } = made
  /** How far the trial has come; none: there is none. The refusal that it is for, and that of what was there already. */
  let tried: number | undefined
  let refusal: number | undefined
  let ofRepeated: number | undefined
  /** What was sent is sent again under another name; of the same request it would be another. */
  const sentAnew = () => (tried === undefined ? { rename } : { rename: false, instead: trial[tried] as Trial })

  function afterAnswer(answer: Answer, { freshConnection }: Reply): Next {
    const { status } = answer
    if (status === 429) return afterThrottled(answer)
    const unavailable = unavailability(answer, made.request.method, (body) => isOwnError(made, body))
    if (unavailable !== undefined) {
      if (++tries.unavailable >= triesUnavailable) return { again: false, notReached: `${unavailable}, ${triesUnavailable} times` }
      const slowDown = { reason: `the target answered ${unavailable}`, wait: retryAfter(answer, now()), fewer: tries.unavailable > 1 }
      return { again: true, fresh: false, ...sentAnew(), slowDown }
    }
    learnt.served++
    // Whom waiting has helped was not singled out.
    if (tries.throttled > 0) learnt.singledOut.delete(made.rule)
    // RFC 9110, 15.5.9: a server ends an idle connection with 408, and the request may be repeated.
    if (status === 408 && !freshConnection && tries.reused++ === 0) return { again: true, fresh: true, ...sentAnew() }
    if (tried !== undefined) return onTrial(status, tried)
    if (rename && (status === 409 || isConflict(status))) return afterConflict(status)
    if (rename && isPlainThere && isDoubtful(status)) {
      tried = 0
      refusal = status
      return { again: true, fresh: false, ...sentAnew(), keep: true }
    }
    if (tries.conflict > 0) {
      learnt.conflictsPassed++
      learnt.conflictsStayed.set(made.rule, Math.max(0, stayed() - 1))
    }
    return over
  }

  function afterThrottled(answer: Answer): Next {
    const wait = retryAfter(answer, now())
    const reason = isLock(answer) ? 'the target answered 429: what it works on is locked' : 'the target answered 429'
    if (++tries.throttled >= triesThrottled) return { again: false, notReached: `throttled: 429, ${triesThrottled} times` }
    const known = learnt.singledOut.get(made.rule) ?? 0
    const isLikely = known >= casesSingledOut
    // Before all are made to wait so long, it is seen whether the others are served.
    const isLong = (wait ?? 0) > longWait
    const isSingledOut = !isLock(answer) && (tries.throttled === 1 ? isLikely || isLong : learnt.served > servedBefore)
    servedBefore = learnt.served
    if (!isSingledOut)
      return { again: true, fresh: false, rename: false, last: tries.throttled > 1, slowDown: { reason, wait, fewer: true } }
    if (++tries.singledOut < triesSingledOut && !isLikely)
      return { again: true, fresh: false, rename: false, pause: isLong ? longPause : (wait ?? firstPause * 2 ** tries.throttled) }
    learnt.singledOut.set(made.rule, known + 1)
    return {
      again: false,
      notReached: 'throttled: 429 again and again, while others were served',
      mistaken: tries.throttled - tries.singledOut,
    }
  }

  /** A change can make one thing what another is: it is refused as its making would be. */
  const isConflict = (status: number): boolean =>
    made.owes.success === 'required' &&
    (learnt.repeated.get(operation) === status ||
      (/^(PUT|PATCH)$/.test(made.request.method) && [...learnt.repeated.values()].includes(status)))

  /** A valid payload was refused, and nobody knows yet what this target does with one that is there already. */
  const isDoubtful = (status: number): boolean =>
    maybeConflicts.has(status) &&
    made.request.method === 'POST' &&
    made.owes.success === 'required' &&
    made.owes.clientError === 'forbidden' &&
    !learnt.repeated.has(operation)

  function untold(): Next {
    learnt.repeated.set(operation, undefined)
    return { again: false, asKept: true }
  }

  function onTrial(status: number, step: number): Next {
    const passes = status >= 200 && status < 300
    if (trial[step] === 'same' && maybeConflicts.has(status)) ofRepeated ??= status
    if (trial[step] === 'plain' ? !passes : status !== ofRepeated) return untold()
    tried = step + 1
    if (tried < trial.length) return { again: true, fresh: false, ...sentAnew() }
    tried = undefined
    learnt.repeated.set(operation, ofRepeated)
    if (refusal !== ofRepeated) return { again: false, asKept: true }
    const then = afterConflict(status)
    return then.again ? then : { ...then, asKept: true }
  }

  function afterConflict(status: number): Next {
    if (++tries.conflict < triesConflict && stayed() < conflictsThatStay)
      return { again: true, fresh: false, rename, pause: tries.conflict > 1 ? 50 : 0 }
    learnt.conflictsStayed.set(made.rule, stayed() + 1)
    return status === 409 ? over : { again: false, conflict: true }
  }

  return (reply, allowed) => {
    const { answer, fault, freshConnection } = reply
    if (answer) {
      learnt.answered = true
      learnt.gone = false
      learnt.deadline.answered(reply.seconds)
      if (!large && answer.status < 300) learnt.accepted = true
      return afterAnswer(answer, reply)
    }
    // What got no answer tells nothing.
    if (tried !== undefined) return untold()
    if (fault?.kind === 'timeout')
      return learnt.deadline.believe(made, allowed) ? over : { again: true, fresh: true, rename, patient: true }
    if (fault?.kind === 'unreachable') {
      // A target that answered before may be restarting.
      if (learnt.answered && !learnt.gone && ++tries.unreachable < triesUnreachable)
        return { again: true, fresh: true, rename, pause: 50 * 2 ** tries.unreachable }
      learnt.gone = true
      return wasClosed ? { again: false, asKept: true } : over
    }
    if (fault?.kind === 'malformed') return reply.stray && tries.reused++ === 0 ? { again: true, fresh: true, rename } : over
    if (!freshConnection && !fault?.partial && tries.reused++ === 0) {
      wasClosed = true
      return { again: true, fresh: true, rename, keep: true }
    }
    if (!large) return over
    if (++tries.large < triesLarge) return { again: true, fresh: true, rename, pause: 20 * tries.large }
    return learnt.accepted ? over : { again: false, notReached: 'closed early on a large body, and no smaller one was accepted yet' }
  }
}

/** 429 has two meanings: too many requests, or a resource that another request holds; both pass by waiting and by fewer at the same time. */
const isLock = (answer: Answer): boolean => /\block(ed)?\b|being (processed|used)|in use/i.test(answer.body.toString('utf8', 0, 1000))

/**
 * Milliseconds that an answer asks to wait (RFC 9110, 10.2.3), five minutes at most. A date counts from the answer's own `Date`, as its clock may differ.
 * @param now milliseconds since the epoch, for a date in an answer without `Date`
 */
export function retryAfter(answer: Answer, now: number): number | undefined {
  const value = header(answer, 'retry-after')?.trim()
  if (value === undefined) return undefined
  const milliseconds = /^\d+(\.\d+)?$/.test(value)
    ? Number(value) * 1000
    : /[a-z]{3}/i.test(value) // `Date.parse` takes plain numbers for dates
      ? Date.parse(value) - (Date.parse(header(answer, 'date') ?? '') || now)
      : 0
  return milliseconds > 0 ? Math.min(milliseconds, longestWait) : undefined
}
