import type { Judgement } from '../core/check'
import type { Dependence, Follower, Follows, Resource, Step } from '../core/dependence'
import type { Answer, Exchange } from '../core/exchange'
import type { Failure } from '../core/finding'
import { type Json, parseJson, valueAt } from '../core/json'
import type { Operation } from '../core/operation'
import { successSchema } from '../generators/dependences/answers'
import { scalar, valuesFrom } from '../generators/dependences/values'
import { takesIds } from '../generators/naming'
import { isWhole, itemsOf } from './lists'
import type { OperationPlan } from './plan'
import { type Difference, differences } from './returned'
import { chosenId, isMarkedRemoved, isNamed, isOf, owedBy, type Thing } from './things'
import { textOf } from './words'

/** Milliseconds between looks at the same thing: a store may take a moment to show what it has taken. */
const pauses = [50, 100, 200, 400, 1000]
/** The same where the target has said that it acts later. */
const longPauses = [100, 200, 400, 800, 1500, 2000, 2500, 2500]
/** A failure that was seen so often is believed sooner. */
const often = 2

const promised = 'what was created is found as it was sent'

/** What all sequences of a run share. */
interface Run {
  readonly planOf: (operation: string) => OperationPlan | undefined
  readonly judge: (exchange: Exchange) => Judgement
  /** Operations by which something was found: a 404 of theirs is no lack of rights. */
  readonly finders: Set<string>
  readonly deleters: Set<string>
  /** How often each kind of failure was seen. */
  readonly failed: Map<string, number>
}

/** One sequence. */
interface Walk extends Run {
  readonly resource: Resource
  /** What the resource is called. */
  readonly about: string
  readonly things: Map<number, Thing>
  /** The items of the first list. */
  before?: readonly Json[]
  /** Looks at the same thing so far. */
  tries: number
}

type Answered = Exchange & { readonly answer: Answer }
type Take = (walk: Walk, exchange: Answered, step: Step, mark: string | undefined) => Follows

/**
 * Follows sequences of one run: keeps what must be there, and holds each answer against it. An answer for lack of rights, a list that may
 * show a part only, and what the target promises for later are no failures.
 * @param judge of each answer by itself
 */
export function createFollow(planOf: Run['planOf'], judge: Run['judge']): (resource: Resource) => Follower {
  const run: Run = { planOf, judge, finders: new Set(), deleters: new Set(), failed: new Map() }
  return (resource) => {
    const walk: Walk = { ...run, resource, about: thingOf(resource), things: new Map(), tries: 0 }
    return {
      params({ does, thing }) {
        const dependence = does === 'create' || does === 'refuse' || does === 'list' ? undefined : resource[does === 'miss' ? 'find' : does]
        if (!dependence) return {}
        const made = walk.things.get(thing)
        const values = made && valuesFrom(dependence, made.exchange)
        const own = Object.keys(dependence.values).at(-1)
        return does === 'miss' && own !== undefined && values?.[own] !== undefined ? { ...values, [own]: otherId(values[own]) } : values
      },
      take(step, exchange, mark) {
        if (!exchange.answer || exchange.notReached !== undefined) return end(ofItself(judge, exchange))
        const follows = takes[step.does](walk, exchange as Answered, step, mark)
        if (follows.what !== 'again') walk.tries = 0
        return follows
      },
    }
  }
}

