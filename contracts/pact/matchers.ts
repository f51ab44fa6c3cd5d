import type { Json } from '../../core/json'
import type { SchemaObject } from '../../core/operation'
import { typesOf } from '../../generators/schema'
import type { Generator, MatchingRule } from './pact'

type Matcher = MatchingRule['matchers'][number]

const byName: Readonly<Record<string, readonly string[]>> = {
  integer: ['integer'],
  decimal: ['number'],
  number: ['integer', 'number'],
  boolean: ['boolean'],
  regex: ['string'],
  date: ['string'],
  time: ['string'],
  timestamp: ['string'],
  datetime: ['string'],
  include: ['string'],
  semver: ['string'],
  null: ['null'],
  arraycontains: ['array'],
  eachkey: ['object'],
  eachvalue: ['object'],
  values: ['object'],
}

/** The name of a matcher; versions 1 and 2 leave it out beside `regex` and `min`. */
export const matcherName = (matcher: Matcher): string =>
  String(matcher.match ?? ('regex' in matcher ? 'regex' : 'min' in matcher || 'max' in matcher ? 'type' : '')).toLowerCase()

/** JSON types that a matcher lets through; empty: it says nothing of the type. Numbers in a header or a query are texts. */
export const typesOfMatcher = (matcher: Matcher): readonly string[] => byName[matcherName(matcher)] ?? []

const byGenerator: Readonly<Record<string, readonly string[]>> = {
  RandomInt: ['integer'],
  RandomDecimal: ['number'],
  RandomBoolean: ['boolean'],
  RandomHexadecimal: ['string'],
  RandomString: ['string'],
  Regex: ['string'],
  Uuid: ['string'],
  Date: ['string'],
  Time: ['string'],
  DateTime: ['string'],
  MockServerURL: ['string'],
}

const byDataType: Readonly<Record<string, readonly string[]>> = {
  STRING: ['string'],
  INTEGER: ['integer'],
  DECIMAL: ['number'],
  FLOAT: ['number'],
  BOOLEAN: ['boolean'],
}

/** JSON types of what a generator makes; empty: it may be any. */
export const typesOfGenerator = ({ type, dataType }: Generator): readonly string[] =>
  byGenerator[type] ?? byDataType[(dataType ?? '').toUpperCase()] ?? []

/** Whether one of the documented schemas admits one of the types. */
export function admits(schemas: readonly SchemaObject[], types: readonly string[]): boolean {
  return schemas.some((schema) => {
    const documented = typesOf(schema)
    return (
      documented.length === 0 || types.some((type) => documented.includes(type) || (type === 'integer' && documented.includes('number')))
    )
  })
}

export const documentedTypes = (schemas: readonly SchemaObject[]): string =>
  [...new Set(schemas.flatMap((schema) => typesOf(schema)))].join(' or ') || 'any type'

/** Whether a path of a rule leads to a place, or to something around it. */
export function covers(path: readonly string[], place: readonly string[]): 'at' | 'around' | undefined {
  if (path.length > place.length || !path.every((segment, i) => segment === '*' || segment === place[i])) return undefined
  return path.length === place.length ? 'at' : 'around'
}

/** Matchers that go on for all that is below them. */
const cascading = new Set(['type', 'number', 'integer', 'decimal', 'values', 'eachvalue', 'arraycontains'])

/** The matchers that decide on a value: those of the longest path that leads to it. None: the value must be equal. */
export function matchersAt(rules: readonly MatchingRule[], place: readonly string[]): readonly Matcher[] {
  const [best] = rules
    .filter((rule) => {
      const how = covers(rule.path, place)
      return how === 'at' || (how === 'around' && rule.matchers.some((matcher) => cascading.has(matcherName(matcher))))
    })
    .sort((a, b) => b.path.length - a.path.length)
  return best?.matchers ?? []
}

/** Whether a pact accepts no other value at a place than its example. */
export const isLiteral = (rules: readonly MatchingRule[], place: readonly string[]): boolean =>
  matchersAt(rules, place).every((matcher) => ['', 'equality'].includes(matcherName(matcher)))

/** Whether none of the values is let through by a regular expression, however it is anchored. */
export function matchesNone(pattern: Json | undefined, values: readonly Json[]): boolean {
  if (typeof pattern !== 'string') return false
  try {
    const expression = new RegExp(pattern, 'u')
    return values.every((value) => typeof value === 'string' && !expression.test(value))
  } catch {
    // Written for another language's engine: it cannot be told.
    return false
  }
}
