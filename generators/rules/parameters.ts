import type { Change, WireRequest } from '../../core/case'
import type { Json } from '../../core/json'
import type { Parameter, SchemaObject } from '../../core/operation'
import type { Owes } from '../../core/rule'
import { deriveSeed } from '../../core/seed'
import { serialise } from '../../specs/parameters'
import { isUnmistakable, parameterReadings } from '../../specs/readings'
import { isToken } from '../credential'
import { label } from '../random'
import { always, draft, type Rule, type RuleKind, ruleId, type Subject } from '../rule'
import { typesOf } from '../schema'
import { success } from './accept'
import { breaks } from './forms'
import { broken, brokenPlaces, samples } from './solved'
import { tame } from './tame'

/** A gateway or a router may answer for the API: any client error, of any shape. */
const anyClientError: Owes = { success: 'forbidden', clientError: 'any' }
/** Nothing but a failure is told of it: a path names what is there or is not, and a router may read it in ways of its own. */
const open: Pick<Rule, 'zone' | 'owes'> = { zone: 'either', owes: { success: 'allowed', clientError: 'any' } }
const leftOpen = (promise: string): string => promise.replace('is refused', 'is taken or refused, and nothing breaks')
/** Parameters that page through a list by what its last page said. */
const cursor = /cursor|(page|continuation|next|sync|resume)[-_]?(token|marker|key)|^marker$|^(starting_after|ending_before)$/i

/** Headers that HTTP itself reads, and lets receivers ignore where they make nothing of them (RFC 9110, 14.2), or that have rules of their own. */
const ownRules = /^(content-type|accept(-(charset|encoding|language))?|authorization|range|if-.*|user-agent|referer|origin)$/i

/**
 * Parameters: valid values in query and cookies; mandatory ones left out there; values that break what the docs state, however a reader takes the
 * text that stands on the wire. Path parameters name what must exist, so that of these only broken ones are sent, and left open.
 */
export const parameters: RuleKind = (subject) => [
  ...subject.documented.parameters
    .filter(
      ({ in: part, name, credential }) =>
        !credential && !(part === 'header' && isToken(subject, name)) && !(part === 'header' && ownRules.test(name)),
    )
    .flatMap((parameter) => [
      ...valid(subject, parameter),
      ...odd(subject, parameter),
      ...missing(subject, parameter),
      ...invalid(subject, parameter),
    ]),
  ...together(subject),
]

/** What makes a parameter have a value; undefined where it has no form on the wire. */
function change(parameter: Parameter, value: Json): Change | undefined {
  const text = serialise(parameter, value)
  if (parameter.in === 'header')
    return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) ? { at: ['header', parameter.name], set: text } : undefined
  // An empty segment, and those that URLs leave out, lead elsewhere.
  if (parameter.in === 'path' && /^(\.{0,2}|.*%2F.*|.*%00.*)$/i.test(text)) return undefined
  return text === '' ? undefined : { at: [parameter.in, parameter.name], raw: text }
}

const drafts = (parameter: Parameter, values: readonly Json[]) =>
  values.flatMap((value) => {
    const made = change(parameter, value)
    return made ? [draft(made)] : []
  })

function valid(subject: Subject, parameter: Parameter): readonly Rule[] {
  const { name, in: part } = parameter
  const assumed = subject.assumed.parameters.find((other) => other.name === name && other.in === part)
  if (!assumed || (part !== 'query' && part !== 'cookie') || subject.pinned?.has(name)) return []
  const values = tame(subject.schemas.assumed, assumed.schema, subject.seed).filter(isUnmistakable)
  const fixed = drafts(assumed, values)
  if (fixed.length === 0) return []
  const place = `${part}.${name}`
  return [
    {
      id: ruleId(subject, place, 'valid'),
      operation: subject.id,
      zone: 'accept',
      place,
      keyword: 'valid',
      promise: `${name} takes every value that is valid`,
      ...(parameter.docs ? { docs: parameter.docs } : {}),
      owes: success,
      // What an earlier answer gave cannot be made up.
      ...(cursor.test(name) && typesOf(subject.schemas.assumed.flatten(assumed.schema)).includes('string') ? open : {}),
      fixed,
      weight: 0,
      oneBase: true,
      holds: (request) =>
        readings(subject, assumed, request)?.some((value) => subject.schemas.assumed.valid(assumed.schema, value)) ?? false,
    },
  ]
}

/** What ends texts, paths, patterns and markup where they are put together by hand, scripts of more than a byte, and a long text. */
const oddTexts = ["'", '"', '\\', '%', '*', '<b>&amp;', '../a', "a' OR '1'='1", 'é漢😀', '\0', ' a ', 'x'.repeat(2000)]

/** Whatever a text in a query holds, or a list of them, nothing fails. */
function odd(subject: Subject, parameter: Parameter): readonly Rule[] {
  const { name, in: part, schema } = parameter
  const { documented } = subject.schemas
  const flat = documented.flatten(schema)
  const isListOfTexts = typesOf(flat).join() === 'array' && isFreeText(documented.flatten(flat.items))
  if (part !== 'query' || !(isFreeText(flat) || isListOfTexts) || parameter.mediaType !== undefined || subject.pinned?.has(name)) return []
  const lists = isListOfTexts ? [['a'], ['b', 'c'], ['d', 'd'], ...oddTexts.map((text) => [text])] : oddTexts
  const values = lists.filter((value) => !isListOfTexts || documented.valid(schema, value))
  const place = `${part}.${name}`
  return [
    {
      id: ruleId(subject, place, 'odd'),
      operation: subject.id,
      place,
      keyword: 'odd',
      promise: `${name} takes an odd text or refuses it, and nothing fails`,
      ...(parameter.docs ? { docs: parameter.docs } : {}),
      ...open,
      fixed: drafts(parameter, values),
      weight: 0,
      oneBase: true,
      holds: always,
    },
  ]
}

