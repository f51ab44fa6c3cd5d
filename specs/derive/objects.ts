import type { Warning } from './page'
import type { Row, Table } from './table'
import { objectNames, readType } from './types'

/** Tables of one body: its own, and those of the objects in it. */
interface Body {
  readonly root: Table
  readonly objects: readonly Table[]
}

/** The table that a reference leads to: by the row that refers and the object's name. */
type References = ReadonlyMap<Row, ReadonlyMap<string, Table>>

interface ObjectReading {
  readonly references: References
  /** Each table once, in the order of the first reference, with the name it is referred to by. */
  readonly named: ReadonlyMap<Table, string>
  readonly warnings: readonly Warning[]
}

/**
 * Finds the table of each object that a body refers to. A captioned table is found by its name. Tables without captions are taken in the
 * page's order: each stands where its object is first met, going into an object before going on (so the reference lays its pages out:
 * `status` comes after all that is in `spec`). An object that this body has no table for is the one of the same name met before.
 * @param before tables of earlier bodies of the page, by object name
 */
export function readObjects(body: Body, before: ReadonlyMap<string, Table>): ObjectReading {
  const once = walk(body, before, false)
  if (once.left.length === 0) return once
  // An object that is used in two places may have a table for each.
  const each = walk(body, before, true)
  if (each.left.length === 0 && each.warnings.length <= once.warnings.length) return each
  const strays = once.left.map((table) => ({ line: table.line, message: `nothing refers to the table${captioned(table)}; it is not read` }))
  return { ...once, warnings: [...once.warnings, ...strays] }
}

const captioned = ({ caption }: Table): string => (caption ? ` ${caption}` : '')

function walk(body: Body, before: ReadonlyMap<string, Table>, repeated: boolean): ObjectReading & { readonly left: readonly Table[] } {
  const names = new Set([body.root, ...body.objects].flatMap(({ rows }) => rows).flatMap(({ type }) => objectNames(readType(type))))
  // Tables still to be taken: by the object that their caption names, without a caption, and with a caption that names no object.
  const owned = new Map<string, Table[]>()
  const [bare, stray]: [Table[], Table[]] = [[], []]
  for (const table of body.objects) {
    const owner = captionOwner(table, names)
    if (owner !== undefined) owned.set(owner, [...(owned.get(owner) ?? []), table])
    else (table.caption === undefined ? bare : stray).push(table)
  }
  const known = new Map<string, Table>()
  const references = new Map<Row, Map<string, Table>>()
  const named = new Map<Table, string>()
  const warnings: Warning[] = []

  const take = (name: string): Table | undefined =>
    owned.get(name)?.shift() ?? (repeated || !known.has(name) ? (bare.shift() ?? stray.shift()) : undefined)

  const visit = (table: Table, around: readonly string[]) => {
    for (const row of table.rows) {
      for (const name of objectNames(readType(row.type))) {
        // An object within itself is the same object.
        const taken = around.includes(name) ? undefined : take(name)
        const target = taken ?? known.get(name) ?? before.get(name)
        if (!target) {
          warnings.push({ line: row.line, message: `${name} has no table; any object is taken to fit` })
          continue
        }
        references.set(row, (references.get(row) ?? new Map()).set(name, target))
        if (!taken) continue
        const first = known.get(name)
        if (first && shape(first) !== shape(taken)) {
          warnings.push({ line: taken.line, message: `${name} names two different tables: this one and that of line ${first.line}` })
        }
        known.set(name, taken)
        named.set(taken, name)
        visit(taken, [...around, name])
      }
    }
  }
  visit(body.root, [])
  return { references, named, warnings, left: [...[...owned.values()].flat(), ...bare, ...stray] }
}

/** The object that a caption names: `WorkshopMetadata`, or `Data structure of WorkshopMetadata`. */
function captionOwner({ caption }: Table, names: ReadonlySet<string>): string | undefined {
  if (caption === undefined) return undefined
  if (names.has(caption)) return caption
  return caption.split(/[^\w$.-]+/).find((word) => names.has(word))
}

/** What a table states, apart from words and marks. */
export const shape = ({ rows }: Table): string => JSON.stringify(rows.map(({ name, type }) => [name, readType(type)]))
