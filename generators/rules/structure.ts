import type { Change } from '../../core/case'
import { isObject, type Json } from '../../core/json'
import { docsOf, type Schema, type SchemaObject } from '../../core/operation'
import type { Owes } from '../../core/rule'
import { deriveSeed } from '../../core/seed'
import { isJson } from '../../specs/mediaType'
import { edges } from '../edges'
import { CannotGenerate } from '../json-schema'
import { flat, type Member } from '../members'
import { namedPlaces } from '../naming'
import { plainValue, replaceAt } from '../plain'
import { acceptable } from '../proofs'
import { bodyBytes, bodyDraft, type Draft, draft, fixedRule, type Rule, type RuleKind, type Subject } from '../rule'
import { typesOf } from '../schema'
import { success } from './accept'
import { openly } from './odd'

/** The body as a text: lawful spellings of the same JSON, members nobody named, keys twice, depth, size, encoding. */
export const structure: RuleKind = (subject) => {
  const { body } = subject
  if (!body) return []
  const objects = flat(body).filter((member) => typesOf(member.documented)[0] === 'object')
  return [
    spelling(subject, body),
    ...objects.map((member) => unknown(subject, member)),
    ...served(subject, objects),
    ...flat(body)
      .filter((member) => member.required && member.at.length > 1 && member.name !== '[]')
      .map((member) => twice(subject, member)),
    nesting(subject),
    ...sizes(subject, body),
    ...encoding(subject, body),
  ]
}

const rule = (
  subject: Subject,
  place: string,
  keyword: string,
  promise: string,
  fixed: readonly Draft[],
  owes: Owes = openly,
  variant?: string,
): Rule => fixedRule(subject, 'either', place, keyword, promise, fixed, owes, variant)

/** One JSON value has many texts (RFC 8259): blanks, escapes and the order of members say nothing. */
function spelling(subject: Subject, body: Member): Rule {
  const escaped = (text: string) =>
    [...text]
      .flatMap((c) => c.split(''))
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('')
  const spell = (
    value: Json,
    key: (name: string) => string,
    text: (value: string) => string,
    order: (names: [string, Json][]) => [string, Json][],
  ): string => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return `[${value.map((item) => spell(item, key, text, order)).join(',')}]`
    if (isObject(value))
      return `{${order(Object.entries(value))
        .map(([name, member]) => `${key(name)}:${spell(member, key, text, order)}`)
        .join(',')}}`
    return JSON.stringify(value)
  }
  const same = <T>(value: T): T => value
  const json = (value: string) => JSON.stringify(value)
  // Behind the mandatory members, so that whichever optional ones are there, another mandatory one comes first.
  const optional = optionalMembers(subject, body)
  const isOptional = ([name]: [string, Json]) => Object.hasOwn(optional, name)
  const reversed = (names: [string, Json][]) => [...names.filter((one) => !isOptional(one)).reverse(), ...names.filter(isOptional)]
  return {
    ...rule(
      subject,
      'body',
      'valid',
      'the same JSON in another lawful spelling (blanks, escapes, order) is the same request',
      [
        bodyDraft((text) => ` \t\r\n${text}\n \t`),
        bodyDraft((_, plain) => JSON.stringify(plain, null, 2)),
        bodyDraft((_, plain) => JSON.stringify(plain, null, '\t').replaceAll('\n', '\r\n')),
        bodyDraft((text) => text.replaceAll(':', ' : ').replaceAll(',', ' , ')),
        bodyDraft((text) => `${text}\n`),
        bodyDraft((_, plain) => onOneLine(plain)),
        bodyDraft((_, plain) => JSON.stringify({ ...optional, ...(plain as object) })),
        bodyDraft((_, plain) => spell(plain, json, json, reversed)),
        bodyDraft((_, plain) => spell(plain, json, (value) => `"${escaped(value)}"`, same)),
        bodyDraft((_, plain) => spell(plain, (name) => `"${escaped(name)}"`, json, same)),
        bodyDraft((text) => `${text}${' '.repeat(300)}`),
        ...flat(body).flatMap((member) => escapable(subject, member)),
      ],
      success,
      'spelling',
    ),
    zone: 'accept',
    holds: acceptable(subject),
  }
}

