import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { renderJson, reportSchemaId } from './json'
import { sampleReport } from './sample'
import { writeReports } from './write'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-reports-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('writes each format to its own name, and makes the folders', async () => {
  const dir = join(folder, 'a', 'b')
  const named = join(folder, 'c', 'named.json')
  const result = await writeReports(sampleReport(), {
    dir,
    formats: [{ format: 'html' }, { format: 'json' }, { format: 'json', file: named }],
  })
  expect(result).toEqual({ written: [join(dir, 'index.html'), join(dir, 'report.json'), named], failed: [] })
  expect(await readFile(join(dir, 'index.html'), 'utf8')).toMatch(/^<!doctype html>/)
  expect(JSON.parse(await readFile(named, 'utf8'))).toEqual({ $schema: reportSchemaId, ...JSON.parse(JSON.stringify(sampleReport())) })
})

test('a report that cannot be written is told, and the others are written', async () => {
  const file = join(folder, 'taken')
  await writeFile(file, '')
  const blocked = join(file, 'index.html')
  const dir = join(folder, 'free')
  const result = await writeReports(sampleReport(), { dir, formats: [{ format: 'html', file: blocked }, { format: 'json' }] })
  expect(result.written).toEqual([join(dir, 'report.json')])
  expect(result.failed).toEqual([{ file: blocked, message: expect.stringMatching(/ENOTDIR|EEXIST/) }])
})

test('a report that cannot be made is told as well', async () => {
  const report = sampleReport({ statistics: undefined as never })
  const result = await writeReports(report, { dir: folder, formats: [{ format: 'html' }, { format: 'json' }] })
  expect(result.failed).toHaveLength(1)
  expect(result.written).toEqual([join(folder, 'report.json')])
})

describe('standard output', () => {
  afterEach(() => jest.restoreAllMocks())

  test('gets the report for the file name -', async () => {
    const texts: string[] = []
    jest.spyOn(process.stdout, 'write').mockImplementation(((text: string, done: () => void) => {
      texts.push(text)
      done()
      return true
    }) as never)
    const result = await writeReports(sampleReport(), { dir: folder, formats: [{ format: 'json', file: '-' }] })
    expect(result).toEqual({ written: [], failed: [] })
    expect(texts).toEqual([renderJson(sampleReport())])
  })

  test('that is closed is a failed report', async () => {
    jest.spyOn(process.stdout, 'write').mockImplementation(((_: string, done: (error: Error) => void) => {
      done(new Error('EPIPE'))
      return false
    }) as never)
    const result = await writeReports(sampleReport(), { dir: folder, formats: [{ format: 'json', file: '-' }] })
    expect(result.failed).toEqual([{ file: '-', message: 'EPIPE' }])
  })
})
