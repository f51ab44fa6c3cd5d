import { UsageError } from '../../core/errors'
import { header } from '../../core/exchange'
import { isObject, type Json } from '../../core/json'
import { type ParsedFile, parseText } from '../../specs/parse'

/** A way into the file of a pact, e.g. `['interactions', 0, 'request', 'body']`. */
export type PactPath = readonly (string | number)[]

/** One matching rule: what a value at `path` must be like. */
export interface MatchingRule {
  /** Way into the part, from its root: `['metadata', 'uid']`; `*` stands for any member or item. */
  readonly path: readonly string[]
  readonly matchers: readonly Readonly<Record<string, Json>>[]
  readonly at: PactPath
}

/** A value that is made anew at each verification, e.g. from the provider state. */
export interface Generator {
  readonly path: readonly string[]
  readonly type: string
  readonly expression?: string
  readonly dataType?: string
  readonly at: PactPath
}

/** A request or an answer, the same whatever the version of the pact. */
export interface Message {
  /** Values of one name are joined by `, `. */
  readonly headers: readonly (readonly [string, string])[]
  /** Absent: the pact says nothing of the body. */
  readonly body?: { readonly value: Json; readonly at: PactPath; readonly json: boolean }
  readonly rules: Readonly<Partial<Record<Part, readonly MatchingRule[]>>>
  readonly generators: Readonly<Partial<Record<Part, readonly Generator[]>>>
  readonly at: PactPath
}

type Part = 'body' | 'header' | 'query' | 'path' | 'status'

export interface Interaction {
  readonly description: string
  readonly states: readonly { readonly name: string; readonly params: Readonly<Record<string, Json>> }[]
  readonly request: Message & { readonly method: string; readonly path: string; readonly query: readonly (readonly [string, string])[] }
  readonly response: Message & { readonly status: number }
  readonly at: PactPath
}

export interface Pact {
  readonly file: string
  readonly consumer: string
  readonly provider: string
  /** Major version of the Pact specification, 1 to 4. */
  readonly version: number
  readonly interactions: readonly Interaction[]
  /** What is no HTTP interaction. */
  readonly skipped: readonly { readonly description: string; readonly reason: string }[]
  /** `file:line:column` of a place. */
  where(path: PactPath): string
}

type Members = Readonly<Record<string, Json>>

/**
 * Reads a pact of version 1 to 4, of any language.
 * @param file name for messages
 * @throws UsageError where it is no pact
 */
export function parsePact(text: string, file: string): Pact {
  const parsed = parseText(text, file)
  const data = parsed.data as Members
  const fail = (message: string, at: PactPath): never => {
    throw new UsageError(message, parsed.at(at))
  }
  const name = (role: string) => {
    const party = data[role]
    return isObject(party) && typeof party.name === 'string' ? party.name : fail(`is no pact: it names no ${role}`, [role])
  }
  const version = versionOf(data)
  if (version < 1 || version > 4) fail(`is a pact of version ${version}; versions 1 to 4 are known`, ['metadata'])
  const { interactions = [], messages = [] } = data
  if (!Array.isArray(interactions) || !Array.isArray(messages)) return fail('is no pact: "interactions" is no list', ['interactions'])
  const skipped: { description: string; reason: string }[] = messages.map((message) => ({
    description: textOf((message as Members | null)?.description),
    reason: 'a message, not HTTP',
  }))
  const http = interactions.flatMap((item, index) => {
    const at = ['interactions', index]
    if (!isObject(item)) return fail('an interaction was expected', at)
    if (!isHttp(item)) {
      skipped.push({ description: textOf(item.description), reason: `${String(item.type)}, not HTTP` })
      return []
    }
    return [readInteraction(item, { at, version, parsed })]
  })
  return {
    file,
    consumer: name('consumer'),
    provider: name('provider'),
    version,
    interactions: http,
    skipped,
    where: (path) => parsed.at(indexed(data, path)),
  }
}

const isHttp = ({ type = 'Synchronous/HTTP' }: Members): boolean => String(type).toLowerCase() === 'synchronous/http'

/**
 * The JSON of a pact without what is no HTTP interaction.
 * @param text one that `parsePact` takes
 */
