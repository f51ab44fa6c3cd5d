import { isObject, type Json } from '../core/json'
import type { ApiDocument, MediaType, Operation, ResponseDefinition, Schema, SchemaObject, SchemaPromise } from '../core/operation'
import { filesIn, formMedia, sentSchema } from '../generators/members'
import { namingOf } from '../generators/naming'
import { type Schemas, schemasOf, typesOf } from '../generators/schema'
import { covers, isJson } from '../specs/mediaType'
import type { SentForm } from './sent'

/** A member that the request and the answer document at the same place: what was sent there comes back. */
export interface EchoNode {
  readonly name: string
  /** `answer.body.spec.ingress.port` */
  readonly place: string
  readonly schema: SchemaObject
  /** Names what is created: new in each request. */
  readonly identity: boolean
  readonly members: readonly EchoNode[]
  readonly item?: EchoNode
  /** Objects, or items, with other members when they are answered than when they are sent, or too deep to tell: they cannot be said to be the same. */
  readonly differs?: true
}

/** A member of the answer that the server makes itself: an id, a time. */
export interface MadeMember {
  readonly path: readonly string[]
  readonly place: string
  readonly schema: SchemaObject
  readonly promises: readonly SchemaPromise[]
}

/** One documented answer of an operation, ready to be compared with. */
export interface ResponsePlan {
  readonly definition: ResponseDefinition
  /** Schema of the JSON body under S; undefined: no JSON body is documented. */
  readonly schema?: Schema
  readonly mediaTypes: readonly string[]
  readonly echo?: EchoNode
  readonly made: readonly MadeMember[]
}

/** One operation, seen as a judge sees it. */
export interface OperationPlan {
  readonly operation: Operation
  readonly schemas: Schemas
  /**
   * The documented answer for a status, or undefined.
   * @param essence the media type that is answered, where it is known: each has a schema of its own
   */
  response(status: number, essence?: string): ResponsePlan | undefined
  /** The statuses that the docs state, in words: `200`, `400 or 404`; empty: none. */
  readonly successes: string
  /** The same for wrong parameters. */
  readonly clientErrors: string
  /** The members of each documented JSON error. */
  readonly errors: readonly (readonly string[])[]
  /** What the documented success echoes. */
  readonly echo?: EchoNode
  /** What is sent, where the success of this operation echoes none of it: others may show it. */
  readonly sent?: EchoNode
  /** What is sent, where it is a form. */
  readonly form?: SentForm
  /** Way to the member that names what is created. */
  readonly identity?: readonly string[]
}

const maxDepth = 8
/** Members that are compared one by one, where schemas lead to each other. */
const mostNodes = 5000

/** Whether a JSON object is an error as the operation documents it: it has half of the members at least. */
export const isDocumentedError = (plan: OperationPlan | undefined, body: Readonly<Record<string, Json>>): boolean =>
  plan?.errors.some((names) => names.filter((name) => Object.hasOwn(body, name)).length * 2 >= names.length) === true

/** @returns the plan of each operation of a document, by the operation's id; made on first use */
export function createPlans(document: ApiDocument): (operation: string) => OperationPlan | undefined {
  const schemas = schemasOf(document.assumed)
  const operations = new Map(document.operations.map((pair) => [pair.documented.id, pair.assumed]))
  for (const { assumed } of document.operations) if (!operations.has(assumed.id)) operations.set(assumed.id, assumed)
  const plans = new Map<string, OperationPlan>()
  return (id) => {
    const known = plans.get(id)
    const operation = operations.get(id)
    if (known || !operation) return known
    const plan = planOf(operation, schemas, namesOfPath(document, operation, schemas))
    plans.set(id, plan)
    return plan
  }
}

/** Members at the top of a body that say again what the path says: the answer names the thing by the path. */
const namesOfPath = (document: ApiDocument, operation: Operation, schemas: Schemas): ReadonlySet<string> =>
  new Set(Object.values(namingOf(document, operation, schemas)).map((way) => way.join('.')))

