/** Secrets under this length are too short to be told from other text. */
export const shortest = 4
/** So much of the beginning of a long secret is found too. */
const partLength = 16
const longSecret = 32

/** A token without its scheme: `Bearer abc` → `abc`. */
export const withoutScheme = (value: string): string => value.trim().replace(/^[A-Za-z][\w-]{0,30} +(?=\S+$)/, '')

/** Shorter cookies say something else, such as a language. */
const shortestCookie = 8

/** What grants access in the value of a header: the token without its scheme, each cookie, of Basic the user with the password, and the password. */
export function credentialsIn(name: string, value: string): readonly string[] {
  if (name.toLowerCase() === 'cookie') {
    const cookies = value.split(/; */).map((pair) => pair.slice(pair.indexOf('=') + 1))
    const long = cookies.filter(({ length }) => length >= shortestCookie)
    return long.length > 0 ? long : [value]
  }
  const token = withoutScheme(value)
  if (!/^\s*basic /i.test(value)) return [token]
  const user = Buffer.from(token, 'base64').toString('utf8')
  return [token, user, ...(isPasswordShown(user) ? [] : [user.slice(user.indexOf(':') + 1)])]
}

/** A password that is the name of its user, which is no secret. */
const isPasswordShown = (user: string): boolean => /^([^:]*):\1$/.test(user)

/** Rewrites a text so that all ways of writing a secret look alike. A text without any of its signs is left as it is. */
interface Step {
  readonly signs: readonly string[]
  readonly pattern: RegExp
  by(...parts: string[]): string
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** Texts are looked at as bytes, one a character, as a URL's escapes are those of bytes. */
export const bytesOf = (text: string): string =>
  Buffer.byteLength(text) === text.length ? text : Buffer.from(text, 'utf8').toString('latin1')
const unit = (code: number): string => (code <= 0x10ffff ? bytesOf(String.fromCodePoint(code)) : '')

/** JSON's escapes; a backslash that escapes nothing is left out, as JSON within JSON doubles it. */
const json: Step = {
  signs: ['\\'],
  pattern: /\\+u([dD][89abAB][\da-fA-F]{2})\\+u([dD][c-fC-F][\da-fA-F]{2})|\\+u([\da-fA-F]{4})|\\+([nrtbf]?)/g,
  by(_, high, low, code, control) {
    if (high !== undefined) return bytesOf(String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low as string, 16)))
    return code === undefined ? (controls[control as string] ?? '') : unit(Number.parseInt(code, 16))
  },
}

/** Escapes of URLs and HTML, also of what was escaped before. */
const url: Step = {
  signs: ['%', '&'],
  pattern: /%(?:25)*([\da-fA-F]{2})|&(?:amp;)*(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g,
  by(_, byte, decimal, hexadecimal, entity) {
    if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16))
    if (entity !== undefined) return entities[entity] as string
    return unit(decimal === undefined ? Number.parseInt(hexadecimal as string, 16) : Number(decimal))
  },
}

/** More than once, as what is escaped may be escaped again. A `+` may be a space in a URL. */
const unescaped: readonly Step[] = [json, url, json, url, json, { signs: ['+'], pattern: /\+/g, by: () => ' ' }]

/** How each way of writing is looked for, behind all escapes. Base64 may be broken into lines. */
const views = {
  escaped: [],
  'in hexadecimal digits': [],
  'in base64': [{ signs: ['\n', '\r'], pattern: /[\r\n\t]/g, by: () => '' }],
} satisfies Record<string, readonly Step[]>

const everyView: readonly (readonly [name: string, steps: readonly Step[]])[] = Object.entries(views)

/** A secret as it looks in a view. */
export interface Needle {
  readonly view: keyof typeof views
  readonly text: string
  /** Whether a digit beside it is the secret's in part. */
  readonly shared?: { readonly before: boolean; readonly after: boolean }
}

const viewOf = (bytes: string, steps: readonly Step[]): string =>
  steps.reduce((text, step) => (isTouched(text, step) ? text.replace(step.pattern, step.by) : text), bytes)

