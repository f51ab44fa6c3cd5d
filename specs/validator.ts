import Ajv2020, { _, type ErrorObject, type FuncKeywordDefinition, str, type ValidateFunction } from 'ajv/dist/2020'
import type { DataValidateFunction } from 'ajv/dist/types'
import addFormats from 'ajv-formats'
import { UsageError } from '../core/errors'
import { type Json, valueAt } from '../core/json'
import type { Schema, SchemaObject } from '../core/operation'
import { isMultiple } from './decimal'
import { distinct } from './distinct'
import { formatOf, full, readVariously } from './formats'
import { subschemaShape } from './openapi/keywords'
import { type Matcher, matcherOf } from './patterns/matcher'
import { pointerSegments } from './pointer'

/** One keyword of a schema that a value breaks. */
export interface SchemaError {
  /** The keyword, e.g. `type`, `required`, `maximum`; `false schema` where nothing is allowed. */
  readonly keyword: string
  /** Way into the value, unescaped; empty: the value itself. */
  readonly instancePath: readonly string[]
  /** Where the keyword stands: a JSON pointer from the schema, or from the one that the last `$ref` led to. */
  readonly schemaPath: string
  /** Ajv's parameters of the keyword, e.g. `{ missingProperty: 'name' }`. */
  readonly params: Record<string, unknown>
  /** What must hold, e.g. `must be integer`. */
  readonly message: string
}

export interface Validator {
  /**
   * All the keywords of `schema` that `value` breaks; empty: valid. Compiled once for each schema object.
   * @throws UsageError if the schema cannot be compiled: a `$ref` to nowhere, a keyword of the wrong shape
   */
  errors(schema: Schema, value: unknown): readonly SchemaError[]
  /** The same of a value that was received: what is of a format for some of its readers breaks nothing. */
  answerErrors(schema: Schema, value: unknown): readonly SchemaError[]
  /** Whether it breaks none. @throws as `errors` does */
  valid(schema: Schema, value: unknown): boolean
}

const documentId = 'plumbline:document'
const none: readonly SchemaError[] = Object.freeze([])

/**
 * A validator by JSON Schema 2020-12, the dialect of OpenAPI 3.1, formats included. Lengths count code points (RFC 8259).
 * @param document the whole document: `$ref`s such as `#/components/schemas/X` resolve against it. It is not changed.
 */
export function createValidator(document: Record<string, unknown>): Validator {
  const text = JSON.stringify(document)
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateFormats: true,
    validateSchema: false,
    addUsedSchema: false,
    ownProperties: true,
    logger: false,
    // Of a large document each schema sees few values: they are not worth more work on its code.
    code: { optimize: text.length < largeText, regExp: Object.assign(tolerantRegExp, { code: 'tolerantRegExp' }) },
  })
  addFormats(ajv)
  let isAnswer = false
  for (const name of readVariously) {
    const strict = full(name)
    ajv.addFormat(name, (text: string) => strict(text) || (isAnswer && formatOf(name)?.maybe(text) === true))
  }
  // Draft-04's `id` is an ordinary unknown member here; Ajv would refuse the schema.
  ajv.removeKeyword('id')
  for (const keyword of [multipleOf, uniqueItems]) {
    ajv.removeKeyword(keyword.keyword as string)
    ajv.addKeyword(keyword)
  }
  const isWhole = needsWhole(text)
  if (isWhole) ajv.addSchema(withoutDialect(document as SchemaObject), documentId)
  else ajv.addKeyword({ keyword: lazyRef, errors: 'full', compile: lazily })
  ajv.addKeyword({
    keyword: orNull,
    errors: 'full',
    compile(schema: SchemaObject) {
      const inner = ajv.compile(schema)
      return within(
        () => inner,
        (data) => data === null,
      )
    },
  })

  /** Compiles what a `$ref` leads to when the first value comes there: a schema of a large document may reach all the others. */
  function lazily(ref: string): DataValidateFunction {
    const target = valueAt(document, pointerSegments(ref)) as Schema | undefined
    if (target === undefined) throw new Error(`can't resolve reference ${ref}`)
    const schema: SchemaObject = typeof target === 'boolean' ? { allOf: [target] } : target
    return within(() => compile(schema))
  }

  const compiled = new WeakMap<SchemaObject, ValidateFunction>()
  // The members of a large document are much the same, and compiling one takes a millisecond.
  const byText = new Map<string, ValidateFunction>()
  function compile(schema: SchemaObject): ValidateFunction {
    const known = compiled.get(schema)
    if (known) return known
    const bare = anchored(withoutDialect(schema), isWhole) as SchemaObject
    const text = JSON.stringify(bare)
    let validate = byText.get(text)
    try {
      validate ??= ajv.compile(bare)
    } catch (error) {
      throw new UsageError(`a schema of the document cannot be used: ${(error as Error).message.replaceAll(documentId, '')}`)
    }
    compiled.set(schema, validate)
    if (text.length <= longestText) byText.set(text, validate)
    return validate
  }

  const validator: Validator = {
    valid: (schema, value) => (typeof schema === 'boolean' ? schema : compile(schema)(value)),
    errors(schema, value) {
      if (schema === true) return none
      if (schema === false)
        return [{ keyword: 'false schema', instancePath: [], schemaPath: '#', params: {}, message: 'must not be there' }]
      const validate = compile(schema)
      return validate(value) ? none : (validate.errors ?? []).map(toSchemaError)
    },
    answerErrors(schema, value) {
      isAnswer = true
      try {
        return validator.errors(schema, value)
      } finally {
        isAnswer = false
      }
    },
  }
  return validator
}

