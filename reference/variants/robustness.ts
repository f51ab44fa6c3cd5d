import { isObject, valueAt } from '../../core/json'
import { objectMembers, requestMembers } from '../members'
import { errorReply, jsonReply } from '../replies'
import type { Call, Hooks, Reply } from '../stages'
import { broken, type Definition } from '../variant'
import { cycle, dropped, fault, hung, page } from './faults'
import {
  depthOf,
  drop,
  hang,
  hasTwice,
  intercept,
  interceptValue,
  internal,
  internalPage,
  isMalformed,
  kindOf,
  refusal,
  strings,
} from './tools'

const known = new Set(requestMembers.map(({ place }) => place))
/** Members of an object that the documentation does not name. */
const unknownAt = (value: unknown, place: string): readonly string[] =>
  isObject(value) ? Object.keys(value).filter((key) => !known.has(`${place}.${key}`)) : []

const levels = [{ place: 'body', path: [] as readonly string[], slug: 'body' }, ...objectMembers]
const names: readonly [name: string, what: string, test: (name: string) => boolean][] = [
  ['proto', 'a member called __proto__', (name) => name === '__proto__'],
  ['constructor', 'a member called constructor', (name) => name === 'constructor'],
]

const unknownMembers: readonly Definition[] = [
  ...levels.map(({ place, path, slug }, i) => {
    const [fault, answered, reply] = cycle[i % 3]!
    return {
      name: `unknown-member-of-${slug}-gives-${fault}`,
      promise: `a member of ${place} that the documentation does not name is never answered with ${answered}`,
      finds: { place: `${place}*` },
      hooks: interceptValue((value) => unknownAt(valueAt(value, path), place).length > 0, reply),
    }
  }),
  ...names.map(([slug, what, test]) => ({
    name: `${slug}-member-gives-500`,
    promise: `${what} is never answered with a status of 500`,
    finds: { place: 'body*' },
    hooks: interceptValue((value) => levels.some(({ path, place }) => unknownAt(valueAt(value, path), place).some(test)), internal),
  })),
  {
    name: 'member-twice-gives-500',
    promise: 'a member that is there twice is never answered with a status of 500',
    finds: { place: 'body*' },
    hooks: { perform: (next) => (call) => (hasTwice(call.body.toString()) ? internal : next(call)) },
  },
]

const nested = (
  [
    [10, fault],
    [64, page],
    [200, dropped],
    [900, fault],
    [4000, dropped],
  ] as const
).map(([depth, [slug, answered, reply]]) => ({
  name: `nesting-of-${depth}-gives-${slug}`,
  promise: `a body nested in ${depth} levels is never answered with ${answered}`,
  finds: { place: 'body*' },
  hooks: {
    perform: (next) => (call) => (call.body.length >= depth && depthOf(call.body.toString('latin1')) >= depth ? reply : next(call)),
  } satisfies Hooks,
}))

const byBody = (test: (body: Buffer) => boolean, reply: Reply): Hooks => ({
  perform: (next) => (call) => (test(call.body) ? reply : next(call)),
})

const sizes = (
  [
    ['above-1-kib', 'of more than 1 KiB', (body: Buffer) => body.length > 1024, fault],
    ['above-16-kib', 'of more than 16 KiB', (body: Buffer) => body.length > 16 * 1024, page],
    ['above-64-kib', 'of more than 64 KiB', (body: Buffer) => body.length > 64 * 1024, fault],
    ['of-64-kib', 'of exactly 64 KiB', (body: Buffer) => body.length === 64 * 1024, fault],
    ['about-1-mib', 'of some 1 MiB', (body: Buffer) => body.length > 900_000, hung],
    ['above-256-kib', 'of more than 256 KiB', (body: Buffer) => body.length > 256 * 1024, dropped],
  ] as const
).map(([slug, what, test, [fault, answered, reply]]) => ({
  name: `body-${slug}-gives-${fault}`,
  promise: `a body ${what} is never answered with ${answered}`,
  finds: { place: 'body*' },
  hooks: byBody(test, reply),
}))

