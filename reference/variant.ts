import type { Hooks } from './stages'

/** Defect classes, as far as variants are broken; `lawful` for the rest. */
type Family = 'input' | 'status' | 'shape' | 'robustness' | 'values' | 'truth' | 'made' | 'auth' | 'wire' | 'lawful'

/** What a right finding on a broken variant must mention. Globs: `*` stands for any text; of several, one is enough. */
export interface Finds {
  /** The finding's place in the request or in the answer. */
  readonly place?: string | readonly string[]
  readonly check?: string | readonly string[]
}

/** The embedded server with one change: a broken promise, or a freedom that the documentation leaves. */
export interface Variant {
  readonly name: string
  readonly kind: 'broken' | 'lawful'
  readonly family: Family
  /** The documented promise that it breaks, or the freedom that it uses, in words. */
  readonly promise: string
  readonly finds?: Finds
  /** It shows only where the server and the suite were given a token: without one, none is right or wrong, and none is a secret. */
  readonly needsToken?: boolean
  /** It shows only with the calls beside the bundled one (`specs/workshop-siblings.overlay.yaml`). */
  readonly siblings?: boolean
  /** Its changes of the stages. Called once for each server, so that what a variant remembers is the server's own. */
  readonly hooks: () => readonly Hooks[]
}

/** Checks a variant's name (it is typed on a command line) and gives it back. */
export function defineVariant(variant: Variant): Variant {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(variant.name))
    throw new Error(`variant name ${variant.name} is not lower-case words joined by hyphens`)
  return variant
}

/** What tells one variant from the others of its family; `hooks` is a function where the variant remembers something. */
export interface Definition extends Pick<Variant, 'name' | 'promise' | 'finds' | 'needsToken'> {
  readonly hooks: Hooks | (() => Hooks)
}

const toVariant = (kind: Variant['kind'], family: Family, { hooks, ...rest }: Definition): Variant =>
  defineVariant({ ...rest, kind, family, hooks: () => [typeof hooks === 'function' ? hooks() : hooks] })

/** Variants that break a promise. */
export const broken = (family: Family, definitions: readonly Definition[]): readonly Variant[] =>
  definitions.map((definition) => toVariant('broken', family, definition))

/** Variants that keep every promise. */
export const lawful = (definitions: readonly Definition[]): readonly Variant[] =>
  definitions.map((definition) => toVariant('lawful', 'lawful', definition))

/** One lawful variant with the changes of several; of two changes to one stage, the later is the outer one. */
export const combine = (name: string, promise: string, parts: readonly Variant[]): Variant =>
  defineVariant({ name, kind: 'lawful', family: 'lawful', promise, hooks: () => parts.flatMap((part) => part.hooks()) })
