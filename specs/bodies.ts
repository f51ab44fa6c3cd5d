import { isObject, type Json } from '../core/json'

/** Parts the members of a form in parts. */
export const boundary = 'plumbline-boundary-7d9c1a52'

/**
 * A value as a body that is not JSON.
 * @returns undefined for a media type that is not known how to write
 */
export function writeBody(mediaType: string, value: Json): { readonly contentType: string; readonly bytes: Buffer } | undefined {
  const kind = mediaType.split(';')[0]?.trim().toLowerCase() ?? ''
  const scalar = (of: Json): string => (typeof of === 'string' ? of : JSON.stringify(of))
  if (kind === 'application/x-www-form-urlencoded') {
    const form = new URLSearchParams()
    // OpenAPI's default for forms: an array is its items under one name, an object within is JSON.
    for (const [name, member] of isObject(value) ? Object.entries(value) : [])
      for (const item of Array.isArray(member) ? member : [member]) form.append(name, scalar(item))
    return { contentType: mediaType, bytes: Buffer.from(form.toString()) }
  }
  if (kind === 'multipart/form-data') {
    const parts = (isObject(value) ? Object.entries(value) : []).flatMap(([name, member]) =>
      (Array.isArray(member) ? member : [member]).map((item: Json) => part(name, scalar(item), typeof item === 'object' && item !== null)),
    )
    return { contentType: `multipart/form-data; boundary=${boundary}`, bytes: Buffer.from(`${parts.join('')}--${boundary}--\r\n`) }
  }
  if (isPlain(kind)) return { contentType: mediaType, bytes: Buffer.from(scalar(value)) }
  return undefined
}

const isPlain = (kind: string): boolean =>
  (kind.startsWith('text/') && !kind.endsWith('xml')) ||
  /^(application\/octet-stream|image\/|audio\/|video\/|application\/(pdf|zip))/.test(kind)

/** Whether bodies of a media type that is not JSON can be written. */
export function isWritable(mediaType: string): boolean {
  const kind = mediaType.split(';')[0]?.trim().toLowerCase() ?? ''
  return kind === 'application/x-www-form-urlencoded' || kind === 'multipart/form-data' || isPlain(kind)
}

function part(name: string, text: string, json: boolean): string {
  // As browsers write names (HTML, multipart/form-data encoding).
  const escaped = name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')
  return `--${boundary}\r\nContent-Disposition: form-data; name="${escaped}"\r\n${json ? 'Content-Type: application/json\r\n' : ''}\r\n${text}\r\n`
}
