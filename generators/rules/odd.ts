import fc from 'fast-check'
import type { Json } from '../../core/json'
import { docsOf } from '../../core/operation'
import type { Owes } from '../../core/rule'
import { bounds } from '../arbitrary'
import { flat, type Member } from '../members'
import { plainValue } from '../plain'
import { always, draft, drawnAt, type Rule, type RuleKind, ruleId, type Subject } from '../rule'
import { typesOf } from '../schema'

/** What the docs leave open in a body: success and true, or the documented client error. */
export const openly: Owes = { success: 'allowed', clientError: 'documented' }

/** Values of the right type that the docs neither allow nor forbid: the target may take or refuse them, but must keep its head. */
export const odd: RuleKind = (subject) => (subject.body ? flat(subject.body).flatMap((member) => of(subject, member)) : [])

const known = new WeakMap<Member, { readonly seed: number; readonly texts: readonly string[] }>()

/**
 * Texts that trip a reader for what they say, and must be taken all the same. Only a pattern tells which characters a text may hold: where
 * there is none, a text of NULs is left open.
 */
export function oddTexts({ schemas: { assumed }, seed }: Subject, member: Member): readonly string[] {
  const plain = plainValue(assumed, member, seed)
  const { pattern, maxLength, format } = member.assumed
  if (pattern === undefined || typeof plain !== 'string') return []
  const before = known.get(member)
  if (before?.seed === seed) return before.texts
  // Reading a very long text to its end, to find that it is too long, takes a millisecond.
  const mostUnits = 2 * Number(maxLength ?? Number.POSITIVE_INFINITY)
  const isValid = (text: Odd): text is string => typeof text === 'string' && text.length <= mostUnits && assumed.valid(member.assumed, text)
  const texts = Object.values(strings(plain, format)).flatMap(({ values }) => values.filter(isValid))
  known.set(member, { seed, texts })
  return texts
}

function of(subject: Subject, member: Member): readonly Rule[] {
  const types = typesOf(member.documented)
  const plain = plainValue(subject.schemas.assumed, member, subject.seed)
  const classes =
    types.includes('string') && typeof plain === 'string'
      ? strings(plain, member.assumed.format)
      : types.includes('integer') || types.includes('number')
        ? numbers(member, Number(plain))
        : {}
  const owed = new Set<Odd>(oddTexts(subject, member))
  const isOpen = (value: Odd) => !owed.has(value)
  const isNarrow = owed.size === 0 && (member.assumed.pattern ?? member.assumed.format) !== undefined
  const open = Object.entries(classes).map(([variant, { values, drawn }]) => {
    const isShort = isNarrow && halved.has(variant)
    const turn = (subject.seed + member.at.length) & 1
    return [variant, { values: values.filter((value, i) => isOpen(value) && (!isShort || (i + turn) % 2 === 0)), drawn }] as const
  })
  return open
    .filter(([, { values }]) => values.length > 0)
    .map(([variant, { values, drawn }]) => ({
      id: ruleId(subject, member.place, 'odd', variant),
      operation: subject.id,
      zone: 'either',
      place: member.place,
      keyword: 'odd',
      variant,
      promise: `${member.name} may be anything of its type: ${words[variant] ?? variant} is taken as it is or refused, and nothing breaks`,
      ...docsOf(member.documented),
      owes: openly,
      fixed: values.map((value) => draft(typeof value === 'object' ? { at: member.at, raw: value.raw } : { at: member.at, set: value })),
      ...(drawn ? { drawn: drawnAt(member.at, drawn) } : {}),
      weight: drawn ? 0.5 : 0,
      holds: always,
    }))
}

/** Where a form says so much of a text that no odd one will do, these are all refused alike: half of them will do, other ones with another seed. */
const halved: ReadonlySet<string> = new Set(['unicode', 'word', 'injection'])

const words: Record<string, string> = {
  empty: 'nothing, or blanks alone',
  long: 'a very long text',
  backtracking: 'a text that is nearly valid for a long way',
  nul: 'a NUL character',
  control: 'a control character',
  'line-end': 'a line end',
  surrogate: 'half a surrogate pair',
  unicode: 'a rare character',
  marks: 'a heap of combining marks',
  quote: 'a quote sign or a backslash',
  percent: 'a percent sign',
  markup: 'markup',
  injection: 'a text that looks like an attack',
  typography: 'a text that typesetters set otherwise',
  links: 'a text with links, addresses, or what a filter hides',
  word: 'a word that languages reserve',
  case: 'a value in another case',
  range: 'a number out of its range',
  bits: 'a number at the edge of a machine word',
  form: 'another notation of it',
  huge: 'a number of many digits',
}

