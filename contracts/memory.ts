import type { Json } from '../core/json'
import { createHashSet } from './hashSet'
import type { EchoNode } from './plan'

/** What the run has sent so far, as far as later answers are compared with it. Bounded, whatever is sent. */
export interface SentMemory {
  /** Takes the members that an answer would echo. */
  addSent(node: EchoNode, value: Json): void
  /** Whether some request sent this value at this place. */
  wasSent(place: string, value: Json): boolean
  /** Takes what an answer holds at a place where the request sent nothing, undefined if nothing: the first is taken for the server's default. */
  addFill(place: string, value: Json | undefined): void
  fill(place: string): Json | undefined
  /** Whether the server fills nothing in there, as the first answer showed. */
  isLeftOut(place: string): boolean
  /** Sent texts that look like a leak themselves. */
  readonly suspicious: readonly string[]
  addSuspicious(text: string): void
  /** Tokens sent that are not the real ones. */
  readonly otherTokens: ReadonlySet<string>
  addToken(token: string): void
}

const maxSuspicious = 1000
/** Longer texts are not held. */
const longestRecent = 200
const maxTextLength = 4000

const isInner = (value: Json): boolean => typeof value === 'object' && value !== null

/** The two latest values of one place: they are in the memory. */
interface Recent {
  first: Json
  second: Json
}

export function createSentMemory(): SentMemory {
  const values = createHashSet('', 1 << 20)
  const fills = new Map<string, Json | undefined>()
  const suspicious = new Set<string>()
  const list: string[] = []
  const otherTokens = new Set<string>()

  function addSent(node: EchoNode, value: Json): void {
    if (!isNew(node, value)) return
    if (Array.isArray(value)) {
      if (node.item) for (const item of value.slice(0, 100)) addSent(node.item, item)
    } else if (typeof value === 'object' && value !== null) {
      for (const member of node.members)
        if (Object.hasOwn(value, member.name)) addSent(member, (value as Record<string, Json>)[member.name]!)
    } else values.add(node.place, typeof value, String(value))
  }

  /** Most members of most requests hold what one of the latest held: the same text, or the very object that requests share. */
  const recent = new Map<EchoNode, Recent>()
  function isNew(node: EchoNode, value: Json): boolean {
    const latest = recent.get(node)
    if (!latest) {
      recent.set(node, { first: value, second: value })
      return true
    }
    if (latest.first === value) return false
    const isSecond = latest.second === value
    if (typeof value === 'string' && value.length > longestRecent) return true
    latest.second = latest.first
    latest.first = value
    return !isSecond
  }

  return {
    addSent,
    wasSent: (place, value) => !isInner(value) && values.has(place, typeof value, String(value)),
    addFill(place, value) {
      if (!fills.has(place)) fills.set(place, value)
    },
    fill: (place) => fills.get(place),
    isLeftOut: (place) => fills.has(place) && fills.get(place) === undefined,
    suspicious: list,
    addSuspicious(text) {
      const kept = text.slice(0, maxTextLength)
      if (list.length >= maxSuspicious || suspicious.has(kept)) return
      suspicious.add(kept)
      list.push(kept)
    },
    otherTokens,
    addToken(token) {
      if (otherTokens.size < maxSuspicious && token.length < maxTextLength) otherTokens.add(token)
    },
  }
}
