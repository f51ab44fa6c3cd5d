import fc from 'fast-check'
import { isObject, valueAt } from '../../core/json'
import { pointerSegments } from '../pointer'
import { derivePage } from './index'

/** A random API, the pages that describe it in each layout, and what deriving them must give. */

type Type =
  | { readonly kind: 'basic'; readonly text: string; readonly schema: Record<string, unknown> }
  | { readonly kind: 'object'; readonly name: string; readonly fields: readonly Field[] }
  | { readonly kind: 'array'; readonly items: Type }
  | { readonly kind: 'map'; readonly values: Type }

interface Field {
  readonly name: string
  readonly mandatory: boolean
  readonly type: Type
  readonly description: string
  readonly phrase: string
  readonly keywords: Record<string, unknown>
}

interface Api {
  readonly title: string
  readonly method: string
  readonly path: string
  readonly pathFields: readonly Field[]
  readonly query: readonly Field[]
  readonly headers: readonly Field[]
  readonly body?: readonly Field[]
  readonly answers: readonly { readonly status: string; readonly description: string; readonly body?: readonly Field[] }[]
}

const basic = fc.constantFrom<Type>(
  { kind: 'basic', text: 'String', schema: { type: 'string' } },
  { kind: 'basic', text: 'Integer', schema: { type: 'integer' } },
  { kind: 'basic', text: 'Long', schema: { type: 'integer', format: 'int64' } },
  { kind: 'basic', text: 'Boolean', schema: { type: 'boolean' } },
  { kind: 'basic', text: 'Double', schema: { type: 'number', format: 'double' } },
  { kind: 'basic', text: 'Float', schema: { type: 'number', format: 'float' } },
)