type Odd = string | number | { readonly raw: string }

/** Ways to write an address that readers of the old school take (octal, hexadecimal, fewer parts), and what is no IPv4 address. */
const otherAddresses = [
  '10.0.0.010',
  '010.0.0.1',
  '0x7f.0.0.1',
  '127.1',
  '2130706433',
  '1.2.3',
  '256.1.1.1',
  '1.1.1.1.',
  '1.1.1.1/32',
  '::1',
  '::ffff:1.2.3.4',
]

/** UUIDs whose version or variant RFC 9562 does not define, and other ways to write one. */
const otherUuids = (plain: string): readonly string[] => [
  ...['0', '9', 'a', 'f'].map((version) => plain.slice(0, 14) + version + plain.slice(15)),
  ...['0', '7', 'c', 'd', 'e', 'f'].map((variant) => plain.slice(0, 19) + variant + plain.slice(20)),
  'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa',
  '12345678-1234-1234-1234-123456789012',
  plain.replaceAll('-', ''),
  `{${plain}}`,
  `urn:uuid:${plain}`,
]
const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

/** Any code points: fast-check's own unit for them takes half a second to set up. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10ffff - 0x800 }), { minLength: 1, maxLength: 12 })
  .map((codes) => codes.map((code) => String.fromCodePoint(code < 0xd800 ? code : code + 0x800)).join(''))

/** Texts by class. Each is JSON text or a value, so that what JavaScript cannot hold is sent all the same. */
function strings(plain: string, format: unknown): Record<string, { values: readonly Odd[]; drawn?: fc.Arbitrary<Json> }> {
  const half = Math.floor(plain.length / 2)
  const inside = (text: string) => plain.slice(0, half) + text + plain.slice(half)
  return {
    empty: { values: ['', ' ', '   ', `${plain} `, ` ${plain}`, `${plain}\u2003`, `\u3000${plain}`] },
    long: {
      values: [256, 1000, 4097, 20_000, 66_000].map((n) => 'a'.repeat(n)).concat('é'.repeat(300), '漢'.repeat(3000), '😀'.repeat(5000)),
    },
    backtracking: {
      values: ['a', 'a-', 'a.', 'a/', 'a ', '0', '1.'].map((piece) => `${piece.repeat(Math.ceil(60 / piece.length))}!\u0001`),
    },
    nul: { values: ['\0', inside('\0'), `${plain}\0`] },
    control: {
      values: ['\u0001', inside('\u001b[31m'), inside('\u007f'), inside('\u0085'), inside('\t'), inside('\u000b')],
    },
    'line-end': {
      values: [
        '\n',
        inside('\n'),
        inside('\r\n'),
        inside('\r'),
        `${plain}\n`,
        inside('\u2028'),
        inside('\u2029'),
        `${plain}\r\nX-Injected: yes`,
      ],
    },
    surrogate: {
      values: [{ raw: '"\\ud800"' }, { raw: `"${half ? 'a' : ''}\\udc00b"` }, { raw: '"\\ude00\\ud83d"' }, { raw: '"x\\udbff"' }],
    },
    unicode: {
      values: [
        '\u200b',
        inside('\u00a0'),
        inside('\u200d'),
        '👨‍👩‍👧‍👦',
        // Tables of characters grow old: emoji of Unicode 6, 12 and 14.
        '🇩🇪 \u{1fa90}\u{1f7e0} \u{1fae0}',
        inside('\u202e'),
        '\ufeff',
        inside('\ufeff'),
        '\ufffe',
        '\uffff',
        '\u{10ffff}',
        '\ue000',
        '\u{f0000}',
        '\u{e0041}',
        inside('\u00ad'),
        '\u0378',
        'İstanbul',
        '\u3000',
        '𝕳𝖊𝖑𝖑𝖔',
      ],
      drawn: anyText,
    },
    marks: { values: [`Z${'\u0301\u0323\u035b\u0489'.repeat(30)}`, '\u0301', inside('\u0334'.repeat(8))] },
    quote: { values: ['"', "'", '`', '\\', inside('"'), inside("'"), inside('\\'), '\\u0041', `${plain}\\`] },
    percent: { values: ['%', '%%', '%s%n%d', '%00', '%2e%2e%2f', '%zz', '%E0%A4%A', inside('%41')] },
    markup: {
      values: [
        '<script>alert(1)</script>',
        ']]>',
        '&lt;&amp;',
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///dev/null">]><x>&e;</x>',
        '<img src=x onerror=alert(1)>',
      ],
    },
    injection: {
      values: [
        "' OR '1'='1",
        "'; DROP TABLE tasks; -- SELECT UNION INSERT UPDATE DELETE",
        '${7*7}',
        '{{7*7}} {% if 1 %} {# 1 #}',
        '${jndi:ldap://127.0.0.1:9/a}',
        '$(id)',
        '../../../../etc/passwd',
        '..\\..\\windows\\win.ini',
        'file:///etc/passwd',
        '*)(uid=*))(|(uid=*',
        '{"$gt":""}',
        '=1+1',
      ],
    },
    typography: {
      values: ["wait... (c) (r) 1/2 -- a -> b <= c :-) 'a' \"b\" ``c''", '... \u2026', "it's -- 'so'", '1 000 km2 5"'],
    },
    links: {
      values: [
        'see https://example.com/a?b=1&c=2#d, http://localhost:8080/, www.example.com, admin@example.com or +1 202 555 0100, @all #1; password=hunter2&e',
        '# a [b](c) **d** _e_ ~~f~~ `g` :smile: 4111 1111 1111 1111, 078-05-1120: class and assassin',
        "'N/A' NULL 192.0.2.1 \\\\a\\b [[c]] $$ $1 %(d)s javascript:e %0A",
      ],
    },
    word: {
      values: [
        'null',
        'undefined',
        'true',
        'NaN',
        '0',
        '1e309',
        '__proto__',
        'constructor',
        'toString',
        'length',
        '[object Object]',
        '{}',
        '[]',
        '..',
        '/',
        '*',
        '?',
      ],
    },
    ...(format === 'ipv4' ? { form: { values: otherAddresses } } : {}),
    ...(isUuid(plain) ? { form: { values: otherUuids(plain) } } : {}),
    case: { values: [plain.toUpperCase(), plain.charAt(0).toUpperCase() + plain.slice(1)].filter((text) => text !== plain) },
  }
}

