import { isDeepStrictEqual } from 'node:util'
import type { WireRequest } from '../../core/case'
import { isObject, type Json } from '../../core/json'
import { once } from '../../core/once'
import type { Schema, SchemaObject } from '../../core/operation'
import { writeBody } from '../../specs/bodies'
import { bodyReadings } from '../../specs/readings'
import { bodyBytes, draft, type Rule, type RuleKind, ruleId, type Subject } from '../rule'
import { typesOf } from '../schema'
import { success } from './accept'
import { clientError } from './malformed'
import { broken, brokenPlaces, samples } from './solved'
import { plainItems, tame } from './tame'

/** Forms and texts: valid ones, and ones that are broken however a reader takes what stands on the wire. */
export const forms: RuleKind = (subject) => (subject.form ? [...valid(subject, subject.form), ...invalid(subject, subject.form)] : [])

type Form = NonNullable<Subject['form']>

const write = (form: Form, value: Json) => bodyBytes(writeBody(form, value)?.bytes ?? '')

function readings(form: Form, { body }: WireRequest): readonly Json[] {
  const found = bodyReadings(form, body ?? Buffer.alloc(0))
  return found === undefined || found === 'many' ? [] : found
}

/** The members that must be there, each of the others beside them, all of them, and the well-known values of each. */
function valid(subject: Subject, form: Form): readonly Rule[] {
  const { assumed } = subject.schemas
  const named = tame(assumed, form.assumed, subject.seed)
  const bodies = [...named, ...written(subject, form, named[0])]
  const isValid = (request: WireRequest) => readings(form, request).some((value) => assumed.valid(form.assumed, value))
  if (bodies.length === 0) return []
  return [
    {
      id: ruleId(subject, 'body', 'valid', 'form'),
      operation: subject.id,
      zone: 'accept',
      place: 'body',
      keyword: 'valid',
      variant: 'form',
      promise: 'a form or text of valid values succeeds',
      ...(subject.documented.docs ? { docs: subject.documented.docs } : {}),
      owes: success,
      fixed: bodies.map((body) => draft(write(form, body))),
      weight: 0,
      oneBase: true,
      holds: isValid,
    },
  ]
}

/** What forms write in ways of their own: a space and a plus sign, what parts and names members, characters of several bytes. */
const escaped = ['a b+c', 'é 漢 😀', 'a&b=c;d%20"e"']
/** What a file may hold: characters of several bytes, more than a reader takes at once, and lines like those between parts. */
const contents = ['é漢😀'.repeat(1000), 'a\r\n--b\r\n\r\n']

/** Of each member that may hold any text, some that have to be unescaped, and of each file; of each list, one of two items. */
function written({ schemas: { assumed }, seed }: Subject, form: Form, plain: Json | undefined): readonly Json[] {
  if (!isObject(plain)) return []
  return Object.entries(assumed.flatten(form.assumed).properties ?? {}).flatMap(([name, member]) => {
    const { format, pattern, enum: values, const: value, contentEncoding, items, ...flat } = assumed.flatten(member)
    const [type] = typesOf(flat)
    const isFree = type === 'string' && [format, pattern, values, value, contentEncoding].every((stated) => stated === undefined)
    const of = items as Schema | undefined
    const two =
      type === 'array' && of !== undefined
        ? [plainItems(assumed, of, 2, seed), ...tame(assumed, { type, items: of, minItems: 2 }, seed)]
        : []
    const list = two.find((items) => Array.isArray(items) && items.length > 1 && items.every(isOneField))
    const isFile = form.files?.[name] !== undefined
    const files = type === 'string' ? contents.filter((content) => isOfSize(flat, content)) : []
    const fields: readonly Json[] = isFree ? escaped : list === undefined ? [] : [list]
    return (isFile ? files : fields).map((value) => ({ ...plain, [name]: value })).filter((body) => assumed.valid(form.assumed, body))
  })
}

/** A file is measured in bytes (OpenAPI 3.1, Considerations for File Uploads). */
const isOfSize = ({ minLength = 0, maxLength = Number.POSITIVE_INFINITY }: SchemaObject, content: string): boolean =>
  Buffer.byteLength(content) >= Number(minLength) && Buffer.byteLength(content) <= Number(maxLength)

/** No reader parts it into several. */
const isOneField = (item: Json): boolean => typeof item !== 'object' && !/[,|;\s[\]{}]/.test(String(item))

function invalid(subject: Subject, form: Form): readonly Rule[] {
  const isBroken = (found: readonly Json[]) => found.length > 0 && found.every((value) => breaks(subject, form.documented, value))
  const used = new Set<string>()
  return brokenPlaces(subject, form.documented).map(({ violation, way }): Rule => {
    const fixed = once(() => samples(violation, isBrokenAsRead).map((body) => draft(write(form, body))))
    return {
      ...broken(subject, violation.keyword, 'body', way, used),
      owes: clientError,
      get fixed() {
        return fixed()
      },
      holds: (request) => isBroken(readings(form, request)),
    }
  })

  /** What reads as another value is not what was to be broken. */
  function isBrokenAsRead(body: Json): boolean {
    const bytes = writeBody(form, body)?.bytes
    const found = bytes ? bodyReadings(form, bytes) : undefined
    return found !== undefined && found !== 'many' && found.some((reading) => isDeepStrictEqual(reading, body)) && isBroken(found)
  }
}

/** Whether a value breaks more of D than formats. */
export const breaks = ({ schemas }: Subject, schema: Schema, value: Json): boolean =>
  schemas.documented.errors(schema, value).some(({ keyword }) => keyword !== 'format')
