import type { Failure, Severity } from '../../core/finding'
import { isNothing, isObject, type Json } from '../../core/json'
import { docsOf } from '../../core/operation'
import { type Check, none } from '../check'
import type { Context } from '../context'
import { changed, type Lie, nameLie } from '../likeness'
import type { EchoNode } from '../plan'
import { sameOfFormat } from '../spellings'
import { difference, namesake, sameJson, shown, textOf } from '../words'

/** What was sent comes back unchanged. */
export const echo: Check = {
  id: 'echo',
  title: 'What was sent comes back unchanged',
  look(context) {
    const { kind, body, response, sent } = context
    if (kind !== 'success' || !response?.echo || !body.exact || body.json === undefined) return none
    if (sent.readings.length === 0 || context.isBroken('answer.body')) return none
    // Two values for one key: neither is what came back.
    if (context.failures.some(({ kind }) => kind === 'duplicate-keys')) return none
    const [only] = sent.readings
    if (sent.readings.length === 1 && comesBack(context, response.echo, only!, body.json)) return none
    const lies: Told[] = []
    compare(response.echo, sent.readings, body.json)
    return lies.length === 0 ? none : fold(lies, leaves(response.echo, sent.readings[0]!).length).map((told) => toFailure(context, told))

    function compare(node: EchoNode, sentValues: readonly Json[], received: Json): void {
      if (sentValues.some((value) => sameJson(value, received)) || context.isBroken(node.place)) return
      if (sentValues.some((value) => isRespelled(context, node, value, received))) return
      // Members of alternatives are not told one by one: more may stand beside them, as beside all others.
      const isOneOfSome = node.members.length === 0 && (node.schema.oneOf !== undefined || node.schema.anyOf !== undefined)
      if ((isOneOfSome || context.case.request.method === 'PATCH') && sentValues.some((value) => isMergedInto(value, received))) return
      const objects = sentValues.filter(isObject)
      if (node.differs && typeof received === 'object' && received !== null) return
      if (node.members.length > 0 && isObject(received) && objects.length > 0) {
        for (const member of node.members) compareMember(member, objects, received)
        return
      }
      const lists = Array.isArray(received) ? sentValues.filter(Array.isArray).filter(({ length }) => length === received.length) : []
      if (Array.isArray(received) && lists.some((list) => isSameSet(node, list, received))) return
      if (node.item && Array.isArray(received) && lists.length > 0) {
        for (const [i, item] of received.entries())
          compare(
            node.item,
            lists.map((list) => list[i] as Json),
            item,
          )
        return
      }
      tell(node, sentValues, received)
    }

    function compareMember(member: EchoNode, objects: readonly Record<string, Json>[], received: Record<string, Json>): void {
      if (context.isBroken(member.place)) return
      const sentValues = objects.filter((object) => Object.hasOwn(object, member.name)).map((object) => object[member.name] as Json)
      const isThere = Object.hasOwn(received, member.name)
      // Of an object that was sent twice, either may count: what one of them lacks may be absent, or filled in.
      if (sentValues.length > 0 && sentValues.length < objects.length) return
      if (sentValues.length === 0) {
        if (isThere && isForeign(context, member, received[member.name]!)) {
          const words = `was not sent, and came back as ${shown(received[member.name], 60)}, which another request of this run sent`
          lies.push({ node: member, lie: { kind: 'foreign', words }, sent: null, received: received[member.name]! })
        }
      } else if (isThere) compare(member, sentValues, received[member.name]!)
      // Where a member is mandatory, its absence is told by the shape.
      else if (!sentValues.some(isNothing) && mayComeBack(member, sentValues)) {
        const other = namesake(received, member.name)
        const words = `was sent, and is missing from the answer${other === undefined ? '' : `; \`${other}\` is there`}`
        lies.push({ node: member, lie: { kind: 'lost', words }, sent: sentValues[0]! })
      }
    }

    /**
     * An answer may hold less than a request: what would break the answer's own schema is owed by nobody. Of a key that was sent twice either
     * value may have been taken; the readings of a form's field are one value.
     */
    function mayComeBack({ schema }: EchoNode, sentValues: readonly Json[]): boolean {
      const fits = (value: Json) => context.plan?.schemas.valid(schema, value) !== false
      return sent.json === undefined ? sentValues.some(fits) : sentValues.every(fits)
    }

    function tell(node: EchoNode, sentValues: readonly Json[], received: Json): void {
      if (!mayComeBack(node, sentValues)) return
      // Of a text that may stand for a number, the one is told that is of the answer's type.
      const value = sentValues.findLast((one) => typeof one === typeof received) ?? sentValues.at(-1)!
      const settings = context.settings
      const elsewhere = sent.readings
        .flatMap((reading) => leaves(response!.echo!, reading))
        .find((leaf) => leaf.place !== node.place && sameJson(leaf.value, received))
      // A name that another request sent: this is the answer to that one, however alike the two are.
      const isAnothers = node.identity && context.memory.wasSent(node.place, received)
      const lie = isAnothers ? changed : nameLie(value, received, elsewhere && `\`${elsewhere.place.replace('answer.body.', '')}\``)
      if (lie.kind === 'trimmed' && settings.trimming === 'lawful') return
      if (lie.kind === 'normalised' && settings.normalisation === 'lawful') return
      lies.push({ node, lie, sent: value, received })
    }
  },
}

