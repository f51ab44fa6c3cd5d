/** Pieces that the set phrases of the reference's descriptions are made of. */

/** JSON types that a cell of the column Type can come to. */
export type Kind = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'any'

/** What the readers of a description fill. */
export interface Draft {
  readonly text: string
  readonly kind: Kind
  readonly keywords: Record<string, unknown>
  readonly problems: string[]
}

export const number = String.raw`-?\d+(?:,\d{3})*(?:\.\d+)?`

/** A single value: quoted, or a word without blanks. */
export const token = String.raw`"[^"]+"|'[^']+'|“[^”]+”|-?[\w$][\w$./+*@:;=-]*[\w$*+]|-?[\w$]|\*`

/** What begins another statement: `Minimum:`, `Default Value:`, `Constraints:`, … */
export const label =
  /\b(?:(?:value )?range|(?:min(?:imum)?|max(?:imum)?)(?:\.? (?:value|length))?|default(?: value)?|enum(?:eration)?(?: values?)?|options|(?:array )?length|regular expression|constraints?|definition|explanation|value)\s*[:：]/i

export const toNumber = (text: string): number => Number(text.replaceAll(',', ''))

export const unquoted = (text: string): string => text.replace(/^["'“](.*)["'”]$/s, '$1')

/** The text up to the next label. */
export function upToLabel(text: string): string {
  const next = label.exec(text)
  return (next ? text.slice(0, next.index) : text).trim()
}

/** For messages. */
export function shortened(text: string): string {
  const line = text.trim()
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}

/** A value as its type has it, or undefined if it does not fit. */
export function toValue(text: string, kind: Kind): string | number | boolean | undefined {
  if (kind === 'boolean') return /^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined
  if (kind === 'integer' || kind === 'number') {
    if (!new RegExp(`^${number}$`).test(text)) return undefined
    const value = toNumber(text)
    return kind === 'integer' && !Number.isInteger(value) ? undefined : value
  }
  return kind === 'string' || kind === 'any' ? text : undefined
}
