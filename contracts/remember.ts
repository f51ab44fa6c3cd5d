import type { WireRequest } from '../core/case'
import { isObject, type Json } from '../core/json'
import type { Context } from './context'
import { internalsIn } from './internals'
import type { SentMemory } from './memory'
import type { EchoNode } from './plan'
import { nearMisses } from './secrets'
import { readSent } from './sent'

/**
 * Takes one exchange into the memory of what was sent: members that an answer would echo, what a server fills in by itself,
 * texts that look like a leak, and tokens that are not the real ones.
 */
export function rememberSent(context: Context, memory: SentMemory, real: readonly string[]): void {
  const { plan, sent, kind, body } = context
  const { request } = context.case
  const node = plan?.echo ?? plan?.sent
  if (node) for (const reading of sent.readings) memory.addSent(node, reading)
  if (plan?.echo) {
    if (kind === 'success' && sent.readings.length > 0) rememberFills(plan.echo, sent.readings, body.json, memory)
  }
  for (const token of nearMisses(request, real)) memory.addToken(token)
}

/** What looks like a leak is remembered before it is sent: the answer to a concurrent request may hold it already. */
export function rememberOddities(request: WireRequest, memory: SentMemory): void {
  rememberLine(request.target, memory)
  for (const [, value] of request.headers) rememberLine(value, memory)
  const { json, text } = readSent(request)
  if (isSuspicious(text)) rememberSuspicious(json, text, memory)
}

/** Targets and header values are mostly those of the request before: of the latest it is known that nothing is odd. */
const plainLines = new Set<string>()
const maxPlainLines = 64

function rememberLine(text: string, memory: SentMemory): void {
  if (plainLines.has(text)) return
  if (isSuspicious(text)) {
    memory.addSuspicious(text)
    return
  }
  if (plainLines.size >= maxPlainLines) plainLines.clear()
  plainLines.add(text)
}

const isSuspicious = (text: string): boolean => internalsIn(text).length > 0

/** The texts of a body that look like a leak; where none does alone, the whole. */
function rememberSuspicious(json: Json | undefined, text: string, memory: SentMemory): void {
  const found = textsOf(json, 0).filter(isSuspicious)
  for (const one of found.length > 0 ? found : [text]) memory.addSuspicious(one)
}

function textsOf(value: Json | undefined, depth: number): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || depth > 20) return []
  if (Array.isArray(value)) return value.slice(0, 100).flatMap((item) => textsOf(item, depth + 1))
  return Object.entries(value)
    .slice(0, 100)
    .flatMap(([key, member]) => [key, ...textsOf(member, depth + 1)])
}

function rememberFills(node: EchoNode, sent: readonly Json[], received: Json | undefined, memory: SentMemory): void {
  if (!isObject(received)) return
  for (const member of node.members) {
    const { name } = member
    const isThere = Object.hasOwn(received, name)
    if (!sent.some((one) => isObject(one) && Object.hasOwn(one, name))) memory.addFill(member.place, isThere ? received[name] : undefined)
    else if (isThere && member.members.length > 0) {
      const twins = sent.flatMap((one) => (isObject(one) && Object.hasOwn(one, name) ? [one[name] as Json] : []))
      rememberFills(member, twins, received[name], memory)
    }
  }
}
