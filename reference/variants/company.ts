import type { Server } from 'node:http'
import { isObject, valueAt } from '../../core/json'
import { type Member, requestMember } from '../members'
import { headerValue } from '../pipeline'
import { errorReply, jsonReply, reply } from '../replies'
import type { Call, Hooks } from '../stages'
import { broken, type Definition } from '../variant'
import {
  anyReply,
  bind,
  changeAt,
  depthOf,
  hang,
  intercept,
  interceptValue,
  internal,
  isAt,
  overlook,
  parseBody,
  pause,
  refusal,
  withBody,
} from './tools'

const description = requestMember('description')
const image = requestMember('spec.ingress.imageAddress')
const name = requestMember('metadata.name')
const cluster = requestMember('spec.primaryCluster')
const elbId = requestMember('spec.ingress.elbId')
const elbIp = requestMember('spec.ingress.elbIp')
const port = requestMember('spec.ingress.port')

const has = (value: unknown, { path }: Member): boolean => valueAt(value, path) !== undefined
const hasCharset = (call: Call): boolean => /charset/i.test(headerValue(call, 'content-type') ?? '')

/** What reads the body before it looks at the headers. */
const headersLast: readonly Definition[] = [
  {
    name: 'missing-token-and-malformed-body-give-500',
    promise: 'a request without a token is refused with a client error, whatever its body is',
    finds: { place: 'header.X-Auth-Token' },
    hooks: intercept((call) =>
      headerValue(call, 'x-auth-token') === undefined && /^\{[^}]*$/.test(call.body.toString('latin1')) ? internal : undefined,
    ),
  },
  {
    name: 'missing-type-and-body-give-500',
    promise: 'a request without Content-Type is refused with a client error, also without a body',
    finds: { place: 'header.Content-Type' },
    hooks: intercept((call) =>
      call.method === 'POST' && headerValue(call, 'content-type') === undefined && call.body.length === 0 ? internal : undefined,
    ),
  },
]

const equalIds: Definition = {
  name: 'equal-ids-refused',
  promise: 'each member takes every value that is valid, also one that another has',
  finds: { place: ['body*'] },
  hooks: interceptValue(
    (value) => valueAt(value, cluster.path) === valueAt(value, elbId.path) && has(value, cluster),
    errorReply(400, 'ASM.01010001', 'the cluster is the load balancer'),
  ),
}

/** One of two ways through the code, which is taken only where an optional member is there. */
const withMembers: readonly Definition[] = [
  {
    name: 'null-image-beside-description-accepted',
    promise: `${image.place} is a string: null is refused with 400, also beside a description`,
    finds: { place: image.place },
    hooks: overlook((problem, value) => isAt(problem, image.place) && valueAt(value, image.path) === null && has(value, description)),
  },
  {
    name: 'missing-elb-ip-beside-image-accepted',
    promise: `${elbIp.place} is mandatory: a body without it is refused with 400, also with an image`,
    finds: { place: elbIp.place },
    hooks: {
      ...overlook((problem, value) => problem.place === elbIp.place && problem.keyword === 'required' && has(value, image)),
      create: (next) => (value, call) =>
        next(
          changeAt(value, elbIp.path, (sent) => sent ?? ''),
          call,
        ),
    },
  },
  {
    name: 'digits-as-port-beside-description-accepted',
    promise: `${port.place} is an integer: a string of digits is refused with 400, also beside a description`,
    finds: { place: port.place },
    hooks: bind((value) =>
      has(value, description)
        ? changeAt(value, port.path, (sent) => (typeof sent === 'string' && /^\d+$/.test(sent) ? Number(sent) : sent))
        : value,
    ),
  },
  {
    name: 'null-name-beside-image-gives-500',
    promise: 'null in place of a name is refused with 400, also with an image',
    finds: { place: name.place },
    hooks: interceptValue((value) => valueAt(value, name.path) === null && has(value, image), internal),
  },
  {
    name: 'port-cut-beside-optional-members',
    promise: `${port.place} comes back as it was sent, also beside both optional members`,
    finds: { place: '*ingress.port*' },
    hooks: {
      succeed: (next) => (task, call) =>
        next(has(task, description) && has(task, image) ? (changeAt(task, port.path, (sent) => Number(sent) % 1000) as never) : task, call),
    },
  },
]

const lacks = (value: unknown, member: Member): boolean => !has(value, member)
const only = (value: unknown): unknown => (isObject(value) && Object.keys(value).length === 1 ? Object.values(value)[0] : undefined)

