import type { DocsPlace } from '../../core/place'
import { mandatoryProblem, readFacts } from './facts/facts'
import type { Kind } from './facts/phrases'
import type { Warning } from './page'
import type { Row, Table } from './table'
import { readType, type TypeExpression } from './types'

type Members = Record<string, unknown>

/** What turning rows into schemas needs to know of the page. */
export interface Context {
  /** The tables stand in an answer. */
  readonly answered: boolean
  /** Component of the object that a row's type names, or undefined if it has no table. */
  component(row: Row, name: string): string | undefined
  /** Where a table stands, for the reader. */
  docs(line: number, table: Table, text: string): DocsPlace
  warn(warning: Warning): void
}

/** A row as a member: its schema and whether it must be there. */
interface Member {
  readonly row: Row
  readonly schema: Members
  readonly required: boolean
}

/** Reads the rows of a table; a name that is there twice counts once. */
export function readMembers(table: Table, context: Context): Member[] {
  const seen = new Set<string>()
  return table.rows.flatMap((row) => {
    if (row.name === '') {
      context.warn({ line: row.line, message: 'the row has no name; it is not read' })
      return []
    }
    if (seen.has(row.name)) {
      context.warn({ line: row.line, message: `${row.name} is in this table already; the first row counts` })
      return []
    }
    seen.add(row.name)
    return [{ row, required: readMandatory(row, context), schema: memberSchema(row, table, context) }]
  })
}

function readMandatory(row: Row, { warn }: Context): boolean {
  if (row.mandatory === undefined) return false
  const yes = /^(?:yes|y|true|mandatory|required)\b/i.test(row.mandatory)
  if (!yes && !/^(?:no|n|false|optional)\b/i.test(row.mandatory)) {
    warn({ line: row.line, message: `${row.name}: "${row.mandatory}" under Mandatory is neither Yes nor No; No is taken` })
  }
  const problem = mandatoryProblem(yes, row.description)
  if (problem) warn({ line: row.line, message: `${row.name} is ${problem}` })
  return yes
}

function memberSchema(row: Row, table: Table, context: Context): Members {
  const type = readType(row.type)
  const schema = typeSchema(type, row, context)
  const kind = kindOf(type)
  if (kind !== 'object' && kind !== 'any') {
    const items = type.kind === 'array' ? kindOf(type.items) : undefined
    const facts = readFacts(row.description, kind, { answered: context.answered, default: row.defaultValue, items })
    Object.assign(schema, facts.keywords)
    if (Object.keys(facts.items).length > 0) schema.items = { ...(schema.items as Members), ...facts.items }
    if (facts.promises.length > 0) schema['x-promises'] = facts.promises
    for (const problem of facts.problems) context.warn({ line: row.line, message: `${row.name}: ${problem}` })
  }
  if (row.description !== '') schema.description = row.description
  schema['x-docs'] = context.docs(row.line, table, row.text)
  return schema
}

function typeSchema(type: TypeExpression, row: Row, context: Context): Members {
  if (type.kind === 'basic') return { ...type.schema }
  if (type.kind === 'array') return { type: 'array', items: typeSchema(type.items, row, context) }
  if (type.kind === 'map') return { type: 'object', additionalProperties: typeSchema(type.values, row, context) }
  if (type.kind === 'object') {
    const component = context.component(row, type.name)
    return component === undefined ? { type: 'object' } : { $ref: `#/components/schemas/${component}` }
  }
  context.warn({ line: row.line, message: `${row.name}: the type "${type.text}" is not known; any value is taken to fit` })
  return {}
}

function kindOf(type: TypeExpression): Kind {
  if (type.kind === 'array') return 'array'
  if (type.kind === 'basic') return type.schema.type as Kind
  return type.kind === 'unknown' ? 'any' : 'object'
}

/** The schema of a body or an object. A table whose only row is `[items]` describes an array. */
export function tableSchema(table: Table, context: Context): Members {
  const docs = context.docs(table.line, table, table.text)
  const members = readMembers(table, context)
  const [only] = members
  if (members.length === 1 && only!.row.name === '[items]') {
    const { schema } = only!
    return schema.type === 'array' ? schema : { type: 'array', items: schema, 'x-docs': docs }
  }
  const required = members.filter((member) => member.required).map(({ row }) => row.name)
  return {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(members.map(({ row, schema }) => [row.name, schema])),
    'x-docs': docs,
  }
}
