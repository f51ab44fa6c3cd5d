import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiDocument, Schema } from '../core/operation'
import { isJson } from '../generators/members'
import { bodyOf } from '../generators/proofs'
import { ruleSets } from '../generators/rules'
import { loadDocument } from '../specs/load'

const root = join(__dirname, '..', 'node_modules', '@readme', 'oas-examples')
const dialect = 'https://json-schema.org/draft/2020-12/schema'
/** Cases of each rule that are looked at. */
const cases = 2
let lastId = 0

/** Whether a JSON body is valid, by the independent validator. */
async function validatorOf(document: ApiDocument, schema: Schema) {
  const { registerSchema, unregisterSchema, validate } = await import('@hyperjump/json-schema/draft-2020-12')
  const uri = `http://localhost:1234/example/${++lastId}`
  const { components = {} } = document.documented
  registerSchema({ allOf: [schema], components } as never, uri, dialect)
  const check = await validate(uri)
  unregisterSchema(uri)
  return (value: unknown) => check(value as never).valid
}

/** Prints a line for each document: its operations, requests with a valid and with a broken body, and what could not be made. */
async function main(): Promise<void> {
  let wrong = 0
  for (const version of ['3.0', '3.1']) {
    for (const file of readdirSync(join(root, version, 'json')).filter((name) => name.endsWith('.json'))) {
      const document = await loadDocument({ spec: join(root, version, 'json', file) }).catch((error: Error) => error)
      if (document instanceof Error) {
        console.log(`${version}/${file}: ${document.message.split(': ').at(-1)}`)
        continue
      }
      const told: string[] = []
      let valid = 0
      let broken = 0
      for (const set of ruleSets(document, { seed: 1 })) {
        const { documented } = set.subject
        const content = documented.body?.content ?? []
        const schema = content.find(({ mediaType }) => isJson(mediaType))?.schema
        const check = schema === undefined ? undefined : await validatorOf(document, schema)
        for (const rule of set.rules) {
          if (rule.zone === 'either' || (check && rule.keyword === 'malformed')) continue
          for (let i = 0; i < Math.min(cases, rule.fixed.length); i++) {
            try {
              const { request } = set.build(rule, i)
              if (/\{[^}]*\}/.test(request.target)) throw new Error(`a path parameter is not filled in: ${request.target}`)
              if (rule.zone === 'accept') valid++
              else broken++
              const body = check ? bodyOf(request) : undefined
              if (!check || body === undefined || (rule.zone === 'reject' && !rule.place.startsWith('body.'))) continue
              if (check(body) !== (rule.zone === 'accept')) {
                wrong++
                told.push(`WRONG ${rule.id}: ${JSON.stringify(body).slice(0, 200)}`)
              }
            } catch (error) {
              told.push(`not made: ${rule.id}: ${(error as Error).message}`)
            }
          }
        }
        if (content.length > 0 && !check && set.subject.model.bytes === undefined)
          told.push(`not made: ${set.subject.id}: a body of ${content.map(({ mediaType }) => mediaType).join(', ')}`)
      }
      console.log(`${version}/${file}: ${document.operations.length} operations, ${valid} valid requests, ${broken} broken`)
      for (const line of told) console.log(`  ${line}`)
    }
  }
  if (wrong > 0) process.exitCode = 1
}

void main()
