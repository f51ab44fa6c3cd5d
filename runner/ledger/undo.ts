import type { Case } from '../../core/case'
import { UsageError } from '../../core/errors'
import type { Answer } from '../../core/exchange'
import { isObject, parseJson } from '../../core/json'
import type { ApiDocument, Operation } from '../../core/operation'
import { encoded } from '../../specs/pointer'
import { pathValues } from '../../specs/template'
import type { Undo } from './ledger'

/** How what a run creates is deleted, as the config says it. */
interface UndoOptions {
  /** Id of an operation, or a method and a path template. */
  readonly delete: string
  readonly params?: Readonly<Record<string, string>>
  /** `GET` and a path template. */
  readonly gone?: string
}

/** Says how what a request creates is deleted. */
interface Undoing {
  /**
   * @param answer of the request; none yet: what the request alone tells
   * @returns the ways, the surest first
   */
  of(made: Case, answer?: Answer): readonly Undo[]
  /** Whether an answer shows the name that the request gives. */
  isShown(made: Case, answer?: Answer): boolean
}

interface Template {
  readonly method: string
  readonly path: string
  /** Of an operation of the document that is not below the target's own base path. */
  readonly base?: string
}

/**
 * Reads how to delete.
 * @param bases the base path of each operation that is not below the target's own
 * @param mask hides secrets: a name that an answer made of one is not written down
 * @throws UsageError for an operation that there is not, or a template that is none
 */
export function createUndoing(
  document: ApiDocument,
  options: UndoOptions,
  bases: ReadonlyMap<string, string>,
  mask: (text: string) => string,
): Undoing {
  const remove = withBase(templateOf(document, options), document, bases)
  const gone = options.gone === undefined ? undefined : withBase(parsed(options.gone, 'cleanup.gone', /^GET$/), document, bases)
  const paths = new Map(document.operations.map(({ documented }) => [documented.id, documented.path]))

  function undo(params: Values, names: Values): Undo | undefined {
    const filled = fill(remove.path, params, names)
    if (!filled || mask(filled.path) !== filled.path) return undefined
    const asked = gone && fill(gone.path, params, names)
    return {
      method: remove.method,
      path: filled.path,
      ...baseOf(remove),
      ...(asked && filled.name !== undefined ? { gone: { path: asked.path, name: filled.name, ...baseOf(gone) } } : {}),
    }
  }

  function read({ operation, request }: Case) {
    const text = request.body?.toString('utf8') ?? ''
    const sentParams = pathValues(paths.get(operation) ?? '', request.target)
    const params: Values = (name) => sentParams[name] || undefined
    return { params, text, sent: jsonOf(text) }
  }

  return {
    isShown(made, answer) {
      const { params, sent } = read(made)
      const name = fill(remove.path, params, (key) => scalar(sent, key))?.name
      return name !== undefined && (answer?.body.toString('utf8').includes(name) ?? false)
    },
    of(made, answer) {
      const { params, text, sent } = read(made)
      const bySent = undo(params, (name) => scalar(sent, name))
      const received = answer && jsonOf(answer.body.toString('utf8'))
      const byAnswer = received === undefined ? undefined : undo(params, (name) => ownName(received, name, sent, text))
      const all = [bySent, byAnswer].filter((one) => one !== undefined)
      return all.filter((one, index) => all.findIndex(({ path }) => path === one.path) === index)
    },
  }
}

type Values = (name: string) => string | undefined

function templateOf(document: ApiDocument, { delete: text, params = {} }: UndoOptions): Template {
  const operation = document.operations.find(({ documented }) => documented.id === text)?.documented
  if (!operation) {
    if (!text.includes(' '))
      throw new UsageError(
        `cleanup.delete: the document has no operation ${text}; it has ${document.operations.map(({ documented }) => documented.id).join(', ')}; or write a method and a path, such as DELETE /things/{id}`,
      )
    return parsed(text, 'cleanup.delete', /^(DELETE|POST|PUT|PATCH)$/)
  }
  return {
    method: operation.method.toUpperCase(),
    path: operation.path.replace(/\{([^}]+)\}/g, (_, name: string) => `{${params[name] ?? name}}`),
  }
}

/** A template that an operation of the document has is served where that operation is. */
function withBase(template: Template, document: ApiDocument, bases: ReadonlyMap<string, string>): Template {
  const shape = (path: string) => path.replace(/\{[^}]+\}/g, '{}')
  const isIt = ({ method, path }: Operation) => method.toUpperCase() === template.method && shape(path) === shape(template.path)
  const id = document.operations.find(({ documented }) => isIt(documented))?.documented.id
  return { ...template, ...baseOf({ base: id === undefined ? undefined : bases.get(id) }) }
}

const baseOf = ({ base }: { readonly base?: string | undefined }) => (base === undefined ? {} : { base })

function parsed(text: string, where: string, methods: RegExp): Template {
  const [method = '', path = '', ...rest] = text.trim().split(/\s+/)
  if (!methods.test(method) || !path.startsWith('/') || rest.length > 0)
    throw new UsageError(`${where}: "${text}" is not a method and a path, such as DELETE /things/{metadata.name}`)
  return { method, path }
}

/** A template filled in, with the last of the values that are not path parameters; undefined where one is missing or could lead elsewhere. */
function fill(template: string, params: Values, names: Values): { path: string; name?: string } | undefined {
  let whole = true
  let last: string | undefined
  const path = template.replace(/\{([^}]+)\}/g, (_, key: string) => {
    const param = params(key)
    if (param !== undefined) return param
    const value = names(key)
    // A segment of dots is no name, but a way to another place.
    if (value === undefined || /^\.{0,2}$/.test(value)) whole = false
    last = value
    return encoded(value ?? '')
  })
  return whole ? { path, ...(last === undefined ? {} : { name: last }) } : undefined
}

/** As much of a JSON text as can be read: a request that is broken on purpose may be taken all the same. */
function jsonOf(written: string): unknown {
  const text = written.replace(/^\ufeff/, '')
  const whole = parseJson(text)
  if (whole !== undefined) return whole
  try {
    return (require('jsonc-parser') as typeof import('jsonc-parser')).parse(text)
  } catch {
    // Nested deeper than the stack allows.
    return undefined
  }
}

/**
 * What an answer calls the thing. A name that the request gives is the surer one; an answer that calls it otherwise is believed only where
 * the name comes from the request, as somebody else's thing must not be deleted.
 */
function ownName(received: unknown, name: string, sent: unknown, text: string): string | undefined {
  const value = scalar(received, name)
  if (value === undefined || !isThere(sent, name)) return value
  return value !== '' && text.toLowerCase().includes(value.trim().toLowerCase()) ? value : scalar(sent, name)
}

const isThere = (value: unknown, path: string): boolean => at(value, path) !== undefined

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined), value)

/** The text, number or truth value at `a.b.c`. */
function scalar(value: unknown, path: string): string | undefined {
  const found = at(value, path)
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined
}
