import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../../core/json'
import { docsOf, type SchemaObject } from '../../core/operation'
import { flat, type Member } from '../members'
import { plainValue } from '../plain'
import { breaksOnly } from '../proofs'
import { draft, type Rule, type RuleKind, ruleId, type Subject } from '../rule'
import { clientError } from './malformed'
import { sample } from './solved'

/** Each limit that the docs themselves state (range, length, pattern, enumeration, item count), broken from just outside. */
export const constraint: RuleKind = (subject) => (subject.body ? flat(subject.body).flatMap((member) => of(subject, member)) : [])

function of(subject: Subject, member: Member): readonly Rule[] {
  const plain = plainValue(subject.schemas.assumed, member, subject.seed)
  const near = outside(member.documented, plain)
  const all = {
    ...Object.fromEntries(further.filter((keyword) => Object.hasOwn(member.documented, keyword)).map((keyword) => [keyword, none])),
    ...near,
  }
  return Object.entries(all).flatMap(([keyword, { values, says }]): readonly Rule[] => {
    const holds = breaksOnly(subject, member.at.slice(1), [
      keyword,
      'pattern',
      'format',
      'multipleOf',
      ...(keyword.endsWith('Contains') ? ['contains'] : []),
    ])
    const breaks = (value: Json) => subject.schemas.documented.errors(member.documented, value).length > 0
    const known = values.filter((value) =>
      subject.schemas.documented.errors(member.documented, value).some((error) => error.keyword === keyword),
    )
    const broken = known.length > 0 ? known : solved(subject, member, keyword).filter(breaks)
    if (broken.length === 0) return []
    return [
      {
        id: ruleId(subject, member.place, keyword),
        operation: subject.id,
        zone: 'reject',
        place: member.place,
        keyword,
        promise: `${member.name} ${says}: anything else is refused`,
        ...docsOf(member.documented),
        owes: clientError,
        fixed: broken.map((value) => draft({ at: member.at, set: value })),
        weight: 0,
        holds,
      },
    ]
  })
}

const none = { values: [] as readonly Json[], says: 'keeps what the docs state of it' }

/** Keywords whose breaks are solved for, as no value just beyond a limit is at hand. */
const further = [
  'pattern',
  'enum',
  'const',
  'minItems',
  'maxItems',
  'uniqueItems',
  'contains',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'dependentRequired',
  'not',
]
const solvedCases = 5

/** Values that break one keyword of a member and are valid but for it; none where there are none. */
function solved(subject: Subject, member: Member, keyword: string): readonly Json[] {
  const [violation] = subject.schemas.documented.generator.violations(member.documented, (path) => path === `#/${keyword}`)
  const { values } = violation ?? {}
  if (!values) return []
  // What lies next to a limit comes first.
  const found = Array.from({ length: solvedCases * 3 }).flatMap((_, i) => sample(values, i, i < solvedCases))
  return found.filter((value, i) => found.findIndex((other) => isDeepStrictEqual(other, value)) === i).slice(0, solvedCases)
}

/** Values just beyond each limit, by keyword. */
function outside(schema: SchemaObject, plain: Json): Record<string, { values: readonly Json[]; says: string }> {
  const all: Record<string, { values: readonly Json[]; says: string }> = {}
  const add = (keyword: string, says: string, values: readonly Json[]) => {
    if (schema[keyword] !== undefined) all[keyword] = { values, says: `${says} ${JSON.stringify(schema[keyword])}` }
  }
  const number = (keyword: string) => Number(schema[keyword])
  add('minimum', 'is at least', [number('minimum') - 1, number('minimum') - 1000])
  add('maximum', 'is at most', [number('maximum') + 1, number('maximum') + 1000])
  add('exclusiveMinimum', 'is more than', [number('exclusiveMinimum'), number('exclusiveMinimum') - 1])
  add('exclusiveMaximum', 'is less than', [number('exclusiveMaximum'), number('exclusiveMaximum') + 1])
  const near = typeof plain === 'number' ? plain : 0
  const step = number('multipleOf')
  // Between two multiples, and next to one, which is whole.
  add('multipleOf', 'is a multiple of', [step * 1.5, near + step / 2, near + 1, near - 1])
  if (typeof plain === 'string') {
    const long = (length: number) => (plain || 'a').repeat(Math.ceil(length / Math.max(plain.length, 1))).slice(0, length)
    if (number('minLength') > 0) add('minLength', 'has a length of at least', [long(number('minLength') - 1), ''])
    if (number('maxLength') < 100_000)
      add('maxLength', 'has a length of at most', [long(number('maxLength') + 1), long(number('maxLength') * 2 + 1)])
    // What is nearly right tells most, and goes first: of many rules few cases are sent.
    const cut = [plain.slice(0, -1), plain.slice(0, Math.ceil(plain.length / 2))]
    const nearMisses = [plain.replace(/^https:/, 'http:'), plain.toUpperCase(), plain.toLowerCase(), `${plain}\n`, ` ${plain}`, ...cut]
    add('pattern', 'matches', [...nearMisses, '', `${plain} `, plain + plain, '!', ' ', '\u0000', '-'])
  }
  add(
    'enum',
    'is one of',
    typeof plain === 'string' ? ['', `${plain}x`, plain.toUpperCase(), plain.toLowerCase(), ` ${plain}`] : [-1, 'no-such-value'],
  )
  add('const', 'is', typeof plain === 'string' ? [`${plain}x`] : [-1])
  if (Array.isArray(plain)) {
    if (number('minItems') > 0) add('minItems', 'has at least', [plain.slice(0, number('minItems') - 1)])
    if (number('maxItems') < 10_000)
      add(
        'maxItems',
        'has at most',
        schema.uniqueItems === true ? [] : [Array.from({ length: number('maxItems') + 1 }, () => plain[0] ?? null)],
      )
    if (schema.uniqueItems === true && plain[0] !== undefined) add('uniqueItems', 'holds no item twice:', [[plain[0], plain[0]]])
  }
  return all
}
