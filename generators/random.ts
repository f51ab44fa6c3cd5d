import fc from 'fast-check'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { deriveSeed, digest } from '../core/seed'

/** A source of randomness that depends on its parts alone. */
export function random(...parts: readonly (string | number)[]): fc.Random {
  return new fc.Random(xoroshiro128plus(deriveSeed(...parts)))
}

const seeds: number[] = []

/** The `i`th source for trying something out: the same each time. */
export function probe(i: number): fc.Random {
  seeds[i] ??= deriveSeed('probe', i)
  return new fc.Random(xoroshiro128plus(seeds[i]))
}

/** A label of 13 characters, a lower-case letter and base-36 digits: lawful almost anywhere a name is, and unique to its parts. */
export function label(...parts: readonly (string | number)[]): string {
  return `p${BigInt(`0x${digest(16, ...parts)}`)
    .toString(36)
    .padStart(12, '0')
    .slice(-12)}`
}