const bytes: readonly Definition[] = [
  {
    name: 'empty-body-gives-500',
    promise: 'an empty body is refused with 400, not answered with a status of 500',
    finds: { place: 'body*' },
    hooks: byBody((body) => body.length === 0, internal),
  },
  {
    name: 'byte-order-mark-gives-500',
    promise: 'a byte order mark is never answered with a status of 500',
    finds: { place: 'body*' },
    hooks: byBody((body) => body[0] === 0xef, internal),
  },
  {
    name: 'malformed-gives-500',
    promise: 'malformed JSON is refused with 400, not answered with a status of 500',
    finds: { place: 'body*' },
    hooks: refusal(() => internal, isMalformed),
  },
  {
    name: 'malformed-gives-500-page',
    promise: "malformed JSON is refused with 400, not answered with the web server's page of a 500",
    finds: { place: 'body*' },
    hooks: refusal(() => internalPage, isMalformed),
  },
  {
    name: 'malformed-gives-drop',
    promise: 'malformed JSON is refused with 400, not answered with a dropped connection',
    finds: { place: 'body*' },
    hooks: refusal(() => drop, isMalformed),
  },
  {
    name: 'malformed-gives-hang',
    promise: 'malformed JSON is refused with 400, not answered with silence',
    finds: { place: 'body*' },
    hooks: refusal(() => hang, isMalformed),
  },
  {
    name: 'invalid-utf-8-gives-500',
    promise: 'a body that is no UTF-8 is never answered with a status of 500',
    finds: { place: 'body*' },
    hooks: byBody((body) => body.toString('utf8').includes('\ufffd') && !body.includes('\ufffd'), internal),
  },
  ...(['null', 'array', 'string', 'integer'] as const).map((kind) => ({
    name: `body-of-${kind}-gives-500`,
    promise: `a body that is ${kind === 'null' ? 'null' : `a value of type ${kind}`} is refused with 400, not answered with a status of 500`,
    finds: { place: 'body*' },
    hooks: interceptValue((value) => kindOf(value) === kind, internal),
  })),
  {
    name: 'every-refusal-is-500',
    promise: 'wrong parameters are refused with 400, not answered with a status of 500',
    finds: { place: ['body*', 'answer*'] },
    hooks: refusal(() => internal),
  },
]

const anyHeader = (test: (value: string) => boolean, reply: Reply): Hooks =>
  intercept((call) => (call.request.rawHeaders.some((value, i) => i % 2 === 1 && test(value)) ? reply : undefined))
const byType = (test: (type: string) => boolean, reply: Reply): Hooks =>
  intercept((call) => (test(call.request.headers['content-type'] ?? '') ? reply : undefined))

const headers: readonly Definition[] = [
  {
    name: 'huge-header-gives-500',
    promise: 'a header of more than 4 KiB is never answered with a status of 500',
    finds: { place: 'header*' },
    hooks: anyHeader((value) => value.length > 4096, internal),
  },
  {
    name: 'huge-header-gives-drop',
    promise: 'a header of more than 1 KiB is never answered with a dropped connection',
    finds: { place: 'header*' },
    hooks: anyHeader((value) => value.length > 1024, drop),
  },
  {
    name: 'missing-type-gives-500',
    promise: 'a request without Content-Type is refused with a client error, not with a status of 500',
    finds: { place: 'header*' },
    hooks: byType((type) => type === '', internal),
  },
  {
    name: 'other-type-gives-500',
    promise: 'another media type is refused with a client error, not with a status of 500',
    finds: { place: 'header*' },
    hooks: byType((type) => type !== '' && !/^application\/json/i.test(type), internalPage),
  },
  {
    name: 'unknown-charset-gives-500',
    promise: 'an unknown charset is never answered with a status of 500',
    finds: { place: 'header*' },
    hooks: byType((type) => /charset=(?!"?utf-?8"?\s*(;|$))/i.test(type), internal),
  },
]

const byPath = (test: (path: string) => boolean, reply: Reply): Hooks => intercept((call: Call) => (test(call.path) ? reply : undefined))

