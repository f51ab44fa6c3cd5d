import { UsageError } from '../core/errors'
import type { Finds, Variant } from './variant'
import { variants } from './variants/index'

export type { Variant }
export { variants }

const byName = new Map(variants.map((variant) => [variant.name, variant]))

/**
 * The variant of a name.
 * @throws UsageError that suggests the nearest names
 */
export function findVariant(name: string): Variant {
  const found = byName.get(name)
  if (found) return found
  const near = [...byName.keys()]
    .map((known) => ({ known, distance: distanceOf(name.slice(0, 80), known) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
  throw new UsageError(
    `there is no variant ${JSON.stringify(name.slice(0, 100))}; near it: ${near.map(({ known }) => known).join(', ')}. \`plumbline zoo --list\` names them all`,
  )
}

/** Names are compared word by word, each by its letters: people forget words more often than letters. */
function distanceOf(typed: string, known: string): number {
  const words = known.split('-')
  const missed = typed.split('-').map((word) => Math.min(...words.map((each) => levenshtein(word, each) / Math.max(word.length, 1))))
  return missed.reduce((sum, each) => sum + each, 0) + words.length / 100
}

function levenshtein(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}

/** What a finding tells, as far as it can name a promise. */
interface Named {
  readonly check: string
  readonly place: string
  readonly answerPlace: string
}

/** Whether a finding names the promise that a broken variant breaks. A variant that does not say what finds it is named by every finding. */
export function namesPromise({ finds }: Variant, finding: Named): boolean {
  return matches(finds?.place, [finding.place, finding.answerPlace]) && matches(finds?.check, [finding.check])
}

function matches(globs: Finds['place'], texts: readonly string[]): boolean {
  if (globs === undefined) return true
  const patterns = (typeof globs === 'string' ? [globs] : globs).map(
    (glob) =>
      new RegExp(
        `^${glob
          .split('*')
          .map((part) => part.replace(/[.[\]]/g, '\\$&'))
          .join('.*')}$`,
      ),
  )
  return texts.some((text) => patterns.some((pattern) => pattern.test(text)))
}
