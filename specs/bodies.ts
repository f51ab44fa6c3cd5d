import { isObject, type Json } from '../core/json'
import type { MediaType } from '../core/operation'
import { scalar, serialise } from './parameters'

type Encoding = NonNullable<MediaType['encoding']>[string]

export interface Form extends Pick<MediaType, 'mediaType' | 'encoding' | 'partTypes'> {
  /** Media types of the members that are files. */
  readonly files?: Readonly<Record<string, string>>
}

/** Parts the members of a form in parts. */
export const boundary = 'plumbline-boundary-7d9c1a52'

/**
 * A value as a body that is not JSON.
 * @returns undefined for a media type that is not known how to write
 */
export function writeBody(
  { mediaType, encoding = {}, partTypes = {}, files = {} }: Form,
  value: Json,
): { readonly contentType: string; readonly bytes: Buffer } | undefined {
  const kind = mediaType.split(';')[0]?.trim().toLowerCase() ?? ''
  const members = (isObject(value) ? Object.entries(value) : []).flatMap(([name, member]) => fields(name, member, encoding[name]))
  if (kind === 'application/x-www-form-urlencoded')
    return {
      contentType: mediaType,
      bytes: Buffer.from(new URLSearchParams(members.map(({ name, text }): [string, string] => [name, text])).toString()),
    }
  if (kind === 'multipart/form-data') {
    const parts = members.map((field) => part(field, partTypes[field.name] ?? files[field.name], files[field.name] !== undefined)).join('')
    return { contentType: `multipart/form-data; boundary=${boundary}`, bytes: Buffer.from(`${parts}--${boundary}--\r\n`) }
  }
  if (isPlain(kind)) return { contentType: mediaType, bytes: Buffer.from(scalar(value)) }
  return undefined
}

interface Field {
  readonly name: string
  readonly text: string
  readonly isJson: boolean
}

/** The fields of a form that stand for one member. OpenAPI's default: an array is its items under one name, an object within is JSON. */
function fields(name: string, member: Json, encoding: Encoding | undefined): readonly Field[] {
  if (encoding) {
    const written = serialise({ name, in: 'query', ...encoding }, member)
    return [...new URLSearchParams(written)].map(([key, text]) => ({ name: key, text, isJson: encoding.mediaType !== undefined }))
  }
  return (Array.isArray(member) ? member : [member]).map((item: Json) => ({
    name,
    text: scalar(item),
    isJson: typeof item === 'object' && item !== null,
  }))
}

const isPlain = (kind: string): boolean =>
  (kind.startsWith('text/') && !kind.endsWith('xml')) ||
  /^(application\/octet-stream|image\/|audio\/|video\/|application\/(pdf|zip))/.test(kind)

/** Whether bodies of a media type that is not JSON can be written. */
export function isWritable(mediaType: string): boolean {
  const kind = mediaType.split(';')[0]?.trim().toLowerCase() ?? ''
  return isForm(kind) || isPlain(kind)
}

/** A body of fields, each with a name. */
export const isForm = (mediaType: string): boolean =>
  /^\s*(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i.test(mediaType)

/** @param isFile without a file name and a type of its own, servers take a part for a text (RFC 7578, 4.2 and 4.4) */
function part({ name, text, isJson }: Field, type: string | undefined, isFile: boolean): string {
  // As browsers write names (HTML, multipart/form-data encoding).
  const escaped = name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')
  const ownType = type ?? (isJson ? 'application/json' : undefined)
  const file = isFile ? '; filename="file"' : ''
  const lines = [`Content-Disposition: form-data; name="${escaped}"${file}`, ...(ownType === undefined ? [] : [`Content-Type: ${ownType}`])]
  return `--${boundary}\r\n${lines.join('\r\n')}\r\n\r\n${text}\r\n`
}
