import fc from 'fast-check'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { deriveSeed, words } from '../core/seed'

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

const letters = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
/** What each character of a label is drawn from. All labels are of one form, so that a name is never odd by chance. */
const form = [letters, letters, letters, digits, letters, letters, letters, digits, letters, letters, letters, letters]

/** A label of 13 characters, lower-case letters and two digits within: lawful almost anywhere a name is, and unique to its parts. */
export function label(...parts: readonly (string | number)[]): string {
  const from = words(parts)
  return form.reduce((text, characters, i) => {
    const byte = ((from[i >> 2] as number) >>> (8 * (i & 3))) & 0xff
    return text + characters[byte % characters.length]
  }, 'p')
}
