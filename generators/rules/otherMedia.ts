import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../../core/json'
import { once } from '../../core/once'
import type { MediaType } from '../../core/operation'
import { isJson } from '../../specs/mediaType'
import { jsonSchema } from '../members'
import { bodyOf } from '../proofs'
import { bodyBytes, type Draft, draft, fixedRule, type Rule, type RuleKind, type Subject } from '../rule'
import { clientError } from './malformed'
import { openly } from './odd'
import { broken, brokenPlaces, likeliest } from './solved'
import { tame } from './tame'

/**
 * Further JSON media types of a body that have a schema of their own, as JSON Patch has beside a merge patch: valid values, which may mean
 * what cannot be done, and broken ones.
 */
export const otherMedia: RuleKind = (subject) => {
  const { documented } = subject.schemas
  const own = documented.flatten(jsonSchema(subject.documented))
  const others = (subject.body ? (subject.documented.body?.content ?? []) : []).filter(({ mediaType }) => isJson(mediaType)).slice(1)
  return others
    .filter(({ schema }) => !isDeepStrictEqual(documented.flatten(schema), own))
    .flatMap((media) => [...taken(subject, media), ...refused(subject, media)])
}

const sent = ({ mediaType }: MediaType, body: Json): Draft =>
  draft({ at: ['header', 'Content-Type'], set: mediaType }, bodyBytes(JSON.stringify(body)))

function taken(subject: Subject, media: MediaType): readonly Rule[] {
  const { assumed } = subject.schemas
  const schema = subject.assumed.body?.content.find(({ mediaType }) => mediaType === media.mediaType)?.schema ?? media.schema
  const fixed = tame(assumed, schema, subject.seed).map((body) => sent(media, body))
  const promise = `a valid body of ${media.mediaType} is taken or refused, and nothing breaks`
  return fixed.length === 0 ? [] : [fixedRule(subject, 'either', 'body', 'media', promise, fixed, openly, media.mediaType)]
}

function refused(subject: Subject, media: MediaType): readonly Rule[] {
  const { documented } = subject.schemas
  const breaks = (body: Json | undefined) => body !== undefined && !documented.valid(media.schema, body)
  const used = new Set<string>()
  return brokenPlaces(subject, media.schema).map((one): Rule => {
    const rule = broken(subject, one.violation.keyword, 'body', one.way, used)
    const fixed = once(() => likeliest(one, breaks).map((body) => sent(media, body)))
    return {
      ...rule,
      id: `${rule.id}:${media.mediaType}`,
      owes: clientError,
      get fixed() {
        return fixed()
      },
      holds: (request) => breaks(bodyOf(request)),
    }
  })
}
