/** Properties that Unicode names for regular expressions (UTS #18, Annex C) and ECMA-262 by other names. */
const aliases: Readonly<Record<string, string>> = {
  alpha: 'Alphabetic',
  lower: 'Lowercase',
  upper: 'Uppercase',
  digit: 'Nd',
  space: 'White_Space',
}

const compiled = new Map<string, RegExp | undefined>()

/**
 * The value of `pattern` as a regular expression: by ECMA-262 with the flag `u`; what only holds without it (`[\w-.]`) is read without.
 * @returns undefined for what is no regular expression
 */
export function regExpOf(pattern: string): RegExp | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern)
  const named = pattern.replace(/(\\[pP])\{(alpha|lower|upper|digit|space)\}/g, (_, sign, name) => `${sign}{${aliases[name]}}`)
  const made = compile(pattern, 'u') ?? (named === pattern ? undefined : compile(named, 'u')) ?? compile(pattern, '')
  compiled.set(pattern, made)
  return made
}

function compile(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flags)
  } catch {
    return undefined
  }
}
