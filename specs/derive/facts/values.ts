import { type Draft, label, shortened, token, toValue, unquoted, upToLabel } from './phrases'

interface ListPhrase {
  readonly pattern: RegExp
  /** What follows can only be a list of values: if it cannot be read, that is told. */
  readonly sure: boolean
}

const listPhrases: readonly ListPhrase[] = [
  // Enumeration values: - a - b
  { sure: true, pattern: /\benum(?:eration)?(?: values?)?\s*[:：]/gi },
  // Options: a and b
  { sure: true, pattern: /\boptions(?: are| include)?(?: as follows)?\s*[:：]/gi },
  // The value is one of the following: a, b
  {
    sure: true,
    pattern: /\b(?:value|values|options)(?: (?:can|must))?(?: be| is| are)? (?:one|any) of(?: the following)?(?: values)?\s*[:：]?/gi,
  },
  // Range: - a - b
  { sure: true, pattern: /\brange\s*[:：](?=\s*[-•·*]\s+(?!\d))/gi },
  // Range: a, b
  { sure: false, pattern: /\brange\s*[:：](?!\s*[[\d-])/gi },
  // The options are a, b
  { sure: false, pattern: /\boptions (?:are|include)\b(?!\s*(?:as follows)?\s*[:：])/gi },
  // Value: x or y · The value can be x or y
  {
    sure: false,
    pattern:
      /(?<!(?:default|minimum|maximum|enumeration) )\bvalues?\s*(?:[:：]|(?:can|may|must) be(?: either| set to)?\b(?! one of)\s*[:：]?|is either\b|(?:are|include)\b(?! one of)\s*[:：]?)/gi,
  },
]

/** A list of allowed values: `enum`. */
export function readValues({ text, kind, keywords, problems }: Draft): void {
  for (const { pattern, sure } of listPhrases) {
    for (const match of text.matchAll(pattern)) {
      const content = upToLabel(text.slice(match.index + match[0].length))
      const items = listItems(content)
      if (items === undefined || items.length < (sure ? 1 : 2)) {
        if (sure) problems.push(`"${shortened(`${match[0]} ${content}`)}" could not be read as a list of values`)
        continue
      }
      const values = items.map((item) => toValue(item, kind))
      const odd = items.find((_, index) => values[index] === undefined)
      const unique = [...new Set(values)]
      if (odd !== undefined) problems.push(`the value ${shortened(odd)} does not fit the type`)
      else if (keywords.enum !== undefined && JSON.stringify(keywords.enum) !== JSON.stringify(unique)) {
        problems.push(`a second list of values, ${shortened(items.join(', '))}, contradicts the first`)
      }
      // Both values of a Boolean say no more than its type.
      else if (kind !== 'boolean' || unique.length < 2) keywords.enum = unique
    }
  }
}

/** `- a: what it means - b`, `a, b, and c`, `a or b`: the values, or undefined where it is no such list. */
function listItems(content: string): string[] | undefined {
  const bulleted = /^[-•·*]\s/.test(content)
  const pieces = bulleted
    ? content.split(/(?:^|\s)[-•·*]\s+/)
    : firstSentence(content)
        .replace(/\s*\((?:default|recommended)\)/gi, '')
        .split(/\s*(?:,|;(?=\s))\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+/)
  const ending = bulleted ? String.raw`(?:$|[:：(,;.]|\s*[:：(])` : String.raw`\s*\.?$`
  const item = new RegExp(`^(${token})${ending}`)
  const items = pieces
    .map((piece) => piece.trim())
    .filter(Boolean)
    .map((piece) => item.exec(piece)?.[1])
  if (items.length === 0 || items.includes(undefined)) return undefined
  return (items as string[]).map(unquoted)
}

const firstSentence = (text: string): string => /^.*?(?=\.(?:\s|$)|$)/s.exec(text)![0]

const defaultPhrase = new RegExp(String.raw`\bdefault(?: value)?\s*(?:[:：]|is\b)\s*(${token})(?=\s*(?:$|[.,;(]|${label.source}))`, 'i')

/** The stated default: `default`. @param cell of a column for it */
export function readDefault({ text, kind, keywords, problems }: Draft, cell?: string): void {
  const stated = isNothing(cell) ? defaultPhrase.exec(text)?.[1] : cell!.trim()
  if (stated === undefined) {
    const said = /\bdefault(?: value)?\s*[:：][^.]*/i.exec(text)?.[0]
    if (said !== undefined) problems.push(`"${shortened(said)}" could not be read as a default`)
    return
  }
  if (isNothing(stated)) return
  const value = toValue(unquoted(stated), kind)
  if (value === undefined) problems.push(`the default ${shortened(stated)} does not fit the type`)
  else if (Array.isArray(keywords.enum) && !keywords.enum.includes(value)) {
    problems.push(`the default ${shortened(stated)} is not among the values`)
  } else if (Number(value) < Number(keywords.minimum) || Number(value) > Number(keywords.maximum)) {
    problems.push(`the default ${shortened(stated)} is out of its range`)
  } else keywords.default = value
}

const isNothing = (text: string | undefined): boolean => /^(?:-{0,2}|none|n\/a|null)$/i.test(text?.trim() ?? '')
