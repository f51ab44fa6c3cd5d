import type { SchemaPromise } from '../../../core/operation'
import { readFormat } from './format'
import { readLimits } from './limits'
import { type Draft, type Kind, shortened, upToLabel } from './phrases'
import { readPromises } from './promises'
import { readDefault, readValues } from './values'

/** Characters of a description that are read: no page of the reference comes near, and the phrases' patterns take their time on more. */
const maxLength = 4000

/** What a description says beyond its words. */
interface Facts {
  /** Keywords of JSON Schema for the member itself. */
  readonly keywords: Readonly<Record<string, unknown>>
  /** Keywords for the items, where the member is an array. */
  readonly items: Readonly<Record<string, unknown>>
  readonly promises: readonly SchemaPromise[]
  /** What looks like a fact and could not become one. */
  readonly problems: readonly string[]
}

/**
 * Reads the facts of a description: ranges, lengths, lists of values, defaults, formats and patterns, where they are stated in one of the
 * reference's set phrases.
 * @param kind type of the member; `options.items` the type of an array's items: a list of values or a form is theirs
 * @param options.answered the member is in an answer, so that promises of the server count
 * @param options.default the cell of a column for it
 */
export function readFacts(description: string, kind: Kind, options: { answered: boolean; default?: string; items?: Kind }): Facts {
  const problems: string[] = []
  const text = description.slice(0, maxLength)
  if (text !== description) problems.push('the description is too long to be read for facts to its end')
  const member: Draft = { text, kind, keywords: {}, problems }
  const item: Draft = { text, kind: options.items ?? 'any', keywords: {}, problems }
  const valued = kind === 'array' ? item : member
  readLimits(member)
  readValues(valued)
  readFormat(valued)
  problems.push(...unreadRanges(text, valued.kind))
  if (kind !== 'array') readDefault(member, options.default)
  const promising = options.answered && (kind === 'string' || kind === 'integer')
  return {
    keywords: member.keywords,
    items: item.keywords,
    promises: promising ? readPromises(text) : [],
    problems: [...new Set(problems)],
  }
}

/** `Range:` with nothing behind it, or with what is neither a range nor a list of values. */
function unreadRanges(text: string, kind: Kind): string[] {
  const problems: string[] = []
  for (const { 0: said, index } of text.matchAll(/\b(?:value )?range\s*[:：]/gi)) {
    const content = upToLabel(text.slice(index + said.length))
    if (content === '') problems.push(`"${said}" is empty`)
    if (content === '' || /^(?:n\/a|none|-|(?:unlimited|not limited|no limit(?:ation)?s?))\.?$/i.test(content)) continue
    const draft: Draft = { text: `${said} ${content}`, kind, keywords: {}, problems: [] }
    readLimits(draft)
    readValues(draft)
    const read =
      Object.keys(draft.keywords).length > 0 ||
      draft.problems.length > 0 ||
      (kind === 'boolean' && /true.*false|false.*true/i.test(content))
    if (!read) problems.push(`"${shortened(draft.text)}" could not be read as a range`)
  }
  return problems
}

/** What is said against the flag in the column Mandatory, or undefined. */
export function mandatoryProblem(mandatory: boolean, description: string): string | undefined {
  const conditional = /\b(?:mandatory|required)\b[^.]*\b(?:if|when|unless)\b|\b(?:if|when|unless)\b[^.]*\b(?:mandatory|required)\b/i.test(
    description,
  )
  if (conditional) {
    const flag = mandatory ? 'marked as mandatory' : 'marked as not mandatory'
    return `${flag}, but its own sentence makes it mandatory under a condition; the mark counts`
  }
  if (mandatory && /\b(?:this (?:parameter|field) is|is an?) optional\b/i.test(description))
    return 'marked as mandatory, but called optional; the mark counts'
  if (!mandatory && /\bthis (?:parameter|field) is (?:mandatory|required)\b/i.test(description)) {
    return 'marked as not mandatory, but called mandatory; the mark counts'
  }
  return undefined
}
