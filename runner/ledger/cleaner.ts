import type { CleaningProgress } from '../../core/event'
import type { Answer } from '../../core/exchange'
import type { Entry, Ledger, Undo, UndoPlace } from './ledger'

/** Sends a request of the clean-up; a text says why there is no answer. */
type SendUndo = (method: string, place: UndoPlace) => Promise<Answer | string>

interface CleanerOptions {
  readonly ledger: Ledger
  readonly send: SendUndo
  /** Seconds until a delete that does not come to its end is given up. */
  readonly wait: number
  /** Seconds after its sending in which a request whose outcome is not known may still create something. */
  readonly late: number
  /** Deletes at the same time. */
  readonly concurrency: number
}

/** Deletes what a ledger holds, and nothing else. */
export interface Cleaner {
  /** One delete, right after the create; what is not over then is left to `finish`. */
  each(entry: Entry): Promise<void>
  /**
   * Deletes all that is left, and waits until it is gone.
   * @param onProgress told at the beginning, and then each second
   */
  finish(onProgress?: (progress: CleaningProgress) => void): Promise<Cleaned>
}

export interface Cleaned {
  /** Requests that created something, or may have: where nothing was known, nothing was found. */
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

/** `never found`: it was created, as the target said, but no delete has ever found it. */
type Outcome = 'gone' | 'never there' | 'never found' | { readonly left: string }
type Step = 'gone' | 'deleting' | { readonly absent: true } | { readonly failed: string; readonly final: boolean }

export function createCleaner({ ledger, send, wait, late, concurrency }: CleanerOptions): Cleaner {
  let failures = 0
  /** Some delete was taken: the way to delete leads somewhere. */
  let works = [...ledger.entries.values()].some(({ state }) => state === 'deleted')

  /** What is gone: two requests may have created the same thing. */
  const gone = new Set([...ledger.entries.values()].filter(({ state }) => state === 'deleted').flatMap(pathsOf))

  function deleted(entry: Entry): void {
    for (const path of pathsOf(entry)) gone.add(path)
    ledger.deleted(entry)
  }

  const absent = new Set<Entry>()
  /** The way by which a delete was taken: no other is tried after it. */
  const taken = new Map<Entry, readonly Undo[]>()

  /** One try: the ways in order, as long as the thing is not found by them. */
  async function attempt(entry: Entry): Promise<Step> {
    const before = entry.deleting
    for (const undo of taken.get(entry) ?? entry.undo) {
      ledger.deleting(entry)
      const answer = await send(undo.method, undo)
      if (typeof answer === 'string') return { failed: answer, final: false }
      const { status } = answer
      if (status >= 200 && status <= 299) {
        works = true
        taken.set(entry, [undo])
        if (undo.gone) return (await isGone(undo)) ? 'gone' : 'deleting'
        return status === 202 ? 'deleting' : 'gone'
      }
      if (!before) ledger.kept(entry)
      if (status === 404 || status === 410) continue
      const final = status < 500 && ![408, 409, 423, 425, 429].includes(status)
      return { failed: `${undo.method} ${undo.path} was answered ${status}`, final }
    }
    return { absent: true }
  }

  async function isGone({ gone }: Undo): Promise<boolean> {
    if (!gone) return false
    const answer = await send('GET', gone)
    if (typeof answer === 'string') return false
    if (answer.status === 404 || answer.status === 410) return true
    return answer.status >= 200 && answer.status <= 299 && !holds(answer.body, gone.name)
  }

  /** Deletes one thing to its end. @returns what became of it; a text says why it is left */
  async function remove(entry: Entry): Promise<Outcome> {
    if (entry.undo.length === 0)
      return entry.state === 'created' ? { left: 'its name cannot be told from the request or the answer' } : 'never there'
    const start = Date.now()
    let refusals = 0
    for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
      const wasDeleted = entry.deleting
      const step = await attempt(entry)
      absent.delete(entry)
      if (step === 'gone') return 'gone'
      if (step === 'deleting') {
        if (await waitGone(taken.get(entry) ?? [], start)) return 'gone'
      } else if ('absent' in step) {
        if (wasDeleted || pathsOf(entry).some((path) => gone.has(path))) return 'gone'
        // A create without an answer may still be under way, and one that was answered may not be found at once.
        const patience = entry.state === 'created' ? Math.max(wait, late) : late
        if (Date.now() > entry.at + patience * 1000) return entry.state === 'created' ? 'never found' : 'never there'
        absent.add(entry)
        await sleep(pause)
        continue
      } else if (step.final && ++refusals >= mostRefusals) return { left: step.failed }
      const isOver = Date.now() - start > wait * 1000 || (failures >= mostFailures && typeof step === 'object' && 'failed' in step)
      if (isOver) return { left: typeof step === 'object' && 'failed' in step ? step.failed : `it is still there after ${wait} s` }
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
      if (entry.state === 'created' && (await attempt(entry)) === 'gone') deleted(entry)
    },
    async finish(onProgress) {
      const open = [...ledger.entries.values()].filter(({ state }) => state === 'sent' || state === 'created')
      const left: Cleaned['left'][number][] = []
      const neverFound: Entry[] = []
      const leave = (entry: Entry, reason: string) => {
        failures++
        const [undo] = entry.undo
        left.push({ what: entry.what, ...(undo ? { path: undo.path } : {}), reason })
      }
      let next = 0
      let over = 0
      let seconds = 0
      const tell = () => onProgress?.({ seconds: seconds++, left: open.length - over, absent: absent.size })
      const work = async () => {
        for (let entry = open[next++]; entry; entry = open[next++]) {
          const outcome = await remove(entry)
          over++
          if (outcome === 'gone') deleted(entry)
          else if (outcome === 'never there') ledger.refused(entry)
          else if (outcome === 'never found') neverFound.push(entry)
          else leave(entry, outcome.left)
        }
      }
      if (open.length > 0) tell()
      const telling = setInterval(tell, 1000)
      await Promise.all(Array.from({ length: concurrency }, work)).finally(() => clearInterval(telling))
      // Where other things were found by the same way, what is not found is not there; else the way leads nowhere.
      for (const entry of neverFound) {
        if (works) ledger.deleted(entry)
        else leave(entry, `${entry.undo[0]?.method} never found it (404), nor anything else of this run: is cleanup.delete right?`)
      }
      const created = [...ledger.entries.values()].filter(({ state }) => state !== 'refused').length
      return { created, deleted: created - left.length, left }
    },
  }
}

const pathsOf = ({ undo }: Entry): readonly string[] => undo.map(({ path }) => path)

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
