import { createHash } from 'node:crypto'

/** A 32-bit seed derived from parts; equal parts give equal seeds, on every machine. */
export function deriveSeed(...parts: readonly (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readInt32LE(0)
}

/** Hexadecimal digest of parts, `length` characters. */
export function digest(length: number, ...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, length)
}
