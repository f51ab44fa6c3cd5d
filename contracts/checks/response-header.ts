import type { Answer } from '../../core/exchange'
import type { Failure } from '../../core/finding'
import { isObject, type Json } from '../../core/json'
import type { Parameter } from '../../core/operation'
import { typesOf } from '../../generators/schema'
import { parameterReadings } from '../../specs/readings'
import { type Check, none } from '../check'
import { isHeld } from '../context'
import type { OperationPlan } from '../plan'
import { shown } from '../words'

/** The documented headers of an answer are there, where they are mandatory, and are what their schemas say. */
export const responseHeader: Check = {
  id: 'response-header',
  title: 'An answer has its documented headers, of their documented types',
  look(context) {
    const { answer, plan, response, settings } = context
    const headers = response?.definition.headers
    if (!answer || !plan || !headers || !isHeld(context)) return none
    return headers
      .filter(({ name }) => !ofHop.has(name.toLowerCase()))
      .flatMap((header) => {
        const values = valuesOf(answer, header)
        if (values.length === 0) return header.required ? [missing(header)] : []
        const isFree = settings.formats === 'lawful' || ofHttp.has(header.name.toLowerCase())
        const errors = values.map((value) => errorsOf(plan, header, value).filter(({ keyword }) => keyword !== 'format' || !isFree))
        const [first] = errors
        if (values.length === 1 && isNoTag(header, values[0] as string))
          return [wrong(header, values[0] as string, { keyword: 'grammar', message: 'must be an entity tag in quotes (RFC 9110, 8.8.3)' })]
        if (errors.some(({ length }) => length === 0) || !first?.[0]) return []
        return [wrong(header, values[0] as string, first[0])]
      })
  },
}

/** A tag stands in quotes (RFC 9110, 8.8.3), but where the docs state another form. */
const isNoTag = ({ name, schema }: Parameter, text: string): boolean =>
  name.toLowerCase() === 'etag' &&
  isObject(schema) &&
  Object.keys(schema).every((keyword) => ['type', 'description', 'examples', 'title'].includes(keyword)) &&
  !/^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(text)

/** What stands between the server and the client may frame and code an answer anew (RFC 9110, 7.6 and 8.6; RFC 9112, 6). */
const ofHop = new Set(['connection', 'content-encoding', 'content-length', 'keep-alive', 'transfer-encoding', 'via'])

/** HTTP itself says which form these have: a relative URL, a date of its own (RFC 9110, 5.6.7 and 10.2.2). */
const ofHttp = new Set(['location', 'content-location', 'date', 'last-modified', 'expires', 'retry-after'])

/** What stands in lines of one name is one list (RFC 9110, 5.3), with blanks after its commas or without. */
function valuesOf({ headers }: Answer, { name }: Parameter): readonly string[] {
  const lines = headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value.trim())
  if (lines.length === 0) return []
  const whole = lines.join(',')
  return [...new Set([lines[0] as string, whole, whole.replace(/[ \t]*,[ \t]*/g, ',')])]
}

/** Empty: some way to read the text gives a value that the schema admits. */
function errorsOf({ schemas, operation }: OperationPlan, header: Parameter, text: string) {
  const { schema } = header
  const types = typesOf(schemas.flatten(schema))
  const found = parameterReadings(header, operation.path, types, { target: '/', headers: [[header.name, text]] })
  if (found === undefined || found === 'many' || found.some((value) => schemas.answerErrors(schema, value).length === 0)) return []
  return schemas.answerErrors(schema, (found.find((value) => typeof value !== 'string') ?? text) as Json)
}

const failure = ({ name, docs }: Parameter, kind: string, message: string, expected: string, received: string): Failure => ({
  check: 'response-header',
  kind,
  place: `answer.header.${name.toLowerCase()}`,
  message,
  expected,
  received,
  severity: 'moderate',
  promise: `the answer has the header ${name} as documented`,
  ...(docs ? { docs } : {}),
  anywhere: true,
})

const missing = (header: Parameter): Failure =>
  failure(header, 'missing', `the header ${header.name} is missing from the answer`, `a header ${header.name}`, 'none')

const wrong = (header: Parameter, text: string, { keyword, message }: { readonly keyword: string; readonly message: string }): Failure =>
  failure(
    header,
    keyword,
    `the header ${header.name} ${message}, but is ${shown(text, 60)}`,
    message.replace(/^must (be |match )?/, ''),
    shown(text),
  )
