import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type fc from 'fast-check'
import { payloadCost } from '../bench/generation'
import type { Json } from '../core/json'
import type { Schema } from '../core/operation'
import { arbitrary, CannotGenerate, type SchemaOptions, violations } from '../generators/json-schema'
import { random } from '../generators/random'
import { pointerSegments } from '../specs/pointer'

/** A group of a test suite in the form of the JSON-Schema-Test-Suite. */
interface Group {
  readonly description: string
  readonly schema: Schema
  readonly tests: readonly { readonly description: string; readonly data: Json; readonly valid: boolean }[]
}

interface Score {
  readonly file: string
  readonly group: string
  /** What is wrong; empty: all right. */
  readonly faults: readonly string[]
  readonly values: number
  readonly violations: number
  /** Places where a keyword cannot be broken alone. */
  readonly reasons: readonly string[]
  readonly said?: string
  readonly milliseconds: number
}

type Check = (value: Json) => boolean
const dialect = 'https://json-schema.org/draft/2020-12/schema'
const origin = 'http://localhost:1234/'
let lastId = 0

/** Schemas of a folder `remotes`, by the URI that the suite serves them under. */
function remotesOf(folder: string): Record<string, Schema> {
  if (!existsSync(folder)) return {}
  return Object.fromEntries(
    (readdirSync(folder, { recursive: true, encoding: 'utf8' }) as string[])
      .filter((file) => file.endsWith('.json'))
      .map((file) => [`${origin}${file.split('\\').join('/')}`, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Schema]),
  )
}

/** The independent validator, with the remotes registered. */
async function independent(remotes: Readonly<Record<string, Schema>>) {
  const hyperjump = await import('@hyperjump/json-schema/draft-2020-12')
  await import('@hyperjump/json-schema/draft-2019-09')
  await import('@hyperjump/json-schema/draft-07')
  // @ts-expect-error it comes without types
  await import('@hyperjump/json-schema/formats')
  for (const [uri, schema] of Object.entries(remotes))
    try {
      hyperjump.registerSchema(schema as never, uri, dialect)
    } catch {
      // A remote of a dialect that the validator does not know: the groups that need it tell.
    }
  return async (schema: Schema, formats: boolean): Promise<Check> => {
    const uri = `${origin}group/${++lastId}`
    hyperjump.setShouldValidateFormat(formats)
    hyperjump.registerSchema(schema as never, uri, dialect)
    try {
      const check = await hyperjump.validate(uri)
      return (value) => check(value as never).valid
    } finally {
      hyperjump.unregisterSchema(uri)
    }
  }
}

function drawn(values: fc.Arbitrary<Json>, count: number, ...seed: readonly string[]): Json[] {
  const source = random(...seed)
  return Array.from({ length: count }, (_, i) => values.generate(source, 2 + Math.floor(Math.log10(i + 1))).value)
}

/** The schema without one keyword; a subschema that is `false` becomes `true`. */
function without(schema: Schema, path: string, keyword: string): Schema {
  if (!path.startsWith('#/')) return true
  const copied = JSON.parse(JSON.stringify(schema)) as Record<string, unknown>
  const segments = pointerSegments(path)
  const last = segments.pop() as string
  const holder = segments.reduce<Record<string, unknown>>((value, segment) => value[segment] as Record<string, unknown>, copied)
  if (last === keyword) delete holder[last]
  else holder[last] = true
  return copied as Schema
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 160 ? `${text.slice(0, 160)}…` : text
}

/**
 * Scores a folder: for each group, values of `arbitrary` must be valid and values of `violations` invalid, by an independent validator.
 * @param count values of each
 */
