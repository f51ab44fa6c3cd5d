import type { Failure } from '../core/finding'
import { isObject, type Json, jsonType, valueAt } from '../core/json'
import { docsOf, type Schema, type SchemaObject } from '../core/operation'
import { type Schemas, typesOf } from '../generators/schema'
import type { SchemaError } from '../specs/validator'
import type { Settings } from './settings'
import { isBeyond, list, memberAt, namesake, sameJson, shown } from './words'

/** A value of an answer that is held against its documented schema. */
interface Shaped {
  /** Id of the check. */
  readonly check: string
  readonly schemas: Schemas
  readonly schema: Schema
  readonly value: Json
  /** What was sent: a value that comes back as it was sent is held against no more than its type. */
  readonly sent: readonly Json[]
  readonly settings: Settings
  /** Whether an earlier request sent this value for a member of this place of an answer: a list may hold it. */
  readonly wasSent?: (place: string, value: Json) => boolean
}

type Path = readonly string[]

const root = 'answer.body'
const placeOf = (path: Path): string => [root, ...path.map((segment) => (/^\d+$/.test(segment) ? '[]' : segment))].join('.')
const nameOf = (path: Path): string =>
  path.length === 0 ? 'the answer' : path.map((segment) => (/^\d+$/.test(segment) ? `[${segment}]` : segment)).join('.')

/** All that is wrong with the shape of a value; what has one cause is told once. Empty: it is as documented. */
export function shapeFailures(shaped: Shaped): readonly Failure[] {
  const errors = shaped.schemas.answerErrors(shaped.schema, shaped.value)
  if (errors.length === 0) return []
  const top = wrongRoot(shaped)
  if (top) return fold([top])
  const outer = withoutAlternatives(errors)
  const missing = outer.filter(({ keyword }) => keyword === 'required')
  const others = outer.filter(({ keyword }) => keyword !== 'required').flatMap((error) => brokenKeyword(shaped, error))
  return fold([...missingMembers(shaped, missing), ...others])
}

/** An alternative that fails says why for each of its branches: the branches are left out. */
function withoutAlternatives(errors: readonly SchemaError[]): readonly SchemaError[] {
  const alternatives = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
  const within = (error: SchemaError) =>
    alternatives.some(
      ({ instancePath: path }) => path.every((segment, i) => error.instancePath[i] === segment) && !alternatives.includes(error),
    )
  return alternatives.length === 0 ? errors : errors.filter((error) => !within(error))
}

