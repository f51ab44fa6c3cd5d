import { isDeepStrictEqual } from 'node:util'
import type fc from 'fast-check'
import { type Json, valueAt } from '../../core/json'
import { once } from '../../core/once'
import type { Schema } from '../../core/operation'
import { placeName } from '../../core/place'
import { deriveSeed } from '../../core/seed'
import { CannotGenerate, limitsOnly, type Step, type Violation } from '../json-schema'
import { jsonSchema, maxDepth } from '../members'
import { replaceAt } from '../plain'
import { bodyOf, isRemoval } from '../proofs'
import { probe } from '../random'
import { draft, type Rule, type RuleKind, ruleId, type Subject } from '../rule'
import { clientError } from './malformed'

/**
 * What the docs state of a body otherwise than of one member by itself: alternatives, conditions, what depends on a member, which members
 * and which names there may be, what lies behind these. Broken in bodies that are solved for, each in one keyword at one place.
 */
export const solved: RuleKind = (subject) => {
  const schema = jsonSchema(subject.documented)
  if (schema === undefined || !subject.body) return []
  const used = new Set<string>()
  return brokenPlaces(subject, schema, hasRuleOfItsOwn).map(({ violation, way }) => ruleOf(subject, violation, way, used))
}

const alternatives = new Set(['anyOf', 'oneOf'])
/** Of the constraints within alternatives so many are broken, as each is solved for beside all other alternatives. */
const mostWithin = 24
/** Beside more alternatives than this solving takes minutes: these are broken as a whole alone. */
const mostAlternatives = 8
const leftOut = new WeakMap<Subject, number>()

/** How many constraints of an operation's bodies and parameters no rule breaks, as there were too many. */
export const unbrokenIn = (subject: Subject): number => leftOut.get(subject) ?? 0

interface Broken {
  readonly violation: Violation
  readonly way: readonly Step[]
}

const known = new WeakMap<object, readonly Broken[]>()

/** Three steps (`properties`, `$ref`, `allOf`) to each level of the tree of members. */
const extent = { depth: 3 * maxDepth, places: 2000 }
/** Solving takes its time: of a document of a thousand operations only so many places are broken, in its order. */
const mostSolved = 400
const solvedSo = new WeakMap<Subject['schemas'], number>()

/**
 * What can be broken of a schema and is owed a refusal, with the way to it.
 * @param isLeft which are left alone
 */
export function brokenPlaces(subject: Subject, schema: Schema, isLeft?: (way: readonly Step[]) => boolean): readonly Broken[] {
  const { schemas, seed } = subject
  const found = isLeft === undefined && typeof schema === 'object' ? known.get(schema) : undefined
  if (found) return found
  const { generator } = schemas.documented
  // A schema that was met by itself goes by a path of its own: the way to it is what tells one place from another.
  const ways = new Map<string, readonly Step[]>()
  generator.violations(
    schema,
    (_, way) => {
      // Validators need not assert formats.
      if (way.at(-1)?.keyword !== 'format' && !isLeft?.(way)) ways.set(JSON.stringify(way), way)
      return false
    },
    extent,
  )
  const before = solvedSo.get(schemas) ?? 0
  const rest = [...beyond(ways, seed), ...[...ways.keys()].slice(Math.max(0, mostSolved - before))]
  const all = ways.size
  for (const path of rest) ways.delete(path)
  if (all > ways.size) leftOut.set(subject, unbrokenIn(subject) + all - ways.size)
  solvedSo.set(schemas, before + ways.size)
  const taken: (readonly Step[])[] = []
  const isTaken = (_: string, way: readonly Step[]) => ways.has(JSON.stringify(way)) && taken.push(way) > 0
  const made =
    ways.size === 0 ? [] : generator.violations(schema, isTaken, extent).map((violation, index) => ({ violation, way: taken[index] ?? [] }))
  if (isLeft === undefined && typeof schema === 'object') known.set(schema, made)
  return made
}

/** The ways within alternatives that there is no room for: each alternative has its share, drawn by the seed. */
function beyond(ways: ReadonlyMap<string, readonly Step[]>, seed: number): readonly string[] {
  const shares = new Map<string, string[]>()
  for (const [path, way] of ways) {
    const at = way.slice(0, -1).findIndex(({ keyword }) => alternatives.has(keyword))
    if (at < 0) continue
    const alternative = JSON.stringify(way.slice(0, at + 1))
    shares.set(alternative, [...(shares.get(alternative) ?? []), path])
  }
  return [...shares.values()]
    .flatMap((paths) => {
      const drawn = paths.map((path) => [deriveSeed(seed, 'within', path), path] as const).sort(([a], [b]) => a - b)
      return drawn.map(([order, path], turn) => ({ turn, order, path }))
    })
    .sort((a, b) => a.turn - b.turn || a.order - b.order)
    .slice(shares.size > mostAlternatives ? 0 : mostWithin)
    .map(({ path }) => path)
}

