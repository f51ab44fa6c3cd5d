import fc from 'fast-check'
import { isObject, type Json } from '../core/json'
import { arbitrary } from './arbitrary'
import type { Member } from './members'
import { label, random } from './random'
import { meant, type Schemas, typesOf } from './schema'

const known = new WeakMap<Member, Map<number, Json>>()

/** One simple value of S for a member. It depends on the seed and the place, so that two members of one kind differ and a swap shows. */
export function plainValue(schemas: Schemas, member: Member, seed: number): Json {
  const values = known.get(member) ?? new Map<number, Json>()
  known.set(member, values)
  if (!values.has(seed)) values.set(seed, simplest(schemas, member, seed))
  return values.get(seed) as Json
}

/** Another such value of a member without members, out of very many: where something has to be unique, it is. */
export const otherValue = (schemas: Schemas, member: Member, seed: number): Json => simplest(schemas, member, seed, wide)

/** A list that has to be longer is no plain one. */
const mostItems = 1000

/** What may ask for more than the mandatory members. */
const asking = ['anyOf', 'oneOf', 'if', 'not', 'minProperties', 'dependentRequired', 'dependentSchemas']

function simplest(schemas: Schemas, member: Member, seed: number, numbers = middle): Json {
  const { assumed } = member
  const types = typesOf(assumed)
  if (types[0] === 'object' && member.children.length > 0) {
    const described = member.children
      .filter((child) => child.required)
      .map((child) => [child.name, plainValue(schemas, child, seed)] as const)
    const others = (assumed.required ?? []).filter((name) => !member.children.some((child) => child.name === name))
    const least = Object.fromEntries([...described, ...others.map((name) => [name, label(seed, member.place, name)] as const)])
    const asksMore = others.length > 0 || asking.some((keyword) => Object.hasOwn(assumed, keyword))
    return asksMore && !schemas.valid(assumed, least)
      ? arbitrary(schemas, assumed).generate(random(seed, member.place), undefined).value
      : least
  }
  if (types[0] === 'array' && member.children[0]) {
    const count = Math.max(1, Number(assumed.minItems ?? 0))
    const items = count > mostItems ? [] : Array.from({ length: count }, () => plainValue(schemas, member.children[0] as Member, seed))
    if (schemas.valid(assumed, items)) return items
  }
  const simple: unknown[] = [assumed.const, assumed.default, ...(Array.isArray(assumed.enum) ? assumed.enum : [])]
  if (types.includes('string') && (assumed.pattern === undefined || assumed['x-identity'])) simple.push(label(seed, member.place))
  if (types.includes('string') && /^\^?\[/.test(String(assumed.pattern ?? ''))) simple.push(label(seed, member.place))
  if (types.includes('string')) simple.push(...ordinary(seed, member.place))
  if (types.includes('integer') || (types.includes('number') && isBound(member.place))) simple.push(...numbers(seed, member.place))
  for (const value of simple as Json[]) if (value !== undefined && schemas.valid(assumed, value)) return value
  return arbitrary(schemas, meant(assumed)).generate(random(seed, member.place), undefined).value
}

/**
 * The most common forms of ids, addresses and times: a random UUID, a private address, a web page, a mailbox, a second of UTC. What is refused
 * beside them is then put down to its own value.
 */
function ordinary(seed: number, place: string): readonly string[] {
  const rng = random(seed, place, 'ordinary')
  const octet = () => rng.nextInt(11, 249)
  const uuid = fc.uuid({ version: 4 })
  let id = uuid.generate(rng, undefined).value
  while (!usual.test(id)) id = uuid.generate(rng, undefined).value
  const name = label(seed, place, 'ordinary')
  const year = ending.test(place) ? 2041 : 2025
  const time = new Date(Date.UTC(year, 0, 1) + 1000 * rng.nextInt(0, 300 * 86_400)).toISOString().replace('.000', '')
  return [id, `192.168.${octet()}.${octet()}`, `https://${name}.example.com/`, `${name}@example.com`, time]
}

/** A member that ends something: its time is to come, and is after that of the beginning. */
const ending = /(^|[._])[^.]*(end|expir|until|deadline|due|finish|close|not_?after)[^.]*$/i

/** An id that begins with a letter, and no part of which reads as a number: what is odd about others is for the rules to try. */
const usual = /^(?=[a-f])(?:(?!\d+(?:e\d+)?(?:-|$))[^-]+(?:-|$))+$/

/** Of a range of numbers the lower end is below the upper one: which half of those that are drawn a member takes, told by a word of its name. */
function half(place: string, least: number, most: number): readonly [number, number] {
  const name = place.split('.').at(-1) ?? ''
  const words = name.split(/(?=[A-Z])|[_\s-]/).map((word) => word.toLowerCase())
  const middle = Math.floor((least + most) / 2)
  if (words.some((word) => lower.has(word))) return [least, middle]
  return words.some((word) => upper.has(word)) ? [middle + 1, most] : [least, most]
}

const lower = new Set(['min', 'minimum', 'lower', 'low', 'from', 'start'])
const upper = new Set(['max', 'maximum', 'upper', 'high', 'to', 'end', 'until'])
const isBound = (place: string): boolean => half(place, 0, 2)[1] - half(place, 0, 2)[0] < 2

/** A number that is neither an edge nor well known, of four digits if the schema lets it. */
const middle = (seed: number, place: string): readonly number[] => [random(seed, place).nextInt(...half(place, 2100, 2900)), 7, 1]

/** Of many digits where the schema lets it. */
const wide = (seed: number, place: string): readonly number[] => {
  const rng = random(seed, place)
  return [rng.nextInt(...half(place, 2100, 2_000_000_000)), rng.nextInt(...half(place, 2100, 60_000)), ...middle(seed, place)]
}

/** The same body with one value replaced; the place must be there. */
export function replaceAt(body: Json, path: readonly string[], value: Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(body)) return body.map((item, i) => (i === Number(key) ? replaceAt(item, rest, value) : item))
  if (!isObject(body)) return body
  return { ...body, [key]: replaceAt(body[key] ?? null, rest, value) }
}