async function* score(folder: string, remotesFolder: string, count: number): AsyncGenerator<Score> {
  const remotes = remotesOf(remotesFolder)
  const validator = await independent(remotes)
  const files = (readdirSync(folder, { recursive: true, encoding: 'utf8' }) as string[])
    .filter((file) => file.endsWith('.json') && !resolve(folder, file).startsWith(resolve(remotesFolder)))
    .sort()
  for (const file of files) {
    const formats = /(^|[/\\])format[/\\]/.test(file)
    for (const group of JSON.parse(readFileSync(join(folder, file), 'utf8')) as Group[]) {
      const started = performance.now()
      const faults: string[] = []
      const reasons: string[] = []
      const options: SchemaOptions = { schemas: remotes, formats }
      const hasValid = group.tests.some(({ valid }) => valid)
      let values = 0
      let broken = 0
      let said: string | undefined
      let check: Check | undefined
      try {
        check = await validator(group.schema, formats)
      } catch (error) {
        reasons.push(`the independent validator cannot tell: ${(error as Error).message.slice(0, 100)}`)
      }
      const wrong = group.tests.find(({ data, valid }) => check && check(data) !== valid)
      if (wrong) {
        // Who contradicts the suite is no judge of this group.
        reasons.push(`the independent validator is wrong here: ${wrong.description}`)
        check = undefined
      }
      try {
        for (const value of drawn(arbitrary(group.schema, options), count, file, group.description)) {
          values++
          if (check && !check(value)) faults.push(`not valid: ${shown(value)}`)
        }
      } catch (error) {
        said = (error as Error).message
        if (!(error instanceof CannotGenerate) || hasValid) faults.push(said)
      }
      try {
        for (const violation of violations(group.schema, options)) {
          if (!violation.values) reasons.push(`${violation.path}: ${violation.reason}`)
          else {
            const alone =
              check && (await validator(without(group.schema, violation.path, violation.keyword), formats).catch(() => undefined))
            for (const value of drawn(violation.values, count, file, group.description, violation.path)) {
              broken++
              if (check?.(value)) faults.push(`${violation.path} is not broken: ${shown(value)}`)
              if (alone && !alone(value)) faults.push(`${violation.path} is not all that is broken: ${shown(value)}`)
            }
          }
        }
      } catch (error) {
        faults.push(`violations: ${(error as Error).message}`)
      }
      if (broken === 0 && group.tests.some(({ valid }) => !valid) && hasValid) reasons.push('no violation, though there are invalid values')
      yield {
        file,
        group: group.description,
        faults: [...new Set(faults)].slice(0, 3),
        values,
        violations: broken,
        reasons,
        ...(said === undefined ? {} : { said }),
        milliseconds: Math.round(performance.now() - started),
      }
    }
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { remotes: { type: 'string' }, values: { type: 'string', default: '40' }, verbose: { type: 'boolean', default: false } },
  })
  const folder = positionals[0] ?? join(__dirname, 'schema-suite')
  if (!existsSync(folder)) {
    console.error(`no such folder: ${folder}\nusage: npm run schema-suite DIR [-- --remotes DIR --values N --verbose]`)
    process.exitCode = 2
    return
  }
  const near = [join(folder, 'remotes'), join(dirname(folder), 'remotes'), join(dirname(dirname(folder)), 'remotes')]
  const remotes = values.remotes ?? near.find((path) => existsSync(path)) ?? join(folder, 'remotes')
  let groups = 0
  let right = 0
  for await (const { file, group, faults, reasons, said, ...of } of score(folder, remotes, Number(values.values))) {
    groups++
    if (faults.length === 0) right++
    const name = `${relative('.', file).replace(/\.json$/, '')}: ${group}`
    console.log(
      `${faults.length === 0 ? 'ok   ' : 'WRONG'} ${name} (${of.values} values, ${of.violations} violations, ${of.milliseconds} ms)${said && faults.length === 0 ? ` ${said}` : ''}`,
    )
    for (const fault of faults) console.log(`        ${fault}`)
    if (values.verbose) for (const reason of reasons) console.log(`      . ${reason}`)
  }
  console.log(`${right} of ${groups} groups right (${basename(folder)})`)
  const { own, faker } = await payloadCost()
  console.log(`a payload of ten members takes ${own.toFixed(1)} µs; json-schema-faker takes ${faker.toFixed(1)} µs`)
  if (right < groups) process.exitCode = 1
}

if (require.main === module) void main()
