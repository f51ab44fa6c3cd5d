import { randomUUID } from 'node:crypto'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Ajv from 'ajv/dist/2020'
import addFormats from 'ajv-formats'

const error = {
  description: 'No',
  content: { 'application/json': { schema: { type: 'object', required: ['reason'], properties: { reason: { type: 'string' } } } } },
}
const nothing = { description: 'No' }
const answers = (schema: object) => ({ description: 'Yes', content: { 'application/json': { schema } } })
const takes = (schema: object, required = true) => ({ required, content: { 'application/json': { schema } } })
const inPath = (name: string, schema: object) => [{ name, in: 'path', required: true, schema }]

const fresh = {
  type: 'object',
  required: ['comment', 'startsAt', 'endsAt'],
  additionalProperties: false,
  properties: {
    comment: { type: 'string', maxLength: 200 },
    startsAt: { type: 'string', format: 'date-time' },
    endsAt: { type: 'string', format: 'date-time' },
    ticket: { type: 'string', format: 'uuid' },
    labels: { type: 'object', additionalProperties: { type: 'string', maxLength: 100 } },
  },
}
const silence = { ...fresh, required: [...fresh.required, 'silenceID'], properties: { ...fresh.properties, silenceID: { type: 'string' } } }
const item = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: { id: { type: 'integer' }, name: { type: 'string', maxLength: 200 } },
}

const drawer = {
  type: 'object',
  additionalProperties: false,
  properties: { label: { type: 'string', maxLength: 200 }, note: { type: 'string', maxLength: 200 } },
}

/** A list in one field, its items parted by bars. */
const days = {
  required: true,
  content: {
    'application/x-www-form-urlencoded': {
      schema: {
        type: 'object',
        required: ['days'],
        properties: { days: { type: 'array', minItems: 2, maxItems: 3, items: { type: 'string', enum: ['monday', 'friday', 'sunday'] } } },
      },
      encoding: { days: { style: 'pipeDelimited', explode: false } },
    },
  },
}

/** A document that leaves much open. */
export const ownWays = {
  openapi: '3.1.0',
  info: { title: 'Own ways', version: '1' },
  paths: {
    // A collection in the plural, its things in the singular.
    '/silences': {
      post: { operationId: 'makeSilence', requestBody: takes(fresh), responses: { 200: answers(silence), 400: error } },
      get: {
        operationId: 'listSilences',
        parameters: [{ name: 'order', in: 'query', schema: { type: 'string', enum: ['asc', 'desc'] } }],
        responses: { 503: nothing, 200: answers({ type: 'array', items: silence }), 400: error },
      },
    },
    '/silence/{silenceID}': {
      parameters: inPath('silenceID', { type: 'string', format: 'uuid' }),
      get: { operationId: 'findSilence', responses: { 200: answers(silence), 404: nothing } },
      delete: { operationId: 'endSilence', responses: { 204: nothing, 404: nothing } },
    },
    // Nothing makes one: which are there is not known.
    '/reports/{reportId}': {
      parameters: inPath('reportId', { type: 'string' }),
      get: { operationId: 'findReport', responses: { 200: answers({ type: 'object' }), 404: nothing } },
    },
    '/items': {
      post: { operationId: 'makeItem', requestBody: takes(item), responses: { 201: answers(item), 400: error } },
      patch: { operationId: 'touchItems', requestBody: takes({ type: 'object' }, false), responses: { 204: nothing, 400: error } },
    },
    '/items/{id}': {
      parameters: inPath('id', { type: 'integer' }),
      put: { operationId: 'keepItem', requestBody: takes(item), responses: { 200: answers(item), 400: error, 404: nothing } },
    },
    // POST makes a thing, and changes it too: what is not sent stays as it is.
    '/drawers': {
      post: { operationId: 'makeDrawer', requestBody: takes(item), responses: { 201: answers(item), 400: error } },
    },
    '/drawers/{id}': {
      parameters: inPath('id', { type: 'integer' }),
      post: { operationId: 'changeDrawer', requestBody: takes(drawer), responses: { 200: answers(drawer), 400: error, 404: nothing } },
    },
    '/days': { post: { operationId: 'chooseDays', requestBody: days, responses: { 204: nothing, 400: error } } },
    '/error': { get: { operationId: 'alwaysFail', responses: { 404: nothing } } },
    '/latest': { get: { operationId: 'latest', responses: { 302: { description: 'Elsewhere' } } } },
    '/mirror': { get: { operationId: 'mirror', responses: { 200: nothing, 503: nothing } } },
    '/health': { get: { operationId: 'health', responses: { 200: nothing } } },
    '/settings': { get: { operationId: 'settings', responses: { 200: answers({ type: 'object' }) } } },
  },
}

const ajv = addFormats(new Ajv({ strict: false, validateFormats: true }))
const isSilence = ajv.compile(fresh)
const isItem = ajv.compile(item)
const isDrawer = ajv.compile(drawer)

type Value = Record<string, unknown>

/** How the server may be broken: one thing each. */
export type Fault =
  | 'shifts-times'
  | 'another-ticket'
  | 'not-modified-at-all'
  | 'health-missing'
  | 'path-in-refusal'
  | 'takes-any-order'
  | 'one-order-unavailable'
  | 'takes-any-label'
  | 'takes-any-day'
  | 'refuses-redirect'
  | 'deletes-nothing'

