/** Takes the layout's marks off a piece of a page, so that text and Markdown read alike. */
export type Plain = (text: string) => string

const tags = /<\/?(?:a|b|br|code|div|em|i|li|ol|p|pre|span|strong|sub|sup|u|ul)(?:\s[^<>]*)?\/?>/gi

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** A page is Markdown if it has headings, bold text or links; backslashes and brackets mean themselves elsewhere. */
export const isMarkdown = (text: string): boolean => /^ {0,3}#{1,6}\s|\*\*[^*\s|][^*|\n]*\*\*|\]\([^()\s]*\)/m.test(text)

/** @param markdown takes off Markdown's marks as well */
export function plainText(markdown: boolean): Plain {
  return (text) => {
    const blanks = text
      .replace(/[\t\u00a0\u2007\u202f\u3000]/g, ' ')
      .replace(/[\u200b\ufeff]/g, '')
      .replace(/ {2,}/g, ' ')
      .trim()
    const unmarked = markdown ? withoutMarks(blanks) : withoutTags(blanks)
    return unmarked.replace(/ {2,}/g, ' ').trim()
  }
}

/** Code spans hold their text as it is. */
function withoutMarks(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((piece, index) => (index % 2 === 1 ? piece.slice(1, -1) : withoutTags(withoutEmphasis(piece))))
    .join('')
}

function withoutEmphasis(text: string): string {
  return text
    .replace(/^ {0,3}#{1,6} +/, '')
    .replace(/ +#+ *$/, '')
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replace(/(?<!\\)\*\*/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
}

const withoutTags = (text: string): string =>
  text
    .replace(tags, (tag) => (/^<(?:li)\b/i.test(tag) ? ' - ' : /^<\/?(?:br|p|ul|ol|div)\b/i.test(tag) ? ' ' : ''))
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, decode)

function decode(entity: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return entities[name.toLowerCase()] ?? entity
  const code = decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal)
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity
}
