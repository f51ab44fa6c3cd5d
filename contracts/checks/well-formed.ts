import { type Answer, header } from '../../core/exchange'
import type { Failure } from '../../core/finding'
import { type Check, none } from '../check'
import { type Context, hasNoBody, owesBody } from '../context'
import { shown } from '../words'

/** A body is what its headers say. */
export const wellFormed: Check = {
  id: 'well-formed',
  title: 'A body is what its headers say: coding, charset, JSON',
  everyAnswer: true,
  look(context) {
    const { answer, body } = context
    // What a failing server sends is told by its status.
    if (!answer || context.status >= 500 || hasNoBody(context)) return none
    const wrongPart =
      context.status === 206 && header(context.case.request, 'range') !== undefined ? partUntruth(context, answer) : undefined
    if (wrongPart) return [failure(context, 'part', 'answer.header.content-range', wrongPart)]
    if (body.bytes.length === 0) return owesBody(context) ? [empty(context)] : none
    const untruth = body.untruth(owesBody(context))
    return untruth ? [failure(context, untruth.kind, untruth.place, untruth.message)] : none
  },
}

/** What is wrong with the answer to a range: one part says which part of the whole it is, and is as long as it says (RFC 9110, 14.4 and 15.3.7). */
function partUntruth({ response }: Context, answer: Answer): string | undefined {
  const range = header(answer, 'content-range')?.trim()
  if (range === undefined)
    // Who documents it states what it is, and its headers.
    return response !== undefined || /^\s*multipart\/byteranges/i.test(header(answer, 'content-type') ?? '')
      ? undefined
      : 'a 206 has no Content-Range (RFC 9110, 15.3.7.1)'
  if (!/^bytes\b/i.test(range)) return undefined
  const [, first = '', last = '', whole = ''] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(range) ?? []
  const length = Number(last) - Number(first) + 1
  if (first === '' || length < 1 || Number(last) >= Number(whole === '*' ? Number.POSITIVE_INFINITY : whole))
    return `a 206 has the Content-Range ${shown(range, 60)}, which is no part of anything (RFC 9110, 14.4)`
  if (answer.cut || header(answer, 'content-encoding') !== undefined || length === answer.body.length) return undefined
  return `a 206 has the Content-Range ${shown(range, 60)}, and ${answer.body.length} bytes (RFC 9110, 14.4)`
}

const failure = (context: Context, kind: string, place: string, message: string): Failure => ({
  check: 'well-formed',
  kind,
  place,
  message,
  expected: 'a body that is what its headers say',
  received: shown(context.body.text),
  severity: 'serious',
  promise: 'a body is what its headers say',
  anywhere: true,
})

const empty = (context: Context): Failure => ({
  ...failure(context, 'empty', 'answer.body', `the body of the ${context.status} answer is empty; the docs state its members`),
  expected: 'a JSON body',
  ...(context.response?.definition.docs ? { docs: context.response.definition.docs } : {}),
})