export function httpAlone(text: string, file: string): string {
  const { messages: _, interactions = [], ...rest } = parseText(text, file).data as Members
  return JSON.stringify({ ...rest, interactions: (interactions as readonly Members[]).filter(isHttp) })
}

/** The same path with numbers where it goes into lists. */
function indexed(data: unknown, path: PactPath): PactPath {
  let here = data
  return path.map((segment) => {
    const key = Array.isArray(here) ? Number(segment) : segment
    here = (here as Record<string | number, unknown> | null | undefined)?.[key]
    return key
  })
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '(without a description)')

/** Writers put the version at three places; none means 1 or 2, which are read alike. */
function versionOf({ metadata }: Members): number {
  const members = isObject(metadata) ? metadata : {}
  const nested = [members.pactSpecification, members['pact-specification']].find(isObject)
  return Number.parseInt(String(nested?.version ?? members.pactSpecificationVersion ?? '2'), 10)
}

interface Context {
  readonly at: PactPath
  readonly version: number
  readonly parsed: ParsedFile
}

function readInteraction(item: Members, context: Context): Interaction {
  const { at, parsed } = context
  const { request, response } = item
  if (!isObject(request) || typeof request.method !== 'string' || typeof request.path !== 'string')
    throw new UsageError('its request has no method or no path', parsed.at([...at, 'request']))
  if (!isObject(response) || !Number.isInteger(response.status))
    throw new UsageError('its response has no status', parsed.at([...at, 'response', 'status']))
  return {
    description: textOf(item.description),
    states: statesOf(item),
    request: {
      ...readMessage(request, { ...context, at: [...at, 'request'] }),
      method: request.method.toUpperCase(),
      path: request.path,
      query: queryOf(request.query ?? null),
    },
    response: { ...readMessage(response, { ...context, at: [...at, 'response'] }), status: response.status as number },
    at,
  }
}

function statesOf({ providerStates, providerState, provider_state }: Members): Interaction['states'] {
  const single = providerState ?? provider_state
  if (typeof single === 'string') return [{ name: single, params: {} }]
  return (Array.isArray(providerStates) ? providerStates : [])
    .filter(isObject)
    .map((state) => ({ name: textOf(state.name), params: isObject(state.params) ? state.params : {} }))
}

function queryOf(query: Json): (readonly [string, string])[] {
  if (typeof query === 'string') return [...new URLSearchParams(query)]
  if (!isObject(query)) return []
  return Object.entries(query).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, String(one)]))
}

function readMessage(message: Members, { at, version, parsed }: Context): Message {
  const headers = isObject(message.headers)
    ? Object.entries(message.headers).map(([name, value]): [string, string] => [name, [value].flat().map(String).join(', ')])
    : []
  const given = header({ headers }, 'content-type')
  const body = readBody(message, { at, version, parsed }, given)
  if (body?.contentType !== undefined && given === undefined) headers.push(['Content-Type', body.contentType])
  return {
    headers,
    ...(body ? { body: { value: body.value, at: body.at, json: body.json } } : {}),
    rules:
      version >= 3 ? rulesByPart(message.matchingRules ?? null, [...at, 'matchingRules']) : oldRules(message.matchingRules ?? null, at),
    generators: generatorsOf(message.generators ?? null, [...at, 'generators']),
    at,
  }
}

interface Body {
  readonly value: Json
  readonly at: PactPath
  readonly contentType?: string
  readonly json: boolean
}

const jsonType = /^application\/([^;]+\+)?json\b/i

