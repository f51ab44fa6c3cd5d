import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { WireRequest } from '../core/case'
import type { Json } from '../core/json'
import type { ApiDocument, MediaType, Parameter, Schema } from '../core/operation'
import type { Rule, Subject } from '../generators/rule'
import { ruleSets } from '../generators/rules'
import { broken, brokenPlaces } from '../generators/rules/solved'
import { loadDocument } from '../specs/load'

const root = join(__dirname, '..', 'node_modules', '@readme', 'oas-examples')
const dialect = 'https://json-schema.org/draft/2020-12/schema'
/** Cases of each rule that are looked at. */
const cases = { accept: 2, reject: 1 }
let lastId = 0

type Check = (value: unknown) => boolean

/** A copy without `$schema`: OpenAPI's dialect is meant. */
const inOneDialect = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema), (key, value) => (key === '$schema' ? undefined : value))

/** The independent validator, for one schema of a document. */
async function validatorOf({ documented }: ApiDocument, schema: Schema): Promise<Check | undefined> {
  const { registerSchema, unregisterSchema, validate } = await import('@hyperjump/json-schema/draft-2020-12')
  const uri = `http://localhost:1234/example/${++lastId}`
  const kept = ['components', 'x-bases', 'x-without-readOnly', 'x-without-writeOnly'].map((name) => [name, documented[name] ?? {}])
  registerSchema(inOneDialect({ allOf: [schema], ...Object.fromEntries(kept) }) as never, uri, dialect)
  try {
    const check = await validate(uri)
    return (value) => check(value as never).valid
  } catch (error) {
    // Patterns that only hold without the flag `u` are not known to it.
    if (error instanceof SyntaxError) return undefined
    throw error
  } finally {
    unregisterSchema(uri)
  }
}

const json = (text: string): Json[] => {
  try {
    return [JSON.parse(text) as Json]
  } catch {
    return []
  }
}
/** The JSON value that a text spells, and the text. */
const taken = (text: string): Json[] => [...json(text), text]
const product = <T>(lists: readonly (readonly T[])[]): T[][] =>
  lists.reduce<T[][]>((all, list) => all.flatMap((so) => list.map((item) => [...so, item])).slice(0, 512), [[]])

const separators = [',', ' ', '|', '.', ';']
const splitLists = (text: string): Json[] => separators.flatMap((by) => product(text.split(by).map(taken)))
const splitTables = (text: string): Json[] =>
  separators.flatMap((by) => {
    const parts = text.split(by)
    const exploded = parts.map((pair) => pair.split('='))
    const flat = parts.flatMap((key, i) => (i % 2 === 0 ? [[key, parts[i + 1] ?? '']] : []))
    return [exploded, flat].flatMap((pairs) =>
      product(pairs.map(([, value = '']) => taken(value))).map((of) => Object.fromEntries(of.map((value, i) => [pairs[i]?.[0], value]))),
    )
  })

/** What stands in a body, read with what Node has for it, apart from the reader that the rules are proven with. */
async function bodyCandidates(request: WireRequest, encoding: NonNullable<MediaType['encoding']> = {}): Promise<Json[]> {
  const type = request.headers.find(([name]) => /^content-type$/i.test(name))?.[1] ?? ''
  const body = request.body ?? Buffer.alloc(0)
  if (/json/.test(type)) return json(body.toString())
  if (!/form/.test(type)) return taken(body.toString())
  const form = await new Response(body as never, { headers: { 'content-type': type } }).formData()
  const names = [...new Set(form.keys())]
  const valuesOf = (name: string, isList: boolean) => {
    const texts = form.getAll(name).map(String)
    const lists = product(texts.map(taken))
    const text = texts[0] as string
    // A list in one text is split in whatever way, where the document states that there is one.
    const split = encoding[name as string]?.explode === false ? [...splitLists(text), ...splitTables(text)] : []
    return texts.length > 1 ? lists : isList ? [...taken(text), ...lists, ...split] : taken(text)
  }
  // Of very many ways some are looked at: first those that take no single text for a list.
  const ways = [false, true].flatMap((isList) => product<Json>(names.map((name) => valuesOf(name, isList)) as Json[][]))
  return ways.map((of) => Object.fromEntries(of.map((value, i) => [names[i], value])))
}

