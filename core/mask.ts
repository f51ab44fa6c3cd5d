/** What stands in a report where a secret stood. */
export const masked = '$PLUMBLINE_TOKEN'

/** What stands there where only the beginning of a secret was written: a text that was cut, or a token that misses the real one nearly. */
const maskedPart = `${masked}[part]`

/** Secrets under this length are too short to be told from other text. */
const shortest = 4
/** So much of the beginning of a long secret is hidden too. */
const partLength = 16
const longSecret = 32

/**
 * Replaces secrets in any text, in the forms in which a target may echo them: plain, escaped as JSON, URLs and HTML do it (each character in
 * its own way, and more than once), base64, hexadecimal.
 * @param secrets real credentials; the list may grow while the mask is used. Those under 4 characters are replaced only as whole texts
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
    if (short.has(text)) return masked
    const plain = [...long.keys()].sort((a, b) => b.length - a.length).reduce((all, secret) => all.replaceAll(secret, masked), text)
    return hide(plain, [...long.values()].flat())
  }
}

/** The same for every text within a JSON value. */
export const createDeepMask =
  (mask: (text: string) => string): (<T>(value: T) => T) =>
  (value) =>
    JSON.parse(JSON.stringify(value), (_, inner) => (typeof inner === 'string' ? mask(inner) : inner))

/** Rewrites a text so that all ways of writing a secret look alike. */
type Step = readonly [RegExp, (...parts: string[]) => string]

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** Texts are looked at as bytes, one a character, as a URL's escapes are those of bytes. */
const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
const unit = (code: number): string => (code <= 0x10ffff ? bytesOf(String.fromCodePoint(code)) : '')

/** JSON's escapes; a backslash that escapes nothing is left out, as JSON within JSON doubles it. */
const json: Step = [
  /\\+u([dD][89abAB][\da-fA-F]{2})\\+u([dD][c-fC-F][\da-fA-F]{2})|\\+u([\da-fA-F]{4})|\\+([nrtbf]?)/g,
  (_, high, low, code, control) => {
    if (high !== undefined) return bytesOf(String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low as string, 16)))
    return code === undefined ? (controls[control as string] ?? '') : unit(Number.parseInt(code, 16))
  },
]

/** Escapes of URLs and HTML, also of what was escaped before. */
const url: Step = [
  /%(?:25)*([\da-fA-F]{2})|&(?:amp;)*(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g,
  (_, byte, decimal, hexadecimal, entity) => {
    if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16))
    if (entity !== undefined) return entities[entity] as string
    return unit(decimal === undefined ? Number.parseInt(hexadecimal as string, 16) : Number(decimal))
  },
]

/** More than once, as what is escaped may be escaped again. A `+` may be a space in a URL. */
const unescaped: readonly Step[] = [json, url, json, url, json, [/\+/g, () => ' ']]

/** How each way of writing is looked for. Base64 may be broken into lines, and be that of URLs. */
const views = {
  escaped: unescaped,
  hexadecimal: [...unescaped, [/[A-F]/g, (digit) => digit.toLowerCase()]],
  base64: [...unescaped, [/[\r\n\t]/g, () => ''], [/-/g, () => ' '], [/_/g, () => '/']],
} satisfies Record<string, readonly Step[]>

interface Needle {
  readonly view: keyof typeof views
  readonly text: string
}

const viewOf = (bytes: string, steps: readonly Step[]): string => steps.reduce((text, [pattern, by]) => text.replace(pattern, by), bytes)

/** Base64 has three forms, by where the secret begins in what was encoded: the digits that are the secret's alone. */
function needlesOf(secret: string): readonly Needle[] {
  const bytes = Buffer.from(secret, 'utf8')
  const encoded = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    return whole.slice(shift === 0 ? 0 : shift + 1, -2)
  })
  const needles: Needle[] = [
    { view: 'escaped', text: viewOf(bytesOf(secret), views.escaped) },
    { view: 'hexadecimal', text: bytes.toString('hex') },
    ...encoded.filter(({ length }) => length >= 6).map((text): Needle => ({ view: 'base64', text: text.replaceAll('+', ' ') })),
  ]
  return needles.filter(({ text }) => text.length >= shortest)
}

function hide(text: string, needles: readonly Needle[]): string {
  const bytes = bytesOf(text)
  const hits: { readonly from: number; readonly to: number; readonly isWhole: boolean }[] = []
  for (const [name, steps] of Object.entries(views)) {
    const view = viewOf(bytes, steps)
    const found = needles.filter((needle) => needle.view === name && view.includes(beginning(needle)))
    if (found.length === 0) continue
    const { from, to } = traced(bytes, steps)
    for (const needle of found) {
      for (let at = view.indexOf(beginning(needle)); at >= 0; at = view.indexOf(beginning(needle), at + 1)) {
        let length = beginning(needle).length
        while (length < needle.text.length && view[at + length] === needle.text[length]) length++
        hits.push({ from: from[at] as number, to: to[at + length - 1] as number, isWhole: length === needle.text.length })
      }
    }
  }
  let shown = ''
  let end = 0
  for (const { from, to, isWhole } of hits.sort((a, b) => a.from - b.from || b.to - a.to)) {
    if (from >= end) shown += bytes.slice(end, from) + (isWhole ? masked : maskedPart)
    end = Math.max(end, to)
  }
  return hits.length === 0 ? text : Buffer.from(shown + bytes.slice(end), 'latin1').toString('utf8')
}

/** What is looked for of a needle: of a long one its beginning, as what was cut is to be hidden too. */
const beginning = ({ text }: Needle): string => (text.length >= longSecret ? text.slice(0, partLength) : text)

/** Where each character of a view comes from. */
function traced(bytes: string, steps: readonly Step[]): { readonly from: readonly number[]; readonly to: readonly number[] } {
  let text = bytes
  let from = Array.from(bytes, (_, index) => index)
  let to = from.map((index) => index + 1)
  for (const [pattern, by] of steps) {
    const nextFrom: number[] = []
    const nextTo: number[] = []
    const keep = (start: number, end: number) => {
      for (let i = start; i < end; i++) {
        nextFrom.push(from[i] as number)
        nextTo.push(to[i] as number)
      }
    }
    let end = 0
    for (const found of text.matchAll(pattern)) {
      keep(end, found.index)
      end = found.index + found[0].length
      for (const _ of by(...(found as unknown as string[]))) {
        nextFrom.push(from[found.index] as number)
        nextTo.push(to[end - 1] as number)
      }
    }
    keep(end, text.length)
    text = text.replace(pattern, by)
    from = nextFrom
    to = nextTo
  }
  return { from, to }
}
