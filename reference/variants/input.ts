import { isObject, valueAt } from '../../core/json'
import { type Member, mandatoryMembers, objectMembers, requestMember, requestMembers, stringMembers } from '../members'
import type { Hooks } from '../stages'
import { broken, type Definition } from '../variant'
import { bind, bindAt, changeAt, isAt, kindOf, overlook } from './tools'

const zero = { string: '', integer: 0, object: undefined }

/** Mandatory members that may be left out; a leaf is then the zero of its type, as in typed languages. */
const missing = mandatoryMembers.map(({ place, path, slug, type }) => ({
  name: `missing-${slug}-accepted`,
  promise: `${place} is mandatory: a body without it is refused with 400`,
  finds: { place },
  hooks: {
    ...overlook((problem) => problem.place === place && problem.keyword === 'required'),
    create: (next) => (value, call) =>
      next(
        changeAt(value, path, (sent) => sent ?? zero[type]),
        call,
      ),
  } satisfies Hooks,
}))

const nulls = requestMembers.map(({ place, path, slug, type }) => ({
  name: `null-${slug}-accepted`,
  promise: `${place} is ${/^[aio]/.test(type) ? 'an' : 'a'} ${type}: null is refused with 400`,
  finds: { place },
  hooks: overlook((problem, value) => isAt(problem, place) && valueAt(value, path) === null),
}))

const wrongKinds = {
  string: ['integer', 'boolean', 'array', 'object'],
  object: ['string', 'integer', 'boolean', 'array'],
  integer: ['string', 'fraction', 'boolean', 'array', 'object'],
} as const

/** One wrong type let through as it is, as a language without types does. */
const wrongTypes = requestMembers.flatMap(({ place, path, slug, type }) =>
  wrongKinds[type].map((kind) => ({
    name: `${kind}-as-${slug}-accepted`,
    promise: `${place} is ${/^[aio]/.test(type) ? 'an' : 'a'} ${type}: ${kind === 'fraction' ? 'a number with a fraction' : `a value of type ${kind}`} is refused with 400`,
    finds: { place },
    hooks: overlook((problem, value) => isAt(problem, place) && kindOf(valueAt(value, path)) === kind),
  })),
)

const anyTypes = [...stringMembers, requestMember('spec.ingress.port')].map(({ place, slug, type }) => ({
  name: `any-type-as-${slug}-accepted`,
  promise: `${place} is ${/^[aio]/.test(type) ? 'an' : 'a'} ${type}: every other type is refused with 400`,
  finds: { place },
  hooks: overlook((problem) => isAt(problem, place) && problem.keyword === 'type'),
}))

const only = <T>(value: unknown, kind: string, convert: (value: T) => unknown): unknown =>
  kindOf(value) === kind ? convert(value as T) : value

const port = requestMember('spec.ingress.port')
const portCoercions: readonly [name: string, promise: string, convert: (value: unknown) => unknown][] = [
  ['digits', 'a string of digits', (value) => only<string>(value, 'string', (text) => (/^\d+$/.test(text) ? Number(text) : text))],
  [
    'digits-of-other-scripts',
    'a string of digits that are not ASCII',
    (value) => only<string>(value, 'string', (text) => (/^[\uff10-\uff19]+$/.test(text) ? Number(text.normalize('NFKC')) : text)),
  ],
  [
    'padded-digits',
    'a string of digits between spaces',
    (value) => only<string>(value, 'string', (text) => (/^\s*\d+\s*$/.test(text) ? Number(text) : text)),
  ],
  [
    'number-text',
    'a string that a lax conversion reads as a number',
    (value) => only<string>(value, 'string', (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text))),
  ],
  [
    'leading-digits',
    'a string that begins with digits',
    (value) => only<string>(value, 'string', (text) => (/^\s*\d/.test(text) ? Number.parseInt(text, 10) : text)),
  ],
  ['empty-text', 'an empty string (taken as 80)', (value) => (value === '' ? 80 : value)],
  ['truncated-fraction', 'a number with a fraction (cut off)', (value) => only<number>(value, 'fraction', Math.trunc)],
  ['rounded-fraction', 'a number with a fraction (rounded)', (value) => only<number>(value, 'fraction', Math.round)],
  ['boolean', 'true or false (taken as 1 or 80)', (value) => only<boolean>(value, 'boolean', (yes) => (yes ? 1 : 80))],
  [
    'one-element-array',
    'an array of one integer',
    (value) => (Array.isArray(value) && value.length === 1 && kindOf(value[0]) === 'integer' ? value[0] : value),
  ],
  ['null', 'null (taken as the default port)', (value) => (value === null ? 8080 : value)],
]

