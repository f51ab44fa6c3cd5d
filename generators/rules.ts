import type { Case, Change, WireRequest } from '../core/case'
import { UsageError } from '../core/errors'
import type { Json } from '../core/json'
import type { ApiDocument, Operation, Parameter } from '../core/operation'
import type { Owes } from '../core/rule'
import { deriveSeed } from '../core/seed'
import { writeBody } from '../specs/bodies'
import { serialise } from '../specs/parameters'
import { unsafeMethods } from '../specs/unsafe'
import { type RequestModel, toWire } from '../specs/wire'
import { fullOf, onBothBases } from './bases'
import { written as asWritten, tokenHeaderOf } from './credential'
import { edges } from './edges'
import { CannotGenerate } from './json-schema'
import { bodyMember, flat, isJson, type Member } from './members'
import { plainValue, replaceAt } from './plain'
import { label, random } from './random'
import { type Draft, draft, fixedRule, type Rule, type Subject } from './rule'
import { success } from './rules/accept'
import { ruleKinds } from './rules/index'
import { type Schemas, schemasOf } from './schema'

export interface RuleOptions {
  readonly seed: number
  /** Values of path, query and header parameters that the caller pins. */
  readonly params?: Readonly<Record<string, string>>
  /** Extra headers for each request. */
  readonly headers?: readonly (readonly [string, string])[]
  readonly token?: string
  /** What every name that is created begins with; letters of the seed's own follow it. */
  readonly prefix?: string
  /** The operations whose rules are derived; none: all. */
  readonly chosen?: (operation: Operation) => boolean
  /** Ids of the rules to derive; none: all. */
  readonly keep?: (id: string) => boolean
  /** Rules of each operation at most: the plain valid request, and others that the seed draws. */
  readonly most?: number
  /** Methods that the caller chose: an unsafe one is tried on a URL that does not document it. */
  readonly methods?: readonly string[]
}

export interface BuildOptions {
  /** 0 unless given. */
  readonly attempt?: number
  /** In place of the draft's own: the shrinker's. */
  readonly changes?: readonly Change[]
  /** The draft as a change of the plain request, even if the case is one of the full request. */
  readonly bare?: boolean
  readonly fresh?: boolean
}

/** The rules of one operation, and how their cases become requests. */
export interface RuleSet {
  readonly subject: Subject
  readonly rules: readonly Rule[]
  /**
   * A case, ready to send.
   */
  build(rule: Rule, index: number, options?: BuildOptions): Case
}

/**
 * Derives the rules of every operation of a document.
 * @returns one set for each operation, in the document's order
 */
export function ruleSets(document: ApiDocument, options: RuleOptions): readonly RuleSet[] {
  const schemas = { documented: schemasOf(document.documented), assumed: schemasOf(document.assumed) }
  const { chosen = () => true } = options
  return document.operations
    .filter(({ documented }) => chosen(documented))
    .map((pair) => {
      const others = document.operations
        .filter(({ documented }) => documented.path === pair.documented.path)
        .map(({ documented }) => documented.method)
      const several = document.operations.length > 1
      try {
        return ruleSet(subjectOf(pair, schemas, options, others, several), options)
      } catch (error) {
        if (!(error instanceof CannotGenerate)) throw error
        return untestable(pair, schemas, options.seed, several, error)
      }
    })
}

/** An operation without a valid request: one rule, which says why it is not tested. */
function untestable(
  { documented, assumed }: { documented: Operation; assumed: Operation },
  schemas: Subject['schemas'],
  seed: number,
  several: boolean,
  reason: CannotGenerate,
): RuleSet {
  const subject: Subject = {
    id: documented.id,
    prefix: several ? `${documented.id} ` : '',
    documented,
    assumed,
    schemas,
    plain: undefined,
    model: { method: documented.method.toUpperCase(), path: documented.path, params: {}, query: [], headers: [] },
    others: [],
    tried: [],
    seed,
  }
  return {
    subject,
    rules: [fixedRule(subject, 'accept', 'request', 'valid', 'a valid request succeeds', [draft()], success)],
    build: () => {
      throw reason
    },
  }
}

const madeUp = ({ credential }: Pick<Parameter, 'credential'>, seed: number): string =>
  credential?.kind === 'basic' ? `${label(seed, 'user')}:${label(seed, 'token')}` : label(seed, 'token')

