import { hash } from 'node:crypto'

type Parts = readonly (string | number)[]

/** A 32-bit seed derived from parts; equal parts give equal seeds, on every machine. */
export const deriveSeed = (...parts: Parts): number => words(parts)[0]

/** Hexadecimal digest of parts, `length` characters. */
export function digest(length: number, ...parts: Parts): string {
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, length)
}

/** Four words of 32 bits derived from parts, as `deriveSeed` does. */
type Words = readonly [number, number, number, number]

/**
 * The texts at the front are hashed, once; the whole numbers behind them, which count cases and attempts, are mixed in. A hash of all would
 * cost more than the making of a case.
 */
export function words(parts: Parts): Words {
  let front = parts.length
  while (front > 0 && Number.isInteger(parts[front - 1])) front--
  let all = wordsOf(parts, front)
  for (let i = front; i < parts.length; i++) all = mixedWith(all, parts[i] as number)
  return all
}

const known = new Map<string, Words>()
const mostKnown = 10_000

function wordsOf(parts: Parts, count: number): Words {
  let text = ''
  for (let i = 0; i < count; i++) text += typeof parts[i] === 'string' ? `"${parts[i]}"` : parts[i]
  const before = known.get(text)
  if (before) return before
  const bytes = hash('sha256', text, 'buffer')
  const made: Words = [bytes.readInt32LE(0), bytes.readInt32LE(4), bytes.readInt32LE(8), bytes.readInt32LE(12)]
  if (known.size >= mostKnown) known.clear()
  known.set(text, made)
  return made
}

/** Different numbers give different first words. */
function mixedWith([a, b, c, d]: Words, number: number): Words {
  const high = Math.floor(number / 2 ** 32) | 0
  const own = mix(number | 0) ^ Math.imul(high, 0x27d4eb2f)
  return [mix(a ^ own), mix(b + own), mix(c ^ Math.imul(own, 0x165667b1)), mix(d - own)]
}

/** Spreads the bits of a word over all of it, and loses none (the last step of MurmurHash3, Appleby 2011). */
function mix(word: number): number {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}