/** As many writers of JSON set it by default: on one line, a blank behind each comma and colon. */
const onOneLine = (value: Json): string => JSON.stringify(value, null, 1).replace(/,\n */g, ', ').replace(/\n */g, '')

/** The optional members at the top of the body. */
const optionalMembers = (subject: Subject, body: Member): Record<string, Json> =>
  Object.fromEntries(
    body.children
      .filter(({ required, children, place }) => !required && children.length === 0 && !namedPlaces(subject).has(place))
      .map((member) => [member.name, plainValue(subject.schemas.assumed, member, subject.seed)]),
  )

/**
 * Valid texts as writers of JSON may escape them: all beyond ASCII, as two escapes where it lies beyond the basic plane, in small or capital
 * digits; slashes; and what HTML reads.
 */
function escapable(subject: Subject, member: Member): readonly Draft[] {
  if (!typesOf(member.assumed).includes('string')) return []
  const { assumed } = subject.schemas
  const plain = String(plainValue(assumed, member, subject.seed))
  const values = ['a😀b', 'a/b', ...edges(assumed, member.assumed, plain)].filter(
    (value): value is string => typeof value === 'string' && assumed.valid(member.assumed, value),
  )
  const find = (pattern: RegExp) => values.find((value) => pattern.test(value))
  const [astral, slash, letter, html] = [/[\u{10000}-\u{10ffff}]/u, /\//, /[\u00c0-\u024f]/, /[<>&]/].map(find)
  const small = [...new Set([astral, slash, letter, html])].flatMap((text) => (text === undefined ? [] : [escapedJson(text)]))
  const capital = letter === undefined ? [] : [escapedJson(letter).replace(/\\u\w{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`)]
  return [...new Set([...small, ...capital])].map((raw) => draft({ at: member.at, raw }))
}

/** JSON text of ASCII alone (RFC 8259, section 7), in which every slash is escaped, and what HTML reads. */
const escapedJson = (text: string): string =>
  JSON.stringify(text)
    .replaceAll('/', '\\/')
    .replace(/[^ -~]|[<>&]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Members that the docs do not name, with names that trip prototypes, mappers and templates. */
const unknownNames = [
  'extra',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'then',
  '$ref',
  'id',
  '',
  'a.b',
  'é',
  '\u0000',
  '0',
]

/** So many of the first are sent to each object. */
const mostTelling = 3

/** More members than some parsers take. */
const manyUnknown = 1100

function unknown(subject: Subject, member: Member): Rule {
  const own = stated(subject, member)
  const insert = (name: string, raw: string) => draft({ at: member.at, insert: name, raw: own ?? raw })
  // Of the rest of the names each object within gets a part, another with each seed.
  const turn = deriveSeed(subject.seed, member.place) & 1
  const isTaken = (i: number) => member.at.length === 1 || i < mostTelling || (i + turn) % 2 === 0
  const names = unknownNames.filter((name, i) => isTaken(i) && !member.children.some((child) => child.name === name))
  return rule(subject, member.place, 'unknown', 'members that the docs do not name are ignored or refused', [
    ...names.map((name, i) => insert(name, i % 3 === 0 ? '"x"' : i % 3 === 1 ? '{"polluted":true}' : '1')),
    ...(member.at.length === 1
      ? [draft(...Array.from({ length: manyUnknown }, (_, i): Change => ({ at: member.at, insert: `extra${i}`, raw: '1' })))]
      : []),
    insert('extra', 'null'),
    insert('extra', '[]'),
    insert('__proto__', 'null'),
    ...polluted(subject, member).map((raw) => insert('__proto__', raw)),
    insert('constructor', '{"prototype":{"polluted":true}}'),
    insert('e'.repeat(300), '1'),
    insert('e'.repeat(5000), '1'),
    draft(...Array.from({ length: 150 }, (_, i): Change => ({ at: member.at, insert: `extra${i}`, raw: own ?? '1' }))),
  ])
}

/** A value that the docs state for every other member, as JSON; undefined: they state none. Others are broken by rules of their own. */
function stated({ schemas, seed }: Subject, { at, place, documented }: Member): string | undefined {
  const of = documented.additionalProperties
  if (!isObject(of) || Object.keys(of).length === 0) return undefined
  const schema = schemas.documented.flatten(of as SchemaObject)
  const member = { at: [...at, '*'], place: `${place}.*`, name: '*', documented: schema, assumed: schema, required: false, children: [] }
  try {
    return JSON.stringify(plainValue(schemas.documented, member, seed))
  } catch (error) {
    if (error instanceof CannotGenerate) return undefined
    throw error
  }
}

/** Every documented name below a prototype: a careless merge then finds members that nobody sent, in this request and in later ones. */
function polluted(subject: Subject, member: Member): readonly string[] {
  const named = Object.fromEntries(member.children.map((child) => [child.name, plainValue(subject.schemas.assumed, child, subject.seed)]))
  return Object.keys(named).length === 0 ? [] : [JSON.stringify(named)]
}

/** Members that only the server makes (ids, times), sent by the caller: a custom value takes no effect. */
function served(subject: Subject, objects: readonly Member[]): readonly Rule[] {
  const answer = subject.assumed.responses
    .find(({ status }) => status.startsWith('2'))
    ?.content.find(({ mediaType }) => isJson(mediaType))?.schema
  return objects.flatMap((member) => {
    const twin = member.at
      .slice(1)
      .reduce<SchemaObject>(
        (schema, name) => subject.schemas.assumed.flatten(schema.properties?.[name]),
        subject.schemas.assumed.flatten(answer),
      )
    const own = Object.entries(twin.properties ?? {}).filter(([name]) => !member.children.some((child) => child.name === name))
    return own.map(([name, schema]) => servedMember(subject, member, name, schema))
  })
}

/** A value that a server would make by itself at no time. */
const custom = '2001-02-03T04:05:06Z'

function servedMember(subject: Subject, member: Member, name: string, of: Schema): Rule {
  const schema = subject.schemas.assumed.flatten(of)
  const inner = Object.fromEntries(Object.keys(schema.properties ?? {}).map((key) => [key, custom]))
  const values: readonly string[] =
    typesOf(schema)[0] === 'object'
      ? ['{}', 'null', '"x"', JSON.stringify(inner)]
      : ['"plumbline-custom-value"', '"00000000-0000-4000-8000-000000000000"', '"2001-02-03T04:05:06Z"', '""', 'null', '1']
  return {
    ...rule(
      subject,
      `${member.place}.${name}`,
      'custom',
      `${name} is made by the server: a caller's own value takes no effect, or is refused`,
      values.map((raw) => draft({ at: member.at, insert: name, raw })),
    ),
    ...docsOf(schema),
  }
}

/** A key twice in one object: JSON leaves open which counts (RFC 8259, section 4). */
function twice(subject: Subject, member: Member): Rule {
  const plain = plainValue(subject.schemas.assumed, member, subject.seed)
  const at = member.at.slice(0, -1)
  const text = (value: Json) => JSON.stringify(value)
  const other = typeof plain === 'string' ? `${plain}x`.slice(-30) : typeof plain === 'number' ? plain + 1 : plain
  return rule(subject, member.place, 'twice', `${member.name} twice in one object is taken or refused`, [
    draft({ at, insert: member.name, raw: text(other as Json), first: true }),
    draft({ at, insert: member.name, raw: text(other as Json) }),
    draft({ at, insert: member.name, raw: 'null', first: true }),
  ])
}

function nesting(subject: Subject): Rule {
  const depths = [10, 100, 500, 1000, 3000, 10_000]
  const deep = (depth: number) => [`${'['.repeat(depth)}${']'.repeat(depth)}`, `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`]
  return rule(subject, 'body', 'nesting', 'a deeply nested body is taken or refused, and nothing breaks', [
    ...depths.flatMap(deep).map((raw) => draft({ at: ['body'], insert: 'extra', raw })),
    ...deep(5000).map((raw) => draft(bodyBytes(raw))),
    draft(bodyBytes('['.repeat(5000))),
  ])
}

const kibibyte = 1024

/** Bodies around the sizes at which buffers, proxies and parsers change their ways. */
function sizes(subject: Subject, body: Member): readonly Rule[] {
  const text = flat(body).find((member) => !member.required && typesOf(member.documented).includes('string'))
  return [1, 16, 64, 1024].map((size) => {
    const lengths = [size * kibibyte - 1, size * kibibyte, size * kibibyte + 1]
    const filled = (bytes: number): Draft =>
      text
        ? {
            changes: (plain) => {
              const rest = JSON.stringify(replaceAt(plain, text.at.slice(1), '')).length
              return [{ at: text.at, set: 'a'.repeat(Math.max(0, bytes - rest)) }]
            },
          }
        : {
            changes: (plain) => [
              { at: ['body'], insert: 'extra', raw: `"${'a'.repeat(Math.max(0, bytes - JSON.stringify(plain).length - 11))}"` },
            ],
          }
    const fixed = [
      ...lengths.map(filled),
      // Characters of two to four bytes lie across the borders of a reader's pieces.
      draft(text ? { at: text.at, set: wide(size) } : { at: ['body'], insert: 'extra', raw: JSON.stringify(wide(size)) }),
      bodyDraft((json) => json + ' '.repeat(Math.max(0, size * kibibyte - json.length))),
      {
        changes: (): readonly Change[] => [
          {
            at: ['body'],
            insert: 'extra',
            raw: JSON.stringify(Array.from({ length: Math.floor((size * kibibyte) / 4) }, (_, i) => i % 100)),
          },
        ],
      },
    ]
    const { asIs: _, ...shrinking } = rule(
      subject,
      'body',
      'size',
      `a body of ${size < 1024 ? `${size} KiB` : '1 MiB'} is taken or refused, and nothing breaks`,
      size >= 1024 ? fixed.slice(1, 4) : fixed,
      openly,
      `${size}KiB`,
    )
    return shrinking
  })
}

/** A text of so many KiB of characters that take two, three and four bytes. */
const wide = (size: number): string => '漢é😀'.repeat(Math.floor((size * kibibyte) / 9))

/** Bytes that are not quite UTF-8 (RFC 8259, section 8.1), within each text of the body; and other encodings of the whole. */
function encoding(subject: Subject, body: Member): readonly Rule[] {
  const promise = 'a byte order mark, or bytes that are no UTF-8, are taken or refused, and nothing breaks'
  const texts = flat(body).filter((member) => member.children.length === 0 && typesOf(member.documented).includes('string'))
  return [
    rule(subject, 'body', 'encoding', promise, [
      bodyDraft((json) => `\ufeff${json}`),
      bodyDraft((json) => Buffer.from(json, 'utf16le')),
      bodyDraft((json) => Buffer.from(`\ufeff${json}`, 'utf16le')),
    ]),
    ...texts.map((member) =>
      rule(
        subject,
        member.place,
        'encoding',
        promise,
        notUtf8.map((bytes) => bodyDraft((_, plain) => within(plain, member, bytes))),
      ),
    ),
  ]
}

/** A stray byte, half a character, a surrogate, an overlong form, Latin-1, beyond Unicode. */
const notUtf8 = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xe9], [0xf5, 0x80, 0x80, 0x80]]

const mark = 'plumbline-mark'

/** The plain body with raw bytes in the middle of a member's text. */
function within(plain: Json, member: Member, bytes: readonly number[]): Buffer {
  const [before = '', after = ''] = JSON.stringify(replaceAt(plain, member.at.slice(1), `a${mark}b`)).split(mark)
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])
}
