/** One form in which a secret can stand in an answer. */
export interface Form {
  readonly name: string
  readonly text: string
}

/** Shorter than this, a part of a secret comes about by chance. */
const shortest = 8

/** The forms of a secret: plain, escaped, encoded. Those equal to the plain one are left out; none for a secret too short to be told from a word. */
export function formsOf(secret: string): readonly Form[] {
  if (secret.length < shortest) return []
  const bytes = Buffer.from(secret, 'utf8')
  const percent = encodeURIComponent(secret)
  const forms: Form[] = [
    { name: 'plain', text: secret },
    { name: 'JSON-escaped', text: JSON.stringify(secret).slice(1, -1) },
    { name: 'JSON-escaped', text: JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/') },
    { name: 'URL-encoded', text: percent },
    { name: 'URL-encoded', text: percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()) },
    {
      name: 'HTML-escaped',
      text: secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    },
    { name: 'in hexadecimal digits', text: bytes.toString('hex') },
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
  ]
  const seen = new Set<string>()
  return forms.filter(({ text }) => text.length >= shortest && !seen.has(text) && seen.add(text))
}

/** Base64 of any text that holds the secret `offset` bytes behind a multiple of three: the digits that are the secret's alone. */
function base64At(secret: Buffer, offset: number): readonly Form[] {
  const padded = Buffer.concat([Buffer.alloc(offset), secret])
  const from = Math.ceil((offset * 8) / 6)
  const to = Math.floor((padded.length * 8) / 6)
  return [
    { name: 'in base64', text: padded.toString('base64').slice(from, to) },
    { name: 'in base64', text: padded.toString('base64url').slice(from, to) },
  ]
}

/** A token without its scheme: `Bearer abc` → `abc`. */
export const withoutScheme = (value: string): string => value.trim().replace(/^[A-Za-z][\w-]{0,30} +(?=\S+$)/, '')