const takes: Readonly<Record<Step['does'], Take>> = {
  create({ planOf, things, resource }, exchange, { thing }, mark) {
    const { status } = exchange.answer
    if (!isSuccess(status)) return untold(`the create was answered ${status}`)
    const { find, replace, patch, remove } = resource
    for (const dependence of [find, replace, patch, remove]) {
      const plan = dependence && planOf(dependence.consumer.id)
      if (plan && !takesIds(plan.operation, plan.schemas, valuesFrom(dependence, exchange) ?? {}))
        return untold(`the create gave an id that ${dependence.consumer.path} does not take`)
    }
    const chosen = chosenId(resource, exchange)
    if (chosen !== undefined && [...things].some(([other, made]) => other !== thing && chosenId(resource, made.exchange) === chosen))
      return untold('two creates named what they make alike')
    things.set(thing, { exchange, ...(mark !== undefined ? { mark } : {}), state: 'there', later: status === 202 })
    return next
  },

  refuse({ things }, exchange, { thing }, mark) {
    const { status } = exchange.answer
    if (status < 400 || status > 499) return untold(`a create that breaks the document was answered ${status}`)
    if (mark === undefined) return untold('the refused request held no text by which what it leaves is told')
    things.set(thing, { exchange, mark, state: 'refused', later: false })
    return next
  },

  find(walk, exchange, step) {
    const thing = walk.things.get(step.thing) as Thing
    return thing.state === 'removed' ? findRemoved(walk, exchange, thing) : findThere(walk, exchange, thing)
  },

  miss(walk, exchange) {
    const { status } = exchange.answer
    return isAbsent(status) ? absent(walk, exchange) : untold(`${urlOf(exchange)}, which nobody made, was answered ${status}`)
  },

  replace: change,
  patch: change,

  remove(walk, exchange, step) {
    const { deleters, resource, things } = walk
    const { status } = exchange.answer
    const operation = (resource.remove as Dependence).consumer
    if (isAbsent(status) && (deleters.has(operation.id) || isFound(walk, exchange, operation))) return missed(walk, exchange, 'not-deleted')
    if (!isSuccess(status)) return refusedFor(walk, exchange)
    const thing = things.get(step.thing) as Thing
    deleters.add(operation.id)
    thing.state = 'removed'
    thing.later = status === 202
    return byItself(walk, exchange, () => next)
  },

  list(walk, exchange) {
    const { answer, case: of } = exchange
    if (!isSuccess(answer.status)) return refusedFor(walk, exchange)
    const plan = walk.planOf(of.operation)
    const received = parseJson(answer.body)
    const items = plan && itemsOf(received, plan.operation, plan.schemas)
    if (!items) return untold('the answer holds no list')
    const isComplete = () => isWhole(exchange, received, items, plan.operation, walk.before)
    for (const thing of walk.things.values()) {
      const told = listed(walk, exchange, thing, items, isComplete)
      if (told) return told
    }
    walk.before ??= items
    walk.tries = 0
    return next
  },
}

/** Things like it are found, and nobody is kept from the operation: what it does not find is there. */
const isFound = ({ finders, resource }: Walk, { case: { request } }: Exchange, operation: Operation): boolean =>
  resource.find !== undefined &&
  finders.has(resource.find.consumer.id) &&
  !takesCredential(operation) &&
  !request.headers.some(([name]) => credentialed.test(name))

const missed = (walk: Walk, exchange: Answered, kind: string): Follows =>
  patiently(walk, kind, false, () =>
    wrong(walk, {
      kind: 'not-found',
      place: 'answer.status',
      message: `a created ${walk.about} is not found: ${urlOf(exchange)} is answered ${exchange.answer.status}`,
      expected: 'the documented success',
      received: String(exchange.answer.status),
      promise: 'what was created is there until it is deleted itself',
    }),
  )

function findRemoved(walk: Walk, exchange: Answered, thing: Thing): Follows {
  const { status, body } = exchange.answer
  if (isAbsent(status)) return absent(walk, exchange)
  if (!isSuccess(status)) return refusedFor(walk, exchange)
  if (isMarkedRemoved(parseJson(body))) return untold('what was deleted is kept, and marked so')
  return patiently(walk, 'still-there', thing.later && 'what was to be deleted (202) is still there', () =>
    wrong(walk, {
      kind: 'still-there',
      place: 'answer.status',
      message: `a deleted ${walk.about} is still found: ${urlOf(exchange)} is answered ${status}`,
      expected: '404 or 410',
      received: String(status),
      promise: 'what DELETE has deleted is gone',
    }),
  )
}

function findThere(walk: Walk, exchange: Answered, thing: Thing): Follows {
  const { about, finders, resource } = walk
  const { status } = exchange.answer
  const { consumer } = resource.find as Dependence
  if (isSuccess(status)) {
    finders.add(consumer.id)
    return byItself(walk, exchange, () => compare(walk, exchange, thing))
  }
  if (!isAbsent(status)) return refusedFor(walk, exchange)
  return patiently(walk, 'not-found', thing.later && `the ${about} was to be created later (202)`, () => {
    const url = urlOf(exchange)
    if (!finders.has(consumer.id) && takesCredential(consumer))
      return untold(`${url} is answered ${status}, which may be for lack of rights`)
    return wrong(walk, {
      kind: 'not-found',
      place: 'answer.status',
      message: `a created ${about} is not found: ${url} is answered ${status}`,
      expected: 'the documented success',
      received: String(status),
      promise: 'what was created is found',
    })
  })
}

