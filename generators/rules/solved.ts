import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../../core/json'
import { placeName } from '../../core/place'
import type { Step, Violation } from '../json-schema'
import { jsonSchema, maxDepth } from '../members'
import { bodyOf } from '../proofs'
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
  const ways = new Map<string, readonly Step[]>()
  const violations = subject.schemas.documented.generator.violations(schema, (path, way) => {
    if (hasRuleOfItsOwn(way)) return false
    ways.set(path, way)
    return true
  })
  const used = new Set<string>()
  return violations.flatMap((violation) => {
    const rule = ruleOf(subject, violation, ways.get(violation.path) ?? [], used)
    return rule ? [rule] : []
  })
}

/** The ways that the tree of members goes, and what the rules of single members are about. */
const plainSteps = new Set(['properties', 'items', '$ref', 'allOf'])
const ofMembers = new Set(
  `type required enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format minItems maxItems
  uniqueItems contains minContains maxContains minProperties maxProperties dependentRequired not`.split(/\s+/),
)
/** Validators need not assert formats: no refusal is owed for what breaks them alone. */
const unowed = new Set(['format'])

function hasRuleOfItsOwn(way: readonly Step[]): boolean {
  const last = way.at(-1)?.keyword ?? ''
  const before = way.slice(0, -1)
  if (unowed.has(last)) return true
  const deep = before.filter(({ keyword }) => keyword === 'properties' || keyword === 'items').length
  return deep < maxDepth && ofMembers.has(last) && before.every(({ keyword }) => plainSteps.has(keyword))
}

const cases = 5

function ruleOf(subject: Subject, { keyword, values }: Violation, way: readonly Step[], used: Set<string>): Rule | undefined {
  if (!values) return undefined
  const schema = jsonSchema(subject.documented) ?? true
  const breaks = (body: Json | undefined): boolean =>
    body !== undefined && values.canShrinkWithoutContext(body) && !subject.schemas.documented.valid(schema, body)
  const found = Array.from({ length: cases * 2 }, (_, i) => values.generate(probe(i), undefined).value).filter(breaks)
  const bodies = found.filter((value, i) => found.findIndex((other) => isDeepStrictEqual(other, value)) === i).slice(0, cases)
  if (bodies.length === 0) return undefined
  const place = placeName(['body', ...way.slice(0, -1).flatMap(segmentOf)])
  const name = place === 'body' ? 'the body' : (way.slice(0, -1).flatMap(segmentOf).at(-1) ?? 'the body')
  const variant = variantOf(way)
  const id = ruleId(subject, place, keyword, variant)
  const copies = [...used].filter((other) => other === id || other.startsWith(`${id}#`)).length
  const own = copies === 0 ? id : `${id}#${copies + 1}`
  used.add(own)
  return {
    id: own,
    operation: subject.id,
    zone: 'reject',
    place,
    keyword,
    ...(variant ? { variant } : {}),
    promise: `${name} keeps ${keyword}${variant ? ` in ${variant}` : ''} as the docs state it: what breaks it is refused`,
    ...(subject.documented.docs ? { docs: subject.documented.docs } : {}),
    owes: clientError,
    fixed: bodies.map((body) => draft({ at: ['body'], set: body })),
    weight: 0,
    oneBase: true,
    holds: (request) => breaks(bodyOf(request)),
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
