import { closeSync, fdatasync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { UsageError } from '../../core/errors'
import { isObject } from '../../core/json'
import { whyUnread } from '../../specs/files'

const ledgerVersion = 1

/** Where a request of a clean-up goes: below the target's base path, or below another one. */
export interface UndoPlace {
  readonly path: string
  readonly base?: string
}

/** How something that was created is deleted, and how one sees that it is gone. */
export interface Undo extends UndoPlace {
  readonly method: string
  /** What is asked until it is gone, and the name that must not be in the answer any more. */
  readonly gone?: UndoPlace & { readonly name: string }
}

/** The first line. */
interface LedgerStart {
  readonly type: 'ledger'
  readonly version: typeof ledgerVersion
  readonly at: string
  readonly target: string
  readonly pid: number
  readonly host: string
}

/** One request that may have created something, and what became of it. */
export interface Entry {
  readonly id: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** What was sent, in a few words. */
  readonly what: string
  /** Ways to delete it, the surest first; none: its name cannot be told. */
  undo: readonly Undo[]
  /** `sent`: no outcome is known (no answer, one that leaves it open, or the run was killed). */
  state: 'sent' | 'created' | 'refused' | 'deleted'
  /** A delete was sent, and was taken or had no answer: it may be gone already. */
  deleting: boolean
}

type Line =
  | LedgerStart
  | ({ readonly type: 'creating' } & Pick<Entry, 'id' | 'at' | 'what' | 'undo'>)
  | { readonly type: 'created'; readonly id: number; readonly undo: readonly Undo[] }
  | { readonly type: 'refused' | 'deleted' | 'deleting' | 'kept'; readonly id: number }

/** An append-only file of what a run creates: a line before each request that may create something, and one with its outcome. */
export interface Ledger {
  readonly file: string
  readonly entries: ReadonlyMap<number, Entry>
  /** Resolves when the line is on the disk: only then the request may go. */
  creating(what: string, undo: readonly Undo[]): Promise<Entry>
  created(entry: Entry, undo: readonly Undo[]): void
  refused(entry: Entry): void
  /** A delete is about to be sent. */
  deleting(entry: Entry): void
  /** The delete was not taken. */
  kept(entry: Entry): void
  deleted(entry: Entry): void
  close(): void
}

const flushed = promisify(fdatasync)

/**
 * Begins a ledger. No other run's is ever taken: the file must not be there yet.
 * @throws UsageError if it is, or cannot be written
 */
export function createLedger(file: string, target: string, now: () => number = Date.now): Ledger {
  const descriptor = open(file, 'wx')
  const start: LedgerStart = {
    type: 'ledger',
    version: ledgerVersion,
    at: new Date(now()).toISOString(),
    target,
    pid: process.pid,
    host: hostname(),
  }
  writeSync(descriptor, `${JSON.stringify(start)}\n`)
  return ledgerOn(file, descriptor, new Map(), now)
}

/**
 * Opens the ledger of an earlier run, to delete what it holds.
 * @returns it, its first line, and the numbers of lines that cannot be read
 * @throws UsageError if the file is no ledger
 */
export function reopenLedger(file: string): { readonly ledger: Ledger; readonly start: LedgerStart; readonly unread: readonly number[] } {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`cannot be read: ${whyUnread(error)}`, file)
  }
  const entries = new Map<number, Entry>()
  const unread: number[] = []
  let start: LedgerStart | undefined
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue
    const read = lineOf(line)
    if (index === 0) {
      if (read?.type !== 'ledger') throw new UsageError('is no ledger of plumbline', `${file}:1`)
      if (read.version !== ledgerVersion)
        throw new UsageError(`the ledger is of version ${read.version}; this program reads version ${ledgerVersion}`, `${file}:1`)
      start = read
    } else if (!read) unread.push(index + 1)
    else take(entries, read)
  }
  if (!start) throw new UsageError('is empty: no run has begun in it', file)
  const descriptor = open(file, 'a')
  // A line that was cut off by the end of the process must not swallow the next.
  if (!text.endsWith('\n')) writeSync(descriptor, '\n')
  return { ledger: ledgerOn(file, descriptor, entries, Date.now), start, unread }
}

function open(file: string, flags: 'wx' | 'a'): number {
  try {
    return openSync(file, flags)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UsageError(code === 'EEXIST' ? 'is there already: each run has a ledger of its own' : `cannot be written: ${message}`, file)
  }
}

function lineOf(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text)
    if (!isObject(line) || (line.type !== 'ledger' && typeof line.id !== 'number')) return undefined
    return line as unknown as Line
  } catch {
    return undefined
  }
}

function take(entries: Map<number, Entry>, line: Line): void {
  if (line.type === 'ledger') return
  if (line.type === 'creating') {
    const { id, at, what, undo } = line
    entries.set(id, { id, at, what, undo, state: 'sent', deleting: false })
    return
  }
  const entry = entries.get(line.id)
  if (!entry) return
  if (line.type === 'deleting' || line.type === 'kept') {
    entry.deleting = line.type === 'deleting'
    return
  }
  entry.state = line.type
  if (line.type === 'created') entry.undo = line.undo
}

function ledgerOn(file: string, descriptor: number, entries: Map<number, Entry>, now: () => number): Ledger {
  const write = (line: Line) => writeSync(descriptor, `${JSON.stringify(line)}\n`)
  function outcome(entry: Entry, state: 'refused' | 'deleted'): void {
    entry.state = state
    write({ type: state, id: entry.id })
  }
  function underDeletion(entry: Entry, deleting: boolean): void {
    if (entry.deleting === deleting) return
    entry.deleting = deleting
    write({ type: deleting ? 'deleting' : 'kept', id: entry.id })
  }
  return {
    file,
    entries,
    async creating(what, undo) {
      const entry: Entry = { id: entries.size + 1, at: now(), what, undo, state: 'sent', deleting: false }
      entries.set(entry.id, entry)
      write({ type: 'creating', id: entry.id, at: entry.at, what, undo })
      await flushed(descriptor)
      return entry
    },
    created(entry, undo) {
      entry.state = 'created'
      entry.undo = undo
      write({ type: 'created', id: entry.id, undo })
    },
    refused: (entry) => outcome(entry, 'refused'),
    deleting: (entry) => underDeletion(entry, true),
    kept: (entry) => underDeletion(entry, false),
    deleted: (entry) => outcome(entry, 'deleted'),
    close: () => closeSync(descriptor),
  }
}

/** Whether the run that began a ledger is still going, as far as this machine can tell. */
export function isGoing({ pid, host, at }: LedgerStart): boolean {
  if (host !== hostname() || pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  try {
    // The process may be another by now, that was given the same number.
    return statSync(`/proc/${pid}`).ctimeMs <= Date.parse(at) + 2000
  } catch {
    return true
  }
}
