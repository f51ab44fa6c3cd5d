import type { Judgement } from '../core/check'
import type { Dependence, Follower, Follows, Resource, Step } from '../core/dependence'
import type { Exchange } from '../core/exchange'
import type { Failure } from '../core/finding'
import { isObject, type Json, parseJson, valueAt } from '../core/json'
import type { Operation } from '../core/operation'
import { successSchema } from '../generators/dependences/answers'
import { scalar, valuesFrom } from '../generators/dependences/values'
import { isWhole, itemsOf } from './lists'
import type { OperationPlan } from './plan'
import { type Difference, differences } from './returned'
import { readSent } from './sent'
import { isMarkedRemoved, isNamed, isOf, type Thing } from './things'
import { textOf } from './words'

/** Milliseconds between looks at the same thing: a store may take a moment to show what it has taken. */
const pauses = [50, 100, 200, 400, 1000]
/** The same where the target has said that it acts later. */
const longPauses = [100, 200, 400, 800, 1500, 2000, 2500, 2500]
/** A failure that was seen so often is believed sooner. */
const often = 2

const next: Follows = { what: 'next' }
const end = (judgement: Judgement): Follows => ({ what: 'end', judgement })
const untold = (notReached: string): Follows => end({ failures: [], notes: [], notReached })

const isSuccess = (status: number): boolean => status >= 200 && status < 300
const isAbsent = (status: number): boolean => status === 404 || status === 410

/**
 * Follows sequences of one run: keeps what must be there, and holds each answer against it. An answer for lack of rights, a list that may
 * show a part only, and what the target promises for later are no failures.
 * @param judge of each answer by itself
 */
