import { type ApiDocument, responseOf } from '../../core/operation'
import type { DocumentedMember } from '../../core/report'
import { documentedMembers } from '../../generators/documented'
import { type RuleSet, ruleSets } from '../../generators/rules'
import { createPlans } from '../plan'
import { createCalls, leaves, nameOf } from './calls'
import type { Interaction, Pact } from './pact'

/** A documented part that a consumer relies on. */
interface Relied {
  readonly operation: string
  /** `body.spec.ingress.port`, `answer.body.metadata.uid` */
  readonly place: string
  readonly consumers: readonly string[]
  /** Rules of the suite that test it, of a request's part. */
  readonly rules: readonly string[]
  /** Checks of the suite that look at it, of an answer's part. */
  readonly checks: readonly string[]
}

export interface Usage {
  readonly relied: readonly Relied[]
  readonly unused: readonly DocumentedMember[]
  /** Operations that no consumer calls, e.g. `POST /tasks`, and answers that none expects, e.g. `answer 500 of POST /tasks`. */
  readonly uncalled: readonly string[]
}

/** What consumers use of a documented API, which of it the suite protects by which rules, and what nobody uses. */
export function usageOf(document: ApiDocument, pacts: readonly Pact[]): Usage {
  const callOf = createCalls(document)
  const planOf = createPlans(document)
  const used = new Map<string, Map<string, Set<string>>>()
  const expected = new Set<unknown>()
  for (const { consumer, interactions } of pacts) {
    for (const interaction of interactions) {
      const called = callOf(interaction)
      if (!called) continue
      expected.add(responseOf(called.documented, interaction.response.status))
      const places = used.get(called.documented.id) ?? new Map<string, Set<string>>()
      used.set(called.documented.id, places)
      for (const place of placesOf(interaction, Object.keys(called.params)))
        places.set(place, (places.get(place) ?? new Set()).add(consumer))
    }
  }
  const sets = ruleSets(document, { seed: 0 })
  const called = sets.filter(({ subject }) => used.has(subject.id))
  const members = called.flatMap((set) => documentedMembers(set.subject).map((member) => ({ set, member })))
  const consumersOf = ({ operation, place }: DocumentedMember) => [...(used.get(operation)?.get(keyOf(place)) ?? [])].sort()
  return {
    relied: members.flatMap(({ set, member }) => {
      const consumers = consumersOf(member)
      if (consumers.length === 0) return []
      const { operation, place } = member
      return [{ operation, place, consumers, rules: rulesAt(set, place), checks: checksAt(planOf(operation), member) }]
    }),
    unused: members.flatMap(({ member }) => (consumersOf(member).length === 0 ? [member] : [])),
    uncalled: sets.flatMap(({ subject: { id, documented } }) => {
      const name = `${documented.method} ${documented.path}`
      if (!used.has(id)) return [name]
      return documented.responses.filter((response) => !expected.has(response)).map(({ status }) => `answer ${status} of ${name}`)
    }),
  }
}

/** Names of headers are the same whatever their case. */
const keyOf = (place: string): string => (/^(answer\.)?header\./.test(place) ? place.toLowerCase() : place)

function placesOf({ request, response }: Interaction, params: readonly string[]): ReadonlySet<string> {
  return new Set([
    ...params.map((name) => `path.${name}`),
    ...request.headers.map(([name]) => keyOf(`header.${name}`)),
    ...request.query.map(([name]) => `query.${name}`),
    ...(request.body ? around('body', request.body.value) : []),
    ...(response.body ? around('answer.body', response.body.value) : []),
    ...response.headers.map(([name]) => keyOf(`answer.header.${name}`)),
  ])
}

/** Each leaf's place, and those of what it stands in. */
const around = (root: string, value: Parameters<typeof leaves>[0]): string[] =>
  leaves(value).flatMap(({ path }) => [root, ...path.map((_, i) => nameOf(root, path.slice(0, i + 1)))])

const rulesAt = ({ rules }: RuleSet, place: string): string[] =>
  rules.filter((rule) => keyOf(rule.place) === keyOf(place)).map(({ id }) => id)

/** The checks that look at a member of an answer. */
function checksAt(plan: ReturnType<ReturnType<typeof createPlans>>, { place, statuses = [] }: DocumentedMember): string[] {
  if (!place.startsWith('answer.')) return []
  const answers = statuses.map((status) => plan?.response(Number(status.replace(/X+$/i, '00'))))
  const promises = answers.flatMap((answer) => answer?.made.filter((made) => made.place === place) ?? []).flatMap((made) => made.promises)
  const echoes = answers.some((answer) => answer?.echo !== undefined && holds(answer.echo, place))
  const isError = statuses.every((status) => /^[45]/.test(status))
  return [
    isError ? 'error-shape' : 'shape',
    ...(echoes ? ['echo'] : []),
    ...(promises.includes('unique') ? ['unique'] : []),
    ...(promises.includes('custom-ignored') || promises.includes('generated') ? ['made'] : []),
    ...(promises.some((promise) => promise === 'created-at' || promise === 'updated-at') ? ['times'] : []),
  ]
}

interface Node {
  readonly place: string
  readonly members: readonly Node[]
  readonly item?: Node
}

const holds = (node: Node, place: string): boolean =>
  node.place === place || node.members.some((member) => holds(member, place)) || (node.item !== undefined && holds(node.item, place))
