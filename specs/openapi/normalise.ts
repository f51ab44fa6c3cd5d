import { UsageError } from '../../core/errors'
import { isObject, valueAt } from '../../core/json'
import { pointerSegments } from '../pointer'
import { stateDiscriminators } from './discriminator'
import { keywordShapes, subschemaShape } from './keywords'

type Path = readonly (string | number)[]
type Members = Record<string, unknown>

/** What to do with the document on the way: where a message belongs, and what was dropped. */
export interface NormaliseOptions {
  /** `file:line:column` of a path in the document. */
  at(path: Path): string
  /** Told of whatever the document states in a way that cannot be understood. */
  warn(message: string): void
}

/** Annotations may stand beside a `$ref` in OpenAPI 3.0; every other keyword there is ignored by its rules. */
const annotations = /^(x-|\$ref$|nullable$|description$|summary$|title$|deprecated$)/

/**
 * Turns every schema of an OpenAPI 3.0 or 3.1 document into plain JSON Schema 2020-12, in place, and checks every `$ref` in schemas.
 * OpenAPI 3.0's `nullable`, boolean `exclusiveMinimum` and `example` become their later forms; keywords of the wrong shape are dropped with a warning.
 * References stay references. Own code, since converters at hand rewrite by key name alone: also in examples and in members called `nullable`.
 * @throws UsageError for a `$ref` to nowhere, or one that only leads back to itself
 */
