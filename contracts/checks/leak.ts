import type { Answer } from '../../core/exchange'
import type { Failure } from '../../core/finding'
import { bytesOf, type Hit, hitsIn, type Needle, needlesOf, withoutScheme } from '../../core/forms'
import { valueAt } from '../../core/json'
import { type Check, none } from '../check'
import type { Context } from '../context'
import { type Found, internalsIn, levelled } from '../internals'
import { nearMisses, tellable } from '../secrets'
import { requestInWords, shown } from '../words'

/**
 * No answer shows the token, nor the inside of the server.
 * @param secrets real tokens, a list that may grow as they are renewed; what is sent besides in their place is no secret
 * @param isCookie the docs state a cookie for them, by which whoever logs in gets them
 */
export function createLeak(secrets: readonly string[], isCookie = false): Check {
  let known = 0
  let tokens = noTokens
  return {
    id: 'leak',
    tells: ['content-type', 'error-shape', 'well-formed'],
    title: 'No answer shows the token, a stack trace, a file path of the server, or SQL',
    everyAnswer: true,
    look(context) {
      const { answer, body } = context
      if (!answer) return none
      if (known !== secrets.length) {
        known = secrets.length
        tokens = tokensOf(secrets)
      }
      const token = tokenIn(context, answer, { ...tokens, isCookie })
      if (token) return [failure(context, 'token', token.place, `the token stands in the ${token.where}, ${token.form}`, 'the token')]
      const found = internal(context, body.text, 'answer.body') ?? internal(context, answer.statusText, 'answer.status')
      if (found) return [found]
      for (const [name, value] of fieldsOf(answer)) {
        const inHeader = ordinary.has(name.toLowerCase()) ? undefined : internal(context, value, headerPlace(name))
        if (inHeader) return [inHeader]
      }
      return none
    },
  }
}

/** Those of the header section, those behind the body, and those of interim answers. */
const fieldsOf = ({ headers, trailers, interim }: Answer): Answer['headers'] =>
  trailers || interim ? [...headers, ...(trailers ?? []), ...(interim ?? [])] : headers

/** A piece of the server's inside in a text of the answer. */
function internal(context: Context, text: string, place: string): Failure | undefined {
  const found = internalsIn(text).find((one) => !isSent(context, one, text) && !isPointer(context, one) && !isData(context, one, place))
  if (!found) return undefined
  const message = `the answer to ${requestInWords(context.case)} shows ${words[found.kind]}: ${shown(found.text)}`
  return failure(context, found.kind, place, message, shown(found.text))
}

/** Where something lies in what was sent, as validators tell it (RFC 6901). */
function isPointer({ sent }: Context, { kind, text }: Found): boolean {
  const way = text.slice(text.indexOf('/') + 1).split('/')
  return kind === 'file-path' && sent.readings.some((reading) => valueAt(reading, way.slice(0, 2)) !== undefined)
}

const words = {
  'stack-trace': 'a stack trace, or an error that nobody raises on purpose',
  'file-path': 'a file path of the server',
  sql: 'SQL, or the message of a database',
}

const headerPlace = (name: string): string => `answer.header.${name.toLowerCase().slice(0, 60)}`

/** Headers whose values are URLs, paths of URLs, or made by HTTP itself. */
const ordinary = new Set([
  'content-length',
  'content-location',
  'content-type',
  'connection',
  'date',
  'keep-alive',
  'link',
  'location',
  'server',
  'set-cookie',
  'transfer-encoding',
  'vary',
])

/** The real tokens, and what they look like. */
interface Tokens {
  readonly real: readonly string[]
  readonly needles: readonly Needle[]
  /** No token stands in the text. */
  isFree(text: string): boolean
}

const noTokens: Tokens = { real: [], needles: [], isFree: () => true }

/** Short texts of answers that are free of tokens: most headers come again and again. */
const mostFree = 64
const longestFree = 200

