import type fc from 'fast-check'
import type { Json } from '../../core/json'
import type { Conflict } from './solve'

/** Nothing could be made this time. */
export const none: unique symbol = Symbol('none')
export type Drawn = Json | typeof none

/**
 * Random numbers for one value, seeded from fast-check's: a value takes some hundred of them, and fast-check's generators cost more than
 * all the rest. The algorithm is sfc32 (Doty-Humphrey, PractRand), public domain.
 */
export class Source {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(random: fc.Random) {
    this.a = random.nextInt(-0x80000000, 0x7fffffff)
    this.b = random.nextInt(-0x80000000, 0x7fffffff)
    this.c = 0
    for (let i = 0; i < 6; i++) this.next()
  }

  /** 32 bits, unsigned. */
  private next(): number {
    const sum = (this.a + this.b + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum
    return sum >>> 0
  }

  /** A whole number, both ends included. */
  nextInt(min: number, max: number): number {
    const range = max - min + 1
    if (range <= 0x100000000) return min + Math.floor((this.next() / 0x100000000) * range)
    // 53 bits; ranges beyond them lose their last ones.
    const share = (this.next() * 0x200000 + (this.next() >>> 11)) / 0x20000000000000
    return Math.min(max, min + Math.floor(share * range))
  }

  nextBigInt(min: bigint, max: bigint): bigint {
    const range = max - min + 1n
    let drawn = 0n
    for (let reach = 1n; reach < range << 32n; reach <<= 32n) drawn = (drawn << 32n) | BigInt(this.next())
    return min + (drawn % range)
  }
}

/** The making of one value. */
export interface Run {
  readonly random: Source
  /** As fast-check passes it: edges are drawn once in so many times. */
  readonly bias: number | undefined
  /** Members and items that may still be added beyond what the schema asks for: keeps recursive schemas small. */
  room: number
}

/** Values of one kind, along one choice of branches. */
export interface Variant {
  /** @param height how deep arrays and objects may be nested: 0 for none with members */
  draw(run: Run, height: number): Drawn
  /** What keeps values of a height from being made, if that is clear. */
  why?(height: number): Conflict | undefined
  /** All values, where they are few. */
  readonly domain?: readonly Json[]
}

/** @returns whether an edge is wanted now */
export const edgy = ({ random, bias }: Run): boolean => bias === limitsOnly || random.nextInt(1, bias ?? 12) === 1

/** A bias towards the very limits of a schema. */
export const limitsOnly = 0

export const pick = <T>(random: Source, of: readonly T[]): T => (of.length === 1 ? of[0] : of[random.nextInt(0, of.length - 1)]) as T

export function shuffled<T>(random: Source, of: readonly T[]): T[] {
  const all = [...of]
  for (let i = all.length - 1; i > 0; i--) {
    const j = random.nextInt(0, i)
    ;[all[i], all[j]] = [all[j] as T, all[i] as T]
  }
  return all
}
