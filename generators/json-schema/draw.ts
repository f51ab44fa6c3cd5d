import type fc from 'fast-check'
import type { Json } from '../../core/json'
import type { Conflict } from './solve'

/** Nothing could be made this time. */
export const none: unique symbol = Symbol('none')
export type Drawn = Json | typeof none

/** The making of one value. */
export interface Run {
  readonly random: fc.Random
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
export const edgy = ({ random, bias }: Run): boolean => random.nextInt(1, bias ?? 12) === 1

export const pick = <T>(random: fc.Random, of: readonly T[]): T => (of.length === 1 ? of[0] : of[random.nextInt(0, of.length - 1)]) as T

export function shuffled<T>(random: fc.Random, of: readonly T[]): T[] {
  const all = [...of]
  for (let i = all.length - 1; i > 0; i--) {
    const j = random.nextInt(0, i)
    ;[all[i], all[j]] = [all[j] as T, all[i] as T]
  }
  return all
}