function tokensOf(secrets: readonly string[]): Tokens {
  const real = [...new Set(tellable(secrets).flatMap((secret) => [secret, ...tellable([withoutScheme(secret)])]))]
  const needles = real.flatMap(needlesOf)
  const free = new Set<string>()
  function isFree(text: string): boolean {
    if (free.has(text)) return true
    if (wholeHits(bytesOf(text), needles).length > 0) return false
    if (text.length <= longestFree) {
      if (free.size >= mostFree) free.clear()
      free.add(text)
    }
    return true
  }
  return { real, needles, isFree }
}

interface Shown {
  readonly form: string
  readonly place: string
  readonly where: string
}

function tokenIn(
  context: Context,
  answer: Answer,
  { real, needles, isFree, isCookie }: Tokens & { readonly isCookie: boolean },
): Shown | undefined {
  if (needles.length === 0) return undefined
  const fields = isCookie ? fieldsOf(answer).filter(([name]) => name.toLowerCase() !== 'set-cookie') : fieldsOf(answer)
  // Nearly all answers show none.
  if (isFree(context.body.text) && isFree(answer.statusText) && fields.every(([, value]) => isFree(value))) return undefined
  const places: readonly (readonly [text: string, place: string, where: string])[] = [
    [context.body.text, 'answer.body', 'body of the answer'],
    [answer.statusText, 'answer.status', 'status line of the answer'],
    ...fields.map(([name, value]) => [value, headerPlace(name), `header ${name.slice(0, 60)} of the answer`] as const),
  ]
  const others = [...nearMisses(context.case.request, real), ...context.memory.otherTokens].flatMap(needlesOf)
  for (const [text, place, where] of places) {
    const bytes = bytesOf(text)
    const hits = wholeHits(bytes, needles)
    if (hits.length === 0) continue
    // Tokens that are nearly the real one may hold it; to quote them is no leak.
    const quoted = wholeHits(bytes, others)
    const hit = hits.find(({ from, to }) => !quoted.some((other) => other.from <= from && to <= other.to))
    if (hit) return { form: real.some((secret) => bytes.slice(hit.from, hit.to) === bytesOf(secret)) ? 'plain' : hit.view, place, where }
  }
  return undefined
}

const wholeHits = (bytes: string, needles: readonly Needle[]): readonly Hit[] => hitsIn(bytes, needles).filter(({ isWhole }) => isWhole)

/** What a documented reading call answers with is what it is for: an API of settings or mounts shows paths, one of queries SQL. */
const isData = ({ kind, case: { request } }: Context, found: Found, place: string): boolean =>
  place === 'answer.body' && found.kind !== 'stack-trace' && kind === 'success' && request.method === 'GET'

/** What is found stands in what this request sends, or in something suspicious that an earlier one sent; and nothing else in the text looks like it. */
function isSent(context: Context, found: Found, text: string): boolean {
  const { request } = context.case
  const own = [context.sent.text, request.target, request.method, ...request.headers.map(([, value]) => value)]
  const needle = levelled(found.text.replace(quotes, ''))
  const sources = [...own, ...context.memory.suspicious]
  if (!sources.some((source) => levelled(source).includes(needle))) return false
  // The same pattern may match again, at a place that nobody sent.
  const rest = levelled(text).replaceAll(needle, ' ')
  return !internalsIn(rest).some(
    ({ kind, text: other }) =>
      kind === found.kind && !sources.some((source) => levelled(source).includes(levelled(other.replace(quotes, '')))),
  )
}

/** What stands around a quotation. */
const quotes = /^["'`(<[=:,>\s]+|["'`)\]>;,.\s]+$/g

const failure = (context: Context, kind: string, place: string, message: string, received: string): Failure => ({
  check: 'leak',
  kind,
  place,
  message,
  expected: 'nothing of the inside',
  received,
  severity: 'critical',
  promise: kind === 'token' ? 'no answer shows the token' : 'no answer shows the inside of the server',
  ...(context.response?.definition.docs ? { docs: context.response.definition.docs } : {}),
  anywhere: true,
})
