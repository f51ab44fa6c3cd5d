import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml'
import { isDay, type KnownFinding } from '../core/baseline'
import { UsageError } from '../core/errors'
import { readText } from '../specs/files'

const texts = ['id', 'title', 'rule', 'reason', 'owner', 'since', 'expires'] as const
const needed = ['id', 'reason', 'owner', 'expires'] as const
const members: readonly string[] = [...texts, 'flaky']

/** A baseline as text: known findings, and the document that keeps its comments. */
export interface Baseline {
  readonly known: readonly KnownFinding[]
  readonly document: Document
}

/**
 * The known findings of a baseline, YAML or JSON.
 * @throws UsageError with the line of what is wrong
 */
export const readBaseline = async (file: string): Promise<readonly KnownFinding[]> => parseBaseline(await readText(file), file).known

/** @throws UsageError with the line of what is wrong */
export function parseBaseline(text: string, file: string): Baseline {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const fail = (message: string, offset = 0): never => {
    throw new UsageError(message, `${file}:${lines.linePos(offset).line}`)
  }
  const at = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0
  const [error] = document.errors
  if (error) fail(error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'is not YAML', error.pos[0])
  const root = document.contents
  if (!isMap(root)) return fail('a baseline is a map with version and findings', at(root))
  for (const { key } of root.items)
    if (!['version', 'findings'].includes(String(key))) fail(`there is no "${String(key)}" in a baseline`, at(key))
  if ((root.get('version') as unknown) !== 1)
    fail('version: 1 is missing; this program reads no other', at(root.get('version', true)) || at(root))
  const list = root.get('findings', true)
  if (!isSeq(list)) return fail('findings is not a list', at(list) || at(root))
  const seen = new Set<string>()
  const known = list.items.map((item) => {
    if (!isMap(item)) return fail('a known finding is a map with id, reason, owner and expires', at(item))
    const one = entry(item, fail, at)
    if (seen.has(one.id)) fail(`the finding ${one.id} is there twice`, at(item))
    seen.add(one.id)
    return one
  })
  return { known, document }
}

function entry(item: YAMLMap, fail: (message: string, offset?: number) => never, at: (node: unknown) => number): KnownFinding {
  for (const { key } of item.items) if (!members.includes(String(key))) fail(`there is no "${String(key)}" in a known finding`, at(key))
  const values: Record<string, string> = {}
  for (const name of texts) {
    const node = item.get(name, true)
    if (node === undefined) continue
    // Hexadecimal digits may look like a number, and a day like a date: what is written counts.
    const text = isScalar(node) && node.value !== null ? (typeof node.value === 'string' ? node.value : node.source) : undefined
    if (text === undefined || text.trim() === '') return fail(`${name} is not a text`, at(node))
    values[name] = text
    if ((name === 'since' || name === 'expires') && !isDay(text)) fail(`${name} is not a date, e.g. 2027-03-31`, at(node))
  }
  for (const name of needed) if (values[name] === undefined) fail(`${name} is missing in a known finding`, at(item))
  const flaky = item.get('flaky')
  if (flaky !== undefined && typeof flaky !== 'boolean') fail('flaky is neither true nor false', at(item.get('flaky', true)))
  return { ...(values as unknown as KnownFinding), ...(flaky === undefined ? {} : { flaky: flaky as boolean }) }
}