/** Whether what was found is the thing, as it was sent. */
function compare(walk: Walk, exchange: Answered, thing: Thing): Follows {
  const { about, planOf, resource } = walk
  const dependence = resource.find as Dependence
  const found = parseJson(exchange.answer.body)
  const wanted = valuesFrom(dependence, thing.exchange) ?? {}
  const [name, source] = Object.entries(dependence.values).at(-1) ?? ['', []]
  const own = source.map((one) => (one.part === 'answer' ? scalar(valueAt(found, one.way)) : undefined)).find((id) => id !== undefined)
  if (own !== undefined && own !== wanted[name])
    return wrong(walk, {
      kind: 'mixed-up',
      place: 'answer.body',
      message: `${urlOf(exchange)} answers with another ${about}: ${own}`,
      expected: String(wanted[name]),
      received: own,
      promise: promised,
    })
  const plan = planOf(exchange.case.operation)
  const [difference] = plan
    ? owedBy(thing, planOf).flatMap((owed) => differences(plan.schemas, successSchema(plan.operation), { ...owed, found }))
    : []
  if (!difference) return next
  const otherwise = () => foundOtherwise(walk, thing, difference)
  return thing.changed
    ? patiently(walk, 'not-changed', thing.later && `the ${about} was to be changed later (202)`, otherwise)
    : otherwise()
}

function foundOtherwise(walk: Walk, { changed }: Thing, { kind, place, sent, received = 'nothing' }: Difference): Follows {
  const lost = changed ? 'is missing' : 'was sent, and is missing'
  return wrong(walk, {
    kind: `${changed ? 'changed' : 'found'}-${kind}`,
    place: `answer.body.${place}`,
    message: `\`${place}\` ${kind === 'lost' ? lost : 'is another'} when ${changed ? 'a changed' : 'the'} ${walk.about} is found`,
    expected: sent,
    received,
    promise: changed ? `what ${changed.case.request.method} has changed is found as it was sent` : promised,
  })
}

function change(walk: Walk, exchange: Answered, step: Step): Follows {
  const { status } = exchange.answer
  const dependence = walk.resource[step.does === 'replace' ? 'replace' : 'patch'] as Dependence
  if (isAbsent(status) && isFound(walk, exchange, dependence.consumer)) return missed(walk, exchange, 'not-changeable')
  if (!isSuccess(status)) return refusedFor(walk, exchange)
  const thing = walk.things.get(step.thing) as Thing
  if (step.does === 'replace') thing.whole = exchange
  thing.changed = exchange
  thing.later ||= status === 202
  return byItself(walk, exchange, () => next)
}

/** What a list says of one thing; undefined: it shows it as it must. */
function listed(walk: Walk, exchange: Answered, thing: Thing, items: readonly Json[], isComplete: () => boolean): Follows | undefined {
  const { about, before, resource } = walk
  const url = urlOf(exchange)
  if (thing.state === 'refused') {
    const text = JSON.stringify(thing.mark)
    const left = items.find((item) => textOf(item).includes(text) && !before?.some((old) => textOf(old).includes(text)))
    if (left === undefined) return undefined
    return wrong(walk, {
      kind: 'left-behind',
      place: 'answer.body',
      message: `a create that was refused (${thing.exchange.answer?.status}) has left a ${about} in ${url}`,
      expected: 'nothing of the refused request',
      received: shortened(left),
      promise: 'a refused create leaves nothing',
    })
  }
  const own = items.find((item) => isOf(item, thing, resource))
  if (thing.state === 'removed') {
    if (own === undefined || isMarkedRemoved(own)) return undefined
    return patiently(walk, 'still-there', thing.later && 'what was to be deleted (202) is still in the list', () =>
      wrong(walk, {
        kind: 'still-there',
        place: 'answer.body',
        message: `a deleted ${about} is still in the list: ${url}`,
        expected: 'a list without it',
        received: shortened(own),
        promise: 'what DELETE has deleted is gone',
      }),
    )
  }
  if (own !== undefined) return undefined
  return patiently(walk, 'not-listed', thing.later && `the ${about} was to be created later (202)`, () => {
    if (!isNamed(thing, resource)) return untold(`nothing tells the ${about} in the list`)
    if (!isComplete()) return untold('the list may show a part only')
    return wrong(walk, {
      kind: 'not-listed',
      place: 'answer.body',
      message: `a created ${about} is not in the list: ${url}`,
      expected: 'a list that holds it',
      received: `${items.length} others`,
      promise: 'what was created is in the list',
    })
  })
}

