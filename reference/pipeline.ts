import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { isObject, type Json, valueAt } from '../core/json'
import { type ApiDocument, type MediaType, type Operation, type Parameter, responseOf } from '../core/operation'
import { written } from '../generators/credential'
import { successSchema } from '../generators/dependences/answers'
import { schemasOf, typesOf } from '../generators/schema'
import { isForm } from '../specs/bodies'
import { isJson } from '../specs/mediaType'
import { serialise } from '../specs/parameters'
import { decoded, encoded } from '../specs/pointer'
import { bodyReadings, eachOnce, parameterReadings } from '../specs/readings'
import type { SchemaError } from '../specs/validator'
import { createAnswer, createView, held, type Makes, settable } from './answer'
import { createIds } from './ids'
import { createLists } from './lists'
import { emptyReply, errorReply, gatewayReply, reply, withHeaders } from './replies'
import { createRoutes, type Route } from './routes'
import type { Call, MaybePromise, Problem, Reply, Stages, Thing } from './stages'
import { createStore, merged } from './store'

/** What an operation answers its success with. */
interface Answers {
  readonly answer: (sent: unknown, makes: Makes) => Json
  /** Of something that was created before. */
  readonly view: (value: Json) => Json
}

const contentType = 'content-type'
/** Headers whose absence is a matter of authentication. */
const credentials = /^(x-auth-token|authorization)$/i

/**
 * The stages of a server that keeps the document: it accepts what the assumed document holds and refuses the rest with the documented error.
 * @param token the only token that it accepts; without one, every token that is not empty
 */
