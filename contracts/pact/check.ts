import type { Comparator } from '@pactflow/openapi-pact-comparator'
import { UsageError } from '../../core/errors'
import { type ApiDocument, responseOf } from '../../core/operation'
import { copy } from '../../specs/pointer'
import { shown } from '../words'
import { type Called, createCalls } from './calls'
import type { Lie, Told } from './lie'
import type { Interaction, Pact, PactPath } from './pact'
import { mustSucceed, requestLies } from './request'
import { responseLies } from './response'
import { ruleLies } from './rules'

/**
 * Holds pacts against a documented API, without a server.
 * @returns what the API could never honour (findings), and what it need not honour (notes), in the order of the pacts
 * @throws UsageError where the comparator is not installed, or cannot read the document
 */
export async function checkPacts(document: ApiDocument, pacts: readonly Pact[]): Promise<readonly Told[]> {
  const compare = await loadComparator(document)
  const callOf = createCalls(document)
  const told: Told[] = []
  for (const pact of pacts) {
    for (const interaction of pact.interactions) {
      const called = callOf(interaction)
      const own = called ? ownLies(interaction, called) : []
      // Of a known operation with a wrong value in its path the comparator says that it is unknown.
      const compared = (await compare(interaction)).filter(({ kind }) => !called || kind !== 'request.path-or-method.unknown')
      const lies = distinct(own, compared)
      for (const lie of lies) {
        const statuses = lie.place.startsWith('answer.') ? [String(interaction.response.status)] : undefined
        const docs = lie.docs ?? (called ? docsOfPart(lie, interaction, called) : undefined)
        told.push({
          ...lie,
          ...(docs ? { docs } : {}),
          ...(called ? { operation: called.documented.id, line: document.lineOf(called.documented, lie.place, statuses) } : {}),
          pact,
          interaction,
        })
      }
    }
  }
  return told
}

function ownLies(interaction: Interaction, called: Called): Lie[] {
  const { response } = interaction
  const isRefusal = response.status >= 400
  return [
    ...(isRefusal ? refusalLies(interaction, called) : requestLies(interaction, called)),
    ...responseLies(interaction, called),
    ...ruleLies(interaction, called),
  ]
}

/** A valid request that the pact wants refused. */
function refusalLies(interaction: Interaction, called: Called): Lie[] {
  const { states, response, at } = interaction
  if (![400, 422].includes(response.status) || !mustSucceed(interaction, called)) return []
  const success = called.documented.responses.find(({ status }) => /^2/.test(status))
  if (!success) return []
  const message = `the request keeps all that is documented, and yet ${response.status} is expected: the docs promise ${success.status}`
  const common = {
    kind: 'refusal',
    place: 'answer.status',
    at: [...at, 'response', 'status'],
    ...(success.docs ? { docs: success.docs } : {}),
  }
  // A provider state may be the reason for the refusal.
  if (states.length > 0) return [{ ...common, level: 'note', message: `${message}, unless the provider state is why` }]
  return [{ ...common, level: 'finding', message }]
}

/** One lie for each cause. What is found here, with the member's own place, comes first. */
function distinct(own: readonly Lie[], compared: readonly Lie[]): Lie[] {
  const first = new Map<string, Lie>()
  for (const lie of [...own, ...compared.filter((one) => !isTold(one, own, compared))]) {
    const known = first.get(lie.place)
    if (!known || (known.level === 'note' && lie.level === 'finding')) first.set(lie.place, lie)
  }
  return [...first.values()]
}

/** The comparator tells a missing and an unknown member of the object around it, and a body of another media type twice. */
function isTold({ place, kind, message }: Lie, own: readonly Lie[], compared: readonly Lie[]): boolean {
  if (/additional propert|required property/.test(message)) return own.some((other) => other.place.startsWith(`${place}.`))
  const [side] = kind.split('.')
  return place.endsWith('body') && compared.some((other) => other.kind === `${side}.content-type.incompatible`)
}

/** Where the docs state the part of an operation that a lie is about, where no member does. */
function docsOfPart({ place }: Lie, { response }: Interaction, { documented }: Called) {
  if (place.startsWith('answer.')) return (responseOf(documented, response.status) ?? documented).docs ?? documented.docs
  const parameter = documented.parameters.find((one) => `${one.in}.${one.name}`.toLowerCase() === place.toLowerCase())
  return parameter?.docs ?? documented.docs
}