/** Nothing that was sent is missing or other than it was: seen quickly, as it mostly is so. */
function comesBack(context: Context, node: EchoNode, sent: Json, received: Json): boolean {
  if (node.members.length === 0 || !isObject(sent) || !isObject(received)) return sameJson(sent, received)
  for (const member of node.members) {
    const isThere = Object.hasOwn(received, member.name)
    if (!Object.hasOwn(sent, member.name)) {
      if (isThere && isForeign(context, member, received[member.name]!)) return false
    } else if (!isThere || !comesBack(context, member, sent[member.name]!, received[member.name]!)) return false
  }
  return true
}

/** A value of a documented format in another spelling, which the docs take as well: a lower-case id is promised where they ask for one. */
const isRespelled = ({ plan }: Context, { schema }: EchoNode, sent: Json, received: Json): boolean =>
  sameOfFormat(schema.format, sent, received) && plan?.schemas.valid(schema, received) === true

/** What a PATCH names by names of its own may be put beside what is there; null takes away (RFC 7396). */
function isMergedInto(sent: Json, received: Json, depth = 16): boolean {
  const isWithin = (one: Json, other: Json) => sameJson(one, other) || (depth > 0 && isMergedInto(one, other, depth - 1))
  if (Array.isArray(sent) && Array.isArray(received))
    return sent.length === received.length && sent.every((item, i) => isWithin(item, received[i]!))
  if (!isObject(sent) || !isObject(received)) return false
  return Object.entries(sent).every(([name, value]) =>
    Object.hasOwn(received, name) ? isWithin(value, received[name]!) : isNothing(value),
  )
}

/** Lists of texts are often sets, tags and scopes, which have no order; so is what must not hold an item twice. */
const isSameSet = ({ schema }: EchoNode, sent: readonly Json[], received: readonly Json[]): boolean =>
  (schema.uniqueItems === true || received.every((item) => typeof item === 'string')) &&
  JSON.stringify(sent.map(textOf).sort()) === JSON.stringify(received.map(textOf).sort())

interface Told {
  readonly node: EchoNode
  readonly lie: Lie
  readonly sent: Json
  readonly received?: Json
}

/** Shorter values come about by chance, or by default. */
const distinctive = 8

