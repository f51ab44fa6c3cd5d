import { isObject } from '../../core/json'
import { metaschema } from '../../specs/metaschemas'

/** Keywords of the validation vocabulary, which a dialect may leave out. */
export const validationKeywords = new Set([
  'type',
  'const',
  'enum',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'required',
  'dependentRequired',
])

const certain: ReadonlySet<string> = new Set()
/** Keywords that the drafts before 2020-12 lack, or read otherwise. */
const newer: ReadonlySet<string> = new Set([
  'prefixItems',
  '$dynamicRef',
  'unevaluatedItems',
  'unevaluatedProperties',
  'dependentRequired',
  'dependentSchemas',
  'minContains',
  'maxContains',
])
const vocabulary = 'https://json-schema.org/draft/2020-12/vocab/validation'
const current = 'https://json-schema.org/draft/2020-12/schema'

/**
 * Keywords of which it is not sure that they are in force, by `$schema`: values keep them, violations do not rest on them.
 * @param others further schemas by their URI, metaschemas among them
 */
export function doubtfulIn(root: unknown, others: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  if (!isObject(root) || typeof root.$schema !== 'string') return certain
  const uri = root.$schema.split('#')[0] as string
  if (uri === current) return certain
  if (metaschema(uri)) return newer
  const dialect = others[uri] ?? others[root.$schema]
  const states = isObject(dialect) && isObject(dialect.$vocabulary) && dialect.$vocabulary[vocabulary] !== undefined
  return states ? certain : validationKeywords
}
