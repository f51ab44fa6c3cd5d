import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Event, eventVersion } from '../../core/event'
import { sampleReport } from '../sample'
import { readEventLog } from './read'

const { tool, seed, target, document, command, rules, members, silences, startedAt: at } = sampleReport()
const owes = { success: 'required', clientError: 'documented' } as const
const started: Event = {
  type: 'run-started',
  version: eventVersion,
  tool,
  at,
  seed,
  target,
  document,
  command,
  reportFile: 'report.json',
  rules: rules.slice(0, 3).map((rule) => ({ ...rule, owes })),
  members,
  silences,
  warnings: [],
  planned: 3,
}
const waited: Event = { type: 'patience', at: 1, reason: '429', seconds: 2, concurrency: 1 }
const begun = JSON.stringify(started)
const line = JSON.stringify(waited)

async function read(text: string): Promise<{ events: Event[]; error?: string }> {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-log-')), 'log')
  writeFileSync(file, text)
  const events: Event[] = []
  try {
    for await (const event of readEventLog(file)) events.push(event)
    return { events }
  } catch (error) {
    return { events, error: (error as Error).message.replace(file, 'log') }
  }
}

test('gives the events in order', async () => {
  expect(await read(`${begun}\n${line}\n`)).toEqual({ events: [started, waited] })
})

test('leaves out a last line that was cut off, and takes one that lacks its end alone', async () => {
  expect(await read(`${begun}\n${line}\n${line.slice(0, 20)}`)).toEqual({ events: [started, waited] })
  expect(await read(`${begun}\n${line}`)).toEqual({ events: [started, waited] })
})

test('takes an event of a type that it does not know', async () => {
  expect((await read(`${begun}\n{"type":"moon-rose"}\n${line}\n`)).events).toHaveLength(3)
})

test.each([
  ['a damaged line in the middle', `${begun}\n${line.slice(0, 20)}\n${line}\n`, /^log:2: is not a JSON object/],
  ['a damaged last line with its end', `${begun}\n{nonsense}\n`, /^log:2: is not a JSON object/],
  ['a line that is no event', `${begun}\n[1]\n${line}\n`, /^log:2: is not an event/],
  ['an event without its parts', `${begun}\n{"type":"case-judged","rule":1}\n`, /^log:2: the event case-judged lacks/],
  ['a prototype for a type', `${begun}\n{"type":"__proto__"}\n{"type":"constructor"}\n${begun}\n`, /^log:4: a second run/],
  ['another beginning', `${line}\n`, /^log:1: is not the beginning/],
  ['another version', `${begun.replace('"version":1', '"version":7')}\n`, /^log:1: the log is of version 7/],
  ['a cut first line', begun.slice(0, 100), /^log:1: is not a JSON object/],
  ['an empty file', '', /^log: is empty/],
])('refuses %s', async (_, text, expected) => {
  expect((await read(text)).error).toMatch(expected)
})
