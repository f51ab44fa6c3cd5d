import { header } from '../core/exchange'
import type { Note } from '../core/finding'
import type { Context } from './context'

const nothing: readonly Note[] = Object.freeze([])

/** What is worth telling of an answer, though it breaks no promise. */
export function notesOf(context: Context): readonly Note[] {
  const { answer, status, kind, case: of, plan, response, body } = context
  if (!answer) return nothing
  const notes: Note[] = []
  const note = (name: string, message: string): void => void notes.push({ kind: name, message })
  if (status === 401 && header(answer, 'www-authenticate') === undefined)
    note('no-www-authenticate', 'a 401 has no WWW-Authenticate header (RFC 9110, 15.5.2)')
  if (status === 405 && header(answer, 'allow') === undefined) note('no-allow', 'a 405 has no Allow header (RFC 9110, 15.5.6)')
  if (status === 404 && plan && of.request.method !== plan.operation.method)
    note('404-for-405', `a method that the URL does not take is answered with 404, not 405 (${of.request.method.slice(0, 20)})`)
  const { contentType } = body
  if (contentType?.essence.startsWith('text/') && contentType.charset === undefined)
    note('no-charset', `the type ${contentType.essence} names no charset`)
  if (kind !== 'other' && contentType && response && /\+json$/.test(contentType.essence))
    note('json-type', `the answer's type is ${contentType.essence}, which is built on JSON`)
  if (answer.cut || body.unread) note('body-cut', 'an answer is longer than this client reads: its body was not judged')
  if (kind !== 'other')
    for (const { place, writeOnly } of context.unknown)
      if (!writeOnly) note('unknown-member', `\`${place}\` of the ${status} answer is not in the docs`)
      // In a success it is a finding.
      else if (kind === 'error') note('write-only', `\`${place}\` of the ${status} answer is writeOnly, and should not be there`)
  return notes.length === 0 ? nothing : notes
}