/** The ways that the tree of members goes, and what the rules of single members are about. */
const plainSteps = new Set(['properties', 'items', '$ref', 'allOf'])
const ofMembers = new Set(
  `type required enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format minItems maxItems
  uniqueItems contains minContains maxContains minProperties maxProperties dependentRequired not`.split(/\s+/),
)
function hasRuleOfItsOwn(way: readonly Step[]): boolean {
  const last = way.at(-1)?.keyword ?? ''
  const before = way.slice(0, -1)
  const deep = before.filter(({ keyword }) => keyword === 'properties' || keyword === 'items').length
  return deep < maxDepth && ofMembers.has(last) && before.every(({ keyword }) => plainSteps.has(keyword))
}

function ruleOf(subject: Subject, violation: Violation, way: readonly Step[], used: Set<string>): Rule {
  const schema = jsonSchema(subject.documented) ?? true
  const breaks = (body: Json | undefined): boolean =>
    body !== undefined &&
    violation.values?.canShrinkWithoutContext(body) === true &&
    !subject.schemas.documented.valid(schema, body) &&
    !isRemoval(subject, body)
  const fixed = once(() => {
    const distinct = likeliest({ violation, way }, breaks)
    return distinct.slice(0, cases).map((body) => draft({ at: ['body'], set: body }))
  })
  return {
    ...broken(subject, violation.keyword, 'body', way, used),
    owes: clientError,
    get fixed() {
      return fixed()
    },
    holds: (request) => breaks(bodyOf(request)),
  }
}

const cases = 5

/** What lax readers take for another type, or for one of a list of values. */
const mistaken: Readonly<Record<string, readonly Json[]>> = { type: ['7', 7, 'true', null], enum: ['no-such-value', ''] }

/** A few different values that break a keyword, first those that hold there what is likely to be taken. */
export function likeliest({ violation, way }: Broken, breaks: (value: Json) => boolean): readonly Json[] {
  const found = samples(violation, breaks)
  const near = (mistaken[violation.keyword] ?? []).flatMap((value) => mistakenIn(found, way, value)).filter(breaks)
  const all = [...near.slice(0, 2), ...found]
  return all.filter((body, i) => all.findIndex((other) => isDeepStrictEqual(other, body)) === i)
}

/** The first of some bodies with another value at the place where all of them are broken, of a list in its first item. */
function mistakenIn([body]: readonly Json[], way: readonly Step[], value: Json): readonly Json[] {
  const path = way
    .slice(0, -1)
    .flatMap(segmentOf)
    .map((segment) => (segment === '[]' ? '0' : segment))
  if (body === undefined || path.includes('*') || (path.length > 0 && valueAt(body, path) === undefined)) return []
  return [replaceAt(body, path, value)]
}

/** One value of those of a number, if it is found. @param isNear next to a limit */
export function sample(values: fc.Arbitrary<Json>, i: number, isNear: boolean): readonly Json[] {
  try {
    return [values.generate(probe(i), isNear ? limitsOnly : undefined).value]
  } catch (error) {
    if (error instanceof CannotGenerate) return []
    throw error
  }
}

/** A few different values that break a keyword. */
export function samples({ values }: Violation, breaks: (value: Json) => boolean): readonly Json[] {
  const found: Json[] = []
  for (let i = 0; values && i < cases * 6 && found.length < cases; i++) {
    // What lies next to a limit comes first.
    for (const value of sample(values, i, i < cases * 3))
      if (breaks(value) && !found.some((other) => isDeepStrictEqual(other, value))) found.push(value)
  }
  // The first that fails is shown.
  const length = (value: Json) => JSON.stringify(value).length
  return found.sort((a, b) => length(a) - length(b))
}

/** What a rule says that breaks one keyword somewhere below a place. */
export function broken(subject: Subject, keyword: string, root: string, way: readonly Step[], used: Set<string>) {
  const segments = way.slice(0, -1).flatMap(segmentOf)
  const place = placeName([root, ...segments])
  const variant = variantOf(way)
  const id = ruleId(subject, place, keyword, variant)
  let own = id
  for (let i = 2; used.has(own); i++) own = `${id}#${i}`
  used.add(own)
  const name = segments.at(-1) ?? (root === 'body' ? 'the body' : root.slice(root.indexOf('.') + 1))
  return {
    id: own,
    operation: subject.id,
    zone: 'reject' as const,
    place,
    keyword,
    ...(variant ? { variant } : {}),
    promise: `${name} keeps ${keyword}${variant ? ` in ${variant}` : ''} as the docs state it: what breaks it is refused`,
    ...(subject.documented.docs ? { docs: subject.documented.docs } : {}),
    weight: 0,
    oneBase: true as const,
  }
}

/** The step into a value that a keyword makes; none for those that stay at the same one. */
function segmentOf({ keyword, key }: Step): readonly string[] {
  if (keyword === 'properties') return [key ?? '']
  if (keyword === 'prefixItems' || keyword === 'items' || keyword === 'unevaluatedItems') return ['[]']
  return ['patternProperties', 'additionalProperties', 'unevaluatedProperties'].includes(keyword) ? ['*'] : []
}

/** The alternatives and conditions on the way, as `oneOf.1` or `then`. */
function variantOf(way: readonly Step[]): string | undefined {
  const choices = way.slice(0, -1).filter(({ keyword }) => !plainSteps.has(keyword) && segmentOf({ keyword }).length === 0)
  return choices.length === 0 ? undefined : choices.map(({ keyword, key }) => (key === undefined ? keyword : `${keyword}.${key}`)).join('.')
}
