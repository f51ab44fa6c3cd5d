import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFolder, obstacle } from './folder'

const folder = mkdtempSync(join(tmpdir(), 'plumbline-'))
writeFileSync(join(folder, 'file'), '')

test('a folder is made with those that it is in, and may be there already', () => {
  const made = join(folder, 'a', 'b', 'c')
  expect(obstacle(made)).toBeUndefined()
  expect(existsSync(made)).toBe(false)
  makeFolder(made)
  makeFolder(made)
  expect(existsSync(made)).toBe(true)
})

test.each(['file', 'file/a', 'file/a/b'])('%s: a file is in the way', (path) => {
  expect(obstacle(join(folder, path))).toBe(`${join(folder, 'file')} is a file`)
  expect(() => makeFolder(join(folder, path))).toThrow(/EEXIST|ENOTDIR/)
})

const onProc = existsSync('/proc/self') ? test : test.skip
onProc('a file system that takes no folders ends in an error', () => {
  expect(() => makeFolder('/proc/plumbline/a')).toThrow(/ENOENT|EACCES|EPERM/)
})
