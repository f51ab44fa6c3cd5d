import { createDocument } from './load'
import { applyOverlay, readOverlay } from './overlay'
import { parseText } from './parse'

const overlay = (text: string) => readOverlay(parseText(text, 'mine.yaml'))
const actions = (...list: object[]) => overlay(JSON.stringify({ overlay: '1.0.0', actions: list }))

const document = () => ({
  info: { title: 'A', version: '1' },
  tags: ['a', 'b', 'c'],
  paths: {
    '/a': {
      get: {
        parameters: [
          { name: 'x', in: 'query' },
          { name: 'y', in: 'query' },
        ],
      },
    },
    '/b': { get: { parameters: [{ name: 'x', in: 'query', schema: { type: 'string' } }] } },
  },
})

function applied(...list: object[]): ReturnType<typeof document> & Record<string, unknown> {
  const target = document()
  applyOverlay(target, actions(...list))
  return target
}

describe('actions', () => {
  test('an update merges objects member by member, and leaves the rest', () => {
    expect(applied({ target: '$.info', update: { version: '2', contact: { name: 'x' } } }).info).toEqual({
      title: 'A',
      version: '2',
      contact: { name: 'x' },
    })
    expect(applied({ target: '$', update: { info: { 'x-a': 1 }, 'x-b': 2 } })).toMatchObject({ info: { title: 'A', 'x-a': 1 }, 'x-b': 2 })
  })

  test('what a union names twice is changed once, and in whatever order it names items, those are removed', () => {
    expect(applied({ target: '$.tags[2,0]', remove: true }).tags).toEqual(['b'])
    expect(applied({ target: '$.tags[0,0]', remove: true }).tags).toEqual(['b', 'c'])
    expect(applied({ target: "$.paths['/a','/a'].get.parameters", update: { name: 'z' } }).paths['/a'].get.parameters).toHaveLength(3)
  })

  test('arrays are appended to', () => {
    expect(applied({ target: '$.tags', update: 'd' }).tags).toEqual(['a', 'b', 'c', 'd'])
    expect(applied({ target: '$', update: { tags: ['d', 'e'] } }).tags).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('every match is changed, and none shares its update with another', () => {
    const { paths } = applied({ target: "$.paths.*.get.parameters[?@.name == 'x']", update: { schema: { enum: ['q'] } } })
    const [first, second] = [paths['/a'].get.parameters[0], paths['/b'].get.parameters[0]] as unknown as { schema: { enum: string[] } }[]
    expect(first).toEqual({ name: 'x', in: 'query', schema: { enum: ['q'] } })
    expect(second).toEqual({ name: 'x', in: 'query', schema: { type: 'string', enum: ['q'] } })
    expect(first!.schema.enum).not.toBe(second!.schema.enum)
  })

  test('items and members are removed, several at once too', () => {
    expect(applied({ target: '$.tags[0,2]', remove: true }).tags).toEqual(['b'])
    expect(applied({ target: '$.tags[*]', remove: true }).tags).toEqual([])
    expect(applied({ target: '$.info.version', remove: true }).info).toEqual({ title: 'A' })
    expect(applied({ target: "$.paths['/a']", remove: true, update: { x: 1 } }).paths).not.toHaveProperty(['/a'])
  })

  test('each action sees what the ones before it made', () => {
    expect(applied({ target: '$.tags', remove: true }, { target: '$', update: { tags: ['z'] } }).tags).toEqual(['z'])
  })

  test('a member called __proto__ is a member', () => {
    const target: Record<string, unknown> = {}
    applyOverlay(target, overlay('{"overlay": "1.0.0", "actions": [{"target": "$", "update": {"__proto__": {"polluted": true}}}]}'))
    expect(Object.keys(target)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('a wrong overlay is told with its place', () => {
  test.each<[string, string, RegExp]>([
    ['no overlay', 'openapi: 3.1.0', /^mine\.yaml: is no overlay: it has no `overlay: 1\.0\.0`$/],
    ['an unknown version', 'overlay: 2.0.0\nactions: []', /^mine\.yaml:1:10: overlay 2\.0\.0 is not known; 1\.0\.0 is$/],
    ['no actions', 'overlay: 1.0.0', /^mine\.yaml:1:1: has no actions$/],
    ['actions that are none', 'overlay: 1.0.0\nactions: [5]', /^mine\.yaml:2:11: an action is an object with a target$/],
    ['an action without a target', 'overlay: 1.0.0\nactions:\n  - update: {}', /^mine\.yaml:3:5: an action needs a target/],
    ['an action that does nothing', 'overlay: 1.0.0\nactions:\n  - target: $.info', /^mine\.yaml:3:5: the action on \$\.info says neither/],
    ['a slip in a name', 'overlay: 1.0.0\nactions:\n  - {target: $, upate: {}}', /^mine\.yaml:3:5: an action has no member upate/],
    [
      'a remove that is no truth value',
      'overlay: 1.0.0\nactions:\n  - {target: $, remove: yes}',
      /^mine\.yaml:3:5: remove is true or false$/,
    ],
    [
      'silences that are none',
      'overlay: 1.0.0\nactions: [{target: $, update: {}}]\nx-silences: [{place: a}]',
      /^mine\.yaml:3:14: a silence has place,/,
    ],
    ['broken YAML', 'overlay: 1.0.0\nactions: [', /^mine\.yaml:2:\d+: is neither JSON nor YAML/],
  ])('%s', (_, text, message) => {
    expect(() => overlay(text)).toThrow(expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(message) }))
  })

  test.each<[string, object, RegExp]>([
    [
      'a target that matches nothing',
      { target: '$.paths.*.put', update: {} },
      /mine\.yaml:1:\d+: the target \$\.paths\.\*\.put matches nothing in the document$/,
    ],
    ['a target that is no JSONPath', { target: 'paths', update: {} }, /the target paths is no JSONPath \(RFC 9535\)/],
    ['an update of a single value', { target: '$.info.title', update: 'B' }, /is a single value: target the object that holds it$/],
    ['an update of an object by a list', { target: '$.info', update: [] }, /is an object, so the update must be one$/],
    ['the removal of everything', { target: '$', remove: true }, /the whole document cannot be removed$/],
  ])('%s', (_, action, message) => {
    expect(() => applied(action)).toThrow(expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(message) }))
    expect(() => applied(action)).not.toThrow(/\n/)
  })
})

describe('a document under overlays', () => {
  const api = {
    openapi: '3.0.3',
    info: { title: 'A', version: '1' },
    paths: {
      '/a': {
        post: {
          requestBody: {
            content: {
              'application/json': {
                schema: { type: 'object', properties: { port: { type: 'integer', minimum: 0, exclusiveMinimum: true } } },
              },
            },
          },
          responses: { 200: { description: '' } },
        },
      },
      '/b': { get: { responses: { 200: { description: '' } } } },
    },
  }
  const under = (...overlays: object[]) =>
    createDocument(
      parseText(JSON.stringify(api), 'api.json'),
      overlays.map((members, index) => parseText(JSON.stringify({ overlay: '1.0.0', ...members }), `overlay${index + 1}.json`)),
    )
  const port = "$.paths['/a'].post.requestBody.content['application/json'].schema.properties.port"

  test('D stays as it is, S is narrowed; both are JSON Schema', () => {
    const { operations } = under({ actions: [{ target: port, update: { maximum: 9, nullable: true } }] })
    const schema = (side: 'documented' | 'assumed') => operations[0]![side].body!.content[0]!.schema
    expect(schema('documented')).toMatchObject({ properties: { port: { type: 'integer', exclusiveMinimum: 0 } } })
    expect(schema('assumed')).toMatchObject({ properties: { port: { type: ['integer', 'null'], exclusiveMinimum: 0, maximum: 9 } } })
  })

  test('overlays come one on top of the other', () => {
    const { operations, overlays } = under(
      { actions: [{ target: port, update: { maximum: 9 } }] },
      { actions: [{ target: port, update: { maximum: 5 } }] },
    )
    expect(overlays).toEqual(['overlay1.json', 'overlay2.json'])
    expect(operations[0]!.assumed.body!.content[0]!.schema).toMatchObject({ properties: { port: { maximum: 5 } } })
  })

  test('operations can be taken away and added', () => {
    const { operations } = under({
      actions: [
        { target: "$.paths['/b']", remove: true },
        { target: '$.paths', update: { '/c': { delete: { responses: { 200: { description: '' } } } } } },
      ],
    })
    expect(operations.map(({ documented, assumed }) => [documented.id, assumed.id])).toEqual([
      ['POST /a', 'POST /a'],
      ['DELETE /c', 'DELETE /c'],
    ])
  })

  test('each action is an assumption, in its own words or made from what it does', () => {
    const { assumptions } = under({
      actions: [
        {
          target: port,
          description: 'It has 16 bits.',
          'x-place': 'body.port',
          'x-question': 'Which ports?',
          'x-assumption': 'Up to 65535.',
          update: { maximum: 65535 },
        },
        { target: port, update: { const: 8080 } },
        { target: "$.paths['/b']", remove: true },
      ],
      'x-silences': [{ place: 'body', question: 'How large?', assumption: 'Any size.', reason: 'Nobody says.' }],
    })
    expect(assumptions).toEqual([
      { place: 'body.port', question: 'Which ports?', assumption: 'Up to 65535.', reason: 'It has 16 bits.', source: 'overlay1.json' },
      {
        place: port,
        question: 'What is taken for granted here?',
        assumption: `${port}: {"const":8080}`,
        reason: 'Set by overlay1.json.',
        source: 'overlay1.json',
      },
      expect.objectContaining({ assumption: "$.paths['/b'] is left out" }),
      { place: 'body', question: 'How large?', assumption: 'Any size.', reason: 'Nobody says.', source: 'overlay1.json' },
    ])
  })

  test('a $ref to nowhere that an overlay brings in is told with the overlay', () => {
    expect(() => under({ actions: [{ target: port, update: { $ref: '#/components/schemas/None' } }] })).toThrow(
      /^overlay1\.json, .*leads nowhere/,
    )
  })
})