export function createStages(document: ApiDocument, token?: string): Stages {
  const routes = createRoutes(document)
  const schemas = schemasOf(document.assumed)
  const stated = schemasOf(document.documented)
  const answers = new Map<Operation, Answers>()
  const store = createStore(document)
  const withIds = createIds(document, store, schemas)
  const listed = createLists(schemas)

  const stages: Stages = {
    server() {},
    connection() {},
    head: () => undefined,

    receive(call) {
      return (
        stages.route(call) ??
        stages.authenticate(call) ??
        (call.oversize ? stages.gateway(413, call) : stages.media(call)) ??
        stages.perform(call)
      )
    },

    route(call) {
      const { route, params, allow } = routes.find(call.method, call.path)
      call.operation = route?.documented
      call.assumed = route?.assumed
      call.params = params
      if (route) return undefined
      if (allow.length === 0) return stages.gateway(404, call)
      const allowed = { Allow: [...allow, 'OPTIONS'].join(', ') }
      return call.method === 'OPTIONS' ? emptyReply(204, allowed) : withHeaders(stages.gateway(405, call), allowed)
    },

    authenticate(call) {
      const { parameters, credentials: alternatives = [parameters.filter(({ credential, required }) => credential && required)] } =
        call.operation!
      const stated = parameters.filter(({ name, in: part, credential }) => !credential && part === 'header' && credentials.test(name))
      const has = (parameter: Parameter) => {
        const sent = sentOf(call, parameter)
        return sent ? token === undefined || sent === written(parameter, token) : !parameter.required && !parameter.credential
      }
      return stated.every(has) && alternatives.some((one) => one.every(has)) ? undefined : stages.gateway(401, call)
    },

    media(call) {
      const { body } = call.operation!
      if (!body || (!body.required && call.body.length === 0)) return undefined
      const encoding = headerValue(call, 'content-encoding') ?? 'identity'
      return encoding === 'identity' && takesMedia(body.content, headerValue(call, contentType) ?? '')
        ? undefined
        : stages.gateway(415, call)
    },

    perform(call) {
      const sent = bodySent(call)
      if ('refused' in sent) return sent.refused
      try {
        return act(stages.bind(sent.value, call), call)
      } catch (error) {
        // Only a value nested deeper than the call stack ends here.
        if (!(error instanceof RangeError)) throw error
        return refuseBody('json', 'is nested too deeply', call)
      }
    },

    decode(body) {
      if (!isUtf8(body)) throw new SyntaxError('not UTF-8')
      return body.toString('utf8')
    },
    parse: (text) => JSON.parse(text),
    bind: (value) => value,

    validate(value, call) {
      const assumed = call.assumed!
      const problems = assumed.parameters.flatMap((parameter) => parameterProblems(call, parameter))
      const schema = value === undefined ? undefined : mediaSent(call)?.schema
      return schema === undefined
        ? problems
        : [...problems, ...schemas.errors(schema, value as never).map((error) => toProblem(['body'], error))]
    },

    create(value, call) {
      const makes = { uid: () => stages.uid(value, call), time: (kind: 'created' | 'updated') => stages.time(kind, call) }
      return withIds(
        answersOf(routes.of(call.operation!)).answer(settable(schemas, successSchema(call.assumed!), value as Json), makes),
        value,
        call,
      )
    },
    keep: (value, call, made) => store.add(call, value, made),
    find: (call) => (call.assumed!.method === 'POST' && store.keeps(call.assumed!) ? parentOf(call) : store.find(call)),
    list: (call) => store.list(call),
    remove: (thing) => store.remove(thing),
    absent: (call) => errorFor(call, 404, 'there is no such thing') ?? stages.gateway(404, call),
    uid: () => randomUUID(),
    time: (_, call) => new Date(call.at).toISOString(),

    succeed(task, call) {
      const { status, content } = successOf(call.operation!)
      const media = content.find(({ mediaType }) => isJson(mediaType)) ?? content[0]
      if (!media) return withDocumented(emptyReply(status), call)
      const text = isJson(media.mediaType) || typeof task !== 'string' ? stages.serialise(task, call) : task
      return withDocumented(reply(status, bytes(text), media.mediaType), call)
    },
    refuse(problems, call) {
      const { place, message } = problems[0]!
      const told = `Invalid request: ${place} ${message}`
      const status = refusalStatus(call.operation!)
      return withDocumented(errorFor(call, status, told) ?? errorReply(status, 'ASM.01010001', told), call)
    },
    gateway: (status) => gatewayReply(status),
    serialise: (value) => JSON.stringify(value),
    write: (answer, response) => writeWhole(answer, response),
  }

  /** The value of the body, or the answer to one that cannot be read. */
  function bodySent(call: Call): { readonly value: unknown } | { readonly refused: Reply } {
    const { body } = call.operation!
    if (!body) return { value: undefined }
    const isThere = call.body.length > 0
    const sentType = typeSent(call)
    if (!isJson(sentType) && !body.content.some(({ mediaType }) => isJson(mediaType))) {
      if (body.required && !isThere) return { refused: refuseBody('required', 'is missing', call) }
      const form = body.content.find(({ mediaType }) => mediaType === sentType)
      return form ? formSent(form, call) : { value: undefined }
    }
    if (!body.required && !isThere) return { value: undefined }
    try {
      return { value: stages.parse(stages.decode(call.body, call), call) }
    } catch (error) {
      return { refused: refuseBody('json', `not JSON: ${(error as Error).name}`, call) }
    }
  }

  function formSent(form: MediaType, call: Call): ReturnType<typeof bodySent> {
    const readings = bodyReadings(form, call.body)
    // Of a long list there are too many readings: that each is read in the same way will do.
    const likely = readings === 'many' ? bodyReadings(form, call.body, eachOnce) : readings
    const fields = Array.isArray(likely) ? likely.find((reading: Json) => schemas.valid(form.schema, reading)) : undefined
    if (fields === undefined && Array.isArray(readings))
      return { refused: refuseBody('type', 'is no form that the document describes', call) }
    return { value: isForm(form.mediaType) ? fields : undefined }
  }

  const refuseBody = (keyword: string, message: string, call: Call): Reply => stages.refuse([{ place: 'body', keyword, message }], call)

  /** Does what the operation is for, with a body that could be read. */
  function act(bound: unknown, call: Call): MaybePromise<Reply> {
    const problems = stages.validate(bound, call)
    if (!isFiniteAll(bound)) return refuseBody('maximum', 'holds a number that is too large', call)
    if (problems.length > 0) return stages.refuse(problems, call)
    const named = stages.find(call)
    if (named === undefined) return stages.absent(call)
    const list = stages.list(call)
    if (list) return stages.succeed(listed(routes.of(call.operation!), list, call), call)
    const isNew = call.assumed!.method === 'POST' && bound !== undefined
    if (named !== 'free' && !isNew) return change(named, settable(schemas, successSchema(call.assumed!), bound as Json | undefined), call)
    const task = stages.create(bound, call)
    return task instanceof Promise ? task.then((made) => created(bound, made, call)) : created(bound, task, call)
  }

  /** An answer with the headers that the docs state for it as mandatory. */
  function withDocumented(answer: Reply, call: Call): Reply {
    const owed = responseOf(call.assumed!, answer.status)?.headers?.filter(({ required }) => required) ?? []
    const makes = { uid: () => randomUUID(), time: () => new Date(call.at).toISOString() }
    return owed.reduce((all, header) => {
      const value = held(schemas, header.schema, createAnswer(schemas, header.schema)(undefined, makes))
      return withHeaders(all, { [header.name]: serialise(header, value) })
    }, answer)
  }

  /** The documented media type of what was sent; where it is another, the first. */
  function mediaSent(call: Call): MediaType | undefined {
    const content = call.assumed?.body?.content ?? []
    return content.find(({ mediaType }) => mediaType === typeSent(call)) ?? content[0]
  }

  /** What is created below something else wants that to be there. */
  function parentOf(call: Call): Thing | undefined | 'free' {
    const parent = store.find(call)
    return parent === undefined ? undefined : 'free'
  }

  function created(sent: unknown, made: Json, call: Call): Reply {
    const operation = call.assumed!
    if (!store.keeps(operation)) return stages.succeed(made, call)
    const id = withIds.idOf(made, call)
    const answer = stages.succeed(made, call)
    const told = id === undefined ? answer : withHeaders(answer, { Location: `${call.path.replace(/\/$/, '')}/${encoded(id)}` })
    const own = merged(settable(schemas, successSchema(operation), sent as Json | undefined), made)
    // What an answer wraps is the thing itself.
    const wrapped = store.idsOf(operation).flatMap((way) => (way.length > 1 ? [valueAt(made, way.slice(0, -1))] : []))
    stages.keep(
      wrapped.reduce<Json>((all, inner) => merged(all, inner), own),
      call,
      told,
    )
    return told
  }

  function change(thing: Thing, sent: Json | undefined, call: Call): Reply {
    const { method } = call.assumed!
    if (method === 'DELETE') stages.remove(thing, call)
    if (method === 'PUT' || method === 'PATCH') store.change(thing, documented(sent, call), method)
    return stages.succeed(answersOf(routes.of(call.operation!)).view(thing.value), call)
  }

  /** What a change does not document, it does not change. */
  function documented(sent: Json | undefined, call: Call): Json | undefined {
    const { properties } = schemas.flatten(call.assumed!.body?.content[0]?.schema)
    return properties && isObject(sent)
      ? Object.fromEntries(Object.entries(sent).filter(([name]) => Object.hasOwn(properties, name)))
      : sent
  }

  /** The documented error of a status, where its shape is documented and no error of the service's own style. */
  function errorFor(call: Call, status: number, message: string): Reply | undefined {
    const [media] = responseOf(call.assumed!, status)?.content ?? []
    if (!media) return undefined
    if (!isJson(media.mediaType)) return reply(status, message, media.mediaType)
    const { properties = {} } = schemas.flatten(media.schema)
    if (properties.errorCode !== undefined) return errorReply(status, 'ASM.01010001', message)
    const texts = Object.keys(properties).filter((name) => /^(message|detail|description|title|error|reason|msg)$/i.test(name))
    const told = Object.fromEntries([
      ...texts.map((name) => [name, message]),
      ...Object.keys(properties)
        .filter((name) => /^(status|code)$/i.test(name))
        .map((name) => [name, status]),
    ])
    const answer = held(
      schemas,
      media.schema,
      createAnswer(schemas, media.schema)(told, { uid: () => randomUUID(), time: () => new Date(call.at).toISOString() }),
    )
    return reply(status, JSON.stringify(answer), media.mediaType)
  }

  function parameterProblems(call: Call, parameter: Parameter): readonly Problem[] {
    const { name, required, schema } = parameter
    if (parameter.credential || (parameter.in === 'header' && (credentials.test(name) || name.toLowerCase() === contentType))) return []
    const place = [parameter.in, name]
    const missing = required ? [{ place: place.join('.'), keyword: 'required', message: 'is missing' }] : []
    const types = typesOf(schemas.flatten(schema))
    const simple = sentOf(call, parameter)
    if (
      simple !== undefined &&
      types.length === 1 &&
      types[0] === 'string' &&
      parameter.mediaType === undefined &&
      parameter.in !== 'cookie'
    )
      return schemas.errors(schema, simple).map((error) => toProblem(place, error))
    // The path as the document has it, as the base path is none of a template's.
    const target = `${call.path}${/\?.*$/s.exec(call.request.url ?? '')?.[0] ?? ''}`
    const headers = Object.entries(call.request.headers).map(([key, value]) => [key, String(value)] as const)
    const found = parameterReadings(parameter, call.operation!.path, types, { target, headers })
    if (found === undefined) return missing
    if (found === 'many' || found.some((value) => schemas.valid(schema, value))) return []
    return schemas.errors(schema, found[0] ?? null).map((error) => toProblem(place, error))
  }

  function answersOf({ documented, assumed }: Route): Answers {
    const known = answers.get(documented)
    if (known) return known
    const { status } = successOf(documented)
    const schemaIn = (operation: Operation) =>
      responseOf(operation, status)?.content.find(({ mediaType }) => isJson(mediaType))?.schema ?? true
    const answer = createAnswer(schemas, schemaIn(assumed))
    const view = createView(schemas, schemaIn(assumed))
    const owed = schemaIn(documented)
    const made = {
      answer: (sent: unknown, makes: Makes) => held(stated, owed, answer(sent, makes)),
      view: (value: Json) => held(stated, owed, view(value)),
    }
    answers.set(documented, made)
    return made
  }

  return stages
}