function subjectOf(
  pair: { documented: Operation; assumed: Operation },
  schemas: Subject['schemas'],
  options: RuleOptions,
  others: readonly string[],
  several: boolean,
): Subject {
  const { documented, assumed } = pair
  const { seed } = options
  const whole = bodyMember(pair, schemas.documented, schemas.assumed)
  const body = whole && possible(whole, schemas.assumed, seed)
  const plain = body && plainValue(schemas.assumed, body, seed)
  const named = body && flat(body).find((member) => member.assumed['x-identity'] === true)
  const tokenHeader = tokenHeaderOf(assumed)
  const given = new Map((options.headers ?? []).map(([name, value]) => [name.toLowerCase(), value]))
  const value = (parameter: Operation['parameters'][number]) =>
    options.params?.[parameter.name] ??
    (parameter.credential && parameter.in !== 'header' ? options.token : undefined) ??
    parameterValue(schemas.assumed, parameter, seed)
  const taker = assumed.parameters.find(({ in: part, name }) => part === 'header' && name === tokenHeader) ?? {}
  const token =
    tokenHeader === undefined
      ? undefined
      : {
          header: tokenHeader,
          value:
            options.token !== undefined
              ? asWritten(taker, options.token)
              : (given.get(tokenHeader.toLowerCase()) ?? asWritten(taker, madeUp(taker, seed))),
          real: options.token !== undefined || given.has(tokenHeader.toLowerCase()),
        }
  const headerParameters = assumed.parameters.filter(
    (parameter) =>
      parameter.in === 'header' && (parameter.required || options.params?.[parameter.name] !== undefined || parameter.name === tokenHeader),
  )
  const own = headerParameters.map((parameter): readonly [string, string] => [
    parameter.name,
    parameter.name === tokenHeader && token ? token.value : (given.get(parameter.name.toLowerCase()) ?? value(parameter)),
  ])
  const other = body ? undefined : otherBody(assumed, schemas.assumed, seed)
  const mediaType =
    other?.contentType ?? assumed.body?.content.find(({ mediaType }) => isJson(mediaType))?.mediaType ?? assumed.body?.content[0]?.mediaType
  const written = (parameter: Operation['parameters'][number]) => serialise(parameter, structured(schemas.assumed, parameter, seed) ?? null)
  const isWritten = (parameter: Operation['parameters'][number]) =>
    options.params?.[parameter.name] === undefined && structured(schemas.assumed, parameter, seed) !== undefined
  const cookies = assumed.parameters.filter((parameter) => parameter.in === 'cookie' && parameter.required)
  const hasType = own.some(([name]) => name.toLowerCase() === 'content-type')
  const queried = assumed.parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  const names = new Set(own.map(([name]) => name.toLowerCase()))
  const model: RequestModel = {
    method: documented.method.toUpperCase(),
    path: assumed.parameters
      .filter((parameter) => parameter.in === 'path' && isWritten(parameter))
      .reduce((path, parameter) => path.replace(`{${parameter.name}}`, () => written(parameter)), documented.path),
    params: Object.fromEntries(
      assumed.parameters
        .filter((parameter) => parameter.in === 'path' && !isWritten(parameter))
        .map((parameter) => [parameter.name, value(parameter)]),
    ),
    query: queried.filter((parameter) => !isWritten(parameter)).map((parameter) => [parameter.name, value(parameter)] as const),
    search: queried
      .filter(isWritten)
      .map(written)
      .filter((part) => part !== ''),
    headers: [
      ...(mediaType && !hasType ? [['Content-Type', mediaType] as const] : []),
      ...own,
      ...(cookies.length > 0
        ? [
            [
              'Cookie',
              cookies
                .map((cookie) =>
                  serialise(
                    cookie,
                    options.params?.[cookie.name] ?? (cookie.credential && options.token) ?? plainOf(schemas.assumed, cookie, seed),
                  ),
                )
                .join('; '),
            ] as const,
          ]
        : []),
      ...(options.headers ?? []).filter(([name]) => !names.has(name.toLowerCase())),
    ],
    ...(plain !== undefined ? { body: plain } : {}),
    ...(other ? { bytes: other.bytes } : {}),
  }
  return {
    id: documented.id,
    prefix: several ? `${documented.id} ` : '',
    documented,
    assumed,
    schemas,
    ...(body ? { body } : {}),
    plain,
    ...(named && options.prefix ? { namePrefix: prefixFor(options.prefix, seed, named, schemas.assumed) } : {}),
    ...(named ? { identity: named.at.slice(1) } : {}),
    model,
    others,
    // A document of one call that creates has its URL to itself; elsewhere an undocumented method may reach what is not the run's.
    tried: several || documented.method !== 'POST' ? (options.methods ?? []) : unsafeMethods,
    seed,
    ...(token ? { token } : {}),
  }
}

