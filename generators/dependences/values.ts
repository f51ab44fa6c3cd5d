import type { Dependence, Source } from '../../core/dependence'
import { type Exchange, header } from '../../core/exchange'
import { isObject, type Json, parseJson, valueAt } from '../../core/json'
import { decoded } from '../../specs/pointer'
import { pathValues } from '../../specs/template'
import { wrappers } from './answers'
import { letters } from './paths'

/**
 * The values that an exchange with the producer gives to the consumer.
 * @returns decoded, by parameter; undefined: the exchange does not give each of them
 */
export function valuesFrom({ values, consumer, producer }: Dependence, exchange: Exchange): Readonly<Record<string, string>> | undefined {
  const { answer } = exchange
  if (!answer || answer.status < 200 || answer.status > 299) return undefined
  const received = parseJson(answer.body)
  const sent = parseJson(exchange.case.request.body)
  const found = Object.entries(values).map(([name, sources]) => [
    name,
    sources.map((source) => read(source, name)).find((value) => value !== undefined && value !== ''),
  ])
  return found.every(([, value]) => value !== undefined) ? Object.fromEntries(found) : undefined

  function read(source: Source, name: string): string | undefined {
    const { target } = exchange.case.request
    if (source.part === 'answer') return scalar(valueAt(received, source.way))
    if (source.part === 'member') return memberOf(received, source.names)
    if (source.part === 'body') return scalar(valueAt(sent, source.way))
    if (source.part === 'header') return answer && header(answer, source.name.toLowerCase())
    if (source.part === 'constant') return source.value
    if (source.part === 'query') return new URLSearchParams(target.split('?')[1] ?? '').get(source.name) ?? undefined
    const segment =
      source.part === 'path'
        ? pathValues(producer.path, target)[source.name]
        : located(answer && header(answer, 'location'), consumer.path)?.[name]
    return segment && decoded(segment)
  }
}

/** The path parameters in a `Location`, whatever base path goes before. */
function located(location: string | undefined, template: string): Readonly<Record<string, string>> | undefined {
  const path = location?.replace(/^[a-z]+:\/\/[^/]*/i, '').split(/[?#]/)[0]
  if (path === undefined) return undefined
  const parts = path.split('/').filter((part) => part !== '')
  const wanted = template.split('/').filter((part) => part !== '')
  return pathValues(template, `/${parts.slice(-wanted.length).join('/')}`)
}

/** A text or number as it stands in a path. */
export const scalar = (value: Json | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

/** The first of the names that an answer, or the one object that it wraps, has a text or number by. */
function memberOf(value: Json | undefined, names: readonly string[]): string | undefined {
  if (!isObject(value)) return undefined
  for (const object of [
    value,
    ...Object.entries(value)
      .filter(([name]) => wrappers.test(name))
      .map(([, inner]) => inner),
  ]) {
    if (!isObject(object)) continue
    for (const name of names) {
      const own = Object.entries(object).find(([key, inner]) => letters(key) === name && scalar(inner as Json) !== undefined)
      if (own) return scalar(own[1] as Json)
    }
  }
  return undefined
}