/**
 * Looks again as long as a lawful target may need; then says what is wrong.
 * @param later what the target has said that it does later, which is not held against it
 */
function patiently(walk: Walk, kind: string, later: string | false, otherwise: () => Follows): Follows {
  const isKnown = (walk.failed.get(kind) ?? 0) >= (later ? 1 : often)
  const all = isKnown ? pauses.slice(0, 2) : later ? longPauses : pauses
  const pause = all[walk.tries++]
  if (pause !== undefined) return { what: 'again', pause }
  if (!later) return otherwise()
  count(walk, kind)
  return untold(later)
}

function wrong(walk: Walk, found: Pick<Failure, 'kind' | 'place' | 'message' | 'expected' | 'received' | 'promise'>): Follows {
  count(walk, found.kind)
  return end({ failures: [{ check: 'sequence', ...found, severity: 'critical', anywhere: true }], notes: [] })
}

const count = ({ failed }: Run, kind: string) => failed.set(kind, (failed.get(kind) ?? 0) + 1)

/** What is wrong with an answer by itself; else what the sequence says of it. */
function byItself({ judge }: Run, exchange: Exchange, otherwise: () => Follows): Follows {
  const judgement = ofItself(judge, exchange)
  if (judgement.failures.length > 0) return end(judgement)
  const follows = otherwise()
  return follows.what === 'next' && judgement.held ? { ...follows, held: judgement.held } : follows
}

/** That something is not there is told as documented: where others are found by the same operation, no gateway says so in its place. */
const absent = (run: Run, exchange: Answered): Follows =>
  byItself(
    run,
    { ...exchange, case: { ...exchange.case, owes: { success: 'forbidden', clientError: 'documented', absent: true } } },
    () => next,
  )

function ofItself(judge: Run['judge'], exchange: Exchange): Judgement {
  const judgement = judge(exchange)
  const { operation } = exchange.case
  return { ...judgement, failures: judgement.failures.map((failure) => ({ ...failure, operation })) }
}

const refusedFor = (run: Run, exchange: Answered): Follows =>
  byItself(run, exchange, () => untold(`${urlOf(exchange)} was answered ${exchange.answer.status}`))

/** An id of the same form that nobody is likely to have. What stands at its beginning, such as the version of a UUID, belongs to the form. */
const otherId = (id: string): string =>
  /^\d+$/.test(id)
    ? String(BigInt(id) + 1_000_000n)
    : id.replace(/[0-9a-f](?=.{0,7}$)/gi, (c) => ({ 9: '0', f: 'a', F: 'A' })[c] ?? String.fromCharCode(c.charCodeAt(0) + 1))

const urlOf = ({ case: { request } }: Exchange): string => `${request.method} ${request.target}`

const next: Follows = { what: 'next' }
const end = (judgement: Judgement): Follows => ({ what: 'end', judgement })
const untold = (notReached: string): Follows => end({ failures: [], notes: [], notReached })

const isSuccess = (status: number): boolean => status >= 200 && status < 300
const isAbsent = (status: number): boolean => status === 404 || status === 410

/** What the resource is called, by its path. */
function thingOf({ create }: Resource): string {
  const noun =
    create.path
      .split('/')
      .filter((part) => part !== '' && !part.startsWith('{'))
      .at(-1) ?? 'thing'
  return /[^s]s$/.test(noun) ? noun.slice(0, -1) : `one of ${noun}`
}

const shortened = (value: Json): string => textOf(value).slice(0, 200)

/** An operation that takes a credential may hide what it does not let see (RFC 9110, 15.5.5). */
const takesCredential = ({ parameters }: Operation): boolean =>
  parameters.some(({ name, in: part, credential }) => credential !== undefined || (part === 'header' && credentialed.test(name)))

/** Headers by which callers prove who they are, also where the document names none. */
const credentialed = /auth|token|api-?key|cookie/i
