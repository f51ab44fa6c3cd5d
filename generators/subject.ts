import { UsageError } from '../core/errors'
import { type Json, ownMember } from '../core/json'
import type { Operation, Parameter, Schema, SchemaObject } from '../core/operation'
import { writeBody } from '../specs/bodies'
import { covers, isJson } from '../specs/mediaType'
import { serialise } from '../specs/parameters'
import { unsafeMethods } from '../specs/unsafe'
import type { RequestModel } from '../specs/wire'
import { type Credentials, type Token, tokensOf } from './credential'
import { edges } from './edges'
import { CannotGenerate } from './json-schema'
import { bodyMember, filesIn, flat, type Member, writtenMedia } from './members'
import { plainValue } from './plain'
import { label } from './random'
import type { Subject } from './rule'
import { type Schemas, typesOf } from './schema'

export interface RuleOptions extends Credentials {
  readonly seed: number
  /** Values of path, query and header parameters that the caller pins. */
  readonly params?: Readonly<Record<string, string>>
  /** Extra headers for each request. */
  readonly headers?: readonly (readonly [string, string])[]
  /** What every name that is created begins with; letters of the seed's own follow it. */
  readonly prefix?: string
  /** The operations whose rules are derived; none: all. */
  readonly chosen?: (operation: Operation) => boolean
  /** Ids of the rules to derive; none: all. */
  readonly keep?: (id: string) => boolean
  /** Rules of each operation at most: the plain valid request, and others that the seed draws. */
  readonly most?: number
  /** Methods that the caller chose: an unsafe one is tried on a URL that does not document it. */
  readonly methods?: readonly string[]
  /** Others have things at the target: no unsafe method is tried there unless it was chosen. */
  readonly guest?: boolean
}

/**
 * Sees one operation whole: its members, its plain valid request, its credential.
 * @param others methods that the document gives to this path
 * @param several the document has more operations than this
 * @throws CannotGenerate if it has no valid request; UsageError for a prefix that no name can begin with
 */
