import type { Change } from '../../core/case'
import { once } from '../../core/once'
import type { Parameter } from '../../core/operation'
import type { Owes } from '../../core/rule'
import { covers } from '../../specs/mediaType'
import { bodyBytes, type Draft, draft, fixedRule, type Rule, type RuleKind, type Subject } from '../rule'
import { garbageFor } from './credentials'
import { extremes } from './extremes'

/** A gateway may answer for the API: any client error, of any shape. */
const anyClientError: Owes = { success: 'forbidden', clientError: 'any' }
const anything: Owes = { success: 'allowed', clientError: 'any' }

/** Header parameters left out, empty or wrong, and headers that say odd things. */
export const headers: RuleKind = (subject) => [
  ...subject.documented.parameters.filter((parameter) => parameter.in === 'header').flatMap((parameter) => mandatory(subject, parameter)),
  ...(subject.body ? [...mediaTypes(subject), oddMediaTypes(subject)] : []),
  odd(subject),
  range(subject),
  compressed(subject),
  ...long(subject),
]

const times = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value)

function mandatory(subject: Subject, parameter: Parameter): readonly Rule[] {
  if (!parameter.required) return []
  const { name } = parameter
  const place = `header.${name}`
  const missing: Change = { at: ['header', name], remove: true }
  const docs = parameter.docs ? { docs: parameter.docs } : {}
  const token = subject.tokens.find((one) => one.parameter.in === 'header' && one.parameter.name.toLowerCase() === name.toLowerCase())
  const garbage: readonly Change[] = token?.real ? garbageFor(token).map((set) => ({ at: ['header', name], set })) : []
  return [
    {
      ...fixedRule(
        subject,
        'reject',
        place,
        'required',
        `the header ${name} is mandatory: a request without it is refused`,
        [...times(4, draft(missing)), ...withoutBody(subject).map((change) => draft(missing, change))],
        anyClientError,
      ),
      ...docs,
    },
    {
      ...fixedRule(
        subject,
        'reject',
        place,
        'empty',
        `the header ${name} is mandatory: an empty one is refused`,
        [...times(3, draft({ at: ['header', name], set: '' })), draft({ at: ['header', name], set: ' ' })],
        anyClientError,
      ),
      ...docs,
    },
    ...(garbage.length > 0
      ? [
          {
            ...fixedRule(
              subject,
              'reject',
              place,
              'garbage',
              'a token that was never issued is refused',
              garbage.map((change) => draft(change)),
              anyClientError,
            ),
            ...docs,
          },
        ]
      : []),
  ]
}

/** A body that is none, or no JSON: what reads it before it looks at the headers stumbles. */
const withoutBody = ({ body }: Subject): readonly Change[] => (body ? [{ at: ['body'], remove: true }, bodyBytes('{"a":')] : [])

const contentType = (set: string): Change => ({ at: ['header', 'Content-Type'], set })
const otherMediaTypes = [
  'text/plain',
  'text/html',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'image/png',
  'application/javascript',
  'application/problem+json',
  'application/ld+json',
  'application/vnd.api+json',
  'text/json',
  'application/jsonl',
  'application/x-ndjson',
  'application/yaml',
  'application',
  'json',
]

function mediaTypes(subject: Subject): readonly Rule[] {
  const told = [...new Set(subject.documented.body?.content.map(({ mediaType }) => mediaType.split(';')[0]?.trim().toLowerCase() ?? ''))]
  const others = otherMediaTypes.filter((type) => !told.some((one) => covers(one, type.split(';')[0] ?? '')))
  return others.map((type) =>
    fixedRule(
      subject,
      'reject',
      'header.Content-Type',
      'media-type',
      `the body is ${told.join(' or ')}: ${type} is refused`,
      [draft(contentType(type)), draft(contentType(type))],
      anyClientError,
      type.split(';')[0],
    ),
  )
}

/** The documented media type, written as only some readers take it. */
function oddMediaTypes(subject: Subject): Rule {
  const long = once(() => longest(subject))
  const values = [
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'Application/JSON',
    'APPLICATION/JSON',
    'application/json;version=1',
    'application/json;',
    'application/json ; charset=utf-8',
    'application/json;charset=iso-8859-1',
    'application/json;charset=utf-16',
    'application/json;charset=nonsense',
    'application/json, application/json',
    'application/json;charset=utf-8;charset=utf-16',
  ]
  return fixedRule(
    subject,
    'either',
    'header.Content-Type',
    'odd',
    'the media type in another spelling, or with other parameters, is taken or refused',
    // Who reads the parameter otherwise than it is meant, reads other characters.
    [
      ...values.map((value) => draft(contentType(value))),
      ...values.slice(0, 2).map((value): Draft => ({ changes: () => [contentType(value), ...long()] })),
    ],
    anything,
  )
}

