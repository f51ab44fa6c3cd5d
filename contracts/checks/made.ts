import type { Failure } from '../../core/finding'
import { isObject, type Json, valueAt } from '../../core/json'
import { docsOf, type SchemaPromise } from '../../core/operation'
import { type Check, none } from '../check'
import type { Context } from '../context'
import { derivation } from '../derived'
import type { MadeMember } from '../plan'
import { sameJson, shown } from '../words'

/** What the server makes is made by the server: never empty, nor taken or derived from what was sent. */
export const made: Check = {
  id: 'made',
  title: 'Ids and times are made by the server, not taken from the request',
  look(context) {
    const { kind, body, response } = context
    if (kind !== 'success' || !body.exact || !response || response.made.length === 0) return none
    return response.made.flatMap((member) => {
      const value = valueAt(body.json, member.path)
      if (typeof value !== 'string' || context.isBroken(member.place)) return none
      const wrong = wrongAbout(context, member, value)
      context.memory.addFill(member.place, value)
      return wrong ? [failure(member, value, wrong.kind, wrong.words)] : none
    })
  },
}

export const isTime = ({ promises }: MadeMember): boolean => promises.includes('created-at') || promises.includes('updated-at')

const idPromises: readonly SchemaPromise[] = ['unique', 'generated', 'custom-ignored']
const isId = ({ promises }: MadeMember): boolean => idPromises.some((promise) => promises.includes(promise))

interface Wrong {
  readonly kind: 'empty' | 'taken' | 'derived'
  readonly words: string
}

/** Who derives ids derives most of them: of each rule the digests of the first cases are compared, then those of one in so many. */
const first = 4
const sampled = 64

/** A shorter value that was sent can be the one that was made, by chance. */
const distinctive = 6

function wrongAbout(context: Context, member: MadeMember, value: string): Wrong | undefined {
  const { sent } = context
  const twin = sent.readings.map((body) => valueAt(body, member.path)).find((one) => one !== undefined && sameText(one, value))
  if (twin !== undefined && value.length >= distinctive)
    return { kind: 'taken', words: 'was taken from the request: a custom value must not take effect' }
  if (!isId(member)) return undefined
  if (value.trim() === '') return { kind: 'empty', words: 'is empty' }
  const place =
    sent.json !== undefined && isDistinctive(value) && holds(sent.json, value.toLowerCase(), 0) ? placeOf(sent.json, value) : undefined
  if (place !== undefined) return { kind: 'taken', words: `is the value that was sent as \`${place}\`` }
  if (sentAsHeader(context, value)) return { kind: 'taken', words: 'is the value of a request header' }
  const { identity } = context.plan!
  const name = identity && sent.json !== undefined ? valueAt(sent.json, identity) : undefined
  const { index } = context.case
  const payload = {
    name: typeof name === 'string' ? name : undefined,
    text: sent.text,
    json: sent.json,
    context: `${context.case.request.target} ${sent.text.slice(0, 10_000)}`,
    other: textOfScalar(context.memory.fill(member.place)),
  }
  const words = derivation(value, payload, index < first || index % sampled === 0)
  return words === undefined ? undefined : { kind: 'derived', words: `is derived from what was sent: ${words}` }
}

/** An answer's object may have a `toString` of its own. */
const textOfScalar = (value: Json | undefined): string => (typeof value === 'object' ? '' : String(value ?? ''))

const sameText = (sent: Json, value: string): boolean =>
  sameJson(sent, value) || (typeof sent === 'string' && sent.toLowerCase() === value.toLowerCase()) || textOfScalar(sent) === value

/** As `placeOf`, but quick. @param id in lower case */
function holds(value: Json, id: string, depth: number): boolean {
  if (typeof value === 'string') return value.length === id.length && value.toLowerCase() === id
  if (!isObject(value) || depth > 8) return false
  for (const key in value) if (holds(value[key]!, id, depth + 1)) return true
  return false
}

/** Place of a sent text that equals an id; digits alone, and short texts, may be equal by chance. */
function placeOf(value: Json, id: string, path: readonly string[] = []): string | undefined {
  if (typeof value === 'string') return isDistinctive(id) && value.toLowerCase() === id.toLowerCase() ? path.join('.') : undefined
  if (!isObject(value) || path.length > 8) return undefined
  for (const key of Object.keys(value).slice(0, 100)) {
    const found = placeOf(value[key]!, id, [...path, key])
    if (found !== undefined) return found
  }
  return undefined
}

const isDistinctive = (id: string): boolean => id.length >= 12 || (id.length >= distinctive && /\D/.test(id))

const sentAsHeader = ({ case: of }: Context, id: string): boolean =>
  isDistinctive(id) && of.request.headers.some(([, value]) => value.length === id.length && value.toLowerCase() === id.toLowerCase())

const failure = (member: MadeMember, value: string, kind: string, words: string): Failure => ({
  check: 'made',
  kind,
  place: member.place,
  message: `\`${member.path.join('.')}\` ${words}: ${shown(value, 80)}`,
  expected: 'a value that the server makes',
  received: shown(value),
  severity: 'serious',
  promise: `\`${member.path.join('.')}\` is made by the server`,
  ...docsOf(member.schema),
  anywhere: true,
})
