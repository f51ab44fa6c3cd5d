import type { Json } from '../../core/json'
import { docsOf, responseOf, type SchemaObject } from '../../core/operation'
import { jsonSchema } from '../../generators/members'
import { memberAt, sameJson, shown } from '../words'
import { answerSchema, type Called, leaves, nameOf } from './calls'
import type { Lie } from './lie'
import { covers, isLiteral, matcherName, matchersAt, matchesNone } from './matchers'
import type { Interaction } from './pact'
import { unknownLeaves } from './request'
import { schemasAt } from './walk'

/** What a pact expects of an answer and the docs do not promise, besides what the comparator finds. */
export function responseLies({ request, response }: Interaction, called: Called): readonly Lie[] {
  const { body, status } = response
  const schema = answerSchema(responseOf(called.documented, status))
  if (!body?.json || schema === undefined) return []
  const schemas = called.schemas.documented
  const unknown = unknownLeaves(body.value, schema, schemas).map(
    (path): Lie => ({
      level: 'finding',
      kind: 'unknown-member',
      place: nameOf('answer.body', path),
      message: `the docs promise no member ${nameOf('answer.body', path)} in an answer ${status}`,
      at: [...body.at, ...path],
    }),
  )
  const expected = leaves(body.value).flatMap(({ path, value }) => {
    const [stated] = schemasAt(schemas, schema, path) ?? []
    return stated ? [...generatedLies(response, path, value, stated), ...echoLies({ request, response }, called, path, value, stated)] : []
  })
  return [...unknown, ...expected]
}

const isMade = ({ 'x-promises': promises = [] }: SchemaObject): boolean =>
  promises.some((promise) => ['unique', 'generated', 'created-at', 'updated-at'].includes(promise))

const isInjected = (message: Interaction['request' | 'response'], path: readonly string[]): boolean =>
  (message.generators.body ?? []).some((generator) => covers(generator.path, path) !== undefined)

/** One fixed value is expected of what the server makes anew each time. */
function generatedLies(response: Interaction['response'], path: readonly string[], value: Json, stated: SchemaObject): Lie[] {
  if (!isMade(stated) || isInjected(response, path) || !isLiteral(response.rules.body ?? [], path)) return []
  const place = nameOf('answer.body', path)
  const message = `${place} is expected to be ${shown(value, 60)}, but the server makes this value anew each time: match its type`
  return [{ level: 'finding', kind: 'literal', place, message, at: [...response.body!.at, ...path], ...docsOf(stated) }]
}

/** What was sent comes back unchanged: another value, or another form, is never answered. */
function echoLies(
  { request, response }: Pick<Interaction, 'request' | 'response'>,
  called: Called,
  path: readonly string[],
  value: Json,
  stated: SchemaObject,
): Lie[] {
  const sentSchema = jsonSchema(called.documented)
  if (response.status >= 400 || !request.body?.json || sentSchema === undefined || isMade(stated)) return []
  const [twin] = schemasAt(called.schemas.documented, sentSchema, path) ?? []
  const sent = memberAt(request.body.value, path)
  if (!twin || sent === undefined || isInjected(request, path) || isInjected(response, path)) return []
  const rules = response.rules.body ?? []
  const pattern = matchersAt(rules, path).find((matcher) => matcherName(matcher) === 'regex')?.regex
  const wrong = isLiteral(rules, path) ? !sameJson(sent, value) : matchesNone(pattern, [sent])
  if (!wrong) return []
  const place = nameOf('answer.body', path)
  const what = isLiteral(rules, path) ? `be ${shown(value, 60)}` : `match ${shown(pattern, 60)}`
  const message = `${place} is expected to ${what}, but ${shown(sent, 60)} is sent, and what is sent comes back unchanged`
  return [{ level: 'finding', kind: 'echo', place, message, at: [...response.body!.at, ...path], ...docsOf(stated) }]
}
