import { once } from '../../core/once'
import { formatOf } from '../../specs/formats'
import { type Drawn, edgy, none, pick, type Source, type Variant } from './draw'
import { language } from './language'
import type { Shape } from './shape'
import { codePoints, regExp } from './values'

/** Strings are at most so much longer than they must be, and edges of so many characters are still sent. */
const room = 24
const longest = 5000

/** What careless code stumbles over: quotes, separators, spaces, two, three and four bytes in UTF-8, marks, right to left, controls. */
const rare = [
  '"',
  "'",
  '\\',
  '/',
  '&',
  '<',
  '%',
  '{',
  ' ',
  '\t',
  '\n',
  '\u0000',
  'é',
  'ß',
  'İ',
  'ж',
  '漢',
  '😀',
  'e\u0301',
  'א',
  '\u200d',
  '\ufeff',
  '\u2028',
]
const common = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -'
const pairs = [...common].flatMap((first) => [...common].map((second) => first + second))

/** Strings of a shape; undefined if there is none. */
export function strings(shape: Shape): Variant | undefined {
  const { minLength, maxLength } = shape
  if (minLength > maxLength || minLength > 1e7) return undefined
  const formats = shape.formats.flatMap((name) => formatOf(name) ?? [])
  const patterns = [...new Set([...shape.patterns, ...formats.map(({ some }) => some)])]
  const notPatterns = [...new Set(shape.notPatterns)]
  if (patterns.length === 0 && notPatterns.length === 0) {
    const plainly = plain(minLength, maxLength)
    const near = shape.notFormats.flatMap((name) => nearMisses(name) ?? [])
    if (near.length === 0) return plainly
    const misses: Variant = { draw: (run) => pick(run.random, near)(run.random) }
    return { draw: (run, height) => (run.random.nextInt(0, 3) === 0 ? plainly : misses).draw(run, height) }
  }
  const found = language({ patterns, notPatterns, minLength, maxLength })
  if (!found) return undefined
  const proven = found.exact ? undefined : proof(patterns, notPatterns)
  const { lengths } = found
  const edges = [...new Set([lengths[0], lengths[1], lengths.at(-1)])] as number[]
  // Most strings are short: a list of lengths in which the shorter ones stand more often.
  const usual = [lengths.slice(0, 12), lengths.slice(0, 40)].flat()
  const [broken, ...further] = notPatterns
  const near = broken !== undefined && further.length === 0 ? once(() => nearPattern(broken)) : undefined
  const isMiss = once(() => proof(patterns, notPatterns))
  /** What lies next to a pattern tells more than what has nothing of it. */
  function miss(random: Source): string | undefined {
    if (!near || random.nextInt(0, 2) === 0) return undefined
    return near()?.(random).find((text) => codePoints(text) >= minLength && codePoints(text) <= maxLength && isMiss()(text))
  }
  return {
    ...(found.exact && found.all ? { domain: found.all } : {}),
    draw(run): Drawn {
      for (let i = 0; i < 40; i++) {
        const close = miss(run.random)
        if (close !== undefined) return close
        const text = found.draw(run.random, pick(run.random, edgy(run) ? edges : usual))
        if (!proven || proven(text)) return text
      }
      return none
    },
  }
}

/** Strings that keep a pattern but for a character before, behind or at their ends, or for the case of their letters. */
function nearPattern(pattern: string): ((random: Source) => readonly string[]) | undefined {
  const kept = language({ patterns: [pattern], notPatterns: [], minLength: 1, maxLength: Number.POSITIVE_INFINITY })
  if (!kept) return undefined
  return (random) => {
    const text = kept.draw(random, pick(random, kept.lengths.slice(0, 12)))
    const [first = '', ...rest] = text
    const near = [
      `${text}!`,
      text.toLowerCase(),
      ` ${text}`,
      text + text,
      rest.join(''),
      `${text} `,
      text.toUpperCase(),
      first + rest.slice(0, -1).join(''),
    ]
    const from = random.nextInt(0, near.length - 1)
    return [...near.slice(from), ...near.slice(0, from)]
  }
}

const proof = (patterns: readonly string[], notPatterns: readonly string[]) => {
  const all = patterns.map(regExp)
  const not = notPatterns.map(regExp)
  return (text: string) => all.every((pattern) => pattern.test(text)) && !not.some((pattern) => pattern.test(text))
}

function plain(minLength: number, maxLength: number): Variant {
  const most = Math.min(maxLength, minLength + room)
  const edges = [
    ...new Set(
      [minLength, minLength + 1, maxLength - 1, maxLength].filter(
        (n) => n >= minLength && n <= maxLength && n <= Math.max(minLength, longest),
      ),
    ),
  ]
  return {
    draw(run) {
      const { random } = run
      if (edgy(run)) {
        const length = pick(random, edges)
        const unit = pick(random, random.nextInt(0, 1) === 0 ? ['a', '0', ' '] : rare)
        return filled(unit, length)
      }
      const length = minLength + Math.min(random.nextInt(0, most - minLength), random.nextInt(0, most - minLength))
      let text = ''
      for (let at = 1; at < length; at += 2) text += pairs[random.nextInt(0, pairs.length - 1)]
      if (length % 2 === 1) text += common[random.nextInt(0, common.length - 1)]
      if (length > 0 && random.nextInt(0, 7) === 0) {
        const at = random.nextInt(0, length - 1)
        const unit = pick(random, rare)
        if (unit.length === 1 || codePoints(unit) === 1) text = text.slice(0, at) + unit + text.slice(at + 1)
      }
      return text
    },
  }
}

const filled = (unit: string, length: number): string => [...unit.repeat(Math.ceil(length / codePoints(unit)))].slice(0, length).join('')

/** Strings that are nearly of a format: one character is missing, doubled or another; to be proven. */
function nearMisses(name: string): ((random: Source) => string) | undefined {
  const format = formatOf(name)
  const found = format && language({ patterns: [format.some], notPatterns: [], minLength: 0, maxLength: Number.POSITIVE_INFINITY })
  if (!found) return undefined
  return (random) => {
    const text = found.draw(random, pick(random, found.lengths))
    for (let i = 0; i < 8; i++) {
      const at = random.nextInt(0, Math.max(text.length - 1, 0))
      const other = pick(random, ['', ' ', '%', '{', '!', 'z', '9', text.charAt(at).repeat(2), '\u0000'])
      const miss = text.slice(0, at) + other + text.slice(at + 1)
      if (!format.maybe(miss)) return miss
    }
    // No character by itself breaks it: none of those that are not letters, then.
    return text.replace(/[^a-z0-9]/gi, '')
  }
}
