import { type Json, jsonType } from '../core/json'

/** In what way a value that came back differs from what was sent. */
export interface Lie {
  /** Stable code, e.g. `cut`. */
  readonly kind: string
  /** Goes after the member's name: "came back cut". */
  readonly words: string
}

const lie = (kind: string, words: string): Lie => ({ kind, words })

/**
 * Names the lie, so that failures of one cause share it.
 * @param elsewhere place at which the request sent the received value, if there is one
 */
export function nameLie(sent: Json, received: Json, elsewhere?: string): Lie {
  if (typeof sent === 'string' && typeof received === 'string') return textLie(sent, received, elsewhere)
  if (typeof sent === 'number' && typeof received === 'number') return numberLie(sent, received, elsewhere)
  if (jsonType(sent) !== jsonType(received)) return lie('type', `came back as ${jsonType(received)}, sent was ${jsonType(sent)}`)
  return changed
}

/** Nothing explains the difference. */
export const changed = lie('changed', 'came back changed')
const swapped = (place: string): Lie => lie('swapped', `came back with the value that was sent for ${place}`)

/** Tells one kind of change; the first that explains the whole difference counts, narrow ones before wide ones. */
const explanations: readonly (readonly [test: (sent: string, received: string) => boolean, lie: Lie])[] = [
  [isNormalised, lie('normalised', 'came back in another Unicode normal form')],
  [
    (sent, got) => sent.toLowerCase() === got.toLowerCase() || sent.toUpperCase() === got.toUpperCase(),
    lie('case', 'came back in another case'),
  ],
  [(sent, got) => lines(sent) === lines(got), lie('line-ends', 'came back with other line ends')],
  [isTrimmed, lie('trimmed', 'came back trimmed')],
  [(sent, got) => blanks(sent) === blanks(got), lie('spaces', 'came back with other blanks')],
  [(sent, got) => unescapers.some((undo) => undo(got) === sent), lie('escaped', 'came back escaped')],
  [(sent, got) => unescapers.some((undo) => undo(sent) === got), lie('unescaped', 'came back with its escapes undone')],
  [isReencoded, lie('re-encoded', 'came back in another encoding')],
  [isCut, lie('cut', 'came back cut')],
  [isStripped, lie('stripped', 'came back with some characters left out')],
  [(sent, got) => sent.length > 1 && got.includes(sent), lie('padded', 'came back with something added')],
]

function textLie(sent: string, received: string, elsewhere: string | undefined): Lie {
  if (received === '') return lie('emptied', 'came back empty')
  if (elsewhere !== undefined && received.length > 1) return swapped(elsewhere)
  return explanations.find(([explains]) => explains(sent, received))?.[1] ?? changed
}

const lines = (text: string): string => text.replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
const blanks = (text: string): string => text.replace(/[\s\p{Z}\p{Cc}\u200b-\u200d\ufeff]+/gu, ' ').trim()

/** What is missing at the ends is blank, invisible or control. */
function isTrimmed(sent: string, received: string): boolean {
  const at = sent.indexOf(received)
  if (at < 0 || received.length >= sent.length) return false
  const blank = /^[\s\p{Z}\p{Cc}\p{Cf}]*$/u
  // Some cut at NUL: only if nothing but blanks stood behind it is it a trim.
  return blank.test(sent.slice(0, at)) && blank.test(sent.slice(at + received.length))
}

const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const
function isNormalised(sent: string, received: string): boolean {
  return forms.some((form) => sent.normalize(form) === received) || sent.normalize('NFKC') === received.normalize('NFKC')
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: '\u00a0' }

/** Each undoes one way of escaping; undefined: the text is not escaped so. */
const unescapers: readonly ((text: string) => string | undefined)[] = [
  (text) => unentity(text),
  // Escaped twice.
  (text) => unentity(unentity(text)),
  (text) => attempt(() => decodeURIComponent(text)),
  (text) => attempt(() => decodeURIComponent(text.replace(/\+/g, ' '))),
  (text) => attempt(() => JSON.parse(`"${text}"`)),
  (text) => attempt(() => JSON.parse(text)),
  (text) => text.replace(/\\(.)/gsu, '$1'),
  (text) => text.replace(/\\u\{?([0-9a-f]{4,6})\}?/gi, (_, hex: string) => codePoint(Number.parseInt(hex, 16))),
  (text) => text.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => codePoint(Number.parseInt(hex, 16))),
  (text) => text.replace(/''/g, "'"),
  (text) => text.replace(/""/g, '"'),
  (text) => text.replace(/%%/g, '%'),
]