/** A member that was not sent holds what another request sent for it, and it is not what the server fills in by itself. */
function isForeign({ memory, sent, plan, case: { request } }: Context, node: EchoNode, value: Json): boolean {
  // What a change leaves out is as an earlier request has made it; a POST to a thing changes it.
  if (request.method === 'PUT' || request.method === 'PATCH' || /\}\/?$/.test(plan?.operation.path ?? '')) return false
  // So it is where the caller names by its id what may be there already.
  if (sent.readings.some((body) => isObject(body) && Object.keys(body).some((name) => /^_?(id|uuid|guid)$/i.test(name)))) return false
  if (typeof value !== 'string' || value.length < distinctive || !memory.wasSent(node.place, value)) return false
  const fill = memory.fill(node.place)
  return fill === undefined ? memory.isLeftOut(node.place) : fill !== value
}

function leaves(node: EchoNode, value: Json): readonly { readonly place: string; readonly value: Json }[] {
  if (isObject(value) && node.members.length > 0) {
    return node.members.flatMap((member) => (Object.hasOwn(value, member.name) ? leaves(member, value[member.name]!) : []))
  }
  return typeof value === 'object' ? [] : [{ place: node.place, value }]
}

/**
 * A swap shows at both members, and the answer to another request, or to none, at most of them: one cause each.
 * @param compared members that could be untrue
 */
function fold(lies: readonly Told[], compared: number): readonly Told[] {
  const identity = lies.find(({ node }) => node.identity)
  if (identity?.lie.kind === 'changed') return [identity]
  const isMixed = new Set(lies.map(({ lie }) => lie.kind)).size > 1
  if (identity && isMixed && lies.length > 2 && lies.length * 2 > compared)
    return [{ ...identity, lie: { ...changed, words: `${changed.words}, as did most of what was sent` } }]
  const isFirst = (told: Told) => told === lies.find(({ lie }) => lie.kind === told.lie.kind)
  return lies.filter((told) => (told.lie.kind === 'swapped' || told.lie.kind === 'changed' ? isFirst(told) : true))
}

/** The value is another request's: of a name always; else only if it is long, and so unlike that no conversion made it. */
function isOthers({ memory }: Context, node: EchoNode, sent: Json, received: Json): boolean {
  if (!memory.wasSent(node.place, received)) return false
  if (node.identity) return true
  if (typeof sent !== 'string' || typeof received !== 'string' || received.length < distinctive) return false
  let same = 0
  while (same < received.length && received[same] === sent[same]) same++
  let tail = 0
  while (tail < received.length - same && received.at(-1 - tail) === sent.at(-1 - tail)) tail++
  return (same + tail) * 2 < Math.max(sent.length, received.length)
}

const mild = new Set(['case', 'escaped', 'line-ends', 'normalised', 'spaces', 'trimmed', 'unescaped'])

function toFailure(context: Context, { node, lie, sent, received }: Told): Failure {
  const name = `\`${node.place.replace('answer.body.', '')}\``
  const severity: Severity = mild.has(lie.kind) ? 'serious' : 'critical'
  const common = { check: 'echo', kind: lie.kind, place: node.place, severity, anywhere: true }
  const docs = docsOf(node.schema)
  if (lie.kind === 'foreign')
    return { ...common, ...docs, message: `${name} ${lie.words}`, received: shown(received), promise: `${name} is this request's own` }
  const promise = `what was sent for ${name} comes back unchanged`
  if (received === undefined) return { ...common, ...docs, message: `${name} ${lie.words}`, expected: shown(sent), promise }
  const [expected, got] = difference(sent, received)
  const known = lie.kind === 'changed' && isOthers(context, node, sent, received) ? ', which another request of this run sent' : ''
  return {
    ...common,
    ...docs,
    // The whole answer is another request's: what else is wrong with it follows from that.
    ...(node.identity && known !== '' ? { kind: 'mixed-up' } : {}),
    message: `${name} ${lie.words}: sent ${expected}, received ${got}${known}`,
    expected,
    received: got,
    promise,
  }
}