export function normaliseSchemas(document: Members, options: NormaliseOptions): void {
  const old = String(document.openapi).startsWith('3.0')
  const seen = new Set<object>()
  const discriminated = new Set<Members>()
  const anchors = new Map<string, Path[]>()
  const byAnchor = new Set<Members>()
  const referred: string[] = []

  function schema(value: unknown, path: Path): void {
    if (!isObject(value) || seen.has(value)) return
    seen.add(value)
    const members = value as Members
    if (members.discriminator !== undefined) discriminated.add(members)
    if (typeof members.$ref === 'string' && old) {
      for (const key of Object.keys(members)) if (!annotations.test(key)) delete members[key]
    }
    if (members.exclusiveMinimum !== undefined) exclusive(members, 'exclusiveMinimum', 'minimum')
    if (members.exclusiveMaximum !== undefined) exclusive(members, 'exclusiveMaximum', 'maximum')
    if ('example' in members) {
      members.examples ??= [members.example]
      delete members.example
    }
    for (const keyword of Object.keys(members)) {
      const fits = Object.hasOwn(keywordShapes, keyword) ? keywordShapes[keyword] : undefined
      if (!fits || fits(members[keyword])) continue
      options.warn(`${options.at([...path, keyword])}: ${keyword} states nothing: ${shown(members[keyword])} is no value for it`)
      delete members[keyword]
    }
    nullable(members)
    if (typeof members.$id === 'string') return
    for (const name of [members.$anchor, members.$dynamicAnchor])
      if (typeof name === 'string') anchors.set(name, [...(anchors.get(name) ?? []), path])
    if ([members.$ref, members.$dynamicRef].some((ref) => typeof ref === 'string' && /^#[^/]/.test(ref))) byAnchor.add(members)
    if (typeof members.$ref === 'string') reference(members, path)
    for (const keyword of Object.keys(members)) {
      const shape = subschemaShape.get(keyword)
      if (shape === 'one') schema(members[keyword], [...path, keyword])
      else if (shape !== undefined) for (const [key, item] of entries(members[keyword])) schema(item, [...path, keyword, key])
    }
  }

  function reference(members: Members, path: Path): void {
    const ref = members.$ref as string
    if (!ref.startsWith('#')) {
      options.warn(`${options.at([...path, '$ref'])}: ${ref} is in another file, which is not followed: any value is taken to fit`)
      delete members.$ref
      members['x-unresolved'] = ref
      return
    }
    if (ref !== '#' && !ref.startsWith('#/')) return
    let target: unknown = members
    for (const visited = new Set<unknown>(); isObject(target) && typeof target.$ref === 'string' && target.$ref.startsWith('#'); ) {
      if (visited.has(target)) throw new UsageError(`$ref ${ref} leads only back to itself`, options.at([...path, '$ref']))
      visited.add(target)
      const next = valueAt(document, pointerSegments(target.$ref))
      if (next === undefined) throw new UsageError(`$ref ${target.$ref} leads nowhere`, options.at([...path, '$ref']))
      target = next
    }
    // It may stand where no schema is looked for: in another file, or under a member of the author's own.
    referred.push(ref)
  }

  schemasOf(document, schema)
  // It grows on the way; not followed at once, since a chain may be longer than the stack.
  for (const ref of referred) {
    const at = pointerSegments(ref)
    schema(valueAt(document, at), at)
  }
  // A name that is given once leads to one place, dynamic or not.
  for (const members of byAnchor)
    for (const keyword of ['$ref', '$dynamicRef']) {
      const [path, ...others] = anchors.get(String(members[keyword]).slice(1)) ?? []
      if (!path || others.length > 0) continue
      delete members[keyword]
      members.$ref = `#${path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`
    }
  stateDiscriminators(document, discriminated)
}

/** Calls `visit` for each schema that stands at a place for schemas: components, parameters, headers, bodies, answers. */
function schemasOf(document: Members, visit: (schema: unknown, path: Path) => void): void {
  const components = ['components']
  const each = (value: unknown, path: Path, inner: (item: unknown, path: Path) => void) => {
    for (const [key, item] of entries(value)) inner(item, [...path, key])
  }
  /** What is described elsewhere is visited there. */
  const followed =
    (inner: (value: unknown, path: Path) => void) =>
    (value: unknown, path: Path): void => {
      let at = path
      let target = value
      for (let steps = 0; steps < 64 && isObject(target) && typeof target.$ref === 'string' && target.$ref.startsWith('#'); steps++) {
        at = pointerSegments(target.$ref)
        target = valueAt(document, at)
      }
      inner(target, at)
    }
  const content = followed((value: unknown, path: Path) =>
    each(valueAt(value, ['content']), [...path, 'content'], (media, at) => visit(valueAt(media, ['schema']), [...at, 'schema'])),
  )
  const parameter = followed((value, path) => {
    visit(valueAt(value, ['schema']), [...path, 'schema'])
    content(value, path)
  })
  const response = followed((value, path) => {
    content(value, path)
    each(valueAt(value, ['headers']), [...path, 'headers'], parameter)
  })
  const operation = (value: unknown, path: Path) => {
    each(valueAt(value, ['parameters']), [...path, 'parameters'], parameter)
    content(valueAt(value, ['requestBody']), [...path, 'requestBody'])
    each(valueAt(value, ['responses']), [...path, 'responses'], response)
  }
  const pathItem = followed((value, path) => {
    each(valueAt(value, ['parameters']), [...path, 'parameters'], parameter)
    for (const [key, item] of entries(value)) if (isObject(item)) operation(item, [...path, key])
  })
  each(valueAt(document, ['components', 'schemas']), [...components, 'schemas'], visit)
  each(valueAt(document, ['components', 'parameters']), [...components, 'parameters'], parameter)
  each(valueAt(document, ['components', 'headers']), [...components, 'headers'], parameter)
  each(valueAt(document, ['components', 'requestBodies']), [...components, 'requestBodies'], content)
  each(valueAt(document, ['components', 'responses']), [...components, 'responses'], response)
  each(valueAt(document, ['components', 'pathItems']), [...components, 'pathItems'], pathItem)
  each(document.paths, ['paths'], pathItem)
}

function entries(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()]
  return isObject(value) ? Object.entries(value) : []
}

/** OpenAPI 3.0: `exclusiveMinimum: true` makes `minimum` exclusive. */
function exclusive(members: Members, keyword: string, limit: string): void {
  if (typeof members[keyword] !== 'boolean') return
  const applies = members[keyword] && typeof members[limit] === 'number'
  delete members[keyword]
  if (!applies) return
  members[keyword] = members[limit]
  delete members[limit]
}

/**
 * `nullable` counts only beside a `type`, and never adds null to an `enum` or to what is referred to (OpenAPI 3.0.3). Who writes it there, as
 * many generators do, means that null may be, though: `x-maybe-null` says so, and the validator takes null then.
 * It is no keyword of 3.1, but documents that carry it there mean the same; Swagger 2.0 has it as `x-nullable`.
 */
function nullable(members: Members): void {
  const isNullable = (members.nullable ?? members['x-nullable']) === true
  delete members.nullable
  if (!isNullable) return
  const types = [members.type ?? []].flat()
  const isRefused = [members.enum, members.const === undefined ? undefined : [members.const]].some(
    (of) => Array.isArray(of) && !of.includes(null),
  )
  if (isRefused || ['$ref', 'allOf', 'anyOf', 'oneOf'].some((key) => key in members)) members['x-maybe-null'] = true
  else if (types.length > 0 && !types.includes('null')) members.type = [...types, 'null']
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