/** Writes an answer as a whole, with its length. */
export function writeWhole({ status, headers, body }: Reply, response: ServerResponse): void {
  const bodiless = status === 204 || status === 304
  response.writeHead(status, { ...(bodiless ? {} : { 'Content-Length': String(body.length) }), ...(headers as Record<string, string>) })
  response.end(bodiless ? undefined : body)
}

const typeSent = (call: Call): string => (headerValue(call, contentType) ?? '').split(';')[0]!.trim()

/** The text of a parameter, as it came. */
function sentOf(call: Call, { name, in: part }: Parameter): string | undefined {
  if (part === 'path') return call.params[name]
  if (part === 'query') return call.query.get(name) ?? undefined
  if (part === 'header') return headerValue(call, name)
  const cookies = (headerValue(call, 'cookie') ?? '').split(/; */).map((pair) => pair.split('='))
  const own = cookies.find(([key = '']) => decoded(key) === name)
  return own && decoded(own.slice(1).join('='))
}

/** The value of a request header, or undefined where it is missing or empty. */
export function headerValue(call: Call, name: string): string | undefined {
  const value = call.request.headers[name.toLowerCase()]
  return (Array.isArray(value) ? value.join(', ') : value) || undefined
}

/** A number beyond the doubles is read as none that JSON could write. */
function isFiniteAll(value: unknown): boolean {
  // A list in place of the call stack, which a deep value would exhaust.
  const todo: unknown[] = [value]
  while (todo.length > 0) {
    const next = todo.pop()
    if (typeof next === 'number' && !Number.isFinite(next)) return false
    if (typeof next === 'object' && next !== null) for (const inner of Object.values(next)) todo.push(inner)
  }
  return true
}

