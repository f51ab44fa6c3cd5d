import { type AST, RegExpParser, RegExpSyntaxError } from '@eslint-community/regexpp'
import { type CharSet, complement, one, unicodeProperties, union, universe } from './charset'
import { regExpOf } from './regExp'
import { begin, type Expr, type Expressions, end, TooLarge } from './regular'

/** A pattern uses what is no regular language (`\b`, back-references, look-behind): it is then approximated, and proven by `RegExp`. */
interface Parsed {
  readonly expr: Expr
  readonly exact: boolean
}

/** Repetitions within repetitions, multiplied. */
const mostRepeats = 5000

/**
 * The texts, between `begin` and `end`, in which a pattern is found.
 * @param make expressions of the automaton that the pattern is to be part of
 * @param narrow only some of them: repetitions of a few times, where up to many are allowed
 * @throws TooLarge for repetitions within repetitions that are too many
 */
export function expressionOf(make: Expressions, pattern: string, narrow = false): Parsed {
  const { empty, any, chars, cat, repeat, or, and, not } = make
  let exact = true
  const inexact = <T>(value: T): T => {
    exact = false
    return value
  }
  const tree = parsed(pattern)
  if (!tree) return { expr: any, exact: false }
  return { expr: or(...tree.alternatives.map(({ elements }) => found(elements, any))), exact }

  /**
   * The texts in which these elements are found, with `rest` behind them; what looks behind cuts them in two.
   * @param lead what may stand before them
   */
  function found(elements: readonly AST.Element[], rest: Expr, lead = any): Expr {
    const at = elements.findLastIndex(
      (element) => element.type === 'Assertion' && (element.kind === 'lookbehind' || element.kind === 'word'),
    )
    if (at < 0)
      return cat(
        lead,
        elements.reduceRight((then, element) => sequence(element, then), rest),
      )
    if (lead !== any) inexact(undefined)
    const ahead = elements.slice(0, at).findIndex((element) => element.type === 'Assertion' && element.kind === 'lookahead')
    if (ahead >= 0) {
      // What it looks ahead at goes beyond the cut, so that it comes first.
      const beyond = sequence(elements[ahead] as AST.Element, found(elements.slice(ahead + 1), rest, empty))
      return cat(found(elements.slice(0, ahead), empty, lead), beyond)
    }
    if (elements.slice(0, at).some(looks)) inexact(undefined)
    const element = elements[at] as AST.LookbehindAssertion | AST.WordBoundaryAssertion
    const behind = found(elements.slice(0, at), empty, lead)
    const then = elements.slice(at + 1).reduceRight((after, next) => sequence(next, after), rest)
    if (element.kind === 'lookbehind') {
      const seen = cat(any, alternatives(element.alternatives, empty))
      return cat(and(behind, element.negate ? not(seen) : seen), then)
    }
    const [after, next] = [cat(any, chars(word)), cat(chars(word), any)]
    return element.negate
      ? or(cat(and(behind, after), and(then, next)), cat(and(behind, not(after)), and(then, not(next))))
      : or(cat(and(behind, after), and(then, not(next))), cat(and(behind, not(after)), and(then, next)))
  }

  function alternatives(list: readonly AST.Alternative[], rest: Expr): Expr {
    return or(...list.map(({ elements }) => elements.reduceRight((then, element) => sequence(element, then), rest)))
  }
  /** The texts of an element followed by `rest`; look-aheads see all of it. */
  function sequence(element: AST.Element, rest: Expr): Expr {
    if (!narrow && element.type === 'Quantifier' && repeatsOf(element.element) > 1 && repeatsOf(element) > mostRepeats) throw new TooLarge()
    switch (element.type) {
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass':
        return cat(chars(charsOf(element)), rest)
      case 'Group':
        // `(?i:x)`: one of the spellings is among them.
        if (element.modifiers) inexact(undefined)
        return alternatives(element.alternatives, rest)
      case 'CapturingGroup':
        return alternatives(element.alternatives, rest)
      case 'Quantifier': {
        const { min } = element
        const max = narrow && element.max > min + 3 && element.max !== Number.POSITIVE_INFINITY ? inexact(min + 3) : element.max
        if (min === 0 && max === 1) return or(sequence(element.element, rest), rest)
        const tempered = temperedBy(element.element)
        if (tempered) {
          // `(?:(?!x).)*`: nowhere within does x begin. Where more follows, x may begin before and end in it: that is left out.
          if (rest !== cat(chars([end, end]), any)) inexact(undefined)
          const within = cat(repeat(chars(charsOf(tempered.one)), min, max), rest)
          return and(
            within,
            not(cat(repeat(chars([0, 0x10ffff]), 0, Number.POSITIVE_INFINITY), alternatives(tempered.ahead.alternatives, any))),
          )
        }
        if (looks(element.element)) inexact(undefined)
        return cat(repeat(sequence(element.element, empty), min, max), rest)
      }
      case 'Assertion':
        if (element.kind === 'start') return cat(chars([begin, begin]), rest)
        if (element.kind === 'end') return cat(chars([end, end]), rest)
        if (element.kind === 'lookahead') {
          const ahead = alternatives(element.alternatives, any)
          return and(element.negate ? not(ahead) : ahead, rest)
        }
        return inexact(rest)
      case 'Backreference': {
        const group = Array.isArray(element.resolved) ? element.resolved[0] : element.resolved
        return inexact(group ? alternatives(group.alternatives, rest) : rest)
      }
      default:
        return inexact(rest)
    }
  }
}

