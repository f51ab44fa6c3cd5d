import { type Node, type ParseError, parseTree } from 'jsonc-parser'
import { count, cut } from '../text'
import { code, type Html, html } from './html'

/** A member to be marked in a body. */
export interface Mark {
  /** Member names from the top of the body; `[]` is any item. Empty: the whole body. */
  readonly path: readonly string[]
  /** What is marked, in words: where the member is there, and where it is not. */
  readonly label: string
  readonly absent: string
}

/** A mark whose last member is known to be there, or not. */
interface Settled extends Mark {
  readonly missing: boolean
}

/** Deeper than this a body is shown as it came: indenting would cost more than it tells. */
const deepest = 40
/** A text longer than this is shown by its beginning and its end. */
const longest = 480
const linesShown = 60

interface Line {
  readonly depth: number
  readonly content: Html
  readonly mark?: Settled
}

/** How deeply brackets nest, whether or not the text is JSON. */
function nesting(text: string): number {
  let depth = 0
  let most = 0
  for (const [bracket] of text.matchAll(/"(?:[^"\\]|\\[\s\S])*"|[[\]{}]/g)) {
    if (bracket === '[' || bracket === '{') most = Math.max(most, ++depth)
    else if (bracket === ']' || bracket === '}') depth--
  }
  return most
}

function parse(text: string): Node | undefined {
  if (nesting(text) > deepest) return undefined
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false })
  return errors.length === 0 ? root : undefined
}

function child(node: Node, name: string): Node | undefined {
  if (node.type === 'array') return node.children?.[name === '[]' ? 0 : Number(name)]
  return node.children?.find((member) => member.children?.[0]?.value === name)?.children?.[1]
}

/** Follows a mark from the top: where the way ends, the mark becomes one of a missing member, or of what stands in its parent's stead. */
function settle(mark: Mark, root: Node): Settled {
  let node = root
  for (const [index, name] of mark.path.entries()) {
    const next = child(node, name)
    const parent = node.type === 'object'
    if (!next) return { ...mark, path: mark.path.slice(0, parent ? index + 1 : index), missing: parent, label: mark.absent }
    node = next
  }
  return { ...mark, missing: false }
}

/** A long piece of text by its beginning and its end, with a note of what lies between. */
function elided(text: string): Html {
  if (text.length <= longest) return code(text)
  const beginning = cut(text, longest - 100).text
  const end = text.slice(-60)
  return html`${code(beginning)}<span class="elided">${count(text.length - beginning.length - 60)} more characters</span>${code(end)}`
}

const kinds: Readonly<Record<string, string>> = { string: 's', number: 'n', boolean: 'l', null: 'l' }

function literal(node: Node, text: string): Html {
  return html`<span class="${kinds[node.type] ?? 'l'}">${elided(text.slice(node.offset, node.offset + node.length))}</span>`
}

const below = (marks: readonly Settled[], name: string): Settled[] =>
  marks.flatMap((mark) => (mark.path[0] === name ? [{ ...mark, path: mark.path.slice(1) }] : []))

/** The lines of a value; `before` and `after` stand on its first and last line. Numbers and texts stay as they were sent. */
function lines(node: Node, text: string, marks: readonly Settled[], depth: number, before: Html, after: string, outer?: Settled): Line[] {
  const mark = marks.find((one) => one.path.length === 0 && !one.missing) ?? outer
  const missing = marks.filter((one) => one.missing && one.path.length === 1)
  const [open, close] = node.type === 'array' ? ['[', ']'] : ['{', '}']
  if (node.type !== 'object' && node.type !== 'array') return [{ depth, content: html`${before}${literal(node, text)}${after}`, mark }]
  const children = node.children ?? []
  const inside = children.flatMap((child, index) => {
    const comma = index < children.length - 1 ? ',' : ''
    if (node.type === 'array')
      return lines(child, text, [...below(marks, '[]'), ...below(marks, String(index))], depth + 1, html``, comma, mark)
    const [key, value] = child.children ?? []
    if (!key || !value) return []
    const name = html`<span class="k">${elided(text.slice(key.offset, key.offset + key.length))}</span>: `
    return lines(value, text, below(marks, String(key.value)), depth + 1, name, comma, mark)
  })
  const gone = missing.map(
    (one): Line => ({ depth: depth + 1, content: html`<s class="k">${JSON.stringify(one.path[0])}</s> <em>${one.label}</em>`, mark: one }),
  )
  if (inside.length + gone.length === 0) return [{ depth, content: html`${before}${open}${close}${after}`, mark }]
  return [{ depth, content: html`${before}${open}`, mark }, ...inside, ...gone, { depth, content: html`${close}${after}`, mark }]
}

/** A marked stretch gets its words once, for readers who do not see the colour. */
function line({ depth, content, mark }: Line, previous?: Line): Html {
  const label = mark && mark !== previous?.mark && !mark.missing ? html`<span class="aside">${mark.label}</span>` : html``
  const shown = html`${' '.repeat(depth * 2)}${content}`
  return html`<span class="line d${Math.min(depth, 12)}${mark ? ' marked' : ''}">${label}${mark ? html`<mark>${shown}</mark>` : shown}
</span>`
}

function raw(text: string, mark?: Mark): Line[] {
  const settled = mark && { ...mark, missing: false }
  return text.split(/\r?\n/).map((one) => ({ depth: 0, content: elided(one.replaceAll('\t', '    ')), mark: settled }))
}

/** A body as lines of code: JSON is laid out, with every number and text as it was sent; all else is shown as it is. */
export function bodyView(text: string, marks: readonly Mark[]): Html {
  const root = parse(text)
  const all = root
    ? lines(
        root,
        text,
        marks.map((mark) => settle(mark, root)),
        0,
        html``,
        '',
      )
    : raw(text, marks[0])
  const rendered = all.map((one, index) => line(one, all[index - 1]))
  if (all.length <= linesShown) return html`<code>${rendered}</code>`
  const folded = all.slice(linesShown)
  return html`<code>${rendered.slice(0, linesShown)}</code><details class="fold"${folded.some((one) => one.mark) && html` open`}><summary>${count(folded.length)} more lines</summary><code>${rendered.slice(linesShown)}</code></details>`
}