const bytes = (text: string | Buffer): Buffer => (typeof text === 'string' ? Buffer.from(text) : text)

function successOf(operation: Operation): { status: number; content: readonly MediaType[] } {
  const found =
    operation.responses.find(({ status }) => /^2/.test(status)) ?? operation.responses.find(({ status }) => status === 'default')
  const status = Number(found?.status)
  return { status: Number.isInteger(status) ? status : 200, content: found?.content ?? [] }
}

/** The client error that a document states for a request that breaks it; 400 where it states none. */
function refusalStatus({ responses }: Operation): number {
  const stated = responses.map(({ status }) => status).filter((status) => /^4(\d\d|XX)$/.test(status))
  const [first] = ['400', '422', ...stated.filter((status) => !/^(401|403|404|405|409|429)$/.test(status))].filter((status) =>
    stated.includes(status),
  )
  return first === undefined || first === '4XX' ? 400 : Number(first)
}

/** Media types are compared without regard to case (RFC 9110, 8.3.1); of parameters only `charset=utf-8` is taken. */
function takesMedia(content: readonly MediaType[], sent: string): boolean {
  const [essence = '', ...parameters] = sent.split(';').map((part) => part.trim().toLowerCase())
  return (
    content.some(({ mediaType }) => mediaType.toLowerCase().split(';')[0]?.trim() === essence) &&
    (!isJson(essence) || parameters.every((part) => /^(charset="?utf-8"?)?$/.test(part)))
  )
}

function toProblem(root: readonly string[], { keyword, instancePath, params, message }: SchemaError): Problem {
  const missing = keyword === 'required' && typeof params.missingProperty === 'string' ? [params.missingProperty] : []
  return { place: [...root, ...instancePath, ...missing].join('.'), keyword, message }
}
