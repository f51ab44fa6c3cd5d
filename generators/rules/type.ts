import fc from 'fast-check'
import type { Json } from '../../core/json'
import { flat, type Member } from '../members'
import { plainValue } from '../plain'
import { breaksOnly, mayBeNull } from '../proofs'
import { always, draft, drawnAt, type Rule, type RuleKind, ruleId, type Subject } from '../rule'
import { typesOf } from '../schema'
import { clientError } from './malformed'
import { openly } from './odd'

/** Each member with a value of each type that is not its own, and with what a lax reader would turn into its own. */
export const type: RuleKind = (subject) => (subject.body ? flat(subject.body).flatMap((member) => of(subject, member)) : [])

function of(subject: Subject, member: Member): readonly Rule[] {
  const types = typesOf(member.documented)
  if (types.length === 0) return []
  const plain = plainValue(subject.schemas.assumed, member, subject.seed)
  const isNullOpen = mayBeNull(subject, member)
  const wrong = { ...wrongValues(types, plain), ...(isNullOpen ? { null: { values: [null] } } : {}) }
  return Object.entries<Values>(wrong).flatMap(([variant, { values, drawn }]): readonly Rule[] => {
    if (values.length === 0) return []
    const isOpen = isNullOpen && variant === 'null'
    return [
      {
        id: ruleId(subject, member.place, 'type', variant),
        operation: subject.id,
        zone: isOpen ? 'either' : 'reject',
        place: member.place,
        keyword: 'type',
        variant,
        promise: isOpen
          ? `${member.name} may be null: it is taken or refused, and nothing breaks`
          : `${member.at.length < 2 ? 'the body' : member.name} is of the type ${types.join(' or ')}: ${words[variant] ?? variant} in its place is refused`,
        ...(member.documented['x-docs']
          ? { docs: member.documented['x-docs'] }
          : subject.documented.docs
            ? { docs: subject.documented.docs }
            : {}),
        owes: isOpen ? openly : clientError,
        fixed: values.map((value) => draft(isRaw(value) ? { at: member.at, raw: value.raw } : { at: member.at, set: value })),
        ...(drawn ? { drawn: drawnAt(member.at, drawn) } : {}),
        weight: drawn ? 0.3 : 0,
        holds: isOpen ? always : breaksOnly(subject, member.at.slice(1), reported),
      },
    ]
  })
}

/** Keywords that a value of another type breaks too. */
const reported = 'type enum const format pattern minLength maxLength minimum maximum required minItems'.split(' ')

const words: Record<string, string> = {
  null: 'null',
  boolean: 'a boolean',
  number: 'a number',
  fraction: 'a number with a fraction',
  string: 'a string',
  padded: 'a string that holds a number in another form',
  array: 'an array',
  wrapped: 'an array around the right value',
  object: 'an object',
  text: 'the value as JSON text in a string',
}

interface Raw {
  readonly raw: string
}
type Wrong = Json | Raw
const isRaw = (value: Wrong): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value) && 'raw' in value

interface Values {
  readonly values: readonly Wrong[]
  readonly drawn?: fc.Arbitrary<Json>
}

/** Values of other types, by variant; look-alikes of the plain value first. */
function wrongValues(types: readonly string[], plain: Json): Record<string, Values> {
  const is = (name: string) => types.includes(name)
  const numeric = is('integer') || is('number')
  const all: Record<string, Values> = {}
  if (!is('null')) all.null = { values: [null] }
  if (!is('boolean')) all.boolean = { values: [true, false] }
  if (!numeric) all.number = { values: [1, 0, -1, 1.5, 1700000000], drawn: fc.integer() }
  if (is('integer') && !is('number')) {
    const n = typeof plain === 'number' ? plain : 1
    all.fraction = {
      values: [n + 0.5, { raw: `${n}.000001` }, { raw: `${n}.1e0` }, { raw: '1e-1' }, 0.5, -1.5],
      drawn: fc.integer({ min: 1, max: 65534 }).map((whole) => whole + 0.25),
    }
  }
  if (!is('string')) {
    all.string = {
      values: numeric
        ? [String(plain), '', 'abc', '1', '0', 'null']
        : is('boolean')
          ? ['true', 'false', '', '1', 'yes']
          : ['', 'abc', 'null', '{}'],
      drawn: fc.string({ maxLength: 10 }),
    }
    if (numeric)
      all.padded = {
        values: [
          ` ${plain}`,
          `${plain} `,
          `${plain}\n`,
          `+${plain}`,
          `0${plain}`,
          `${plain}.0`,
          `${plain}abc`,
          `0x${Number(plain).toString(16)}`,
          `${plain}e0`,
          otherDigits(String(plain), 0xff10),
          otherDigits(String(plain), 0x0660),
        ],
      }
    if (is('object') || is('array')) all.text = { values: [JSON.stringify(plain)] }
  }
  if (!is('array')) {
    all.array = { values: [[], [[]], ['a', 'b'], ...(is('string') ? asBytes(String(plain)) : [])] }
    all.wrapped = { values: [[plain], [[plain]], [plain, plain]] }
  }
  if (!is('object'))
    all.object = {
      values: [{}, { value: plain }, { 0: plain }, is('array') ? { ...(plain as Json[]) } : { name: 'x' }, { toString: null }],
    }
  return all
}

/** Bytes are a text to some, those of an address first of all. */
const asBytes = (text: string): readonly Json[] => [
  [...Buffer.from(text)],
  ...(/^\d+(\.\d+){3}$/.test(text) ? [text.split('.').map(Number)] : []),
]

/** The digits of a text in another script, as readers of Unicode take them too. @param zero code point of its digit 0 */
const otherDigits = (text: string, zero: number): string => text.replace(/\d/g, (digit) => String.fromCharCode(zero + Number(digit)))
