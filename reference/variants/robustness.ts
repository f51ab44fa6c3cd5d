import { isObject } from '../../core/json'
import { type Member, mandatoryMembers, objectMembers, requestMember, requestMembers } from '../members'
import type { Call, Hooks, Reply } from '../stages'
import { broken, type Definition } from '../variant'
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
  valueAt,
} from './tools'

type Fault = readonly [name: string, what: string, reply: Reply]

const fault: Fault = ['500', 'a status of 500', internal]
const page: Fault = ['500-page', "the web server's page of a 500", internalPage]
const dropped: Fault = ['drop', 'a dropped connection', drop]
const hung: Fault = ['hang', 'silence', hang]
const cycle = [fault, page, dropped]

/** Null, absence and wrong types that the code behind did not expect, member by member. */
const unexpected: readonly Definition[] = [
  ...requestMembers.map((member, i) => atMember(member, 'null', 'null', (value) => value === null, cycle[i % 3]!)),
  ...mandatoryMembers.map(({ place, path, slug }, i) => {
    const [fault, what, reply] = cycle[(i + 1) % 3]!
    const parent = path.slice(0, -1)
    return {
      name: `missing-${slug}-gives-${fault}`,
      promise: `a body without ${place} is refused with 400, not answered with ${what}`,
      finds: { place: `${place}*` },
      hooks: interceptValue((value) => isObject(valueAt(value, parent)) && valueAt(value, path) === undefined, reply),
    }
  }),
  ...requestMembers.map((member, i) => {
    const kinds =
      member.type === 'object'
        ? ['string', 'array', 'integer']
        : member.type === 'integer'
          ? ['string', 'object']
          : ['integer', 'object', 'array', 'boolean']
    const kind = kinds[i % kinds.length]!
    return atMember(member, `${kind}`, `a value of type ${kind}`, (value) => kindOf(value) === kind, cycle[(i + 2) % 3]!)
  }),
]

function atMember(
  { place, path, slug }: Member,
  name: string,
  what: string,
  test: (value: unknown) => boolean,
  [fault, answered, reply]: Fault,
): Definition {
  return {
    name: `${name}-${slug}-gives-${fault}`,
    promise: `${what} at ${place} is never answered with ${answered}`,
    finds: { place: `${place}*` },
    hooks: interceptValue((value) => test(valueAt(value, path)), reply),
  }
}

const description = requestMember('description')
const name = requestMember('metadata.name')
const cluster = requestMember('spec.primaryCluster')
const elbId = requestMember('spec.ingress.elbId')
const elbIp = requestMember('spec.ingress.elbIp')
const port = requestMember('spec.ingress.port')
const image = requestMember('spec.ingress.imageAddress')

