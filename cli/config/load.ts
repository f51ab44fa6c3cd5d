import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020'
import { UsageError } from '../../core/errors'
import { isObject } from '../../core/json'
import { packageRoot, readText } from '../../specs/files'
import { authKinds, type Config, type Profile, schemeKinds } from './config'

export const configNames = ['plumbline.config.yaml', 'plumbline.config.yml', 'plumbline.config.json', 'plumbline.config.ts'] as const
/** The published schema, within the package. */
export const configSchema = 'cli/config/config.schema.json'

export interface ConfigOptions {
  /** The file; none: it is looked for in the current folder and those above. */
  readonly config?: string
  readonly profile?: string
}

type Path = readonly (string | number)[]
type Environment = Readonly<Record<string, string | undefined>>

/** A config file as read, with the way back to its lines. */
interface Source {
  readonly file: string
  readonly data: Record<string, unknown>
  at(path: Path): string
}

/**
 * Finds and reads the config file, and lays the profile over it. Only what is used need be there in the environment.
 * @returns the members that hold, paths made relative to the current folder; nothing where there is no config file
 * @throws UsageError with file, line and column of what is wrong
 */
export async function loadConfig(options: ConfigOptions, env: Environment = process.env, cwd = process.cwd()): Promise<Profile> {
  const file = options.config ?? findConfig(cwd)
  if (file === undefined) {
    if (options.profile === undefined) return {}
    throw new UsageError(
      `--profile ${options.profile}: there is no ${configNames[0]} here or in the folders above; "plumbline init" writes one`,
    )
  }
  const source = await read(resolve(cwd, file), shown(cwd, resolve(cwd, file)))
  const { $schema: _, profiles = {}, ...top } = source.data as Config & Record<string, unknown>
  if (!isObject(profiles)) throw new UsageError('profiles is a map of names', source.at(['profiles']))
  // The whole file is held to the schema, so that a mistake in a profile shows before the profile is needed.
  check(source, resolved(source, source.data, [], {}, false))
  if (options.profile !== undefined && !Object.hasOwn(profiles, options.profile))
    throw new UsageError(
      `there is no profile "${options.profile}"; there are ${Object.keys(profiles).join(', ') || 'none'}`,
      source.at(['profiles']),
    )
  const own = options.profile === undefined ? {} : (profiles as Record<string, Record<string, unknown>>)[options.profile]!
  const kept = Object.fromEntries(Object.entries(top).filter(([key]) => !(key in own) || merged.has(key)))
  const base = resolved(source, kept, [], env, true)
  const over = resolved(source, own, ['profiles', options.profile ?? ''], env, true)
  check(source, base, [])
  check(source, over, ['profiles', options.profile ?? ''])
  const whole = { ...base, ...over } as Record<string, unknown>
  for (const key of merged) if (isObject(base[key]) && isObject(over[key])) whole[key] = { ...base[key], ...over[key] }
  oneCredential(source, whole as Profile, over.auth === undefined ? ['auth'] : ['profiles', options.profile ?? '', 'auth'])
  return fromFolder(whole as Profile, dirname(resolve(cwd, file)), cwd)
}

/** Maps whose entries a profile adds to. */
const merged: ReadonlySet<string> = new Set(['params', 'headers', 'settings'])

/** The config file in a folder or the nearest one above. */
export function findConfig(folder: string): string | undefined {
  for (const name of configNames) if (existsSync(join(folder, name))) return join(folder, name)
  const above = dirname(folder)
  return above === folder ? undefined : findConfig(above)
}

const shown = (cwd: string, file: string): string => {
  const path = relative(cwd, file)
  return path === '' ? file : path
}

