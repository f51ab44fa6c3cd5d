import { mandatoryProblem, readFacts } from './facts'
import type { Kind } from './phrases'

const facts = (text: string, kind: Kind, items?: Kind) => readFacts(text, kind, { answered: false, items })

describe('limits', () => {
  test.each<[string, Kind, Record<string, unknown>]>([
    ['Port. Range: 1-65535', 'integer', { minimum: 1, maximum: 65535 }],
    ['Port. Value range: [1, 65535].', 'integer', { minimum: 1, maximum: 65535 }],
    ['Weight. The value ranges from 1 to 100.', 'integer', { minimum: 1, maximum: 100 }],
    ['Weight, an integer ranging from -5 to 5', 'integer', { minimum: -5, maximum: 5 }],
    ['Ratio. The value is between 0.5 and 1.5.', 'number', { minimum: 0.5, maximum: 1.5 }],
    ['Ratio. Range: 0–1.25', 'number', { minimum: 0, maximum: 1.25 }],
    ['Size. Value range: 1 to 1,000,000', 'integer', { minimum: 1, maximum: 1000000 }],
    ['Count Minimum: 0 Maximum: 10', 'integer', { minimum: 0, maximum: 10 }],
    ['Count. Minimum value: 0. The maximum value is 10.', 'integer', { minimum: 0, maximum: 10 }],
    ['Count. Maximum: 10', 'integer', { maximum: 10 }],
    ['Name of 1 to 64 characters', 'string', { minLength: 1, maxLength: 64 }],
    ['The value can contain 4-63 characters.', 'string', { minLength: 4, maxLength: 63 }],
    ['Name Minimum length: 1 Maximum length: 64', 'string', { minLength: 1, maxLength: 64 }],
    ['Name Minimum: 1 Maximum: 64', 'string', { minLength: 1, maxLength: 64 }],
    ['Text of up to 255 characters.', 'string', { maxLength: 255 }],
    ['Text. It cannot exceed 255 characters.', 'string', { maxLength: 255 }],
    ['At least 8 characters', 'string', { minLength: 8 }],
    ['ID. Length: 32', 'string', { minLength: 32, maxLength: 32 }],
    ['Tags Array Length: 1 - 10', 'array', { minItems: 1, maxItems: 10 }],
    ['Port. Range: N/A', 'integer', {}],
    ['Port. Range: [1,65535]', 'integer', { minimum: 1, maximum: 65535 }],
    ['Name. Constraints: N/A Range: 1 to 64 characters Default Value: N/A', 'string', { minLength: 1, maxLength: 64 }],
    ['Size. The value must be greater than or equal to 0.', 'integer', { minimum: 0 }],
    ['Size. The value must be greater than 0 and is less than 1.5', 'number', { exclusiveMinimum: 0, exclusiveMaximum: 1.5 }],
    ['Size. The value is greater than 3', 'string', {}],
    ['Switch. Range: true or false', 'boolean', {}],
    ['Created in 2 to 3 steps, see table 4 to 5', 'string', {}],
    ['Version 1.2.3-4', 'string', {}],
  ])('%s', (text, kind, keywords) => {
    expect(facts(text, kind)).toMatchObject({ keywords, problems: [] })
    expect(Object.keys(facts(text, kind).keywords)).toHaveLength(Object.keys(keywords).length)
  })

  test.each<[string, Kind, RegExp]>([
    ['Body type Range:', 'string', /"Range:" is empty/],
    ['Port. Range: Default: 8080', 'integer', /"Range:" is empty/],
    ['Port. Range: see the list of ports', 'integer', /could not be read as a range/],
    ['Number. Range: -2^31 to 2^31-1', 'integer', /could not be read as a range/],
    ['Port. Range: 10-1', 'integer', /the least, 10, is above the greatest, 1/],
    ['Port. Range: 1-10. Maximum: 20', 'integer', /contradicts maximum 10/],
    ['Port of 1 to 5 characters', 'integer', /does not fit the type/],
    ['Name Minimum: -1', 'string', /is no length/],
    ['Minimum: 1', 'array', /does not fit the type/],
    ['Minimum: 1', 'boolean', /does not fit the type/],
  ])('what cannot be read is told: %s', (text, kind, problem) => {
    expect(facts(text, kind).problems).toEqual([expect.stringMatching(problem)])
  })
})

