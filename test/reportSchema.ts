import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGenerator } from 'ts-json-schema-generator'
import { reportSchemaId } from '../reports/json'

const root = join(__dirname, '..')

/** The published schema of report.json. */
export const schemaFile = join(root, 'reports', 'report.schema.json')

type Members = Record<string, unknown>

/** JSON Schema 2020-12 of report.json, made from the type `Report`, with its comments as descriptions. */
export function reportSchema(): Members {
  const title = `report.json of plumbline-api, version ${reportSchemaId.split(':').at(-1)}`
  const made = schemaOf('core/report.ts', 'Report', { $id: reportSchemaId, title })
  return { ...made, properties: { $schema: { const: reportSchemaId }, ...(made.properties as Members) } }
}

/** JSON Schema 2020-12 of a type, with its comments as descriptions. */
export function schemaOf(file: string, type: string, names: { readonly $id: string; readonly title: string }): Members {
  const made = createGenerator({
    path: join(root, file),
    tsconfig: join(root, 'tsconfig.json'),
    type,
    topRef: false,
    additionalProperties: false,
    skipTypeCheck: true,
  }).createSchema(type)
  const { $schema: _, definitions, ...schema } = modern(made) as Members
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...names, ...schema, $defs: definitions }
}

/** Draft 7, which the generator writes, as 2020-12: definitions have another name. */
function modern(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(modern)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' ? String(inner).replace('#/definitions/', '#/$defs/') : modern(inner),
    ]),
  )
}

if (require.main === module) writeFileSync(schemaFile, `${JSON.stringify(reportSchema(), null, 2)}\n`)
