import { isObject, type Json } from '../core/json'
import type { Parameter } from '../core/operation'
import { encodedStrictly } from './pointer'

/** As OpenAPI 3 names them; `tabDelimited` is the `tsv` of Swagger 2.0, which it has no more. */
export type Style = 'matrix' | 'label' | 'simple' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'tabDelimited' | 'deepObject'

/** What stands between the items of a list in one text. */
export const separators: Readonly<Partial<Record<string, string>>> = { spaceDelimited: ' ', pipeDelimited: '|', tabDelimited: '\t' }

/** What OpenAPI takes where a parameter states no style. */
export const styleIn = { path: 'simple', query: 'form', header: 'simple', cookie: 'form' } as const

/** A value as one text: JSON, but for texts. */
export const scalar = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))
/**
 * A parameter's value as it stands on the wire, by its style and `explode` (OpenAPI 3.1, Style Values; RFC 6570): percent-encoded in path, query and
 * cookie; for query and cookie with the name, several pairs joined by `&`, or by `; ` in a cookie.
 * @returns '' for what has no wire form: an empty array or object in a query
 */
export function serialise(parameter: Pick<Parameter, 'name' | 'in' | 'style' | 'explode' | 'mediaType'>, value: Json): string {
  const { name, in: location } = parameter
  const style = (parameter.style ?? styleIn[location]) as Style
  const explode = parameter.explode ?? style === 'form'
  const write = location === 'header' ? scalar : (of: Json) => encodedStrictly(scalar(of))
  const key = location === 'header' ? name : encodedStrictly(name)
  const between = location === 'cookie' ? '; ' : '&'
  const text = parameter.mediaType === undefined ? value : JSON.stringify(value)
  const members = isObject(text) ? Object.entries(text) : []
  const items = Array.isArray(text) ? text : undefined
  const joined = (by: string) => (items ? items.map(write) : members.flatMap(([member, of]) => [write(member), write(of)])).join(by)
  const pairs = (by: string) => (items ? items.map(write) : members.map(([member, of]) => `${write(member)}=${write(of)}`)).join(by)

  if (!items && !isObject(text)) {
    if (style === 'label') return `.${write(text)}`
    if (style === 'matrix') return `;${key}${text === '' ? '' : `=${write(text)}`}`
    return style === 'simple' ? write(text) : `${key}=${write(text)}`
  }
  if (style === 'simple') return explode ? pairs(',') : joined(',')
  if (style === 'label') return `.${explode ? pairs('.') : joined(',')}`
  if (style === 'matrix') {
    if (!explode) return `;${key}=${joined(',')}`
    return (items ? items.map((item) => `;${key}=${write(item)}`) : members.map(([member, of]) => `;${write(member)}=${write(of)}`)).join(
      '',
    )
  }
  if (style === 'deepObject' && !items)
    return members.map(([member, of]) => `${key}${encodedStrictly(`[${member}]`)}=${write(of)}`).join(between)
  if (items?.length === 0 || (!items && members.length === 0)) return ''
  if (explode)
    return (items ? items.map((item) => `${key}=${write(item)}`) : members.map(([member, of]) => `${write(member)}=${write(of)}`)).join(
      between,
    )
  return `${key}=${joined(separators[style] === undefined ? ',' : encodedStrictly(separators[style]))}`
}