describe('values', () => {
  test.each<[string, Kind, unknown[]]>([
    ['Protocol Enumeration values: - tcp - udp', 'string', ['tcp', 'udp']],
    ['Protocol. Enumeration values: - tcp: the first - udp: the second', 'string', ['tcp', 'udp']],
    ['Protocol. The options are tcp and udp.', 'string', ['tcp', 'udp']],
    ['Protocol. The options are tcp, udp, and sctp. More text.', 'string', ['tcp', 'udp', 'sctp']],
    ['Protocol. Options: tcp and udp', 'string', ['tcp', 'udp']],
    ['Protocol. Options: tcp (default) or udp', 'string', ['tcp', 'udp']],
    ['Protocol. Value: tcp or udp', 'string', ['tcp', 'udp']],
    ['Protocol. The value can be tcp or udp.', 'string', ['tcp', 'udp']],
    ['Protocol. The value must be one of the following: "tcp", "udp"', 'string', ['tcp', 'udp']],
    ['Protocol. Possible values are a/b and c.d.', 'string', ['a/b', 'c.d']],
    ['Level. Enumeration values: - 1 - 2 Default: 1', 'integer', [1, 2]],
    ['Type. Range: - application/json - application/json;charset=utf-8', 'string', ['application/json', 'application/json;charset=utf-8']],
    ['Type. Range: a/b; c/d', 'string', ['a/b', 'c/d']],
    ['Type. Options: * a * b', 'string', ['a', 'b']],
    ['Switch. Constraints: N/A Range: The value can be on or off. Default Value: off', 'string', ['on', 'off']],
    ['Switch. The options are true and false.', 'boolean', []],
    ['Switch. Enumeration values: - true', 'boolean', [true]],
    ['ID. The value is automatically generated after the task is created.', 'string', []],
    ['Text. The value can be a sentence or a word of your choice.', 'string', []],
    ['Values are not read from elsewhere and may be long texts', 'string', []],
    ['The value can be up to 64 characters', 'string', []],
  ])('%s', (text, kind, values) => {
    expect(facts(text, kind)).toMatchObject({ problems: [] })
    expect(facts(text, kind).keywords.enum ?? []).toEqual(values)
  })

  test('values of an array are those of its items', () => {
    expect(facts('Protocols. Options: tcp and udp. Array Length: 1 - 2', 'array', 'string')).toMatchObject({
      keywords: { minItems: 1, maxItems: 2 },
      items: { enum: ['tcp', 'udp'] },
      problems: [],
    })
  })

  test.each<[string, Kind, RegExp]>([
    ['Level. Enumeration values: - one - two', 'integer', /the value one does not fit the type/],
    ['Level. Options: as the operator of the mesh has set them', 'string', /could not be read as a list of values/],
    ['Level. Enumeration values:', 'string', /could not be read as a list of values/],
    ['Level. Options: a and b. Enumeration values: - a - c', 'string', /contradicts the first/],
  ])('what cannot be read is told: %s', (text, kind, problem) => {
    expect(facts(text, kind).problems).toContainEqual(expect.stringMatching(problem))
  })
})

describe('default', () => {
  test.each<[string, Kind, unknown]>([
    ['Page size. Default: 10', 'integer', 10],
    ['Page size. The default value is 10. Range: 1-100', 'integer', 10],
    ['Page size. Default value: 10 Minimum: 1', 'integer', 10],
    ['Mode. The default value is "round robin".', 'string', 'round robin'],
    ['Mode. Default: a. Options: a and b', 'string', 'a'],
    ['Switch. Default: false', 'boolean', false],
    ['Mode. Default: None', 'string', undefined],
    ['The default cluster is used by default.', 'string', undefined],
  ])('%s', (text, kind, value) => {
    expect(facts(text, kind)).toMatchObject({ problems: [] })
    expect(facts(text, kind).keywords.default).toEqual(value)
  })

  test('a column of its own', () => {
    expect(readFacts('Page size', 'integer', { answered: false, default: '20' }).keywords).toEqual({ default: 20 })
    expect(readFacts('Page size', 'integer', { answered: false, default: '-' }).keywords).toEqual({})
  })

  test.each<[string, Kind, RegExp]>([
    ['Size. Default: ten', 'integer', /the default ten does not fit the type/],
    ['Size. Default: 200 Range: 1-100', 'integer', /out of its range/],
    ['Mode. Default: c. Options: a and b', 'string', /not among the values/],
    ['Mode. Default: the one of the cluster', 'string', /could not be read as a default/],
  ])('what cannot be read is told: %s', (text, kind, problem) => {
    expect(facts(text, kind).problems).toEqual([expect.stringMatching(problem)])
  })
})

describe('form', () => {
  test.each<[string, Record<string, unknown>]>([
    ['ID of the cluster, in UUID format', { format: 'uuid' }],
    ['Address, an IPv4 address', { format: 'ipv4' }],
    ['Address, an IPv4 or IPv6 address', {}],
    ['IP address of the load balancer', {}],
    ['Time in RFC 3339 form', { format: 'date-time' }],
    ['Name. Regular expression: ^[a-z]{1,5}$', { pattern: '^[a-z]{1,5}$' }],
    ['Name, matching the pattern "^[a-z]+$".', { pattern: '^[a-z]+$' }],
  ])('%s', (text, keywords) => {
    expect(facts(text, 'string')).toEqual({ keywords, items: {}, promises: [], problems: [] })
  })

  test('a pattern that is none, and characters told in words, are told', () => {
    expect(facts('Regular expression: ^[a-z$', 'string').problems).toEqual([expect.stringMatching(/no regular expression/)])
    expect(facts('It can contain only letters and digits.', 'string').problems).toEqual([expect.stringMatching(/told in words/)])
  })
})

describe('promises', () => {
  test.each([
    ['ID, which is unique. It is automatically generated. A custom value will not take effect.', ['unique', 'generated', 'custom-ignored']],
    ['Time when the task is created', ['created-at']],
    ['Creation time', ['created-at']],
    ['Time at which the task was updated', ['updated-at']],
    ['Last modification time', ['updated-at']],
    ['Name of the task', []],
    ['Custom values are allowed.', []],
  ])('%s', (text, promises) => {
    expect(readFacts(text, 'string', { answered: true }).promises).toEqual(promises)
    expect(readFacts(text, 'string', { answered: false }).promises).toEqual([])
  })
})

test.each([
  [true, 'If you use a token, this parameter is mandatory.', /under a condition/],
  [false, 'It is required when the mode is a.', /under a condition/],
  [true, 'This parameter is optional.', /called optional/],
  [false, 'This parameter is mandatory.', /called mandatory/],
  [true, 'This parameter is mandatory.', undefined],
  [false, 'Token, if you have one', undefined],
])('the mark %s against: %s', (mandatory, text, problem) => {
  const said = mandatoryProblem(mandatory, text)
  if (problem) expect(said).toMatch(problem)
  else expect(said).toBeUndefined()
})
