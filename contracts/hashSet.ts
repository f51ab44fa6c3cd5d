/** A set of texts, or of texts in several parts, kept as 53-bit hashes: 12 to 24 bytes for each, whatever its length. Two of a million texts are taken for one in 1 of 18,000 runs. */
export interface HashSet {
  readonly size: number
  /** @returns whether it is new */
  add(...parts: readonly string[]): boolean
  has(...parts: readonly string[]): boolean
  /** The hashes as base64 of little-endian doubles, for a union with other sets. */
  dump(): string
}

/**
 * @param dump what `dump` gave, to start from
 * @param limit a full set takes nothing more: what it does not hold is new each time
 */
export function createHashSet(dump = '', limit = 1 << 24): HashSet {
  const start = readDump(dump)
  let slots = new Float64Array(tableSize(start.length))
  let size = 0
  for (const hash of start) insert(hash)

  /** Index of the slot that holds the hash, or of the free one where it belongs. */
  function slotOf(table: Float64Array, hash: number): number {
    let index = hash % table.length
    while (table[index] !== 0 && table[index] !== hash) index = (index + 1) % table.length
    return index
  }

  function insert(hash: number): boolean {
    if (slots[slotOf(slots, hash)] === hash) return false
    if (size >= limit) return true
    if ((size + 1) * 1.5 > slots.length) grow()
    slots[slotOf(slots, hash)] = hash
    size++
    return true
  }

  function grow(): void {
    const wider = new Float64Array(slots.length * 2 + 1)
    for (const hash of slots) if (hash !== 0) wider[slotOf(wider, hash)] = hash
    slots = wider
  }

  return {
    get size() {
      return size
    },
    add: (...parts) => insert(hash53(parts)),
    has(...parts) {
      const hash = hash53(parts)
      return slots[slotOf(slots, hash)] === hash
    },
    dump: () => Buffer.from(Float64Array.from(slots.filter((hash) => hash !== 0)).buffer).toString('base64'),
  }
}

/** Odd, and with room for as many again. */
const tableSize = (count: number): number => Math.max(1024, count * 2) * 2 + 1

function readDump(dump: string): Float64Array {
  const bytes = Buffer.from(dump, 'base64')
  const hashes = new Float64Array(Math.floor(bytes.length / 8))
  for (let i = 0; i < hashes.length; i++) hashes[i] = bytes.readDoubleLE(i * 8)
  return hashes.filter((hash) => Number.isSafeInteger(hash) && hash > 0)
}

/** Two 32-bit multiplicative hashes with a final mix, 53 bits of them; never 0, which marks a free slot. */
function hash53(parts: readonly string[]): number {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (const text of parts) {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      a = Math.imul(a ^ code, 0x9e3779b1)
      b = Math.imul(b ^ code, 0x5f356495)
    }
    if (parts.length > 1) {
      // No text holds this: it stands for the end of a part.
      a = Math.imul(a ^ 0x10000, 0x9e3779b1)
      b = Math.imul(b ^ 0x10000, 0x5f356495)
    }
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35)
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return (b & 0x1fffff) * 0x1_0000_0000 + (a >>> 0) + 1
}