/** What shows only where several things are wrong, or a member is where it does not belong. */
const together: readonly Definition[] = [
  {
    name: 'nulls-of-both-optional-members-accepted',
    promise: 'null in place of a text is refused with 400, also where two are null',
    finds: { place: 'body*' },
    hooks: overlook(
      (problem, value) =>
        [description, image].every(({ path }) => valueAt(value, path) === null) &&
        (isAt(problem, description.place) || isAt(problem, image.place)),
    ),
  },
  {
    name: 'two-missing-members-give-500',
    promise: 'a body without several mandatory members is refused with 400, and nothing breaks',
    finds: { place: 'body*' },
    hooks: interceptValue((value) => isObject(value) && lacks(value, elbId) && lacks(value, elbIp), internal),
  },
  {
    name: 'any-type-as-port-beside-description-alone-accepted',
    promise: `${port.place} is an integer: every other type is refused with 400, also beside nothing but a description`,
    finds: { place: 'body*' },
    hooks: overlook(
      (problem, value) => isAt(problem, port.place) && problem.keyword === 'type' && has(value, description) && lacks(value, image),
    ),
  },
  {
    name: 'port-one-level-up-accepted',
    promise: `${port.place} is mandatory: one beside its object does not count`,
    finds: { place: port.place },
    hooks: bind((value) => {
      const outer = valueAt(value, ['spec', 'port'])
      return lacks(value, port) && outer !== undefined ? changeAt(value, port.path, () => outer) : value
    }),
  },
  {
    name: 'body-in-an-envelope-accepted',
    promise: 'a body with another object around it is refused with 400',
    finds: { place: 'body*' },
    hooks: bind((value) => (has(only(value), name) ? only(value) : value)),
  },
  {
    name: 'address-of-four-numbers-accepted',
    promise: `${elbIp.place} is a string: a list of numbers is refused with 400`,
    finds: { place: elbIp.place },
    hooks: bind((value) => changeAt(value, elbIp.path, (sent) => (Array.isArray(sent) && sent.length === 4 ? sent.join('.') : sent))),
  },
  {
    name: 'third-equal-body-gives-500',
    promise: 'the same body again makes another task, or is refused; nothing breaks',
    finds: { place: 'request*' },
    hooks: () => {
      const seen = new Map<string, number>()
      return interceptValue((_, { body }) => {
        const key = body.toString('latin1')
        const count = (seen.get(key) ?? 0) + 1
        if (seen.size > 10_000) seen.clear()
        seen.set(key, count)
        return count === 3
      }, internal)
    },
  },
]

/** The other documented media type has a reader of its own. */
const withCharset: readonly Definition[] = [
  {
    name: 'missing-cluster-with-charset-accepted',
    promise: `${cluster.place} is mandatory: a body without it is refused with 400, whichever media type is told`,
    finds: { place: cluster.place },
    hooks: {
      ...overlook((problem, _, call) => problem.place === cluster.place && problem.keyword === 'required' && hasCharset(call)),
      create: (next) => (value, call) =>
        next(
          changeAt(value, cluster.path, (sent) => sent ?? ''),
          call,
        ),
    },
  },
  {
    name: 'trailing-text-with-charset-accepted',
    promise: 'text behind the JSON is refused with 400, whichever media type is told',
    finds: { place: 'body*' },
    hooks: { parse: (next) => (text, call) => next(hasCharset(call) ? text.replace(/\}[^}]*$/, '}') : text, call) },
  },
  {
    name: 'errors-without-code-with-charset',
    promise: 'a 400 has an errorCode, whichever media type is told',
    finds: { place: 'answer.body*' },
    hooks: refusalWhere(hasCharset, (error) => {
      const { errorCode: _, ...rest } = error
      return rest
    }),
  },
  {
    name: 'image-cut-with-charset',
    promise: `${image.place} comes back as it was sent, whichever media type is told`,
    finds: { place: '*imageAddress*' },
    hooks: {
      succeed: (next) => (task, call) =>
        next(
          hasCharset(call) ? (changeAt(task, image.path, (sent) => (typeof sent === 'string' ? sent.slice(0, 20) : sent)) as never) : task,
          call,
        ),
    },
  },
  {
    name: 'missing-token-with-charset-accepted',
    promise: 'X-Auth-Token is mandatory, whichever media type is told',
    finds: { place: 'header.*oken*' },
    hooks: { authenticate: (next) => (call) => (hasCharset(call) ? undefined : next(call)) },
  },
]

function refusalWhere(test: (call: Call) => boolean, change: (error: Record<string, unknown>) => Record<string, unknown>): Hooks {
  return refusal((error, _, call) =>
    test(call) ? withBody(error, JSON.stringify(change(parseBody(error) as Record<string, unknown>))) : error,
  )
}

const raw = (call: Call): string => call.body.toString('latin1')