function wrongRoot({ check, schemas, schema, value }: Shaped): ShapeFailure | undefined {
  const flat = schemas.flatten(schema)
  const types = typesOf(flat)
  if (!types.includes('object') || isObject(value) || types.includes(jsonType(value))) return undefined
  const found = Array.isArray(value) ? 'a list' : jsonType(value)
  const text = typeof value === 'string' && /^\s*\{/.test(value) ? '; the object is there as text, encoded twice' : ''
  return failure(check, {
    kind: Array.isArray(value) ? 'list' : value === null ? 'null' : 'type',
    path: [],
    schema: flat,
    message: `the answer is ${found} where the docs state an object${text}`,
    expected: 'object',
    received: shown(value),
  })
}

function missingMembers(shaped: Shaped, errors: readonly SchemaError[]): readonly ShapeFailure[] {
  const byObject = new Map<string, { path: Path; names: string[] }>()
  for (const { instancePath, params } of errors) {
    const entry = byObject.get(instancePath.join('\n')) ?? { path: instancePath, names: [] }
    entry.names.push(String(params.missingProperty))
    byObject.set(instancePath.join('\n'), entry)
  }
  return [...byObject.values()].flatMap(({ path, names }) => missingOf(shaped, path, [...new Set(names)]))
}

function missingOf(shaped: Shaped, path: Path, names: readonly string[]): readonly ShapeFailure[] {
  const { check, schemas } = shaped
  const object = valueAt(shaped.value, path)
  const schema = schemaAt(shaped, path)
  if (!isObject(object)) return []
  const documented = Object.keys(schema.properties ?? {})
  const present = documented.filter((name) => Object.hasOwn(object, name))
  const wrapper = present.length === 0 ? wrapperOf(object, documented) : undefined
  const where = path.length === 0 ? 'the answer' : `\`${nameOf(path)}\``
  if (wrapper !== undefined) {
    const message = `the documented members of ${where} were found one level down, under \`${wrapper}\``
    return [failure(check, { kind: 'wrapped', path, schema, message, expected: list(documented), received: shown(object) })]
  }
  if (present.length === 0 && names.length > 1) {
    const renamed = names.filter((name) => namesake(object, name, documented))
    const has = Object.keys(object).length === 0 ? 'is an empty object' : `has none of its documented members (${list(documented)})`
    if (renamed.length < names.length)
      return [
        failure(check, {
          kind: 'missing-all',
          path,
          schema,
          message: `${where} ${has}`,
          expected: list(documented),
          received: shown(object),
        }),
      ]
  }
  return names.map((name) => {
    const other = schemas.flatten(schema.properties?.[name])
    const hint = hintFor(shaped, object, path, name, names.length)
    const same = namesake(object, name, documented)
    return failure(check, {
      kind: 'missing',
      path: [...path, name],
      schema: other,
      message: `\`${nameOf([...path, name])}\` is missing from the answer${hint}`,
      expected: `a member \`${name}\``,
      received: shown(object),
      renamed: same !== undefined,
    })
  })
}

/** The member under which most of the documented members stand. */
function wrapperOf(object: Record<string, Json>, documented: readonly string[]): string | undefined {
  return Object.keys(object).find((key) => {
    const inner = Array.isArray(object[key]) ? (object[key] as readonly Json[])[0] : object[key]
    return isObject(inner) && documented.filter((name) => Object.hasOwn(inner, name)).length * 2 > documented.length
  })
}

function hintFor(shaped: Shaped, object: Record<string, Json>, path: Path, name: string, missing: number): string {
  const documented = Object.keys(schemaAt(shaped, path).properties ?? {})
  const same = namesake(object, name, documented)
  if (same !== undefined) return `; \`${same}\` is there`
  const unknown = Object.keys(object).filter((key) => !documented.includes(key))
  const sent = shaped.sent.map((body) => memberAt(body, [...path, name])).find((value) => value !== undefined)
  const echoed = sent === undefined ? undefined : unknown.find((key) => sameJson(sent, object[key]))
  if (echoed !== undefined) return `; what was sent for it came back as \`${echoed}\``
  if (unknown.length === 1 && missing === 1) return `; \`${unknown[0]}\` is there, which the docs do not name`
  const elsewhere = find(shaped.value, name, [])
  return elsewhere ? `; it is there as \`${nameOf(elsewhere)}\`` : ''
}

/** The way to a member of that name, anywhere near the top. */
function find(value: Json | undefined, name: string, path: Path): Path | undefined {
  if (!isObject(value) || path.length > 3) return undefined
  if (Object.hasOwn(value, name)) return [...path, name]
  for (const key of Object.keys(value).slice(0, 50)) {
    const found = find(value[key], name, [...path, key])
    if (found) return found
  }
  return undefined
}

function brokenKeyword(shaped: Shaped, error: SchemaError): readonly ShapeFailure[] {
  const { keyword, instancePath: path, params, message } = error
  const { check, settings } = shaped
  const value = valueAt(shaped.value, path)
  const schema = schemaAt(shaped, path)
  const common = { path, schema, expected: message.replace(/^must (be |match )?/, ''), received: shown(value) }
  if (keyword === 'type' && shaped.sent.some((body) => isBeyond(memberAt(body, path)))) return []
  if (keyword === 'type' && value === null) {
    return [failure(check, { ...common, kind: 'null', message: `\`${nameOf(path)}\` is null where the docs state ${String(params.type)}` })]
  }
  if (keyword === 'type') {
    const words = `\`${nameOf(path)}\` is ${jsonType(value)} (${shown(value, 60)}) where the docs state ${String(params.type)}`
    return [failure(check, { ...common, kind: 'type', message: words })]
  }
  if (keyword === 'format' && settings.formats === 'lawful') return []
  const wasSent = shaped.sent.some((body) => {
    const sent = memberAt(body, path)
    return sent !== undefined && sameJson(sent, value)
  })
  if (wasSent || wasSentBefore(shaped, path, value)) return []
  if (keyword === 'minLength' && value === '')
    return [failure(check, { ...common, kind: 'empty', message: `\`${nameOf(path)}\` is empty` })]
  return [failure(check, { ...common, kind: keyword, message: `\`${nameOf(path)}\` ${message}, but is ${shown(value, 60)}` })]
}

/** What reads back things that other requests made shows what was sent for them. */
const wasSentBefore = ({ sent, wasSent }: Shaped, path: Path, value: Json | undefined): boolean =>
  sent.length === 0 && value !== undefined && wasSent !== undefined && path.some((_, i) => wasSent(placeOf(path.slice(i)), value))

function schemaAt({ schemas, schema }: Shaped, path: Path): SchemaObject {
  return path.reduce<SchemaObject>((part, key) => {
    const next = part.properties && Object.hasOwn(part.properties, key) ? part.properties[key] : (part.items ?? part.additionalProperties)
    return schemas.flatten(next as Schema | undefined)
  }, schemas.flatten(schema))
}

interface Parts {
  readonly kind: string
  readonly path: Path
  readonly schema: SchemaObject
  readonly message: string
  readonly expected: string
  readonly received: string
  readonly renamed?: boolean
}

type ShapeFailure = Failure & { readonly path: Path; readonly renamed: boolean }

function failure(check: string, { path, schema, renamed = false, ...rest }: Parts): ShapeFailure {
  return {
    check,
    place: placeOf(path),
    ...rest,
    severity: 'moderate',
    promise: `the answer has \`${path.at(-1) ?? 'its members'}\` as documented`,
    ...docsOf(schema),
    anywhere: true,
    path,
    renamed,
  }
}

/** Many failures of one kind have one cause: they become one, at the place that holds them all. */
function fold(failures: readonly ShapeFailure[]): readonly Failure[] {
  const isRenamed = (one: ShapeFailure) => one.kind === 'missing' && one.renamed
  const allRenamed = failures.filter(isRenamed).length > 1
  const groups = new Map<string, ShapeFailure[]>()
  for (const one of failures) {
    const kind = allRenamed && isRenamed(one) ? 'renamed' : one.kind
    const group = groups.get(kind) ?? []
    // A list has the same member as often as it has items.
    if (!group.some(({ place }) => place === one.place)) groups.set(kind, [...group, one])
  }
  return [...groups].flatMap(([kind, group]) => {
    const single = group.length < (kind === 'renamed' ? 2 : 3)
    return (single ? group : [together(kind, group)]).map(({ path: _, renamed: __, ...one }) => one)
  })
}

function together(kind: string, group: readonly ShapeFailure[]): ShapeFailure {
  const first = group[0]!
  const place = group
    .map((one): Path => one.place.split('.').slice(0, -1))
    .reduce(commonWay)
    .join('.')
  const named = (ones: readonly ShapeFailure[]) => list(ones.map((one) => `\`${nameOf(one.path)}\``))
  const names = named(group)
  const words: Readonly<Record<string, string>> = {
    renamed: `${names} are missing from the answer; members whose names differ only in case or separators are there`,
    missing: `${names} are missing from the answer`,
    null: `${names} are null`,
  }
  return { ...first, kind, place, message: words[kind] ?? `${first.message}; so it is with ${named(group.slice(1))}` }
}

function commonWay(a: Path, b: Path): Path {
  const end = a.findIndex((segment, i) => segment !== b[i])
  return end < 0 ? a : a.slice(0, end)
}
