import { isObject, valueAt } from '../../core/json'
import { type Member, mandatoryMembers, requestMember, requestMembers } from '../members'
import type { Hooks } from '../stages'
import { broken, type Definition } from '../variant'
import { atMember, cycle, dropped, type Fault, fault, page } from './faults'
import { interceptValue, internal, kindOf } from './tools'

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

/** Values of one member that fell the server. */
export const oddValues = broken('robustness', [...unexpected, ...text, ...numbers])
