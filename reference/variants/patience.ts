import { createHash } from 'node:crypto'
import { valueAt } from '../../core/json'
import { requestMember } from '../members'
import { emptyReply, errorReply, gatewayReply, jsonReply, reply, withHeaders } from '../replies'
import type { Call, Hooks, Reply } from '../stages'
import { type Definition, lawful } from '../variant'
import { intercept, oneIn, pause } from './tools'

const name = requestMember('metadata.name')
const elbId = requestMember('spec.ingress.elbId')
const port = requestMember('spec.ingress.port')

/** At most so many requests in a second. */
function limited(rate: number, refused: () => Reply): Hooks {
  let left = rate
  let window = 0
  return intercept((call) => {
    const second = Math.floor(call.at / 1000)
    if (second !== window) {
      window = second
      left = rate
    }
    return left-- > 0 ? undefined : refused()
  })
}

/** One creation at a time; what comes meanwhile is refused. */
function locked(refused: Reply): Hooks {
  let busy = false
  return {
    perform: (next) => async (call) => {
      if (busy) return refused
      busy = true
      try {
        await pause(1)
        return await next(call)
      } finally {
        busy = false
      }
    },
  }
}

const conflict = errorReply(409, 'ASM.01010409', 'A task of this name exists')
const taken = errorReply(409, 'ASM.01010410', 'Another task listens on this port of the load balancer')

/** What exists is refused; of very many the oldest are forgotten. */
function unique(key: (value: unknown, call: Call) => string, refused: Reply): Hooks {
  const known = new Set<string>()
  return {
    create: (next) => (value, call) => {
      known.add(key(value, call))
      if (known.size > 100_000) known.delete(known.values().next().value!)
      return next(value, call)
    },
    validate: (next) => (value, call) => {
      const problems = next(value, call)
      return problems.length === 0 && known.has(key(value, call)) ? [{ place: name.place, keyword: 'exists', message: 'exists' }] : problems
    },
    refuse: (next) => (problems, call) => (problems[0]?.keyword === 'exists' ? refused : next(problems, call)),
  }
}

/** Each valid body locks the mesh for a moment, and others are refused meanwhile. */
function lockedByValid(refused: Reply): Hooks {
  let isBusy = false
  return {
    validate: (next) => (value, call) => {
      const problems = next(value, call)
      if (problems.length > 0) return problems
      if (isBusy) return [{ place: 'body', keyword: 'busy', message: 'busy' }]
      isBusy = true
      void pause(1).then(() => {
        isBusy = false
      })
      return problems
    },
    refuse: (next) => (problems, call) => (problems[0]?.keyword === 'busy' ? refused : next(problems, call)),
  }
}

const sha = (text: string | Buffer): string => createHash('sha256').update(text).digest('base64')
const byName = (value: unknown): string => sha(String(valueAt(value, name.path)))
const byPayload = (_: unknown, call: Call): string => sha(call.body)
const byPort = (value: unknown): string => sha(String([elbId, port].map(({ path }) => valueAt(value, path))))

function sometimes(n: number, make: () => Reply): Hooks {
  const now = oneIn(n)
  return intercept(() => (now() ? make() : undefined))
}

const page = (status: number, html: string): Reply => reply(status, html, 'text/html')

/** As well-known proxies say that what is behind them does not answer. */
const proxyFailures: readonly (readonly [name: string, reply: Reply])[] = [
  [
    '502-page-of-apache',
    page(
      502,
      '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>502 Proxy Error</title>\n</head><body>\n<h1>Proxy Error</h1>\n',
    ),
  ],
  [
    '503-page-of-apache',
    page(
      503,
      '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>503 Service Unavailable</title>\n</head><body>\n<h1>Service Unavailable</h1>\n',
    ),
  ],
  [
    '503-page-of-a-load-balancer',
    withHeaders(page(503, '<html>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n'), {
      Server: 'awselb/2.0',
    }),
  ],
  ['502-in-two-words', reply(502, 'Bad Gateway', 'text/plain; charset=utf-8')],
  ['503-in-a-sentence', reply(503, 'no available server\n', 'text/plain; charset=utf-8')],
  ['502-without-a-word', emptyReply(502, { Server: 'Caddy' })],
  ['504-without-a-word', emptyReply(504)],
  ['503-message', jsonReply(503, { message: 'failure to get a peer from the ring-balancer', request_id: '4f1d' })],
  ['504-message', jsonReply(504, { message: 'Endpoint request timed out' })],
  [
    '504-of-an-application-gateway',
    jsonReply(504, { timestamp: '2026-01-01T00:00:00.000+00:00', path: '/', status: 504, error: 'Gateway Timeout', requestId: '1a2b-3' }),
  ],
]

