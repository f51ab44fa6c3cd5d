/** A pact as one test file leaves it: some of its consumer's interactions. */
export interface Part {
  readonly consumer: { readonly name: string }
  readonly provider: { readonly name: string }
  readonly interactions: readonly Interaction[]
  readonly metadata: { readonly pactSpecification: { readonly version: string } }
}

interface Interaction {
  readonly description: string
  readonly providerStates?: readonly unknown[]
}

/**
 * One pact for each consumer and provider. The bytes depend on the interactions alone: not on their order, the number of workers or the
 * versions of the tools.
 * @returns the files' names and texts
 * @throws Error where two interactions share description and provider states and yet differ: a verifier could not tell them apart
 */
export function writtenPacts(parts: readonly Part[]): ReadonlyMap<string, string> {
  const pacts = new Map<string, { readonly part: Part; readonly interactions: Map<string, string> }>()
  for (const part of parts) {
    const file = `${part.consumer.name}-${part.provider.name}.json`
    const pact = pacts.get(file) ?? { part, interactions: new Map() }
    pacts.set(file, pact)
    for (const interaction of part.interactions) {
      const key = JSON.stringify([interaction.description, sorted(interaction.providerStates ?? [])])
      const text = JSON.stringify(sorted(interaction))
      const known = pact.interactions.get(key)
      if (known !== undefined && known !== text) throw new Error(`${file} has two different interactions "${interaction.description}"`)
      pact.interactions.set(key, text)
    }
  }
  const inOrder = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map(inOrder(pacts).map(([file, { part, interactions }]) => [file, textOf(part, inOrder(interactions))]))
}

function textOf({ consumer, provider, metadata }: Part, interactions: readonly (readonly [string, string])[]): string {
  const pact = {
    consumer,
    interactions: interactions.map(([, text]) => JSON.parse(text)),
    metadata: { pactSpecification: metadata.pactSpecification },
    provider,
  }
  return `${JSON.stringify(sorted(pact), null, 2)}\n`
}

/** The same value with the members of every object in the order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  )
}
