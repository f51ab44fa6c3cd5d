import type { Answer } from '../../core/exchange'
import type { Entry, Ledger, Undo } from './ledger'

/** Sends a request of the clean-up; a text says why there is no answer. */
export type SendUndo = (method: string, path: string) => Promise<Answer | string>

export interface CleanerOptions {
  readonly ledger: Ledger
  readonly send: SendUndo
  /** Seconds until a delete that does not come to its end is given up. */
  readonly wait: number
  /** Seconds after its sending in which a request without an answer may still create something. */
  readonly late: number
  /** Deletes at the same time. */
  readonly concurrency: number
}

/** Deletes what a ledger holds, and nothing else. */
export interface Cleaner {
  /** One delete, right after the create; what is not over then is left to `finish`. */
  each(entry: Entry): Promise<void>
  /** Deletes all that is left, and waits until it is gone. */
  finish(): Promise<Cleaned>
}

export interface Cleaned {
  /** Requests that created something, or may have. */
  readonly created: number
  readonly deleted: number
  /** What could not be deleted, and why. */
  readonly left: readonly { readonly what: string; readonly path?: string; readonly reason: string }[]
}

/** Milliseconds between two looks at the same thing; longer each time. */
const firstPause = 100
const longestPause = 3000
/** Answers that say no for good, so many times in a row. */
const mostRefusals = 4
/** After so many have failed to the end, the others get one try each. */
const mostFailures = 8

type Step = 'gone' | 'deleting' | { readonly absent: true } | { readonly failed: string; readonly final: boolean }

export function createCleaner({ ledger, send, wait, late, concurrency }: CleanerOptions): Cleaner {
  let failures = 0

  /** The way by which a delete was taken: no other is tried after it. */
  const taken = new Map<Entry, readonly Undo[]>()

  /** One try: the ways in order, as long as the thing is not found by them. */
  async function attempt(entry: Entry): Promise<Step> {
    for (const undo of taken.get(entry) ?? entry.undo) {
      const answer = await send(undo.method, undo.path)
      if (typeof answer === 'string') return { failed: answer, final: false }
      const { status } = answer
      if (status === 404 || status === 410) continue
      if (status < 200 || status > 299) {
        const final = status < 500 && ![408, 409, 423, 425, 429].includes(status)
        return { failed: `${undo.method} ${undo.path} was answered ${status}`, final }
      }
      taken.set(entry, [undo])
      if (undo.gone) return (await isGone(undo)) ? 'gone' : 'deleting'
      return status === 202 ? 'deleting' : 'gone'
    }
    return { absent: true }
  }

  async function isGone({ gone }: Undo): Promise<boolean> {
    if (!gone) return false
    const answer = await send('GET', gone.path)
    if (typeof answer === 'string') return false
    if (answer.status === 404 || answer.status === 410) return true
    return answer.status >= 200 && answer.status <= 299 && !holds(answer.body, gone.name)
  }

  /** Deletes one thing to its end. @returns why it is left; undefined: it is gone */
  async function remove(entry: Entry): Promise<string | undefined> {
    if (entry.undo.length === 0) return entry.state === 'created' ? 'its name cannot be told from the request or the answer' : undefined
    const start = Date.now()
    let refusals = 0
    let wasDeleted = false
    for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
      const step = await attempt(entry)
      if (step === 'gone') return undefined
      if (step === 'deleting') {
        wasDeleted = true
        if (await waitGone(taken.get(entry) ?? [], start)) return undefined
      } else if ('absent' in step) {
        // A create without an answer may still be under way.
        if (entry.state === 'created' || wasDeleted || Date.now() > entry.at + late * 1000) return undefined
      } else if (step.final && ++refusals >= mostRefusals) return step.failed
      const isOver = Date.now() - start > wait * 1000 || (failures >= mostFailures && typeof step === 'object' && 'failed' in step)
      if (isOver) return typeof step === 'object' && 'failed' in step ? step.failed : `it is still there after ${wait} s`
      await sleep(pause)
    }
  }

  async function waitGone(undos: readonly Undo[], start: number): Promise<boolean> {
    if (!undos.some(({ gone }) => gone)) return false
    for (let pause = firstPause; Date.now() - start <= wait * 1000; pause = Math.min(longestPause, pause * 1.5)) {
      await sleep(pause)
      for (const undo of undos) if (undo.gone && (await isGone(undo))) return true
    }
    return false
  }

  return {
    async each(entry) {
      if (entry.state === 'created' && (await attempt(entry)) === 'gone') ledger.deleted(entry)
    },
    async finish() {
      const all = [...ledger.entries.values()].filter(({ state }) => state !== 'refused')
      const open = all.filter(({ state }) => state !== 'deleted')
      const left: Cleaned['left'][number][] = []
      let next = 0
      const work = async () => {
        for (let entry = open[next++]; entry; entry = open[next++]) {
          const reason = await remove(entry)
          if (reason === undefined) ledger.deleted(entry)
          else {
            failures++
            const [undo] = entry.undo
            left.push({ what: entry.what, ...(undo ? { path: undo.path } : {}), reason })
          }
        }
      }
      await Promise.all(Array.from({ length: concurrency }, work))
      return { created: all.length, deleted: all.length - left.length, left }
    },
  }
}

/** Whether a JSON text holds a text somewhere as a value. What is no JSON is searched as it stands. */
function holds(body: Buffer, name: string): boolean {
  const text = body.toString('utf8')
  let found = false
  try {
    JSON.parse(text, (_, value) => {
      if (value === name || (typeof value === 'number' && String(value) === name)) found = true
      return value
    })
  } catch {
    return text.includes(name)
  }
  return found
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