/** A text of which nothing is said but its form. */
function isFreeText({ enum: listed, const: only, ...flat }: SchemaObject): boolean {
  return typesOf(flat).join() === 'string' && listed === undefined && only === undefined
}

const mostPairs = 8
const mostPaired = 6

/** Optional parameters beside each other, two by two and all of them. The docs may say in words that some exclude others. */
function together(subject: Subject): readonly Rule[] {
  const { assumed, schemas, seed, pinned } = subject
  const changes = assumed.parameters.flatMap((parameter): readonly Change[] => {
    const { name, in: part, required, schema, credential } = parameter
    if (part !== 'query' || required || credential || pinned?.has(name) || cursor.test(name)) return []
    const text = isFreeText(schemas.assumed.flatten(schema)) ? [label(seed, name)] : []
    const [value] = [...tame(schemas.assumed, schema, seed), ...text].filter(isUnmistakable)
    const made = value === undefined ? undefined : change(parameter, value)
    return made ? [made] : []
  })
  if (changes.length < 2) return []
  // Of many a few, each beside another.
  const order = changes.map((one) => [deriveSeed(seed, 'pair', one.at.join(' ')), one] as const).sort(([a], [b]) => a - b)
  const few = order.slice(0, mostPaired).map(([, one]) => one)
  const chosen = few.flatMap((one, i) => few.slice(i + 1).map((other) => [one, other])).slice(0, mostPairs)
  return [
    {
      id: ruleId(subject, 'request', 'together'),
      operation: subject.id,
      place: 'request',
      keyword: 'together',
      promise: 'optional parameters beside each other are taken or refused, and nothing fails',
      ...(subject.documented.docs ? { docs: subject.documented.docs } : {}),
      ...open,
      fixed: [...(changes.length > 2 ? [changes] : []), ...chosen].map((some) => draft(...some)),
      weight: 0,
      oneBase: true,
      holds: always,
    },
  ]
}

function missing(subject: Subject, parameter: Parameter): readonly Rule[] {
  const { name, in: part, required } = parameter
  if (!required || (part !== 'query' && part !== 'cookie')) return []
  const place = `${part}.${name}`
  return [
    {
      id: ruleId(subject, place, 'required'),
      operation: subject.id,
      zone: 'reject',
      place,
      keyword: 'required',
      promise: `${name} is mandatory: a request without it is refused`,
      ...(parameter.docs ? { docs: parameter.docs } : {}),
      owes: anyClientError,
      fixed: [draft({ at: [part, name], remove: true })],
      weight: 0,
      oneBase: true,
      holds: (request) => isAbsent(subject, parameter, request),
    },
  ]
}

function invalid(subject: Subject, parameter: Parameter): readonly Rule[] {
  const { schema } = parameter
  const isBroken = (request: WireRequest) => {
    const found = readings(subject, parameter, request)
    return found !== undefined && found.length > 0 && found.every((value) => breaks(subject, schema, value))
  }
  const used = new Set<string>()
  const isTextual = parameter.mediaType === undefined && typesOf(subject.schemas.documented.flatten(schema)).includes('string')
  const { type, ...others } = schema as SchemaObject
  // Every text is a string: nothing is left to break.
  if (type === 'string' && Object.keys(others).every((key) => annotations.test(key))) return []
  return brokenPlaces(subject, schema).flatMap(({ violation, way }): Rule[] => {
    // What breaks an enum of strings, say, is told by its own rule.
    if (isTextual && violation.keyword === 'type' && way.length === 1) return []
    const plain = violation.keyword === 'type' && way.length === 1 ? words.filter((word) => breaks(subject, schema, word)) : []
    const fixed = drafts(parameter, [...plain, ...samples(violation, () => true)])
    if (fixed.length === 0) return []
    const rule = broken(subject, violation.keyword, `${parameter.in}.${parameter.name}`, way, used)
    return [
      {
        ...rule,
        ...(parameter.docs ? { docs: parameter.docs } : {}),
        ...(parameter.in === 'path' ? { ...open, promise: leftOpen(rule.promise) } : { owes: anyClientError }),
        fixed,
        holds: isBroken,
      },
    ]
  })
}

const annotations = /^(x-|title$|description$|examples$|default$|deprecated$|format$)/

/** Texts in place of numbers and booleans. */
const words: readonly Json[] = ['abc', 1.5, '12abc', 'maybe', true]

/** All that a reader may take the parameter for; undefined: it is not there, or cannot be told. */
function readings(subject: Subject, parameter: Parameter, request: WireRequest): readonly Json[] | undefined {
  const types = typesOf(subject.schemas.documented.flatten(parameter.schema))
  const found = parameterReadings(parameter, subject.documented.path, types, request)
  return found === 'many' ? undefined : found
}

const isAbsent = (subject: Subject, parameter: Parameter, request: WireRequest): boolean =>
  parameterReadings(parameter, subject.documented.path, typesOf(subject.schemas.documented.flatten(parameter.schema)), request) ===
  undefined