const isTouched = (text: string, { signs }: Step): boolean => signs.some((sign) => text.includes(sign))

/** A text behind its escapes, comparable with another such text. */
export const plainOf = (text: string): string => viewOf(bytesOf(text), unescaped)

/** All ways in which a secret may be written. Base64 has three forms, by where the secret begins in what was encoded: the digits that are the secret's alone. */
export function needlesOf(secret: string): readonly Needle[] {
  const bytes = Buffer.from(secret, 'utf8')
  const encoded = [0, 1, 2].flatMap((shift): readonly Needle[] => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
    const digits = whole.toString('base64').slice(Math.ceil((shift * 8) / 6), Math.floor((whole.length * 8) / 6))
    const inUrls = digits.replaceAll('+', '-').replaceAll('/', '_')
    const shared = { before: shift > 0, after: whole.length % 3 > 0 }
    return [...new Set([digits.replaceAll('+', ' '), inUrls])].map((text) => ({ view: 'in base64', text, shared }))
  })
  const hexadecimal = bytes.toString('hex')
  const needles: Needle[] = [
    { view: 'escaped', text: plainOf(secret) },
    // Bytes of a header that were read one a character.
    ...(bytesOf(secret) === secret ? [] : [{ view: 'escaped', text: plainOf(bytesOf(secret)) } as const]),
    ...[hexadecimal, hexadecimal.toUpperCase()].map((text): Needle => ({ view: 'in hexadecimal digits', text })),
    ...encoded.filter(({ text }) => text.length >= 6),
  ]
  return needles.filter(({ text }) => text.length >= shortest)
}

/** Where a secret stands. */
export interface Hit {
  /** Of the bytes of the text. */
  readonly from: number
  readonly to: number
  /** Else only the beginning of a long secret is there. */
  readonly isWhole: boolean
  readonly view: Needle['view']
}

/** Where secrets stand in a text, in whatever form. @param bytes the text, one byte a character (`latin1` of its UTF-8) */
export function hitsIn(bytes: string, needles: readonly Needle[]): readonly Hit[] {
  if (needles.length === 0) return []
  const plain = viewOf(bytes, unescaped)
  const hits: Hit[] = []
  for (const [name, steps] of everyView) {
    const view = viewOf(plain, steps)
    const found = needles.filter((needle) => needle.view === name && view.includes(beginning(needle)))
    if (found.length > 0) hits.push(...hitsInView(bytes, view, [...unescaped, ...steps], found))
  }
  return hits
}

function hitsInView(bytes: string, view: string, steps: readonly Step[], needles: readonly Needle[]): readonly Hit[] {
  const { from, to } = traced(bytes, steps)
  const isDigit = (at: number) => /[\w+/%-]/.test(bytes[from[at] ?? -1] ?? '')
  return needles.flatMap((needle) => {
    const hits: Hit[] = []
    for (let at = view.indexOf(beginning(needle)); at >= 0; at = view.indexOf(beginning(needle), at + 1)) {
      let end = at + beginning(needle).length
      while (end - at < needle.text.length && view[end] === needle.text[end - at]) end++
      const isWhole = end - at === needle.text.length
      const start = isWhole && needle.shared?.before && isDigit(at - 1) ? at - 1 : at
      if (isWhole && needle.shared?.after && isDigit(end)) {
        end++
        while (view[end] === '=') end++
      }
      hits.push({ from: from[start] as number, to: to[end - 1] as number, isWhole, view: needle.view })
    }
    return hits
  })
}

/** What is looked for of a needle: of a long one its beginning, as what was cut is to be found too. */
const beginning = ({ text }: Needle): string => (text.length >= longSecret ? text.slice(0, partLength) : text)

/** Where each character of a view comes from. */
function traced(bytes: string, steps: readonly Step[]): { readonly from: readonly number[]; readonly to: readonly number[] } {
  let text = bytes
  let from = Array.from(bytes, (_, index) => index)
  let to = from.map((index) => index + 1)
  for (const step of steps) {
    if (!isTouched(text, step)) continue
    const { pattern, by } = step
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
