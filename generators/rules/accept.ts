import type fc from 'fast-check'
import type { Change } from '../../core/case'
import { isObject, type Json, valueAt } from '../../core/json'
import { once } from '../../core/once'
import { docsOf, type Schema, type SchemaObject } from '../../core/operation'
import type { Owes } from '../../core/rule'
import { arbitrary } from '../arbitrary'
import { settingOf } from '../bases'
import { isToken } from '../credential'
import { edges } from '../edges'
import { flat, type Member } from '../members'
import { plainValue } from '../plain'
import { acceptable } from '../proofs'
import { bodyDraft, type Draft, draft, drawnAt, type Rule, type RuleKind, ruleId, type Subject } from '../rule'
import { typesOf } from '../schema'
import { acceptOf } from '../subject'
import { extremes, freeLeaves, isLeaf } from './extremes'
import { malformations } from './malformed'
import { oddTexts } from './odd'
import { sample } from './solved'
import { maps, plainItems, several, sizes, tame } from './tame'

export const success: Owes = { success: 'required', clientError: 'forbidden' }

/** Requests that are valid under the assumptions: each must succeed and come back true. */
export const accept: RuleKind = (subject) => [
  plain(subject),
  ...(subject.body
    ? [
        ...flat(subject.body).flatMap((member) => [...values(subject, member), ...counts(subject, member), ...optional(subject, member)]),
        combination(subject),
      ]
    : []),
  ...headers(subject),
  ...repeated(subject),
  ...otherwise(subject),
]

const base = (subject: Subject, place: string, keyword: string, promise: string, variant?: string) => ({
  id: ruleId(subject, place, keyword, variant),
  operation: subject.id,
  zone: 'accept' as const,
  place,
  keyword,
  ...(variant ? { variant } : {}),
  promise,
  owes: success,
  holds: acceptable(subject),
})

const nothing: Draft = draft()
/** What the rule is about is which members are there, or the request as it stands. */
const oneBase = { oneBase: true } as const

/** The plain request, again and again: what fails once in a hundred shows here. */
function plain(subject: Subject): Rule {
  return {
    ...base(subject, 'request', 'valid', 'a valid request succeeds'),
    ...oneBase,
    ...(subject.documented.docs ? { docs: subject.documented.docs } : {}),
    fixed: Array.from({ length: 8 }, () => nothing),
    drawn: () => [],
    weight: 1,
  }
}

const clientErrors = ({ documented }: Subject): readonly number[] =>
  documented.responses.map(({ status }) => Number(status)).filter((status) => status >= 400 && status <= 499)

/** Each kind of value that S admits, one member at a time. */
function values(subject: Subject, member: Member): readonly Rule[] {
  const { assumed } = subject.schemas
  const kinds = alternativesOf(member)
  // An object, or a list, may be null as well as a text.
  const nulls: readonly Json[] = !isLeaf(member) && member.at.length > 1 && typesOf(member.assumed).includes('null') ? [null] : []
  if (!isLeaf(member) && kinds.length + nulls.length === 0) return []
  const fixed = once(() => {
    const plain = plainValue(assumed, member, subject.seed)
    const own = isLeaf(member) ? [...edges(assumed, member.assumed, plain), ...oddTexts(subject, member)] : []
    const each = kinds.flatMap((kind) => fullest(arbitrary(assumed, kind)))
    return [...new Set([...nulls, ...each, ...own])].map((value) => draft({ at: member.at, set: value }))
  })
  return [
    {
      ...base(subject, member.place, 'valid', `${member.name} takes every value that is valid`),
      ...docsOf(member.documented),
      get fixed() {
        return fixed()
      },
      drawn: drawnAt(member.at, arbitrary(assumed, member.assumed)),
      weight: 2,
    },
  ]
}

/** Of very many alternatives some are tried each for itself. */
const mostAlternatives = 8

