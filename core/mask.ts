import { bytesOf, hitsIn, type Needle, needlesOf, shortest, withoutScheme } from './forms'

/** What stands in a report where a secret stood. */
export const masked = '$PLUMBLINE_TOKEN'

/** What stands there where only the beginning of a secret was written: a text that was cut, or a token that misses the real one nearly. */
const maskedPart = `${masked}[part]`

/**
 * Replaces secrets in any text, in the forms in which a target may echo them: plain, escaped as JSON, URLs and HTML do it (each character in
 * its own way, and more than once), base64, hexadecimal.
 * @param secrets real credentials; the list may grow while the mask is used. Those under 4 characters are replaced only as whole texts, behind a scheme too
 */
export function createMask(secrets: readonly string[]): (text: string) => string {
  const long = new Map<string, readonly Needle[]>()
  const short = new Set<string>()
  let seen = 0
  return (text) => {
    for (; seen < secrets.length; seen++) {
      const secret = secrets[seen] as string
      if (secret.length >= shortest) long.set(secret, needlesOf(secret))
      else if (secret !== '') short.add(secret)
    }
    if (short.size > 0) for (const whole of [text, withoutScheme(text)]) if (short.has(whole)) return text.replace(whole, () => masked)
    const plain = [...long.keys()].sort((a, b) => b.length - a.length).reduce((all, secret) => all.replaceAll(secret, () => masked), text)
    return hide(plain, [...long.values()].flat())
  }
}

/** The same for every text within a JSON value. */
export const createDeepMask =
  (mask: (text: string) => string): (<T>(value: T) => T) =>
  (value) =>
    JSON.parse(JSON.stringify(value), (_, inner) => (typeof inner === 'string' ? mask(inner) : inner))

function hide(text: string, needles: readonly Needle[]): string {
  const bytes = bytesOf(text)
  const hits = [...hitsIn(bytes, needles)].sort((a, b) => a.from - b.from || b.to - a.to)
  if (hits.length === 0) return text
  let shown = ''
  let end = 0
  for (const { from, to, isWhole } of hits) {
    if (from >= end) shown += bytes.slice(end, from) + (isWhole ? masked : maskedPart)
    end = Math.max(end, to)
  }
  return Buffer.from(shown + bytes.slice(end), 'latin1').toString('utf8')
}
