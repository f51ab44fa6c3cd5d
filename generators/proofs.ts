import { isUtf8 } from 'node:buffer'
import type { WireRequest } from '../core/case'
import { header } from '../core/exchange'
import { isObject, type Json, parseJson, valueAt } from '../core/json'
import { formatOf } from '../specs/formats'
import { parameterReadings } from '../specs/readings'
import { writtenFrom } from '../specs/wire'
import { flat, jsonSchema, type Member } from './members'
import type { Subject } from './rule'
import { typesOf } from './schema'

/** The body as a JSON value, or undefined if it is none: what a strict reader (RFC 8259) sees on the wire. */
export function bodyOf(request: WireRequest): Json | undefined {
  const value = writtenFrom(request)
  if (value !== undefined) return value
  const { body } = request
  return body && isUtf8(body) ? parseJson(body) : undefined
}

/** The request's body and parameters are valid under S. */
export function acceptable(subject: Subject): (request: WireRequest) => boolean {
  const schema = jsonSchema(subject.assumed)
  const headers = subject.assumed.parameters
    .filter((parameter) => parameter.in === 'header')
    .map((parameter) => ({ parameter, types: typesOf(subject.schemas.assumed.flatten(parameter.schema)) }))
  const formatted = subject.body ? flat(subject.body).filter(({ assumed }) => typeof assumed.format === 'string') : []
  return (request) => {
    if (schema !== undefined) {
      const body = bodyOf(request)
      if (body === undefined || !subject.schemas.assumed.valid(schema, body)) return false
      if (!formatted.every((member) => isUsual(member, valueAt(body, member.at.slice(1))))) return false
    }
    return headers.every(({ parameter, types }) => {
      const { name, required, schema: of } = parameter
      const text = header(request, name)
      if (text === undefined) return !required
      if (subject.schemas.assumed.valid(of, text)) return true
      const readings = parameterReadings(parameter, subject.assumed.path, types, request)
      return Array.isArray(readings) && readings.some((value: Json) => subject.schemas.assumed.valid(of, value))
    })
  }
}

/** A value of a format as its readers all take it, or as the docs themselves write it. */
function isUsual({ assumed }: Member, value: Json | undefined): boolean {
  if (typeof value !== 'string' || formatOf(String(assumed.format))?.usual(value) !== false) return true
  const told = [assumed.const, assumed.default, ...[assumed.enum, assumed.examples].flatMap((list) => (Array.isArray(list) ? list : []))]
  return told.includes(value)
}

/**
 * The body breaks D in the named keyword at the named place, and in nothing else.
 * @param path the way to the broken place below the body, as in the request
 * @param keywords keywords that may be reported there: one break can show in several (`type` beside `enum`)
 */
export function breaksOnly(subject: Subject, path: readonly string[], keywords: readonly string[]): (request: WireRequest) => boolean {
  const schema = jsonSchema(subject.documented)
  return (request) => {
    const body = bodyOf(request)
    if (body === undefined || schema === undefined) return false
    const errors = subject.schemas.documented.errors(schema, body)
    if (errors.length === 0 || isRemoval(subject, body)) return false
    return errors.every(({ keyword, instancePath }) => keywords.includes(keyword) && same(instancePath, path))
  }
}

const isMergePatch = ({ documented }: Subject): boolean =>
  documented.body?.content.some(({ mediaType }) => /^application\/merge-patch\+json\b/i.test(mediaType)) ?? false

/** Null may stand for a member, though D does not give it that type: the author of the document means so, or a merge patch takes it away by null. */
export const mayBeNull = (subject: Subject, { documented, at, required }: Member): boolean =>
  documented['x-maybe-null'] === true || (isMergePatch(subject) && at.length > 1 && !required && !at.includes('0'))

/** Nothing is wrong with a merge patch but nulls, which take away what need not be there (RFC 7396). */
export function isRemoval(subject: Subject, body: Json): boolean {
  const schema = jsonSchema(subject.documented)
  return schema !== undefined && isMergePatch(subject) && subject.schemas.documented.valid(schema, withoutNulls(body))
}

/** Lists are set as they are: a null in there takes nothing away. */
const withoutNulls = (value: Json): Json =>
  isObject(value) ? Object.fromEntries(Object.entries(value).flatMap(([key, of]) => (of === null ? [] : [[key, withoutNulls(of)]]))) : value

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((part, i) => part === b[i])

/** The body is no JSON text. */
export const malformed = (request: WireRequest): boolean => bodyOf(request) === undefined
