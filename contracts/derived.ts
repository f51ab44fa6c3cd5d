import { hash } from 'node:crypto'
import { isObject, type Json } from '../core/json'

/** What a request sends, as far as a server could make an id out of it. */
interface Payload {
  /** The name of what is created. */
  readonly name: string | undefined
  /** The body's text as sent. */
  readonly text: string
  readonly json: Json | undefined
  /** Text whose ids a server could use as name spaces. */
  readonly context: string
  /** An id that was made for another request: what stands in it too is no name, but the form of ids. */
  readonly other?: string
}

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?([0-9a-f])[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const namespaces = ['6ba7b810', '6ba7b811', '6ba7b812', '6ba7b814'].map((first) => `${first}-9dad-11d1-80b4-00c04fd430c8`)
const nil = '00000000-0000-0000-0000-000000000000'

/**
 * Says how an id was made out of the payload, in words; undefined: it was not, as far as can be told.
 * @param digests whether digests are compared too, which takes its time
 */
export const derivation = (id: string, payload: Payload, digests: boolean): string | undefined =>
  nameInside(id, payload) ?? (digests ? (digestOf(id, payload) ?? nameBasedUuid(id, payload)) : undefined)

/** The name stands in the id, plain or coded. Short names, and those that an id of hexadecimal digits can hold, come about by chance. */
function nameInside(id: string, { name, other = '' }: Payload): string | undefined {
  if (name === undefined || other.toLowerCase().includes(name.toLowerCase())) return undefined
  const inId = (part: string) => id.toLowerCase().includes(part.toLowerCase())
  const rare = name.length >= 12 || (name.length >= 5 && /[^0-9a-f-]/i.test(name))
  if (rare && inId(name)) return 'it contains the name that was sent'
  const length = Buffer.byteLength(name)
  // In hexadecimal digits it is twice as long, in base64 by a third.
  if (length < 6 || Math.ceil((length * 4) / 3) - 1 > id.length) return undefined
  const bytes = Buffer.from(name)
  if (length * 2 <= id.length && inId(bytes.toString('hex'))) return 'it contains the name that was sent, as hexadecimal digits'
  const base64 = bytes.toString('base64url')
  return base64.length >= 10 && id.replace(/\+/g, '-').replace(/\//g, '_').includes(base64.slice(0, -1))
    ? 'it contains the name that was sent, in base64'
    : undefined
}

const algorithms: readonly (readonly [name: string, digits: number])[] = [
  ['md5', 32],
  ['sha1', 40],
  ['sha256', 64],
  ['sha512', 128],
]

/** The id, or a run of eight or more hexadecimal digits in it, begins a plain digest of the name or of the body. */
function digestOf(id: string, payload: Payload): string | undefined {
  const lower = id.toLowerCase()
  const hex = uuid.test(id) ? [lower.replaceAll('-', '')] : (lower.match(/[0-9a-f]{8,128}/g) ?? []).slice(0, 4)
  const base64 =
    /^[\w+/-]{11,88}={0,2}$/.test(id) && hex[0]?.length !== lower.length
      ? id.replace(/=+$/, '').replace(/-/g, '+').replace(/_/g, '/')
      : undefined
  if (hex.length === 0 && base64 === undefined) return undefined
  for (const [what, input] of inputs(payload)) {
    for (const [algorithm, digits] of algorithms) {
      const digest = hash(algorithm, input, 'hex')
      const found =
        hex.some((run) => run.length <= digits && begins(digest, run)) ||
        (base64 !== undefined && Buffer.from(digest, 'hex').toString('base64').startsWith(base64))
      if (found) return `it is a plain ${algorithm} hash of ${what}`
    }
  }
  return undefined
}

/** Where a digest was put into the form of a UUID, version and variant are written over it. */
function begins(digest: string, run: string): boolean {
  if (digest.startsWith(run)) return true
  return run.length === 32 && masked(digest.slice(0, 32)) === masked(run)
}
const masked = (hex: string): string => `${hex.slice(0, 12)}.${hex.slice(13, 16)}.${hex.slice(17)}`

function inputs({ name, text, json }: Payload): readonly (readonly [what: string, input: string])[] {
  const all = new Map<string, string>()
  if (name !== undefined && name !== '') all.set(name, 'the name that was sent')
  if (text !== '' && text.length < 100_000) {
    all.set(text, 'the body that was sent')
    if (json !== undefined && depthWithin(json, deepest)) {
      for (const [what, again] of [
        ['the body that was sent, written anew', JSON.stringify(json)],
        ['the body that was sent, its members sorted', JSON.stringify(sorted(json))],
      ] as const)
        if (!all.has(again)) all.set(again, what)
    }
  }
  return [...all].map(([input, what]) => [what, input])
}

/** Deeper bodies are not written anew: the writer's own stack would end. */
const deepest = 100

const depthWithin = (value: Json, left: number): boolean =>
  left > 0 && (typeof value !== 'object' || value === null || Object.values(value).every((inner) => depthWithin(inner as Json, left - 1)))

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key] as Json)]),
  )
}

/** A UUID of version 3 or 5 (RFC 9562, 5.3 and 5.5) in a well-known name space, or in one that the request holds. */
function nameBasedUuid(id: string, payload: Payload): string | undefined {
  const version = uuid.exec(id)?.[1]
  if (version !== '3' && version !== '5') return undefined
  const bare = id.replaceAll('-', '').toLowerCase()
  for (const space of [...namespaces, nil, ...uuidsIn(payload.context)]) {
    for (const [what, input] of inputs(payload)) {
      const bytes = Buffer.concat([Buffer.from(space.replaceAll('-', ''), 'hex'), Buffer.from(input)])
      const digest = hash(version === '3' ? 'md5' : 'sha1', bytes, 'hex').slice(0, 32)
      if (masked(digest) === masked(bare)) return `it is a UUID of version ${version} made from ${what}`
    }
  }
  return undefined
}

/** The UUIDs in a text, at most eight. */
const uuidsIn = (text: string): readonly string[] =>
  [...new Set(text.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi) ?? [])].slice(0, 8)
