import { type ParseError, type ParseOptions, parse as parseJsonc, parseTree } from 'jsonc-parser'
import { parse as parseYaml } from 'yaml'
import { headerValue } from '../pipeline'
import type { Hooks } from '../stages'
import { broken, type Definition } from '../variant'
import { isAssumed, kindOf, overlook } from './tools'

/** A parser that tries something else on what is no JSON; it throws where that fails, too. */
const lenient = (parse: (text: string) => unknown): Hooks => ({
  parse: (next) => (text, call) => {
    try {
      return next(text, call)
    } catch {
      return parse(text)
    }
  },
})

const repaired = (repair: (text: string) => string): Hooks => lenient((text) => JSON.parse(repair(text)))

/** Changes what stands between the strings of a JSON text, or within them. */
const between = (text: string, change: (part: string) => string): string =>
  text.replace(/("(?:[^"\\]|\\.)*")|([^"]+)/g, (_, string?: string, rest?: string) => string ?? change(rest ?? ''))
const within = (text: string, change: (part: string) => string): string => text.replace(/"(?:[^"\\]|\\.)*"/gs, change)

function withOptions(options: ParseOptions): Hooks {
  return lenient((text) => {
    const errors: ParseError[] = []
    const value = parseJsonc(text, errors, options)
    if (errors.length > 0) throw new SyntaxError('not JSON')
    return value
  })
}

/** The first value of a text, whatever stands behind it. */
function firstValue(text: string): string {
  const node = parseTree(text, [], { disallowComments: true, allowTrailingComma: false })
  return node ? text.slice(node.offset, node.offset + node.length) : text
}

function closed(text: string): unknown {
  for (const end of ['}', '}}', '}}}', '"}', '"}}', '"}}}']) {
    try {
      return JSON.parse(text.trimEnd().replace(/,$/, '') + end)
    } catch {}
  }
  throw new SyntaxError('not JSON')
}

