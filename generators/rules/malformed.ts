import type { Owes } from '../../core/rule'
import { malformed as isMalformed } from '../proofs'
import { bodyDraft, type Rule, type RuleKind, ruleId } from '../rule'

/** The documented client error in its documented shape, and nothing created. */
export const clientError: Owes = { success: 'forbidden', clientError: 'documented' }

/** Ways to spoil a JSON text that RFC 8259 forbids, though many a reader lets them pass. */
export const malformations: readonly { readonly variant: string; readonly text: (json: string) => string | Buffer }[] = [
  { variant: 'empty', text: () => '' },
  { variant: 'blank', text: () => ' \n ' },
  { variant: 'truncated', text: (json) => json.slice(0, -1) },
  { variant: 'halved', text: (json) => json.slice(0, Math.floor(json.length / 2)) },
  { variant: 'trailing-text', text: (json) => `${json} x` },
  { variant: 'trailing-brace', text: (json) => `${json}}` },
  { variant: 'second-document', text: (json) => `${json}${json}` },
  { variant: 'second-document-line', text: (json) => `${json}\n{}` },
  { variant: 'trailing-comma', text: (json) => json.replace(/\}$/, ',}') },
  { variant: 'double-comma', text: (json) => json.replace(/,/, ',,') },
  { variant: 'semicolon', text: (json) => json.replace(/,/, ';') },
  { variant: 'form-feed', text: (json) => json.replace(/,/, ',\f') },
  { variant: 'no-break-space', text: (json) => json.replace(/,/, ',\u00a0') },
  { variant: 'em-space', text: (json) => json.replace(/:/, ':\u2003') },
  { variant: 'line-separator', text: (json) => `${json}\u2028` },
  { variant: 'missing-comma', text: (json) => json.replace(/,/, ' ') },
  { variant: 'missing-colon', text: (json) => json.replace(/:/, ' ') },
  { variant: 'single-quotes', text: (json) => json.replaceAll('"', "'") },
  { variant: 'unquoted-keys', text: (json) => json.replace(/"([a-zA-Z]+)":/g, '$1:') },
  { variant: 'line-comment', text: (json) => json.replace(/,/, ', // note\n') },
  { variant: 'hash-comment', text: (json) => json.replace(/,/, ', # note\n') },
  { variant: 'block-comment', text: (json) => json.replace(/\{/, '{ /* note */ ') },
  { variant: 'not-a-number', text: (json) => json.replace(/\}$/, ',"extra":NaN}') },
  { variant: 'infinity', text: (json) => json.replace(/\}$/, ',"extra":-Infinity}') },
  { variant: 'undefined', text: (json) => json.replace(/\}$/, ',"extra":undefined}') },
  { variant: 'python-literals', text: (json) => json.replace(/\}$/, ',"extra":True}') },
  { variant: 'leading-zero', text: (json) => json.replace(/\}$/, ',"extra":012}') },
  { variant: 'plus-sign', text: (json) => json.replace(/\}$/, ',"extra":+1}') },
  { variant: 'bare-fraction', text: (json) => json.replace(/\}$/, ',"extra":.5}') },
  { variant: 'bare-point', text: (json) => json.replace(/\}$/, ',"extra":5.}') },
  { variant: 'digits-apart', text: (json) => json.replace(/\}$/, ',"extra":1_000}') },
  { variant: 'hexadecimal', text: (json) => json.replace(/\}$/, ',"extra":0x1F}') },
  { variant: 'bad-escape', text: (json) => json.replace(/\}$/, ',"extra":"\\x41"}') },
  { variant: 'cut-escape', text: (json) => json.replace(/\}$/, ',"extra":"\\u12"}') },
  { variant: 'raw-newline', text: (json) => json.replace(/\}$/, ',"extra":"a\nb"}') },
  { variant: 'raw-tab', text: (json) => json.replace(/\}$/, ',"extra":"a\tb"}') },
  { variant: 'open-string', text: (json) => json.replace(/"\}*$/, '') },
  { variant: 'open-brace', text: () => '{' },
  { variant: 'bracket-mismatch', text: (json) => json.replace(/\}$/, ']') },
  { variant: 'extra-opening', text: (json) => `{${json}` },
  { variant: 'word', text: () => 'hello' },
  { variant: 'nul-bytes', text: (json) => `${json}\0` },
  { variant: 'form', text: () => 'metadata=1&spec=2' },
  { variant: 'markup', text: () => '<request><metadata/></request>' },
  { variant: 'yaml', text: () => 'metadata:\n  name: x\nspec: {}\n' },
  { variant: 'prefix', text: (json) => `)]}',\n${json}` },
]

/** A body that is no JSON text at all. */
export const malformed: RuleKind = (subject) => {
  if (!subject.body) return []
  const docs = subject.documented.responses.find(({ status }) => /^4/.test(status))?.docs
  // Where the body may be left out, an empty one is none.
  const spoiling = subject.body.required ? malformations : malformations.filter(({ variant }) => variant !== 'empty')
  return spoiling.map(({ variant, text }): Rule => {
    const spoiled = bodyDraft(text)
    return {
      id: ruleId(subject, 'body', 'malformed', variant),
      operation: subject.id,
      zone: 'reject',
      place: 'body',
      keyword: 'malformed',
      variant,
      promise: 'a body that is not well-formed JSON is refused',
      ...(docs ? { docs } : {}),
      owes: clientError,
      fixed: [spoiled],
      weight: 0,
      holds: isMalformed,
    }
  })
}
