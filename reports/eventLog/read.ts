import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { UsageError } from '../../core/errors'
import { type Event, eventVersion } from '../../core/event'

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string'
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value)
const isRecord: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isList =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(item)
const has =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(members).every(([name, check]) => check((value as Record<string, unknown>)[name]))
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const isZone: Check = (value) => value === 'accept' || value === 'reject' || value === 'either'

const failure = has({ check: isText, kind: isText, place: isText, message: isText, severity: isText })
const pairs = isList((pair) => isList(isText)(pair) && (pair as unknown[]).length === 2)
const body = { body: maybe(isText), bodyBase64: maybe(isText) }
const shown = has({
  request: has({ method: isText, target: isText, headers: pairs, ...body }),
  response: has({ seconds: isNumber, headers: maybe(pairs), ...body }),
  changes: isList(has({ at: isList(isText) })),
})
const ofCase = { rule: isText, index: isNumber, request: isNumber, at: isNumber }

/** What must be there of each event for a report to be made from it; of events that are not listed, nothing. */
const checks: Readonly<Record<string, Check>> = {
  'run-started': has({
    tool: has({ name: isText, version: isText }),
    at: isText,
    seed: isNumber,
    target: isText,
    document: has({ title: isText, version: isText, file: isText, overlays: isList(isText), params: isRecord }),
    command: isText,
    reportFile: isText,
    rules: isList(has({ id: isText, operation: isText, zone: isZone, place: isText, keyword: isText, promise: isText, owes: isRecord })),
    members: isList(has({ operation: isText, place: isText, type: isText })),
    silences: isList(has({ place: isText, question: isText, assumption: isText, reason: isText })),
    warnings: isList(isText),
    cautions: maybe(isList(isText)),
  }),
  'case-judged': has({
    ...ofCase,
    zone: isZone,
    seconds: isNumber,
    outcome: isText,
    notReached: maybe(isText),
    notes: isList(has({ kind: isText, message: isText })),
    failures: isList(failure),
    held: maybe(has({ operation: isText, status: isText })),
    shown: maybe(shown),
  }),
  'refusal-persisted': has({ ...ofCase, failure, shown }),
  'whole-run-judged': has({
    failures: isList(has({ ...ofCase, failure, count: isNumber, outOf: isNumber, shown: maybe(shown) })),
  }),
  'rule-not-sendable': has({ rule: isText, reason: isText }),
  patience: has({ at: isNumber, reason: isText }),
  'case-repeated': has({ request: isNumber, at: isNumber }),
}

/**
 * Reads an event log line by line. A line that was cut off by the end of the process is left out.
 * @throws UsageError with its line for anything else that is no event: a report on part of the evidence would look like one on all of it
 */
export async function* readEventLog(file: string): AsyncGenerator<Event> {
  const input = createReadStream(file)
  let number = 0
  let bad: string | undefined
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (bad !== undefined) throw new UsageError(bad, `${file}:${number}`)
      number++
      const event = eventIn(line)
      if (typeof event === 'string') {
        bad = event
        if (number === 1) break
        continue
      }
      if ((number === 1) !== (event.type === 'run-started'))
        throw new UsageError(number === 1 ? 'is not the beginning of an event log' : 'a second run begins here', `${file}:${number}`)
      if (event.type === 'run-started' && event.version !== eventVersion)
        throw new UsageError(`the log is of version ${event.version}; this program reads version ${eventVersion}`, `${file}:1`)
      yield event
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`cannot be read: ${(error as Error).message}`, file)
  } finally {
    input.destroy()
  }
  if (bad !== undefined && number > 1 && bad === notJson && !(await endsWithLine(file))) return
  if (bad !== undefined) throw new UsageError(bad, `${file}:${number}`)
  if (number === 0) throw new UsageError('is empty: no run has begun in it', file)
}

const notJson = 'is not a JSON object; the log was changed or damaged'

/** The event that a line holds, or what is wrong with it. */
function eventIn(line: string): Event | string {
  let event: { readonly type?: unknown }
  try {
    event = JSON.parse(line)
  } catch {
    return notJson
  }
  if (!isRecord(event) || typeof event.type !== 'string') return 'is not an event'
  const check = Object.hasOwn(checks, event.type) ? checks[event.type] : undefined
  return !check || check(event) ? (event as Event) : `the event ${event.type.slice(0, 40)} lacks what a report is made from`
}

async function endsWithLine(file: string): Promise<boolean> {
  const { open } = await import('node:fs/promises')
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const { buffer } = await handle.read({ buffer: Buffer.alloc(1), position: Math.max(0, size - 1) })
    return buffer[0] === 0x0a
  } finally {
    await handle.close()
  }
}
