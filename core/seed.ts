import { hash } from 'node:crypto'

/** A 32-bit seed derived from parts; equal parts give equal seeds, on every machine. */
export function deriveSeed(...parts: readonly (string | number)[]): number {
  return hash('sha256', JSON.stringify(parts), 'buffer').readInt32LE(0)
}

/** Hexadecimal digest of parts, `length` characters. */
export function digest(length: number, ...parts: readonly (string | number)[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, length)
}