function planOf(operation: Operation, schemas: Schemas, repeated: ReadonlySet<string>): OperationPlan {
  const request = sentSchema(operation)
  const planned = (definition: ResponseDefinition) => responsePlans(definition, request, schemas, repeated)
  const responses = new Map(operation.responses.map((definition) => [definition.status.toUpperCase(), planned(definition)]))
  const statuses = (digit: string) => operation.responses.map(({ status }) => status).filter((status) => status.startsWith(digit))
  const echo = [...responses].find(([status, { usual }]) => status.startsWith('2') && usual.echo)?.[1].usual.echo
  const identity = echo && identityPath(echo)
  const asSent = request === undefined || echo ? undefined : responsePlans(sentOf(request), request, schemas, new Set()).usual.echo
  const form = formMedia(operation)
  return {
    operation,
    schemas,
    ...(form ? { form: { ...form, files: filesOf(form, schemas) } } : {}),
    response(status, essence) {
      const plans = responses.get(String(status)) ?? responses.get(`${Math.floor(status / 100)}XX`) ?? responses.get('DEFAULT')
      return plans && (essence === undefined ? plans.usual : plans.of(essence))
    },
    successes: statuses('2').join(' or '),
    clientErrors: statuses('4').some(speaksOfParameters) ? statuses('4').join(' or ') : '',
    errors: [...responses].flatMap(([status, { usual }]) => {
      const names = status.startsWith('2') || usual.schema === undefined ? [] : Object.keys(schemas.flatten(usual.schema).properties ?? {})
      return names.length > 0 ? [names] : []
    }),
    ...(echo ? { echo } : {}),
    ...(asSent ? { sent: asSent } : {}),
    ...(identity ? { identity } : {}),
  }
}

/**
 * Whether wrong parameters may be refused with it. The others have a reason of their own (RFC 9110, 15.5; RFC 6585): credentials, what is not
 * there or in the way, the size, the pace. Where the docs state these alone, they leave open how wrong parameters are refused.
 */
const speaksOfParameters = (status: string): boolean => !/^4(0[1-9]|1[0-8]|2[13-689]|31|51)$/.test(status)

/** Fields that may be files: in parts also those of which no type is stated, or a media type that is no text. */
function filesOf({ mediaType, schema, partTypes = {} }: MediaType, schemas: Schemas): ReadonlySet<string> {
  const stated = Object.keys(filesIn(schema, schemas))
  if (!mediaType.startsWith('multipart/')) return new Set(stated)
  const untyped = Object.entries(schemas.flatten(schema).properties ?? {}).filter(
    ([, member]) => typesOf(schemas.flatten(member)).length === 0,
  )
  const others = Object.entries(partTypes).filter(([, type]) => !isJson(type) && !type.startsWith('text/'))
  return new Set([...stated, ...[...untyped, ...others].map(([name]) => name)])
}

/** An answer that is what was sent. */
const sentOf = (schema: Schema): ResponseDefinition => ({
  status: '200',
  description: '',
  content: [{ mediaType: 'application/json', schema }],
})

/** The plans of one documented answer: by its first JSON type, and by the type that is answered. */
interface ResponsePlans {
  readonly usual: ResponsePlan
  of(essence: string): ResponsePlan
}

function responsePlans(
  definition: ResponseDefinition,
  request: Schema | undefined,
  schemas: Schemas,
  repeated: ReadonlySet<string>,
): ResponsePlans {
  const ofJson = definition.content.filter(({ mediaType }) => isJson(mediaType))
  const made = new Map<Schema | undefined, ResponsePlan>()
  const planOf = (schema: Schema | undefined): ResponsePlan => {
    const plan = made.get(schema) ?? responsePlan(definition, schema, request, schemas, repeated)
    made.set(schema, plan)
    return plan
  }
  const usual = planOf(ofJson[0]?.schema)
  const isOpen = definition.content.some(({ mediaType }) => mediaType.includes('*'))
  return {
    usual,
    of(essence) {
      const own = ofJson.length > 1 ? ofJson.find(({ mediaType }) => covers(mediaType, essence)) : undefined
      if (own) return planOf(own.schema)
      const isOther = isOpen && !isJson(essence) && definition.content.some(({ mediaType }) => covers(mediaType, essence))
      return isOther ? planOf(undefined) : usual
    },
  }
}

