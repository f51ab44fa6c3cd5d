import { type Draft, type Kind, number, toNumber } from './phrases'

interface Phrase {
  readonly pattern: RegExp
  /** Speaks of a length, whatever stands behind the numbers. */
  readonly length?: boolean
}

const to = '(?:to|through|-|–|—|~|,)'
const low = `(?<low>${number})`
const high = `(?<high>${number})`
const end = String.raw`(?![\w.]*\d)`
const unit = String.raw`(?:\s*(?<unit>characters?|chars?|digits?|bytes?)\b)?`
const colon = String.raw`\s*[:：]`

const phrase = (source: string, length = false): Phrase => ({ pattern: new RegExp(source, 'gi'), length })

const phrases: readonly Phrase[] = [
  // Range: 1-65535 · Value range: [1, 100] · The value ranges from 1 to 100
  phrase(
    String.raw`(?<!length )\brang(?:e|es|ing)\b(?:${colon}|\s+is|\s+of)?(?:\s+(?:from|between))?\s*\[?\s*${low}\s*(?:${to}|and)\s*${high}\]?${end}${unit}`,
  ),
  // The value is between 1 and 100 · an integer from 1 to 100
  phrase(
    String.raw`\b(?:between|(?:value|number|integer)(?: is)?(?: an? (?:number|integer))? from)\s+${low}\s*(?:${to}|and)\s*${high}${end}${unit}`,
  ),
  // Minimum: 1 · Maximum value: 100
  phrase(String.raw`\bmin(?:imum)?(?:\.? value)?(?:${colon}|\s+is|\s+of)\s*${low}${end}${unit}`),
  phrase(String.raw`\bmax(?:imum)?(?:\.? value)?(?:${colon}|\s+is|\s+of)\s*${high}${end}${unit}`),
  // Minimum length: 1 · Length: 1 - 64 · Array Length: 1 - 10 · Length: 32
  phrase(String.raw`\bmin(?:imum)? length(?:${colon}|\s+is|\s+of)\s*${low}`, true),
  phrase(String.raw`\bmax(?:imum)? length(?:${colon}|\s+is|\s+of)\s*${high}`, true),
  phrase(String.raw`(?<!imum )\blength(?: range)?(?:${colon}|\s+is|\s+ranges from)\s*\[?${low}\s*(?:${to}|and)\s*${high}`, true),
  phrase(String.raw`(?<!imum )\blength(?:${colon}|\s+is)\s*(?<exact>${number})(?!\s*${to}\s*\d)(?![\w.,]*\d)`, true),
  // 1 to 64 characters · up to 64 characters · at least 8 characters
  phrase(String.raw`(?<![\w.-])${low}\s*${to}\s*${high}\s*characters?\b`, true),
  phrase(
    String.raw`\b(?:up to|at most|no more than|maximum of|(?:cannot|must not|not) exceed|not longer than)\s+${high}\s*characters?\b`,
    true,
  ),
  phrase(String.raw`\b(?:at least|minimum of|no fewer than|not shorter than)\s+${low}\s*characters?\b`, true),
]

// The value must be greater than 0: of numbers only, since a text's words may count anything.
const comparisons: readonly (readonly [string, RegExp])[] = [
  ['minimum', comparison('greater than or equal to|not less than|no less than')],
  ['maximum', comparison('less than or equal to|not greater than|no greater than')],
  ['exclusiveMinimum', comparison('greater than')],
  ['exclusiveMaximum', comparison('less than')],
]

function comparison(words: string): RegExp {
  return new RegExp(String.raw`\b(?:value|must be|be|is)\s+(?:${words})\s+(?<limit>${number})${end}`, 'i')
}

const pairs = [
  ['minimum', 'maximum'],
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
] as const

/** Ranges and lengths: `minimum`, `maximum` and their exclusive forms, `minLength`, `maxLength`, `minItems`, `maxItems`. */
export function readLimits(draft: Draft): void {
  for (const { pattern, length } of phrases) {
    for (const match of draft.text.matchAll(pattern)) {
      const { low, high, exact, unit } = match.groups!
      const said = { said: match[0].trim(), length: length === true || unit !== undefined }
      if (low ?? exact) setLimit(draft, 'min', (low ?? exact)!, said)
      if (high ?? exact) setLimit(draft, 'max', (high ?? exact)!, said)
    }
  }
  const { keywords } = draft
  if (draft.kind === 'integer' || draft.kind === 'number') {
    for (const [keyword, pattern] of comparisons) {
      const limit = pattern.exec(draft.text)?.groups?.limit
      if (limit !== undefined) keywords[keyword] ??= toNumber(limit)
    }
  }
  for (const [least, greatest] of pairs) {
    if (!(Number(keywords[least]) > Number(keywords[greatest]))) continue
    draft.problems.push(`the least, ${String(keywords[least])}, is above the greatest, ${String(keywords[greatest])}`)
    delete keywords[least]
    delete keywords[greatest]
  }
}

function setLimit(draft: Draft, side: 'min' | 'max', text: string, { said, length }: { said: string; length: boolean }): void {
  const { keywords, problems } = draft
  const keyword = limitKeyword(side, draft.kind, length)
  const limit = toNumber(text)
  if (keyword === undefined) problems.push(`"${said}" does not fit the type`)
  else if (/L|I/.test(keyword) && !(Number.isInteger(limit) && limit >= 0)) problems.push(`"${said}" is no length`)
  else if (keywords[keyword] !== undefined && keywords[keyword] !== limit) {
    problems.push(`"${said}" contradicts ${keyword} ${String(keywords[keyword])}`)
  } else keywords[keyword] = limit
}

/** A range of a text is one of its length; of an array only where it says so, since its items may be meant. */
function limitKeyword(side: 'min' | 'max', kind: Kind, length: boolean): string | undefined {
  if (kind === 'integer' || kind === 'number') return length ? undefined : `${side}imum`
  if (kind === 'string') return `${side}Length`
  return kind === 'array' && length ? `${side}Items` : undefined
}