function readBody(message: Members, { at, version, parsed }: Context, given: string | undefined): Body | undefined {
  const { body } = message
  if (body === undefined || (version >= 4 && body === null)) return undefined
  const bodyAt = [...at, 'body']
  if (version < 4 || !isObject(body) || !('content' in body)) {
    // Up to version 3 the body stands as it is; a text under a JSON type is a JSON string or, from some writers, JSON in a string.
    const json = given === undefined ? typeof body !== 'string' : jsonType.test(given)
    return { value: json && typeof body === 'string' ? jsonOr(body) : body, at: bodyAt, json }
  }
  const contentAt = [...bodyAt, 'content']
  const contentType = typeof body.contentType === 'string' ? body.contentType : undefined
  const json = jsonType.test(given ?? contentType ?? 'application/json')
  const { content, encoded } = body
  const known = { at: contentAt, json, ...(contentType !== undefined ? { contentType } : {}) }
  if (typeof content !== 'string' || !encoded) return { ...known, value: json && typeof content === 'string' ? jsonOr(content) : content! }
  const text = /^json$/i.test(String(encoded)) ? content : Buffer.from(content, 'base64').toString('utf8')
  if (!json) return { ...known, value: text }
  try {
    return { ...known, value: JSON.parse(text) }
  } catch (error) {
    throw new UsageError(`the body is called JSON and is none: ${(error as Error).message}`, parsed.at(contentAt))
  }
}

function jsonOr(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const partNames: Readonly<Record<string, Part>> = {
  body: 'body',
  header: 'header',
  headers: 'header',
  query: 'query',
  path: 'path',
  status: 'status',
}

/** Version 1 and 2: `{ "$.body.metadata.uid": { "match": "type" } }`. */
function oldRules(rules: Json, at: PactPath): Message['rules'] {
  const byPart: Partial<Record<Part, MatchingRule[]>> = {}
  for (const [expression, rule] of isObject(rules) ? Object.entries(rules) : []) {
    const [first = '', ...path] = segments(expression)
    const part = partNames[first]
    if (part === undefined || !isObject(rule)) continue
    byPart[part] = [...(byPart[part] ?? []), { path, matchers: [rule], at: [...at, 'matchingRules', expression] }]
  }
  return byPart
}

/** Version 3 and 4: `{ "body": { "$.metadata.uid": { "matchers": […] } }, "path": { "matchers": […] } }`. */
function rulesByPart(rules: Json, at: PactPath): Message['rules'] {
  const entries = isObject(rules) ? Object.entries(rules) : []
  return Object.fromEntries(
    entries.flatMap(([name, group]) => {
      const part = partNames[name]
      if (part === undefined || !isObject(group)) return []
      const list = (value: unknown, path: readonly string[], ruleAt: PactPath): MatchingRule[] =>
        isObject(value) && Array.isArray(value.matchers) ? [{ path, matchers: value.matchers.filter(isObject), at: ruleAt }] : []
      const own = list(group, [], [...at, name])
      const inner = Object.entries(group).flatMap(([key, value]) =>
        list(value, part === 'body' ? segments(key) : [segmentOf(key)], [...at, name, key]),
      )
      return [[part, own.length > 0 ? own : inner]]
    }),
  )
}

function generatorsOf(generators: Json, at: PactPath): Message['generators'] {
  const entries = isObject(generators) ? Object.entries(generators) : []
  return Object.fromEntries(
    entries.flatMap(([name, group]) => {
      const part = partNames[name]
      if (part === undefined || !isObject(group)) return []
      const one = (value: unknown, path: readonly string[], generatorAt: PactPath): Generator[] =>
        isObject(value) && typeof value.type === 'string'
          ? [
              {
                path,
                type: value.type,
                ...(typeof value.expression === 'string' ? { expression: value.expression } : {}),
                ...(typeof value.dataType === 'string' ? { dataType: value.dataType } : {}),
                at: generatorAt,
              },
            ]
          : []
      const own = one(group, [], [...at, name])
      const inner = Object.entries(group).flatMap(([key, value]) =>
        one(value, part === 'body' ? segments(key) : [segmentOf(key)], [...at, name, key]),
      )
      return [[part, own.length > 0 ? own : inner]]
    }),
  )
}

/** A name of a header or query parameter, which some writers give as a path, too: `$.X` or `X`, with `[0]` behind. */
const segmentOf = (key: string): string => (key.startsWith('$') ? (segments(key)[0] ?? '') : key)

/** Segments of a path expression: `$.a['b.c'][0].*`; `$` alone: none. */
export function segments(expression: string): string[] {
  return [...expression.matchAll(/\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|\.?([^.[\]$][^.[\]]*)/g)].map(
    ([, single, double, index, name]) => (single ?? double ?? index ?? name ?? '').replace(/\\(.)/g, '$1'),
  )
}