const definitions: readonly Definition[] = [
  {
    name: 'throttled',
    promise: 'a server may throttle with 429, without saying for how long',
    hooks: () => limited(1000, () => gatewayReply(429)),
  },
  {
    name: 'throttled-with-retry-after',
    promise: 'a server may throttle with 429 and Retry-After',
    hooks: () => limited(800, () => withHeaders(gatewayReply(429), { 'Retry-After': '1' })),
  },
  {
    name: 'throttled-in-the-documented-shape',
    promise: 'a server may throttle with an error of its own',
    hooks: () => limited(1000, () => errorReply(429, 'ASM.01010429', 'Too many requests')),
  },
  {
    name: 'one-creation-at-a-time',
    promise: 'a server may create one task at a time, and refuse others meanwhile with 429',
    hooks: () => locked(errorReply(429, 'ASM.01010423', 'The resource is locked by another request')),
  },
  {
    name: 'one-request-in-50-throttled',
    promise: 'a server may refuse a request now and then with 429',
    hooks: () => sometimes(50, () => gatewayReply(429)),
  },
  { name: 'existing-names-409', promise: 'a name that exists may be refused with 409', hooks: () => unique(byName, conflict) },
  {
    name: 'existing-names-400',
    promise: 'a name that exists may be refused with the error that is documented',
    hooks: () => unique(byName, errorReply(400, 'ASM.01010409', 'A task of this name exists')),
  },
  {
    name: 'existing-names-gateway-409',
    promise: 'a name that exists may be refused with 409 in any shape',
    hooks: () => unique(byName, jsonReply(409, { error_code: 'APIG.0409', error_msg: 'Conflict' })),
  },
  {
    name: 'equal-payloads-409',
    promise: 'a payload that was sent before may be refused with 409',
    hooks: () => unique(byPayload, conflict),
  },
  {
    name: 'taken-ports-409',
    promise: 'a port of a load balancer that another task listens on may be refused with 409',
    hooks: () => unique(byPort, taken),
  },
  {
    name: 'taken-ports-400',
    promise: 'a port of a load balancer that another task listens on may be refused with the error that is documented',
    hooks: () => unique(byPort, errorReply(400, 'ASM.01010410', 'Another task listens on this port of the load balancer')),
  },
  {
    name: 'one-creation-at-a-time-409',
    promise: 'a server may create one task at a time, and refuse others meanwhile with 409',
    hooks: () => lockedByValid(errorReply(409, 'ASM.01010411', 'The mesh is being changed by another request')),
  },
  {
    name: 'unavailable-with-retry-after',
    promise: 'a server may be unavailable for a time that it tells',
    hooks: () => sometimes(400, () => withHeaders(gatewayReply(503), { 'Retry-After': '1' })),
  },
  {
    name: 'unavailable-until-date',
    promise: 'a server may be unavailable until a time that it tells',
    hooks: () =>
      sometimes(500, () =>
        withHeaders(errorReply(503, 'ASM.01010503', 'Maintenance'), { 'Retry-After': new Date(Date.now() + 1000).toUTCString() }),
      ),
  },
  ...proxyFailures.map(([name, make]) => ({
    name: `gateway-${name}`,
    promise: `a proxy in front of the API may fail for a moment: ${name.replaceAll('-', ' ')}`,
    hooks: () => sometimes(150, () => make),
  })),
  ...[502, 503, 504].map((status) => ({
    name: `gateway-${status}`,
    promise: `a gateway may fail for a moment with ${status}`,
    hooks: () => sometimes(300, () => gatewayReply(status)),
  })),
]

/** Throttling, conflicts and moments of unavailability. */
export const patience = lawful(definitions)