/** The members of which there is a value; without one of a required member there is no body either. */
function possible(member: Member, schemas: Schemas, seed: number): Member {
  const children = member.children.flatMap((child) => {
    try {
      const kept = possible(child, schemas, seed)
      plainValue(schemas, kept, seed)
      return [kept]
    } catch (error) {
      if (!(error instanceof CannotGenerate) || (child.required && child.name !== '[]')) throw error
      return []
    }
  })
  return children.length === member.children.length && children.every((child, i) => child === member.children[i])
    ? member
    : { ...member, children }
}

/**
 * A prefix for the names of one run.
 * @throws UsageError if a name cannot begin with it
 */
function prefixFor(prefix: string, seed: number, { assumed }: Member, schemas: Schemas): string {
  const own = prefix + label(seed, 'prefix').slice(1, 5)
  const errors = schemas.errors(assumed, own + label(seed))
  if (errors.length > 0) throw new UsageError(`the prefix ${prefix} makes no valid name: ${own + label(seed)} ${errors[0]?.message}`)
  return own
}

/** A valid body of a media type that is not JSON. */
function otherBody({ body, id }: Operation, schemas: Schemas, seed: number): ReturnType<typeof writeBody> {
  const [content] = body?.content ?? []
  if (!content) return undefined
  const schema = schemas.flatten(content.schema)
  const value = plainValue(
    schemas,
    { at: ['body'], place: `body of ${id}`, name: 'body', documented: schema, assumed: schema, required: true, children: [] },
    seed,
  )
  return writeBody(content.mediaType, value)
}

function plainOf(schemas: Schemas, parameter: Operation['parameters'][number], seed: number): Json {
  const schema = schemas.flatten(parameter.schema)
  const enumerated = Array.isArray(schema.enum) || schema.const !== undefined || schema.default !== undefined
  const known = enumerated ? edges(schemas, schema, '')[0] : undefined
  const member = {
    at: [parameter.in, parameter.name],
    place: `${parameter.in}.${parameter.name}`,
    name: parameter.name,
    documented: schema,
    assumed: schema,
    required: parameter.required,
    children: [],
  }
  return known ?? plainValue(schemas, member, seed)
}

