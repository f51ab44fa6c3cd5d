/** Code points as sorted, disjoint, inclusive ranges: `[from, to, from, to, …]`. */
export type CharSet = readonly number[]

/** All of Unicode but the surrogates, which stand for nothing by themselves. */
export const universe: CharSet = [0, 0xd7ff, 0xe000, 0x10ffff]

export const one = (code: number): CharSet => [code, code]

export function union(...sets: readonly CharSet[]): CharSet {
  const ranges = sets
    .flatMap((set) => Array.from({ length: set.length / 2 }, (_, i) => [set[2 * i] as number, set[2 * i + 1] as number] as const))
    .sort((a, b) => a[0] - b[0])
  const result: number[] = []
  for (const [from, to] of ranges) {
    const last = result.at(-1)
    if (last !== undefined && from <= last + 1) result[result.length - 1] = Math.max(last, to)
    else result.push(from, to)
  }
  return result
}

export function intersect(a: CharSet, b: CharSet): CharSet {
  const result: number[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const from = Math.max(a[i] as number, b[j] as number)
    const to = Math.min(a[i + 1] as number, b[j + 1] as number)
    if (from <= to) result.push(from, to)
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2
    else j += 2
  }
  return result
}

export function complement(set: CharSet): CharSet {
  const result: number[] = []
  let from = 0
  for (let i = 0; i < set.length; i += 2) {
    if ((set[i] as number) > from) result.push(from, (set[i] as number) - 1)
    from = (set[i + 1] as number) + 1
  }
  if (from <= 0x10ffff) result.push(from, 0x10ffff)
  return intersect(result, universe)
}

export const size = (set: CharSet): number => set.reduce((sum, code, i) => (i % 2 ? sum + code + 1 : sum - code), 0)

/** The code point at an index, counted over the set. */
export function nth(set: CharSet, index: number): number {
  let left = index
  for (let i = 0; i < set.length; i += 2) {
    const length = (set[i + 1] as number) - (set[i] as number) + 1
    if (left < length) return (set[i] as number) + left
    left -= length
  }
  return set[0] as number
}

const properties = new Map<string, CharSet>()
let everything: string | undefined

/** The characters of Unicode properties such as `L` or `Script=Greek`, of all of them together, as this version of Node knows them. */
export function unicodeProperties(names: readonly string[]): CharSet {
  const whole = `[${names.map((name) => `\\p{${name}}`).join('')}]`
  const known = properties.get(whole)
  if (known) return known
  everything ??= everyCharacter()
  const result: number[] = []
  for (const { 0: run, index } of everything.matchAll(new RegExp(`${whole}+`, 'gu'))) {
    const from = everything.codePointAt(index) as number
    const last = endOf(run.codePointAt(run.length - ((run.charCodeAt(run.length - 1) & 0xfc00) === 0xdc00 ? 2 : 1)) as number)
    // The string leaves the surrogates out: a run over that gap is two ranges.
    if (from < 0xd800 && last > 0xdfff) result.push(from, 0xd7ff, 0xe000, last)
    else result.push(from, last)
  }
  properties.set(whole, result)
  return result
}

/** Nothing is assigned there, or all to private use: of these planes all characters are alike but for the last two, which are none. */
const isUniform = (plane: number): boolean => (plane >= 4 && plane <= 13) || plane >= 15

/** The last of the characters that this one stands for in `everyCharacter`. */
const endOf = (code: number): number => (code % 0x10000 === 0 && isUniform(code >> 16) ? code + 0xfffd : code)

/** All code points but the surrogates, in their order; of a uniform plane the first, for all like it, and the last two. */
function everyCharacter(): string {
  const units = new Uint16Array(0x10000 * 10)
  let length = 0
  for (let code = 0; code < 0x10000; code++) if (code < 0xd800 || code > 0xdfff) units[length++] = code
  for (let plane = 1; plane <= 16; plane++) {
    const first = plane << 16
    for (let code = first; code < first + 0x10000; code = isUniform(plane) && code === first ? first + 0xfffe : code + 1) {
      units[length++] = 0xd800 | ((code - 0x10000) >> 10)
      units[length++] = 0xdc00 | (code & 0x3ff)
    }
  }
  return new TextDecoder('utf-16').decode(units.subarray(0, length))
}

/** Whether a character is in a set. */
export const has = (set: CharSet, code: number): boolean => {
  let low = 0
  let high = set.length / 2 - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (code < (set[middle * 2] as number)) high = middle - 1
    else if (code > (set[middle * 2 + 1] as number)) low = middle + 1
    else return true
  }
  return false
}

/** The parts that sets cut the characters into: two characters of one part are in the same sets. */
export function parts(sets: readonly CharSet[]): readonly CharSet[] {
  const cuts = [...new Set([0, 0x110000, ...sets.flatMap((set) => set.map((code, i) => (i % 2 ? code + 1 : code)))])].sort((a, b) => a - b)
  const found = new Map<string, number[]>()
  for (let i = 0; i + 1 < cuts.length; i++) {
    const from = cuts[i] as number
    if (from >= 0x110000) break
    const to = (cuts[i + 1] as number) - 1
    const key = sets.map((set) => (has(set, from) ? 1 : 0)).join('')
    const part = found.get(key) ?? []
    if (part.at(-1) === from - 1) part[part.length - 1] = to
    else part.push(from, to)
    found.set(key, part)
  }
  return [...found.values()].map((part) => intersect(part, universe)).filter((part) => part.length > 0)
}
