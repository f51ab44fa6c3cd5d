import { isObject } from '../../core/json'
import { regExpOf } from '../patterns/regExp'

/** Where schemas stand inside a schema, by the shape of the keyword's value (JSON Schema 2020-12, and the older names still met). */
export const subschemas: Readonly<Record<'one' | 'list' | 'map', readonly string[]>> = {
  one: [
    'items',
    'additionalProperties',
    'not',
    'contains',
    'propertyNames',
    'if',
    'then',
    'else',
    'unevaluatedItems',
    'unevaluatedProperties',
    'contentSchema',
  ],
  list: ['allOf', 'anyOf', 'oneOf', 'prefixItems'],
  map: ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'],
}

/** The shape of the value of each of those keywords. */
export const subschemaShape: ReadonlyMap<string, 'one' | 'list' | 'map'> = new Map(
  (['one', 'list', 'map'] as const).flatMap((shape) => subschemas[shape].map((keyword) => [keyword, shape] as const)),
)

const types = new Set(['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'])

const isSchema = (value: unknown): boolean => typeof value === 'boolean' || isObject(value)
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
const isString = (value: unknown): boolean => typeof value === 'string'
const isBoolean = (value: unknown): boolean => typeof value === 'boolean'
const isFilledArray = (value: unknown): boolean => Array.isArray(value) && value.length > 0
const isNames = (value: unknown): boolean => Array.isArray(value) && value.every(isString)
const isType = (value: unknown): boolean => types.has(value as string) || (isFilledArray(value) && (value as unknown[]).every(isType))
const isPattern = (value: unknown): boolean => isString(value) && regExpOf(value as string) !== undefined

/** What the value of a keyword must be; a keyword of another shape states nothing. */
export const keywordShapes: Readonly<Record<string, (value: unknown) => boolean>> = {
  ...Object.fromEntries(subschemas.one.map((keyword) => [keyword, isSchema])),
  ...Object.fromEntries(
    subschemas.list.map((keyword) => [keyword, (value) => isFilledArray(value) && (value as unknown[]).every(isSchema)]),
  ),
  ...Object.fromEntries(subschemas.map.map((keyword) => [keyword, (value) => isObject(value) && Object.values(value).every(isSchema)])),
  $ref: isString,
  type: isType,
  enum: isFilledArray,
  required: isNames,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  multipleOf: (value) => isNumber(value) && (value as number) > 0,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  minProperties: isCount,
  maxProperties: isCount,
  minContains: isCount,
  maxContains: isCount,
  uniqueItems: isBoolean,
  pattern: isPattern,
  format: isString,
  examples: Array.isArray,
  dependentRequired: (value) => isObject(value) && Object.values(value).every(isNames),
}
