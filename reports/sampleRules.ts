import type { Finding } from '../core/finding'
import type { DocsPlace } from '../core/place'
import type { RuleResult } from '../core/report'
import { digest } from '../core/seed'
import type { Zone } from '../core/zone'
import { type Documented, docs, operation, requestMembers, requestSection } from './sampleMembers'

interface Kind {
  readonly zone: Zone
  readonly keyword: string
  readonly variants: readonly string[]
  readonly promise: string
}

const ofAny: readonly Kind[] = [
  { zone: 'reject', keyword: 'type', variants: ['null', 'boolean', 'array', 'object'], promise: 'NAME must be TYPE, not VARIANT' },
]
const ofRequired: readonly Kind[] = [
  { zone: 'reject', keyword: 'required', variants: ['missing', 'renamed', 'other-case'], promise: 'NAME is mandatory' },
]
const ofString: readonly Kind[] = [
  { zone: 'reject', keyword: 'type', variants: ['number'], promise: 'NAME must be TYPE, not VARIANT' },
  { zone: 'accept', keyword: 'valid', variants: ['edges', 'characters'], promise: 'every valid NAME is taken and answered as it was sent' },
  {
    zone: 'either',
    keyword: 'free',
    variants: ['long', 'unicode', 'empty'],
    promise: 'an odd NAME is taken truly, or refused as documented',
  },
]
const ofInteger: readonly Kind[] = [
  { zone: 'reject', keyword: 'type', variants: ['string', 'fraction'], promise: 'NAME must be TYPE, not VARIANT' },
  { zone: 'accept', keyword: 'valid', variants: ['edges', 'well-known'], promise: 'every valid NAME is taken and answered as it was sent' },
  {
    zone: 'either',
    keyword: 'free',
    variants: ['zero', 'negative', 'huge', 'other-form'],
    promise: 'an odd NAME is taken truly, or refused as documented',
  },
]
const ofObject: readonly Kind[] = [
  { zone: 'reject', keyword: 'type', variants: ['string', 'number'], promise: 'NAME must be TYPE, not VARIANT' },
  {
    zone: 'either',
    keyword: 'free',
    variants: ['unknown-members', 'duplicate-keys'],
    promise: 'unknown members of NAME change nothing else',
  },
]
const ofHeader: readonly Kind[] = [
  { zone: 'reject', keyword: 'required', variants: ['missing', 'empty'], promise: 'the header NAME is mandatory' },
  { zone: 'accept', keyword: 'valid', variants: ['forms'], promise: 'every valid NAME is taken' },
]

function rulesOf(member: Documented): RuleResult[] {
  const name = member.place.split('.').at(-1)!
  const inBody = member.place.startsWith('body.')
  const kinds = !inBody
    ? ofHeader
    : [
        ...(member.required ? ofRequired : []),
        ...ofAny,
        ...(member.type === 'integer' ? ofInteger : member.type === 'object' ? ofObject : ofString),
      ]
  return kinds.flatMap((kind) =>
    kind.variants
      .filter((variant) => variant !== member.type)
      .map((variant) => rule(member.place, kind.keyword, variant, kind.zone, words(kind.promise, name, member.type, variant), member.docs)),
  )
}

const article = (noun: string) => (/^[aeio]/.test(noun) ? `an ${noun}` : noun === 'null' ? noun : `a ${noun}`)
const words = (promise: string, name: string, type: string, variant: string) =>
  promise.replace('NAME', name).replace('TYPE', article(type)).replace('VARIANT', article(variant))

function rule(place: string, keyword: string, variant: string, zone: Zone, promise: string, at?: DocsPlace): RuleResult {
  const id = `${place}:${keyword}:${variant}`
  const cases = 4 + (Number.parseInt(digest(6, id), 16) % 32)
  return {
    id,
    operation,
    zone,
    place,
    keyword,
    variant,
    promise,
    docs: at,
    cases,
    notReached: 0,
    seconds: cases / 80,
    result: 'kept',
    rulesOut: 1 - 0.05 ** (1 / cases),
    findings: [],
  }
}

export const untested = (result: RuleResult, why: string, kind: 'not tested' | 'not run'): RuleResult => ({
  ...result,
  cases: 0,
  seconds: kind === 'not tested' ? 0.06 : 0,
  notReached: kind === 'not tested' ? 6 : 0,
  result: kind,
  reason: why,
  rulesOut: undefined,
})

export function rules(all: readonly Finding[]): RuleResult[] {
  const plain = requestMembers.flatMap(rulesOf)
  const whole = [
    rule(
      'body',
      'syntax',
      'text-behind',
      'reject',
      'a body with text behind the JSON is refused',
      docs(24, requestSection, 'The body is a JSON object'),
    ),
    rule(
      'body',
      'syntax',
      'cut-short',
      'reject',
      'a body that ends too early is refused',
      docs(24, requestSection, 'The body is a JSON object'),
    ),
    rule('body', 'free', 'large', 'either', 'a large body is taken truly, or refused as HTTP allows'),
    rule('method', 'enum', 'other', 'reject', 'only POST creates', docs(11, 'URI', 'POST /v2/meshes/{mesh_id}/workshops')),
    rule('method', 'enum', 'reading', 'either', 'reading the URL creates nothing', docs(11, 'URI', 'POST /v2/meshes/{mesh_id}/workshops')),
  ]
  return [...plain, ...whole].map((result) => {
    const hit = all.filter((one) => one.rules.includes(result.id)).map((one) => one.id)
    if (hit.length > 0) return { ...result, result: 'broken' as const, findings: hit, rulesOut: undefined }
    if (result.place === 'path.mesh_id' && result.zone === 'reject')
      return untested(result, 'every case was answered 404 by a gateway', 'not tested')
    if (result.variant === 'huge' || result.variant === 'duplicate-keys')
      return untested(result, 'the budget of 3,000 requests ended first', 'not run')
    return result
  })
}
