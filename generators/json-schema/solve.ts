import { createBreaks } from './break'
import { keep } from './keep'
import type { Choice, Literal } from './literals'
import type { Resources } from './resources'
import { anything, copyOf, type Shape, settle, type Term, termKey } from './shape'

/** Where the solving of a schema came to nothing, for messages. */
export interface Conflict {
  readonly keyword: string
  readonly path: string
}

export interface Solver {
  /**
   * The shapes that values of all terms have, one for each choice of branches; not all where there are very many.
   * None: the terms contradict each other, and `conflict` tells where.
   */
  shapes(terms: readonly Term[], from?: Shape): readonly Shape[]
  /** The last contradiction met. */
  conflict: Conflict | undefined
  /** Whether there were more shapes than were looked for. */
  cut: boolean
}

const stepsPerShape = 80

/**
 * Solves schemas: joins `allOf`, references and siblings to one conjunction, makes each of `anyOf`, `oneOf`, `if` and `dependentSchemas` a choice,
 * and turns `not` into choices of what may break.
 * @param formats whether `format` is asserted, so that a value may break it
 * @param maxShapes more shapes than this are not looked for
 */
export function createSolver(resources: Resources, formats: boolean, maxShapes: number): Solver {
  const maxSteps = maxShapes * stepsPerShape
  const breaksOf = createBreaks(resources, formats)
  const solver: Solver = {
    conflict: undefined,
    cut: false,
    shapes(terms, from) {
      let steps = 0
      let turn = 0
      return search(
        from ? copyOf(from) : anything(),
        terms.map((term) => ({ term, groups: [] })),
        [],
        maxShapes,
      )

      function search(shape: Shape, queue: readonly Literal[], open: readonly Choice[], limit: number): Shape[] {
        if (steps++ > maxSteps) {
          solver.cut = true
          return []
        }
        const choices = [...open]
        const todo = [...queue].reverse()
        for (let literal = todo.pop(); literal; literal = todo.pop()) {
          if ('add' in literal) {
            literal.add(shape)
            settle(shape)
            if (shape.kinds === 0) {
              solver.conflict = { keyword: literal.keyword, path: literal.node.path }
              return []
            }
            continue
          }
          const key = `${termKey(literal.term)} ${literal.groups.join()}`
          if (shape.seen.has(key)) continue
          shape.seen.add(key)
          const { facts, choices: more } = literal.term.holds
            ? keep(resources, literal.term.node, literal.groups)
            : { facts: [], choices: [breaksOf(literal.term)] }
          todo.push(...[...facts].reverse())
          for (const choice of more) {
            if (choice.options.length === 1) todo.push(...[...(choice.options[0] as readonly Literal[])].reverse())
            else if (choice.options.length === 0) {
              solver.conflict = { keyword: literal.term.way?.at(-1)?.keyword ?? 'not', path: literal.term.node.path }
              return []
            } else choices.push(choice)
          }
        }
        if (choices.length === 0) return [shape]
        const narrowest = choices.reduce(
          (best, choice, i) => (choice.options.length < (choices[best] as Choice).options.length ? i : best),
          0,
        )
        const { options } = choices[narrowest] as Choice
        const rest = choices.filter((_, i) => i !== narrowest)
        const found: Shape[] = []
        const first = limit < options.length ? turn++ : 0
        options.forEach((_, i) => {
          if (found.length >= limit) {
            solver.cut = true
            return
          }
          const option = options[(i + first) % options.length] as readonly Literal[]
          found.push(...search(copyOf(shape), option, rest, Math.max(1, Math.ceil((limit - found.length) / (options.length - i)))))
        })
        return found
      }
    },
  }
  return solver
}
