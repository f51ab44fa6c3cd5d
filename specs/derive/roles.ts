import type { Table } from './table'
import { objectNames, readType } from './types'

/** The tables of a request or an answer by what they describe. */
export interface Roles {
  readonly path: readonly Table[]
  readonly query: readonly Table[]
  readonly header: readonly Table[]
  /** The body's own table, then those of the objects in it. */
  readonly body?: Table
  readonly objects: readonly Table[]
}

type Role = 'path' | 'query' | 'header' | 'body'

const captions: readonly (readonly [Role, RegExp])[] = [
  ['header', /^(?:parameters in the )?(?:(?:request|response) )?headers?(?: fields?)?(?: parameters?)?$|\bheader parameters?\b/i],
  ['query', /^query(?: parameters?)?$|\bquery parameters?\b/i],
  ['path', /^(?:path|uri)(?: parameters?)?$|\b(?:path|uri) parameters?\b/i],
  ['body', /^(?:parameters in the )?(?:(?:request|response) )?body(?: parameters?)?$|\bbody parameters?\b/i],
]

/**
 * Tells what each table describes: by its caption, else by its place. The first without a caption is the headers' if its names are those
 * of headers, the next is the body's, the rest are objects'.
 * @param bodyless requests by this method have no body, so that the first table can only be the headers'
 */
export function readRoles(tables: readonly Table[], bodyless = false): Roles {
  const names = new Set(tables.flatMap(({ rows }) => rows).flatMap(({ type }) => objectNames(readType(type))))
  const roles: Record<Role, Table[]> = { path: [], query: [], header: [], body: [] }
  const objects: Table[] = []
  for (const table of tables) {
    const role = captionRole(table, names) ?? placeRole(table, roles, bodyless)
    if (role === undefined || (role === 'body' && roles.body.length > 0)) objects.push(table)
    else roles[role].push(table)
  }
  return { path: roles.path, query: roles.query, header: roles.header, body: roles.body[0], objects }
}

function captionRole({ caption }: Table, names: ReadonlySet<string>): Role | undefined {
  if (caption === undefined || names.has(caption)) return undefined
  return captions.find(([, pattern]) => pattern.test(caption))?.[0]
}

function placeRole(table: Table, roles: Readonly<Record<Role, readonly Table[]>>, bodyless: boolean): Role | undefined {
  if (roles.body.length > 0) return undefined
  if (roles.header.length === 0 && (bodyless || isHeaders(table))) return 'header'
  return 'body'
}

/** Two headers that every call of the reference has, or nothing but names of headers. */
const isHeaders = ({ rows }: Table): boolean =>
  rows.some(({ name }) => /^(?:x-auth-token|content-type)$/i.test(name)) ||
  (rows.length > 0 && rows.every(({ name }) => isHeaderName(name)))

const plainHeaders = new Set([
  'accept',
  'authorization',
  'cookie',
  'date',
  'etag',
  'expect',
  'host',
  'location',
  'origin',
  'range',
  'referer',
  'vary',
])

const isHeaderName = (name: string): boolean =>
  /^X-\w/i.test(name) ||
  /^[A-Z][A-Za-z0-9]*(?:-[A-Z0-9][A-Za-z0-9]*)+$/.test(name) ||
  (plainHeaders.has(name.toLowerCase()) && /^[A-Z]/.test(name))