const words = fc
  .array(
    fc.constantFrom(
      'cluster',
      'gateway',
      'of',
      'the',
      'mesh',
      'a & b',
      'x < y',
      'a|b',
      '5 > 4',
      '[note]',
      'a*b',
      'c_d',
      '“q”',
      'ü',
      '&amp;',
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((list) => `About ${list.join(' ')}`)

const phrases: Record<string, fc.Arbitrary<[string, Record<string, unknown>]>> = {
  integer: fc.tuple(fc.integer({ min: -100, max: 100 }), fc.nat(1000), fc.nat(3)).map(([minimum, more, form]) => {
    const maximum = minimum + more
    const forms = [
      `Range: ${minimum} to ${maximum}`,
      `The value ranges from ${minimum} to ${maximum}.`,
      `Value range: [${minimum}, ${maximum}]`,
      `Minimum: ${minimum} Maximum: ${maximum}`,
    ]
    return [forms[form]!, { minimum, maximum }]
  }),
  string: fc.uniqueArray(fc.constantFrom('tcp', 'udp', 'a-b', 'C1', 'x.y'), { minLength: 2, maxLength: 4 }).chain((values) => {
    const forms = [
      `Enumeration values: ${values.map((value) => `- ${value}`).join(' ')}`,
      `The options are ${values.slice(0, -1).join(', ')} and ${values.at(-1)}.`,
      `Options: ${values.join(', ')}`,
      `The value can be ${values.join(' or ')}.`,
    ]
    return fc.constantFrom(...forms).map((form): [string, Record<string, unknown>] => [form, { enum: values }])
  }),
}

const name = fc.stringMatching(/^[a-z][A-Za-z0-9_.-]{0,12}$/).filter((text) => !/^x-/.test(text))
const objectName = fc.stringMatching(/^[A-Z][a-z]{2,8}[A-Z][a-z]{2,8}$/).filter((text) => !/^(Map|Array|List|Set)/.test(text))

const fields = (
  type: fc.Arbitrary<Type>,
  names: fc.Arbitrary<string> = fc.oneof(name, fc.constantFrom('constructor', '__proto__', 'toString')),
) =>
  fc.uniqueArray(
    fc.record({ name: names, mandatory: fc.boolean(), type, description: words }).chain((field): fc.Arbitrary<Field> => {
      const stated = phrases[field.type.kind === 'basic' ? String(field.type.schema.type) : 'none']
      return (stated ? fc.option(stated, { nil: ['', {}] }) : fc.constant(['', {}])).map((fact) => {
        const [phrase, keywords] = fact as [string, Record<string, unknown>]
        return { ...field, phrase, keywords }
      })
    }),
    { selector: (field) => field.name, minLength: 1, maxLength: 4 },
  )

/** Objects whose names are used once: what happens with more is told below, case by case. */
const body: fc.Arbitrary<readonly Field[]> = fc
  .letrec<{ type: Type; fields: Field[] }>((tie) => ({
    type: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      basic,
      basic.map((items): Type => ({ kind: 'array', items })),
      basic.map((values): Type => ({ kind: 'map', values })),
      fc.tuple(objectName, tie('fields')).map(([object, of]): Type => ({ kind: 'object', name: object, fields: of })),
      fc
        .tuple(objectName, tie('fields'))
        .map(([object, of]): Type => ({ kind: 'array', items: { kind: 'object', name: object, fields: of } })),
    ),
    fields: fields(tie('type')),
  }))
  .fields.filter((list) => {
    const names = objects(list).map((object) => object.name)
    return new Set(names).size === names.length
  })

/** The objects below some fields, going into each before going on. */
function objects(list: readonly Field[]): Extract<Type, { kind: 'object' }>[] {
  const below = (type: Type): Extract<Type, { kind: 'object' }>[] => {
    if (type.kind === 'object') return [type, ...objects(type.fields)]
    return type.kind === 'array' ? below(type.items) : []
  }
  return list.flatMap(({ type }) => below(type))
}

const basicFields = (names: fc.Arbitrary<string>) => fields(basic, names)

const api: fc.Arbitrary<Api> = fc
  .record({
    title: words,
    method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'GET'),
    root: fc.stringMatching(/^[a-z]{3,8}$/),
    parameters: fc.tuple(basicFields(name.map((text) => `p_${text}`)), fc.boolean()),
    query: fc.option(basicFields(name.map((text) => `q_${text}`)), { nil: [] }),
    headers: fc.option(basicFields(name.map((text) => `X-${text}`)), { nil: [] }),
    body: fc.option(body, { nil: undefined }),
    answers: fc.uniqueArray(
      fc.record({
        status: fc.constantFrom('200', '201', '204', '400', '404', '500'),
        description: words,
        body: fc.option(body, { nil: undefined }),
      }),
      { selector: ({ status }) => status, minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ parameters: [list, some], root, ...rest }) => {
    const pathFields = some ? list.map((field) => ({ ...field, mandatory: true })) : []
    const path = `/v1/${root}${pathFields.map((field) => `/{${field.name}}`).join('/s')}`
    return { ...rest, path, pathFields, body: rest.method === 'GET' ? undefined : rest.body }
  })

interface Layout {
  readonly markdown: boolean
  readonly captions: boolean
  /** Draws whether to do this or that, so that one page has many looks. */
  readonly draw: (count: number) => number
  readonly newline: string
}

const layout = (markdown: boolean, captions: boolean): fc.Arbitrary<Layout> =>
  fc.record({
    markdown: fc.constant(markdown),
    captions: fc.constant(captions),
    newline: fc.constantFrom('\n', '\r\n'),
    draw: fc.infiniteStream(fc.nat(1000)).map((stream) => (count: number) => stream.next().value % count),
  })

function render(of: Api, { markdown, captions, draw, newline }: Layout): string {
  const lines: string[] = []
  let tables = 0
  const blank = () => ['', ' ', '\t', '\u00a0', '  '][draw(5)]!
  const line = (text: string) => {
    lines.push(text + blank())
    if (markdown || draw(4) === 0) lines.push(blank())
  }
  const heading = (text: string) => line(markdown ? `${'#'.repeat(2 + draw(3))} ${text}` : text)
  const cell = (text: string) => {
    const entities = text
      .replace(/&/g, '&amp;')
      .replace(/</g, draw(2) ? '&lt;' : '&#60;')
      .replace(/>/g, '&gt;')
    const escaped = markdown ? entities.replace(/([*[\]_])/g, '\\$1') : entities
    return ` ${blank()}${escaped.replaceAll('|', '\\|')}${blank()} `
  }
  const typeText = (type: Type): string => {
    if (type.kind === 'basic') return type.text
    if (type.kind === 'map') return `Map<String,${typeText(type.values)}>`
    if (type.kind === 'array')
      return `Array of ${type.items.kind === 'basic' ? `${typeText(type.items).toLowerCase()}s` : `${typeText(type.items)}s`}`
    return `${type.name} object`
  }
  const table = (caption: string, list: readonly Field[], mandatory: boolean) => {
    tables++
    if (captions) {
      const text = caption.replaceAll('_', markdown ? '\\_' : '_')
      line(
        markdown
          ? [`**Table ${tables}** ${text}`, `#### Table ${tables} ${text}`, `**Table ${tables}**: ${text}`][draw(3)]!
          : `Table ${tables} ${text}`,
      )
    }
    const columns = mandatory ? ['Parameter', 'Mandatory', 'Type', 'Description'] : ['Parameter', 'Type', 'Description']
    lines.push(`|${columns.map((title) => ` ${title} `).join('|')}|${blank()}`)
    lines.push(`|${columns.map(() => ['---', ':---', ' --- ', '-'][draw(4)]!).join('|')}|`)
    for (const field of list) {
      const type = cell(typeText(field.type))
      const linked = markdown && field.type.kind === 'object' ? ` [${field.type.name}](#table_${draw(9)}) object ` : type
      const words = cell([field.description, field.phrase].filter(Boolean).join('. '))
      const cells = mandatory ? [cell(field.name), field.mandatory ? ' Yes ' : ' No ', linked, words] : [cell(field.name), linked, words]
      lines.push(`${['', ' ', '\t'][draw(3)]}|${cells.join('|')}|${blank()}`)
    }
    if (markdown || draw(3) === 0) lines.push(blank())
  }
  const bodyTables = (caption: string, list: readonly Field[], mandatory: boolean) => {
    table(caption, list, mandatory)
    const parts = objects(list)
    // With captions the order says nothing.
    for (let rest = [...parts]; rest.length > 0; ) {
      const [part] = rest.splice(captions ? draw(rest.length) : 0, 1)
      table(part!.name, part!.fields, mandatory)
    }
  }
  line(markdown ? `# ${cell(of.title).trim()}` : of.title.replace(/&/g, '&amp;'))
  heading('Function')
  line('Does what the title says.')
  heading('URI')
  line(`${of.method} ${of.path}`)
  if (of.pathFields.length > 0) table('Path Parameters', of.pathFields, true)
  if (of.query.length > 0) table('Query Parameters', of.query, true)
  heading('Request Parameters')
  if (of.headers.length > 0) table('Request header parameters', of.headers, true)
  if (of.body) bodyTables('Request body parameters', of.body, true)
  if (of.headers.length === 0 && !of.body) line('None')
  heading('Response Parameters')
  for (const answer of of.answers) {
    line(markdown ? `**Status code: ${answer.status}**` : `Status code: ${answer.status}`)
    if (answer.body) bodyTables('Response body parameters', answer.body, false)
  }
  heading('Example Requests')
  line('None')
  heading('Status Codes')
  lines.push('| Status Code | Description |', '|---|---|')
  for (const { status, description } of of.answers) lines.push(`| ${status} |${cell(description)}|`)
  heading('Error Codes')
  line('See Error Codes.')
  return lines.join(newline)
}

/** What must come out, with references followed. */
function expected(of: Api) {
  const typeSchema = (type: Type, mandatory: boolean): Record<string, unknown> => {
    if (type.kind === 'basic') return type.schema
    if (type.kind === 'array') return { type: 'array', items: typeSchema(type.items, mandatory) }
    if (type.kind === 'map') return { type: 'object', additionalProperties: typeSchema(type.values, mandatory) }
    return object(type.fields, mandatory)
  }
  const member = ({ type, description, phrase, keywords }: Field, mandatory: boolean) => ({
    ...typeSchema(type, mandatory),
    ...keywords,
    description: [description, phrase].filter(Boolean).join('. '),
  })
  const object = (list: readonly Field[], mandatory: boolean): Record<string, unknown> => ({
    type: 'object',
    properties: Object.fromEntries(list.map((field) => [field.name, member(field, mandatory)])),
    ...(mandatory && list.some((field) => field.mandatory)
      ? { required: list.filter((field) => field.mandatory).map((field) => field.name) }
      : {}),
  })
  const parameter = (location: string) => (field: Field) => {
    const { description, ...schema } = member(field, true)
    return { name: field.name, in: location, required: field.mandatory, description, schema }
  }
  return {
    title: of.title,
    method: of.method.toLowerCase(),
    path: of.path,
    parameters: [...of.pathFields.map(parameter('path')), ...of.query.map(parameter('query')), ...of.headers.map(parameter('header'))],
    body: of.body && { required: of.body.some((field) => field.mandatory), schema: object(of.body, true) },
    answers: Object.fromEntries(
      of.answers.map(({ status, description, body }) => [status, { description, schema: body && object(body, false) }]),
    ),
  }
}

interface Operation {
  readonly parameters?: readonly unknown[]
  readonly requestBody?: { readonly required: boolean }
  readonly responses: Readonly<Record<string, { readonly description: string }>>
}

/** The derived document in the same form. */
function read(document: Record<string, unknown>) {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain)
    if (!isObject(value)) return value
    const { $ref, ...rest } = value
    const target = typeof $ref === 'string' ? (valueAt(document, pointerSegments($ref)) as object) : {}
    const entries = Object.entries({ ...target, ...rest }).filter(([key]) => !/^x-(docs|promises)$/.test(key))
    return Object.fromEntries(entries.map(([key, member]) => [key, key === 'properties' ? properties(member) : plain(member)]))
  }
  const properties = (value: unknown) => Object.fromEntries(Object.entries(value as object).map(([key, member]) => [key, plain(member)]))
  const [[path, item]] = Object.entries(document.paths as object) as [[string, Record<string, Operation>]]
  const [[method, operation]] = Object.entries(item) as [[string, Operation]]
  const schemaOf = (holder: unknown) => plain(valueAt(holder, ['content', 'application/json', 'schema']))
  return {
    title: valueAt(document, ['info', 'title']),
    method,
    path,
    parameters: (operation.parameters ?? []).map(plain),
    body: operation.requestBody && { required: operation.requestBody.required, schema: schemaOf(operation.requestBody) },
    answers: Object.fromEntries(
      Object.entries(operation.responses).map(([status, response]) => [
        status,
        { description: response.description, schema: schemaOf(response) },
      ]),
    ),
  }
}