async function read(file: string, name: string): Promise<Source> {
  if (file.endsWith('.ts')) return { file: name, data: typescript(file, name), at: () => name }
  const text = await readText(file)
  if (text.replace(/^\s*#.*$/gm, '').trim() === '') return { file: name, data: {}, at: () => name }
  const { parseText } = await import('../../specs/parse')
  return parseText(text, name)
}

function typescript(file: string, name: string): Record<string, unknown> {
  if (!existsSync(file)) throw new UsageError('cannot be read: there is no such file', name)
  if (!(process.features as { typescript?: unknown }).typescript)
    throw new UsageError(
      `Node ${process.versions.node} does not read TypeScript; use Node 22.18 or newer, or write the config as plumbline.config.yaml`,
      name,
    )
  let loaded: unknown
  try {
    loaded = require(file)
  } catch (error) {
    throw new UsageError(`cannot be loaded: ${(error as Error).message.split('\n')[0]}`, name)
  }
  const data = isObject(loaded) && 'default' in loaded ? loaded.default : loaded
  if (!isObject(data)) throw new UsageError('exports no object by default', name)
  return data as Record<string, unknown>
}

/**
 * Fills in `${NAME}` and `${NAME:-default}`; `$${` is a plain `${`.
 * @param strict a variable that is not set is an error; otherwise its place is taken by text that any schema bears
 */
function resolved(source: Source, value: unknown, path: Path, env: Environment, strict: boolean): Record<string, unknown> {
  const walk = (inner: unknown, at: Path): unknown => {
    if (inner === null) throw new UsageError(`${at.at(-1)} has no value`, source.at(at))
    if (typeof inner === 'string')
      return inner.replace(variable, (whole, name?: string, otherwise?: string) => {
        if (name === undefined) return whole === '$${' ? '${' : whole
        const set = env[name] || otherwise
        if (set !== undefined) return set
        if (!strict) return '1'
        throw new UsageError(`the environment variable ${name} is not set; set it, or write \${${name}:-default}`, source.at(at))
      })
    if (Array.isArray(inner)) return inner.map((item, index) => walk(item, [...at, index]))
    if (isObject(inner)) return Object.fromEntries(Object.entries(inner).map(([key, member]) => [key, walk(member, [...at, key])]))
    return inner
  }
  return walk(value, path) as Record<string, unknown>
}

const variable = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g

let validator: ValidateFunction | undefined

function configValidator(): ValidateFunction {
  // Loaded where there is a config file.
  const { default: Ajv } = require('ajv/dist/2020') as typeof import('ajv/dist/2020')
  const ajv = new Ajv({ coerceTypes: true, strict: false, allowUnionTypes: true, allErrors: true, verbose: true })
  return ajv.compile(JSON.parse(readFileSync(join(packageRoot(), configSchema), 'utf8')))
}

/** Holds data to the published schema; text that stands for a number becomes one in place, as a variable is always text. */
function check(source: Source, data: unknown, prefix: Path = []): void {
  validator ??= configValidator()
  if (validator(data)) return
  const errors = validator.errors as [ErrorObject]
  // A name that is mistyped is also missing: the mistype says more.
  const error = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0]
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
  const odd = error.keyword === 'additionalProperties' ? String(error.params.additionalProperty) : undefined
  const place = [...prefix, ...path, ...(odd === undefined ? [] : [odd])]
  throw new UsageError(`${place.join('.') || 'the config'} ${words(error, odd)}`, source.at(place))
}

function words({ keyword, message = '', params, parentSchema, data }: ErrorObject, odd: string | undefined): string {
  if (odd !== undefined) return `is unknown; there are ${Object.keys((parentSchema?.properties ?? {}) as object).join(', ')}`
  if (keyword === 'required') return `lacks ${params.missingProperty}`
  if (keyword === 'enum') return `must be one of ${(params.allowedValues as readonly unknown[]).join(', ')}`
  const is = typeof data === 'string' || typeof data === 'number' ? `, not ${JSON.stringify(data).slice(0, 60)}` : ''
  return `${message}${is}`
}

function oneCredential(source: Source, { auth }: Profile, path: Path): void {
  if (!auth) return
  const others = auth.schemes
    ? Object.entries(auth.schemes).map(([name, one]) => [one, schemeKinds, [...path, 'schemes', name]] as const)
    : []
  for (const [one, kinds, at] of [[auth, authKinds, path] as const, ...others])
    if (Object.keys(one).length !== 1) {
      const place = at === path ? 'auth' : `auth.${at.slice(path.length).join('.')}`
      throw new UsageError(`${place} takes exactly one of ${kinds.join(', ')}`, source.at(at))
    }
}

/** Files that a config names lie beside it. */
function fromFolder(profile: Profile, folder: string, cwd: string): Profile {
  const file = (path: string) => (isAbsolute(path) ? path : relative(cwd, join(folder, path)) || '.')
  const some = (name: 'spec' | 'cacert' | 'baseline' | 'out') => (profile[name] === undefined ? {} : { [name]: file(profile[name]) })
  return {
    ...profile,
    ...some('spec'),
    ...some('cacert'),
    ...some('baseline'),
    ...some('out'),
    ...(profile.overlays ? { overlays: profile.overlays.map(file) } : {}),
  }
}