/** The schema with each of its alternatives alone, where these are not all the same to one value. */
function alternativesOf({ assumed }: Member): readonly SchemaObject[] {
  const keyword = (['oneOf', 'anyOf'] as const).find((one) => Array.isArray(assumed[one]))
  if (keyword === undefined) return []
  return (assumed[keyword] as readonly Schema[]).slice(0, mostAlternatives).map((one) => ({ ...assumed, [keyword]: [one] }))
}

/** Of some values the one with most members; none where none can be made. */
function fullest(values: fc.Arbitrary<Json>): readonly Json[] {
  const members = (value: Json) => JSON.stringify(value).split('":').length
  const found = Array.from({ length: 16 }, (_, i) => sample(values, i, false)).flat()
  return found.sort((a, b) => members(b) - members(a)).slice(0, 1)
}

/** Lists of each size that is stated, and of a few items; maps of a few entries. */
function counts(subject: Subject, member: Member): readonly Rule[] {
  const { assumed } = subject.schemas
  const lists = [...sizes(assumed, member.assumed), ...several(assumed, member.assumed, subject.seed)]
  return [...counted(subject, member, 'items', lists), ...counted(subject, member, 'entries', maps(assumed, member.assumed, subject.seed))]
}

function counted(subject: Subject, member: Member, what: 'items' | 'entries', values: readonly Json[]): readonly Rule[] {
  if (values.length === 0) return []
  return [
    {
      ...base(subject, member.place, 'valid', `${member.name} takes as many ${what} as are valid`, what),
      ...docsOf(member.documented),
      fixed: values.map((value) => draft({ at: member.at, set: value })),
      weight: 0,
    },
  ]
}

/** An optional member may be there or not. */
function optional(subject: Subject, member: Member): readonly Rule[] {
  if (member.required || member.at.length < 2) return []
  const value = settingOf(subject, member)
  return [
    {
      ...base(subject, member.place, 'optional', `${member.name} may be there or be left out`),
      ...oneBase,
      ...docsOf(member.documented),
      fixed: Array.from({ length: 4 }, (_, i) => (i % 2 ? draft({ at: member.at, remove: true }) : draft({ at: member.at, set: value }))),
      weight: 0,
    },
  ]
}

/** All members at once, each plain or drawn, present or absent where it may be. The name stays the case's own. */
function combination(subject: Subject): Rule {
  const leaves = freeLeaves(subject)
  const members = subject.body ? flat(subject.body) : []
  const { assumed } = subject.schemas
  const fixed = once(() => [
    draft(
      ...members.flatMap(({ at, assumed: of }): Change[] => pairOf(subject, of).map((set) => ({ at, set }))),
      ...leaves.map((member): Change => ({ at: member.at, set: plainValue(assumed, member, subject.seed) })),
      ...members.flatMap(({ at, assumed: of }): Change[] => {
        const set = maps(assumed, of, subject.seed).find((map) => Object.keys(map as object).length === 1)
        // What is in the objects of a map may name other things.
        return set === undefined || Object.values(set as object).some(isObject) ? [] : [{ at, set }]
      }),
    ),
    draft(...extremes(subject).largest),
    draft(...extremes(subject).smallest),
    ...alike(subject, leaves),
  ])
  const parts = leaves.map(({ at, assumed: of }) => drawnAt(at, arbitrary(assumed, of)))
  return {
    ...base(subject, 'body', 'valid', 'every combination of valid values succeeds', 'combination'),
    ...oneBase,
    ...(subject.documented.docs ? { docs: subject.documented.docs } : {}),
    get fixed() {
      return fixed()
    },
    // One in three stays as it is.
    drawn: (random, bias) => parts.flatMap((part) => (random.nextInt(0, 2) === 0 ? [] : part(random, bias))),
    weight: 6,
  }
}