describe('a random API derives back from its page', () => {
  test.each([
    ['as text without captions', false, false],
    ['as text with captions', false, true],
    ['as Markdown without captions', true, false],
    ['as Markdown with captions', true, true],
  ])('%s', (_, markdown, captions) => {
    fc.assert(
      fc.property(api, layout(markdown, captions), (of, look) => {
        const page = render(of, look)
        expect(read(derivePage(page, { page: 'page.txt' }).document)).toEqual(expected(of))
      }),
      { numRuns: 150, seed: 1 },
    )
  })

  test('without a warning', () => {
    fc.assert(
      fc.property(api, layout(false, false), (of, look) => {
        expect(derivePage(render(of, look), { page: 'page.txt' }).warnings).toEqual([])
      }),
      { numRuns: 100, seed: 2 },
    )
  })

  test('each fact bears the line that states it', () => {
    fc.assert(
      fc.property(api, layout(false, true), (of, look) => {
        const page = render(of, { ...look, newline: '\n' })
        const lines = page.split('\n')
        const places: { line: number; text: string }[] = []
        const collect = (value: unknown) => {
          if (Array.isArray(value)) value.forEach(collect)
          else if (isObject(value)) {
            for (const [key, member] of Object.entries(value))
              if (key === 'x-docs' && isObject(member) && typeof member.line === 'number') places.push(member as never)
            Object.values(value).forEach(collect)
          }
        }
        collect(derivePage(page, { page: 'page.txt' }).document)
        for (const { line, text } of places) expect(lines[line - 1]).toContain(text.split(' | ')[0])
      }),
      { numRuns: 50, seed: 3 },
    )
  })
})