/** Headers that the docs do not name. */
function odd(subject: Subject): Rule {
  const values: readonly (readonly [string, string])[] = [
    ['Accept', 'text/html'],
    ['Accept', 'application/xml;q=1, application/json;q=0.1'],
    ['Accept', 'nonsense'],
    ['Accept-Encoding', 'identity;q=0'],
    ['Accept-Language', 'tlh, *;q=0'],
    ['Content-Encoding', 'identity'],
    ['Content-Encoding', 'gzip'],
    ['Cookie', 'a=b; a=c; ;;=; session=%00'],
    ['Authorization', 'Basic !!!'],
    ['If-Match', '"nothing"'],
    ['If-None-Match', '*'],
    ['If-Modified-Since', 'yesterday'],
    ['X-Forwarded-For', "' OR 1=1 --"],
    ['X-Request-Id', '${jndi:ldap://127.0.0.1:9/a}'],
    ['X-Odd', '\u00e9\u00ff'],
    ['Origin', 'null'],
    ['Date', 'never'],
    ['User-Agent', ''],
  ]
  return fixedRule(
    subject,
    'either',
    'header',
    'odd',
    'headers that the docs do not name are ignored or refused',
    values.map(([name, set]) => draft({ at: ['header', name], set })),
    { ...anything, httpMayRefuse: true },
  )
}

/** Within the content and beyond it, from its end, several, and none (RFC 9110, 14.1.2). */
const ranges = ['bytes=0-1', 'bytes=0-0', 'bytes=3-', 'bytes=-3', 'bytes=999999999-', 'bytes=0-0,2-2', 'bytes=5-2', 'bytes=x-y', 'rows=0-1']

/** A Range means something for GET alone (RFC 9110, 14.2), but proxies cut any answer to it. */
const range = (subject: Subject): Rule =>
  fixedRule(
    subject,
    'either',
    'header',
    'range',
    'a Range is ignored or refused, or cuts the answer',
    (subject.model.method === 'GET' ? ranges : ranges.slice(0, 1)).map((set) => draft({ at: ['header', 'Range'], set })),
    { ...anything, httpMayRefuse: true, also: [206] },
  )

/** Most clients ask for a coding by themselves, and many servers code long answers alone: what goes wrong with it shows nowhere else. */
function compressed(subject: Subject): Rule {
  const others = ['deflate', 'br', 'gzip, deflate, br']
  const asking = (set: string): Change => ({ at: ['header', 'Accept-Encoding'], set })
  const long = once(() => longest(subject))
  return fixedRule(
    subject,
    'either',
    'header',
    'compressed',
    'an answer is compressed as it says, or is not compressed',
    [
      draft(asking('gzip')),
      ...(subject.body ? [draft(asking('gzip'), { at: ['body'], set: {} })] : []),
      ...['gzip', ...others].map((coding): Draft => ({ changes: () => [asking(coding), ...long()] })),
    ],
    anything,
  )
}

/** The valid text of most bytes at each member that takes texts. */
const longest = (subject: Subject): readonly Change[] => extremes(subject).largest.filter(({ set }) => typeof set === 'string')

/** Long header values: HTTP servers may refuse them before the API is reached (RFC 6585, 431). */
function long(subject: Subject): readonly Rule[] {
  const sizes = [1000, 4000, 7000, 12_000, 20_000, 70_000]
  const token = subject.tokens.find(({ parameter }) => parameter.in === 'header')
  const own = token?.parameter.name
  // Whoever has a real credential knows that these are none; one that may be left out may be ignored, too.
  const isReal = token?.real === true && token.parameter.required
  return [
    ...(own
      ? [
          fixedRule(
            subject,
            isReal ? 'reject' : 'either',
            `header.${own}`,
            'odd',
            isReal
              ? `a ${own} that is odd or very long, and was never issued, is refused`
              : `an odd or very long ${own} is taken or refused, and nothing breaks`,
            [
              'x'.repeat(1000),
              'x'.repeat(4097),
              'x'.repeat(9000),
              "'",
              '"',
              '%00',
              '\u00e9',
              'a b',
              'Bearer',
              'a.b.c',
              '{}',
              '../..',
              "' OR '1'='1",
            ].map((set) => draft({ at: ['header', own], set })),
            { ...(isReal ? anyClientError : anything), httpMayRefuse: true },
          ),
        ]
      : []),
    fixedRule(
      subject,
      'either',
      'header',
      'long',
      'a long header is taken or refused',
      [
        ...sizes.map((size) => draft({ at: ['header', 'X-Odd'], set: 'x'.repeat(size) })),
        { changes: () => Array.from({ length: 90 }, (_, i) => ({ at: ['header', `X-Odd-${i}`], set: 'x' })) },
      ],
      { ...anything, httpMayRefuse: true },
    ),
  ]
}
