import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { ApiDocument, MediaType, Operation, Parameter } from '../core/operation'
import { schemasOf, typesOf } from '../generators/schema'
import type { SchemaError } from '../specs/validator'
import { createAnswer } from './answer'
import { emptyReply, errorReply, gatewayReply, reply, withHeaders } from './replies'
import { createRoutes, type Route } from './routes'
import type { Call, Problem, Reply, Stages } from './stages'

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
  const answers = new Map<Operation, ReturnType<typeof createAnswer>>()

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
      call.params = params
      if (route) return undefined
      if (allow.length === 0) return stages.gateway(404, call)
      const allowed = { Allow: [...allow, 'OPTIONS'].join(', ') }
      return call.method === 'OPTIONS' ? emptyReply(204, allowed) : withHeaders(stages.gateway(405, call), allowed)
    },

    authenticate(call) {
      for (const { name, required } of headersOf(call.operation!)) {
        if (!credentials.test(name)) continue
        const sent = headerValue(call, name)
        if (sent ? token !== undefined && sent !== token : required) return stages.gateway(401, call)
      }
      return undefined
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
      let value: unknown
      const { body } = call.operation!
      if (body && (body.required || call.body.length > 0)) {
        try {
          value = stages.parse(stages.decode(call.body, call), call)
        } catch (error) {
          return stages.refuse([{ place: 'body', keyword: 'json', message: `not JSON: ${(error as Error).name}` }], call)
        }
      }
      try {
        const bound = stages.bind(value, call)
        const problems = stages.validate(bound, call)
        if (problems.length > 0) return stages.refuse(problems, call)
        const task = stages.create(bound, call)
        return task instanceof Promise ? task.then((made) => stages.succeed(made, call)) : stages.succeed(task, call)
      } catch (error) {
        // Only a value nested deeper than the call stack ends here.
        if (!(error instanceof RangeError)) throw error
        return stages.refuse([{ place: 'body', keyword: 'json', message: 'is nested too deeply' }], call)
      }
    },

    decode(body) {
      if (!isUtf8(body)) throw new SyntaxError('not UTF-8')
      return body.toString('utf8')
    },
    parse: (text) => JSON.parse(text),
    bind: (value) => value,

    validate(value, call) {
      const { assumed } = routes.of(call.operation!)
      const problems = assumed.parameters.flatMap((parameter) => parameterProblems(call, parameter))
      const schema = value === undefined ? undefined : assumed.body?.content[0]?.schema
      return schema === undefined
        ? problems
        : [...problems, ...schemas.errors(schema, value as never).map((error) => toProblem(['body'], error))]
    },

    create(value, call) {
      const makes = { uid: () => stages.uid(value, call), time: (kind: 'created' | 'updated') => stages.time(kind, call) }
      return answerOf(routes.of(call.operation!))(value, makes)
    },
    uid: () => randomUUID(),
    time: (_, call) => new Date(call.at).toISOString(),

    succeed(task, call) {
      const { status, content } = successOf(call.operation!)
      return content.length === 0 ? emptyReply(status) : reply(status, bytes(stages.serialise(task, call)), content[0]!.mediaType)
    },
    refuse(problems) {
      const { place, message } = problems[0]!
      return errorReply(400, 'ASM.01010001', `Invalid request: ${place} ${message}`)
    },
    gateway: (status) => gatewayReply(status),
    serialise: (value) => JSON.stringify(value),
    write: (answer, response) => writeWhole(answer, response),
  }

  function parameterProblems(call: Call, parameter: Parameter): readonly Problem[] {
    const { name, required } = parameter
    if (parameter.in === 'cookie' || (parameter.in === 'header' && (credentials.test(name) || name.toLowerCase() === contentType)))
      return []
    const sent = { path: call.params[name], query: call.query.get(name) ?? undefined, header: headerValue(call, name) }[parameter.in]
    const place = [parameter.in, name]
    if (sent === undefined) return required ? [{ place: place.join('.'), keyword: 'required', message: 'is missing' }] : []
    const types = typesOf(schemas.flatten(parameter.schema))
    const number = (types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(sent)
    const value = number ? Number(sent) : types.includes('boolean') && /^(true|false)$/.test(sent) ? sent === 'true' : sent
    return schemas.errors(parameter.schema, value).map((error) => toProblem(place, error))
  }

  function answerOf({ documented, assumed }: Route): ReturnType<typeof createAnswer> {
    const known = answers.get(documented)
    if (known) return known
    const { status } = successOf(documented)
    const content = assumed.responses.find((response) => Number(response.status) === status)?.content
    const made = createAnswer(schemas, content?.[0]?.schema ?? true)
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

/** The value of a request header, or undefined where it is missing or empty. */
export function headerValue(call: Call, name: string): string | undefined {
  const value = call.request.headers[name.toLowerCase()]
  return (Array.isArray(value) ? value.join(', ') : value) || undefined
}

const bytes = (text: string | Buffer): Buffer => (typeof text === 'string' ? Buffer.from(text) : text)

const headersOf = (operation: Operation): readonly Parameter[] => operation.parameters.filter((parameter) => parameter.in === 'header')

function successOf(operation: Operation): { status: number; content: readonly MediaType[] } {
  const found = operation.responses.find(({ status }) => /^2/.test(status))
  const status = Number(found?.status)
  return { status: Number.isInteger(status) ? status : 200, content: found?.content ?? [] }
}

/** Media types are compared without regard to case (RFC 9110, 8.3.1); of parameters only `charset=utf-8` is taken. */
function takesMedia(content: readonly MediaType[], sent: string): boolean {
  const [essence = '', ...parameters] = sent.split(';').map((part) => part.trim().toLowerCase())
  return (
    content.some(({ mediaType }) => mediaType.toLowerCase() === essence) && parameters.every((part) => /^(charset="?utf-8"?)?$/.test(part))
  )
}

function toProblem(root: readonly string[], { keyword, instancePath, params, message }: SchemaError): Problem {
  const missing = keyword === 'required' && typeof params.missingProperty === 'string' ? [params.missingProperty] : []
  return { place: [...root, ...instancePath, ...missing].join('.'), keyword, message }
}
