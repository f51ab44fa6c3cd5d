import { header } from '../../core/exchange'
import type { Json } from '../../core/json'
import type { Parameter, Schema } from '../../core/operation'
import { jsonSchema } from '../../generators/members'
import { type Schemas, typesOf } from '../../generators/schema'
import type { SchemaError } from '../../specs/validator'
import { shown } from '../words'
import { type Called, leaves, nameOf } from './calls'
import type { Lie } from './lie'
import type { Interaction } from './pact'
import { schemasAt } from './walk'

/** What the docs refuse, or do not know, in a request that the pact expects to succeed. */
export function requestLies({ request }: Interaction, called: Called): readonly Lie[] {
  const { documented, schemas } = called
  const refused = [...parameterLies(request, called, 'documented'), ...bodyLies(request, called, 'documented')]
  const places = new Set(refused.map(({ place }) => place))
  const strict = [...parameterLies(request, called, 'assumed'), ...bodyLies(request, called, 'assumed')]
    .filter(({ place }) => !places.has(place))
    .map(
      (lie): Lie => ({
        ...lie,
        level: 'note',
        kind: 'beyond',
        message: `${lie.message.replace(/; the docs refuse it$/, '')} by what is assumed of the API: a strict server may refuse it`,
      }),
    )
  const query = request.query
    .filter(([name]) => !documented.parameters.some((parameter) => parameter.in === 'query' && covers(parameter, name)))
    .map(
      ([name]): Lie => ({
        level: 'finding',
        kind: 'unknown-query',
        place: `query.${name}`,
        message: `the docs know no query parameter ${shown(name, 60)}: that it is taken is promised nowhere`,
        at: [...request.at, 'query'],
      }),
    )
  return [...refused, ...strict, ...query, ...unknownMembers(request, jsonSchema(documented), schemas.documented)]
}

/** Whether the docs, with what is assumed, oblige the API to take a request. */
export const mustSucceed = ({ request }: Interaction, called: Called): boolean =>
  (['documented', 'assumed'] as const).every(
    (view) => parameterLies(request, called, view).length + bodyLies(request, called, view).length === 0,
  ) && requestTypeIsDocumented(request, called)

function requestTypeIsDocumented({ headers, body }: Interaction['request'], { documented }: Called): boolean {
  const type = header({ headers }, 'content-type')
  const known = documented.body?.content ?? []
  if (!body || known.length === 0) return !body
  return type !== undefined && known.some(({ mediaType }) => mediaType === type.split(';')[0]?.trim().toLowerCase() || mediaType === '*/*')
}

/** `filter[name]` and `ids[]` belong to `filter` and `ids`. */
const covers = ({ name }: Parameter, given: string): boolean => given === name || given.startsWith(`${name}[`)

function parameterLies(request: Interaction['request'], called: Called, view: 'documented' | 'assumed'): Lie[] {
  return called[view].parameters.flatMap((parameter): Lie[] => {
    const { name, in: part, required, schema, docs } = parameter
    const place = `${part}.${name}`
    const at = part === 'path' ? [...request.at, 'path'] : [...request.at, part === 'query' ? 'query' : 'headers', name]
    const value = valueOfParameter(parameter, request, called)
    const lie = (kind: string, message: string): Lie => ({ level: 'finding', kind, place, message, at, ...(docs ? { docs } : {}) })
    if (value === undefined)
      return required && part !== 'cookie' ? [lie('missing', `${place} is mandatory and not sent; the docs refuse it`)] : []
    const wrong = errorsOfText(called.schemas[view], schema, value)
    return wrong ? [lie('value', `${place} is ${shown(value, 60)} and ${wrong.message}; the docs refuse it`)] : []
  })
}

function valueOfParameter({ name, in: part }: Parameter, request: Interaction['request'], { params }: Called): string | undefined {
  if (part === 'path') return params[name]
  if (part === 'query') return request.query.find(([given]) => given === name || given.startsWith(`${name}[`))?.[1]
  return header(request, name)
}

/** A parameter is sent as text: it may be read as any type that it is documented with. Lists and objects have many styles and are left alone. */
function errorsOfText(schemas: Schemas, schema: Schema, text: string): SchemaError | undefined {
  const types = typesOf(schemas.flatten(schema))
  if (types.includes('array') || types.includes('object')) return undefined
  const readings: Json[] = [text]
  if (/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text)) readings.push(Number(text))
  if (text === 'true' || text === 'false') readings.push(text === 'true')
  const errors = readings.map((reading) => schemas.errors(schema, reading))
  return errors.some(({ length }) => length === 0) ? undefined : errors.at(-1)?.[0]
}

function bodyLies({ body, at }: Interaction['request'], called: Called, view: 'documented' | 'assumed'): Lie[] {
  const operation = called[view]
  if (!body) {
    const message = 'the request has no body, which is mandatory; the docs refuse it'
    return operation.body?.required ? [{ level: 'finding', kind: 'missing', place: 'body', message, at }] : []
  }
  const schema = jsonSchema(operation)
  if (!body.json || schema === undefined) return []
  const seen = new Set<string>()
  return called.schemas[view].errors(schema, body.value).flatMap((error): Lie[] => {
    const missing = error.keyword === 'required' ? [String(error.params.missingProperty)] : []
    const path = [...error.instancePath, ...missing]
    const place = nameOf('body', path)
    if (seen.has(place)) return []
    seen.add(place)
    const docs = docsAt(called.schemas[view], schema, path)
    const wrong = missing.length > 0 ? 'is mandatory and not sent' : error.message
    const message = `${place} ${wrong}; the docs refuse it`
    return [{ level: 'finding', kind: error.keyword, place, message, at: [...body.at, ...error.instancePath], ...(docs ? { docs } : {}) }]
  })
}

/** Where the docs state a member. */
const docsAt = (schemas: Schemas, schema: Schema, path: readonly string[]) => {
  const [stated] = schemasAt(schemas, schema, path) ?? []
  return stated?.['x-docs']
}

function unknownMembers({ body }: Interaction['request'], schema: Schema | undefined, schemas: Schemas): Lie[] {
  if (!body?.json || schema === undefined) return []
  return unknownLeaves(body.value, schema, schemas).map((path) => ({
    level: 'finding',
    kind: 'unknown-member',
    place: nameOf('body', path),
    message: `the docs know no member ${nameOf('body', path)}: that it is taken is promised nowhere`,
    at: [...body.at, ...path],
  }))
}

/** The ways to members that the docs do not name; of nested ones the outermost. */
export function unknownLeaves(value: Json, schema: Schema, schemas: Schemas): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>()
  for (const { path } of leaves(value)) {
    for (let length = 1; length <= path.length; length++) {
      const part = path.slice(0, length)
      const here = schemasAt(schemas, schema, part)
      if (here === undefined) break
      if (here.length > 0) continue
      // A member of what should be no object at all is wrong by its type, which is told elsewhere.
      const parent = schemasAt(schemas, schema, part.slice(0, -1)) ?? []
      if (parent.some(({ properties }) => properties)) found.set(JSON.stringify(part), part)
      break
    }
  }
  return [...found.values()]
}