function parameterValue(schemas: Schemas, parameter: Operation['parameters'][number], seed: number): string {
  const value = plainOf(schemas, parameter, seed)
  if (parameter.in === 'header' && typeof value === 'object' && value !== null) return serialise(parameter, value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The value of a parameter that takes an array or an object, or text of a media type; undefined for other parameters. */
function structured(schemas: Schemas, parameter: Operation['parameters'][number], seed: number): Json | undefined {
  const value = plainOf(schemas, parameter, seed)
  const label = parameter.in === 'path' && ['label', 'matrix'].includes(parameter.style ?? '')
  return label || parameter.mediaType !== undefined || (typeof value === 'object' && value !== null) ? value : undefined
}

function ruleSet(subject: Subject, { keep = () => true, most = Number.POSITIVE_INFINITY }: RuleOptions): RuleSet {
  const full = fullOf(subject)
  return { subject, rules: most === Number.POSITIVE_INFINITY ? candidates().map(confirmed).filter(isFilled) : drawnRules(), build }

  function candidates(enough = Number.POSITIVE_INFINITY): readonly Rule[] {
    const rules: Rule[] = []
    for (const [index, kind] of ruleKinds.entries()) {
      rules.push(...kind(subject).filter(({ id }) => keep(id)))
      if (index >= leastKinds && rules.length >= enough) break
    }
    return rules
  }

  /** What would not be sent is not derived. */
  function drawnRules(): readonly Rule[] {
    const [first, ...others] = candidates(2 * most)
    const order = others.map((rule) => [deriveSeed(subject.seed, 'most', rule.id), rule] as const).sort(([a], [b]) => a - b)
    const rules: Rule[] = []
    for (const rule of [...(first ? [first] : []), ...order.map(([, rule]) => rule)]) {
      if (rules.length >= most) break
      const made = confirmed(rule)
      if (isFilled(made)) rules.push(made)
    }
    return rules
  }

  /** Leaves out what the validator cannot confirm: the zone is proven, not trusted. A rule of which nothing can be proven is left out whole. */
  function confirmed(rule: Rule): Rule {
    const model = modelOf(rule, 0, 0)
    const { fixed: made, drawn } = onBothBases(rule, full)
    const fixed = made.filter((draft) => rule.holds(toWire(model, draft.changes(subject.plain ?? null))))
    const { drawn: _, ...rest } = rule
    return { ...rest, fixed, ...(drawn && (fixed.length > 0 || canDraw(rule, drawn, model)) ? { drawn } : {}) }
  }

  function canDraw(rule: Rule, drawn: NonNullable<Rule['drawn']>, model: RequestModel): boolean {
    const rng = random(subject.seed, rule.id, 'probe')
    try {
      return Array.from({ length: maxTries }).some(() => rule.holds(toWire(model, drawn.generate(rng, undefined).value)))
    } catch (error) {
      if (error instanceof CannotGenerate) return false
      throw error
    }
  }

  function modelOf(rule: Rule, index: number, attempt: number): RequestModel {
    if (!subject.identity || subject.plain === undefined) return subject.model
    const sameName = rule.fixed[index]?.sameName
    const name = (subject.namePrefix ?? '') + label(subject.seed, rule.id, sameName ?? index, attempt)
    return { ...subject.model, body: replaceAt(subject.plain, subject.identity, name) }
  }

  function build(rule: Rule, index: number, { attempt = 0, changes, bare = false, fresh = false }: BuildOptions = {}): Case {
    const model = modelOf(rule, index, attempt)
    const drafted = changes ? { made: changes, request: toWire(model, changes) } : draftOf(rule, index, model, bare)
    const made = withPrefix(rule, model, drafted.made)
    const request = made === drafted.made ? drafted.request : toWire(model, made)
    return {
      operation: subject.id,
      rule: rule.id,
      index,
      attempt,
      zone: rule.zone,
      owes: owesOf(rule, request.body?.length ?? 0),
      request,
      changes: made,
      ...(!changes && !bare && (rule.fixed[index]?.bare || made.some((change) => full.includes(change))) ? { beside: true } : {}),
      fresh,
    }
  }

  /** Names that a case sets by itself bear the prefix too, as far as the case stays what its rule says. */
  function withPrefix(rule: Rule, model: RequestModel, changes: readonly Change[]): readonly Change[] {
    const { namePrefix, identity } = subject
    if (namePrefix === undefined || identity === undefined) return changes
    const place = ['body', ...identity].join('.')
    const prefixed = changes.map((change): Change => {
      if (!('set' in change) || typeof change.set !== 'string' || change.at.join('.') !== place) return change
      return { ...change, set: prefixedName(namePrefix, change.set) }
    })
    if (JSON.stringify(prefixed) === JSON.stringify(changes)) return changes
    if (rule.holds(toWire(model, prefixed))) return prefixed
    return rule.zone === 'accept' ? changes.filter((_, index) => prefixed[index] === changes[index]) : changes
  }

  function draftOf(rule: Rule, index: number, model: RequestModel, bare: boolean): { made: readonly Change[]; request: WireRequest } {
    const fixed = rule.fixed[index] ?? (rule.drawn ? undefined : fixedAgain(rule, index))
    if (fixed) return written(((bare && fixed.bare) || fixed.changes)(model.body ?? null))
    if (rule.drawn) {
      // Later draws are biased towards small and extreme values less and less, as fast-check's own runner does.
      const bias = 2 + Math.floor(Math.log(index + 2) / Math.log(10))
      const rng = random(subject.seed, rule.id, index)
      for (let i = 0; i < maxTries; i++) {
        const drawn = written(rule.drawn.generate(rng, bias).value)
        if (rule.holds(drawn.request)) return drawn
      }
    }
    return written(fixedAgain(rule, index)?.changes(model.body ?? null) ?? [])

    function written(made: readonly Change[]) {
      return { made, request: toWire(model, made) }
    }
  }
}

const fixedAgain = ({ fixed }: Rule, index: number): Draft | undefined => fixed[index % Math.max(fixed.length, 1)]

/** As long as the name was, where it is longer than the prefix. An empty one stays empty. */
function prefixedName(prefix: string, name: string): string {
  if (name === '' || name.startsWith(prefix)) return name
  const points = [...name]
  return prefix + (points.length > prefix.length ? points.slice(prefix.length).join('') : name)
}

const maxTries = 50
/** Kinds of rules that are asked in any case, so that not only valid requests are sent. */
const leastKinds = 3

const isFilled = ({ fixed, drawn }: Rule): boolean => fixed.length > 0 || drawn !== undefined
const kibibyte = 1024

/** Large bodies may be refused for their size alone, valid ones too; where the zone leaves it open, in other ways as well. */
function owesOf(rule: Rule, bytes: number): Owes {
  if (rule.zone === 'reject' || bytes < kibibyte) return rule.owes
  if (rule.zone === 'accept') return { ...rule.owes, also: [...(rule.owes.also ?? []), 413] }
  return { ...rule.owes, also: [...(rule.owes.also ?? []), 413], ...(bytes >= 16 * kibibyte ? { clientError: 'any' as const } : {}) }
}
