import type { Resource } from '../core/dependence'
import type { Exchange } from '../core/exchange'
import { isObject, type Json, parseJson, valueAt } from '../core/json'
import { scalar } from '../generators/dependences/values'
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
