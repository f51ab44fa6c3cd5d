import { type Draft, shortened } from './phrases'

const patternPhrase = /\b(?:regular expression|regexp?|pattern)\b\s*(?:[:：]|is)?\s*["'“]?(\^.*?\$)(?=["'”]?(?:\s|[.,;]|$))/i
const saysCharacters = /\b(?:contains?|consists? of|starts? with|ends? with)\b[^.]*\b(?:letters?|digits?|hyphens?|underscores?)\b/i

/** The form of a text: `pattern` where a regular expression is stated, `format` where a known form is named. */
export function readFormat({ text, kind, keywords, problems }: Draft): void {
  if (kind !== 'string') return
  const pattern = patternPhrase.exec(text)?.[1]
  if (pattern !== undefined) {
    if (isPattern(pattern)) keywords.pattern = pattern
    else problems.push(`the pattern ${shortened(pattern)} is no regular expression of ECMA-262`)
  } else if (saysCharacters.test(text)) problems.push('which characters the value may hold is told in words, which are not read')
  const format = formatName(text)
  if (format !== undefined) keywords.format = format
}

function formatName(text: string): string | undefined {
  if (/\bUUID\b/.test(text) && !/\bUUID or\b|\bor (?:a )?UUID\b/.test(text)) return 'uuid'
  const [v4, v6] = [/\bipv4\b/i.test(text), /\bipv6\b/i.test(text)]
  if (v4 !== v6 && /\bipv[46] (?:address|format)/i.test(text)) return v4 ? 'ipv4' : 'ipv6'
  return /\bRFC ?3339\b|\byyyy-MM-dd'?T'?HH:mm:ss'?Z'?/i.test(text) ? 'date-time' : undefined
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u')
    return true
  } catch {
    return false
  }
}