/** A list of two plain items, whole where they are objects, as far as it may hold two. */
function pairOf({ schemas: { assumed }, seed }: Subject, of: SchemaObject): readonly Json[] {
  if (typesOf(of)[0] !== 'array' || of.items === undefined) return []
  const pair = plainItems(assumed, of.items, 2, seed)
  return pair.length === 2 && assumed.valid(of, pair) ? [pair] : []
}

/** One value for all members of a kind. */
function alike(subject: Subject, leaves: readonly Member[]): readonly Draft[] {
  const first = new Map<string, Member>()
  const changes = leaves.flatMap((member): Change[] => {
    const { type, format, pattern } = member.assumed
    if (format === undefined && pattern === undefined) return []
    const kind = JSON.stringify([type, format, pattern])
    const twin = first.get(kind)
    if (!twin) first.set(kind, member)
    return twin ? [{ at: member.at, set: plainValue(subject.schemas.assumed, twin, subject.seed) }] : []
  })
  return changes.length > 0 ? [draft(...changes)] : []
}

/** Each documented value of a header. */
function headers(subject: Subject): readonly Rule[] {
  return subject.assumed.parameters
    .filter(({ in: part, name }) => part === 'header' && !isToken(subject, name) && !subject.usedOnce?.some((one) => one.name === name))
    .flatMap(({ name, schema, docs }) => {
      const known = tame(subject.schemas.assumed, schema, subject.seed).filter(
        (value): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value) && value !== '',
      )
      if (known.length === 0) return []
      const place = `header.${name}`
      return known.map((value) => ({
        ...base(subject, place, 'valid', `the header ${name} may be ${JSON.stringify(value)}`, String(value)),
        ...oneBase,
        ...(docs ? { docs } : {}),
        fixed: Array.from({ length: 3 }, () => draft({ at: ['header', name], set: value })),
        weight: 0,
      }))
    })
}

/** Valid requests in company: equal ones, side by side, and right behind a refused one. */
function repeated(subject: Subject): readonly Rule[] {
  if (!subject.body) return []
  const docs = subject.documented.docs ? { docs: subject.documented.docs } : {}
  const bursts = 5
  const width = 8
  const side = (burst: number): Draft => ({ ...nothing, together: `burst ${burst}` })
  const equal = (pair: number, together: boolean): Draft => ({
    ...nothing,
    sameName: `pair ${pair}`,
    ...(together ? { together: `pair ${pair}` } : {}),
  })
  const broken = malformations.filter((_, i) => i % 3 === 0).slice(0, 6)
  return [
    {
      ...base(
        subject,
        'request',
        'valid',
        'valid requests that arrive at the same time all succeed, each with its own values',
        'concurrent',
      ),
      ...oneBase,
      ...docs,
      fixed: Array.from({ length: bursts * width }, (_, i) => side(Math.floor(i / width))),
      weight: 0,
    },
    // Two requests with one key are one request.
    ...(subject.identity && !subject.usedOnce
      ? [
          {
            ...base(subject, 'request', 'valid', 'the same valid request twice makes two things, or is refused as a conflict', 'equal'),
            ...oneBase,
            ...docs,
            // Who documents no 409 may say it by an error that is documented.
            owes: { ...success, conflict: true, also: clientErrors(subject) },
            fixed: [0, 1, 2].flatMap((set) => Array.from({ length: set === 1 ? 3 : 2 }, () => equal(set, set % 2 === 0))),
            weight: 0,
          },
        ]
      : []),
    {
      ...base(subject, 'request', 'valid', 'a valid request succeeds right after one that had to be refused', 'after-refused'),
      ...oneBase,
      ...docs,
      fixed: [
        ...broken.map(({ text }) => bodyDraft(text)),
        draft({ at: ['body'], set: {} }),
        ...subject.documented.parameters
          .filter(({ in: part, required }) => part === 'header' && required)
          .flatMap(({ name }) => [draft({ at: ['header', name], remove: true }), draft({ at: ['header', name], set: '' })]),
        draft({ at: ['header', 'Content-Type'], set: 'text/plain' }),
        draft({ at: ['method'], set: 'PUT' }),
        draft({ at: ['method'], set: 'GET' }, { at: ['body'], remove: true }),
      ].map(after),
      weight: 0,
    },
    ...afterLarge(subject),
  ]
}

