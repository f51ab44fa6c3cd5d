import { UsageError } from '../../core/errors'
import type { DocsPlace } from '../../core/place'
import { type Context, readMembers, tableSchema } from './members'
import { operationId } from './names'
import { readObjects, shape } from './objects'
import type { Page, StatusPart, Warning } from './page'
import { type Roles, readRoles } from './roles'
import type { Row, Table } from './table'

type Members = Record<string, unknown>

/** The OpenAPI 3.1 document that a page comes to. @throws UsageError if the page states no status code */
export function assemble(page: Page, name: string): { document: Members; warnings: Warning[] } {
  const assembly = new Assembly(page, name)
  const document = assembly.document()
  const warnings = [...page.warnings, ...assembly.warnings].sort((a, b) => a.line - b.line)
  if (warnings.length > 0) document['x-warnings'] = warnings.map(({ line, message }) => ({ page: name, line, message }))
  return { document, warnings }
}

/** Holds the components while the parts of the page are read in order: request, then each answer. */
class Assembly {
  readonly warnings: Warning[] = []
  private readonly schemas: Members = {}
  private readonly components = new Map<Table, string>()
  /** The last table read by each object's name. */
  private readonly objects = new Map<string, Table>()

  constructor(
    private readonly page: Page,
    private readonly name: string,
  ) {}

  document(): Members {
    const { page } = this
    const bodyless = ['GET', 'HEAD'].includes(page.method)
    const roles = readRoles(page.requestTables, bodyless)
    const operation: Members = {
      operationId: operationId(page.method, page.path),
      summary: page.title,
      ...(page.purpose === '' ? {} : { description: page.purpose }),
      'x-docs': this.docs(page.uriLine, 'URI', page.uriText),
    }
    const parameters = this.parameters(roles)
    if (parameters.length > 0) operation.parameters = parameters
    const body = this.requestBody(roles)
    if (body) operation.requestBody = body
    operation.responses = this.responses()
    const document: Members = {
      openapi: '3.1.0',
      info: { title: page.title, version: /\/(v\d[\w.]*)(?=\/|$)/i.exec(page.path)?.[1] ?? '1' },
      paths: { [page.path]: { [page.method.toLowerCase()]: operation } },
    }
    if (Object.keys(this.schemas).length > 0) document.components = { schemas: this.schemas }
    return document
  }

  private parameters(roles: Roles): Members[] {
    const { page } = this
    const inPath = new Set([...page.path.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name!))
    const parameters: Members[] = []
    const add = (table: Table, section: string, tables: readonly Table[], location: (row: Row) => string | undefined) => {
      for (const { row, schema, required } of readMembers(table, this.context(section, tables, false, new Map()))) {
        const where = location(row)
        if (where === undefined)
          this.warn(row.line, `${row.name} stands among the path parameters, but not in ${page.path}; it is not read`)
        else parameters.push(toParameter(row.name, where, required || where === 'path', schema))
        if (where === 'path') inPath.delete(row.name)
      }
    }
    const uri = page.uriTables.map((table) => ({ table, role: readRoles([table], true) }))
    for (const { table, role } of uri) {
      const captioned = role.path.length > 0
      const query = captioned ? undefined : 'query'
      add(table, 'URI', page.uriTables, ({ name }) => (role.query.length === 0 && inPath.has(name) ? 'path' : query))
    }
    const request: readonly (readonly [readonly Table[], (row: Row) => string | undefined])[] = [
      [roles.path, ({ name }) => (inPath.has(name) ? 'path' : undefined)],
      [roles.query, () => 'query'],
      [roles.header, () => 'header'],
    ]
    for (const [tables, location] of request) {
      for (const table of tables) add(table, 'Request Parameters', page.requestTables, location)
    }
    for (const name of inPath) {
      this.warn(page.uriLine, `no table describes the path parameter ${name}; any text is taken to fit`)
      parameters.push(toParameter(name, 'path', true, { type: 'string', 'x-docs': this.docs(page.uriLine, 'URI', page.uriText) }))
    }
    return parameters
  }

  private requestBody(roles: Roles): Members | undefined {
    const { requestTables } = this.page
    if (!roles.body) {
      for (const { line } of roles.objects) this.warn(line, 'nothing refers to the table; it is not read')
      return undefined
    }
    const unmarked = requestTables.find(({ hasMandatory }) => !hasMandatory)
    if (unmarked) this.warn(unmarked.line, 'the table has no column Mandatory; no member of it is taken to be mandatory')
    const schema = this.body('Request Parameters', requestTables, roles, undefined)
    return { required: Array.isArray(schema.required), content: { 'application/json': { schema } } }
  }