export function createFollow(
  planOf: (operation: string) => OperationPlan | undefined,
  judge: (exchange: Exchange) => Judgement,
): (resource: Resource) => Follower {
  /** Operations by which something was found: a 404 of theirs is no lack of rights. */
  const finders = new Set<string>()
  const deleters = new Set<string>()
  const failed = new Map<string, number>()

  return (resource) => {
    const things = new Map<number, Thing>()
    let before: readonly Json[] | undefined
    let tries = 0
    const about = thingOf(resource)

    /** Looks again as long as a lawful target may need; then says what is wrong. */
    function patiently(kind: string, isLater: boolean, otherwise: () => Follows): Follows {
      const isKnown = (failed.get(kind) ?? 0) >= (isLater ? 1 : often)
      const all = isKnown ? pauses.slice(0, 2) : isLater ? longPauses : pauses
      const pause = all[tries++]
      if (pause !== undefined) return { what: 'again', pause }
      if (isLater) failed.set(kind, (failed.get(kind) ?? 0) + 1)
      return otherwise()
    }

    function wrong(kind: string, place: string, message: string, expected: string, received: string, promise: string): Follows {
      failed.set(kind, (failed.get(kind) ?? 0) + 1)
      const failure: Failure = {
        check: 'sequence',
        kind,
        place,
        message,
        expected,
        received,
        severity: 'critical',
        promise,
        anywhere: true,
      }
      return end({ failures: [failure], notes: [] })
    }

    /** What is wrong with an answer by itself; else what the sequence says of it. */
    function byItself(exchange: Exchange, otherwise: () => Follows): Follows {
      const judgement = judge(exchange)
      return judgement.failures.length > 0 ? end({ failures: judgement.failures, notes: judgement.notes }) : otherwise()
    }

    const refusedFor = (exchange: Exchange): Follows => {
      const { request } = exchange.case
      return byItself(exchange, () => untold(`${request.method} ${request.target} was answered ${exchange.answer?.status}`))
    }

    function create(step: Step, exchange: Exchange, mark: string | undefined): Follows {
      const status = exchange.answer?.status ?? 0
      if (!isSuccess(status)) return untold(`the create was answered ${status}`)
      things.set(step.thing, { exchange, ...(mark !== undefined ? { mark } : {}), state: 'there', later: status === 202 })
      return next
    }

    function refuse(step: Step, exchange: Exchange, mark: string | undefined): Follows {
      const status = exchange.answer?.status ?? 0
      if (status < 400 || status > 499) return untold(`a create that breaks the document was answered ${status}`)
      if (mark === undefined) return untold('the refused request held no text by which what it leaves is told')
      things.set(step.thing, { exchange, mark, state: 'refused', later: false })
      return next
    }

    function find(step: Step, exchange: Exchange): Follows {
      const thing = things.get(step.thing) as Thing
      const status = exchange.answer?.status ?? 0
      const dependence = resource.find as Dependence
      const operation = dependence.consumer
      const url = `GET ${exchange.case.request.target}`
      if (thing.state === 'removed') {
        if (isAbsent(status)) return next
        if (!isSuccess(status)) return refusedFor(exchange)
        if (isMarkedRemoved(parseJson(exchange.answer?.body))) return untold('what was deleted is kept, and marked so')
        return patiently('still-there', thing.later, () =>
          thing.later
            ? untold('what was to be deleted (202) is still there')
            : wrong(
                'still-there',
                'answer.status',
                `a deleted ${about} is still found: ${url} is answered ${status}`,
                '404 or 410',
                String(status),
                `what DELETE has deleted is gone`,
              ),
        )
      }
      if (isSuccess(status)) {
        finders.add(operation.id)
        return byItself(exchange, () => compare(thing, exchange, dependence))
      }
      if (!isAbsent(status)) return refusedFor(exchange)
      return patiently('not-found', thing.later, () => {
        const isKnown = finders.has(operation.id) || !takesCredential(operation)
        if (thing.later) return untold(`the ${about} was to be created later (202)`)
        if (!isKnown) return untold(`${url} is answered ${status}, which may be for lack of rights`)
        return wrong(
          'not-found',
          'answer.status',
          `a created ${about} is not found: ${url} is answered ${status}`,
          'the documented success',
          String(status),
          `what was created is found`,
        )
      })
    }

    function compare(thing: Thing, exchange: Exchange, dependence: Dependence): Follows {
      const found = parseJson(exchange.answer?.body)
      const wanted = valuesFrom(dependence, thing.exchange) ?? {}
      const [name, source] = Object.entries(dependence.values).at(-1) ?? ['', []]
      const own = source.map((one) => (one.part === 'answer' ? scalar(valueAt(found, one.way)) : undefined)).find((id) => id !== undefined)
      const promise = `what was created is found as it was sent`
      if (own !== undefined && own !== wanted[name])
        return wrong(
          'mixed-up',
          'answer.body',
          `GET ${exchange.case.request.target} answers with another ${about}: ${own}`,
          String(wanted[name]),
          own,
          promise,
        )
      const plan = planOf(exchange.case.operation)
      const [difference] = plan
        ? owedBy(thing, planOf).flatMap((owed) => differences(plan.schemas, successSchema(plan.operation), { ...owed, found }))
        : []
      if (!difference) return next
      if (thing.changed) return patiently('not-changed', thing.later, () => changedOtherwise(thing, difference))
      const { kind, place, sent, received } = difference
      const words =
        kind === 'lost'
          ? `\`${place}\` was sent, and is missing when the ${about} is found`
          : `\`${place}\` is another when the ${about} is found`
      return wrong(`found-${kind}`, `answer.body.${place}`, words, sent, received ?? 'nothing', promise)
    }

    function changedOtherwise({ changed, later }: Thing, { kind, place, sent, received }: Difference): Follows {
      if (later) return untold(`the ${about} was to be changed later (202)`)
      const { method } = (changed as Exchange).case.request
      const words =
        kind === 'lost'
          ? `\`${place}\` is missing when a changed ${about} is found`
          : `\`${place}\` is another when a changed ${about} is found`
      const promise = `what ${method} has changed is found as it was sent`
      return wrong(`changed-${kind}`, `answer.body.${place}`, words, sent, received ?? 'nothing', promise)
    }

    function change(step: Step, exchange: Exchange): Follows {
      const status = exchange.answer?.status ?? 0
      if (!isSuccess(status)) return refusedFor(exchange)
      const thing = things.get(step.thing) as Thing
      if (step.does === 'replace') thing.whole = exchange
      thing.changed = exchange
      thing.later ||= status === 202
      return byItself(exchange, () => next)
    }

    function remove(step: Step, exchange: Exchange): Follows {
      const status = exchange.answer?.status ?? 0
      const operation = (resource.remove as Dependence).consumer
      if (isAbsent(status) && deleters.has(operation.id))
        return patiently('not-deleted', false, () =>
          wrong(
            'not-found',
            'answer.status',
            `a created ${about} is not found: DELETE ${exchange.case.request.target} is answered ${status}`,
            'the documented success',
            String(status),
            'what was created is there until it is deleted itself',
          ),
        )
      if (!isSuccess(status)) return refusedFor(exchange)
      const thing = things.get(step.thing) as Thing
      deleters.add(operation.id)
      thing.state = 'removed'
      thing.later = status === 202
      return byItself(exchange, () => next)
    }

    function list(exchange: Exchange): Follows {
      const { answer, case: of } = exchange
      if (!isSuccess(answer?.status ?? 0)) return refusedFor(exchange)
      const plan = planOf(of.operation)
      const received = parseJson(exchange.answer?.body)
      const items = plan && itemsOf(received, plan.operation, plan.schemas)
      if (!items) return untold('the answer holds no list')
      for (const thing of things.values()) {
        const told = listed(thing, items, exchange, plan.operation, received)
        if (told) return told
      }
      before ??= items
      tries = 0
      return next
    }

    function listed(
      thing: Thing,
      items: readonly Json[],
      exchange: Exchange,
      operation: Operation,
      received: Json | undefined,
    ): Follows | undefined {
      const own = items.find((item) => isOf(item, thing, resource))
      const url = `GET ${exchange.case.request.target}`
      if (thing.state === 'refused') {
        const text = JSON.stringify(thing.mark)
        const left = items.find((item) => textOf(item).includes(text) && !before?.some((old) => textOf(old).includes(text)))
        return left === undefined
          ? undefined
          : wrong(
              'left-behind',
              'answer.body',
              `a create that was refused (${thing.exchange.answer?.status}) has left a ${about} in ${url}`,
              'nothing of the refused request',
              shortened(left),
              'a refused create leaves nothing',
            )
      }
      if (thing.state === 'removed') {
        if (own === undefined || isMarkedRemoved(own)) return undefined
        return patiently('still-there', thing.later, () =>
          thing.later
            ? untold('what was to be deleted (202) is still in the list')
            : wrong(
                'still-there',
                'answer.body',
                `a deleted ${about} is still in the list: ${url}`,
                `a list without it`,
                shortened(own),
                'what DELETE has deleted is gone',
              ),
        )
      }
      if (own !== undefined) {
        return undefined
      }
      return patiently('not-listed', thing.later, () => {
        if (thing.later) return untold(`the ${about} was to be created later (202)`)
        if (!isNamed(thing, resource)) return untold(`nothing tells the ${about} in the list`)
        if (!isWhole(exchange, received, items, operation, before)) return untold('the list may show a part only')
        return wrong(
          'not-listed',
          'answer.body',
          `a created ${about} is not in the list: ${url}`,
          `a list that holds it`,
          `${items.length} others`,
          'what was created is in the list',
        )
      })
    }

    return {
      params({ does, thing }) {
        const dependence = does === 'create' || does === 'refuse' || does === 'list' ? undefined : resource[does]
        if (!dependence) return {}
        const made = things.get(thing)
        return made && valuesFrom(dependence, made.exchange)
      },
      take(step, exchange, mark) {
        if (!exchange.answer || exchange.notReached !== undefined) return end(judge(exchange))
        const follows =
          step.does === 'create'
            ? create(step, exchange, mark)
            : step.does === 'refuse'
              ? refuse(step, exchange, mark)
              : step.does === 'find'
                ? find(step, exchange)
                : step.does === 'replace' || step.does === 'patch'
                  ? change(step, exchange)
                  : step.does === 'remove'
                    ? remove(step, exchange)
                    : list(exchange)
        if (follows.what !== 'again') tries = 0
        return follows
      },
    }
  }
}

/** What was sent and answered last of each member: a PATCH leaves the others as they were made. */
function owedBy(
  { exchange, whole = exchange, changed }: Thing,
  planOf: (operation: string) => OperationPlan | undefined,
): readonly { readonly sent: readonly Json[]; readonly answered: Json | undefined }[] {
  const of = ({ case: made, answer }: Exchange) => ({
    sent: readSent(made.request, planOf(made.operation)?.form).readings,
    answered: parseJson(answer?.body),
  })
  const latest = of(changed ?? exchange)
  if (changed?.case.request.method !== 'PATCH') return [latest]
  const first = of(whole)
  const touched = new Set(latest.sent.filter(isObject).flatMap(Object.keys))
  const untouched = (object: Readonly<Record<string, Json>>) => Object.entries(object).filter(([name]) => !touched.has(name))
  return [latest, { ...first, sent: first.sent.filter(isObject).map((object) => Object.fromEntries(untouched(object))) }]
}

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
  parameters.some(({ name, in: part, credential }) => credential !== undefined || (part === 'header' && /auth|token|api-?key/i.test(name)))