const control = /[\u0000-\u001f]/g
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const parsers: readonly [name: string, what: string, hooks: Hooks][] = [
  ['text-behind', 'JSON with text behind it', repaired(firstValue)],
  [
    'second-value-behind',
    'two JSON values, one behind the other',
    repaired((text) => (/[}\]]\s*[{[]/.test(text) ? firstValue(text) : text)),
  ],
  ['trailing-comma', 'a comma before a closing brace', withOptions({ allowTrailingComma: true, disallowComments: true })],
  ['comments', 'comments', withOptions({ allowTrailingComma: false, disallowComments: false })],
  ['double-comma', 'two commas in a row', repaired((text) => between(text, (part) => part.replace(/,\s*,/g, ',')))],
  ['semicolons', 'semicolons for commas', repaired((text) => between(text, (part) => part.replaceAll(';', ',')))],
  ['hash-comments', 'comments behind a hash', repaired((text) => between(text, (part) => part.replace(/#.*/g, '')))],
  ['digits-apart', 'digits with underscores between them', repaired((text) => between(text, (part) => part.replace(/(\d)_(?=\d)/g, '$1')))],
  ['bare-points', 'numbers that end with a point', repaired((text) => between(text, (part) => part.replace(/(\d)\.(?!\d)/g, '$1')))],
  ['single-quotes', 'single quotes', repaired((text) => between(text, (part) => part.replace(/'([^']*)'/g, '"$1"')))],
  [
    'unquoted-names',
    'names without quotes',
    repaired((text) => between(text, (part) => part.replace(/([{,]\s*)([A-Za-z_$][\w$]*)(\s*:)/g, '$1"$2"$3'))),
  ],
  ['unclosed', 'a missing end', lenient(closed)],
  ['json5-numbers', 'numbers with a plus sign, leading zeros or in hexadecimal', repaired((text) => between(text, readNumbers))],
  [
    'raw-control-characters',
    'control characters in strings that are not escaped',
    { ...repaired((text) => within(text, (part) => part.replace(control, escaped))), ...overlook(isAssumed) },
  ],
  [
    'unknown-escapes',
    'backslashes before characters that need none',
    repaired((text) => within(text, (part) => part.replace(/\\([^"\\/bfnrtu])/g, '$1'))),
  ],
  ['yaml', 'YAML', lenient((text) => parseYaml(text, { uniqueKeys: false, logLevel: 'silent', maxAliasCount: 0 }))],
]

function readNumbers(part: string): string {
  return part.replace(
    /([:[,]\s*)([+-]?)(0x[\da-f]+|0*\d+)/gi,
    (_, before: string, sign: string, digits: string) => `${before}${sign === '-' ? '-' : ''}${Number(digits)}`,
  )
}

const malformed: readonly Definition[] = [
  ...parsers.map(([name, what, hooks]) => ({
    name: `malformed-${name}-accepted`,
    promise: `the body is JSON: ${what} is refused with 400`,
    finds: { place: 'body*' },
    hooks,
  })),
  {
    name: 'malformed-taken-as-empty',
    promise: 'the body is JSON: malformed JSON is refused with 400, not taken as an empty object',
    finds: { place: 'body*' },
    hooks: () => {
      const taken = new WeakSet<object>()
      return {
        ...lenient(() => {
          const value = {}
          taken.add(value)
          return value
        }),
        ...overlook((_, value) => typeof value === 'object' && value !== null && taken.has(value)),
      }
    },
  },
  {
    name: 'empty-body-accepted',
    promise: 'the body is mandatory: an empty one is refused with 400',
    finds: { place: 'body*' },
    hooks: {
      parse: (next) => (text, call) => (text.trim() === '' ? {} : next(text, call)),
      ...overlook((_, __, call) => call.body.toString().trim() === ''),
    },
  },
]

const otherValues = (['array', 'string', 'integer', 'boolean', 'null'] as const).map((kind) => ({
  name: `body-of-${kind}-accepted`,
  promise: `the body is an object: ${kind === 'null' ? kind : `a value of type ${kind}`} is refused with 400`,
  finds: { place: 'body*' },
  hooks: overlook((_, value) => kindOf(value) === kind),
}))

const unwrapped: Definition = {
  name: 'body-unwrapped-from-array',
  promise: 'the body is an object: an array that holds the object is refused with 400',
  finds: { place: 'body*' },
  hooks: { bind: (next) => (value, call) => next(Array.isArray(value) && value.length === 1 ? value[0] : value, call) },
}

const essence = (type: string): string => type.split(';')[0]!.trim().toLowerCase()

/** Media types taken besides the documented one; the body is read as JSON all the same. */
const mediaTypes: readonly [name: string, what: string, takes: (type: string | undefined) => boolean][] = [
  ['any-media-type', 'another media type', (type) => type !== undefined],
  ['missing-media-type', 'a request without Content-Type', (type) => type === undefined],
  ['text-media-type', 'the media type text/plain', (type) => essence(type ?? '') === 'text/plain'],
  [
    'form-media-type',
    'the media type application/x-www-form-urlencoded',
    (type) => essence(type ?? '') === 'application/x-www-form-urlencoded',
  ],
  ['xml-media-type', 'the media type application/xml', (type) => essence(type ?? '') === 'application/xml'],
  ['media-type-by-suffix', 'a media type of the kind application/*+json', (type) => /^application\/.+\+json$/.test(essence(type ?? ''))],
  ['vendor-media-type', 'a media type of the kind application/vnd.*+json', (type) => /^application\/vnd\./.test(essence(type ?? ''))],
]

const media = mediaTypes.map(([name, what, takes]) => ({
  name: `${name}-accepted`,
  promise: `Content-Type is mandatory and names the body's type: ${what} is refused with a client error`,
  finds: { place: 'header.*' },
  hooks: { media: (next) => (call) => (takes(headerValue(call, 'content-type')) ? undefined : next(call)) } satisfies Hooks,
}))

/** What the server makes of the packets that a body comes in, before it is text. */
const packets = (read: (packets: readonly Buffer[], body: Buffer) => Buffer | string): Hooks => {
  const came = new WeakMap<object, Buffer[]>()
  return {
    head: (next) => (call) => {
      const list: Buffer[] = []
      came.set(call.request, list)
      call.request.on('data', (packet: Buffer) => list.push(packet))
      return next(call)
    },
    decode: (next) => (body, call) => next(Buffer.from(read(came.get(call.request) ?? [], body)), call),
  }
}

const ofPackets: readonly Definition[] = [
  {
    name: 'first-packet-taken-for-the-body',
    promise: 'a body is read to its end, in however many packets it comes',
    finds: { place: ['body*', 'request'] },
    hooks: () => packets(([first], body) => first ?? body),
  },
]

/** Bodies that are no JSON object, and media types that say so. */
export const body = broken('input', [...malformed, ...otherValues, unwrapped, ...media, ...ofPackets])