  private responses(): Members {
    const { page } = this
    const rows = new Map<string, Row>()
    for (const row of page.statusRows) {
      const status = /^([1-5](?:\d\d|xx))\b/i.exec(row.name)?.[1]?.toUpperCase()
      if (status === undefined) this.warn(row.line, `${row.name || 'an empty cell'} is no status code; the row is not read`)
      else if (rows.has(status)) this.warn(row.line, `status code ${status} is in this table already; the first row counts`)
      else rows.set(status, row)
    }
    const parts = new Map<string, StatusPart | undefined>(page.responses.map((part) => [part.status, part]))
    for (const status of rows.keys()) if (!parts.has(status)) parts.set(status, undefined)
    if (parts.size === 0) throw new UsageError('is no page of an API reference: it states no status code', this.name)
    return Object.fromEntries([...parts].map(([status, part]) => [status, this.response(status, part, rows.get(status))]))
  }

  private response(status: string, part: StatusPart | undefined, row: Row | undefined): Members {
    const section = `Response Parameters, status code ${status}`
    const response: Members = {
      description: row?.description || `Status code ${status}`,
      'x-docs': row
        ? this.docs(row.line, 'Status Codes', row.text)
        : this.docs(part!.line, 'Response Parameters', `Status code: ${status}`),
    }
    const roles = readRoles(part?.tables ?? [])
    const headers = roles.header.flatMap((table) => readMembers(table, this.context(section, part!.tables, true, new Map())))
    if (headers.length > 0) response.headers = Object.fromEntries(headers.map(({ row: { name }, schema }) => [name, toHeader(schema)]))
    if (roles.body) response.content = { 'application/json': { schema: this.body(section, part!.tables, roles, status) } }
    return response
  }

  /** The schema of a body, after the components that it needs. */
  private body(section: string, tables: readonly Table[], roles: Roles, status: string | undefined): Members {
    const reading = readObjects({ root: roles.body!, objects: roles.objects }, this.objects)
    this.warnings.push(...reading.warnings)
    for (const [table, object] of reading.named) {
      // One line may name several codes, whose tables are the same.
      if (this.components.has(table)) continue
      const before = this.objects.get(object)
      if (before && !reading.named.has(before) && shape(before) !== shape(table)) {
        this.warn(table.line, `${object} names two different tables: this one and that of line ${before.line}`)
      }
      this.components.set(table, this.componentName(object, status))
      this.schemas[this.components.get(table)!] = undefined
    }
    for (const [table, object] of reading.named) this.objects.set(object, table)
    const context = this.context(section, tables, status !== undefined, reading.references)
    for (const [table] of reading.named) this.schemas[this.components.get(table)!] ??= tableSchema(table, context)
    return tableSchema(roles.body!, context)
  }

  private context(
    section: string,
    tables: readonly Table[],
    answered: boolean,
    references: ReturnType<typeof readObjects>['references'],
  ): Context {
    return {
      answered,
      component: (row, name) => {
        const table = references.get(row)?.get(name)
        return table && this.components.get(table)
      },
      docs: (line, table, text) => this.docs(line, `${section}, ${table.caption ?? `table ${tables.indexOf(table) + 1}`}`, text),
      warn: ({ line, message }) => this.warn(line, message),
    }
  }

  /** Two tables of one name become two components: `WorkshopMetadata` and `WorkshopMetadataResponse`. */
  private componentName(object: string, status: string | undefined): string {
    const plain = object.replace(/[^\w.-]/g, '_')
    const answer = status === undefined ? plain : `${plain}Response${status.startsWith('2') ? '' : status}`
    for (let count = 1; ; count++) {
      const free = [plain, answer]
        .map((name) => (count === 1 ? name : `${name}${count}`))
        .find((name) => !Object.hasOwn(this.schemas, name))
      if (free !== undefined) return free
    }
  }

  private docs(line: number, section: string, text: string): DocsPlace {
    return { page: this.name, line, section, text }
  }

  private warn(line: number, message: string): void {
    if (!this.warnings.some((warning) => warning.line === line && warning.message === message)) this.warnings.push({ line, message })
  }
}

function toParameter(name: string, location: string, required: boolean, member: Members): Members {
  const { description, 'x-docs': docs, ...schema } = member
  return { name, in: location, required, ...(description === undefined ? {} : { description }), schema, 'x-docs': docs }
}

function toHeader(member: Members): Members {
  const { description, 'x-docs': docs, ...schema } = member
  return { ...(description === undefined ? {} : { description }), schema, 'x-docs': docs }
}
