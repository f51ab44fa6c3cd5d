import { parseTree, type Node as TreeNode } from 'jsonc-parser'
import { isObject, type Json, jsonType } from '../../core/json'
import { errorReply, htmlReply } from '../replies'
import type { Call, Hooks, MaybePromise, Problem, Reply } from '../stages'

/** A copy with the member at a path changed; `undefined` leaves it out. Where the way ends before, nothing changes. */
export function changeAt(value: unknown, path: readonly string[], change: (value: unknown) => unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return change(value)
  if (!isObject(value)) return value
  const { [name]: old, ...others } = value
  const changed = changeAt(old, rest, change)
  // Spread over the old object, a member keeps its place in the order.
  return changed === undefined ? others : { ...value, [name]: changed }
}

/** The JSON type of a value, with numbers told apart. */
export function kindOf(value: unknown): 'null' | 'boolean' | 'integer' | 'fraction' | 'string' | 'array' | 'object' | 'undefined' {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction'
  return jsonType(value) as 'null'
}

/** Every string of a value, with member names, down to a depth that no honest payload reaches. */
export function* strings(value: unknown, depth = 8): Generator<string> {
  if (typeof value === 'string') yield value
  if (typeof value !== 'object' || value === null || depth === 0) return
  for (const [name, member] of Object.entries(value)) {
    yield name
    yield* strings(member, depth - 1)
  }
}

/** The deepest nesting of a JSON text. */
export function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (const [bracket] of text.replace(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

/** Whether an object of a JSON text holds a name twice. Texts that are too long or too deep to look at do not. */
export function hasTwice(text: string): boolean {
  if (text.length > 100_000 || depthOf(text) > 100) return false
  const tree = parseTree(text)
  return tree !== undefined && nodeHasTwice(tree)
}

function nodeHasTwice({ type, children = [] }: TreeNode): boolean {
  const keys = type === 'object' ? children.map((property) => property.children?.[0]?.value) : []
  return new Set(keys).size < keys.length || children.some(nodeHasTwice)
}

export const isAt = (problem: Problem, place: string): boolean => problem.place === place || problem.place.startsWith(`${place}.`)

const documented = new Set(['type', 'required', 'json'])
/** Whether a problem breaks an assumption, and nothing that the documentation states. */
export const isAssumed = ({ keyword }: Problem): boolean => !documented.has(keyword)

/** Validation that overlooks some problems. */
export const overlook = (test: (problem: Problem, value: unknown, call: Call) => boolean): Hooks => ({
  validate: (next) => (value, call) => next(value, call).filter((problem) => !test(problem, value, call)),
})

/** Values changed before they are validated, as a binder to types does. */
export const bind = (change: (value: unknown, call: Call) => unknown): Hooks => ({
  bind: (next) => (value, call) => next(change(value, call), call),
})

/** One member changed before it is validated. */
export const bindAt = (path: readonly string[], change: (value: unknown) => unknown): Hooks =>
  bind((value) => changeAt(value, path, (v) => (v === undefined ? v : change(v))))

/** Further values refused with the documented error. */
export const refuseWhen = (place: string, test: (value: unknown, call: Call) => boolean): Hooks => ({
  validate: (next) => (value, call) => (test(value, call) ? [{ place, keyword: 'format', message: 'is not allowed' }] : next(value, call)),
})

/** The success's body changed. */
export const answer = (change: (task: unknown, call: Call) => unknown): Hooks => ({
  succeed: (next) => (task, call) => next(change(task, call) as Json, call),
})

/** One member of the success's body changed, where it is there. */
export const answerAt = (path: readonly string[], change: (value: unknown) => unknown): Hooks =>
  answer((task) => changeAt(task, path, (value) => (value === undefined ? value : change(value))))

/** The success as a reply changed. */
export const success = (change: (reply: Reply, call: Call) => Reply): Hooks => ({
  succeed: (next) => (task, call) => change(next(task, call), call),
})

/** The documented error as a reply changed, for problems that pass the test. */
export const refusal = (
  change: (reply: Reply, problems: readonly Problem[], call: Call) => Reply,
  test: (problems: readonly Problem[]) => boolean = () => true,
): Hooks => ({
  refuse: (next) => (problems, call) => (test(problems) ? change(next(problems, call), problems, call) : next(problems, call)),
})

export const isMalformed = (problems: readonly Problem[]): boolean => problems.some(({ keyword }) => keyword === 'json')

/** A reply changed, now or once it is there. */
export const settled = (made: MaybePromise<Reply>, change: (reply: Reply) => Reply): MaybePromise<Reply> =>
  made instanceof Promise ? made.then(change) : change(made)

/** Every answer changed in the end. */
export const anyReply = (change: (reply: Reply, call: Call) => Reply): Hooks => ({
  receive: (next) => (call) => settled(next(call), (reply) => change(reply, call)),
})

/** The request answered otherwise, before anything looks at it, where a test says so. */
export const intercept = (make: (call: Call) => Reply | undefined): Hooks => ({ receive: (next) => (call) => make(call) ?? next(call) })

/** The parsed value answered otherwise, before it is validated. */
export const interceptValue = (test: (value: unknown, call: Call) => boolean, reply: Reply): Hooks => ({
  perform: (next, stages) => (call) => {
    let value: unknown
    try {
      value = stages.parse(stages.decode(call.body, call), call)
    } catch {
      return next(call)
    }
    return test(value, call) ? reply : next(call)
  },
})

const nothing = { status: 0, headers: {}, body: Buffer.alloc(0) }
/** The ways in which servers fail where they should have answered. */
export const internal = errorReply(500, 'ASM.01010000', 'Internal error')
export const internalPage = htmlReply(500, 'Internal Server Error')
export const drop: Reply = { ...nothing, write: (_, __, call) => call.request.socket.destroy() }
export const hang: Reply = { ...nothing, write() {} }

export const parseBody = (reply: Reply): unknown => JSON.parse(reply.body.toString('utf8'))
export const withBody = (reply: Reply, body: string | Buffer): Reply => ({
  ...reply,
  body: typeof body === 'string' ? Buffer.from(body) : body,
})
export const withType = (reply: Reply, type: string): Reply => ({ ...reply, headers: { ...reply.headers, 'Content-Type': type } })
export const withoutType = ({ headers: { 'Content-Type': _, ...headers }, ...reply }: Reply): Reply => ({ ...reply, headers })

/** True for one call in `n`, at a place in each `n` that looks random and is the same in each server. */
export function oneIn(n: number): () => boolean {
  let state = 20_250_101
  let count = 0
  let chosen = 0
  return () => {
    if (count % n === 0) {
      // Park and Miller's minimal generator.
      state = (state * 48_271) % 2_147_483_647
      chosen = count + (state % n)
    }
    return count++ === chosen
  }
}

/** True from the `n`-th call on. */
export function after(n: number): () => boolean {
  let count = 0
  return () => ++count > n
}

/** A fulfilled promise after so many milliseconds. */
export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds).unref())