type Compare = (interaction: Interaction) => Promise<readonly Lie[]>

async function loadComparator(document: ApiDocument): Promise<Compare> {
  let comparator: Comparator
  try {
    const library = await import('@pactflow/openapi-pact-comparator')
    comparator = new library.Comparator(copy(document.documented) as unknown as ConstructorParameters<typeof library.Comparator>[0])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND')
      throw new UsageError('pact check needs a further package: npm install --save-dev @pactflow/openapi-pact-comparator')
    throw new UsageError(`cannot be compared with pacts: ${(error as Error).message}`, document.file)
  }
  return async (interaction) => {
    const lies: Lie[] = []
    try {
      for await (const result of comparator.compare(plainPact(interaction))) lies.push(...toLie(result, interaction))
    } catch (error) {
      throw new UsageError(`the comparator cannot read the interaction "${interaction.description}": ${(error as Error).message}`)
    }
    return lies
  }
}

/** One interaction in the form that the comparator reads the same whatever wrote it: its own reading of version 4 takes base64 for text. */
function plainPact({ description, request, response }: Interaction): Parameters<Comparator['compare']>[0] {
  const headers = (list: readonly (readonly [string, string])[]) => Object.fromEntries(list)
  const query = new URLSearchParams(request.query.map(([name, value]): [string, string] => [name, value])).toString()
  return {
    metadata: { pactSpecification: { version: '2.0.0' } },
    interactions: [
      {
        description,
        request: {
          method: request.method,
          path: request.path,
          ...(query === '' ? {} : { query }),
          headers: headers(request.headers),
          ...(request.body ? { body: request.body.value } : {}),
        },
        response: {
          status: response.status,
          headers: headers(response.headers),
          ...(response.body ? { body: response.body.value } : {}),
        },
      },
    ],
  }
}

interface Result {
  readonly code: string
  readonly message: string
  readonly type: string
  readonly mockDetails?: { readonly location: string; readonly value: unknown }
}

function toLie({ code, message, type, mockDetails }: Result, { request, response }: Interaction): Lie[] {
  const location = (mockDetails?.location ?? '').replace('[root].interactions[0].', '')
  // A request that the API is to refuse may be wrong in any way.
  if (code.startsWith('request.') && response.status >= 400 && code !== 'request.path-or-method.unknown') return []
  // Which parameters and members of a request are known is told with their places already.
  if (code === 'request.query.unknown') return []
  const reason = message.slice(message.lastIndexOf(': ') + 2)
  const { place, at } = placeOf(location, { request, response })
  const value = mockDetails?.value === undefined ? '' : ` (${shown(mockDetails.value, 60)})`
  const words: Record<string, string> = {
    'request.path-or-method.unknown': `the docs know no ${request.method} ${request.path}`,
    'response.status.unknown': `the docs state no answer ${response.status}`,
    'response.body.incompatible': `${place}${value} ${reason}`,
    'request.body.incompatible': `${place}${value} ${reason}; the docs refuse it`,
  }
  return [{ level: type === 'error' ? 'finding' : 'note', kind: code, place, message: words[code] ?? `${place}: ${message}`, at }]
}

/** A place of the comparator, e.g. `response.body.metadata.uid`, as places are written here, and in the pact's file. */
function placeOf(location: string, { request, response }: Pick<Interaction, 'request' | 'response'>): { place: string; at: PactPath } {
  const [side = '', part = '', ...rest] = location.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
  const message = side === 'response' ? response : request
  const root = side === 'response' ? 'answer.' : ''
  if (part === 'body') {
    const place = [`${root}body`, ...rest.map((segment) => (/^\d+$/.test(segment) ? '[]' : segment))].join('.')
    return {
      place,
      at: [...(message.body?.at ?? message.at), ...rest.map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment))],
    }
  }
  const name = part === 'headers' ? 'header' : part
  return { place: `${root}${[name, ...rest].join('.')}`, at: [...message.at, part, ...rest] }
}
