import { CORE_SCHEMA, load } from 'js-yaml'
import { once } from '../core/once'
import type { Offsets, Path } from './parse'

/** One node of a YAML text; keys of mappings are nodes too. */
interface Node {
  /** Offset of its first character. */
  start: number
  /** `mapping` and `sequence`; all else is a scalar. */
  kind: string | null
  /** The text of a scalar, where it may be a key. */
  text: string
  /** Of a mapping, key and value in turn. */
  readonly children: Node[]
}

/** Keys of more characters are not looked for. */
const longestKey = 200

/**
 * Finds places in a YAML text that the quick reader can read.
 * @param text without byte order mark in its middle; one at its beginning counts
 */
export function yamlOffsets(text: string): Offsets {
  const root = once(() => treeOf(text))
  const find = (path: Path) => {
    let [key, value] = [root(), root()]
    for (const segment of path) {
      const next = inside(value, String(segment))
      // What is not there has the place of the nearest around it.
      if (!next) break
      ;[key, value] = next
    }
    return { key: key.start, value: value.start }
  }
  return { value: (path) => find(path).value, key: (path) => find(path).key }
}

/** Key and value of a member, or an item twice. */
function inside({ kind, children }: Node, segment: string): [Node, Node] | undefined {
  if (kind === 'sequence') {
    const item = children[Number(segment)]
    return item && [item, item]
  }
  if (kind !== 'mapping') return undefined
  const at = children.findIndex(({ text }, index) => index % 2 === 0 && text === segment)
  const [key, value] = [children[at], children[at + 1]]
  return key && [key, value ?? key]
}

function treeOf(text: string): Node {
  const mark = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const open: Node[] = [{ start: 0, kind: null, text: '', children: [] }]
  load(text, {
    schema: CORE_SCHEMA,
    listener(event, { position, kind, result }) {
      if (event === 'open') {
        open.push({ start: position + mark, kind: null, text: '', children: [] })
        return
      }
      const node = open.pop()!
      node.kind = kind
      const isCollection = kind === 'mapping' || kind === 'sequence'
      if (!isCollection) node.children.length = 0
      const text = String(isCollection ? '' : result)
      node.text = text.length > longestKey ? '' : text
      open.at(-1)?.children.push(node)
    },
  })
  const root = open[0]!.children[0] ?? open[0]!
  place(root, text)
  return root
}

/** What goes before a node is read with it: blanks, line ends, comments, the mark of an item. */
function place(node: Node, text: string): void {
  if (node.kind === null) return
  const gap = /(?:[ \t\r\n]|(?<![^ \t\r\n])#[^\n]*)*/y
  gap.lastIndex = node.start
  gap.exec(text)
  node.start = gap.lastIndex
  for (const child of node.children) place(child, text)
  // What may be the first key of a mapping, and is none, is read as a node within itself.
  const [first] = node.children
  if (first && first.kind === node.kind && first.start === node.start) node.children.splice(0, node.children.length, ...first.children)
}