/** Numbers by class. Texts, because a JavaScript number could not say most of them. */
function numbers(member: Member, plain: number): Record<string, { values: readonly Odd[]; drawn?: fc.Arbitrary<Json> }> {
  const { min, max } = bounds(member.assumed, true)
  const raw = (text: string | bigint | number) => ({ raw: String(text) })
  const beyond = [min - 1, max + 1, min - 2, max + 2, -plain, max * 2, 0, -1].filter((n) => Number.isSafeInteger(n) && (n < min || n > max))
  const words = [7n, 8n, 15n, 16n, 31n, 32n, 53n, 63n, 64n, 128n].map((k) => 2n ** k)
  const bits = [
    ...words.flatMap((power) => [power - 1n, power, power + 1n]),
    ...words.slice(2).flatMap((power) => [-power, -power - 1n]),
    2n ** 16n + BigInt(Math.trunc(plain)),
    2n ** 32n + BigInt(Math.trunc(plain)),
    9007199254740993n,
  ]
  const outside = bits.filter((n) => n < BigInt(min) || n > BigInt(max))
  return {
    range: {
      values: [...new Set(beyond)],
      drawn: fc.oneof(
        fc.integer({ min: Math.max(min - 1_000_000, Number.MIN_SAFE_INTEGER), max: Math.max(min - 1, Number.MIN_SAFE_INTEGER) }),
        fc.integer({ min: Math.min(max + 1, Number.MAX_SAFE_INTEGER), max: Number.MAX_SAFE_INTEGER }),
      ),
    },
    bits: { values: outside.map(raw) },
    form: {
      values: [
        `${plain}.0`,
        `${plain}.000`,
        `${plain}e0`,
        `${plain}E+0`,
        `${plain * 10}e-1`,
        `${plain / 10}e1`,
        '-0',
        '-0.0',
        '0e0',
        '1E0',
        '1e2',
      ].map(raw),
    },
    huge: {
      values: [
        '1e19',
        '1e308',
        '1e309',
        '-1e309',
        '1e99999',
        '1e999999999',
        '1'.repeat(100),
        '9'.repeat(1000),
        '7'.repeat(5000),
        `${plain}.${'0'.repeat(500)}`,
        '1e-400',
        `-${'9'.repeat(40)}`,
      ].map(raw),
    },
  }
}
