/**
 * Characters that are not seen, that move others about, or that end a line: control and format characters (the bidirectional ones
 * among them), lone surrogates, noncharacters, line and paragraph separators, fillers, and every space but the plain one.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\u115f\u1160\u3164\uffa0]|(?! )\p{Zs}/gu

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The escape that stands for a character in shown text: `\n`, `\u202e`, `\u{e0001}`. */
function escapeOf(character: string): string {
  const code = character.codePointAt(0)!
  return short[character] ?? (code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`)
}

/** Splits text into runs of plain characters and escapes of unseen ones, in order. `keep` names characters that stay as they are. */
export function runs(text: string, keep = ''): { readonly text: string; readonly escaped: boolean }[] {
  const found: { text: string; escaped: boolean }[] = []
  let from = 0
  for (const match of text.matchAll(unseen)) {
    if (keep.includes(match[0])) continue
    if (match.index > from) found.push({ text: text.slice(from, match.index), escaped: false })
    found.push({ text: escapeOf(match[0]), escaped: true })
    from = match.index + match[0].length
  }
  if (from < text.length) found.push({ text: text.slice(from), escaped: false })
  return found
}

/** Text of a target on one line: what cannot be seen is shown as its escape, so that nothing moves the reader's cursor or hides. */
export const visible = (text: string): string => text.replace(unseen, escapeOf)

/** The beginning of a text, at most `limit` UTF-16 units and never half a character, with the number of units left out. */
export function cut(text: string, limit: number): { readonly text: string; readonly left: number } {
  if (text.length <= limit) return { text, left: 0 }
  const last = text.charCodeAt(limit - 1)
  const end = last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit
  return { text: text.slice(0, end), left: text.length - end }
}

/** A text of at most `limit` UTF-16 units; a longer one ends in an ellipsis. */
export function shorten(text: string, limit: number): string {
  const { text: beginning, left } = cut(text, limit)
  return left > 0 ? `${beginning}…` : text
}

/** A whole number with separators: `3,000`. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',')

/** A number with its noun: `1 finding`, `3,000 requests`. */
export const counted = (value: number, noun: string, plural = `${noun}s`): string => `${count(value)} ${value === 1 ? noun : plural}`

/** A duration given in seconds: `0.4 ms`, `12 ms`, `1.2 s`, `4 min 10 s`. */
export function duration(seconds: number): string {
  if (seconds < 0.0095) return `${Number((seconds * 1000).toFixed(1))} ms`
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 59.95) return `${Number(seconds.toFixed(1))} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** A share of 0–1 in per cent with two significant digits: `0.86 %`, `9.5 %`, `30 %`. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`

/** A size: `312 bytes`, `8.0 KB`, `10.0 MB` (powers of 1,024). */
export function bytes(size: number): string {
  if (size < 1024) return counted(size, 'byte')
  if (size < 1024 * 1024) return `${(size / 1024).toFixed(1)} KB`
  return `${(size / 1024 / 1024).toFixed(1)} MB`
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** Columns that a visible text takes in a terminal: wide characters (UAX #11) two, combining marks none. */
export function columns(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

/** Breaks a visible text into lines of at most `width` columns, at spaces and commas where there are any. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  let taken = 0
  for (const word of text.split(/(?<= |,(?!\d))/)) {
    const size = columns(word.trimEnd())
    if (taken > 0 && taken + size > width) {
      lines.push(line.trimEnd())
      line = ''
      taken = 0
    }
    if (size <= width) {
      line += word
      taken += columns(word)
      continue
    }
    for (const character of word) {
      const needs = columns(character)
      if (taken + needs > width) {
        lines.push(line)
        line = ''
        taken = 0
      }
      line += character
      taken += needs
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line.trimEnd())
  return lines
}

/** Breaks a shell command before its options, so that the lines still work as pasted; an option that is longer than `width` stays whole. */
export function wrapCommand(command: string, width: number): string[] {
  const words = command.match(/(?:\$'(?:[^'\\]|\\[\s\S])*'|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\]|['"\\])+/g) ?? []
  if (words.join(' ') !== command) return [command]
  const groups: string[] = []
  for (const word of words) {
    if (groups.length === 0 || word.startsWith('-')) groups.push(word)
    else groups[groups.length - 1] += ` ${word}`
  }
  const lines: string[] = []
  let line = ''
  for (const group of groups) {
    if (line !== '' && columns(line) + 1 + columns(group) > width - 2) {
      lines.push(`${line} \\`)
      line = `  ${group}`
    } else line = line === '' ? group : `${line} ${group}`
  }
  return [...lines, line]
}

/** The first of many names, and how many more there are. */
export const shortList = (names: readonly string[], most = 5): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${count(names.length - most)} more`