const paths: readonly Definition[] = [
  {
    name: 'escaped-path-gives-500',
    promise: 'a percent escape in mesh_id is never answered with a status of 500',
    finds: { place: 'path*' },
    hooks: byPath((path) => path.includes('%'), internal),
  },
  {
    name: 'nul-in-path-gives-500',
    promise: 'NUL in mesh_id is never answered with a status of 500',
    finds: { place: 'path*' },
    hooks: byPath((path) => path.includes('%00'), internal),
  },
  {
    name: 'slash-in-path-gives-drop',
    promise: 'an escaped slash in mesh_id is never answered with a dropped connection',
    finds: { place: 'path*' },
    hooks: byPath((path) => /%2f/i.test(path), drop),
  },
  {
    name: 'quote-in-path-gives-500',
    promise: 'a quote in mesh_id is never answered with a status of 500',
    finds: { place: 'path*' },
    hooks: byPath((path) => /%27|'/.test(path), internalPage),
  },
  {
    name: 'bad-utf-8-in-path-gives-500',
    promise: 'escapes in mesh_id that are no UTF-8 are never answered with a status of 500',
    finds: { place: 'path*' },
    hooks: byPath((path) => !isDecodable(path), internal),
  },
  {
    name: 'long-path-gives-500',
    promise: 'a mesh_id of several KiB is never answered with a status of 500',
    finds: { place: 'path*' },
    hooks: byPath((path) => path.length > 4096, internalPage),
  },
  {
    name: 'unknown-mesh-gives-500',
    promise: 'a mesh_id that is no UUID is never answered with a status of 500',
    finds: { place: 'path*' },
    hooks: { perform: (next) => (call) => (/^[\da-f-]{36}$/i.test(call.params.mesh_id ?? '') ? next(call) : internal) },
  },
]

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

const methods: readonly Definition[] = [
  ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].map((method, i) => {
    const [fault, answered, reply] = cycle[i % 3]!
    return {
      name: `${method.toLowerCase()}-gives-${fault}`,
      promise: `${method} on the path is never answered with ${answered}`,
      finds: { place: 'method*' },
      hooks: intercept((call) => (call.method === method ? reply : undefined)),
    }
  }),
  {
    name: 'extension-methods-give-500',
    promise: 'a method that is less common is never answered with a status of 500',
    finds: { place: 'method*' },
    hooks: intercept((call) =>
      ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].includes(call.method) ? undefined : internal,
    ),
  },
]

const rare: readonly Definition[] = [
  {
    name: 'long-member-names-give-500',
    promise: 'a member name of more than 1,000 characters is never answered with a status of 500',
    finds: { place: 'body*' },
    hooks: interceptValue((value) => [...strings(value)].some((each) => /^e{1001}/.test(each)), internal),
  },
  ...[100, 1000].map((most) => ({
    name: `more-than-${most}-members-give-500`,
    promise: `an object of more than ${most} members is never answered with a status of 500`,
    finds: { place: 'body*' },
    hooks: interceptValue((value) => isObject(value) && Object.keys(value).length > most, internal),
  })),
  {
    name: 'empty-object-as-body-gives-500',
    promise: 'an empty object as the body is never answered with a status of 500',
    finds: { place: 'body*' },
    hooks: interceptValue((value) => isObject(value) && Object.keys(value).length === 0, internal),
  },
  {
    name: 'empty-object-as-body-accepted',
    promise: 'the body has mandatory members: an empty object is refused',
    finds: { place: 'body*' },
    hooks: interceptValue((value) => isObject(value) && Object.keys(value).length === 0, jsonReply(200, {})),
  },
  {
    name: 'long-descriptions-give-408',
    promise: 'a valid description is accepted, and the server does not say that it has waited for it',
    finds: { place: 'body.description' },
    hooks: interceptValue(
      (value) => isObject(value) && typeof value.description === 'string' && value.description.length > 200,
      errorReply(408, 'ASM.01010408', 'Request timeout'),
    ),
  },
  {
    name: 'odd-text-anywhere-gives-hang',
    promise: 'NUL in the body is never answered with silence',
    finds: { place: 'body*' },
    hooks: interceptValue((value) => [...strings(value)].some((each) => each.includes('\u0000')), hang),
  },
  {
    name: 'emoji-anywhere-gives-500',
    promise: 'an emoji in the body is never answered with a status of 500',
    finds: { place: 'body*' },
    hooks: interceptValue((value) => [...strings(value)].some((each) => /\p{Extended_Pictographic}/u.test(each)), internal),
  },
]

/** Odd requests that fell the server: 5xx, dropped connections, silence. */
export const robustness = broken('robustness', [
  ...unknownMembers,
  ...nested,
  ...sizes,
  ...bytes,
  ...headers,
  ...paths,
  ...methods,
  ...rare,
])