const unentity = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,6}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return entities[name.toLowerCase()] ?? whole
    return codePoint(decimal !== undefined ? Number(decimal) : Number.parseInt(hex ?? '', 16))
  })

const codePoint = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '')

function attempt(read: () => unknown): string | undefined {
  try {
    const value = read()
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
/** Characters of windows-1252 at 0x80 to 0x9f, where latin1 has controls. */
const windows = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'
const windows1252 = (text: string): string => latin1(text).replace(/[\x80-\x9f]/g, (control) => windows[control.charCodeAt(0) - 0x80]!)
const mojibake: readonly ((text: string) => string)[] = [
  latin1,
  windows1252,
  (text) => latin1(latin1(text)),
  (text) => Buffer.from(text, 'latin1').toString('latin1'),
  (text) => Buffer.from(text, 'latin1').toString('utf8'),
  (text) => Buffer.from(text, 'latin1').toString('ascii'),
  (text) => Buffer.from(text, 'utf8').toString('ascii'),
]

/** Read in another charset, or written into one that lacks some of its characters. */
function isReencoded(sent: string, received: string): boolean {
  if (/^[\0-\x7f]*$/.test(sent)) return false
  return mojibake.some((read) => read(sent) === received) || isSubstituted(sent, received)
}

/** Characters beyond ASCII were replaced by a sign that stands for any: once, or for each byte. */
function isSubstituted(sent: string, received: string): boolean {
  const rest = (text: string) => text.replace(/[^\0-\x7f]|[?_]/gu, '')
  const signs = (text: string) => text.match(/[?_\uFFFD\u25A1]/g)?.length ?? 0
  const beyond = (text: string) => text.match(/[^\0-\x7f\uFFFD\u25A1]/gu)?.length ?? 0
  return signs(received) > signs(sent) && beyond(received) < beyond(sent) && rest(received) === rest(sent)
}

/** A beginning or an end of what was sent, perhaps with an ellipsis, perhaps cut within a character. */
function isCut(sent: string, received: string): boolean {
  if (received.length >= sent.length + 3) return false
  const kept = received.replace(/(?:\u2026|\.\.\.)$/u, '')
  const whole = received.replace(/\uFFFD{1,3}$/u, '')
  return [received, kept, whole].some((part) => part !== '' && part.length < sent.length && (sent.startsWith(part) || sent.endsWith(part)))
}

/** A part of the characters is gone, wherever it stood (controls, signs, tags, whatever is not ASCII). */
function isStripped(sent: string, received: string): boolean {
  if (received.length >= sent.length) return false
  if (sent.replace(/<[^<>]*>/g, '') === received) return true
  const gone = new Set<string>()
  let at = 0
  for (const character of sent) {
    if (received.startsWith(character, at)) at += character.length
    else gone.add(character)
  }
  return at === received.length && ![...received].some((character) => gone.has(character))
}

function numberLie(sent: number, received: number, elsewhere: string | undefined): Lie {
  if (elsewhere !== undefined) return swapped(elsewhere)
  if (isWrapped(sent, received)) return lie('wrapped', 'came back wrapped round')
  if (Math.abs(sent - received) < 1 || Math.fround(sent) === received || Math.abs(sent - received) <= Math.abs(sent) * 1e-6)
    return lie('rounded', 'came back rounded')
  if (limits.has(received) && Math.abs(sent) > Math.abs(received))
    return lie('clamped', 'came back as the largest number that some type holds')
  return changed
}

const limits = new Set([0, ...[7, 8, 15, 16, 31, 32, 53, 63, 64].flatMap((bits) => [2 ** bits - 1, -(2 ** bits), 2 ** bits])])

/** Both are equal in their low 8, 16, 32 or 64 bits. */
function isWrapped(sent: number, received: number): boolean {
  if (!Number.isInteger(sent) || !Number.isInteger(received)) return false
  return [8, 16, 32, 64].some((bits) =>
    [BigInt.asIntN(bits, BigInt(sent)), BigInt.asUintN(bits, BigInt(sent))].some((value) => Number(value) === received),
  )
}
