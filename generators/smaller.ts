import fc from 'fast-check'
import type { Change } from '../core/case'
import { isObject, type Json } from '../core/json'

/**
 * Smaller variants of a list of changes, most promising first: fewer changes, then a smaller value in one of them.
 * Values are shrunk by fast-check's own shrinkers without a context, so that a fixed value shrinks as well as a drawn one.
 * @param mayShrink which changes may get a smaller value; others are dropped, or stay as they are
 */
export function* smaller(changes: readonly Change[], mayShrink: (change: Change) => boolean = () => true): Generator<readonly Change[]> {
  if (changes.length > 1) {
    const half = Math.ceil(changes.length / 2)
    if (changes.length > 3) {
      yield changes.slice(0, half)
      yield changes.slice(half)
    }
    for (let i = 0; i < changes.length; i++) yield changes.filter((_, other) => other !== i)
  }
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i] as Change
    if (!('set' in change) || !mayShrink(change)) continue
    for (const set of values(change.set)) yield changes.map((other, at) => (at === i ? ({ ...change, set } as Change) : other))
  }
}

/** Candidates for one value; a bounded number, as each costs a request. */
const most = 24

function* values(value: Json): Generator<Json> {
  if (typeof value === 'string') yield* strings(value)
  else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) {
      for (const plain of [0.5, Math.trunc(value) + 0.5, Math.trunc(value)]) if (Math.abs(plain) < Math.abs(value)) yield plain
      return
    }
    let left = most
    for (const { value: next } of fc.maxSafeInteger().shrink(value, undefined)) {
      if (left-- === 0) return
      yield next
    }
  } else if (Array.isArray(value)) {
    for (let i = 0; i < Math.min(value.length, most); i++) yield value.filter((_, at) => at !== i)
  } else if (isObject(value)) {
    for (const key of Object.keys(value).slice(0, most)) {
      const { [key]: _, ...rest } = value
      yield rest
    }
  }
}

/** Shorter strings: their beginnings, as a search for the shortest by halves; then without a piece; then of plainer characters. */
function* strings(text: string): Generator<string> {
  const units = [...text]
  const { length } = units
  for (let cut = length; cut >= 1; cut = Math.floor(cut / 2)) yield units.slice(0, length - cut).join('')
  let left = most
  for (let size = Math.ceil(length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at + size < length; at += size) {
      if (left-- <= 0) break
      yield [...units.slice(0, at), ...units.slice(at + size)].join('')
    }
  }
  left = most
  for (let at = 0; at < length; at++) {
    if (units[at] === 'a') continue
    if (left-- === 0) return
    yield [...units.slice(0, at), 'a', ...units.slice(at + 1)].join('')
  }
}
