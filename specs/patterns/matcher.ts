import { parts } from './charset'
import { expressionOf } from './expression'
import { regExpOf } from './regExp'
import { begin, createExpressions, type Expr, end, TooLarge } from './regular'

/** Says whether a pattern is found in a text. A `RegExp` is one. */
export interface Matcher {
  readonly unicode: boolean
  test(text: string): boolean
  toString(): string
}

const known = new Map<string, Matcher | undefined>()

/**
 * The value of `pattern`, ready to be held against texts of a target: where `RegExp` could take exponential time (`^(a+)+$`), or more than
 * linear time for a long text (`a+b`, which may begin anywhere), an automaton reads each character once.
 * @returns undefined for what is no regular expression
 */
export function matcherOf(pattern: string): Matcher | undefined {
  if (!known.has(pattern)) {
    const expression = regExpOf(pattern)
    known.set(pattern, expression && matcherFor(pattern, expression))
  }
  return known.get(pattern)
}

/** A group that may come several times: what is in it may be found there in many ways. */
const repeatedGroup = /\)(?:[*+]|\{\d+,\d*\})/
const countedGroup = /\)\{\d+\}/
/** What may come any number of times, or many. */
const repeated = /[*+]|\{\d+,(?:\d{2,})?\}/g
/** What may come or not, or a few times: so many of them in a row are many ways, too. */
const optional = /[?]|\{\d+,\d+\}/g
const manyOptional = 12
/** No text up to this length takes long in as many places as it has characters. */
const shortText = 200

function matcherFor(pattern: string, expression: RegExp): Matcher {
  const signs = pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, 'x').replace(/\(\?(?:[:=!]|<[^>]*[>=!])/g, '(')
  const loops = signs.match(repeated)?.length ?? 0
  const choices = loops + (signs.match(optional)?.length ?? 0)
  if (repeatedGroup.test(signs) || (countedGroup.test(signs) && choices > 0) || choices > manyOptional)
    return inOnePass(pattern, expression, 0)
  return loops > (signs.startsWith('^') && !signs.includes('|') ? 1 : 0) ? inOnePass(pattern, expression, shortText) : expression
}

/** @param quick up to this length a text is left to `RegExp`; so are all where no automaton can be made, or not of this size */
function inOnePass(pattern: string, expression: RegExp, quick: number): Matcher {
  let automaton: ((text: string) => boolean) | undefined
  let isHopeless = false
  const remembered = remembering()
  return {
    unicode: expression.unicode,
    // Ajv knows expressions by their texts.
    toString: () => String(expression),
    test(text) {
      if (text.length < quick) return expression.test(text)
      try {
        if (!isHopeless) automaton ??= automatonOf(pattern)
        if (automaton) return remembered(text, automaton)
      } catch (error) {
        if (!(error instanceof TooLarge)) throw error
        automaton = undefined
      }
      isHopeless = true
      return expression.test(text)
    },
  }
}

/** The same value is looked at when it is made, proven, sent and judged. */
function remembering(): (text: string, find: (text: string) => boolean) => boolean {
  const results = new Map<string, boolean>()
  return (text, find) => {
    const known = results.get(text)
    if (known !== undefined) return known
    const result = find(text)
    if (results.size >= 2000) results.clear()
    if (text.length <= 1000) results.set(text, result)
    return result
  }
}

interface State {
  readonly expr: Expr
  readonly accepts: boolean
  /** By the class of the character. */
  readonly next: (State | undefined)[]
}

/**
 * Built as far as texts lead.
 * @returns undefined for a pattern that is no regular language
 * @throws TooLarge, and so does what it returns
 */
function automatonOf(pattern: string): ((text: string) => boolean) | undefined {
  const make = createExpressions()
  const { expr, exact } = expressionOf(make, pattern)
  if (!exact) return undefined
  const states = new Map<Expr, State>()
  const classOf = classesOf(make.sets(expr))
  const start = stateOf(make.derivative(expr, begin))
  return (text) => {
    let at = start
    const whole = text.toWellFormed()
    for (let i = 0; i < whole.length && at.expr !== make.none; i++) {
      let code = whole.charCodeAt(i)
      if (code >= 0xd800 && code <= 0xdbff) code = whole.codePointAt(i++) as number
      const of = classOf(code)
      at = at.next[of] ??= stateOf(make.derivative(at.expr, code))
    }
    return at.accepts
  }

  function stateOf(expr: Expr): State {
    const found = states.get(expr)
    if (found) return found
    if (states.size >= mostStates) throw new TooLarge()
    const made: State = { expr, accepts: make.nullable(make.derivative(expr, end)), next: [] }
    states.set(expr, made)
    return made
  }
}

const mostStates = 10_000

/** @returns of a character the number of its class: those of one class are told apart by no set */
function classesOf(sets: Parameters<typeof parts>[0]): (code: number) => number {
  const ranges = parts(sets)
    .flatMap((set, index) => set.filter((_, i) => i % 2 === 0).map((from) => ({ from, index })))
    .sort((a, b) => a.from - b.from)
  const ascii = Array.from({ length: 128 }, (_, code) => search(code))
  return (code) => ascii[code] ?? search(code)

  /** Of the last range that begins before it: they cover all of Unicode. */
  function search(code: number): number {
    let low = 0
    for (let high = ranges.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1
      if (code < ranges[middle]!.from) high = middle - 1
      else low = middle
    }
    return ranges[low]!.index
  }
}
