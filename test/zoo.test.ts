import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KillRow } from '../core/kill'
import { variants } from '../reference/zoo'
import { main } from './cli'

const order = (name: string): string => createHash('sha256').update(name).digest('hex')
const sample = (kind: string, count: number): readonly string[] =>
  variants
    .filter((variant) => variant.kind === kind)
    .map(({ name }) => name)
    .sort((a, b) => order(a).localeCompare(order(b)))
    .slice(0, count)

/** The whole zoo takes half an hour (`npm run zoo`); the tests take a part of it that stays the same, drawn by the hash of the name. */
const broken = sample('broken', 30)
const lawful = sample('lawful', 10)

test('the suite finds every broken variant and leaves every lawful one alone', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-zoo-')), 'rows.json')
  await new Promise<void>((resolve) => {
    execFile(
      process.execPath,
      [main, 'zoo', '--seeds', '1', ...[...broken, ...lawful].flatMap((name) => ['--only', name]), '--out', file],
      { maxBuffer: 2 ** 26 },
      () => resolve(),
    )
  })
  const rows: KillRow[] = JSON.parse(readFileSync(file, 'utf8'))
  expect(rows).toHaveLength(broken.length + lawful.length)
  const line = ({ variant, seed, verdict, reason, findings }: KillRow) =>
    `${variant}, seed ${seed}: ${verdict}${reason ? `, ${reason}` : ''} ${findings.map(({ title }) => title).join('; ')}`
  expect(rows.filter(({ kind, right }) => kind === 'lawful' && !right).map(line)).toEqual([])
  expect(rows.filter(({ kind, right }) => kind === 'broken' && !right).map(line)).toEqual([])
}, 1_500_000)
