import { isNode, isPair, isScalar, type Node, parseDocument } from 'yaml'
import { UsageError } from '../core/errors'
import type { Offsets, Path } from './parse'

/** A YAML text read with care: slow, but with its mistakes and the way back to its lines. */
export interface Yaml {
  readonly offsets: Offsets
  /** The first mistake, and the offset at which it is. */
  readonly mistake?: { readonly message: string; readonly offset: number }
  /** @throws UsageError for what cannot be data, such as aliases without end */
  toData(): unknown
}

const options = { merge: true, prettyErrors: false } as const
/** So many times one anchor may be used: more are an attack on the reader's memory. */
const maxAliasCount = 1000

/**
 * @param file name for messages
 * @throws UsageError if the text is nested too deeply
 */
export function readYaml(text: string, file: string): Yaml {
  const document = parseDocument(text, options)
  const [error] = document.errors
  if (error?.message.startsWith('Maximum call stack')) throw new UsageError('is nested too deeply', file)
  return {
    offsets: offsetsOf(document.contents),
    ...(error ? { mistake: { message: error.message.replace(/:?\s*$/, ''), offset: error.pos[0] } } : {}),
    toData() {
      try {
        return document.toJS({ maxAliasCount })
      } catch (cause) {
        if (cause instanceof RangeError) throw cause
        throw new UsageError(`cannot be read as YAML: ${(cause as Error).message}`, file)
      }
    },
  }
}

function offsetsOf(root: unknown): Offsets {
  const value = (path: Path) => nodeAt(root, path)
  const key = (path: Path) => {
    const item = path.length === 0 ? undefined : itemAt(value(path.slice(0, -1)), path.at(-1)!)
    return isPair(item) && isNode(item.key) ? item.key : value(path)
  }
  return { value: (path) => nearest(path, value)?.range?.[0] ?? 0, key: (path) => nearest(path, key)?.range?.[0] ?? 0 }
}

function nearest<T>(path: Path, find: (path: Path) => T | undefined): T | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = find(path.slice(0, length))
    if (node !== undefined) return node
  }
  return undefined
}

function nodeAt(node: unknown, path: Path): Node | undefined {
  const [segment, ...rest] = path
  if (segment === undefined) return isNode(node) ? node : undefined
  const child = itemAt(node, segment)
  return nodeAt(isPair(child) ? child.value : child, rest)
}

/** The pair or the item of a mapping or list. Keys of a YAML mapping may be numbers (`200:`), which are text in the data. */
function itemAt(node: unknown, segment: string | number): unknown {
  const items: unknown = (node as { items?: unknown } | null | undefined)?.items
  if (!Array.isArray(items)) return undefined
  return items.find((item, index) => (isPair(item) ? keyText(item.key) : String(index)) === String(segment))
}

const keyText = (key: unknown): string => String(isScalar(key) ? key.value : key)