/** What a parameter may be taken for; undefined: it is not there. */
function parameterCandidates({ name, in: part }: Parameter, path: string, { target, headers }: WireRequest): Json[] | undefined {
  const header = (of: string) => headers.find(([key]) => key.toLowerCase() === of.toLowerCase())?.[1]
  const lists = splitLists
  const tables = (text: string) => splitTables(text.replace(`${name}=`, ''))
  if (part === 'header')
    return header(name) === undefined
      ? undefined
      : [header(name) as string].flatMap((text) => [...taken(text), ...lists(text), ...tables(text)])
  if (part === 'path') {
    const at = path.split('/').findIndex((segment) => segment.includes(`{${name}}`))
    const text = decodeURIComponent(target.split('?')[0]?.split('/')[at] ?? '').replace(/^[.;]/, '')
    const bare = text.replace(`${name}=`, '')
    return [
      ...taken(bare),
      ...lists(bare),
      ...(text.split(';').length > 1 ? product(text.split(';').map((part) => taken(part.replace(`${name}=`, '')))) : []),
      ...tables(text),
    ]
  }
  const pairs =
    part === 'query' ? new URLSearchParams(target.split('?')[1] ?? '') : new URLSearchParams((header('Cookie') ?? '').replaceAll('; ', '&'))
  const own = pairs.getAll(name)
  const deep = [...pairs].flatMap(([key, text]) => (key.startsWith(`${name}[`) ? [[key.slice(name.length + 1, -1), text] as const] : []))
  if (deep.length > 0)
    return product(deep.map(([, text]) => taken(text))).map((of) => Object.fromEntries(of.map((value, i) => [deep[i]?.[0], value])))
  const spread = own.length === 0 ? [...pairs] : []
  if (own.length === 0 && spread.length === 0) return undefined
  const table = product(spread.map(([, text]) => taken(text))).map((of) =>
    Object.fromEntries(of.map((value, i) => [spread[i]?.[0], value])),
  )
  return own.length === 0 ? table : [...taken(own[0] as string), ...product(own.map(taken)), ...own.flatMap(lists), ...own.flatMap(tables)]
}

/** What is wrong with a case, by the independent validator; undefined: nothing, or nothing that it could tell. */
async function fault(
  document: ApiDocument,
  subject: Subject,
  rule: Rule,
  request: WireRequest,
  checks: Map<unknown, Check | undefined>,
): Promise<string | undefined> {
  if (rule.keyword === 'malformed') return undefined
  const { documented } = subject
  const [part = '', name] = rule.place.split('.')
  const checkOf = async (key: unknown, schema: Schema) => {
    if (!checks.has(key)) checks.set(key, await validatorOf(document, schema))
    return checks.get(key)
  }
  const told = (candidates: readonly Json[], check: Check | undefined, zone: string) =>
    check === undefined || candidates.some(check) === (zone === 'accept')
      ? undefined
      : `${rule.id}: ${JSON.stringify(candidates[0])?.slice(0, 200)}`
  if (part === 'body' || rule.zone === 'accept') {
    const type = request.headers.find(([key]) => /^content-type$/i.test(key))?.[1]?.split(';')[0]
    const media = documented.body?.content.find(({ mediaType }) => mediaType.split(';')[0] === type)
    if (media && request.body) {
      const wrong = told(await bodyCandidates(request, media.encoding), await checkOf(media, media.schema), rule.zone)
      if (wrong) return wrong
    }
  }
  for (const parameter of documented.parameters) {
    if (parameter.credential || (rule.zone === 'reject' && (parameter.in !== part || parameter.name !== name))) continue
    if (!parameter.required && !(parameter.in === part && parameter.name === name)) continue
    const candidates = parameterCandidates(parameter, documented.path, request)
    if (candidates === undefined ? parameter.required && rule.zone === 'accept' : false) return `${rule.id}: ${parameter.name} is not there`
    if (candidates === undefined || (rule.zone === 'reject' && (rule.keyword === 'empty' || rule.keyword === 'required'))) continue
    const wrong = told(candidates, await checkOf(parameter, parameter.schema), rule.zone)
    if (wrong) return wrong
  }
  return undefined
}

