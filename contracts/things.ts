import type { Resource } from '../core/dependence'
import { type Exchange, header } from '../core/exchange'
import { isObject, type Json, parseJson, valueAt } from '../core/json'
import { wrappers } from '../generators/dependences/answers'
import { scalar, valuesFrom } from '../generators/dependences/values'
import type { OperationPlan } from './plan'
import { readSent } from './sent'
import { textOf } from './words'

/** Something that a sequence has created, or was refused. */
export interface Thing {
  readonly exchange: Exchange
  /** The latest request that replaced it whole. */
  whole?: Exchange
  /** The latest request that changed it. */
  changed?: Exchange
  readonly mark?: string
  state: 'there' | 'removed' | 'refused'
  /** The target said that it would act later (202). */
  later: boolean
}

/** Wrappers within wrappers that are looked into. */
const deepest = 8

/** Deleted things may be kept and say so. */
export function isMarkedRemoved(value: Json | undefined, depth = 0): boolean {
  if (!isObject(value) || depth > deepest) return false
  return Object.entries(value).some(
    ([name, inner]) =>
      (/delet|remov|archiv|terminat/i.test(name) && inner !== null && inner !== false && inner !== '') ||
      (typeof inner === 'string' && /^(deleted|deleting|removed|removing|archived|terminat(ed|ing)|cancell?ed)$/i.test(inner)) ||
      (/^(status|state|data|metadata|result)$/i.test(name) && isMarkedRemoved(inner, depth + 1)),
  )
}

const isMarked = ({ exchange, mark }: Thing): boolean =>
  mark !== undefined && textOf(parseJson(exchange.answer?.body) ?? null).includes(JSON.stringify(mark))

/** Whether an item of a list is the thing: it holds the text that this thing alone was sent with, or its id where the create has it. */
export function isOf(item: Json, thing: Thing, resource: Resource): boolean {
  if (thing.mark !== undefined && textOf(item).includes(JSON.stringify(thing.mark))) return true
  return idsOf(thing, resource).some(({ way, id }) => scalar(valueAt(item, way)) === id || scalar(valueAt(item, way.slice(-1))) === id)
}

/** Whether a list tells the thing from others. */
export const isNamed = (thing: Thing, resource: Resource): boolean => isMarked(thing) || idsOf(thing, resource).length > 0

function idsOf({ exchange }: Thing, { find, remove }: Resource): readonly { readonly way: readonly string[]; readonly id: string }[] {
  const received = parseJson(exchange.answer?.body)
  const sources = [find, remove].flatMap((dependence) => Object.values(dependence?.values ?? {}).flat())
  return sources.flatMap((source) => {
    const id = source.part === 'answer' ? scalar(valueAt(received, source.way)) : undefined
    return source.part === 'answer' && id !== undefined ? [{ way: source.way, id }] : []
  })
}

/** What a thing is found or deleted by, where its create has named it so. */
export function chosenId({ find, remove }: Resource, exchange: Exchange): string | undefined {
  const dependence = find ?? remove
  const values = dependence && valuesFrom(dependence, exchange)
  const [own, sources = []] = Object.entries(dependence?.values ?? {}).at(-1) ?? []
  const sent = readSent(exchange.case.request).json
  const isChosen = sources.some(
    (source) =>
      source.part === 'body' ||
      (source.part === 'answer' && scalar(valueAt(sent, source.way)) === values?.[own as string]) ||
      (source.part === 'member' && source.names.some((name) => scalar(valueAt(sent, [name])) === values?.[own as string])),
  )
  return values && isChosen ? JSON.stringify(values) : undefined
}

/** What was sent and answered last of each member: a PATCH leaves the others as they were made. */
export function owedBy(
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
  const named = latest.sent.filter(isObject)
  const type = header(changed.case.request, 'content-type') ?? ''
  return [latest, { ...first, sent: first.sent.filter(isObject).map((object) => unnamed(object, named, mergesWithin(type))) }]
}

/** Within which members a patch leaves what it does not name: all of a merge patch (RFC 7396), those of JSON:API (1.1, 9.2), else an envelope. */
function mergesWithin(type: string): (name: string, object: object) => boolean {
  if (/merge-patch\+json/i.test(type)) return () => true
  if (/vnd\.api\+json/i.test(type)) return (name) => name === 'data' || name === 'attributes'
  return (name, object) => wrappers.test(name) && Object.keys(object).length === 1
}

/** What is in an object, and none of the others names. */
function unnamed(
  object: Readonly<Record<string, Json>>,
  others: readonly Readonly<Record<string, Json>>[],
  goesWithin: ReturnType<typeof mergesWithin>,
): Record<string, Json> {
  const left = Object.entries(object).flatMap(([name, value]): [string, Json][] => {
    const twins = others.flatMap((other) => (Object.hasOwn(other, name) ? [other[name] as Json] : []))
    if (twins.length === 0) return [[name, value]]
    // Null, or a value of another kind, takes the place of all there was.
    const inner = isObject(value) && twins.every(isObject) && goesWithin(name, object) ? unnamed(value, twins, goesWithin) : {}
    return Object.keys(inner).length > 0 ? [[name, inner]] : []
  })
  return Object.fromEntries(left)
}