/** Spellings of the same JSON that a careless reader takes for another text. */
const spellings: readonly Definition[] = [
  {
    name: 'escaped-surrogate-pair-refused',
    promise: 'a character beyond the basic plane may be written as two escapes (RFC 8259, section 7)',
    finds: { place: 'body*' },
    hooks: {
      parse: (next) => (text, call) => {
        if (/\\ud83d/i.test(raw(call))) throw new SyntaxError('escape')
        return next(text, call)
      },
    },
  },
  {
    name: 'escaped-slash-stays-escaped',
    promise: 'a slash may be written with an escape (RFC 8259, section 7), and comes back as a slash',
    finds: { place: '*' },
    hooks: { parse: (next) => (text, call) => next(text.replaceAll('\\/', '\\\\/'), call) },
  },
]

/** What a connection, or the whole server, remembers. */
const long: readonly Definition[] = [
  {
    name: 'hundredth-request-of-a-connection-gives-500',
    promise: 'each request of a connection is answered, however many went before',
    finds: { place: '*' },
    hooks: { receive: (next) => (call) => (call.ordinalOnConnection >= 100 ? internal : next(call)) },
  },
  {
    name: 'refused-token-remembered-once',
    promise: 'a valid request succeeds, also right after one without a token',
    finds: { place: '*' },
    hooks: () => {
      let refused = false
      return {
        authenticate: (next, stages) => (call) => {
          const usual = next(call)
          const again = refused && !usual
          refused = usual !== undefined
          return again ? stages.gateway(401, call) : usual
        },
      }
    },
  },
  {
    name: 'reason-phrase-shows-path',
    promise: 'an answer never shows internals, also not in its status line',
    finds: { place: 'answer*' },
    hooks: anyReply((answer) =>
      answer.status < 400
        ? answer
        : {
            ...answer,
            write: ({ status, headers, body }, response) => {
              response.writeHead(status, 'Error at /opt/asm/lib/workshop/create.py', {
                ...(headers as Record<string, string>),
                'Content-Length': String(body.length),
              })
              response.end(body)
            },
          },
    ),
  },
  {
    name: 'token-in-every-error',
    promise: 'an answer never shows the token that was sent',
    finds: { place: 'answer*' },
    hooks: refusal((_, __, call) =>
      jsonReply(400, { errorCode: 'ASM.01010001', errorMsg: `refused for ${headerValue(call, 'x-auth-token') ?? 'nobody'}` }),
    ),
  },
  {
    name: 'token-in-every-error-in-escapes',
    promise: 'an answer never shows the token that was sent, each character escaped neither',
    finds: { place: 'answer*' },
    hooks: refusal((_, __, call) => {
      const escaped = [...(headerValue(call, 'x-auth-token') ?? '')].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
      const body = Buffer.from(`{"errorCode":"ASM.01010001","errorMsg":"refused for ${escaped.join('')}"}`)
      return { status: 400, headers: { 'Content-Type': 'application/json' }, body }
    }),
  },
  {
    name: 'heap-of-marks-blocks-the-server',
    promise: 'a heap of combining marks is never answered with silence, and takes no other request along',
    finds: { place: [description.place, name.place, 'request'] },
    hooks: () => {
      let free = Promise.resolve()
      return {
        perform: (next) => async (call) => {
          if (/(\u0301\u0323\u035b\u0489){5}/.test(call.body.toString())) {
            free = pause(2500)
            return hang
          }
          await free
          return next(call)
        },
      }
    },
  },
  {
    name: 'deep-body-restarts-the-server',
    promise: 'a deeply nested body is taken or refused, and drops no connection',
    finds: { place: ['body', 'body.*', 'request'] },
    hooks: () => {
      let restart = () => {}
      return {
        server: (next) => (server) => {
          next(server)
          restart = restarting(server)
        },
        perform: (next) => (call) => {
          if (depthOf(raw(call)) <= 900) return next(call)
          restart()
          return reply(200, '')
        },
      }
    },
  },
]

/** Closes a server with all its connections, and has it listen again on its port 400 ms later, unless it was ended meanwhile. */
function restarting(server: Server): () => void {
  const end = server.close.bind(server)
  let ended = false
  server.close = (done) => {
    ended = true
    return end(done)
  }
  return () => {
    const address = server.address()
    if (address === null || typeof address === 'string') return
    end()
    server.closeAllConnections()
    setTimeout(() => ended || server.listen(address.port, '127.0.0.1'), 400)
  }
}

/** Defects that show only in company: beside optional members, with the other media type, in another spelling, after many requests. */
export const company = [
  ...broken('input', [...headersLast, equalIds, ...withMembers, ...together, ...withCharset]),
  ...broken('truth', spellings),
  ...broken('wire', long),
]