/** @returns undefined: it is newer than the parser, though `RegExp` knows it */
function parsed(pattern: string): AST.Pattern | undefined {
  const { source, unicode } = regExpOf(pattern) as RegExp
  try {
    return new RegExpParser().parsePattern(source, 0, source.length, { unicode })
  } catch (error) {
    if (error instanceof RegExpSyntaxError) return undefined
    throw error
  }
}

/** How often the innermost of nested repetitions may come, those without an end left out. */
function repeatsOf(element: AST.Element): number {
  const within = (list: readonly AST.Alternative[]) => Math.max(1, ...list.flatMap(({ elements }) => elements.map(repeatsOf)))
  if (element.type === 'Quantifier') return (Number.isFinite(element.max) ? Math.max(1, element.max) : 1) * repeatsOf(element.element)
  return element.type === 'Group' || element.type === 'CapturingGroup' ? within(element.alternatives) : 1
}

/** Whether an element looks at what stands around it. */
const looks = (element: AST.Element): boolean =>
  element.type === 'Assertion' ||
  (element.type === 'Quantifier' && looks(element.element)) ||
  ((element.type === 'Group' || element.type === 'CapturingGroup') && element.alternatives.some(({ elements }) => elements.some(looks)))

/** The parts of `(?:(?!x).)`. */
function temperedBy(
  element: AST.Element,
): { ahead: AST.LookaheadAssertion; one: AST.Character | AST.CharacterSet | AST.CharacterClass } | undefined {
  if ((element.type !== 'Group' && element.type !== 'CapturingGroup') || element.alternatives.length !== 1) return undefined
  const [ahead, one, ...others] = element.alternatives[0]?.elements ?? []
  if (ahead?.type !== 'Assertion' || ahead.kind !== 'lookahead' || !ahead.negate || others.length > 0) return undefined
  return one?.type === 'Character' || one?.type === 'CharacterSet' || one?.type === 'CharacterClass' ? { ahead, one } : undefined
}

const digit: CharSet = [48, 57]
const word: CharSet = [48, 57, 65, 90, 95, 95, 97, 122]
const space: CharSet = [
  9, 13, 32, 32, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000, 0xfeff, 0xfeff,
]
const lineEnds: CharSet = [10, 10, 13, 13, 0x2028, 0x2029]

type Chars = AST.Character | AST.CharacterSet | AST.CharacterClass | AST.CharacterClassElement

const nameOf = ({ key, value }: AST.UnicodePropertyCharacterSet): string => (value === null ? key : `${key}=${value}`)

/** The characters that one element of a pattern stands for. */
function charsOf(element: Chars): CharSet {
  switch (element.type) {
    case 'Character':
      return one(element.value)
    case 'CharacterClassRange':
      return [element.min.value, element.max.value]
    case 'CharacterSet': {
      if (element.kind === 'any') return complement(lineEnds)
      const set =
        element.kind === 'property'
          ? unicodeProperties([nameOf(element)])
          : element.kind === 'digit'
            ? digit
            : element.kind === 'word'
              ? word
              : space
      return element.negate ? complement(set) : set
    }
    case 'CharacterClass': {
      const isProperty = (part: Chars): part is AST.UnicodePropertyCharacterSet =>
        part.type === 'CharacterSet' && part.kind === 'property' && !part.negate
      const parts = element.elements as readonly Chars[]
      // Together they take the time of one.
      const named = parts.filter(isProperty).map(nameOf)
      const set = union(...(named.length > 0 ? [unicodeProperties(named)] : []), ...parts.filter((part) => !isProperty(part)).map(charsOf))
      return element.negate ? complement(set) : set
    }
    default:
      return universe
  }
}