/** The constraints of an operation that no rule breaks, each with the reason. */
function unbroken(subject: Subject, rules: readonly Rule[]): { readonly all: number; readonly left: readonly string[] } {
  const { documented } = subject
  const body = documented.body?.content.find(({ mediaType }) => /json/.test(mediaType))?.schema ?? subject.form?.documented
  const sources = [
    ...(body === undefined ? [] : [['body', body] as const]),
    ...documented.parameters
      .filter(({ credential }) => !credential)
      .map((parameter) => [`${parameter.in}.${parameter.name}`, parameter.schema] as const),
  ]
  const reject = rules.filter(({ zone }) => zone === 'reject')
  const left: string[] = []
  let all = 0
  for (const [place, schema] of sources) {
    for (const { violation, way } of brokenPlaces(subject, schema)) {
      const { keyword, reason } = violation
      all++
      const of = broken(subject, keyword, place, way, new Set())
      const isBroken = reject.some((rule) => rule.keyword === keyword && (rule.place === of.place || rule.place.startsWith(`${of.place}.`)))
      if (!isBroken) left.push(`${of.id}: ${reason ?? 'no text on the wire breaks it'}`)
    }
  }
  return { all, left }
}

/** Prints a line for each document: its operations, requests that are valid and broken, constraints that are broken, and what could not be made. */
async function main(): Promise<void> {
  let wrong = 0
  const only = process.argv[2] ?? ''
  for (const version of ['3.0', '3.1']) {
    for (const file of readdirSync(join(root, version, 'json')).filter(
      (name) => name.endsWith('.json') && `${version}/${name}`.includes(only),
    )) {
      const document = await loadDocument({ spec: join(root, version, 'json', file) }).catch((error: Error) => error)
      if (document instanceof Error) {
        console.log(`${version}/${file}: ${document.message.split(': ').at(-1)}`)
        continue
      }
      const told: string[] = []
      const counts = { valid: 0, broken: 0, all: 0, left: 0 }
      for (const set of ruleSets(document, { seed: 1 })) {
        const checks = new Map<unknown, Check | undefined>()
        for (const rule of set.rules) {
          // Of a sequence there is no request before the answers to those before it.
          if (rule.zone === 'either' || rule.sequence) continue
          for (let i = 0; i < Math.min(cases[rule.zone], rule.fixed.length); i++) {
            try {
              const { request } = set.build(rule, i)
              if (/\{[^}]*\}/.test(request.target)) throw new Error(`a path parameter is not filled in: ${request.target}`)
              counts[rule.zone === 'accept' ? 'valid' : 'broken']++
              const found = await fault(document, set.subject, rule, request, checks)
              if (found) {
                wrong++
                told.push(`WRONG ${found}`)
              }
            } catch (error) {
              told.push(`not made: ${rule.id}: ${(error as Error).message}`)
            }
          }
        }
        const { all, left } = unbroken(set.subject, set.rules)
        counts.all += all
        counts.left += left.length
        told.push(...left.map((line) => `unbroken: ${line}`))
      }
      const { valid, broken: bad, all, left } = counts
      console.log(
        `${version}/${file}: ${document.operations.length} operations, ${valid} valid requests, ${bad} broken; of ${all} constraints ${all - left} are broken`,
      )
      for (const line of told) console.log(`  ${line}`)
    }
  }
  if (wrong > 0) process.exitCode = 1
}

void main()