/** Well-typed text that trips careless code, each at some of the members. */
const oddText: readonly [name: string, what: string, test: RegExp | ((text: string) => boolean), at: readonly Member[], fault: Fault][] = [
  ['empty', 'an empty string', /^$/, [name, elbIp, description, image, cluster, elbId], fault],
  ['blank', 'a string of spaces', /^\s+$/, [cluster, description], page],
  ['long', 'a string of more than 255 characters', (text) => text.length > 255, [name, image], fault],
  ['very-long', 'a string of more than 1,000 characters', (text) => text.length > 1000, [elbId, description], page],
  ['huge', 'a string of more than 60,000 characters', (text) => text.length > 60_000, [cluster, description], dropped],
  ['astral', 'a character beyond the basic plane', /[\u{10000}-\u{10ffff}]/u, [description, name, elbIp], fault],
  ['non-ascii', 'a character beyond ASCII', /[^\u0000-\u007f]/, [image, cluster], page],
  ['beyond-latin', 'a character beyond Latin-1', /[^\u0000-\u00ff]/, [description, elbId], fault],
  ['combining', 'a combining mark', /\p{M}/u, [description, name], fault],
  ['bidi', 'a bidirectional control', /[\u202a-\u202e\u2066-\u2069]/, [description, image], page],
  ['zero-width', 'a zero-width character', /[\u200b-\u200d\u2060\ufeff]/, [name, description], fault],
  ['private-use', 'a private-use character', /\p{Co}/u, [description], page],
  ['noncharacter', 'a noncharacter', /[\ufffe\uffff]/, [description], fault],
  ['control', 'a control character', /[\u0001-\u0008\u000e-\u001f]/, [description, cluster], fault],
  ['nul', 'NUL', /\u0000/, [description, name, elbIp, image], fault],
  ['lone-surrogate', 'a lone surrogate', (text) => !text.isWellFormed(), [description, name], fault],
  ['percent', 'a percent sign', /%/, [description, image], page],
  ['bad-escape', 'a percent sign without two digits', /%(?![\da-f]{2})/i, [elbId], fault],
  ['single-quote', 'a single quote', /'/, [description, name, cluster], fault],
  ['double-quote', 'a double quote', /"/, [description, elbId], page],
  ['backslash', 'a backslash', /\\/, [description, image], fault],
  ['line-end', 'a line end', /[\n\r]/, [description, name], dropped],
  ['markup', 'markup', /<[a-z!/]/i, [description, image], page],
  ['template', 'a template expression', /\$\{|\{\{/, [description, name], fault],
  ['dot-dot', 'a way up the file tree', /\.\.[/\\]/, [image, description], fault],
  ['sql', 'text like SQL', /'\s*(or|and|;|--)/i, [description, name], page],
  ['unparsed-address', 'text that is no address', (text) => !/^\d+\.\d+\.\d+\.\d+$/.test(text), [elbIp], dropped],
  ['unparsed-id', 'text that is no UUID', (text) => !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text), [elbId, cluster], page],
]

const text = oddText.flatMap(([slug, what, test, members, fault]) =>
  members.map((member) => {
    const odd = typeof test === 'function' ? test : (value: string) => test.test(value)
    return atMember(member, slug, what, (value) => typeof value === 'string' && odd(value), fault)
  }),
)

const oddNumbers: readonly [name: string, what: string, test: (value: number) => boolean, fault: Fault][] = [
  ['negative', 'a negative number', (n) => n < 0, fault],
  ['zero', 'zero', (n) => n === 0, page],
  ['above-16-bits', 'a number of more than 16 bits', (n) => n > 65_535, fault],
  ['above-31-bits', 'a number of more than 31 bits', (n) => n > 2 ** 31 - 1, page],
  ['above-53-bits', 'a number of more than 53 bits', (n) => n > Number.MAX_SAFE_INTEGER, dropped],
  ['above-63-bits', 'a number of more than 63 bits', (n) => n >= 2 ** 63, fault],
  ['infinite', 'a number beyond the range of doubles', (n) => !Number.isFinite(n), fault],
  ['below-32-bits', 'a number below -2^31', (n) => n < -(2 ** 31), dropped],
  ['minus-zero', 'minus zero', (n) => Object.is(n, -0), fault],
]

const numbers: readonly Definition[] = [
  ...oddNumbers.map(([slug, what, test, fault]) => atMember(port, slug, what, (value) => typeof value === 'number' && test(value), fault)),
  ...(
    [
      ['exponent', 'an integer with an exponent', /"port"\s*:\s*-?\d+(\.\d+)?e/i],
      ['point-zero', 'an integer written with a point', /"port"\s*:\s*-?\d+\.0/],
    ] as const
  ).map(([slug, what, pattern]) => ({
    name: `${slug}-port-gives-500`,
    promise: `${what} at ${port.place} is never answered with a status of 500`,
    finds: { place: `${port.place}*` },
    hooks: { perform: (next) => (call) => (pattern.test(call.body.toString('latin1')) ? internal : next(call)) } satisfies Hooks,
  })),
]

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

/** Odd input that fells the server: 5xx, dropped connections, silence. */
export const robustness = broken('robustness', [
  ...unexpected,
  ...text,
  ...numbers,
  ...unknownMembers,
  ...nested,
  ...sizes,
  ...bytes,
  ...headers,
  ...paths,
  ...methods,
  ...rare,
])
