import type { Schema, SchemaObject } from '../core/operation'

const root = 'https://json-schema.org/draft/'
const parts = {
  '2020-12': ['applicator', 'content', 'core', 'format-annotation', 'meta-data', 'unevaluated', 'validation'],
  '2019-09': ['applicator', 'content', 'core', 'format', 'meta-data', 'validation'],
}

/** File of each metaschema that comes with Ajv. */
const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(parts).flatMap(([draft, names]) => [
      [`${root}${draft}/schema`, `json-schema-${draft}/schema.json`],
      ...names.map((name) => [`${root}${draft}/meta/${name}`, `json-schema-${draft}/meta/${name}.json`]),
    ]),
  ),
  'http://json-schema.org/draft-07/schema': 'json-schema-draft-07.json',
  'http://json-schema.org/draft-06/schema': 'json-schema-draft-06.json',
}

/** Published copies differ in these deprecated members: nothing may rest on them. */
const contested = new Set(['$recursiveAnchor', '$recursiveRef'])
const known = new Map<string, Schema>()

/** The metaschema of a URI (without a fragment), or undefined if it is none that is known. */
export function metaschema(uri: string): Schema | undefined {
  const file = Object.hasOwn(files, uri) ? files[uri] : undefined
  if (file === undefined) return undefined
  const schema = known.get(uri) ?? read(file)
  known.set(uri, schema)
  return schema
}

function read(file: string): Schema {
  const schema = require(`ajv/dist/refs/${file}`) as SchemaObject
  if (!file.endsWith('2020-12/schema.json')) return schema
  return { ...schema, properties: Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => !contested.has(name))) }
}