export function subjectOf(
  pair: { documented: Operation; assumed: Operation },
  schemas: Subject['schemas'],
  options: RuleOptions,
  others: readonly string[],
  several: boolean,
): Subject {
  const { documented, assumed } = pair
  const { seed } = options
  const whole = bodyMember(pair, schemas.documented, schemas.assumed)
  const body = whole && possible(whole, schemas.assumed, seed)
  const plain = body && plainValue(schemas.assumed, body, seed)
  const named = body && flat(body).find((member) => member.assumed['x-identity'] === true)
  const pinned = (name: string) => ownMember(options.params, name)
  const given = new Map((options.headers ?? []).map(([name, value]) => [name.toLowerCase(), value]))
  const has = ({ in: part, name }: Parameter) =>
    (part === 'header' ? given.get(name.toLowerCase()) : undefined) ?? (part === 'path' ? undefined : pinned(name))
  const tokens = tokensOf(assumed, options, has, seed)
  const tokenOf = (parameter: Parameter): Token | undefined => tokens.find((one) => one.parameter === parameter)
  const value = (parameter: Parameter) =>
    tokenOf(parameter)?.value ?? pinned(parameter.name) ?? parameterValue(schemas.assumed, parameter, seed)
  const isSent = (parameter: Parameter) => parameter.required || (tokenOf(parameter)?.real ?? false)
  const headerParameters = assumed.parameters.filter(
    (parameter) => parameter.in === 'header' && (parameter.required || pinned(parameter.name) !== undefined || tokenOf(parameter)),
  )
  const own = headerParameters.map((parameter): readonly [string, string] => [
    parameter.name,
    tokenOf(parameter)?.value ?? given.get(parameter.name.toLowerCase()) ?? value(parameter),
  ])
  const usedOnce = headerParameters
    .filter((parameter) => idempotency.test(parameter.name) && !tokenOf(parameter) && has(parameter) === undefined)
    .map((parameter) => ({ name: parameter.name, made: (own: number) => parameterValue(schemas.assumed, parameter, own) }))
  const form = body ? undefined : formOf(pair, schemas.assumed)
  const other = form && writeBody(form, plainForm(form.assumed, documented.id, schemas.assumed, seed))
  const mediaType =
    other?.contentType ?? assumed.body?.content.find(({ mediaType }) => isJson(mediaType))?.mediaType ?? assumed.body?.content[0]?.mediaType
  const written = (parameter: Parameter) => serialise(parameter, structured(schemas.assumed, parameter, seed) ?? null)
  const isWritten = (parameter: Parameter) =>
    !tokenOf(parameter) && pinned(parameter.name) === undefined && structured(schemas.assumed, parameter, seed) !== undefined
  const cookies = assumed.parameters.filter((parameter) => parameter.in === 'cookie' && isSent(parameter))
  const hasType = own.some(([name]) => name.toLowerCase() === 'content-type')
  const queried = assumed.parameters.filter((parameter) => parameter.in === 'query' && isSent(parameter))
  const styled = assumed.parameters.filter((parameter) => parameter.in === 'path' && isWritten(parameter))
  const names = new Set(own.map(([name]) => name.toLowerCase()))
  const model: RequestModel = {
    method: documented.method.toUpperCase(),
    path: documented.path,
    ...(styled.length > 0 ? { written: Object.fromEntries(styled.map((parameter) => [parameter.name, written(parameter)])) } : {}),
    params: Object.fromEntries(
      assumed.parameters
        .filter((parameter) => parameter.in === 'path' && !isWritten(parameter))
        .map((parameter) => [parameter.name, value(parameter)]),
    ),
    query: queried.filter((parameter) => !isWritten(parameter)).map((parameter) => [parameter.name, value(parameter)] as const),
    search: queried
      .filter(isWritten)
      .map((parameter) => [parameter.name, written(parameter)] as const)
      .filter(([, part]) => part !== ''),
    headers: [
      ...(mediaType && !hasType ? [['Content-Type', mediaType] as const] : []),
      ...(names.has('accept') || given.has('accept') ? [] : acceptOf(documented)),
      ...own,
      ...(cookies.length > 0
        ? [
            [
              'Cookie',
              cookies
                .map((cookie) => serialise(cookie, tokenOf(cookie)?.value ?? pinned(cookie.name) ?? plainOf(schemas.assumed, cookie, seed)))
                .join('; '),
            ] as const,
          ]
        : []),
      ...(options.headers ?? []).filter(([name]) => !names.has(name.toLowerCase())),
    ],
    ...(plain !== undefined ? { body: plain } : {}),
    ...(other ? { bytes: other.bytes } : {}),
  }
  return {
    id: documented.id,
    prefix: several ? `${documented.id} ` : '',
    documented,
    assumed,
    schemas,
    ...(body ? { body } : {}),
    ...(form ? { form } : {}),
    ...(options.params ? { pinned: new Set(Object.keys(options.params)) } : {}),
    plain,
    ...(named && options.prefix ? { namePrefix: prefixFor(options.prefix, seed, named, schemas.assumed) } : {}),
    ...(named ? { identity: named.at.slice(1) } : {}),
    ...(usedOnce.length > 0 ? { usedOnce } : {}),
    model,
    others,
    // A document of one call that creates has its URL to itself; elsewhere an undocumented method may reach what is not the run's.
    tried: several || options.guest || documented.method !== 'POST' ? (options.methods ?? []) : unsafeMethods,
    seed,
    tokens,
  }
}

/** The members of which there is a value; without one of a required member there is no body either. */
function possible(member: Member, schemas: Schemas, seed: number): Member {
  const children = member.children.flatMap((child) => {
    try {
      const kept = possible(child, schemas, seed)
      plainValue(schemas, kept, seed)
      return [kept]
    } catch (error) {
      if (!(error instanceof CannotGenerate) || (child.required && child.name !== '[]')) throw error
      return []
    }
  })
  return children.length === member.children.length && children.every((child, i) => child === member.children[i])
    ? member
    : { ...member, children }
}

/**
 * A prefix for the names of one run.
 * @throws UsageError if a name cannot begin with it
 */
function prefixFor(prefix: string, seed: number, { assumed }: Member, schemas: Schemas): string {
  const own = prefix + label(seed, 'prefix').slice(1, 5)
  const errors = schemas.errors(assumed, own + label(seed))
  if (errors.length > 0) throw new UsageError(`the prefix ${prefix} makes no valid name: ${own + label(seed)} ${errors[0]?.message}`)
  return own
}

/**
 * The body that is not JSON: of the first media type that can be written.
 * @throws CannotGenerate if there must be a body, and none can be written
 */