/** What another schema says, with its own errors. @param isFree values that it need not fit */
function within(schema: () => ValidateFunction, isFree?: (data: unknown) => boolean): DataValidateFunction {
  const validate: DataValidateFunction = (data, context) => {
    const inner = schema()
    if (isFree?.(data) || inner(data, context)) return true
    // Ajv puts its own path over that of the errors that it is given.
    const errors: LocatedError[] = inner.errors ?? []
    validate.errors = errors.map((error) => ({ ...error, pointer: error.pointer ?? error.schemaPath }))
    return false
  }
  return validate
}

/** Numbers as JSON writes them: Ajv divides doubles, by which 5.1 is no multiple of 0.01. */
const multipleOf: FuncKeywordDefinition = {
  keyword: 'multipleOf',
  type: 'number',
  schemaType: 'number',
  validate: (step: number, value: number) => !(step > 0) || (Number.isFinite(value) && isMultiple(value, step)),
  error: {
    message: ({ schemaCode }) => str`must be multiple of ${schemaCode}`,
    params: ({ schemaCode }) => _`{multipleOf: ${schemaCode}}`,
  },
}

/** Ajv compares each object with all others. */
const uniqueItems: FuncKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  validate: (isAsked: boolean, items: readonly Json[]) => !isAsked || distinct(items),
  error: { message: 'must NOT have duplicate items' },
}

type LocatedError = Partial<ErrorObject> & { readonly schemaPath?: string; readonly pointer?: string }

/** Schemas as text that are remembered: longer ones are seldom the same. */
const longestText = 4000

/** Characters of a document that is large. */
const largeText = 1_000_000

const lazyRef = 'x-plumbline-ref'
const orNull = 'x-plumbline-or-null'

/** These look beyond a `$ref`, so that Ajv has to see all at once. */
const needsWhole = (text: string): boolean =>
  /"(unevaluated(Properties|Items)|\$(dynamicRef|recursiveRef|dynamicAnchor|anchor|id))":|"\$ref":"#[^/"]/.test(text)

function toSchemaError(error: ErrorObject & { readonly pointer?: string }): SchemaError {
  return {
    keyword: error.keyword,
    instancePath: pointerSegments(error.instancePath),
    schemaPath: (error.pointer ?? error.schemaPath).replace(documentId, ''),
    params: error.params,
    message: error.message ?? `must keep ${error.keyword}`,
  }
}

/** Data, not schemas: a `$ref` in there is a member like any other. */
const dataKeywords = new Set(['const', 'default', 'enum', 'example', 'examples'])

/** What says nothing of validity. */
const annotations = /^(x-|(title|description|default|examples?|deprecated|externalDocs|xml|\$comment)$)/

/**
 * A copy without annotations, whose local `$ref`s name the document, or are followed lazily; a schema with an `$id` of its own keeps them, since
 * they are its own.
 */
function anchored(value: unknown, isWhole: boolean, isSchema = true): unknown {
  if (Array.isArray(value)) return value.map((item) => anchored(item, isWhole))
  if (typeof value !== 'object' || value === null) return value
  const schema = value as SchemaObject
  if (isSchema && typeof schema.$id === 'string') return value
  const kept: [string, unknown][] = []
  for (const [key, member] of Object.entries(schema)) {
    if (!isSchema) kept.push([key, anchored(member, isWhole)])
    else if ((key === '$ref' || key === '$dynamicRef') && typeof member === 'string' && member.startsWith('#'))
      // Beside the document it leads where it stands there.
      kept.push(isWhole ? ['$ref', `${documentId}${member}`] : [lazyRef, member])
    else if (!annotations.test(key))
      kept.push([key, dataKeywords.has(key) ? member : anchored(member, isWhole, subschemaShape.get(key) !== 'map')])
  }
  const bare = Object.fromEntries(kept)
  return isSchema && schema['x-maybe-null'] === true ? { [orNull]: bare } : bare
}

/** `$schema` names a dialect that Ajv would look up; OpenAPI 3.1 has one dialect. */
function withoutDialect(schema: SchemaObject): SchemaObject {
  if (!('$schema' in schema)) return schema
  const { $schema: _, ...rest } = schema
  return rest
}

/** Patterns are ECMA-262 with the flag `u`; those that only hold without it (`[\w-.]`, `\-`) are read without. */
function tolerantRegExp(pattern: string): Matcher {
  return matcherOf(pattern) ?? new RegExp(pattern)
}
