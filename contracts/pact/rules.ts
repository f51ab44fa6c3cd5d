import { docsOf, responseOf, type Schema, type SchemaObject } from '../../core/operation'
import { jsonSchema } from '../../generators/members'
import { type Schemas, typesOf } from '../../generators/schema'
import { shown } from '../words'
import { answerSchema, type Called, nameOf } from './calls'
import type { Lie } from './lie'
import { admits, documentedTypes, matcherName, matchesNone, typesOfGenerator, typesOfMatcher } from './matchers'
import type { Generator, Interaction, MatchingRule, Message } from './pact'
import { schemasAt } from './walk'

/** Matching rules and generators that admit only what the docs rule out. Their examples may look well all the same. */
export function ruleLies({ states, request, response }: Interaction, called: Called): readonly Lie[] {
  const { documented, schemas } = called
  const known = new Set(states.flatMap(({ params }) => Object.keys(params)))
  // A request that the API is to refuse may be wrong in any way.
  const sent = response.status >= 400 ? [] : inBody(request, 'body', jsonSchema(documented), schemas.documented)
  const answered = inBody(response, 'answer.body', answerSchema(responseOf(documented, response.status)), schemas.documented)
  const unresolved = [request, response].flatMap((message) =>
    Object.entries(message.generators).flatMap(([part, generators]) => generators.flatMap((one) => unresolvedIn(one, part, known))),
  )
  return [...sent, ...answered, ...statusLies(response, called), ...unresolved]
}

function inBody(message: Message, root: string, schema: Schema | undefined, schemas: Schemas): Lie[] {
  if (schema === undefined || !message.body?.json) return []
  const stated = (path: readonly string[]) => schemasAt(schemas, schema, path)
  return [
    ...(message.rules.body ?? []).flatMap((rule) => matcherLies(rule, root, stated(rule.path))),
    ...(message.generators.body ?? []).flatMap((one) => generatorLies(one, root, stated(one.path))),
  ]
}

function matcherLies(rule: MatchingRule, root: string, stated: readonly SchemaObject[] | undefined): Lie[] {
  const place = nameOf(root, rule.path)
  if (stated === undefined) return []
  const lie = (kind: string, message: string): Lie => ({ level: 'finding', kind, place, message, at: rule.at, ...docsOf(stated[0]) })
  if (stated.length === 0) {
    const known =
      rule.path.length === 0 || root !== 'answer.body'
        ? []
        : [lie('unknown-member', `a matching rule expects ${place}, which the docs promise nowhere`)]
    return known
  }
  return rule.matchers.flatMap((matcher): Lie[] => {
    const types = typesOfMatcher(matcher)
    const name = matcherName(matcher)
    if (types.length > 0 && !admits(stated, types))
      return [
        lie(
          'type',
          `the matcher "${name}" lets only ${types.join(' or ')} through at ${place}, which is documented as ${documentedTypes(stated)}`,
        ),
      ]
    const values = stated.flatMap(({ enum: list }) => (Array.isArray(list) ? list : []))
    if (name === 'regex' && values.length > 0 && stated.every((one) => Array.isArray(one.enum)) && matchesNone(matcher.regex, values))
      return [lie('enum', `the matcher ${shown(matcher.regex, 60)} at ${place} lets none of the documented values through`)]
    const format = ['date', 'time', 'datetime', 'timestamp'].includes(name) ? (matcher[name] ?? matcher.format) : undefined
    if (format !== undefined && stated.every((one) => one.format === undefined && typesOf(one).includes('string')))
      return [
        {
          ...lie('format', `the matcher "${name}" at ${place} wants the form ${shown(format, 60)}; the docs promise a text and no form`),
          level: 'note',
        },
      ]
    return []
  })
}

function generatorLies(generator: Generator, root: string, stated: readonly SchemaObject[] | undefined): Lie[] {
  const types = typesOfGenerator(generator)
  if (!stated || stated.length === 0 || types.length === 0 || admits(stated, types)) return []
  const place = nameOf(root, generator.path)
  const message = `the generator ${generator.type} makes ${types.join(' or ')} at ${place}, which is documented as ${documentedTypes(stated)}`
  return [{ level: 'finding', kind: 'type', place, message, at: generator.at, ...docsOf(stated[0]) }]
}

/** A provider state whose parameters lack what an expression names leaves it to whoever sets the state up. */
function unresolvedIn({ type, expression = '', path, at }: Generator, part: string, known: ReadonlySet<string>): Lie[] {
  if (type !== 'ProviderState') return []
  const missing = [...expression.matchAll(/\$\{([^}]+)\}/g)].map(([, name]) => name!).filter((name) => !known.has(name))
  return missing.map((name) => ({
    level: 'note',
    kind: 'state-value',
    place: [part, ...path].join('.'),
    message: `the provider state has no parameter ${shown(name, 40)}, which an expression names: whoever sets it up must give one`,
    at,
  }))
}

/** Version 4 can match a class of statuses: one that is documented must be in it. */
function statusLies({ rules, status }: Interaction['response'], { documented }: Called): Lie[] {
  return (rules.status ?? []).flatMap(({ matchers, at }) =>
    matchers.flatMap((matcher): Lie[] => {
      if (matcherName(matcher) !== 'statuscode') return []
      const wanted = matcher.status
      const stated = documented.responses.filter((one) => isIn(one.status, wanted, status))
      if (stated.length > 0) return []
      const message = `the docs state no answer whose status is ${shown(wanted, 40)}`
      return [{ level: 'finding', kind: 'status', place: 'answer.status', message, at }]
    }),
  )
}

const classes: Readonly<Record<string, (status: number) => boolean>> = {
  info: (status) => status < 200,
  success: (status) => status >= 200 && status < 300,
  redirect: (status) => status >= 300 && status < 400,
  clientError: (status) => status >= 400 && status < 500,
  serverError: (status) => status >= 500,
  nonError: (status) => status < 400,
  error: (status) => status >= 400,
}

function isIn(documented: string, wanted: unknown, example: number): boolean {
  if (documented === 'default') return true
  const status = Number(documented.replace(/XX$/i, '00'))
  if (Array.isArray(wanted))
    return wanted.some((one) => Number(one) === status || (/XX$/i.test(documented) && Math.floor(Number(one) / 100) * 100 === status))
  return classes[String(wanted)]?.(status) ?? status === example
}