/**
 * A server that keeps the document, in ways of its own: writes times in UTC and ids in lower case, knows of conditional requests, holds an id in a
 * body against that of the path, redirects, shows settings that are paths.
 */
export async function startOwnWays(fault?: Fault): Promise<{ readonly url: string; readonly server: Server }> {
  const silences = new Map<string, Value>()
  const items = new Map<number, Value>()
  const drawers = new Map<number, Value>()
  const send = (response: ServerResponse, status: number, value?: unknown) => {
    response.writeHead(status, value === undefined ? {} : { 'content-type': 'application/json' })
    response.end(value === undefined ? undefined : JSON.stringify(value))
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => answer(Buffer.concat(chunks)))

    function answer(bytes: Buffer): unknown {
      const [path = '', query = ''] = (request.url ?? '').split('?')
      const { method = '' } = request
      const refuse = () => send(response, 400, { reason: fault === 'path-in-refusal' ? 'see /usr/lib/own/ways.conf' : 'no' })
      const json = (): unknown => {
        try {
          return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
        } catch {
          return undefined
        }
      }
      const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH'
      const type = request.headers['content-type'] ?? ''
      if (path === '/days' && hasBody) {
        if (method !== 'POST') return send(response, 405)
        if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return send(response, 415)
        const fields = new URLSearchParams(bytes.toString()).getAll('days')
        const chosen = fields[0]?.split('|') ?? []
        const isKnown = fault === 'takes-any-day' || chosen.every((day) => ['monday', 'friday', 'sunday'].includes(day))
        return fields.length === 1 && isKnown && chosen.length >= 2 && chosen.length <= 3 ? send(response, 204) : refuse()
      }
      if (hasBody && !/^application\/json\s*(;|$)/i.test(type)) return send(response, 415)
      const [, collection = '', id] = /^\/([a-z]+)(?:\/([^/]+))?$/.exec(path) ?? []
      const known = ownWays.paths as Record<string, Record<string, unknown>>
      const at = known[id === undefined ? `/${collection}` : (Object.keys(known).find((one) => one.startsWith(`/${collection}/{`)) ?? '')]
      if (!at) return send(response, 404)
      if (!at[method.toLowerCase()]) return send(response, 405)
      if (collection === 'health') return fault === 'health-missing' ? send(response, 404) : send(response, 200)
      if (collection === 'error' || collection === 'reports') return send(response, 404)
      // It has no mirror, as the document says that it may not.
      if (collection === 'mirror') return send(response, 503)
      if (collection === 'latest') {
        if (fault === 'refuses-redirect') return send(response, 400)
        response.writeHead(302, { location: '/health' })
        return response.end()
      }
      if (collection === 'settings') return send(response, 200, { modules: '/usr/lib/own/modules', greeting: 'SELECT name FROM users' })
      if (collection === 'silences' && method === 'GET') {
        const order = new URLSearchParams(query).get('order')
        if (fault !== 'takes-any-order' && order !== null && order !== 'asc' && order !== 'desc') return refuse()
        if (fault === 'one-order-unavailable' && order === 'desc') return send(response, 503)
        if (fault === 'not-modified-at-all' || request.headers['if-none-match'] === '*') return send(response, 304)
        return send(response, 200, [...silences.values()])
      }
      if (collection === 'silences') {
        const value = json() as Value
        const isLax = fault === 'takes-any-label' && isSilence({ ...value, labels: undefined })
        if (!isLax && !isSilence(value)) return refuse()
        const silenceID = randomUUID()
        const ticket = fault === 'another-ticket' ? randomUUID() : String(value.ticket).toLowerCase()
        const kept = {
          ...value,
          silenceID,
          startsAt: written(value.startsAt, fault === 'shifts-times' ? 3600_000 : 0),
          endsAt: written(value.endsAt, 0),
          ...(value.ticket === undefined ? {} : { ticket }),
        }
        silences.set(silenceID, kept)
        return send(response, 200, kept)
      }
      if (collection === 'silence') {
        const found = silences.get(id ?? '')
        if (!found) return send(response, 404)
        if (method === 'GET') return send(response, 200, found)
        if (fault !== 'deletes-nothing') silences.delete(id ?? '')
        return send(response, 204)
      }
      if (collection === 'drawers') {
        const value = json() as Value
        if (id === undefined) {
          if (!isItem(value)) return refuse()
          const kept = { ...value, id: typeof value.id === 'number' ? value.id : drawers.size + 1 }
          drawers.set(kept.id, {})
          return send(response, 201, kept)
        }
        const kept = drawers.get(Number(id))
        if (!kept) return send(response, 404)
        return isDrawer(value) ? send(response, 200, Object.assign(kept, value)) : refuse()
      }
      if (method === 'PATCH') {
        const value = bytes.length === 0 ? {} : json()
        return typeof value === 'object' && value !== null && !Array.isArray(value) ? send(response, 204) : refuse()
      }
      const value = json() as Value
      if (!isItem(value)) return refuse()
      if (method === 'POST') {
        const kept = { ...value, id: typeof value.id === 'number' ? value.id : items.size + 1 }
        items.set(kept.id, kept)
        return send(response, 201, kept)
      }
      const own = Number(id)
      if (!items.has(own)) return send(response, 404)
      if (value.id !== undefined && value.id !== own) return refuse()
      items.set(own, { ...value, id: own })
      return send(response, 200, items.get(own))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

/** A time in UTC, to the millisecond. */
const written = (value: unknown, shift: number): string => new Date(Date.parse(String(value)) + shift).toISOString()