function responsePlan(
  definition: ResponseDefinition,
  schema: Schema | undefined,
  request: Schema | undefined,
  schemas: Schemas,
  repeated: ReadonlySet<string>,
): ResponsePlan {
  let left = mostNodes
  const root = schema !== undefined && request !== undefined ? echoNode(request, schema, 'body', 'answer.body') : undefined
  // A call may answer with something else than it was sent: what they name alike comes back.
  const echo = root && (root.members.length > 0 || (root.item?.members.length ?? 0) > 0) ? root : undefined
  left = mostNodes
  return {
    definition,
    ...(schema === undefined ? {} : { schema }),
    mediaTypes: definition.content.map(({ mediaType }) => mediaType),
    ...(echo ? { echo } : {}),
    made: schema === undefined ? [] : madeMembers(schema, []),
  }

  function echoNode(sent: Schema, answered: Schema, name: string, place: string, depth = 0): EchoNode {
    const from = schemas.flatten(sent)
    const to = schemas.flatten(answered)
    const deeper = depth < maxDepth && --left > 0
    const members = Object.entries(deeper ? (to.properties ?? {}) : {})
      .filter(([key, schema]) => from.properties?.[key] !== undefined && promisesOf(schema, schemas).length === 0)
      // What the answer calls readOnly is the server's own, also where a request names it.
      .filter(([, schema]) => schemas.flatten(schema).readOnly !== true)
      .filter(([key]) => depth > 0 || !repeated.has(key))
      .map(([key, schema]) => echoNode(from.properties![key]!, schema, key, `${place}.${key}`, depth + 1))
    const item =
      deeper && from.items !== undefined && to.items !== undefined
        ? echoNode(from.items, to.items, '[]', `${place}.[]`, depth + 1)
        : undefined
    const isCut = item === undefined && schemas.flatten(to.items as Schema | undefined).properties !== undefined
    const differs = isCut || (members.length === 0 && (to.properties !== undefined || String(namesIn(from)) !== String(namesIn(to))))
    const identity = Boolean(from['x-identity'])
    return { name, place, schema: to, identity, members, ...(item ? { item } : {}), ...(differs ? { differs } : {}) }
  }

  /** Names of members that the alternatives of a schema have: without those that are for the other side alone. */
  function namesIn(schema: SchemaObject, depth = 0): readonly string[] {
    const branches = [schema.oneOf, schema.anyOf].flatMap((list) => (list as readonly Schema[] | undefined) ?? []).map(schemas.flatten)
    const own = depth === 0 ? [] : Object.keys(schema.properties ?? {})
    return [...own, ...(depth < maxDepth && --left > 0 ? branches.flatMap((branch) => namesIn(branch, depth + 1)) : [])]
  }

  function madeMembers(of: Schema, path: readonly string[]): readonly MadeMember[] {
    const { properties } = schemas.flatten(of)
    if (!properties || path.length >= maxDepth || --left <= 0) return []
    return Object.entries(properties).flatMap(([key, member]): readonly MadeMember[] => {
      const promises = promisesOf(member, schemas)
      const way = [...path, key]
      if (promises.length === 0) return madeMembers(member, way)
      return [{ path: way, place: ['answer', 'body', ...way].join('.'), schema: schemas.flatten(member), promises }]
    })
  }
}

/** Promises stand beside a `$ref` or in its target. */
function promisesOf(schema: Schema, schemas: Schemas): readonly SchemaPromise[] {
  const own = isObject(schema) ? ((schema['x-promises'] as unknown as readonly SchemaPromise[] | undefined) ?? []) : []
  return [...own, ...(schemas.flatten(schema)['x-promises'] ?? [])]
}

function identityPath(node: EchoNode, path: readonly string[] = []): readonly string[] | undefined {
  for (const member of node.members) {
    if (member.identity) return [...path, member.name]
    const found = identityPath(member, [...path, member.name])
    if (found) return found
  }
  return undefined
}
