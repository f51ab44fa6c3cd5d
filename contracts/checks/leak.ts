import type { Answer } from '../../core/exchange'
import type { Failure } from '../../core/finding'
import { isObject } from '../../core/json'
import { type Check, none } from '../check'
import type { Context } from '../context'
import { type Found, internalsIn, levelled, unescaped } from '../internals'
import { type Form, formsOf, withoutScheme } from '../secrets'
import { requestInWords, shown } from '../words'

/**
 * No answer shows the token, nor the inside of the server.
 * @param secrets real tokens, a list that may grow as they are renewed; what is sent besides in their place is no secret
 * @param isCookie the docs state a cookie for them, by which whoever logs in gets them
 */
export function createLeak(secrets: readonly string[], isCookie = false): Check {
  const real = new Set<string>()
  let known = 0
  let forms: readonly Form[] = []
  return {
    id: 'leak',
    tells: ['content-type', 'error-shape', 'well-formed'],
    title: 'No answer shows the token, a stack trace, a file path of the server, or SQL',
    everyAnswer: true,
    look(context) {
      const { answer, body } = context
      if (!answer) return none
      if (known !== secrets.length) {
        for (const secret of secrets) real.add(secret).add(withoutScheme(secret))
        known = secrets.length
        forms = [...real].flatMap(formsOf)
      }
      const token = tokenIn(context, answer, forms, { real, isCookie })
      if (token) return [failure(context, 'token', token.place, `the token stands in the ${token.where}, ${token.form.name}`, 'the token')]
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

/** Those of the header section, and those behind the body. */
const fieldsOf = ({ headers, trailers }: Answer): Answer['headers'] => (trailers ? [...headers, ...trailers] : headers)

/** A piece of the server's inside in a text of the answer. */
function internal(context: Context, text: string, place: string): Failure | undefined {
  const found = internalsIn(text).find((one) => !isSent(context, one, text) && !isData(context, one, place))
  if (!found) return undefined
  const message = `the answer to ${requestInWords(context.case)} shows ${words[found.kind]}: ${shown(found.text)}`
  return failure(context, found.kind, place, message, shown(found.text))
}

const words = {
  'stack-trace': 'a stack trace or the name of an internal error',
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

interface Shown {
  readonly form: Form
  readonly place: string
  readonly where: string
}

function tokenIn(
  context: Context,
  answer: Answer,
  forms: readonly Form[],
  { real, isCookie }: { readonly real: ReadonlySet<string>; readonly isCookie: boolean },
): Shown | undefined {
  if (forms.length === 0) return undefined
  const fields = fieldsOf(answer).filter(([name]) => !isCookie || name.toLowerCase() !== 'set-cookie')
  const headers = fields.map(([, value]) => value).join('\n')
  // A writer of JSON may escape any character.
  const body = unescaped(context.body.text)
  const isThere = ({ text }: Form) =>
    body.includes(text) || context.body.text.includes(text) || headers.includes(text) || answer.statusText.includes(text)
  if (!forms.some(isThere)) return undefined
  const places: readonly (readonly [text: string, place: string, where: string])[] = [
    [context.body.text, 'answer.body', 'body of the answer'],
    [body, 'answer.body', 'body of the answer behind escapes of JSON'],
    [answer.statusText, 'answer.status', 'status line of the answer'],
    ...fields.map(([name, value]) => [value, headerPlace(name), `header ${name.slice(0, 60)} of the answer`] as const),
  ]
  for (const [text, place, where] of places) {
    const form = forms.find((one) => text.includes(one.text))
    if (!form) continue
    const rest = withoutOthers(text, context, real)
    if (forms.some((one) => rest.includes(one.text))) return { form, place, where }
  }
  return undefined
}

/** Tokens that are nearly the real one may hold it; to quote them is no leak. */
function withoutOthers(text: string, context: Context, real: ReadonlySet<string>): string {
  const own = context.case.request.headers.map(([, value]) => value).filter((value) => !real.has(value) && !real.has(withoutScheme(value)))
  const others = [...own, ...context.memory.otherTokens].flatMap(formsOf).sort((a, b) => b.text.length - a.text.length)
  return others.reduce((rest, { text: other }) => rest.replaceAll(other, ' '), text)
}

/** What a documented reading call answers with is what it is for: an API of settings or mounts shows paths, one of queries SQL. */
const isData = (context: Context, found: Found, place: string): boolean =>
  place === 'answer.body' &&
  (found.kind === 'stack-trace' ? isCode(context, found) : context.kind === 'success' && context.case.request.method === 'GET')

/** The whole of an error code may be the name of an error. */
const isCode = ({ body: { json, text } }: Context, found: Found): boolean =>
  isObject(json) &&
  Object.entries(json).some(([name, value]) => /code$/i.test(name) && value === found.text) &&
  text.indexOf(found.text) === text.lastIndexOf(found.text)

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
