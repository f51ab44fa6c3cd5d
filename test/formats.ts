import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sarif from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'
import type { ValidateFunction } from 'ajv'
import Ajv from 'ajv/dist/2020'
import AjvDraft04 from 'ajv-draft-04'
import addFormats from 'ajv-formats'
import { validate as validateCtrf } from 'ctrf'
import { memoryPages, validateXML } from 'xmllint-wasm'
import { schemaFile } from './reportSchema'
import har from './schemas/har.schema.json'

const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true })
addFormats(ajv)
// The schema of OASIS has patterns that only the old kind of regular expression takes.
const ajvDraft04 = new AjvDraft04({ strict: false, allErrors: true, unicodeRegExp: false })
addFormats(ajvDraft04)

const reportSchema = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')))
const harSchema = ajv.compile(har)
const sarifSchema = ajvDraft04.compile(sarif)
const junitSchema = readFileSync(join(__dirname, 'schemas', 'junit.xsd'), 'utf8')

function bySchema(schema: ValidateFunction, text: string): string[] {
  schema(JSON.parse(text))
  return (schema.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** What the published schema of a format finds wrong in a text of it. */
export const problems = {
  json: async (text: string) => bySchema(reportSchema, text),
  sarif: async (text: string) => bySchema(sarifSchema, text),
  har: async (text: string) => bySchema(harSchema, text),
  ctrf: async (text: string) => (validateCtrf(JSON.parse(text)).errors ?? []).map((error) => JSON.stringify(error)),
  junit: async (text: string) => {
    const { errors } = await validateXML({ xml: text, schema: junitSchema, maxMemoryPages: memoryPages.GiB })
    return errors.map(({ rawMessage }) => rawMessage)
  },
} as const
