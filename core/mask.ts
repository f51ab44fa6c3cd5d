/** What stands in a report where a secret stood. */
export const masked = '$PLUMBLINE_TOKEN'

/**
 * Replaces secrets in any text, in the forms in which a target may echo them: plain, JSON-escaped, URL-encoded, base64, hexadecimal.
 * @param secrets real credentials; the list may grow while the mask is used. Those under 4 characters are too short to be told from other
 * text and are replaced only as whole header values
 */
export function createMask(secrets: readonly string[]): (text: string) => string {
  let known = -1
  let forms: readonly string[] = []
  let short: ReadonlySet<string> = new Set()
  return (text) => {
    if (known !== secrets.length) {
      known = secrets.length
      forms = [...new Set(secrets.filter((secret) => secret.length >= 4).flatMap(formsOf))].sort((a, b) => b.length - a.length)
      short = new Set(secrets.filter((secret) => secret.length > 0 && secret.length < 4))
    }
    return short.has(text) ? masked : forms.reduce((all, form) => all.replaceAll(form, masked), text)
  }
}

/** The same for every text within a JSON value. */
export const createDeepMask =
  (mask: (text: string) => string): (<T>(value: T) => T) =>
  (value) =>
    JSON.parse(JSON.stringify(value), (_, inner) => (typeof inner === 'string' ? mask(inner) : inner))

/** Each way in which a secret may be written. Base64 has three, by where the secret begins in what was encoded. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const encoded = [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const inner = whole.slice(shift === 0 ? 0 : shift + 1, -2)
    return inner.length >= 6 ? [inner, inner.replaceAll('+', '-').replaceAll('/', '_')] : []
  })
  const json = JSON.stringify(secret).slice(1, -1)
  const url = encodeURIComponent(secret.toWellFormed())
  return [
    secret,
    json,
    json.replaceAll('/', '\\/'),
    // Such a text as a member of a JSON text within JSON.
    JSON.stringify(json).slice(1, -1),
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll('%20', '+'),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...encoded,
  ]
}