/** Blanks around a value say nothing (RFC 8259, 2): whether so large a body is taken or refused, the request behind it is another. */
function afterLarge(subject: Subject): readonly Rule[] {
  const leaf = freeLeaves(subject).find((member) => valueAt(subject.plain, member.at.slice(1)) !== undefined)
  if (!leaf) return []
  const text = JSON.stringify(valueAt(subject.plain, leaf.at.slice(1)))
  return [
    {
      ...base(subject, 'request', 'valid', 'a valid request succeeds right after a large one', 'after-large'),
      ...oneBase,
      ...(subject.documented.docs ? { docs: subject.documented.docs } : {}),
      fixed: [20, 72, 72].map((kibibytes) => after(draft({ at: leaf.at, raw: text + ' '.repeat(kibibytes * 1024) }))),
      weight: 0,
    },
  ]
}

/** The same request as HTTP lets it be sent otherwise. */
function otherwise(subject: Subject): readonly Rule[] {
  const { model, body } = subject
  const docs = subject.documented.docs ? { docs: subject.documented.docs } : {}
  const renamed = (write: (name: string) => string): Draft =>
    draft(...model.headers.map(([name]): Change => ({ at: ['header', name], rename: write(name) })))
  const cases = [renamed((name) => name.toLowerCase()), renamed((name) => name.toUpperCase())]
  // Of the others some are the user's own, and may be secret.
  const moved = model.headers.slice(0, -1).find(([name]) => /^content-type$/i.test(name))
  const last = moved ? draft({ at: ['header', moved[0]], remove: true }, { at: ['header', moved[0]], set: moved[1] }) : nothing
  const rule = (variant: string, promise: string, fixed: readonly Draft[]): readonly Rule[] =>
    fixed.length > 0 ? [{ ...base(subject, 'request', 'valid', promise, variant), ...oneBase, ...docs, fixed, weight: 0 }] : []
  return [
    ...rule(
      'header-case',
      'names of headers are the same in any case (RFC 9110, 5.1)',
      model.headers.length > 0 ? [...cases, ...cases] : [],
    ),
    ...rule('header-order', 'headers come in any order (RFC 9110, 5.3)', moved ? [last, last] : []),
    ...rule('accept-header', 'who takes any answer gets the documented one (RFC 9110, 12.5.1)', accepting(subject)),
    ...rule(
      'packets',
      'a body is read to its end, in however many packets it comes',
      body ? Array.from({ length: 3 }, (): Draft => ({ ...nothing, inPackets: true })) : [],
    ),
  ]
}

/**
 * What browsers, command lines and libraries ask for; each covers the one media type in which successes are documented. Nothing where the
 * user, or the document, says what is to be asked for.
 */
function accepting({ documented, model }: Subject): readonly Draft[] {
  const [own] = acceptOf(documented)
  if (model.headers.some(([name, value]) => /^accept$/i.test(name) && value !== own?.[1])) return []
  const types = documented.responses
    .filter(({ status }) => /^2/.test(status))
    .flatMap(({ content }) => content.map(({ mediaType }) => mediaType))
  const [type, ...others] = new Set(types.map((one) => one.split(';')[0]?.trim() ?? ''))
  const asked = ['*/*', ...(type && others.length === 0 ? [`${type};q=0.9`, `${type}, text/plain, */*`, `${type.split('/')[0]}/*`] : [])]
  return asked.map((set) => draft({ at: ['header', 'Accept'], set }))
}

/** The plain request, right after another on the same connection. */
const after = ({ changes }: Draft): Draft => ({ ...nothing, before: [changes] })
