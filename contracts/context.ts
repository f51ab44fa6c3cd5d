import type { Case } from '../core/case'
import { type Answer, type Exchange, header } from '../core/exchange'
import type { Failure } from '../core/finding'
import { isObject } from '../core/json'
import type { Owes } from '../core/rule'
import { covers, isJson } from '../specs/mediaType'
import { type Body, readBody } from './body'
import { parseContentType } from './contentType'
import type { SentMemory } from './memory'
import type { OperationPlan, ResponsePlan } from './plan'
import { readSent, type Sent } from './sent'
import type { Settings } from './settings'
import { type Unknown, unknownMembers } from './unknownMembers'

/** One exchange, prepared once for all checks. */
export interface Context {
  readonly exchange: Exchange
  readonly case: Case
  readonly owes: Owes
  readonly plan: OperationPlan | undefined
  readonly settings: Settings
  readonly memory: SentMemory
  readonly answer: Answer | undefined
  /** 0 where there is no answer. */
  readonly status: number
  /** The documented answer for the status. */
  readonly response: ResponsePlan | undefined
  /**
   * What the answer is held against. `success`: the documented success. `error`: a client error that the docs state, in its documented shape.
   * `other`: what HTTP alone demands.
   */
  readonly kind: 'success' | 'error' | 'other'
  readonly body: Body
  readonly sent: Sent
  /** Places of the answer that the docs do not name there. */
  readonly unknown: readonly Unknown[]
  /** What earlier checks have found. */
  readonly failures: Failure[]
  /** An earlier check has found the answer wrong at this place, or at one that holds it. */
  isBroken(place: string): boolean
}

/** An odd path parameter that adds or takes away a segment: whatever answers there need not be this operation (RFC 3986, 5.2.4 and 6.2.2). */
const isElsewhere = ({ changes }: Case): boolean =>
  changes.some(
    (change) => change.at[0] === 'path' && 'raw' in change && /(^|\/|%2f|%5c)(\.|%2e){0,2}($|\/|%2f|%5c)|\/|%2f/i.test(change.raw),
  )

/** Checks whose places are members of the answer. */
const ofMembers = new Set(['shape', 'made'])
/** A body of this size may be refused before anybody looks into it. */
const large = 16 * 1024
const noAnswer: Answer = { status: 0, statusText: '', headers: [], body: Buffer.alloc(0), cut: false }

export const createContext = (exchange: Exchange, plan: OperationPlan | undefined, settings: Settings, memory: SentMemory): Context =>
  new Prepared(exchange, isElsewhere(exchange.case) ? undefined : plan, settings, memory)

/** A class, as one is made for every answer. */
class Prepared implements Context {
  readonly case: Case
  readonly owes: Owes
  readonly answer: Answer | undefined
  readonly status: number
  readonly response: ResponsePlan | undefined
  readonly kind: Context['kind']
  readonly failures: Failure[] = []
  private readBody: Body | undefined
  private readRequest: Sent | undefined
  private readUnknown: readonly Unknown[] | undefined

  constructor(
    readonly exchange: Exchange,
    readonly plan: OperationPlan | undefined,
    readonly settings: Settings,
    readonly memory: SentMemory,
  ) {
    const { case: of, answer } = exchange
    this.case = of
    this.owes = of.owes
    this.answer = answer
    this.status = answer?.status ?? 0
    const type = answer && header(answer, 'content-type')
    const essence = type === undefined ? undefined : parseContentType(type)?.essence
    this.response = plan?.response(this.status, essence)
    this.kind = isAskedFor(of, essence, this.response) ? 'other' : kindOf(of, this.status, this.response)
  }

  get body(): Body {
    this.readBody ??= readBody(this.answer ?? noAnswer)
    return this.readBody
  }

  get sent(): Sent {
    this.readRequest ??= readSent(this.case.request, this.plan?.form)
    return this.readRequest
  }

  get unknown(): readonly Unknown[] {
    this.readUnknown ??= unknownMembers(this)
    return this.readUnknown
  }

  isBroken(place: string): boolean {
    return this.failures.some((one) => ofMembers.has(one.check) && (one.place === place || place.startsWith(`${one.place}.`)))
  }
}

/** The request asks for this type, which the docs do not state, rather than for JSON: a server may follow (RFC 9110, 12.5.1). */
function isAskedFor({ request }: Case, essence: string | undefined, response: ResponsePlan | undefined): boolean {
  if (essence === undefined || isJson(essence)) return false
  const accept = header(request, 'accept')
  if (accept === undefined || weightIn(accept, essence) <= weightIn(accept, 'application/json')) return false
  return !response?.mediaTypes.some((type) => covers(type, essence))
}

/** The weight that an Accept header gives to a type: of the most specific range that covers it. */
function weightIn(accept: string, essence: string): number {
  const ranges = accept.split(',').filter((range) => covers(range, essence))
  const specific = ranges.find((range) => !range.includes('*')) ?? ranges.find((range) => !range.includes('*/*')) ?? ranges[0]
  return specific === undefined ? 0 : Number(/;\s*q=([\d.]+)/i.exec(specific)?.[1] ?? 1)
}

function kindOf({ owes, request }: Case, status: number, response: ResponsePlan | undefined): Context['kind'] {
  if (!response || owes.also?.includes(status)) return 'other'
  if (status >= 200 && status < 300) return owes.success === 'required' || owes.success === 'allowed' ? 'success' : 'other'
  if (status < 400 || status > 499 || owes.httpMayRefuse) return 'other'
  if (owes.absent) return response.definition.status === String(status) ? 'error' : 'other'
  if (owes.clientError !== 'any') return 'error'
  // Of these, only a refused request is the API's own word; and a large one may be refused unread.
  return status === 400 && (request.body?.length ?? 0) < large ? 'error' : 'other'
}

/** Answers to HEAD, and these statuses, have no body (RFC 9110, 6.4.1). */
export const hasNoBody = ({ case: of, status }: Context): boolean =>
  of.request.method === 'HEAD' || status === 204 || status === 205 || status === 304

/** A JSON body is owed in its documented shape: not where every client error will do. */
export const owesBody = (context: Context): boolean => !hasNoBody(context) && context.response?.schema !== undefined && isOwn(context)

/** The API's own word: a success, or an error in its documented shape. */
const isOwn = ({ kind, owes }: Context): boolean => kind === 'success' || (kind === 'error' && owes.clientError !== 'any')

/** What is not there is answered so. */
export const isTrulyAbsent = ({ owes, status }: Pick<Context, 'owes' | 'status'>): boolean =>
  owes.absent === true && (status === 404 || status === 410)

/** The answer is held to all that the docs state of it: the API's own word, or a redirect stated by its status. */
export const isHeld = (context: Context): boolean =>
  isOwn(context) ||
  (context.status >= 300 && context.status < 400 && context.response !== undefined && context.response.definition.status !== 'default')

const errorCode = (value: unknown): boolean =>
  typeof value === 'string' ? !/^0*\s*$/.test(value) : typeof value === 'number' && value !== 0

/** The non-empty error code at the top of a body, by the name of its member: of the service's own style, or of its gateway's. */
export function errorInside({ body }: Context): 'errorCode' | 'error_code' | undefined {
  const { json } = body
  if (!isObject(json)) return undefined
  return (['errorCode', 'error_code'] as const).find((name) => Object.hasOwn(json, name) && errorCode(json[name]))
}