const coercedPorts = portCoercions.map(([name, what, convert]) => ({
  name: `port-coerced-from-${name}`,
  promise: `${port.place} is an integer: ${what} is refused with 400`,
  finds: { place: port.place },
  hooks: bindAt(port.path, convert),
}))

/** Scalars turned into text; the text need not keep the assumptions then. */
const coercedStrings = stringMembers.flatMap(({ place, path, slug }) => [
  {
    name: `${slug}-coerced-from-scalar`,
    promise: `${place} is a string: a number or boolean, taken as its text, is refused with 400`,
    finds: { place },
    hooks: coerceString(place, path, (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value)),
  },
  {
    name: `${slug}-coerced-from-one-element-array`,
    promise: `${place} is a string: an array that holds one string is refused with 400`,
    finds: { place },
    hooks: coerceString(place, path, (value) =>
      Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : value,
    ),
  },
])

function coerceString(place: string, path: readonly string[], convert: (value: unknown) => unknown): Hooks {
  return {
    validate: (next) => (value, call) => {
      const problems = next(
        changeAt(value, path, (sent) => (sent === undefined ? sent : convert(sent))),
        call,
      )
      return convert(valueAt(value, path)) === valueAt(value, path) ? problems : problems.filter((problem) => !isAt(problem, place))
    },
    create: (next) => (value, call) =>
      next(
        changeAt(value, path, (sent) => (sent === undefined ? sent : convert(sent))),
        call,
      ),
  }
}

const coercedObjects = objectMembers.flatMap(({ place, path, slug }) => [
  {
    name: `${slug}-unwrapped-from-array`,
    promise: `${place} is an object: an array that holds the object is refused with 400`,
    finds: { place },
    hooks: bindAt(path, (value) => (Array.isArray(value) && value.length === 1 && isObject(value[0]) ? value[0] : value)),
  },
  {
    name: `${slug}-parsed-from-text`,
    promise: `${place} is an object: a string that holds its JSON is refused with 400`,
    finds: { place },
    hooks: bindAt(path, (value) => only<string>(value, 'string', (text) => (text.startsWith('{') ? parseOr(text, text) : text))),
  },
])

function parseOr(text: string, fallback: unknown): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return fallback
  }
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** A body with a member found under another name, where its own is missing. */
function rename(body: unknown, { path, name }: Member, test: (sent: string, name: string) => boolean): unknown {
  return changeAt(body, path.slice(0, -1), (parent) => {
    if (!isObject(parent) || Object.hasOwn(parent, name)) return parent
    const other = Object.keys(parent).find((key) => test(key, name))
    return other === undefined ? parent : { ...parent, [name]: parent[other] }
  })
}

const anyCase = (sent: string, name: string): boolean => sent.toLowerCase() === name.toLowerCase()

const otherNames: readonly Definition[] = [
  ...mandatoryMembers.map((member) => ({
    name: `${member.slug}-in-any-case-accepted`,
    promise: `${member.place} has that name and case: under another case it is missing, and the body is refused with 400`,
    finds: { place: member.place },
    hooks: bind((body) => rename(body, member, anyCase)),
  })),
  ...mandatoryMembers
    .filter(({ name, slug }) => name !== slug)
    .map((member) => ({
      name: `${member.slug}-in-snake-case-accepted`,
      promise: `${member.place} has that name: in snake case it is missing, and the body is refused with 400`,
      finds: { place: member.place },
      hooks: bind((body) => rename(body, member, (sent) => sent === snake(member.name))),
    })),
  {
    name: 'names-in-any-case-accepted',
    promise: 'members have their documented names: under another case they are missing, and the body is refused with 400',
    finds: { place: mandatoryMembers.map(({ place }) => place) },
    hooks: bind((body) => mandatoryMembers.reduce((value, member) => rename(value, member, anyCase), body)),
  },
]

/** Inputs that a careless binder lets through: which promise each breaks, member by member. */
export const input = broken('input', [
  ...missing,
  ...nulls,
  ...wrongTypes,
  ...anyTypes,
  ...coercedPorts,
  ...coercedStrings,
  ...coercedObjects,
  ...otherNames,
])
