import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../core/event'
import { sampleReport } from '../sample'
import { createEventLog } from './write'

const folder = () => mkdtempSync(join(tmpdir(), 'plumbline-log-'))
const waited: Event = { type: 'patience', at: 1, reason: '429', seconds: 2, concurrency: 1 }
const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n')

test('each event is on the disk before the next happens, in a folder that is made', () => {
  const file = join(folder(), 'a', 'events.ndjson')
  const log = createEventLog(file)
  log.emit(waited)
  expect(linesOf(file)).toEqual([JSON.stringify(waited), ''])
  log.emit({ type: 'shrink-started', rule: 'line\nend' })
  expect(linesOf(file)).toHaveLength(3)
  log.close()
  expect(log.failed()).toBeUndefined()
})

test('a line is bounded, and stays one JSON object; what a cut would make wrong is left out', () => {
  const file = join(folder(), 'events.ndjson')
  const log = createEventLog(file)
  const [finding] = sampleReport().findings
  log.emit({ type: 'finding-made', finding: { ...finding!, message: 'x'.repeat(1_000_000), curl: 'curl' } })
  log.close()
  const [line = ''] = linesOf(file)
  expect(line.length).toBeLessThan(256 * 1024)
  const event = JSON.parse(line)
  expect(event.finding.message).toBe('x'.repeat(2000))
  expect(event.finding).not.toHaveProperty('curl')
  expect(event.finding).not.toHaveProperty('case')
})

test('the ids of a part are never cut, as what is left would say that some came twice', () => {
  const file = join(folder(), 'events.ndjson')
  const log = createEventLog(file)
  const hashes = Buffer.from(Float64Array.from({ length: 50_000 }, (_, i) => i).buffer).toString('base64')
  const ended = { type: 'shard-ended', ids: [{ hashes }] } as unknown as Event
  log.emit(ended)
  log.close()
  expect(JSON.parse(linesOf(file)[0] as string)).toEqual(ended)
})

test('a log that cannot be written is told, and throws nothing', () => {
  const taken = join(folder(), 'taken')
  writeFileSync(taken, '')
  const log = createEventLog(join(taken, 'events.ndjson'))
  log.emit(waited)
  log.close()
  expect(log.failed()).toMatch(/ENOTDIR|EEXIST/)
})

test('a full disk ends the log, not the run', () => {
  const log = createEventLog('/dev/full')
  log.emit(waited)
  log.emit(waited)
  log.close()
  expect(log.failed()).toMatch(/ENOSPC/)
})