function formOf({ documented, assumed }: { documented: Operation; assumed: Operation }, schemas: Schemas): Subject['form'] {
  const content = assumed.body?.content ?? []
  const media = writtenMedia(assumed)
  if (media) {
    const { mediaType, schema, encoding, partTypes } = media
    const files = filesIn(schema, schemas)
    return {
      mediaType,
      ...(encoding ? { encoding } : {}),
      ...(partTypes ? { partTypes } : {}),
      ...(Object.keys(files).length > 0 ? { files } : {}),
      assumed: schema,
      documented: documented.body?.content.find((other) => other.mediaType === mediaType)?.schema ?? schema,
    }
  }
  if (assumed.body?.required && content.length > 0)
    throw new CannotGenerate(
      `cannot generate: a body of ${content.map(({ mediaType }) => mediaType).join(', ')}: JSON, forms and text can be written`,
    )
  return undefined
}

function plainForm(of: Schema, id: string, schemas: Schemas, seed: number): Json {
  const schema = schemas.flatten(of)
  return plainValue(
    schemas,
    { at: ['body'], place: `body of ${id}`, name: 'body', documented: schema, assumed: schema, required: true, children: [] },
    seed,
  )
}

/** A server may refuse such a key with another body than before (draft-ietf-httpapi-idempotency-key-header, 2.7). */
const idempotency = /idempoten|^(x-)?(client-)?request-?(id|token)$/i

/** What is asked for where no success is JSON, which is asked for otherwise; errors may be of other types. */
export function acceptOf({ responses }: Operation): readonly (readonly [string, string])[] {
  const successes = responses.filter(({ status }) => /^2/.test(status))
  const types = [...new Set(successes.flatMap(({ content }) => content.map((of) => of.mediaType)))]
  return types.length === 0 || types.some((type) => covers(type, 'application/json'))
    ? []
    : [['Accept', [...types, '*/*;q=0.5'].join(', ')]]
}

/** Preconditions that hold for whatever is there (RFC 9110, 13.1). */
const conditions: Readonly<Record<string, string>> = {
  'if-match': '*',
  'if-none-match': '"none-of-this-name"',
  'if-modified-since': 'Sat, 01 Jan 2000 00:00:00 GMT',
  'if-unmodified-since': 'Fri, 01 Jan 2100 00:00:00 GMT',
}

const filled = new WeakMap<object, SchemaObject>()

/** An empty list has no form on the wire: where lists may hold something, they do. */
function withItem(schema: SchemaObject): SchemaObject {
  if (!typesOf(schema).includes('array') || schema.minItems !== undefined || schema.maxItems === 0) return schema
  const known = filled.get(schema) ?? { ...schema, minItems: 1 }
  filled.set(schema, known)
  return known
}

function plainOf(schemas: Schemas, parameter: Operation['parameters'][number], seed: number): Json {
  const schema = withItem(schemas.flatten(parameter.schema))
  const enumerated = Array.isArray(schema.enum) || schema.const !== undefined || schema.default !== undefined
  const holding = parameter.in === 'header' ? conditions[parameter.name.toLowerCase()] : undefined
  const known = enumerated ? edges(schemas, schema, '')[0] : holding !== undefined && schemas.valid(schema, holding) ? holding : undefined
  const member = {
    at: [parameter.in, parameter.name],
    place: `${parameter.in}.${parameter.name}`,
    name: parameter.name,
    documented: schema,
    assumed: schema,
    required: parameter.required,
    children: [],
  }
  return known ?? plainValue(schemas, member, seed)
}

function parameterValue(schemas: Schemas, parameter: Operation['parameters'][number], seed: number): string {
  const value = plainOf(schemas, parameter, seed)
  if (parameter.in === 'header' && typeof value === 'object' && value !== null) return serialise(parameter, value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The value of a parameter that takes an array or an object, or text of a media type; undefined for other parameters. */
function structured(schemas: Schemas, parameter: Operation['parameters'][number], seed: number): Json | undefined {
  const value = plainOf(schemas, parameter, seed)
  const label = parameter.in === 'path' && ['label', 'matrix'].includes(parameter.style ?? '')
  return label || parameter.mediaType !== undefined || (typeof value === 'object' && value !== null) ? value : undefined
}
